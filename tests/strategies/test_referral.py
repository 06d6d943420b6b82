"""Referral: who recommends, whom it reaches, what it costs, and why the referred stay."""

import math

import numpy as np
import pytest
from worlds.one_shop import shop, two_firms

from regulars import Scenario
from regulars.ground.parameter import Problem

TALK = {"willing": 0.3, "bonus": 0.0, "trust": 0.0, "window": 3660.0}


def referring(rules, p=0.3, **changes):
    """The shop whose customers recommend it."""
    named = {"firms.a.strategies": {"referral": rules}}
    return shop(p, **{"network.on": True, "network.kind": "small_world", **changes}, **named)


def rivals(rules, **changes):
    """Two firms in a small world; of the first most have to hear."""
    world = {"network.on": True, "network.kind": "small_world", "network.degree": 6.0, "turnover.aware": 0.3}
    rules = None if rules is None else {"referral": {"satisfied": 0.0, **rules}}
    return two_firms(**{**world, **changes, "firms.a.strategies": rules or {}})


def events(market, kind):
    log = market.log.events()
    return log[log["event"] == kind]


def chance(share, wanted, n):
    assert abs(share - wanted) <= 4 * math.sqrt(wanted * (1 - wanted) / n)


# ---------------------------------------------------------------- whom it reaches


def test_recommendations_travel_along_ties():
    """Of two villages only the one with a customer in it ever hears of the firm, unless people meet strangers."""
    village = [(k, (k + step) % 200) for k in range(200) for step in (1, 2)]
    both = (*village, *((a + 200, b + 200) for a, b in village))
    reached = {}
    for kind, willing in (("edges", 1.0), ("edges", 0.0), ("mixing", 1.0)):
        world = {"network.on": True, "network.kind": kind, "network.edges": both, "turnover.aware": 0.0}
        size = {"market.customers": 400, "market.days": 150}
        market = referring({**TALK, "willing": willing}, 0.9, **world, **size).market(log="memory")
        market.customers.aware_from[7, 0] = -np.inf
        market.run()
        first = market.log.purchases().groupby("customer")["time"].min()
        reached[kind, willing] = first.index.to_numpy()
        if (kind, willing) == ("edges", 1.0):
            far = np.abs((first.index.to_numpy() - 7 + 100) % 200 - 100)
            days = first.to_numpy() - first[7]
            assert (2 * days >= far).all()  # two houses further a day at most
            assert np.corrcoef(far, days)[0, 1] > 0.9
    assert len(reached["edges", 1.0]) == 200 and reached["edges", 1.0].max() < 200
    assert reached["edges", 0.0].tolist() == [7]
    assert (reached["mixing", 1.0] >= 200).sum() > 100


def test_who_recommends():
    """By hand, a purchase: 1 - (1 - willing) exp(-response x bonus); whom money moved has less credit the next time."""
    rules = {"willing": 0.05, "bonus": 20.0, "response": 0.01, "credit_half_life": 1e-9, "trust": 0.0}
    free = referring(rules, **{"market.days": 50}).market(log="memory").run()
    n = len(free.log.purchases())
    chance(len(events(free, "recommend")) / n, 1 - 0.95 * math.exp(-0.2), n)
    moved = (free.firms[0].strategies["referral"].used > 0).mean()
    assert 0.5 < moved < 1.0
    # credit that does not come back: less and less is said, of its own accord too
    spent = referring({**rules, "credit_used": 0.5, "credit_half_life": 36525.0}, **{"market.days": 50})
    spent = spent.market(log="memory").run()
    assert (free.log.purchases()["customer"].to_numpy() == spent.log.purchases()["customer"].to_numpy()).all()
    said = [events(m, "recommend")["time"] for m in (free, spent)]
    early, late = ([((t >= low) & (t < low + 10)).sum() for t in said] for low in (0, 40))
    assert late[1] < 0.5 * late[0] and late[1] / early[1] < 0.6 * late[0] / early[0]
    # control: without a bonus nobody is moved by it, and nobody loses credit
    none = (
        referring({**rules, "bonus": 0.0, "credit_used": 1.0}, **{"market.days": 50})
        .market(log="memory")
        .run()
    )
    n = len(none.log.purchases())
    chance(len(events(none, "recommend")) / n, 0.05, n)
    assert not none.firms[0].strategies["referral"].used.any()


def test_the_satisfied_recommend():
    """Where customers have experiences, those who are not satisfied keep silent."""
    world = {"need.process": "calendar", "market.days": 40}
    market = rivals({"willing": 1.0, "satisfied": 0.55}, **world).market(log="memory")
    market.firm("a").quality = 0.7
    strategy, said = market.firm("a").strategies["referral"], 0
    for _ in range(40):
        before = len(events(market, "recommend"))
        market.step()
        now = events(market, "recommend")["customer"].to_numpy()[before:]
        assert (market.customers.satisfaction[now, 0] >= 0.55).all()
        said += now.size
    everyone = np.arange(market.customers.count)
    glad = market.customers.satisfaction[:, 0] >= 0.55
    assert said > 100 and 0 < glad.mean() < 1
    assert (strategy.ready(everyone, 40.0)[~glad] == 0).all() and (
        strategy.ready(everyone, 40.0)[glad] > 0.5
    ).all()


# ---------------------------------------------------------------- what it costs


def test_bonus_and_welcome_by_hand():
    """One bonus for each first purchase by a friend, to the recruiter; the welcome once, at the till."""
    rules = {"willing": 0.2, "bonus": 3.0, "welcome": 1.25, "trust": 2.0, "response": 0.0}
    market = rivals(rules, **{"market.days": 150}).market(log="memory").run()
    market.ledger.check()
    log = market.log.purchases()
    log = log[log["firm"] == "a"]
    first = log.drop_duplicates("customer").set_index("customer")
    referred, paid = events(market, "referred"), events(market, "reward")
    when = first["time"][referred["amount"].astype(int)].to_numpy()
    there = market.customers.exit[referred["customer"]] > when
    assert len(referred) > 50 and (paid["amount"] == 3.0).all()
    assert paid["customer"].tolist() == referred["customer"][there].tolist()  # who has left gets nothing
    assert market.ledger.value("rewards", 0) == pytest.approx(3.0 * there.sum())
    off = (first["listed"] - first["amount"]).to_numpy()
    given = first[off > 1e-9]
    assert set(given.index) == set(referred["amount"].astype(int))
    small = given["listed"] < 1.25
    assert off[off > 1e-9][~small] == pytest.approx(1.25, abs=1e-5)
    assert market.ledger.value("discounts", 0) == pytest.approx(off.sum(), abs=1e-3)


def test_bonuses_have_a_source():
    """Some friends would have come anyway: their bonus was earned by purchases that would have been made here."""
    rules = {"referral": {"satisfied": 0.0, "willing": 0.3, "bonus": 2.0, "welcome": 1.0, "trust": 1.0}}
    control = rivals(None).market()
    arm = rivals(rules["referral"]).market(against=control)
    for _ in range(control.ticks):
        control.step()
        arm.step()
    given = arm.ledger.money["rewards"] + arm.ledger.money["discounts"]
    assert (arm.ledger.by_source.sum(axis=1) == given).all()
    assert (arm.ledger.by_source[0, :3] > 0).all() and arm.ledger.by_source[0, 3] == 0


# ---------------------------------------------------------------- why the referred stay


def switching_market(tie):
    """Two firms alike, a purchase a day, all customers alike, who mind changing; people come and go."""
    table = {
        "market": {"customers": 1500, "days": 200},
        "need": {"process": "calendar"},
        "taste": {"kind": "homogeneous"},
        "switching": {"relation": 2.0},
        "turnover": {"exit_rate": 3.0, "entry_rate": 3.0},
        "network": {"on": True, "kind": "small_world"},
        "firms": [
            {"name": "a", "strategies": {"referral": {**TALK, "willing": 0.5, "tie": tie, "active": 10.0}}},
            {"name": "b"},
        ],
    }
    return Scenario(table).market(log="memory").run()


def churn(market, active=10):
    """Share of purchases at which customers of a leave it, from the log: the referred with their recruiter there, with
    their recruiter gone, and all others; with the number of purchases."""
    log = market.log.purchases().sort_values(["customer", "time"])
    who, day, here = (
        log["customer"].to_numpy(),
        np.floor(log["time"].to_numpy()).astype(int),
        log["firm"] == "a",
    )
    here = here.to_numpy()
    referred = events(market, "referred")
    recruiter, since = np.full(market.customers.count, -1), np.full(market.customers.count, np.inf)
    recruiter[referred["amount"].astype(int)] = referred["customer"]
    since[referred["amount"].astype(int)] = referred["time"]
    latest = np.full((market.customers.count, int(market.day) + 1), -np.inf)  # by the morning of each day
    latest[who[here], day[here] + 1] = day[here]
    latest = np.maximum.accumulate(latest, axis=1)
    mine = np.r_[False, (who[1:] == who[:-1]) & here[:-1]]  # bought at a the last time
    brought = (recruiter[who] >= 0) & (day > since[who])
    there = (day - latest[recruiter[who], day] <= active) & (market.customers.exit[recruiter[who]] > day)
    groups = brought & there, brought & ~there, recruiter[who] < 0
    return [(1 - here[mine & rows].mean(), (mine & rows).sum()) for rows in groups]


@pytest.mark.parametrize("tie", [1.0, 0.0])
def test_recruits_stay_while_their_recruiter_does(tie):
    """The decisive test of social enrichment: hazard ratio below 1 while the recruiter is there, 1 after he has left.

    By hand a customer leaves with chance 1 / (1 + exp(cost of changing + tie)); without the tie all are alike.
    """
    there, gone, others = churn(switching_market(tie))
    plain = 1 / (1 + math.exp(2.0))
    chance(there[0], 1 / (1 + math.exp(2.0 + tie)), there[1])
    chance(gone[0], plain, gone[1])
    chance(others[0], plain, others[1])
    errors = [math.sqrt((1 - h) / (h * n)) for h, n in (there, gone, others)]  # of log hazards
    assert abs(math.log(gone[0] / others[0])) < 3 * math.hypot(errors[1], errors[2])
    ratio = math.log(there[0] / others[0])
    if tie:
        assert ratio < -10 * math.hypot(errors[0], errors[2])
    else:
        assert abs(ratio) < 3 * math.hypot(errors[0], errors[2])


# ---------------------------------------------------------------- sanity


@pytest.mark.parametrize(
    ("generous", "sizes"),
    [
        ("bonus", (0.0, 5.0, 25.0, 100.0)),
        ("welcome", (0.0, 0.5, 1.0, 4.0)),
        ("willing", (0.0, 0.02, 0.1, 0.5)),
        ("trust", (0.0, 0.5, 1.0, 4.0)),
        ("tie", (0.0, 0.3, 1.0, 3.0)),
    ],
)
def test_more_generous_never_attracts_less(generous, sizes):
    sales = []
    for size in sizes:
        rules = {"willing": 0.05, "bonus": 5.0, generous: size}
        sales.append(rivals(rules, **{"market.customers": 300}).market().run().firms[0].purchases)
    assert sales == sorted(sales) and sales[-1] > sales[0]


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"bonus": -1.0}, "for the recruiter, when the friend buys"),
        ({"willing": 1.5}, "probability per purchase"),
        ({"trust": float("inf")}, "trust"),
        ({"wellcome": 1.0}, "did you mean 'welcome'"),
    ],
)
def test_mistakes_are_told(rules, told):
    with pytest.raises(Problem, match=told):
        referring(rules)
