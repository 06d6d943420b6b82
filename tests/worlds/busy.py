"""A small market of two firms in which everything is switched on."""

from regulars.scenario import Scenario

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
        "bond": {"on": True, "response": "two_threshold"},
        "search": {"on": True},
        "foresight": {"foresight": 0.8, "daily_discount": 0.99, "credit_weight": 0.9},
        "network": {"on": True, "kind": "mixing"},
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
                "pricing": {"kind": "markup", "margin": 1.0, "every": 7.0},
            },
        ],
    }
    return Scenario(table).set(changes)
