"""Markets small enough to solve: a corner shop on its own, and two shops with customers who differ in everything."""

import math

from regulars import Scenario


def logit(p):
    """Log odds."""
    return math.log(p / (1 - p))


def shop(rules=None, *, p=0.5, customers=1000, days=7, **changes):
    """One shop against staying at home: base chance p a day, a currency unit worth one logit."""
    strategies = {} if rules is None else {"threshold_rebate": {"paid_as": "cash", **rules}}
    return Scenario(
        {
            "market": {"customers": customers, "days": days},
            "need": {"process": "calendar"},
            "taste": {"kind": "homogeneous"},
            "choice": {"outside": True, "outside_utility": -1.0 - logit(p), "price_sensitivity": 1.0},
            "firms": [{"name": "shop", "price": 1.0, "cost": 0.75, "strategies": strategies}],
        }
    ).set({name.replace("__", "."): value for name, value in changes.items()})


def visits(market, window=7):
    """Who bought when, shape (customers, windows, days): from the log of a market in which all come every day."""
    table = market.log.opportunities().sort_values(["customer", "time"])
    return table["firm"].notna().to_numpy().reshape(market.customers.count, -1, window)


def rewards(market):
    """Reward events of the log."""
    events = market.log.events()
    return events[events["event"] == "reward"]


def enough(chance, percent=1.0):
    """Draws for which 4 standard errors of a chance are `percent` of it."""
    return math.ceil(16 * (1 - chance) / chance / (percent / 100) ** 2)


def within(share, chance, n):
    """Hold a share of n draws to its chance, by four standard errors."""
    assert abs(share - chance) <= 4 * math.sqrt(chance * (1 - chance) / n)


def same(market, other):
    """Two markets lived the same lives: every opportunity of the log is the same to the bit."""
    a, b = market.log.opportunities(), other.log.opportunities()
    return a.equals(b)


def mixed(rules=None, **changes):
    """Two shops, customers who differ in everything that counts here."""
    strategies = {} if rules is None else {"threshold_rebate": rules}
    return Scenario(
        {
            "market": {"customers": 400, "days": 42},
            "need": {"mean": 6.0, "shape": 2.0},
            "taste": {"concentration": 1.5},
            "choice": {
                "outside": True,
                "outside_utility": -2.0,
                "price_sensitivity": {"distribution": "lognormal", "mean": 0.6, "sd": 0.3},
            },
            "spending": {"basket": {"distribution": "lognormal", "mean": 20.0, "sd": 8.0}, "variation": 0.4},
            "switching": {"relation": 0.5},
            "foresight": {
                "daily_discount": {"distribution": "uniform", "low": 0.9, "high": 1.0},
                "credit_weight": {"distribution": "uniform", "low": 0.5, "high": 1.0},
            },
            "firms": [
                {"name": "shop", "price": 1.0, "cost": 0.78, "strategies": strategies},
                {"name": "rival", "price": 1.0, "cost": 0.78},
            ],
        }
    ).set({name.replace("__", "."): value for name, value in changes.items()})
