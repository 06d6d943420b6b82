"""What the referred are worth: friends are alike, and the gap closes as those who do not fit leave."""

import math

import numpy as np
import pandas as pd

from regulars import Scenario


def margin_gap(homophily, tie, month=28, months=6):
    """Purchases a month of the referred less those of the others, by months since the first one; gap and error.

    Among those who have not been to the rival since. Who was not referred noticed the firm in passing.
    """
    table = {
        "market": {"customers": 12_000, "days": 308},
        "need": {"process": "calendar", "interval": 2},
        "taste": {"kind": "normal", "sd": 1.5},
        "choice": {"outside": True, "outside_utility": -0.5},
        "switching": {"relation": 1.5},
        "turnover": {"aware": 0.0, "noticing_rate": 1.0},
        "network": {"on": True, "kind": "small_world", "homophily": homophily},
        "firms": [
            {
                "name": "a",
                "strategies": {
                    "referral": {"willing": 0.05, "bonus": 0.0, "trust": 0.0, "window": 3660.0, "tie": tie}
                },
            },
            {"name": "b"},
        ],
    }
    market = Scenario(table).market(log="memory")
    market.customers.aware_from[:, 1] = -np.inf  # the rival is known to all
    market.run()
    log, events = market.log.purchases(), market.log.events()
    brought = events[events["event"] == "referred"]
    at_a = log["firm"] == "a"
    first = log[at_a].groupby("customer")["time"].min()
    age = log["time"] - log["customer"].map(first)
    left = age[~at_a & (age > 0)].groupby(log["customer"]).min().reindex(first.index, fill_value=np.inf)
    mine = log[at_a & (age < log["customer"].map(left))]
    count = pd.crosstab(mine["customer"], (age[mine.index] // month).astype(int))
    count = count.reindex(index=first.index, columns=range(months), fill_value=0)
    watched = first <= 308 - months * month
    referred = first.index.isin(brought["amount"].astype(int))
    gaps = []
    for k in range(months):
        stays = watched & (left >= (k + 1) * month)
        groups = [count[k][stays & which].to_numpy() for which in (referred, ~referred)]
        gaps.append((groups[0].mean() - groups[1].mean(), math.sqrt(sum(g.var() / g.size for g in groups))))
    return np.array(gaps).T


def test_the_margin_gap_erodes():
    """Friends are alike, so the referred are worth more at first; as others who do not fit leave, the gap closes."""
    gap, error = margin_gap(0.9, 0.5)
    assert (gap > 3 * error).all()
    assert np.polyfit(range(6), gap, 1, w=1 / error)[0] < 0
    assert gap[0] - gap[-2:].mean() > 2 * error[0] and gap[0] > 1.3 * gap[-2:].mean()


def test_no_gap_without_likeness_and_tie():
    gap, error = margin_gap(0.0, 0.0)
    assert (np.abs(gap) < 3 * error).all()
