"""Small markets in which everything is switched on, and the sameness of two markets, to the bit."""

import numpy as np

from regulars.scenario import Scenario
from regulars.world.snapshot import take

REBATE = {"threshold_rebate": {"days": 2, "rate": 0.2, "enrolment": "offered", "lapse": 20.0}}


def world(strategies=None, **changes):
    """A market of two firms with every behaviour on; `strategies` are those of firm a."""
    table = {
        "market": {"customers": 250, "days": 45.0},
        "need": {"mean": 3.0, "shape": 1.0},
        "taste": {"kind": "dirichlet", "concentration": 1.5},
        "choice": {
            "outside": True,
            "outside_utility": -2.0,
            "price_sensitivity": {"distribution": "lognormal", "mean": 1.0, "sd": 0.5},
        },
        "spending": {"basket": {"distribution": "gamma", "mean": 2.0, "sd": 1.0}, "variation": 0.5},
        "switching": {"relation": 0.5, "initial": "share"},
        "experience": {"on": True},
        "bond": {"response": "two_threshold"},
        "search": {"on": True},
        "foresight": {"foresight": 0.8, "daily_discount": 0.99, "credit_weight": 0.9},
        "network": {"kind": "mixing"},
        "turnover": {"exit_rate": 0.4, "entry_rate": 0.4, "aware": 0.7, "noticing_rate": 2.0},
        "firms": [
            {
                "name": "a",
                "price": 1.0,
                "cost": 0.5,
                "failure": 0.1,
                "strategies": REBATE if strategies is None else strategies,
            },
            {
                "name": "b",
                "price": 1.1,
                "cost": 0.5,
                "policy": {"kind": "markup", "margin": 1.0, "every": 7.0},
            },
        ],
    }
    return Scenario(table).set(changes)


def after(market, ticks):
    """The market `ticks` ticks later."""
    for _ in range(ticks):
        market.step()
    return market


def leaves(tree, name=""):
    """(name, value) of everything in a tree of tables, lists and arrays."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from leaves(value, f"{name}.{key}")
    elif isinstance(tree, (list, tuple)):
        yield f"{name}#", len(tree)
        for k, value in enumerate(tree):
            yield from leaves(value, f"{name}.{k}")
    else:
        yield name, tree


def differences(one, other, but=("sources",)):
    """Names of what differs between two markets, to the bit: state, books, logs."""
    a, b = dict(leaves(take(one))), dict(leaves(take(other)))
    names = set(a) ^ set(b)
    for name in a.keys() & b.keys():
        x, y = np.asarray(a[name]), np.asarray(b[name])
        if x.shape != y.shape or not (
            np.array_equal(x, y) if x.dtype.kind in "OU" else x.tobytes() == y.astype(x.dtype).tobytes()
        ):
            names.add(name)
    return sorted(name for name in names if not name.lstrip(".").startswith(but))
