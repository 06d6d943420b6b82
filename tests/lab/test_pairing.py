"""Pairing in closed cases of known correlation: what the error is, what replicates cost, and how often intervals cover."""

import math

import numpy as np
import pytest

from regulars.lab.compare import compare
from regulars.lab.over_replicates import over_replicates
from regulars.lab.pairing import LEAST, factor, replicates_needed
from regulars.scenario import Scenario

WORLDS = 1500
CASES = [(rho, ratio, n) for n in (10, 20) for rho in (0.95, 0.5, 0.0, -0.3, -0.9) for ratio in (1.0, 2.0)]


def profits(rho, ratio, count, rng, skewed=False):
    """Profit of the control (sd 1) and of an arm (sd `ratio`) of this correlation, whose difference has mean 0."""
    z = rng.normal(size=(2, count))
    both = np.array([z[0], rho * z[0] + math.sqrt(1 - rho**2) * z[1]])
    if skewed:  # lognormal, of mean 0 and sd 1
        both = (np.exp(0.5 * both - 0.125) - 1) / math.sqrt(math.expm1(0.25))
    return both[0], ratio * both[1]


@pytest.fixture(scope="module")
def studied():
    """By case: errors of the estimates, share of intervals that cover, mean number of replicates."""
    found = {}
    for case, (rho, ratio, n) in enumerate(CASES):
        rng = np.random.default_rng([5, case])
        means, covered, counts = [], 0, []
        for _ in range(WORLDS):
            control, arm = profits(rho, ratio, 2 * n, rng)
            count = replicates_needed([arm[:n]], control[:n])
            told = over_replicates((arm - control)[:count], False)
            means.append(told["mean"])
            covered += told["low"] <= 0 <= told["high"]
            counts.append(count)
        found[rho, ratio, n] = float(np.std(means)), covered / WORLDS, float(np.mean(counts))
    return found


@pytest.mark.parametrize("case", CASES)
def test_the_error_is_at_most_1_05_times_that_of_worlds_apart(studied, case):
    """And never more than 5% above that of plain differences: two standard errors of the simulation (1.8% each) on top."""
    rho, ratio, n = case
    error = studied[case][0]
    apart, plain = (math.sqrt((1 + ratio**2 - 2 * r * ratio) / n) for r in (0.0, rho))
    assert error <= 1.05 * apart * 1.037 and error <= 1.05 * plain * 1.037
    if rho == -0.9:
        assert plain > 1.25 * apart  # what plain differences would give


@pytest.mark.parametrize("case", CASES)
def test_intervals_cover(studied, case):
    """95%, within three standard errors of the simulation (.0056)."""
    assert studied[case][1] == pytest.approx(0.95, abs=0.017)


def test_replicates_are_added_only_where_pairing_widens(studied):
    for (rho, _, n), (_, _, count) in studied.items():
        assert (
            count <= 1.02 * n if rho >= 0.5 else count <= 1.2 * n if rho == 0 else 1.15 * n < count <= 2 * n
        )


def test_skewed_profits_cover_no_worse_than_plain_differences():
    rng = np.random.default_rng(8)
    covered = {"rule": 0, "plain": 0}
    for _ in range(WORLDS):
        control, arm = profits(-0.3, 1.0, 40, rng, skewed=True)
        counts = {"rule": replicates_needed([arm[:20]], control[:20]), "plain": 20}
        for name, count in counts.items():
            told = over_replicates((arm - control)[:count], False)
            covered[name] += told["low"] <= 0 <= told["high"]
    assert covered["rule"] >= covered["plain"] - 0.01 * WORLDS and covered["rule"] > 0.93 * WORLDS


def test_the_factor_and_the_rule_by_hand():
    """Control 1, -1, 1, -1 ...: an arm that is its opposite has half the factor's square; the worst arm counts."""
    control = np.tile([1.0, -1.0], 10)
    against, apart = -control, np.tile([1.0, 1.0, -1.0, -1.0], 5)
    assert factor(against, control) == pytest.approx(1 / math.sqrt(2)) and factor(
        apart, control
    ) == pytest.approx(1.0)
    assert factor(control + 5.0, control) == math.inf and math.isnan(factor(control[:1], control[:1]))
    assert replicates_needed([control * 1.1, against], control) == 40
    assert replicates_needed([control * 1.1, apart], control) == 20
    half = np.where(np.arange(20) < 4, against, apart)
    wanted = math.ceil(20 / factor(half, control) ** 2)
    assert replicates_needed([half], control) == wanted and 20 < wanted < 40
    assert (
        replicates_needed([against[:9]], control[:9]) == 9
        and replicates_needed([against[:10]], control[:10]) == 20
    )
    assert replicates_needed([], control) == 20


FREE = {
    "market": {"customers": 30, "days": 14}, "choice": {"outside": True, "price_sensitivity": 1.0}, "need": {"shape": 0.5, "mean": 4.0},
    "firms": [{"name": "ann", "cost": 0.5}, {"name": "bob", "cost": 0.5}],
    "arms": {"free": {"strategies": {"everyday_low_price": {"discount": 0.99}}}},
}  # fmt: skip


def test_a_comparison_adds_replicates_where_an_arm_goes_against_the_control():
    """Goods for nothing lose most where the control earns most."""
    seen = []
    found = compare(FREE, replicates=12, jobs=1, progress=lambda done, total: seen.append((done, total)))
    first = found.wide("profit").iloc[:12]
    wanted = replicates_needed([first["free"].to_numpy()], first["control"].to_numpy())
    assert found.replicates == wanted > 12 and found.added == wanted - 12
    assert len(found.wide("profit")) == wanted and seen[-1] == (wanted, wanted) and seen[0] == (1, 12)
    assert compare(FREE, replicates=6, jobs=1).added == 0
    doubtful = Scenario({**FREE, "uncertainty": {"choice.price_sensitivity": 0.1}})
    assert (
        compare(doubtful, replicates=LEAST, jobs=1).added == 0
    )  # its interval is of one market: more would not narrow it
