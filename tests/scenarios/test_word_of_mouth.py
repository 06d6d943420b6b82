"""Word of mouth by itself (M7, M11). Claim C5: one dissatisfied customer affects more than 25 others, more than 10 keep silent."""

import numpy as np
import pytest

from regulars import compare, load

PROVES = ("M7", "M11")
TOWN = load("scenarios/word-of-mouth.toml")
ARMS = ("advertising", "recovery", "fewer_bad_meals", "advertising_and_fewer_bad_meals", "everyday_low_price")
TELLS_ALL = {
    "word_of_mouth.good_above": 0.0,
    "word_of_mouth.bad_below": 0.0,
    "word_of_mouth.recommending": 0.0,
    "market.days": 119,
}


@pytest.fixture(scope="module")
def result():
    return compare(TOWN, replicates=1, arms=ARMS, jobs=1)


def year(arm="control", **changes):
    """A year of an arm, and the events at the new place."""
    changes = {name.replace("__", "."): value for name, value in changes.items()}
    market = TOWN.set(changes).arm(arm).market(log="memory").run()
    events = market.log.events()
    return market, events[events["firm"] == "newcomer"]


def known(market, day):
    """Share of the town that knows the new place."""
    people = TOWN.spec.market.customers
    return (market.customers.aware_from[:people, market.names.index("newcomer")] <= day).mean()


def kinds(events):
    return events["event"].value_counts()


@pytest.fixture(scope="module")
def bad():
    return year()


@pytest.fixture(scope="module")
def good():
    return year("fewer_bad_meals")


# ---------------------------------------------------------------- the numbers


def test_who_tells_how_many(bad):
    """9 hear of a bad meal and 5 of a good one; 25 of a bad one where the source has its way (C5)."""
    told = bad[1].groupby("event")["amount"].mean()
    assert told["blame"] == pytest.approx(9, abs=0.1) and told["praise"] == pytest.approx(5, abs=0.1)
    _, events = year(word_of_mouth__told_bad=25.0, market__days=119)
    assert events.groupby("event")["amount"].mean()["blame"] == pytest.approx(25, rel=0.03)


def test_behind_one_complaint_stand_more_than_ten(bad, good):
    """The iceberg: of the dissatisfied some leave and some keep silent, and one in thirty or so complains."""
    for _, events in (bad, good):
        count = kinds(events)
        assert 10 < (count["keep_silent"] + count["leave"]) / count["complain"] < 60
    heard = kinds(year("recovery")[1])  # and where complaining is easy more of it shows
    assert (heard["keep_silent"] + heard["leave"]) / heard["complain"] < 5


def test_the_counts_break_even_at_nine_of_fourteen():
    """More praise than blame goes round from 64.3% good meals on, where everybody tells."""
    balance, share = [], []
    for quality, failure in ((0.60, 0.20), (0.60, 0.0), (0.70, 0.0)):
        _, events = year(firms__newcomer__quality=quality, firms__newcomer__failure=failure, **TELLS_ALL)
        told, tellers = events.groupby("event")["amount"].sum(), kinds(events)
        balance.append(told["praise"] - told["blame"])
        share.append(tellers["praise"] / (tellers["praise"] + tellers["blame"]))
    assert share == sorted(share) and share[0] < 9 / 14 < share[-1]
    assert [b > 0 for b in balance] == [s > 9 / 14 for s in share]
    crossing = np.interp(0.0, np.array(balance) / np.abs(balance).max(), share)
    assert crossing == pytest.approx(9 / 14, abs=0.02)


# ---------------------------------------------------------------- what it does


def test_talk_makes_it_known(bad):
    """Two in a hundred at first, nine in ten within half a year; without talk hardly anybody (negative control)."""
    assert known(bad[0], 0) < 0.04
    assert known(bad[0], 182) > 0.8
    assert known(year(word_of_mouth__on=False)[0], 182) < 0.1


def test_bad_news_travels_faster_and_leads_nowhere(bad, good):
    """Bad meals make it known sooner; good ones fill it later."""
    assert known(bad[0], 91) > known(good[0], 91)
    rush, growth = (
        np.histogram(market.log.purchases().query("firm == 'newcomer'")["time"], [0, 182, 273, 365])[0]
        for market, _ in (bad, good)
    )
    assert rush[2] < rush[1] and growth[2] > 1.5 * rush[2]


def test_word_travels_along_ties():
    """M7: on the first days only friends of those who have been there learn of it."""
    market = (
        TOWN.arm("control").set({"market.days": 14, "turnover.noticing_rate": 0.0}).market(log="memory").run()
    )
    f = market.names.index("newcomer")
    since = market.customers.aware_from[:, f]
    log = market.log.purchases().query("firm == 'newcomer'")
    guests = log.groupby("customer")["time"].min()
    learnt = np.flatnonzero(np.isfinite(since) & (since > 0))
    assert learnt.size > 20
    for customer in learnt:
        friends = guests.reindex(market.network.friends(customer)).dropna()
        assert (friends < since[customer]).any()


def test_what_pays(result):
    gain = result.wide("incremental_profit")
    both, food, posts = (
        gain[arm] for arm in ("advertising_and_fewer_bad_meals", "fewer_bad_meals", "advertising")
    )
    assert (food > posts).all() and (food > gain["recovery"]).all() and (gain["recovery"] > 0).all()
    assert (both - food > posts).all(), "advertising is worth more for a good kitchen"
    assert (gain["everyday_low_price"] < 0).all()


def test_without_talk_the_order_turns():
    """Negative control: where nobody talks good meals stay a secret, and advertising makes all the difference."""
    silent = compare(
        TOWN.set({"word_of_mouth.on": False, "market.days": 182}),
        replicates=1,
        arms=("advertising", "fewer_bad_meals"),
        jobs=1,
    )
    gain = silent.wide("incremental_profit")
    assert (gain["advertising"] > 5 * gain["fewer_bad_meals"]).all()
