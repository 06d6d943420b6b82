"""A corner shop with a goal of visits; and two shops with customers who differ in everything."""

from worlds.corner import corner
from worlds.lives import days_of, happened

from regulars import Scenario


def shop(rules=None, *, p=0.5, customers=1000, days=7, **changes):
    """The corner with a threshold rebate in cash, or without."""
    strategies = {} if rules is None else {"threshold_rebate": {"paid_as": "cash", **rules}}
    return corner(strategies, p, cost=0.75, customers=customers, days=days, **changes)


def visits(market, window=7):
    """Who bought when, shape (customers, windows, days)."""
    return days_of(market).reshape(market.customers.count, -1, window)


def rewards(market):
    """Reward events of the log."""
    return happened(market, "reward")


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
