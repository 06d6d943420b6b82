"""A goal of visits: exact identities of forward-looking customers, plain payouts, what weakens the pull (regularities 4.1, 4.3)."""

import math

import numpy as np
import pytest
from scipy.stats import binom
from worlds.chances import enough, logit, near
from worlds.corner_shop import rewards, shop, visits
from worlds.lives import same

from regulars import Scenario


@pytest.fixture(scope="module")
def week():
    """A fixed reward worth 2 logits for 5 of 7 days at base .5, and the same customers without it."""
    world = shop({"returns": "amount", "amount": 2.0}, customers=30_000, days=49)
    return world.market(log="memory").run(), world.set({"firms.0.strategies": {}}).market(log="memory").run()


# ---------------------------------------------------------------- forward-looking customers: exact


@pytest.mark.parametrize(
    ("goal", "window", "p", "reward"),
    [
        (5, 7, 0.5, 1.0),
        (5, 7, 0.5, 3.0),
        (3, 10, 0.2, 1.5),
        (1, 5, 0.1, 2.0),
        (7, 7, 0.7, 4.0),
        (5, 7, 0.3, 4.0),
    ],
)
def test_logit_of_hitting_rises_by_the_reward(goal, window, p, reward):
    hit = 1 / (1 + math.exp(-logit(binom.sf(goal - 1, window, p)) - reward))
    windows = 8
    customers = math.ceil(enough(hit) / windows)
    rules = {"days": goal, "window": window, "returns": "amount", "amount": reward}
    market = shop(rules, p=p, customers=customers, days=windows * window).market(log="memory").run()
    assert near(len(rewards(market)) / (customers * windows), hit, customers * windows)


def test_hits_and_visits_of_the_week(week):
    bought = visits(week[0])
    weeks = bought.sum(axis=2).ravel()
    assert near((weeks >= 5).mean(), 0.683993, weeks.size)
    k = np.arange(8)
    tilted = binom.pmf(k, 7, 0.5) * np.exp(2.0 * (k >= 5))
    tilted /= tilted.sum()
    assert (tilted @ k).round(4) == 4.5707
    assert abs(weeks.mean() - tilted @ k) <= 4 * math.sqrt((tilted @ k**2 - (tilted @ k) ** 2) / weeks.size)
    for count in k:  # the whole distribution of visits is the binomial one, tilted
        assert near((weeks == count).mean(), tilted[count], weeks.size)


def optimal(v, left, p=0.5, goal=5, reward=2.0):
    """Chance to visit with v done and `left` days to go, today included (regularities 4.1)."""
    g = math.exp(reward) - 1

    def reach(d, k):
        return 1.0 if k <= 0 else float(binom.sf(k - 1, d, p))

    return p * (1 + g * reach(left - 1, goal - v - 1)) / (1 + g * reach(left, goal - v))


def test_the_whole_policy_by_state(week):
    bought = visits(week[0])
    before = bought.cumsum(axis=2) - bought
    assert [round(optimal(*state), 3) for state in ((4, 1), (2, 4), (5, 3), (1, 3))] == [
        0.881,
        0.700,
        0.5,
        0.5,
    ]
    checked = 0
    for left in range(1, 8):
        for v in range(0, 8 - left):
            now = bought[:, :, 7 - left][before[:, :, 7 - left] == v]
            if now.size >= 1000:
                assert near(now.mean(), optimal(v, left), now.size)
                checked += 1
    assert checked >= 24
    for v, left in ((4, 1), (2, 4)):  # these two to one percent
        assert (before[:, :, 7 - left] == v).sum() >= enough(optimal(v, left))


def test_after_the_goal_and_without_hope_choice_is_base_exactly(week):
    bought, base = visits(week[0]), visits(week[1])
    done = bought.cumsum(axis=2) - bought
    left = 7 - np.arange(7)
    idle = (done >= 5) | (done + left < 5)
    assert idle.sum() > 100_000
    assert np.array_equal(bought[idle], base[idle])
    assert not np.array_equal(bought[~idle], base[~idle])


def test_a_growing_reward_pulls_after_the_goal_by_what_it_adds():
    market = shop({"rate": 0.8}, customers=30_000, days=7).market(log="memory").run()
    bought = visits(market)
    beyond = bought[(bought.cumsum(axis=2) - bought) >= 5]
    assert near(beyond.mean(), 1 / (1 + math.exp(-0.8)), beyond.size)


def test_a_second_purchase_of_the_day_is_worth_its_part_of_the_reward():
    """One-day windows with several opportunities: the first purchase reaches the goal, every other one adds the same."""
    market = (
        shop({"days": 1, "window": 1, "rate": 0.7}, customers=20_000, days=3, need={"mean": 14.0})
        .market(log="memory")
        .run()
    )
    bought = market.log.opportunities()["firm"].notna()
    assert near(bought.mean(), 1 / (1 + math.exp(-0.7)), len(bought))


def test_spending_before_the_goal_pulls_by_the_chance_to_reach_it():
    """Second purchases on the first of two needed days: worth W with the spending of one visit more, less W."""
    w, rate, base = 1.5, 3.0, -3.0  # logits a visit, opportunities a day, logit of buying at one of them
    market = (
        shop({"days": 2, "window": 2, "rate": w / 2}, customers=40_000, days=2, need={"mean": rate * 7})
        .set({"choice.price_sensitivity": 2.0, "choice.outside_utility": -2.0 - base})
        .market(log="memory")
        .run()
    )
    table = market.log.opportunities().sort_values(["customer", "time"])
    a = 1 - math.exp(-rate)
    q = (1 - math.exp(-rate / (1 + math.exp(-base)))) / a  # chance to buy tomorrow, given an opportunity
    value = a * math.log((1 - q + q * math.exp(3 * w)) / (1 - q + q * math.exp(2 * w)))
    table["bought"] = table["firm"].notna()
    first_day = table[table["time"] < 1]
    earlier = first_day.groupby("customer")["bought"].cumsum() - first_day["bought"]
    again = first_day.loc[earlier > 0, "bought"]
    p, idle = (1 / (1 + math.exp(-base - pull)) for pull in (value, 0.0))
    assert near(again.mean(), p, len(again))
    assert again.mean() - idle > 8 * math.sqrt(idle * (1 - idle) / len(again))


def test_days_on_which_nobody_can_come_are_foreseen():
    """Chance a to meet an opportunity: the policy is the solution of the recursion with a, not of one with a p."""
    a, p, reward = 0.8, 0.6, 2.0
    worth, hit = np.where(np.arange(8) >= 5, reward, 0.0), np.where(np.arange(8) >= 5, 1.0, 0.0)
    for _ in range(7):
        go, stay = np.append(worth[1:], worth[-1]), worth
        q = 1 / (1 + np.exp(-(logit(p) + go - stay)))
        hit = (1 - a) * hit + a * (q * np.append(hit[1:], 1.0) + (1 - q) * hit)
        worth = (1 - a) * stay + a * np.log((1 - p) * np.exp(stay) + p * np.exp(go))
    n = enough(hit[0])
    market = (
        shop({"returns": "amount", "amount": reward}, p=p, customers=n, need__attendance=a)
        .market(log="memory")
        .run()
    )
    assert near(len(rewards(market)) / n, hit[0], n)


# ---------------------------------------------------------------- plain payouts (4.3): nobody looks ahead

MYOPIC = {"foresight__foresight": 0.0}


def test_short_sighted_customers_stay_at_base():
    weeks = enough(0.2265625)
    world = shop({"rate": 1.0}, customers=math.ceil(weeks / 8), days=56, **MYOPIC)
    market = world.market(log="memory").run()
    assert near(len(rewards(market)) / weeks, 0.2265625, weeks)


def test_the_spending_of_those_who_hit_is_paid_out():
    world = shop({"rate": 1.0}, customers=3000, days=28, **MYOPIC)
    market = world.market(log="memory").run()
    same(market, world.set({"firms.0.strategies": {}}).market(log="memory").run(), books=False)
    weeks = visits(market).sum(axis=2).ravel()
    assert market.ledger.value("rewards", 0) == weeks[weeks >= 5].sum()


@pytest.mark.parametrize(("a", "hit"), [(5.0, 0.28578), (2.0, 1 / 3), (1.0, 0.375)])
def test_differing_tastes_hit_more_often(a, hit):
    """Dirichlet tastes for two shops make beta-binomial visits."""
    customers = enough(hit)
    market = (
        Scenario(
            {
                "market": {"customers": customers, "days": 7},
                "need": {"process": "calendar"},
                "taste": {"concentration": 2 * a},
                "foresight": {"foresight": 0.0},
                "firms": [{"name": "shop", "strategies": {"threshold_rebate": {}}}, {"name": "rival"}],
            }
        )
        .market(log="memory")
        .run()
    )
    assert near(len(rewards(market)) / customers, hit, customers)


def test_differing_attendance_hits_more_often():
    spread = {"distribution": "beta", "mean": 0.5, "sd": math.sqrt(1 / 20)}  # Beta(2, 2)
    customers = enough(1 / 3)
    market = (
        shop({}, customers=customers, need__attendance=spread, choice__outside=False, **MYOPIC)
        .market(log="memory")
        .run()
    )
    assert near(len(rewards(market)) / customers, 1 / 3, customers)


def test_habit_hits_more_often():
    """A switching cost log(7/3) between two shops: visits follow a chain with p11 = .7, p01 = .3 (.31666)."""
    customers = enough(0.31666)
    market = (
        Scenario(
            {
                "market": {"customers": customers, "days": 7},
                "need": {"process": "calendar"},
                "taste": {"kind": "homogeneous"},
                "switching": {"relation": math.log(7 / 3), "initial": "even"},
                "foresight": {"foresight": 0.0},
                "firms": [{"name": "shop", "strategies": {"threshold_rebate": {}}}, {"name": "rival"}],
            }
        )
        .market(log="memory")
        .run()
    )
    assert near(len(rewards(market)) / customers, 0.31666, customers)


# ---------------------------------------------------------------- what weakens the pull


@pytest.mark.parametrize(
    "weaker",
    [
        {"foresight__daily_discount": 0.85},
        {"foresight__present_bias": 0.5},
        {"foresight__foresight": 0.5},
        {"foresight__credit_weight": 0.5, "firms.0.strategies.threshold_rebate.paid_as": "credit"},
    ],
)
def test_impatience_and_mental_accounts_lower_it(weaker):
    rules = {"returns": "amount", "amount": 2.0}
    full, less = (
        len(rewards(shop(rules, customers=5000, days=7, **change).market(log="memory").run()))
        for change in ({}, weaker)
    )
    base = 5000 * 0.2265625
    assert base < less < full - 3 * math.sqrt(5000 * 0.25)
