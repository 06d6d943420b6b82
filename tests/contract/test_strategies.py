"""The contract that every strategy keeps: one file in `strategies/` is held to all of it without being named here."""

import inspect
import math

import numpy as np
import pytest
from contract.books import audit, given
from contract.listening import life, listen, plain, purses, run, same, same_lives, slice_finely
from contract.shop import by_turns, cases, does, lively, pairs
from worlds.everything import HERE, WORLD, table
from worlds.lives import goes_on

from regulars import Scenario
from regulars.contract.strategy import Strategy as Base
from regulars.contract.strategy import find, names
from regulars.ground.parameter import ParameterSet, Problem, Spread, field_extra

ALL, CASES = names(), list(cases())
PLAINLY = ("commission", "points", "recommendation", "tiers")  # tried without the compiler, too
CUSTOMERS = WORLD["market"]["customers"]


@pytest.fixture(scope="module")
def ran():
    """Markets with one strategy each (or none), run once."""
    kept = {}

    def market(case):
        if case not in kept:
            kept[case] = run(table(does(case)))
        return kept[case]

    return market


def parameters(kind):
    return kind.Parameters.model_fields.items()


# ---------------------------------------------------------------- told


PROGRAMMES = [name for name in ALL if "enrolment" in find(name).Parameters.model_fields]
FREE = {"enrolment": "offered", "effort": 0.0}


@pytest.mark.parametrize("name", PROGRAMMES)
def test_whoever_is_offered_membership_may_join(name):
    """Joining costs nothing: buyers to whom a year is worth something join at a purchase, nobody before, and nobody else."""
    market = Scenario(table({name: {**lively(name), **FREE}}, customers=60, days=28)).market(log="memory")
    programme = market.firm(HERE).strategies[name]
    assert not programme.members().any()
    market.run()
    events = market.log.events()
    joined = events.loc[events["event"].isin(["enrol", "pay_fee"]) & (events["strategy"] == name), "customer"]
    members = set(programme.members().nonzero()[0].tolist())
    bought = market.log.purchases()
    buyers = set(bought.loc[bought["firm"] == HERE, "customer"])
    assert members == set(joined) and members <= buyers
    worthwhile = (programme.yearly_benefit(range_of(buyers)) > 0).any() or "fee" in find(
        name
    ).Parameters.model_fields
    assert len(members) > 5 if worthwhile else not members


@pytest.mark.parametrize("name", PROGRAMMES)
def test_members_are_those_who_have_bought(name):
    """Where enrolment is automatic: who never came is no member, counts for nothing and is in no audience."""
    does = {name: {**lively(name), "enrolment": "automatic"}}
    market = Scenario(table(does, customers=200, days=14)).market(log="memory")
    firm, everyone = market.firm(HERE), np.arange(market.customers.count)
    assert not firm.members(name).any() and not firm.audience("members", 0.0).any()
    market.run()
    bought = market.log.purchases()
    buyers = np.isin(everyone, bought.loc[bought["firm"] == HERE, "customer"])
    assert 0 < buyers.sum() < buyers.size
    assert (firm.members(name) == buyers).all()
    assert (firm.strategies[name].participants()).all()


def range_of(customers):
    """Numbers of customers as strategies take them."""
    return np.array(sorted(customers), np.int64)


@pytest.mark.parametrize("name", ALL)
def test_is_documented(name):
    kind = find(name)
    assert kind.__doc__ and kind.__doc__.strip().endswith(".")
    assert inspect.getmodule(kind).__doc__
    assert kind.sources, "where does it come from?"
    assert kind.off and set(kind.off) <= set(kind.Parameters.model_fields), "what does off mean?"
    assert kind.Parameters.__doc__ and kind.Parameters.__doc__ != ParameterSet.__doc__
    for parameter, field in parameters(kind):
        extra = field_extra(field)
        assert field.description, f"{parameter} does not say what it means"
        number = field.annotation in (int, float, Spread)
        assert not number or extra["unit"] or extra["bounds"], f"{parameter} has neither unit nor bounds"
    for state in kind.state:
        assert state.unit and state.meaning, f"state {state.name}"


@pytest.mark.parametrize("name", ALL)
def test_takes_part(name):
    """It overrides a phase, and with lively rules it changes what customers do."""
    kind = find(name)
    phases = ("open", "offer", "appeal", "settle", "feel", "close")
    assert any(getattr(kind, phase) is not getattr(Base, phase) for phase in phases)


@pytest.mark.parametrize("name", PLAINLY)
def test_does_something(name, ran):
    """Negative control of the tests below: with lively rules somebody lives otherwise than without the strategy.

    Of all others it is seen in `test_parts`.
    """
    assert plain(life(ran(None))[0]["firm"]) != plain(life(ran(name))[0]["firm"])


# ---------------------------------------------------------------- off is off


@pytest.mark.parametrize("name", ALL)
def test_off_is_exactly_off(name, ran):
    """At its `off` values every opportunity and every book is that of a market without it, bit for bit."""
    without, off = ran(None), run(table({name: {**lively(name), **find(name).off}}))
    same(life(without)[0], life(off)[0])
    for books in ("money", "points"):
        for account, balances in getattr(off.ledger, books).items():
            assert (balances == getattr(without.ledger, books)[account]).all(), account
    given, before = off.log.events(), without.log.events()
    assert given["amount"].astype(float).sum() == before["amount"].astype(float).sum()


@pytest.mark.parametrize("name", by_turns(ALL, 1))
def test_where_customers_have_relations(name):
    """With relationship benefits and devotion on, off is still off."""
    close = {"relationship": {"on": True, "personal_contact": 0.05}, "devotion": {"on": True}}
    without, off = (
        run({**table(does), **close}) for does in ({}, {name: {**lively(name), **find(name).off}})
    )
    same(life(without)[0], life(off)[0])


# ---------------------------------------------------------------- lives


@pytest.mark.parametrize("case", CASES)
def test_same_seed_same_world(case, ran, monkeypatch):
    """On any number of threads: here three, of uneven slices."""
    alone = ran(case)
    slice_finely(monkeypatch, 4)
    again = run(table(does(case)), threads=3)
    same_lives(alone, again)
    assert alone.ledger.table() == again.ledger.table()


def test_other_seed_other_world(ran):
    assert life(ran(None))[0]["time"].tolist() != life(run(table({}), seed=6))[0]["time"].tolist()


APART = [case for case in CASES if not find(case.split()[0]).linked]  # lives that do not touch, by design


@pytest.mark.parametrize("case", APART)
def test_whoever_else_is_there(case, ran):
    """One more customer, and one who minds prices more and so lives otherwise: nobody else does."""

    def nudge(market):
        market.customers[5].price_sensitivity = 2.5

    other = run(table(does(case), customers=CUSTOMERS + 1), nudge)
    same_lives(ran(case), other, CUSTOMERS, but=[5])
    same_state(ran(case), other, [i for i in range(CUSTOMERS) if i != 5])
    mine = [plain(log[log["customer"] == 5]["firm"]) for log in (life(m)[0] for m in (ran(case), other))]
    assert mine[0] != mine[1]


def same_state(one, other, customers):
    """What firms keep of these customers is the same in both markets."""
    rows = list(customers)
    for mine, its in zip(one.plan, other.plan, strict=True):
        for state, array in mine.arrays.items():
            assert array[rows].tobytes() == its.arrays[state][rows].tobytes(), state
        for a, b in zip(purses(mine), purses(its), strict=True):
            assert (a.held[:, rows] == b.held[:, rows]).all()
    for mine, its in zip(one.firms, other.firms, strict=True):
        assert mine.has_card == its.has_card
        if mine.has_card:
            assert (mine.card.purse.held[:, rows] == its.card.purse.held[:, rows]).all()


# ---------------------------------------------------------------- order, ticks, going on, arms


@pytest.mark.parametrize("case", by_turns(CASES))
def test_order_of_writing_does_not_matter(case):
    strategies = {**does("everyday_low_price"), **does("threshold_rebate"), **does(case)}
    one = table(strategies, firms=("anna", "carla"), days=20)
    backwards = dict(reversed(strategies.items()))
    firms = [{**f, "strategies": backwards if f["strategies"] else {}} for f in reversed(one["firms"])]
    same_lives(run(one), run({**one, "firms": firms}))


@pytest.mark.parametrize("case", CASES)
def test_saved_and_gone_on(case, ran, tmp_path):
    """Saved on a day in the middle of everything: state, books and log of the end are the same, to the bit."""
    goes_on(Scenario(table(does(case))), tmp_path / "market", 23, ran(case))


@pytest.mark.parametrize("case", by_turns(CASES, 1))
def test_lockstep_with_a_control(case, ran):
    """Comparing changes nobody's life, and every unit of reward has a source: the cells add up to the books."""
    control = Scenario(table({})).market()
    arm = listen(Scenario(table(does(case))).market(log="memory", against=control))
    for _ in range(control.ticks):
        control.step()
        arm.step()
    same_lives(ran(case), arm)
    for mine, alone in zip(arm.ledger.table(), ran(case).ledger.table(), strict=True):
        assert mine == alone  # to the millionth, however finely what earned a reward is told apart
    given = arm.ledger.money["rewards"] + arm.ledger.money["discounts"]
    assert (arm.ledger.by_source.sum(axis=1) == given).all()
    assert arm.ledger.by_source.shape == (3, 5)


# ---------------------------------------------------------------- books and state


@pytest.mark.parametrize("case", CASES)
def test_books_and_state(case, ran):
    audit(ran(case))
    assert set(given(ran(case))[HERE]) <= {*does(case), "card"}


@pytest.mark.parametrize("name", ALL)
def test_by_default(name):
    """It runs with nothing but its name, for everybody and for a random part."""
    audit(run(table({name: {}})))
    if "enrolment" in find(name).Parameters.model_fields:
        audit(run(table({name: {**lively(name), "enrolment": "randomised", "effort": 1.0}})))


@pytest.mark.parametrize(
    ("name", "other"),
    [pytest.param(*pair, marks=() if drawn else pytest.mark.slow) for *pair, drawn in pairs()],
)
def test_with_any_other(name, other):
    audit(run(table({name: lively(name), other: lively(other)})))


@pytest.mark.parametrize("name", ALL)
def test_in_every_firm(name):
    market = run(table({name: lively(name)}, firms=("anna", "berta", "carla")))
    audit(market)
    assert len(market.plan) == 3


def test_all_at_once():
    audit(run(table({name: lively(name) for name in ALL}, firms=("anna", "carla"))))


ODD = (
    {"market.customers": 1, "market.days": 1.0},
    {"firms.anna.price": 0.0},
    {"need.mean": 1e-9},
    {"choice.price_sensitivity": 0.0},
    {"choice.outside_utility": 50.0},
    {"turnover.exit_rate": 100.0},
    {"foresight.foresight": 0.0},
    {"need.process": "calendar"},
)


def strategy_and_change():
    """Every strategy in every odd market; in every run of the tests in two of them, by turns."""
    for k, name in enumerate(ALL):
        for j, change in enumerate(ODD):
            marks = () if (j - 2 * k) % len(ODD) < 2 else pytest.mark.slow
            yield pytest.param(name, change, marks=marks, id=f"{name}-{change}")


@pytest.mark.parametrize(("name", "change"), list(strategy_and_change()))
def test_in_odd_markets(name, change):
    audit(Scenario(table({name: lively(name)})).set(change).market(log="memory").run())


# ---------------------------------------------------------------- mistakes


@pytest.mark.parametrize("name", ALL)
def test_a_mistyped_parameter(name):
    """Each is told with its place and the nearest right name."""
    for parameter, _ in parameters(find(name)):
        wrong = parameter[:-1] + "x" if len(parameter) > 4 else parameter + "x"
        with pytest.raises(Problem) as told:
            Scenario(table({name: {wrong: 1}}))
        assert f"firms.0.strategies.{name}.{wrong}" in str(told.value)
        assert f"'{parameter}'" in str(told.value)


def test_a_mistyped_strategy():
    for name in ALL:
        with pytest.raises(Problem, match=f"did you mean '{name}'"):
            Scenario(table({name + "s": {}}))


@pytest.mark.parametrize("name", ALL)
def test_out_of_range(name):
    """Each bound is kept, and told with place, value, unit, range and meaning."""
    tried = 0
    for parameter, field in parameters(find(name)):
        extra = field_extra(field)
        if not extra["bounds"]:
            continue
        low, high = (float(x) for x in extra["bounds"][1:-1].split(","))
        wrong = low - 1 if math.isfinite(low) else high + 1
        wrong = int(wrong) if field.annotation is int else wrong
        if isinstance(field.default, tuple):
            value, shown = [wrong, *field.default[1:]], f"{parameter}.0"
        else:
            value, shown = wrong, parameter
        with pytest.raises(Problem) as told:
            Scenario(table({name: {parameter: value}}))
        place = f"firms.0.strategies.{name}.{shown}"
        for part in (place, str(wrong), extra["bounds"], extra["unit"], field.description):
            assert part in str(told.value), part
        tried += 1
    assert tried


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("value", ["a lot", True, float("nan"), float("inf"), None, {"meen": 1.0}], ids=str)
def test_not_a_number(name, value):
    for parameter, field in parameters(find(name)):
        if field.annotation in (int, float):
            with pytest.raises(Problem) as told:
                Scenario(table({name: {parameter: value}}))
            assert f"{name}.{parameter}" in str(told.value) and field.description in str(told.value)


@pytest.mark.slow
@pytest.mark.parametrize("name", ALL)
def test_at_the_ends_of_its_ranges(name):
    """Every closed bound is a value that works beside lively others; where it makes no sense with them, this is said.

    Some of the ends are tried by themselves in every run of the tests (`properties/test_extremes`).
    """
    for parameter, field in parameters(find(name)):
        bounds = field_extra(field)["bounds"]
        if not bounds or field.annotation not in (int, float):
            continue
        low, high = (float(x) for x in bounds[1:-1].split(","))
        for value, closed in ((low, bounds[0] == "["), (high, bounds[-1] == "]")):
            if closed and math.isfinite(value):
                value = int(value) if field.annotation is int else value
                rules = {**lively(name), parameter: value}
                try:
                    contents = Scenario(table({name: rules}, customers=20, days=14))
                except Problem as problem:
                    assert name in str(problem)
                    continue
                audit(contents.market(log="memory").run())


LISTS = {name: [p for p, field in parameters(find(name)) if isinstance(field.default, tuple)] for name in ALL}


@pytest.mark.parametrize("name", [name for name in ALL if LISTS[name]])
def test_with_nothing_in_its_lists(name):
    """No prizes, steps or levels at all work, one list or all of them; where it makes no sense, this is said."""
    for empty in (*([parameter] for parameter in LISTS[name]), LISTS[name]):
        rules = {**lively(name), **dict.fromkeys(empty, ())}
        try:
            contents = Scenario(table({name: rules}, customers=20, days=30))
        except Problem as problem:
            assert name in str(problem)
            continue
        audit(contents.market(log="memory").run())


@pytest.mark.parametrize("name", ALL)
def test_lives_at_the_firm_that_has_it(name, ran):
    """Rewards, points and costs are booked by that firm only; goods are bought, and come back, everywhere."""
    for account, balances in {**ran(name).ledger.money, **ran(name).ledger.points}.items():
        if account not in ("cash", "gross_sales", "cost_of_goods", "refunds", "restocking"):
            elsewhere = [f for f, firm in enumerate(ran(name).names) if firm != HERE]
            assert (balances[elsewhere] == 0).all(), account
