"""Two shops with relations that do nothing by themselves, and what the log says of them."""

import numpy as np

from regulars import Scenario
from regulars.processes.relationship import BENEFITS

N = 40_000
STILL = {  # relations that nothing but a strategy deepens, that nothing takes away, and that do nothing
    "on": True, "confidence_gain": 0.0, "confidence_loss": 0.0, "forgiveness": 0.0, "reassurance": 0.0,
    **{f"{name}_weight": 0.0 for name in BENEFITS}, **{f"{name}_half_life": 0.0 for name in BENEFITS},
}  # fmt: skip


def shops(relationship, levels=({}, {}), customers=N, days=1, **more):
    """Two shops alike but for these numbers; everybody buys once a day."""
    table = {
        "market": {"customers": customers, "days": days},
        "need": {"process": "calendar"},
        "taste": {"kind": "homogeneous"},
        "relationship": relationship,
        "firms": [{"name": name, **level} for name, level in zip("ab"[: len(levels)], levels, strict=True)],
        **more,
    }
    return Scenario(table).market(seed=5, log="memory")


def deepened(market, amounts, customers=None):
    """The market with these benefits at the first firm deepened for everybody, or for some."""
    customers = np.arange(market.customers.count) if customers is None else customers
    for benefit, amount in amounts.items():
        market.firms[0].relations.deepen(benefit, customers, amount, market.day)
    return market


def share(market):
    """Share of the first shop in the purchases, from the log; and over how many."""
    log = market.log.opportunities()
    return float((log["firm"] == "a").mean()), len(log)
