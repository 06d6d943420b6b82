"""A programme that does nothing: what an uncontrolled before-and-after shows, and what a paired one does."""

import numpy as np
import pytest
from worlds.bare import LARGER

from regulars.lab.compare import compare
from regulars.scenario import Scenario

K, M = 0.5, 4.0
WORLD = {
    "market": {"customers": 150_000 * LARGER, "days": 56.0, "window": 28.0},
    "need": {"mean": M, "shape": K, "period": 28.0},
    "taste": {"kind": "homogeneous"},
    "firms": [{"name": "own"}],
}
# relative change of those with so many purchases, by the NBD with nothing happening to them (regularities 1.5, 4.6)
GROUPS = {"light": (1, 2, 0.206), "medium": (3, 6, -0.007), "heavy": (7, None, -0.078)}


def counts(scenario, seed=4):
    log = scenario.market(seed=seed, log="memory").run().log.purchases()
    people = scenario.spec.market.customers
    first = np.bincount(log["customer"][log["time"] < 28], minlength=people)
    second = np.bincount(log["customer"][log["time"] >= 28], minlength=people)
    return first.astype(float), second.astype(float)


@pytest.mark.big
@pytest.mark.parametrize("group", GROUPS)
def test_buyers_moderate_without_any_programme(group):
    low, high, expected = GROUPS[group]
    first, second = counts(Scenario(WORLD))
    chosen = (first >= low) & (first <= (high or np.inf))
    left = second[chosen] - (1 + expected) * first[chosen]
    assert abs(left.mean()) < 4 * left.std() / np.sqrt(chosen.sum()) + 0.0006 * first[chosen].mean()


@pytest.mark.big
def test_a_placebo_shows_the_same_before_and_after_and_no_difference_in_differences():
    placebo = {"threshold_rebate": {"rate": 0.0, "enrolment": "randomised"}}
    bare, treated = counts(Scenario(WORLD)), counts(Scenario(WORLD).set({"firms.own.strategies": placebo}))
    for without, with_placebo in zip(bare, treated, strict=True):
        np.testing.assert_array_equal(without, with_placebo)


def test_our_own_report_claims_no_lift_for_a_placebo():
    arms = {"placebo": {"strategies": {"threshold_rebate": {"rate": 0.0, "enrolment": "randomised"}}}}
    small = Scenario({**WORLD, "arms": arms}).set({"market.customers": 400})
    result = compare(small, replicates=3, jobs=1)
    assert (result.wide("incremental_profit")["placebo"] == 0).all()
    assert (result.wide("true_lift")["placebo"] == 0).all()
    ranking = result.ranking().iloc[0]
    assert ranking["low"] == ranking["high"] == 0 and ranking["p_best"] == 0
