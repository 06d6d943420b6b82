"""Commission selling: how it spreads, why it ends, who earns."""

import math

import numpy as np
import pytest
from worlds.one_shop import shop, two_firms

from regulars.ground.parameter import Problem

PROVES = ("X6",)
SELLERS = 40


def selling(rules, p=0.3, **changes):
    """The shop whose customers sell to friends."""
    named = {"firms.a.strategies": {"commission": rules}}
    return shop(p, **{"network.on": True, "network.kind": "small_world", **changes}, **named)


def rivals(rules, **changes):
    """Two firms in a small world; of the first most have to hear."""
    world = {"network.on": True, "network.kind": "small_world", "network.degree": 6.0, "turnover.aware": 0.3}
    strategies = {} if rules is None else {"commission": rules}
    return two_firms(**{**world, **changes, "firms.a.strategies": strategies})


def events(market, kind):
    log = market.log.events()
    return log[log["event"] == kind]


def commission(market):
    return market.firms[0].strategies["commission"]


def recruited(kind, credit_used, days=140):
    """First purchases brought by forty sellers among strangers to the firm, by periods of 28 days; few buy untold."""
    rules = {"credit_used": credit_used, "trust": 5.0, "response": 0.0, "every": 3.5}
    world = {
        "network.on": True,
        "network.kind": kind,
        "network.degree": 20.0,
        "turnover.aware": 0.0,
        "market.customers": 10_000,
        "market.days": days,
    }
    market = selling(rules, 0.001, **world).market(log="memory")
    sellers = np.arange(SELLERS) * 250
    commission(market).seller[sellers], commission(market).latest[sellers] = True, 0.0
    market.run()
    referred = events(market, "referred")
    assert set(referred["customer"]) <= set(sellers)
    return np.histogram(referred["time"], np.arange(0, days + 1, 28))[0], market


def test_sellers_run_out_of_friends_and_credit():
    """Sales to new faces fall, by both; sellers with credit among ever new faces (control) sell as well as at first."""
    both, without, strangers, control = (
        recruited(kind, used)[0]
        for kind, used in (("small_world", 0.2), ("small_world", 0.0), ("mixing", 0.2), ("mixing", 0.0))
    )
    assert abs(control[1] - control[-1]) < 3 * math.sqrt(control[1] + control[-1])
    for sold in (both, without, strangers):
        assert sold[-1] < 0.6 * sold[0] and sold[-1] < control[-1] - 5 * math.sqrt(control[-1])
    assert both.sum() < min(without.sum(), strangers.sum()) < control.sum()


def test_reach_is_limited():
    """From the log: of the friends who are told ever fewer are told for the first time; nobody has more than his friends."""
    _, market = recruited("small_world", 0.0)
    told = events(market, "recommend")
    new = ~told["amount"].duplicated()
    half = told["time"] < 70
    assert new[half].mean() > 1.5 * new[~half].mean()
    for seller, friends in told.groupby("customer")["amount"]:
        assert set(friends) <= set(market.network.friends(seller).tolist())


def test_pitches_by_hand():
    """One in `every` days on average, by sellers who are in the market; each uses up credit."""
    rules = {"every": 4.0, "credit_used": 0.3, "credit_half_life": 20.0}
    market = selling(rules, 1, **{"market.customers": 1000, "market.days": 60}).market(log="memory")
    strategy = commission(market)
    strategy.would_sell[:] = np.arange(1000) < 400
    market.customers.exit[:100] = 30.5
    market.run()
    said = events(market, "recommend")
    days = np.where(np.arange(400) < 100, 30, 59)  # sellers from their first purchase, on the first day, on
    share, p = len(said) / days.sum(), 1 - math.exp(-1 / 4)
    assert said["customer"].max() < 400 and abs(share - p) <= 4 * math.sqrt(p * (1 - p) / days.sum())
    mine = said.loc[said["customer"] == 200, "time"].to_numpy() - 1.0
    used, last = 0.0, 0.0
    for day in mine:
        used, last = 1 - (1 - used * 2 ** (-(day - last) / 20)) * 0.7, day
    assert strategy.used[200] == pytest.approx(used, abs=1e-5) and strategy.used_on[200] == last


@pytest.mark.parametrize(("levels", "pass_up"), [(1, 0.5), (3, 0.5), (3, 0.0)])
def test_commissions_by_hand(levels, pass_up):
    """0 brought 1, who brought 2, who brought 3; 4 came alone. Each level up gets its part of the one below."""
    rules = {"rate": 0.1, "levels": levels, "pass_up": pass_up, "response": 0.0}
    edges = {"network.on": True, "network.kind": "edges", "network.edges": ((0, 1),)}
    market = selling(rules, 1, **edges, **{"market.customers": 5, "market.days": 10}).market(log="memory")
    commission(market).recruiter[:] = [-1, 0, 1, 2, -1]
    market.customers.exit[1] = 5.5  # who has left earns no more
    market.run()
    paid = events(market, "reward").groupby("customer")["amount"].sum().reindex(range(5), fill_value=0.0)
    parts = [0.1 * pass_up**k if k < levels else 0.0 for k in range(3)]
    assert paid.tolist() == pytest.approx(
        [6 * parts[0] + 10 * parts[1] + 10 * parts[2], 6 * parts[0] + 6 * parts[1], 10 * parts[0], 0.0, 0.0]
    )
    assert market.ledger.value("rewards", 0) == pytest.approx(paid.sum())
    market.ledger.check()


@pytest.mark.parametrize("levels", [1, 3])
def test_commissions_make_sellers(levels):
    """Of the buyers 1 - exp(-response x what all levels get together), whether they came before or after the start."""
    rules = {"rate": 0.2, "levels": levels, "pass_up": 0.5, "response": 1.0}
    offered = 0.2 * sum(0.5**k for k in range(levels))
    for initial in ("nobody", "share"):
        market = selling(rules, 0.9, **{"market.days": 5, "switching.initial": initial}).market().run()
        bought = commission(market).latest > 0
        share, p, n = commission(market).seller[bought].mean(), 1 - math.exp(-offered), bought.sum()
        assert n > 1900 and abs(share - p) <= 4 * math.sqrt(p * (1 - p) / n)
        assert not commission(market).seller[~bought].any()


def test_blame_by_hand():
    """Each purchase that leaves a recruit dissatisfied takes `blame` of the seller's credit, in the evening."""
    rules = {"blame": 0.5, "disappointed": 0.4, "response": 0.0, "credit_half_life": 36525.0}
    edges = {"network.on": True, "network.kind": "edges", "network.edges": ((0, 1),), "experience.on": True}
    market = selling(rules, 1, **edges, **{"market.customers": 4, "market.days": 1}).market()
    strategy = commission(market)
    strategy.recruiter[:] = [-1, 0, 0, -1]
    market.customers.satisfaction[:, 0] = [0.1, 0.0, 0.0, 0.0]
    market.customers.expectation[:, 0] = 5.0
    market.run()
    assert (market.customers.satisfaction[:3, 0] < 0.4).all()
    assert strategy.credit(np.arange(4), 1.0).tolist() == pytest.approx([0.25, 1.0, 1.0, 1.0])
    assert not strategy.blamed.any()


def test_without_quality_growth_ends():
    """A product that disappoints loses those whom sellers bring, and costs the sellers their credit; a good one keeps them."""
    rules = {"response": 3.0, "trust": 2.0, "levels": 2}
    world = {
        "bond.on": True,
        "bond.response": "linear",
        "bond.slope": 4.0,
        "market.days": 252,
        "turnover.exit_rate": 0.0,
        "turnover.entry_rate": 0.0,
    }
    gains = {}
    for quality in (0.2, 0.5, 0.8):
        said = {**world, "firms.a.quality": quality}
        arm, none = (rivals(r, **said).market(log="memory").run() for r in (rules, None))
        buys = np.array([m.totals.purchases[:, 0].reshape(4, -1).sum(axis=1) for m in (arm, none)])
        gains[quality] = buys[0] - buys[1], len(events(arm, "referred")), commission(arm).used.max()
    late = [gains[quality][0][-1] for quality in (0.2, 0.5, 0.8)]
    assert late == sorted(late) and late[2] > 2 * max(late[0], 1)
    assert [gains[q][1] for q in (0.2, 0.5, 0.8)] == sorted(gains[q][1] for q in (0.2, 0.5, 0.8))


def test_commissions_have_a_source():
    """What friends would have bought anyway earns commissions too."""
    control = rivals(None).market()
    arm = rivals({"response": 5.0, "levels": 2, "rate": 0.2}).market(against=control)
    for _ in range(control.ticks):
        control.step()
        arm.step()
    assert arm.ledger.by_source[0].sum() == arm.ledger.money["rewards"][0] > 0
    assert (arm.ledger.by_source[0, :3] > 0).all() and arm.ledger.by_source[0, 3] == 0


@pytest.mark.parametrize(
    ("generous", "sizes"),
    [("rate", (0.0, 0.05, 0.2, 0.8)), ("levels", (1, 2, 4, 8)), ("trust", (0.0, 0.5, 1.5, 5.0))],
)
def test_more_generous_never_attracts_less(generous, sizes):
    sales = []
    for size in sizes:
        rules = {"response": 3.0, "pass_up": 0.9, generous: size}
        sales.append(rivals(rules, **{"market.customers": 600}).market().run().firms[0].purchases)
    assert sales == sorted(sales) and sales[-1] > sales[0]


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"rate": 1.5}, "share of spending"),
        ({"levels": 0}, "how many recruiters up the tree"),
        ({"every": 0.5}, "days"),
        ({"levles": 2}, "did you mean 'levels'"),
    ],
)
def test_mistakes_are_told(rules, told):
    with pytest.raises(Problem, match=told):
        selling(rules)
