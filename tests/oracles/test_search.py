"""A committed customer does not look around; a transparent market makes everybody look (Moorthy et al. 1997)."""

import numpy as np
import pytest
from oracles.judge import agrees, grouped, groups_of, share_error, vanishes
from worlds.bare import LARGER, every_day, firms

N = 20_000 * LARGER


def market(upper, transparency, on=True, quality=0.6, outside=False, **choice):
    """Three firms alike; satisfaction with any of them is its quality, for sure."""
    table = {
        "taste": {"kind": "homogeneous"},
        "choice": {"outside": outside, **choice},
        "experience": {"on": True, "noise": 0.0, "memory": 1.0},
        "bond": {"lower": 0.0, "upper": upper, "width": 0.01},
        "search": {"on": on, "transparency": transparency},
        "firms": firms(1, 1, 1, quality=quality),
    }
    return every_day(table, 8, N)[1]


def switching(chosen):
    return grouped(lambda c: (c[:, 1:] != c[:, :-1]).mean(), groups_of(np.arange(N)), chosen)


def test_committed_customers_see_their_firm_only():
    chosen = market(upper=0.1, transparency=0.0)
    assert (chosen[:, 1:] == chosen[:, :1]).all()
    agrees(np.bincount(chosen[:, 0]) / N, np.full(3, 1 / 3), share_error(1 / 3, N))


def test_commitment_grows_with_satisfaction_and_falls_with_transparency():
    """At the upper threshold commitment is one half: they look with chance 1 - .5 (1 - transparency)."""
    for transparency in (0.0, 0.4, 0.8):
        value, error = switching(market(upper=0.6, transparency=transparency))
        agrees(value, (1 - 0.5 * (1 - transparency)) * 2 / 3, error)


@pytest.mark.parametrize(("upper", "transparency"), [(0.1, 1.0), (0.95, 0.0)])
def test_everybody_looks(upper, transparency):
    """Negative controls, choice for choice: full transparency, or satisfaction far below the threshold."""
    chosen = market(upper, transparency)
    assert (chosen == market(upper, transparency, on=False)).all()
    value, error = switching(chosen)
    vanishes(value - 2 / 3, error, 0.02)


def test_buying_nothing_is_still_considered():
    chosen = market(upper=0.1, transparency=0.0, outside=True, outside_utility=-np.log(3))
    known = (chosen >= 0).cumsum(1)[:, :-1] > 0
    later = chosen[:, 1:][known]
    agrees((later < 0).mean(), 0.5, share_error(0.5, later.size))  # log(1/3) is what each firm is worth, too
    first = chosen[np.arange(N), (chosen >= 0).argmax(1)]
    assert ((chosen < 0) | (chosen == first[:, None])).all()
