"""One firm with points or with levels, and two firms, for tests of what becomes of customers."""

from worlds.corner import corner

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
    """The corner of firm a, for longer."""
    return corner(strategies, p, name="a", customers=2000, days=200, **changes)


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
