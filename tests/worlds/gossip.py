"""A town where people talk about its shops."""

import numpy as np

from regulars.scenario import Scenario

TELLERS = 400


def town(talk=None, network="mixing", **changes):
    """Everybody comes once a day to one of two shops, or to none; every purchase goes well by .4 exactly."""
    table = {
        "market": {"customers": TELLERS, "days": 1.0},
        "need": {"process": "calendar"},
        "taste": {"kind": "homogeneous"},
        "choice": {"outside": True, "outside_utility": -50.0},
        "experience": {"on": True, "noise": 0.0, "adaptation": 0.0, "initial": 0.5},
        "network": network if isinstance(network, dict) else {"on": True, "kind": network},
        "word_of_mouth": {"on": True, "recommending": 0.0, **(talk or {})},
        "firms": [{"name": "a", "quality": 0.9, "severity": 0.8}, {"name": "b", "quality": 0.9, "severity": 0.8}],
    }  # fmt: skip
    return Scenario(table).set(changes)


def hear(market, firm, customers, praise, blame, day=0.0):
    """Let customers hear of one firm; returns their chances of buying there now."""
    counts = np.zeros((2, len(customers), len(market.names)))
    counts[:, :, firm] = np.array([praise, blame])[:, None]
    return market.processes["word_of_mouth"].hear(customers, *counts, day)[:, firm]


def chance(market, firm, customers, day=0.0):
    """Chance that each customer buys at a firm, with all that was heard."""
    return market.processes["word_of_mouth"].chances(customers, day)[:, firm]


def one_shop(talk=None, network="mixing", **changes):
    """As `town`, with a alone."""
    table = {**town(talk).table, "firms": [{"name": "a", "quality": 0.9, "severity": 0.8}]}
    network = network if isinstance(network, dict) else {"on": True, "kind": network}
    return Scenario(table).set({"network": network, **changes})
