"""What people like: positions on a line without any mood, and correlated normal tastes."""

import numpy as np
import pytest
from oracles import formulas as theory
from oracles.judge import agrees, grouped, groups_of, share_error
from worlds.bare import LARGER, every_day

N = 100_000 * LARGER


def line(places, prices, sensitivity=2.0, transport=3.0, days=2):
    rivals = [
        {"name": f"at {100 * p:03.0f}", "position": p, "price": c}
        for p, c in zip(places, prices, strict=True)
    ]
    table = {
        "taste": {"kind": "hotelling", "transport": transport},
        "choice": {"mood": "none", "price_sensitivity": sensitivity},
        "firms": rivals,
    }
    return every_day(table, days, N)[1]


@pytest.mark.parametrize(
    ("places", "prices"),
    [((0.0, 1.0), (1.0, 1.0)), ((0.0, 1.0), (1.0, 1.3)), ((0.1, 0.4, 0.9), (1.0, 1.1, 0.9))],
)
def test_hotelling(places, prices):
    """Neighbours split at the customer who is indifferent; without mood everybody chooses the same every day."""
    chosen = line(places, prices)
    expected = theory.hotelling(places, -2.0 * np.array(prices), 3.0)
    agrees(np.bincount(chosen[:, 0], minlength=len(places)) / N, expected, share_error(expected, N))
    assert (chosen[:, 0] == chosen[:, 1]).all()


def test_hotelling_undercut():
    """A price gap beyond the transport cost between the two places takes everybody."""
    assert (line((0.3, 0.6), (1.0, 0.5)) == 1).all()  # 2 * .5 > 3 * .3
    assert 0 < (line((0.3, 0.6), (1.0, 0.6)) == 1).mean() < 1  # 2 * .4 < 3 * .3


V = np.log([0.5, 0.3, 0.2])


@pytest.mark.parametrize(
    "correlations",
    [
        [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        [[1, 0.8, -0.5], [0.8, 1, -0.6], [-0.5, -0.6, 1]],
        [[1, 0.6, 0.6], [0.6, 1, 0.6], [0.6, 0.6, 1]],
    ],
)
def test_mixed_logit(correlations):
    """Shares and chances of choosing the same firm twice, against numerical integration."""
    rivals = [{"name": "abc"[f], "share": float(np.exp(v))} for f, v in enumerate(V)]
    one = correlations[0][1] == correlations[0][2] == correlations[1][2]
    how = {"correlation": correlations[0][1]} if one else {"correlations": correlations}
    table = {"taste": {"kind": "normal", "sd": 1.5, **how}, "firms": rivals}
    chosen = every_day(table, 2, N)[1]
    shares, same = theory.mixed_logit(V, 1.5, correlations)
    group = groups_of(np.arange(N))
    found, error = grouped(lambda c: np.bincount(c[:, 0], minlength=3) / len(c), group, chosen)
    agrees(found, shares, error, sharp=0.08)
    both = lambda c: np.array([((c == f).all(1)).mean() for f in range(3)])  # noqa: E731
    found, error = grouped(both, group, chosen)
    agrees(found, same, error, sharp=0.12)


def test_correlation_matters():
    """Alike firms take from one another: with tastes of a and b correlated, b's leavers go to a."""
    _, same = theory.mixed_logit(V, 1.5, np.eye(3))
    _, alike = theory.mixed_logit(V, 1.5, [[1, 0.9, 0], [0.9, 1, 0], [0, 0, 1]])
    assert alike[2] - same[2] > 0.005 and same[1] - alike[1] > 0.02


def test_normal_without_spread_is_the_logit():
    """Negative control: sd = 0 is homogeneous taste, choice for choice."""
    rivals = [{"name": "abc"[f], "share": float(np.exp(v))} for f, v in enumerate(V)]
    tastes = ({"kind": "normal", "sd": 0.0, "correlation": 0.5}, {"kind": "homogeneous"})
    none, alike = (every_day({"taste": taste, "firms": rivals}, 5, 1000)[1] for taste in tastes)
    assert (none == alike).all()
