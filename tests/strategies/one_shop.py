"""One firm with points or with levels, and two firms, for tests of what becomes of customers."""

import math

import numpy as np

from regulars import Scenario

STAMPS = {
    "reward_taste": 0.0,
    "redemption_rate": 1.0,
    "purchase_valid": 0.0,
    "review_rate": 0.0,
    "share_rate": 0.0,
}


def mug(points=10.0, worth=3.0, cost=1.0, **more):
    """A catalogue of one good."""
    return [{"name": "mug", "kind": "good", "points": points, "worth": worth, "cost": cost, **more}]


def shop(p=0.3, strategies=None, **changes):
    """One firm and buying nothing, a date a day, base probability p; a unit costs 1 and weighs a logit per currency unit."""
    odds = 0.0 if p == 1 else math.log(p / (1 - p))
    table = {
        "market": {"customers": 2000, "days": 200},
        "need": {"process": "calendar"},
        "taste": {"kind": "homogeneous"},
        "choice": {"outside": p < 1, "outside_utility": -1.0 - odds, "price_sensitivity": 1.0},
        "firms": [{"name": "a", "cost": 0.5, "strategies": strategies or {}}],
    }
    return Scenario(table).set(changes)


def collect(p=0.3, points=None, **changes):
    """The shop with points, or without."""
    return shop(p, None if points is None else {"points": points}, **changes)


def two_firms(strategies=(None, None), **changes):
    """Two firms in a market in which much is on; `strategies` of one and of the other."""
    table = {
        "market": {"customers": 300, "days": 84},
        "need": {"mean": 4.0, "shape": 1.0},
        "choice": {
            "outside": True,
            "outside_utility": -2.0,
            "price_sensitivity": {"distribution": "lognormal", "mean": 0.5, "sd": 0.3},
        },
        "spending": {"basket": {"distribution": "gamma", "mean": 5.0, "sd": 3.0}, "variation": 0.5},
        "foresight": {"daily_discount": 0.995, "credit_weight": 0.8},
        "experience": {"on": True},
        "turnover": {"exit_rate": 1.0, "entry_rate": 1.0},
        "firms": [
            {"name": name, "price": 1.0, "cost": 0.5, "strategies": s or {}}
            for name, s in zip("ab", strategies, strict=True)
        ],
    }
    return Scenario(table).set(changes)


def book(market):
    """The book of the first firm's points."""
    return market.firms[0].strategies["points"].book


def chosen(market):
    """Where every opportunity ended: number of the firm, or -1."""
    return market.log.opportunities()["firm"].cat.codes.to_numpy()


GOLD = {"name": "gold", "threshold": 20.0}


def club(p=0.3, levels=(GOLD,), rules=None, **changes):
    """The shop with levels, periods of four weeks."""
    own = {"levels": list(levels), "period": 28.0, **(rules or {})}
    return shop(p, {"tiers": own}, **{"market.customers": 3000, "market.days": 84, **changes})


def tiers(market):
    """The first firm's tiers."""
    return market.firms[0].strategies["tiers"]


def share(hits):
    """A share and its standard error."""
    p = float(np.mean(hits))
    return p, math.sqrt(max(p * (1 - p), 1e-9) / len(hits))
