"""Tailoring: regulars are remembered by face and served as they like it; a crowd is not, unless a system remembers along."""

import numpy as np
import pytest
from worlds.chances import chance, within
from worlds.corner import corner
from worlds.lives import days_of, differ, goes_on, lives, run, same
from worlds.two_shops import attracts, bought, own, town

from regulars.contract.strategy import find
from regulars.ground.parameter import Problem

LASTING = {"half_life": 36525.0, "capacity": 1e9}  # a head that holds everybody, and forgets nobody
OFF = find("tailoring").off


def test_a_small_shop_remembers_and_a_crowd_is_forgotten():
    """The same shop with four times the people: each is remembered a quarter as well, and comes the less for it."""
    rules = {"capacity": 50.0, "welcome": 1.0, "fit": 0.0, "cost": 0.0, "half_life": 200.0, "learning": 0.3}
    known, lift = [], []
    for people in (400, 1600):
        world = town("tailoring", rules, market__customers=people)
        with_, without = run(world), run(world.set({"firms.shop.strategies": {}}))
        known.append(own(with_, "tailoring").remembered(np.arange(people), 84.0).mean())
        lift.append(with_.firm("shop").purchases / without.firm("shop").purchases - 1.0)
    assert known[1] == pytest.approx(known[0] / 4, rel=0.1)
    assert lift[0] > 2.0 * lift[1] > 0.0
    # negative control: a head without limits serves the crowd as well as the few
    free = town("tailoring", {**rules, "capacity": 1e9}, market__customers=1600)
    boundless, none = run(free), run(free.set({"firms.shop.strategies": {}}))
    assert boundless.firm("shop").purchases / none.firm("shop").purchases - 1.0 > 1.5 * lift[0]


def test_memory_by_hand():
    """1 - (1 - learning) ** n after n visits when nothing is forgotten; half of it after a half-life."""
    market = run(town("tailoring", {**LASTING, "learning": 0.2}))
    visits = bought(market).groupby("customer").size().reindex(range(400), fill_value=0).to_numpy()
    assert visits.max() > 10
    assert own(market, "tailoring").memory == pytest.approx(1 - 0.8**visits, abs=1e-3)
    fades = run(town("tailoring", {"learning": 1.0, "half_life": 10.0, "capacity": 1e9}))
    shop = own(fades, "tailoring")
    last = bought(fades).groupby("customer")["time"].max().reindex(range(400), fill_value=-np.inf).to_numpy()
    wanted = np.where(np.isfinite(last), 0.5 ** ((84.0 - last) / 10.0), 0.0)
    assert shop.remembered(np.arange(400), 84.0) == pytest.approx(wanted, abs=1e-4)


def test_a_head_holds_so_many():
    """In the morning: capacity over the sum of what a boundless head would know, of everybody, at most 1."""
    market = town("tailoring", {"capacity": 30.0, "learning": 0.5}).market()
    shop, everyone = own(market, "tailoring"), np.arange(400)
    held = []
    for day in range(84):
        people = shop.own(everyone, float(day)).sum()
        market.step()
        assert shop.crowd[0] == pytest.approx(min(1.0, 30.0 / people) if people else 1.0)
        held.append(people * shop.crowd[0])
    assert held[0] == 0.0 < held[1] < 30.0 and max(held) == pytest.approx(30.0) == held[-1]


def test_being_known_pulls():
    """Learning 1 and half-life for ever: who has been there before is known in full, and comes by 0.7 logits more."""
    rules = {**LASTING, "learning": 1.0, "welcome": 0.7}
    came = days_of(run(corner({"tailoring": rules}, market__customers=20_000, market__days=3)))
    within(came[:, 0], 0.5)
    known = came.cumsum(axis=1) - came > 0
    within(came[:, 1:][known[:, 1:]], chance(0.7))
    within(came[:, 1:][~known[:, 1:]], 0.5)


def test_a_visit_made_to_measure_is_better():
    """Felt where customers learn from experience: satisfaction of the known rises; without experience nothing happens."""
    rules = {"welcome": 0.0, "cost": 0.0, "learning": 0.5, "fit": 0.5}
    with_, without = run(town("tailoring", rules)), run(town())
    shop = with_.firm("shop").index
    known = own(with_, "tailoring").remembered(np.arange(400), 84.0) > 0.3
    more = with_.customers.satisfaction[:, shop] - without.customers.satisfaction[:, shop]
    assert more[known].mean() > 0.1 and known.sum() > 50
    assert with_.firm("shop").purchases > without.firm("shop").purchases
    blind = {"experience__on": False, "bond__on": False}
    same(run(town("tailoring", rules, **blind)), run(town(**blind)))


def test_being_recognised_builds_relations():
    """Respect and social benefits at this shop, by how well each is known; none of the others, none where they are off."""
    rules = {**LASTING, "learning": 0.5, "respect": 0.2, "social": 0.1}
    on = {"relationship__on": True}
    market = run(town("tailoring", rules, **on))
    c, shop = market.customers, market.firm("shop").index
    visits = bought(market).groupby("customer").size().reindex(range(400), fill_value=0).to_numpy()
    assert not c.respect[visits <= 1, shop].any()  # at the first visit nobody is known
    assert (c.respect[visits >= 5, shop] > c.social[visits >= 5, shop]).all() and (visits >= 5).sum() > 50
    assert not c.respect[:, 1 - shop].any() and not c.special.any()
    without = run(town("tailoring", {**rules, "respect": 0.0, "social": 0.0}, **on))
    assert not without.customers.respect.any() and not without.customers.social.any()
    same(run(town("tailoring", rules)), run(town("tailoring", {**rules, "respect": 0.0, "social": 0.0})))


def test_nobody_needs_a_card():
    market = run(town("tailoring"))
    assert own(market, "tailoring").members() is None and not market.firm("shop").identifies().any()


def system(tailoring, **rules):
    """The town with tailoring, and with an information system if it has rules."""
    strategies = {"tailoring": tailoring} | (
        {"information_system": {"upkeep": 0.0, **rules}} if rules else {}
    )
    return town().set({"firms.shop.strategies": strategies})


def test_a_system_remembers_along():
    """Who is identified is remembered at least as well as the file knows him, however large the crowd (P23 feeds P22)."""
    rules = {"capacity": 5.0, "learning": 0.3, "welcome": 1.0, "fit": 0.0}
    alone, helped = run(system(rules)), run(system(rules, learning=0.4))
    everyone = np.arange(400)
    known = own(helped, "tailoring").remembered(everyone, 84.0)
    file = helped.firm("shop").file.knowledge_at(everyone, 84.0)
    assert (known >= file).all() and file.mean() > 0.2
    assert known.mean() > 5.0 * own(alone, "tailoring").remembered(everyone, 84.0).mean()
    assert helped.firm("shop").purchases > 1.03 * alone.firm("shop").purchases
    # only of those it can identify
    part = run(system(rules, learning=0.4, enrolment="randomised", enrolled_share=0.5))
    strangers = ~own(part, "information_system").member
    head = own(part, "tailoring").own(everyone, 84.0) * own(part, "tailoring").crowd[0]
    assert np.array_equal(own(part, "tailoring").remembered(everyone, 84.0)[strangers], head[strangers])
    # a card index is no system: nothing changes, to the bit
    off = find("information_system").off
    same(run(system(rules, **off)), alone)


def test_off_is_nothing_at_all():
    none = run(town())
    same(run(town("tailoring", OFF)), none)
    related = {"relationship__on": True}
    same(run(town("tailoring", OFF, **related)), run(town(**related)))
    same(run(town("tailoring", {"learning": 0.0})), none)
    differ(run(town("tailoring")), none)


def test_time_is_paid_by_how_well_it_is_used():
    """At full memory a visit costs 0.4; the first one, of a stranger, nothing."""
    market = run(town("tailoring", {**LASTING, "learning": 1.0, "cost": 0.4}))
    market.ledger.check()
    table, shop = bought(market), market.firm("shop").index
    again = len(table) - table["customer"].nunique()
    assert market.ledger.value("staff", shop) == pytest.approx(0.4 * again, rel=1e-4)
    for account in ("rewards", "discounts", "communication", "overhead"):
        assert market.ledger.value(account, shop) == 0.0


@pytest.mark.parametrize(
    ("parameter", "values", "more"),
    [
        ("welcome", (0.0, 0.2, 0.5, 1.0), 1.1),
        ("fit", (0.0, 0.1, 0.3, 0.6), 1.02),
        ("capacity", (1.0, 10.0, 50.0, 400.0), 1.02),
        ("learning", (0.0, 0.1, 0.3, 1.0), 1.03),
        ("half_life", (1.0, 10.0, 60.0, 600.0), 1.03),
    ],
)
def test_more_generous_never_attracts_less(parameter, values, more):
    rules = {"capacity": 100.0, "learning": 0.2, "welcome": 0.5}
    attracts([town("tailoring", {**rules, parameter: value}) for value in values], more)


def test_it_survives_saving(tmp_path):
    rules = {"capacity": 20.0, "welcome": 0.8, "learning": 0.3}
    scenario = town("tailoring", rules, market__days=42, relationship__on=True)
    goes_on(scenario, tmp_path / "m", 17)
    goes_on(
        scenario.set({"market.tick": 0.5}), tmp_path / "h", 17
    )  # saved at noon: the crowd is that of the morning
    goes_on(system(rules, learning=0.4).set({"market.days": 42}), tmp_path / "n", 17)


def test_it_pays_where_it_costs_little():
    """Economic sanity: with time for nothing more is earned than without; with time that eats the margin, less."""
    free, dear = (run(town("tailoring", {"welcome": 0.5, "cost": cost})) for cost in (0.0, 30.0))
    same(free, dear, books=False)
    assert free.firm("shop").profit > run(town()).firm("shop").profit > dear.firm("shop").profit
    assert len(lives(free)) > 0


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"capacity": 0.0}, "people whom the shop can remember"),
        ({"learning": 2.0}, "share of what is missing"),
        ({"half_life": 0.0}, "half of it is forgotten"),
        ({"capacitty": 3.0}, "did you mean 'capacity'"),
    ],
)
def test_mistakes_are_told(rules, told):
    with pytest.raises(Problem, match=told):
        town("tailoring", rules)
