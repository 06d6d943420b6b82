"""M19 and M13 in a market: a new shop and its funnel. Claim C18: the five steps only work together."""

import pytest

from regulars import compare, load
from regulars.measures.funnel import funnel

SHOP = load("scenarios/five-steps.toml").set({"market.customers": 700, "market.days": 182})


@pytest.fixture(scope="module")
def result():
    arms = ("publicity", "traffic", "conversion", "repurchase", "traffic_and_repurchase", "all_together")
    return compare(SHOP, replicates=2, arms=arms, jobs=1)


def test_ways_of_being_known_take_from_one_another(result):
    gain = result.wide("incremental_profit").mean()
    known = ("publicity", "traffic", "conversion")
    assert all(gain[arm] > 0 for arm in known)
    assert gain["all_together"] < 0.8 * sum(gain[arm] for arm in known)


def test_points_for_who_comes_anyway_cost_more_the_more_come(result):
    gain = result.wide("incremental_profit").mean()
    assert gain["traffic_and_repurchase"] - gain["traffic"] < gain["repurchase"] < 0


def test_the_parts_of_the_gain_add_up(result):
    parts = result.decomposition().set_index("arm")
    whole = result.wide("incremental_profit").mean()
    for arm in result.arms:
        row = parts.loc[arm]
        assert row[["customers", "loyalty", "value", "other"]].sum() == pytest.approx(row["total"], abs=1e-6)
        assert row["total"] == pytest.approx(whole[arm], rel=1e-9)
    assert parts.loc["traffic", "customers"] > 0, "visitors are new customers"


def test_the_funnel_of_everything_together():
    market = SHOP.arm("all_together").market(log="memory").run()
    table = funnel(
        market.log.purchases(), market.log.events(), firm="newcomer", start=0, end=182, customers=700
    )
    counts = table["customers"]
    assert counts["publicity"] >= counts["conversion"] >= counts["repurchase"] > 0
    quiet = SHOP.arm("control").market(log="memory").run()
    other = funnel(
        quiet.log.purchases(), quiet.log.events(), firm="newcomer", start=0, end=182, customers=700
    )
    assert counts["conversion"] > 3 * other["customers"]["conversion"]
    assert other["customers"]["fission"] == 0
