"""Precision push: whom to write to, what is learnt from it, and that knowing customers pays."""

import math

import numpy as np
import pytest
from worlds.lives import after, differences
from worlds.one_shop import shop, two_firms

from regulars import Market
from regulars.ground.parameter import Problem

LOUD = {"reach": 1.0, "effect": 0.5, "fatigue": 1e9, "dull": 1.0, "retarget": False, "cost": 0.0}


def pushing(rules, p=0.3, **changes):
    """The shop, which takes orders online, so that it knows its customers."""
    strategies = {} if rules is None else {"precision_push": {**LOUD, **rules}}
    named = {"firms.a.strategies": strategies, "market.days": 112, "firms.a.online": True}
    return shop(p, **{**named, **changes})


def push(market):
    return market.firms[0].strategies["precision_push"]


def bought(market):
    """Purchases of every customer, from the log."""
    count = market.log.purchases()["customer"].value_counts()
    return count.reindex(range(market.customers.count), fill_value=0).to_numpy()


def events(market, kind):
    log = market.log.events()
    return log[log["event"] == kind]


def campaigns(target, alike, cost=0.25):
    """A shop whose customers differ and of whom four in ten are lost to it after six weeks; or who are all alike."""
    rules = None if target is None else {"target": target, "cost": cost, "memory": 28.0}
    world = {} if alike else {"taste.kind": "normal", "taste.sd": 1.5}
    market = pushing(rules, **world, **{"market.customers": 2500, "market.days": 154}).market(log="memory")
    for day in range(154):
        if day == 42 and not alike:
            market.customers.taste[np.arange(2500) % 5 < 2, 0] -= 8.0
            market.endear()
        market.step()
    return market


def gain(market, none):
    """Margin per message that messages have caused, its standard error, and profit over doing nothing."""
    more, sent = 0.5 * (bought(market) - bought(none)), push(market).sent
    each = more.sum() / sent.sum()
    error = math.sqrt(((more - each * sent) ** 2).sum()) / sent.sum()
    return each, error, market.firms[0].profit - none.firms[0].profit


def test_targeting_by_response_beats_targeting_by_risk():
    """Where those at risk are not those who can be held, write to who responds (Ascarza 2018)."""
    none = campaigns(None, alike=False)
    risk, response, everybody = (
        gain(campaigns(target, alike=False), none) for target in ("risk", "response", "all")
    )
    assert response[0] - risk[0] > 5 * math.hypot(response[1], risk[1])
    assert response[2] > risk[2] and response[2] > everybody[2] > 0 > risk[2]


def test_where_all_are_alike_a_message_does_the_same_for_anybody():
    """Control: with equal effects it does not matter whom one writes to."""
    none = campaigns(None, alike=True)
    each = [gain(campaigns(target, alike=True), none) for target in ("risk", "response", "value")]
    for one in each:
        for other in each:
            assert abs(one[0] - other[0]) < 3 * math.hypot(one[1], other[1])


# ---------------------------------------------------------------- knowing customers


def test_the_gain_is_concave_in_what_was_seen():
    """Sales rise with every purchase on file, by ever less: what is known after k of them is 1 - .95 ** k."""
    seen, sales = np.array([0, 4, 12, 40, 120]), []
    for dull in (0.2, 1.0):
        bought_ = []
        for k in seen:
            market = pushing({"target": "all", "dull": dull, "effect": 1.0}).market()
            file = push(market).file
            file.knowledge[:], file.learning, file.half_life = 1 - 0.95**k, 0.0, 0.0
            bought_.append(market.run().firms[0].purchases)
        sales.append(np.array(bought_))
    learnt, known_anyway = sales
    slope = np.diff(learnt) / np.diff(seen)
    assert (slope > 0).all() and (np.diff(slope) < 0).all()
    assert (known_anyway == known_anyway[0]).all()  # control: messages that need no knowledge
    assert learnt[-1] <= known_anyway[0]


def test_a_message_does_what_is_known():
    """By hand: warmth = effect x (dull + (1 - dull) x (1 - (1 - learning) ** purchases))."""
    rules = {"target": "all", "dull": 0.4, "effect": 0.6, "every": 20.0, "holdout": 0.0}
    market = pushing(rules, **{"market.customers": 300, "market.days": 21}).market(log="memory")
    push(market).file.half_life = 0.0
    after(market, 20)
    seen = bought(market)
    after(market, 1)
    wanted = 0.6 * (0.4 + 0.6 * (1 - 0.95**seen))
    assert push(market).warmth == pytest.approx(np.where(seen > 0, wanted, 0.0), abs=1e-6)
    assert (push(market).sent == (seen > 0)).all()


def test_who_is_not_known_hears_nothing():
    """Members only, where orders do not come in online; and nobody in a shop that knows nobody."""
    none = pushing(None).market(log="memory").run()
    members = {"points": {"enrolment": "randomised", "reward_taste": 0.0, "redemption_rate": 0.0}}
    rules = {**LOUD, "target": "all"}
    club = {"firms.a.strategies": {"precision_push": rules, **members}, "firms.a.online": False}
    market = pushing(rules, **club).market(log="memory").run()
    member = market.firms[0].strategies["points"].member
    assert 0.3 < member.mean() < 0.7 and not push(market).sent[~member].any()
    assert (push(market).sent[member] > 0).mean() > 0.7
    stranger = pushing(rules, **{"firms.a.online": False}).market(log="memory").run()
    assert not push(stranger).sent.any() and (bought(stranger) == bought(none)).all()


# ---------------------------------------------------------------- learning who responds


def test_the_response_that_is_measured_is_the_true_one():
    """Of both parts of a cluster: what the market without messages says, within three standard errors."""
    world = {"taste.kind": "normal", "taste.sd": 1.0, "market.days": 112}
    none = pushing(None, **world).market(log="memory").run()
    for effect in (0.5, 0.0):
        rules = {"effect": effect, "groups": 3, "holdout": 0.5, "memory": 36525.0, "half_life": 3.0}
        market = pushing(rules, **world).market(log="memory").run()
        found, error = push(market).response()
        people = push(market).evidence[0].sum(axis=1)
        true = (bought(market) - bought(none)).sum() / push(market).sent.sum()
        assert (
            abs((found * people).sum() / people.sum() - true)
            < 3 * np.sqrt(((error * people) ** 2).sum()) / people.sum()
        )
        assert (error < 0.2).all() and (true > 0.3) == (effect > 0)


def test_evidence_by_hand():
    """Two campaigns: people, money and its squares of those who were written to or would have been; fading by half."""
    rules = {"groups": 1, "holdout": 0.5, "every": 10.0, "memory": 10.0, "enough": 1}
    market = pushing(rules, **{"market.customers": 40, "market.days": 31}).market(log="memory")
    apart = []
    for _ in range(31):
        market.step()
        if (market.day - 1) % 10 == 0:
            apart.append(push(market).apart.copy())
    log = market.log.purchases()
    spans = [log[(log["time"] >= start) & (log["time"] < start + 10)]["customer"] for start in (0, 10, 20)]
    count = np.array([who.value_counts().reindex(range(40), fill_value=0) for who in spans])
    known = count.cumsum(axis=0) > 0  # on days 10, 20 and 30
    told = events(market, "contact")
    for k, day in enumerate((10.0, 20.0)):  # written to then, looked at on days 20 and 30
        assert set(told.loc[told["time"] == day, "customer"]) == set(np.flatnonzero(known[k] & ~apart[k + 1]))
        assert 0.2 < apart[k + 1].mean() < 0.8
    assert (apart[1] != apart[2]).any()  # drawn anew
    for part in (0, 1):
        for power in (0, 1, 2):
            among = [apart[k + 1] == bool(part) for k in (0, 1)]
            sums = [(count[k + 1][known[k] & among[k]].astype(float) ** power).sum() for k in (0, 1)]
            assert push(market).evidence[power, 0, part] == pytest.approx(sums[0] / 2 + sums[1])


def test_who_does_not_respond_is_left_alone_and_tried_again():
    messages = {}
    for memory, effect in ((36525.0, 0.0), (28.0, 0.0), (36525.0, 1.0)):
        rules = {"effect": effect, "cost": 0.1, "groups": 2, "memory": memory, "every": 7.0, "doubt": 0.0}
        market = pushing({**rules, "enough": 300}, **{"market.days": 364}).market(log="memory").run()
        day = events(market, "contact")["time"]
        messages[memory, effect] = (day < 91).sum(), (day >= 182).sum()
    futile, again, useful = messages.values()
    assert futile[1] == 0 < futile[0] and again[1] > 0
    assert useful[1] > 1.5 * useful[0] and again[1] < 0.5 * useful[1]


def test_targets_by_hand():
    """Risk: days away in terms of the own mean gap; value: spending of about the last year; each the better half."""
    market = pushing({"target": "risk", "holdout": 0.0, "groups": 2}, **{"market.customers": 6}).market()
    strategy, file = push(market), push(market).file
    file.known[:] = True
    file.first[:], file.last[:] = 0.0, [40, 40, 20, 20, 30, 30]
    file.count[:] = [
        5,
        21,
        2,
        11,
        1,
        4,
    ]  # mean gaps of 10, 2, 20, 2 and 10 days, and of the other five's 8.8 days
    file.recent[:] = [5.0, 1.0, 4.0, 6.0, 3.0, 2.0]
    strategy.group[:] = 0
    everyone = np.arange(6)
    assert strategy._score(everyone, 42.0) == pytest.approx([0.2, 1.0, 1.1, 11.0, 12 / 8.8, 1.2], abs=1e-5)
    assert strategy._targets(42.0).tolist() == [3, 4, 5]
    strategy.parameters = strategy.parameters.model_copy(update={"target": "value"})
    file.last[:] = 42.0
    assert strategy._targets(42.0).tolist() == [0, 2, 3]


# ---------------------------------------------------------------- who has looked around


def test_who_looked_around_gets_a_message_the_next_day():
    rules = {"retarget": True, "browse": 0.25, "target": "response", "every": 3650.0, "effect": 0.0}
    market = pushing(rules, **{"market.days": 30}).market(log="memory").run()
    looked, told = events(market, "browse"), events(market, "contact")
    passed = market.log.opportunities()
    first = market.log.purchases().groupby("customer")["time"].min()
    known = passed["time"] > passed["customer"].map(first)
    chances = (known & passed["firm"].isna()).sum()
    assert abs(len(looked) / chances - 0.25) <= 4 * math.sqrt(0.25 * 0.75 / chances)
    days = zip(looked["customer"], looked["time"] + 1, strict=True)
    assert {(who, day) for who, day in days if day < 30} == set(
        zip(told["customer"], told["time"], strict=True)
    )
    quiet = pushing({**rules, "retarget": False}, **{"market.days": 30}).market(log="memory").run()
    assert not len(events(quiet, "browse")) and not len(events(quiet, "contact"))


# ---------------------------------------------------------------- sanity


def test_costs_by_hand():
    market = pushing({"cost": 0.3, "target": "all", "reach": 0.5}).market().run()
    spent = market.ledger.value("communication", 0)
    assert spent == pytest.approx(0.3 * push(market).sent.sum()) and spent > 100
    market.ledger.check()


@pytest.mark.parametrize("target", ["all", "risk", "value"])
def test_a_stronger_message_never_attracts_less(target):
    sales = []
    for effect in (0.0, 0.2, 0.6, 2.0):
        rules = {"precision_push": {"effect": effect, "reach": 0.8, "target": target}}
        sales.append(two_firms((rules, None), **{"firms.a.online": True}).market().run().firms[0].purchases)
    assert sales == sorted(sales) and sales[-1] > 1.05 * sales[0]


def test_it_goes_on_where_it_was_saved(tmp_path):
    rules = {"precision_push": {"reach": 0.8, "effect": 1.0, "enough": 5, "groups": 3, "every": 9.0}}
    changes = {"firms.a.online": True, "firms.b.online": True, "market.tick": 0.5, "market.days": 50}
    scenario = two_firms((rules, rules), **changes)
    straight, market = scenario.market().run(), after(scenario.market(), 61)
    market.save(tmp_path / "m")
    assert differences(straight, Market.load(tmp_path / "m").run()) == []


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"groups": 0}, "clusters"),
        ({"holdout": 1.0}, "random part of every cluster"),
        ({"target": "rsk"}, "'rsk' will not do"),
        ({"hold_out": 0.1}, "did you mean 'holdout'"),
    ],
)
def test_mistakes_are_told(rules, told):
    with pytest.raises(Problem, match=told):
        pushing(rules)
