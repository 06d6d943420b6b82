"""Word of mouth: exact counts, a break-even share, who recommends, and a rumour that grows like one."""

import numpy as np
import pytest
from oracles.judge import agrees, share_error, vanishes
from worlds.gossip import TELLERS, one_shop, town
from worlds.lives import after, differences

from regulars.ground.parameter import Problem
from regulars.market import Market
from regulars.scenario import Scenario


def told(market):
    """Praise and blame by firm, from the log of events."""
    events = market.log.events()
    sums = events.groupby(["event", "firm"])["amount"].sum()
    return np.array([[sums.get((kind, f), 0.0) for f in market.names] for kind in ("praise", "blame")])


# ---------------------------------------------------------------- messages


def test_counts_of_messages():
    """Each good purchase is told to 5, each bad one to 9; the log says the same by event."""
    good = town().market(log="memory").run()
    talking = good.processes["word_of_mouth"]
    bought = good.totals.purchases.sum(0)
    assert bought.sum() == TELLERS
    assert np.array_equal(talking.messages, [5 * bought, [0, 0]]) and np.array_equal(
        told(good), talking.messages
    )
    bad = town(**{"firms.a.failure": 1.0, "firms.b.failure": 1.0}).market(log="memory").run()
    talking = bad.processes["word_of_mouth"]
    assert np.array_equal(talking.messages, [[0, 0], 9 * bought]) and np.array_equal(
        told(bad), talking.messages
    )
    mixed = town(**{"firms.b.failure": 1.0}).market().run().processes["word_of_mouth"].messages
    assert np.array_equal(mixed, [[5 * bought[0], 0], [0, 9 * bought[1]]])


def test_the_claim_of_25():
    market = town({"told_bad": 25.0}, **{"firms.a.failure": 1.0, "firms.b.failure": 1.0}).market().run()
    assert market.processes["word_of_mouth"].messages.sum() == 25 * TELLERS


def test_an_ordinary_purchase_is_not_told():
    for quality in (0.5, 0.75, 0.25):
        market = town(**{"firms.a.quality": quality, "firms.b.quality": quality}).market().run()
        assert market.processes["word_of_mouth"].messages.sum() == 0


def test_numbers_on_average_and_chances_of_telling():
    market = town({"told_good": 2.25, "telling_good": 0.4}, **{"market.days": 50.0}).market().run()
    purchases = TELLERS * 50
    error = np.sqrt(0.4 * (2.25**2 + 0.1875) - 0.9**2) / np.sqrt(purchases)
    agrees(market.processes["word_of_mouth"].messages.sum() / purchases, 0.9, error)


def test_nobody_tells_more_friends_than_there_are():
    ring = {"on": True, "kind": "small_world", "degree": 4, "rewiring": 0.0}
    market = town({"told_good": 9.0}, ring).market().run()
    assert market.processes["word_of_mouth"].messages.sum() == 4 * TELLERS
    c = market.customers
    assert (c.heard > -np.inf).any(axis=1).all()


def test_only_friends_hear():
    """Customers without ties hear nothing, and tell nobody."""
    pairs = [[0, 1], [1, 2]]
    market = town(None, {"on": True, "kind": "edges", "edges": pairs}).market().run()
    heard = np.flatnonzero((market.customers.word != 0).any(axis=1))
    assert heard.tolist() == [0, 1, 2] and market.processes["word_of_mouth"].messages.sum() == 4


def test_those_who_are_gone_do_not_hear():
    scenario = town({"told_good": 3.0}, **{"turnover.exit_rate": 40.0, "turnover.entry_rate": 40.0})
    market = scenario.set({"market.days": 10.0}).market().run()
    c = market.customers
    hears = (c.word != 0).any(axis=1)
    last = c.heard.max(axis=1)
    assert hears.sum() > 100 and (last[hears] > c.entry[hears]).all()
    assert (np.floor(c.exit[hears]) + 1 >= last[hears]).all() and (c.exit < 10).sum() > 100


def test_break_even():
    """Messages balance where a share 9 / (9 + 5) = .643 is satisfied (regularities 2.5 [D]), and so do their effects."""
    net, moved = {}, {}
    for satisfied in (0.5, 9 / 14, 0.8):
        scenario = one_shop(**{"market.customers": 20_000, "firms.a.failure": 1 - satisfied})
        scenario = scenario.set({"choice.outside_utility": 0.0, "experience.initial": 0.45})
        market = (
            scenario.market().run()
        )  # everybody buys with p = 1/2, where praise and blame have equal room
        praise, blame = market.processes["word_of_mouth"].messages[:, 0]
        n = market.totals.purchases.sum()
        error = 14 * np.sqrt(satisfied * (1 - satisfied) / n)
        agrees(praise / n, 5 * satisfied, error, sharp=0.12)
        net[satisfied] = (praise - blame) / n
        assert abs(net[satisfied] - (5 * satisfied - 9 * (1 - satisfied))) <= 4 * error
        word = market.customers.word[:, 0].astype(float)
        moved[satisfied] = word.mean(), word.std() / np.sqrt(word.size) + error * n / word.size * 0.2
    vanishes(net[9 / 14], 14 * np.sqrt(9 / 14 * 5 / 14 / 10_000), size=0.25)
    vanishes(*moved[9 / 14], size=0.08)
    assert net[0.5] < -1.5 < 1.5 < net[0.8]
    assert moved[0.5][0] < -0.15 and moved[0.8][0] > 0.15


# ---------------------------------------------------------------- switches


LIVELY = {
    "market.days": 30.0, "experience.noise": 0.3, "taste.kind": "dirichlet", "choice.outside_utility": -1.0,
    "switching.relation": 0.5, "word_of_mouth.recommending": 0.3, "turnover.aware": 0.6, "turnover.entry_rate": 1.0,
    "turnover.exit_rate": 1.0,
}  # fmt: skip


def lively(network="mixing", **changes):
    return town(None, network, **{**LIVELY, **changes})


def test_off_is_off():
    """Without talk the network and the other numbers of talk decide nothing, to the bit; with it they do."""
    off = lively(**{"word_of_mouth.on": False}).market(log="memory").run()
    bare = Scenario(
        {name: table for name, table in lively().table.items() if name not in ("word_of_mouth", "network")}
    )
    assert off.log.opportunities().equals(bare.market(log="memory").run().log.opportunities())
    assert not off.customers.has("word") and "word_of_mouth" not in off.processes
    assert not off.log.opportunities().equals(lively().market(log="memory").run().log.opportunities())


def test_talk_without_effect_moves_nothing():
    """Negative control: as many messages, but nobody is moved by them."""
    changes = {"turnover.aware": 1.0}
    silent = lively(**changes, **{"word_of_mouth.on": False}).market(log="memory").run()
    idle = (
        lively(**changes, **{"word_of_mouth.praise": 0.0, "word_of_mouth.blame": 0.0})
        .market(log="memory")
        .run()
    )
    assert idle.processes["word_of_mouth"].messages.sum() > 1000 and not idle.customers.word.any()
    assert idle.log.opportunities().equals(silent.log.opportunities())
    loud = lively(**changes).market(log="memory").run()
    assert not loud.log.opportunities().equals(silent.log.opportunities())


@pytest.mark.parametrize("network", ["mixing", "small_world"])
def test_threads_and_ticks_decide_nothing(network):
    scenario = lively(network)
    whole = scenario.market(log="memory").run().log.opportunities()
    assert scenario.market(log="memory", threads=2).run().log.opportunities().equals(whole)
    half = scenario.set({"market.tick": 0.5}).market(log="memory").run().log.opportunities()
    by = ["customer", "occasion"]
    assert half.sort_values(by, ignore_index=True).equals(whole.sort_values(by, ignore_index=True))


@pytest.mark.parametrize(("tick", "steps"), [(1.0, 11), (0.5, 23)])
def test_talk_goes_on_after_saving(tick, steps, tmp_path):
    """Also when saved at noon, with news underway."""
    scenario = lively("small_world", **{"market.tick": tick})
    straight, market = scenario.market(log="memory").run(), after(scenario.market(log="memory"), steps)
    assert (tick == 1.0) == (not market.processes["word_of_mouth"].underway)
    loaded, branched = Market.load(market.save(tmp_path / "m")), market.branch(log="memory")
    for other in (loaded, branched):
        assert differences(straight, other.run()) == []
        assert straight.log.events().equals(other.log.events())


def test_talk_may_begin_in_a_branch():
    quiet = after(lively(**{"word_of_mouth.on": False}).market(), 10)
    loud = quiet.branch({"word_of_mouth.on": True}).run()
    assert loud.customers.word.any() and loud.customers.heard[loud.customers.word != 0].min() > 10
    silenced = after(lively().market(), 10).branch({"word_of_mouth.on": False}).run()
    assert not silenced.customers.has("word")


# ---------------------------------------------------------------- who speaks, who learns


def test_the_loyal_recommend():
    """After a purchase that is nothing special: recommending x step((S - upper) / width), and never with 0."""
    talk = {"recommending": 0.4, "told_good": 1.0}
    rates = {}
    for satisfaction in (0.5, 0.75, 0.83, 0.99):
        at = {"experience.initial": satisfaction, "experience.memory": 0.0}
        quality = {f"firms.{name}.quality": satisfaction for name in "ab"}
        market = town(talk, **at, **quality, **{"market.days": 40.0}).market().run()
        praise, blame = market.processes["word_of_mouth"].messages.sum(axis=1)
        rates[satisfaction] = praise / (40 * TELLERS)
        expected = 0.4 / (1 + np.exp(-(satisfaction - 0.75) / 0.04))
        if expected > 0.05:
            agrees(rates[satisfaction], expected, share_error(expected, 40 * TELLERS), sharp=0.1)
        assert blame == 0
    assert rates[0.5] < 0.003 < rates[0.75] < rates[0.83] < rates[0.99]
    nobody = town(
        {**talk, "recommending": 0.0}, **{"experience.initial": 0.99, "firms.a.quality": 1.0}
    ).market()
    assert nobody.run().processes["word_of_mouth"].messages[:, 0].sum() == 0


def test_the_disappointed_do_not_recommend():
    at = {
        "experience.initial": 0.99,
        "experience.memory": 0.0,
        "firms.a.failure": 1.0,
        "firms.b.failure": 1.0,
    }
    market = town({"recommending": 1.0, "telling_bad": 0.0}, **at).market().run()
    assert market.processes["word_of_mouth"].messages.sum() == 0


def rumour(network, days=40.0, **changes):
    """One shop that few know; who knows it comes every day, and tells one other with chance .3."""
    return one_shop(
        {"told_good": 1.0, "telling_good": 0.3, "praise": 0.0},
        network,
        **{"market.customers": 4000, "market.days": days, "turnover.aware": 0.02, **changes},
    )


def aware(market):
    return int((market.customers.aware_from[:, 0] <= market.day).sum())


def test_awareness_grows_like_a_rumour():
    """Logistic under random mixing: of those who do not know, 1 - (1 - 1/(N-1))^messages learn in a day."""
    market = rumour("mixing").market()
    n, known, surprise, spread = 4000, [aware(market)], 0.0, 0.0
    for _ in range(40):
        before = market.processes["word_of_mouth"].messages.sum()
        market.step()
        messages = int(market.processes["word_of_mouth"].messages.sum() - before)
        knows = known[-1]
        learns = 1 - (1 - 1 / (n - 1)) ** messages
        surprise += aware(market) - knows - (n - knows) * learns
        spread += (n - knows) * learns * (1 - learns)
        known.append(aware(market))
        assert market.totals.purchases[market.tick - 1].sum() == knows
    assert abs(surprise) <= 4 * np.sqrt(spread) < 0.1 * n
    share = np.array(known) / n
    assert share[0] < 0.03 and share[-1] > 0.98
    growth = np.diff(share)
    fastest = np.argmax(growth)
    assert 0.3 < share[fastest] < 0.7 and growth[0] < growth[fastest] / 3 > growth[-1]
    k = np.flatnonzero((share > 0.1) & (share < 0.9))
    slope = np.polyfit(k, np.log(share[k] / (1 - share[k])), 1)[0]
    assert slope == pytest.approx(0.3, rel=0.15)


def test_awareness_stops_where_ties_end():
    """Only those who are tied to somebody who knows ever learn; and nobody does when nobody talks."""
    half = [[k, k + j] for j in range(1, 6) for k in range(2000 - j)]
    market = rumour({"on": True, "kind": "edges", "edges": half}, 200.0).market()
    knew = market.customers.aware_from[:, 0] <= 0
    market.run()
    knows = market.customers.aware_from[:, 0] <= 200
    assert knows[:2000].all() and not knew[:2000].all()
    assert np.array_equal(knows[2000:], knew[2000:]) and not knows[2000:].all()
    for silence in ({"word_of_mouth.telling_good": 0.0}, {"word_of_mouth.on": False}):
        market = rumour("mixing", **silence).market()
        before = aware(market)
        assert aware(market.run()) == before > 0


def test_learning_is_logged():
    market = rumour("mixing", 10.0).market(log="memory")
    before = aware(market)
    events = market.run().log.events()
    assert (events["event"] == "aware").sum() == aware(market) - before > 20


# ---------------------------------------------------------------- wrong input


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"network.on": False}, "word_of_mouth.on: nobody knows anybody: set network.on"),
        ({"experience.on": False}, "word_of_mouth.on: talk comes from experience: set experience.on = true"),
        ({"word_of_mouth.bad_below": 0.6}, "word_of_mouth.bad_below: 0.6 is above good_above = 0.3"),
        ({"word_of_mouth.praise": 1.0}, r"word_of_mouth.praise: 1.0 is outside \[0, 1\)"),
        ({"word_of_mouth.blame": -0.1}, r"word_of_mouth.blame: -0.1 is outside"),
        ({"word_of_mouth.half_life": 0.0}, r"word_of_mouth.half_life: 0.0 is outside"),
        ({"word_of_mouth.told_bad": 1e9}, r"word_of_mouth.told_bad: 1000000000.0 is outside \[0, 1000\]"),
        (
            {"word_of_mouth.telling": 1.0},
            "word_of_mouth.telling: no parameter of this name; did you mean 'word_of_mouth.telling_",
        ),
        ({"word_of_mouth.on": "loud"}, "word_of_mouth.on: 'loud' is neither true nor false"),
    ],
)
def test_wrong_talk_is_told(changes, told):
    with pytest.raises(Problem, match=told):
        town(**changes)


def test_extremes_stay_finite():
    """Hundreds of messages to a handful of customers, who are moved as far as can be."""
    market = town(
        {"told_good": 1000.0, "told_bad": 1000.0, "praise": 0.999, "blame": 0.999},
        **{"market.customers": 30, "market.days": 20.0, "firms.b.failure": 1.0, "choice.outside_utility": 0.0},
    ).market().run()  # fmt: skip
    assert np.isfinite(market.customers.word).all() and np.abs(market.customers.word).max() < 60
    assert market.totals.purchases[-5:, 0].sum() > 0.95 * 150
