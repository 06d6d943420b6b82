"""Recruiting: what is said by day is heard in the evening, credit is used up and comes back, trees add up."""

import math

import numpy as np
import pandas as pd
import pytest
from worlds.lives import after, differences, leaves
from worlds.one_shop import shop, two_firms

from regulars import Market, Scenario
from regulars.ground.parameter import Problem
from regulars.measures.funnel import funnel
from regulars.measures.referral_tree import cascade_size, referral_values, reproduction

PROVES = ("M12",)
ALL_TALK = {"willing": 1.0, "bonus": 0.0, "welcome": 0.0, "trust": 0.0, "window": 3660.0}


def referring(rules, p=0.3, firm="a", **changes):
    """The shop whose customers recommend it."""
    named = {f"firms.{firm}.strategies": {"referral": rules}}
    return shop(p, **{"network.on": True, "network.kind": "small_world", **changes}, **named)


def recruiting(market):
    return market.firms[0].strategies["referral"]


def known_to_some(market, some):
    """Let nobody but `some` know the first firm."""
    market.customers.aware_from[:, 0] = np.inf
    market.customers.aware_from[some, 0] = -np.inf
    return market


def star(rules=None, customers=6, **changes):
    """Customer 0 is a friend of all others, who are nobody else's."""
    edges = tuple((0, k) for k in range(1, customers))
    world = {
        "network.on": True,
        "network.kind": "edges",
        "network.edges": edges,
        "market.customers": customers,
    }
    return referring({**ALL_TALK, "willing": 0.0, **(rules or {})}, **world, **changes).market()


# ---------------------------------------------------------------- by hand


def test_friends_hear_in_the_evening():
    market = star({"trust": 2.0})
    strategy = recruiting(market)
    strategy.recommend(np.array([1, 2]), 0, np.array([0.2, 0.7]), for_money=False)  # to 0, their only friend
    assert not np.isfinite(strategy.heard).any()
    strategy.close(0.0)
    assert strategy.heard.tolist() == [1.0, *[-np.inf] * 5] and strategy.warmth[0] == 2.0
    assert strategy.speaker[0] == 1  # of two who pull alike, the one who was first
    assert strategy.invited(np.array([0, 1]), np.array([20.0, 20.0])).tolist() == [True, False]


def test_credit_by_hand():
    """Used up by a share for each recommendation for money, coming back by half in 90 days."""
    market = star({"credit_used": 0.2, "credit_half_life": 90.0, "trust": 1.0})
    strategy, one = recruiting(market), np.array([1])
    assert strategy.credit(one, 0.0) == 1.0
    strategy.recommend(one, 0, 0.0, for_money=False)
    assert strategy.credit(one, 0.0) == 1.0  # of its own accord it costs nothing
    strategy.recommend(one, 1, 0.0)
    assert strategy.credit(one, 0.0) == pytest.approx(0.8)
    assert strategy.credit(one, 90.0) == pytest.approx(0.9)
    strategy.recommend(one, 2, 90.0)
    assert strategy.credit(one, 90.0) == pytest.approx(0.72)
    strategy.close(90.0)
    assert strategy.warmth[0] == 1.0  # said with full credit, and louder than with what is left of it
    assert strategy.credit(np.arange(2, 6), 90.0).tolist() == [1.0] * 4


def test_who_pulls_most_is_heeded():
    market = star({"trust": 1.0, "half_life": 10.0})
    strategy = recruiting(market)

    def says(speaker, day, credit):
        strategy.used[speaker], strategy.used_on[speaker] = 1.0 - credit, day
        strategy.recommend(np.array([speaker]), 0, float(day), for_money=False)

    says(1, 0, 0.5)
    says(2, 0, 0.8)
    strategy.close(0.0)
    assert strategy.speaker[0] == 2 and strategy.warmth[0] == pytest.approx(0.8)
    says(3, 9, 0.3)  # after nine days .8 has faded to .43
    strategy.close(9.0)
    assert strategy.speaker[0] == 2 and strategy.heard[0] == 1.0
    says(4, 10, 0.5)
    strategy.close(10.0)
    assert strategy.speaker[0] == 4 and strategy.heard[0] == 11.0


@pytest.mark.big
def test_a_recommendation_pulls_and_fades():
    """Log odds of a friend's first visit + trust x 2 ** -(days since / half-life)."""
    n = 40_000
    pairs = tuple((k, k + n) for k in range(n))
    rules = {**ALL_TALK, "willing": 0.0, "trust": 1.0, "half_life": 4.0}
    world = {
        "network.on": True,
        "network.kind": "edges",
        "network.edges": pairs,
        "market.customers": 2 * n,
        "market.days": 4,
    }
    market = known_to_some(referring(rules, **world, **{"turnover.aware": 0.5}).market(log="memory"), [])
    recruiting(market).recommend(np.arange(n), 0, 0.0, for_money=False)
    market.run()
    log = market.log.opportunities().sort_values(["customer", "time"])
    visits = log["firm"].notna().to_numpy().reshape(2 * n, 4)
    assert (
        not visits[:n].any() and not visits[:, 0].any()
    )  # friends hear, and learn of the firm, in the evening
    for day in (1, 2, 3):
        fresh = ~visits[n:, :day].any(axis=1)
        left = 2 ** (-(day - 1) / 4)  # heard on the evening before day 1
        p = 1 / (1 + math.exp(-(math.log(0.3 / 0.7) + left)))
        share = visits[n:][fresh, day].mean()
        assert abs(share - p) <= 4 * math.sqrt(p * (1 - p) / fresh.sum())


def test_who_was_recruited():
    """Within the window only, and regulars from before never."""
    market = star({"window": 2.0}, p=1, **{"turnover.aware": 0.0, "market.days": 10})
    known_to_some(market, [1])
    strategy = recruiting(market)
    strategy.latest[5] = 0.0
    strategy.recommend(np.array([0]), 0, 0.0, False)
    strategy.underway[0] = np.array([[2.0, 3.0, 5.0], [0.0] * 3, [0.0] * 3, [0.0] * 3])  # to 2, 3 and 5
    market.step()
    market.customers.aware_from[3] = 5.0
    market.run()
    assert strategy.recruiter.tolist() == [-1, -1, 0, -1, -1, -1]
    assert np.isfinite(strategy.latest).tolist() == [False, True, True, True, False, True]
    assert strategy.referrals().to_dict("list") == {"customer": [2], "referrer": [0]}


def test_a_recruiter_who_comes_holds_his_recruits():
    """The tie is there while the recruiter bought here within `active` days and is in the market; as of the morning."""
    market = star({"tie": 20.0, "active": 3.0}, p=1e-4, **{"market.days": 12})
    strategy = recruiting(market)
    strategy.recruiter[1:4], strategy.latest[1:4] = [0, 5, 5], 0.0
    strategy.latest[[0, 5]] = 0.0
    market.customers.exit[5] = 1.5
    held = []
    for _ in range(6):
        before = market.totals.purchases.sum()
        market.step()
        held.append(int(market.totals.purchases.sum() - before))
    assert held == [3, 3, 1, 1, 0, 0]  # all three; without 5 from the third morning; without 0 from the fifth


# ---------------------------------------------------------------- what cannot be


@pytest.mark.big
def test_nobody_recruits_himself_or_in_a_circle():
    """Recruiters have bought before; whoever is won is won once, by somebody else, a friend."""
    rules = {**ALL_TALK, "willing": 0.3, "trust": 1.0}
    world = {"turnover.aware": 0.05, "market.days": 60, "market.customers": 1000}
    market = referring(rules, **world).market(log="memory").run()
    log, bought = market.log.events(), market.log.purchases().groupby("customer")["time"].min()
    referred = log[log["event"] == "referred"]
    recruit, recruiter = referred["amount"].astype(int).to_numpy(), referred["customer"].to_numpy()
    assert len(recruit) > 300 and len(set(recruit)) == len(recruit) and (recruit != recruiter).all()
    assert (bought[recruiter].to_numpy() < bought[recruit].to_numpy()).all()
    friends = [set(market.network.friends(i).tolist()) for i in range(1000)]
    assert all(b in friends[a] for a, b in zip(recruiter, recruit, strict=True))
    referral_values(recruiting(market).referrals())  # refuses circles
    assert recruiting(market).referrals()["customer"].tolist() == sorted(recruit)


def test_somebody_must_know_somebody():
    for strategy in ("referral", "commission"):
        with pytest.raises(Problem, match=rf"firms.0.strategies.{strategy}: nobody here knows anybody"):
            shop(0.3, {strategy: {}})


# ---------------------------------------------------------------- cascades and trees


def cascades(friends, aware=0.02, life=60.0, every=5):
    """A market that newcomers keep full, where customers tell strangers, and stay for `life` days on average.

    Everybody comes every five days and recommends so often as to bring `friends` others on average before leaving.
    """
    stays = math.exp(-every / life)
    rules = {**ALL_TALK, "willing": friends * (1 - stays) / stays}
    world = {
        "market.customers": 20_000,
        "market.days": 500,
        "need.interval": every,
        "network.on": True,
        "network.kind": "mixing",
        "turnover.exit_rate": 365.25 / life,
        "turnover.entry_rate": 365.25 / life,
        "turnover.aware": aware,
    }
    market = referring(rules, 1, **world).market()
    market.customers.aware_from[market.customers.entry > 0] = np.inf  # newcomers have to be told
    strategy = recruiting(market.run())
    buyers = np.flatnonzero(np.isfinite(strategy.latest))
    return referral_values(strategy.referrals(), pd.Series(1.0, index=buyers))


@pytest.mark.big
@pytest.mark.parametrize("friends", [0.6, 0.2, 0.0])
def test_mean_size_of_a_cascade(friends):
    """1 / (1 - R0); of those who are told, one in fifty knows the firm already. The number brought is geometric."""
    table, new = cascades(friends), friends * 0.98
    sizes = table.loc[table["generation"] == 0, "tree"]
    error = math.sqrt((new + new**2) / (1 - new) ** 3 / len(sizes))
    assert len(sizes) > 300 and abs(sizes.mean() - cascade_size(new)) <= 4 * error
    assert cascade_size(reproduction(table)) == pytest.approx(sizes.mean())


def test_a_tree_adds_up():
    """From the log alone: trees of roots hold all that customers are worth, and each recruitment is a step of the funnel."""
    rules = {"willing": 0.1, "bonus": 2.0, "trust": 2.0, "satisfied": 0.0}
    world = {"network.on": True, "network.kind": "small_world", "turnover.aware": 0.2, "market.days": 120}
    market = two_firms(**world, **{"firms.a.strategies": {"referral": rules}}).market(log="memory").run()
    purchases, events = market.log.purchases(), market.log.events()
    mine = purchases[purchases["firm"] == "a"]
    worth = 0.5 * mine.groupby("customer")["amount"].sum()
    referred = events[events["event"] == "referred"]
    trees = referral_values(
        pd.DataFrame({"customer": referred["amount"].astype(int), "referrer": referred["customer"]}), worth
    )
    roots = trees[trees["generation"] == 0]
    assert len(referred) > 30 and trees["generation"].max() > 1
    assert roots["tree"].sum() == pytest.approx(worth.sum()) == pytest.approx(trees["credited"].sum())
    assert (trees["tree"] >= trees["own"]).all() and roots["tree"].max() > roots["own"].max()
    assert market.firms[0].profit == pytest.approx(worth.sum() - 2.0 * len(referred), abs=1e-3)
    steps = funnel(purchases, events, firm="a", customers=market.customers.count)
    assert steps.loc["fission", "times"] == len(referred)
    assert steps.loc["fission", "customers"] == referred["customer"].nunique()
    assert steps.loc["conversion", "customers"] == len(worth)


# ---------------------------------------------------------------- going on


@pytest.mark.parametrize("tick", [17, 18])
def test_what_was_said_is_kept(tick, tmp_path):
    """Saved at noon, with words under way; and in a branch with other rules."""
    rules = {"willing": 0.5, "bonus": 1.0, "tie": 0.5, "active": 5.0, "satisfied": 0.0}
    world = {
        "network.on": True,
        "network.kind": "small_world",
        "turnover.aware": 0.2,
        "market.tick": 0.5,
        "market.days": 20,
    }
    strategies = {"referral": rules, "commission": {"response": 5.0, "every": 2.0, "tie": 0.5, "active": 5.0}}
    scenario = two_firms(**world, **{f"firms.{firm}.strategies": strategies for firm in "ab"})
    straight, market = scenario.market().run(), after(scenario.market(), tick)
    assert bool(recruiting(market).underway) == (tick == 17)
    market.save(tmp_path / "m")
    assert differences(straight, Market.load(tmp_path / "m").run()) == []
    other = market.branch({"firms.a.strategies.referral.trust": 3.0}).run()
    assert recruiting(other).referrals().shape[0] > recruiting(straight).referrals().shape[0]


def test_length_of_a_tick_changes_nothing():
    strategies = {
        "referral": {"willing": 0.5, "bonus": 1.0, "tie": 0.5, "active": 5.0, "satisfied": 0.0},
        "commission": {"response": 5.0, "every": 2.0, "tie": 0.5, "active": 5.0, "disappointed": 0.5},
    }
    world = {"network.on": True, "network.kind": "small_world", "turnover.aware": 0.2, "market.days": 40}
    lives = []
    for tick in (1.0, 0.5, 0.25):
        scenario = two_firms(**world, **{"firms.a.strategies": strategies, "market.tick": tick})
        market = scenario.market(log="memory").run()
        log = market.log.opportunities().sort_values(["customer", "time"], ignore_index=True)
        lives.append((log, market.ledger.table(), [s.save() for s in market.plan]))
    for log, books, states in lives[1:]:
        assert log.equals(lives[0][0]) and books == lives[0][1]
        for one, other in zip(states, lives[0][2], strict=True):
            mine, first = dict(leaves(one)), dict(leaves(other))
            assert mine.keys() == first.keys() and all(
                np.array_equal(mine[name], first[name]) for name in mine
            )


def test_a_network_can_be_checked_in_an_arm():
    """An arm may bring both the strategy and the ties it needs in the scenario."""
    table = {"firms": [{"name": "a"}], "arms": {"friends": {"strategies": {"referral": {}}}}}
    with pytest.raises(Problem, match=r"arms.friends.strategies.referral: nobody here knows anybody"):
        Scenario(table)
    assert Scenario({**table, "network": {"on": True, "kind": "mixing"}}).arm("friends").market().plan
