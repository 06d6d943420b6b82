"""A customer information system sells nothing by itself: it makes others work, costs money, and sees only whom it knows."""

import math

import numpy as np
import pytest
from worlds.lives import differ, goes_on, lives, run, same
from worlds.two_shops import attracts, bought, own, town

from regulars.contract.strategy import find
from regulars.ground.errors import RegularsError
from regulars.ground.parameter import Problem
from regulars.kit.segments import named
from regulars.world.customer_file import HALF_LIFE, LEARNING

YEAR = 365.25
FREE = {"upkeep": 0.0, "record_cost": 0.0, "question_cost": 0.0}
OFF = find("information_system").off
SERVICE = {"budget": 300.0, "share": 0.0, "review": 14, "fit_gain": 1.0, "learning": 0.1, "forgetting": 0.0}
COUPONS = {"audience": "segment:at_risk", "every": 14.0, "reach": 1.0, "valid": 14.0, "discount": 0.3}


def shop(system=None, changes=None, **others):
    """The town; its first shop has an information system if it has rules, and other strategies."""
    strategies = {**others, **({} if system is None else {"information_system": {**FREE, **system}})}
    return town(**(changes or {})).set({"firms.shop.strategies": strategies})


def events(market, kind):
    """Events of a kind."""
    table = market.log.events()
    return table[table["event"] == kind]


def test_knowledge_makes_other_strategies_work():
    """What draws on the file works better with it: service learns faster, and audiences can be aimed."""
    alone, helped = (
        run(shop(personal_service=SERVICE)),
        run(shop({"learning": 0.2}, personal_service=SERVICE)),
    )
    known = [own(market, "personal_service").knowledge for market in (alone, helped)]
    assert known[1].mean() > 1.5 * known[0].mean() > 0
    none = run(shop())
    sold = [market.firm("shop").purchases for market in (none, alone, helped)]
    assert sold[0] < sold[1] < sold[2]
    # segments: without a system there are none, and a coupon for those at risk can reach nobody
    card = {"points": {"reward_taste": 0.0}}  # a card that identifies them, with or without a system
    with pytest.raises(RegularsError, match="'segment:at_risk' is nobody"):
        shop(coupons=COUPONS, **card)
    blind, aimed = run(shop(**card)), run(shop({}, coupons=COUPONS, **card))
    assert len(events(aimed, "use_coupon")) > 20
    assert aimed.firm("shop").purchases > blind.firm("shop").purchases


def test_service_learns_so_many_times_as_fast():
    """learning * insight, and insight is the file's learning over that of a card index, by hand from the visits served."""
    market = run(shop({"learning": 3 * LEARNING}, personal_service={**SERVICE, "review": 56}))
    table = bought(market)
    early = set(table.loc[table["time"] < 56, "customer"])
    late = table[(table["time"] >= 56) & table["customer"].isin(early)].groupby("customer").size()
    visits = late.reindex(range(400), fill_value=0).to_numpy()
    assert visits.max() > 5
    assert own(market, "personal_service").knowledge == pytest.approx(1 - 0.7**visits, abs=1e-5)
    full = run(
        shop({"learning": 1.0}, personal_service={**SERVICE, "review": 56})
    )  # 20 times 0.1: no more than all
    assert set(np.unique(own(full, "personal_service").knowledge)) == {0.0, 1.0}


def test_by_itself_it_sells_nothing():
    """Everybody lives as without it, to the bit; the firm earns less by just what the system costs."""
    none, having = run(shop()), run(town("information_system"))
    same(none, having, books=False)
    f, days = having.firm("shop").index, 84
    file = having.firm("shop").file
    first = np.floor(file.first[file.known])
    records = 0.2 / YEAR * (days - first).sum()  # of each day, those known by its end
    asked = len(events(having, "answer"))
    assert having.ledger.value("overhead", f) == pytest.approx(10.0 * days + records, rel=1e-6)
    assert having.ledger.value("communication", f) == pytest.approx(0.5 * asked) and asked > 20
    lost = none.firm("shop").profit - having.firm("shop").profit
    assert lost == pytest.approx(10.0 * days + records + 0.5 * asked, rel=1e-6)


def test_off_is_nothing_at_all():
    """A card index: what others do with it stays as it is, to the bit."""
    same(run(shop(OFF)), run(shop()))
    for others in ({"personal_service": SERVICE}, {"tailoring": {"capacity": 10.0}}):
        same(run(shop(OFF, **others)), run(shop(**others)))
        differ(run(shop({}, **others)), run(shop(**others)))


def test_knowledge_by_hand():
    """1 - (1 - learning) ** n after n purchases seen, and half of it left after a half-life."""
    market = run(shop({"learning": 0.3, "half_life": 36525.0}))
    file, table = market.firm("shop").file, bought(market)
    visits = table.groupby("customer").size().reindex(range(400), fill_value=0).to_numpy()
    assert file.knowledge == pytest.approx(1 - 0.7**visits, abs=2e-3)
    assert file.knowledge_at(np.arange(400), 84.0 + 36525.0) == pytest.approx(file.knowledge / 2, abs=2e-3)
    assert np.array_equal(file.count, visits) and visits.max() > 10
    money = table.groupby("customer")["amount"].sum().reindex(range(400), fill_value=0.0)
    assert file.money == pytest.approx(money.to_numpy(), abs=1e-4)
    assert market.firm("shop").insight == pytest.approx(6.0)


def test_the_asset_grows_by_less_and_less():
    """Concave in what was seen (Rossi, McCulloch & Allenby 1996 in kind): the first purchases tell most."""
    file = run(shop({"learning": 0.2})).firm("shop").file
    means = [file.knowledge[file.count == n].mean() for n in range(7)]
    gains = np.diff(means)
    assert (gains > 0).all() and (np.diff(gains) < 0).all()


def test_it_knows_only_who_shows_a_card():
    part = {"enrolment": "randomised", "enrolled_share": 0.5, "asked": 1.0}
    market = run(shop(part))
    member, file = own(market, "information_system").member, market.firm("shop").file
    assert 150 < member.sum() < 250
    assert not file.known[~member].any() and file.known[member].mean() > 0.5
    assert member[events(market, "answer")["customer"]].all()
    assert not (np.any(list(file.segments.values()), axis=0) & ~member).any()
    # nobody fills in a form for nothing: on offer it is joined by none, and stays empty
    offered = run(shop({"enrolment": "offered"}))
    assert not own(offered, "information_system").member.any() and not offered.firm("shop").file.known.any()


def test_segments_are_looked_at_every_so_often():
    """At each review they are those of that day, and stay until the next one."""
    market = shop({"review": 28.0}).market(log="memory")
    for day in range(70):
        market.step()
        if day in (28, 56):
            looked = {name: mask.copy() for name, mask in market.firm("shop").file.segments.items()}
    file = market.firm("shop").file
    assert set(looked) == {"champions", "regulars", "new", "at_risk", "lost", "unhappy"}
    now = named(file, 70.0)
    for name in now:
        assert np.array_equal(file.segments[name], looked[name])
    assert any(not np.array_equal(now[name], looked[name]) for name in now)
    sizes = {name: int(mask.sum()) for name, mask in looked.items() if name != "unhappy"}
    assert all(sizes.values()), sizes


def precise(error):
    """Share of the truly unhappy among those who say so, less their share of all who were asked, at the second review."""
    market = shop({"asked": 1.0, "error": error, "unhappy_below": 0.45}, {"firms.shop.failure": 0.2}).market(
        log="memory"
    )
    for _ in range(56):
        market.step()
    truth = (
        market.customers.satisfaction[:, market.firm("shop").index] < 0.45
    )  # as the day of the review finds it
    market.step()
    table = events(market, "answer")
    asked = np.unique(table.loc[table["time"] == 56.0, "customer"])
    said = market.firm("shop").file.segments["unhappy"]
    assert set(np.flatnonzero(said)) <= set(asked) and said.sum() > 20
    return truth[said].mean() - truth[asked].mean()


def test_a_survey_finds_the_unhappy_as_well_as_answers_are_true():
    exact, usual, noise = (precise(error) for error in (0.0, 0.15, 10.0))
    assert exact > usual > 0.1 and abs(noise) < 0.1


def test_every_survey_asks_others_and_its_answers_err_anew():
    """Who is asked is drawn at each review by itself; so is the error of an answer."""
    market = run(shop({"asked": 0.5, "review": 28.0, "error": 0.3}))
    table = events(market, "answer")
    first, second = (table[table["time"] == day].set_index("customer")["amount"] for day in (28.0, 56.0))
    both = first.index.intersection(second.index)
    share = len(both) / len(first)
    assert abs(share - 0.5) < 4 * np.sqrt(0.25 / len(first)) and len(both) > 40
    between = (first[both] > 0) & (first[both] < 1) & (second[both] > 0) & (second[both] < 1)
    assert (first[both] - second[both])[between].std() > 0.2  # two errors of .3, cut at the ends


def test_a_part_is_asked_and_nobody_where_there_is_nothing_to_feel():
    market = run(shop({"asked": 0.25, "review": 14.0}))
    table = events(market, "answer")
    file = market.firm("shop").file
    known = sum((file.first < day).sum() for day in (14, 28, 42, 56, 70))
    assert abs(len(table) - 0.25 * known) < 4 * math.sqrt(0.25 * 0.75 * known)
    assert table["amount"].between(0.0, 1.0).all()
    blind = run(shop({"asked": 1.0}, {"experience.on": False, "bond.on": False}))
    assert events(blind, "answer").empty


def test_a_branch_without_the_system_has_a_card_index_again():
    market = shop({"learning": 0.4}, personal_service=SERVICE).market(log="memory")
    for _ in range(42):
        market.step()
    knowledge = market.firm("shop").file.knowledge.copy()
    without = market.branch({"firms.shop.strategies": {"personal_service": SERVICE}})
    assert without.firm("shop").insight == 1.0 and without.firm("shop").file.half_life == HALF_LIFE
    assert np.array_equal(without.firm("shop").file.knowledge, knowledge)
    better = market.branch({"firms.shop.strategies.information_system.learning": 0.5})
    assert better.firm("shop").insight == pytest.approx(10.0)
    late = run(shop(personal_service=SERVICE)).branch(
        {"firms.shop.strategies": {"personal_service": SERVICE, "information_system": {}}, "market.days": 100}
    )
    assert late.firm("shop").insight == pytest.approx(4.0)


@pytest.mark.parametrize(
    "others", [{"personal_service": SERVICE}, {"tailoring": {"capacity": 10.0, "welcome": 1.0}}]
)
def test_a_better_system_never_attracts_less(others):
    attracts([shop({"learning": learning}, **others) for learning in (LEARNING, 0.1, 0.3, 1.0)], 1.02)


def test_it_survives_saving(tmp_path):
    scenario = shop(
        {"review": 9.0, "asked": 0.5, "upkeep": 1.0},
        personal_service=SERVICE,
        coupons={**COUPONS, "every": 5.0},
    )
    scenario = scenario.set({"market.days": 42})
    goes_on(scenario, tmp_path / "m", 17)


def test_both_may_have_one():
    both = shop({}, personal_service=SERVICE)
    both = both.set(
        {"firms.rival.strategies": {"personal_service": SERVICE, "information_system": {"learning": 0.1}}}
    )
    market = run(both)
    assert [firm.insight for firm in market.firms] == pytest.approx([2.0, 4.0])
    assert len(lives(market)) > 0


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"learning": 1.5}, "what a purchase tells"),
        ({"half_life": 0.0}, "out of date"),
        ({"review": 0.0}, "two looks at the segments"),
        ({"asked": 1.2}, "share of known customers"),
        ({"upkep": 1.0}, "did you mean 'upkeep'"),
    ],
)
def test_mistakes_are_told(rules, told):
    with pytest.raises(Problem, match=told):
        town("information_system", rules)
