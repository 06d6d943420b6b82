"""Small markets for the oracles, with everything off that is not asked for."""

import os

import numpy as np

from regulars import Scenario

LARGER = int(os.environ.get("REGULARS_LARGER", "1"))  # times as many customers as in a quick run
QUARTER = 91.0


def log_of(table, seed=11, **options):
    """All opportunities of a market, by customer and occasion; the market too."""
    market = Scenario(table).market(seed=seed, log="memory", **options).run()
    log = market.log.opportunities().sort_values(["customer", "occasion"], ignore_index=True)
    return market, log


def firms(*shares, **same):
    """Firms a, b, c ... with these taste weights."""
    return [{"name": "abcdefghij"[f], "share": float(s), **same} for f, s in enumerate(shares)]


def every_day(table, days, customers, seed=11):
    """Choices of customers who all meet one opportunity a day: array (customers, days) of firm numbers, -1 for none."""
    table = {**table, "market": {"customers": customers, "days": days}, "need": {"process": "calendar"}}
    market, log = log_of(table, seed)
    assert len(log) == customers * days
    return market, log["firm"].cat.codes.to_numpy(np.int64).reshape(customers, days)
