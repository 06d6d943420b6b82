"""Limits: the least bill that counts, the most rewards of a member, the most money; by hand."""

import numpy as np
import pytest
from worlds.lives import goes_on
from worlds.one_shop import STAMPS, collect, mug, two_firms
from worlds.steady import happened, ran, shop

from regulars.kit.limits import enough
from regulars.world.ledger import MILLION

EACH = {**STAMPS, "rewards": mug(10.0, 3.0, 1.25)}  # a reward of 1.25 at every purchase
GOAL = {"days": 3, "window": 7, "rate": 0.1, "paid_as": "cash"}  # 7 at the end of every week
LIMITED = {
    "points": EACH,
    "stamp_card": {"stamps": 1, "reward": "amount", "size": 1.25},
}


# ---------------------------------------------------------------- minimum purchase


@pytest.mark.parametrize(("least", "points"), [(0.0, 100.0), (10.0, 100.0), (10.01, 0.0)])
def test_a_bill_below_the_minimum_earns_nothing(least, points):
    market = ran({"points": {**STAMPS, "rewards": mug(1e6), "least": least}})
    assert market.ledger.value("issued", 0) == points


def test_bills_at_or_above_the_minimum_earn_all():
    rules = {**STAMPS, "rewards": mug(1e6), "least": 3.0}
    changes = {"spending.basket": 3.0, "spending.variation": 0.6, "market.customers": 100, "market.days": 40}
    market = collect(0.6, rules, **changes).market(log="memory").run()
    paid = market.log.purchases()["amount"].to_numpy()
    large = paid >= 3.0
    assert 0.2 < large.mean() < 0.6
    assert market.ledger.value("issued", 0) == pytest.approx(paid[large].sum(), abs=1e-2)
    strategy = market.firms[0].strategies["points"]
    assert strategy.earned.mean() == pytest.approx(
        paid[large].sum() / paid.size, rel=0.05
    )  # as customers foresee it


@pytest.mark.parametrize(("least", "rewards"), [(10.0, 2), (10.01, 0)])
def test_a_visit_below_the_minimum_does_not_count(least, rewards):
    market = ran({"threshold_rebate": {**GOAL, "least": least}}, days=14)
    assert len(happened(market, "reward")) == rewards and market.ledger.value("rewards", 0) == 7.0 * rewards


def test_share_of_bills_and_of_money_above_a_minimum():
    sizes = (
        np.exp(np.random.default_rng(3).normal(size=400_000) * np.sqrt(np.log1p(0.36)) - np.log1p(0.36) / 2)
        * 5.0
    )
    for least in (2.0, 5.0, 9.0):
        large = sizes >= least
        assert enough(np.array([5.0]), least, 0.6)[0] == pytest.approx(large.mean(), abs=0.004)
        money = enough(np.array([5.0]), least, 0.6, money=True)[0]
        assert money == pytest.approx(sizes[large].sum() / sizes.sum(), abs=0.006)
    assert enough(np.array([5.0]), 0.0, 0.6).tolist() == [1.0]


# ---------------------------------------------------------------- caps


@pytest.mark.parametrize("name", LIMITED)
def test_a_member_has_so_many_rewards_in_a_period(name):
    market = ran({name: {**LIMITED[name], "reward_cap": 2, "cap_days": 7.0}}, days=14)
    assert happened(market, "redeem") == [("redeem", day) for day in (0, 1, 7, 8)]
    assert market.ledger.value("redeemed", 0) == pytest.approx(market.ledger.value("issued", 0) * 4 / 14)
    limits = market.firms[0].strategies[name].limits
    assert limits.had[0] == 2 and not limits.pulled(np.array([True]))[0]
    assert len(happened(ran({name: LIMITED[name]}, days=14), "redeem")) == 14


def test_a_goal_brings_so_many_rewards_in_a_period():
    market = ran({"threshold_rebate": {**GOAL, "reward_cap": 1, "cap_days": 14.0}}, days=28)
    assert happened(market, "reward") == [("reward", 6), ("reward", 20)]


def test_who_has_had_all_is_not_pulled():
    """Purchases per day fall to what they are without a programme, for the rest of the period."""
    rules = {**STAMPS, "rewards": mug(10.0, 8.0), "reward_cap": 1, "cap_days": 364.0}
    bought = [
        collect(0.3, own, **{"market.customers": 500, "market.days": 120})
        .market(log="memory")
        .run()
        .log.purchases()
        for own in (rules, None)
    ]
    late = [len(table[table["time"] > 90]) for table in bought]
    early = [len(table[table["time"] < 20]) for table in bought]
    assert early[0] > 1.1 * early[1] and late[0] < 1.05 * late[1]


# ---------------------------------------------------------------- budget


@pytest.mark.parametrize("name", LIMITED)
def test_rewards_end_when_the_budget_is_spent(name):
    """Three rewards of 1.25 come to more than 3; from the morning after none are given, until the next week."""
    market = ran({name: {**LIMITED[name], "budget": 3.0, "budget_days": 7.0}}, days=14)
    assert happened(market, "redeem") == [("redeem", day) for day in (0, 1, 2, 7, 8, 9)]
    assert happened(market, "turned_away") == [("turned_away", day) for day in (3, 4, 5, 6, 10, 11, 12, 13)]
    given = 6 * 1.25
    assert market.ledger.value("rewards", 0) - market.ledger.value("liability", 0) == pytest.approx(given)


def test_a_goal_brings_nothing_when_the_budget_is_spent():
    market = ran({"threshold_rebate": {**GOAL, "budget": 10.0}}, days=28)
    assert market.ledger.value("rewards", 0) == 14.0
    assert happened(market, "reward", "turned_away") == [
        ("reward", 6),
        ("reward", 13),
        ("turned_away", 20),
        ("turned_away", 27),
    ]


def test_a_budget_is_of_all_customers():
    scenario = shop({"points": {**EACH, "budget": 30.0}}).set({"market.customers": 100})
    assert scenario.resized(10).spec.firms[0].strategies["points"].budget == 3.0


def test_saved_in_between(tmp_path):
    limits = {"least": 3.0, "reward_cap": 2, "cap_days": 28.0, "budget": 40.0, "budget_days": 28.0}
    own = {
        "points": {**EACH, **limits},
        "stamp_card": {"stamps": 2, **limits},
        "threshold_rebate": {**GOAL, **limits},
    }
    goes_on(two_firms((own, None)), tmp_path / "m", 31)


def test_nobody_counts_where_there_is_no_limit():
    market = ran({"points": EACH})
    limits = market.firms[0].strategies["points"].limits
    assert not limits.had.any() and not limits.spent and limits.granted == 10 * 1.25 * MILLION
