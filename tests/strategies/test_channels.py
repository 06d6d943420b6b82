"""Channels: what a message leaves and how it tires, who gets it and what it costs, and whether measuring sets the pace."""

import math

import numpy as np
import pytest
from worlds.chances import near
from worlds.corner import corner
from worlds.lives import goes_on, happened, lives, run
from worlds.online_shops import communication, mine, purchases, world

from regulars.ground.parameter import Problem
from regulars.strategies.channels import CHANNELS

POST = {"name": "post", "audience": "everybody", "every": 7.0, "reach": 1.0, "cost": 0.1}
RULES = {"effect": 0.4, "half_life": 7.0, "fatigue": 2.0, "recovery": 30.0}


def post(**more):
    """One channel to everybody, and the strategy that has it; what belongs to the channel is told by its name."""
    own = {
        name: more.pop(name) for name in list(more) if name in ("every", "reach", "cost", "fixed", "tires")
    }
    return {"channels": {**RULES, **more, "channels": [{**POST, **own}]}}


def mean_warmth(every, effect=0.4, half_life=7.0, fatigue=2.0, recovery=30.0):
    """Mean pull of a message every so many days in the long run, logits: each is worth effect 2^-(of late/fatigue)."""
    late = 1 / (2 ** (every / recovery) - 1)
    return effect * 2 ** (-late / fatigue) * half_life / (every * math.log(2))


def test_messages_bring_customers_until_they_tire():
    """Purchases rise with the frequency of messages to a best one, and fall beyond; without fatigue they only rise."""
    rhythms = (56.0, 28.0, 14.0, 7.0, 3.0, 1.0)
    sales = [purchases(world(post(every=days), market__days=224)) for days in rhythms]
    best = int(np.argmax(sales))
    assert rhythms[best] == max(rhythms, key=mean_warmth) == 14.0
    assert sales[: best + 1] == sorted(sales[: best + 1]) and sales[best:] == sorted(sales[best:])[::-1]
    assert sales[best] > 1.02 * purchases(world(market__days=224))
    tireless = [
        purchases(world(post(every=days, fatigue=1e9, effect=0.1), market__days=224)) for days in rhythms
    ]
    assert tireless == sorted(tireless) and tireless[-1] > 1.1 * tireless[0]


def test_mean_pull_in_the_long_run_is_the_formula():
    own = mine(run(world(post(every=14.0, effect=0.4), market__days=14 * 30 + 1, market__customers=50)))
    after = mean_warmth(14.0) * 14.0 * math.log(2) / 7.0 / (1 - 2 ** (-14.0 / 7.0))  # right after a message
    assert own.warmth == pytest.approx(after, rel=1e-4)


def test_two_messages_by_hand():
    """Warmth 0.4; a week later half of it is left, and the second adds 0.4 x 2^-(2^(-7/30) / 2)."""
    own = mine(run(world(post(), market__days=8, market__customers=50)))
    of_late = 2 ** (-7 / 30)
    assert own.warmth == pytest.approx(0.2 + 0.4 * 2 ** (-of_late / 2), abs=1e-6)
    assert own.lately == pytest.approx(of_late + 1, abs=1e-6)
    assert (own.sent == 2).all() and (own.warmed == 7.0).all()


def test_a_message_moves_the_odds_by_what_is_left_of_it():
    n = 40_000
    market = run(
        corner(post(every=100.0, effect=1.0), p=0.3, online=True, market__customers=n, market__days=15)
    )
    table = lives(market)
    for day in (0, 7, 14):
        p = 1 / (1 + 7 / 3 * math.exp(-(2.0 ** (-day / 7))))
        assert near(table.loc[table["time"] == day, "firm"].notna().mean(), p, n)


def test_channels_share_one_customers_patience():
    """Two channels on one day: the second finds the first one's message; one that does not tire leaves no trace."""
    second = {**POST, "name": "second", "every": 50.0}
    own = mine(run(world({"channels": {**RULES, "channels": [POST, second]}}, market__days=1)))
    assert own.warmth == pytest.approx(0.4 + 0.4 * 2 ** (-1 / 2), abs=1e-6)
    calm = mine(
        run(world({"channels": {**RULES, "channels": [{**POST, "tires": 0.0}, second]}}, market__days=1))
    )
    assert calm.warmth == pytest.approx(0.8, abs=1e-6) and (calm.lately == 1.0).all()


def test_reach_and_cost():
    market = run(world(post(reach=0.3, cost=0.25, fixed=1.5), market__days=70))
    sent = 600 * 10
    assert (mine(market).sent == 10).all() and near(len(happened(market, "contact")) / sent, 0.3, sent)
    market.ledger.check()
    assert communication(market) == pytest.approx(0.25 * sent + 1.5 * 70)
    weekly = run(world(post(reach=0.3, cost=0.25, fixed=1.5), market__days=70, market__tick=7.0))
    assert communication(weekly) == pytest.approx(communication(market))
    assert market.ledger.value("communication", market.names.index("rival")) == 0


def test_some_ask_for_no_more():
    """After n noticed messages (1 - q)^n are left; who is gone costs nothing more."""
    n = 5000
    market = run(world(post(opt_out=0.1, every=1.0), market__days=20, market__customers=n))
    own = mine(market)
    assert near(1 - own.opted_out.mean(), 0.9**20, n)
    assert len(happened(market, "opt_out")) == own.opted_out.sum()
    left = happened(market, "opt_out").set_index("customer")["time"]
    assert (own.sent[left.index] == left + 1).all()  # one a day, the last on the day of leaving
    assert communication(market) == pytest.approx(0.1 * own.sent.sum())


def test_each_channel_has_its_own_audience():
    """Live support for newcomers only: on the review days 0, 28, 56 those first seen within 30 days."""
    channel = {**POST, "audience": "new:30", "every": 28.0}
    market = run(world({"channels": {**RULES, "channels": [channel]}}))
    table = lives(market)
    first = table[table["firm"] == "shop"].groupby("customer")["time"].min()
    for day in (28, 56, 84):
        got = happened(market, "contact").query("time == @day")["customer"]
        due = first[(first < day) & (day - first <= 30.0)].index
        assert set(got) == set(due) and len(due) > 5
    assert happened(market, "contact").query("time == 0").empty


def test_a_channel_builds_what_it_is_good_for():
    on = {"relationship__on": True, "relationship__confidence_gain": 0.0, "market__days": 8}
    build = {"builds": "social", "depth": 0.2, "effect": 0.0}
    market = run(world({"channels": {**RULES, "channels": [{**POST, **build}]}}, **on))
    c, f = market.customers, market.firm("shop").index
    once = 0.2 * 2 ** (-7 / 90)
    assert c.tended[:, f].min() >= 7
    faded = 2 ** (-(c.tended[:, f] - 7.0) / 90)
    assert c.social[:, f] == pytest.approx((once + 0.2 * (1 - once)) * faded, abs=1e-5)
    assert not c.respect.any() and not c.social[:, 1 - f].any()


def test_who_notices_a_message_knows_the_shop():
    few = {"turnover__aware": 0.2, "market__days": 28}
    markets = [run(world(own, **few)) for own in (None, post(reach=0.5))]
    before, after = (np.isfinite(-m.customers.aware_from[:, m.names.index("shop")]) for m in markets)
    assert not before.any()  # they have known it for ever, or never will
    told = happened(markets[1], "contact")["customer"]
    strangers = np.isposinf(markets[0].customers.aware_from[:, markets[0].names.index("shop")])
    assert set(np.flatnonzero(after)) == set(told) & set(np.flatnonzero(strangers))
    assert near(after.sum() / strangers.sum(), 1 - 0.5**4, strangers.sum())


# ---------------------------------------------------------------- off, and what generosity does


def test_messages_that_say_nothing_cost_and_do_nothing():
    quiet, none = run(world(post(effect=0.0))), run(world())
    assert lives(quiet).equals(lives(none)) and communication(quiet) == pytest.approx(0.1 * 600 * 16)


@pytest.mark.parametrize("what", ["effect", "reach"])
def test_more_of_it_never_attracts_less(what):
    sales = [purchases(world(post(**{what: value}))) for value in (0.0, 0.3, 0.6, 1.0)]
    assert sales == sorted(sales) and sales[-1] > 1.02 * sales[0]


def test_both_shops_may_talk():
    both, none = run(world(post(), post())), run(world())
    both.ledger.check()
    shares = [m.totals.purchases.sum(axis=0) / m.totals.purchases.sum() for m in (both, none)]
    assert abs(shares[0][0] - shares[1][0]) < 0.03
    assert both.totals.purchases.sum() > none.totals.purchases.sum()


# ---------------------------------------------------------------- measured and improved

MEASURED = {"holdout": 0.5, "review": 28.0, "fatigue": 1e9}


def test_the_holdout_gets_nothing():
    own = mine(run(world(post(**MEASURED))))
    assert near(own.apart.mean(), 0.5, 600)
    assert not own.sent[own.apart].any() and (own.sent[~own.apart] > 0).all()


@pytest.mark.parametrize(
    ("rules", "pace"),
    [
        ({"effect": 1.0, "cost": 0.01}, 0.8**3),  # pays many times over: a quarter more often at each review
        ({"effect": 0.0, "cost": 0.5}, 2.0**3),  # does nothing, and costs
        ({"effect": 0.0, "cost": 0.0}, 1.0),  # nothing to be seen in the noise
    ],
)
def test_the_pace_follows_what_it_brings(rules, pace):
    people = {"market__customers": 3000, "market__days": 85, "need__shape": 0.0}
    own = mine(run(world(post(**MEASURED, **rules), **people)))
    assert own.pace[0] == pytest.approx(pace)


def test_unmeasured_it_goes_on_as_it_began():
    own = mine(run(world(post(effect=0.0, cost=0.5))))
    assert own.pace[0] == 1.0 and (own.sent == 16).all() and not own.spent.any()


def test_what_is_bought_for_messages_is_what_was_spent():
    market = world(post(**MEASURED, opt_out=0.2), market__days=28).market()
    market.run()
    assert mine(market).bought[0] == pytest.approx(communication(market))


# ---------------------------------------------------------------- saving, and mistakes


def test_saved_and_gone_on(tmp_path):
    lively = {"holdout": 0.3, "review": 20.0, "opt_out": 0.05}
    rules = {**RULES, **lively, "channels": [POST, {**CHANNELS[2].model_dump(), "audience": "heavy:0.3"}]}
    scenario = world({"channels": rules}, market__days=38, relationship__on=True)
    goes_on(scenario, tmp_path / "market", 31)  # between the reviews of days 20 and 40


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"channels": [{"name": "post", "evry": 3}]}, "did you mean 'every'"),
        ({"channels": [POST, POST]}, "channels.1.name.*name of its own"),
        ({"channels": [{**POST, "name": ""}]}, "channels.0.name.*name of its own"),
        ({"channels": [{**POST, "reach": 1.2}]}, r"channels.0.reach.*\[0, 1\].*probability|probability.*\[0, 1\]"),
        ({"channels": [{**POST, "audience": "spend:5"}]}, "channels.0.audience.*did you mean 'spent'"),
        ({"channels": [{"every": 3}]}, "channels.0.name: this parameter is needed"),
        ({"fatigue": 0.0}, "recent messages"),
        ({"holdout": 1.0}, "share of customers"),
    ],
)  # fmt: skip
def test_mistakes_are_told(rules, told):
    with pytest.raises(Problem, match=told):
        world({"channels": rules})
