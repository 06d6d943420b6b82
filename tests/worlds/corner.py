"""The market that can be solved by hand: one shop against staying at home, one date a day."""

from worlds.chances import logit

from regulars import Scenario


def corner(strategies=None, p=0.5, name="shop", cost=0.5, online=False, customers=1000, days=28, **changes):
    """Base chance p a day of buying one unit at 1; a currency unit is worth one logit, what is done moves the log odds.

    Changes by dotted name, with `__` for the dots.
    """
    firm = {"name": name, "price": 1.0, "cost": cost, "online": online, "strategies": strategies or {}}
    table = {
        "market": {"customers": customers, "days": days},
        "need": {"process": "calendar"},
        "taste": {"kind": "homogeneous"},
        "choice": {
            "outside": p < 1,
            "outside_utility": -1.0 - logit(p) if p < 1 else 0.0,
            "price_sensitivity": 1.0,
        },
        "firms": [firm],
    }
    return Scenario(table).set({key.replace("__", "."): value for key, value in changes.items()})
