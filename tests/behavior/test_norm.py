"""The social norm: friends buy alike on a network, a market of two tips beyond a weight of 2, and without it neither."""

import numpy as np
import pytest
from oracles.judge import agrees, share_error, vanishes
from worlds.lives import after, differences

from regulars.ground.parameter import Problem
from regulars.market import Market
from regulars.scenario import Scenario


def town(weight, network="small_world", firms="ab", **changes):
    """Shops that are all alike, and customers who differ in nothing but their friends."""
    table = {
        "market": {"customers": 3000, "days": 60.0},
        "need": {"process": "calendar"},
        "taste": {"kind": "homogeneous"},
        "network": network if isinstance(network, dict) else {"on": True, "kind": network},
        "norm": {"on": True, "weight": weight},
        "firms": [{"name": name} for name in firms],
    }
    return Scenario(table).set(changes)


def alike(market):
    """Share of ties between customers of the same firm, beyond that of any two customers, and its standard error."""
    now = market.customers.incumbent
    row, friend = market.network.neighbours(np.arange(now.size))
    shares = np.bincount(now) / now.size
    expected = np.square(shares).sum()
    return (now[row] == now[friend]).mean() - expected, share_error(expected, row.size / 2)


# ---------------------------------------------------------------- the pull


class FakeRound:
    """Notes what is written to a channel."""

    def __init__(self, who, firms):
        self.who, self.written = np.array(who, np.int32), np.zeros((firms, len(who)))
        self.channels = set()

    def __len__(self):
        return len(self.who)

    def column(self, channel, firm):
        self.channels.add(channel)
        return self.written[firm]


def test_the_pull_is_the_share_of_friends():
    """Weight x (share of friends - 1/J); friends who have bought nothing do not count."""
    pairs = [[0, 1], [0, 2], [0, 3], [0, 4], [1, 2], [5, 6]]
    market = town(
        3.0, {"on": True, "kind": "edges", "edges": pairs}, "abc", **{"market.customers": 8}
    ).market()
    norm = market.processes["norm"]
    market.customers.incumbent[:] = [2, 0, 0, 1, -1, -1, -1, 0]
    norm.start()
    round = FakeRound([0, 1, 4, 5, 7], 3)
    norm.appeal(round)
    third = 1 / 3
    expected = np.array([
        [2 / 3 - third, third - third, 0 - third],  # of 0: two buy at a, one at b, one nowhere yet
        [0.5 - third, 0 - third, 0.5 - third],  # of 1: one at c, one at a
        [0 - third, 0 - third, 1 - third],  # of 4: one at c
        [0, 0, 0],  # of 5: nowhere yet
        [0, 0, 0],  # of 7: no friends
    ])  # fmt: skip
    assert round.written.T == pytest.approx(3.0 * expected) and round.channels == {"attachment"}


def test_under_mixing_all_others_are_friends():
    market = town(2.0, "mixing", **{"market.customers": 5}).market()
    norm = market.processes["norm"]
    market.customers.incumbent[:] = [0, 0, 1, -1, 0]
    norm.start()
    round = FakeRound([0, 2, 3], 2)
    norm.appeal(round)
    lead = 2.0 * (np.array([[2 / 3, 1 / 3], [1, 0], [3 / 4, 1 / 4]]) - 0.5)
    assert round.written.T == pytest.approx(lead)


def test_those_who_are_not_there_are_no_example():
    market = town(
        1.0, {"on": True, "kind": "edges", "edges": [[0, 1], [0, 2]]}, **{"market.customers": 3}
    ).market()
    norm, c = market.processes["norm"], market.customers
    c.incumbent[:] = [-1, 0, 1]
    c.exit[2] = 0.0
    norm.start()
    round = FakeRound([0], 2)
    norm.appeal(round)
    assert round.written[:, 0].tolist() == [0.5, -0.5]


def test_news_takes_until_tomorrow():
    """What friends choose in the morning does not pull in the afternoon."""
    market = town(1.0, "mixing", **{"market.tick": 0.5, "market.days": 3.0, "need.interval": 0.5}).market()
    seen = market.processes["norm"].seen
    market.step()
    assert (market.customers.incumbent >= 0).all() and (seen == -1).all()
    market.step()
    assert np.array_equal(seen, market.customers.incumbent)


# ---------------------------------------------------------------- what it makes of a market


def test_friends_buy_alike():
    """Incumbents gather on the network; less with less weight, and not at all (3 SE) where friends do not matter."""
    now_and_then = {"need.process": "poisson", "need.mean": 3.0}
    beyond = {}
    for weight in (0.0, 2.0, 4.0):
        beyond[weight], error = alike(town(weight, **now_and_then).market().run())
        if weight == 0.0:
            vanishes(beyond[weight], error, size=0.02)
    assert 0.05 < beyond[2.0] < 0.12 < 0.25 < beyond[4.0]


def test_chance_meetings_do_not_gather():
    """Negative control: with the same pull from everybody else, friends on a ring are not more alike than others."""
    mixed = town(1.0, "mixing").market().run()
    ring = town(0.0).market()
    ring.customers.incumbent[:] = mixed.customers.incumbent
    vanishes(*alike(ring), size=0.02)


def test_those_who_want_to_differ():
    beyond, error = alike(town(-4.0, **{"need.process": "poisson", "need.mean": 2.0}).market().run())
    assert beyond < -10 * error


@pytest.mark.parametrize(("weight", "lead"), [(1.0, 0.0), (1.7, 0.0), (3.0, 0.858562), (2.5, 0.710412)])
def test_a_market_of_two_tips(weight, lead):
    """m = tanh(weight m / 2) (Brock & Durlauf 2001): no lead up to a weight of 2, one of two beyond."""
    assert lead == pytest.approx(np.tanh(weight * lead / 2), abs=1e-5)
    n, days = 20_000, 150
    market = town(weight, "mixing", **{"market.customers": n, "market.days": float(days)}).market().run()
    share = market.totals.purchases / n
    m = (share[:, 0] - share[:, 1])[days - 50 :]
    m = m * np.sign(m.mean()) if lead else m
    persistence = weight / 2 * (1 - lead**2)
    error = np.sqrt((1 - lead**2) / n / 50) / (1 - persistence)
    assert error < 0.01 and abs(m.mean() - lead) <= 4 * error + 2 / n


def test_a_weight_of_0_is_nothing_as_off_is():
    with_ties = town(0.0).market(log="memory").run()
    bare = Scenario({k: v for k, v in town(0.0).table.items() if k not in ("network", "norm")})
    off = bare.market(log="memory").run()
    assert with_ties.log.opportunities().equals(off.log.opportunities())
    assert "norm" in with_ties.processes and "norm" not in off.processes
    assert not with_ties.log.opportunities().equals(town(0.5).market(log="memory").run().log.opportunities())


def test_shares_stay_fair():
    """The norm takes no side: over many worlds neither firm gains."""
    won = [town(3.0, "mixing", **{"market.customers": 100}).market(seed=s).run() for s in range(60)]
    ahead = np.array([m.totals.purchases[-1, 0] > 50 for m in won])
    agrees(ahead.mean(), 0.5, share_error(0.5, 60), sharp=0.6)


# ---------------------------------------------------------------- how it runs


LIVELY = {
    "market.customers": 400, "market.days": 30.0, "turnover.exit_rate": 2.0, "turnover.entry_rate": 2.0,
    "need.process": "poisson", "need.mean": 5.0,
}  # fmt: skip


@pytest.mark.parametrize("network", ["scale_free", "mixing"])
def test_threads_and_ticks_decide_nothing(network):
    scenario = town(2.0, network, "abc", **LIVELY)
    whole = scenario.market(log="memory").run().log.opportunities()
    assert scenario.market(log="memory", threads=2).run().log.opportunities().equals(whole)
    half = scenario.set({"market.tick": 0.5}).market(log="memory").run().log.opportunities()
    by = ["customer", "occasion"]
    assert half.sort_values(by, ignore_index=True).equals(whole.sort_values(by, ignore_index=True))


@pytest.mark.parametrize(("tick", "steps"), [(1.0, 11), (0.5, 23)])
def test_it_goes_on_after_saving(tick, steps, tmp_path):
    scenario = town(2.0, **{**LIVELY, "market.tick": tick})
    straight, market = scenario.market(log="memory").run(), after(scenario.market(log="memory"), steps)
    for other in (Market.load(market.save(tmp_path / "m")), market.branch(log="memory")):
        assert differences(straight, other.run()) == []


def test_it_may_begin_in_a_branch():
    """The first look is at the day of the branch."""
    market = after(town(0.0).market(), 10)
    branched = market.branch({"norm.on": True, "norm.weight": 4.0})
    assert np.array_equal(branched.processes["norm"].seen, market.customers.incumbent)
    assert alike(branched.run())[0] > 0.2


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"network.on": False}, "norm.on: nobody has friends: set network.on"),
        ({"norm.on": True, "norm.weight": 51.0}, r"norm.weight: 51.0 is outside \[-50, 50\]"),
        ({"norm.on": True, "norm.weight": "strong"}, "norm.weight: 'strong' is not a number"),
        ({"norm.wieght": 1.0}, "norm.wieght: no parameter of this name; did you mean 'norm.weight'"),
    ],
)
def test_wrong_norms_are_told(changes, told):
    with pytest.raises(Problem, match=told):
        town(1.0, **changes)
