"""No number that is none enters a market: not with its people, not by what firms, policies and callers set on the way."""

import re

import numpy as np
import pytest
from worlds.everything import WORLD, table

from regulars import Scenario
from regulars.ground.errors import RegularsError
from regulars.ground.parameter import Problem, field_extra, limits
from regulars.market.bounds import check_people
from regulars.world.offers import OFFER

SMALL = {"market": {"customers": 20, "days": 5}, "firms": [{"name": "ann"}, {"name": "bob"}]}


@pytest.mark.parametrize(
    ("place", "sections"),
    [
        ("switching", {"switching": {"hour": 9e9, "time": 1e30}, "choice": {"price_sensitivity": 1.0}}),
        ("choice", {"choice": {"hour": 9e9, "price_sensitivity": 1e30}}),
        ("taste", {"taste": {"kind": "normal", "sd": 1e39}}),
        ("taste", {"taste": {"concentration": 1e-300}}),
    ],
)
def test_people_of_numbers_that_are_none_are_refused(place, sections):
    """Each number fits by itself; what is made of them does not."""
    scenario = Scenario({**SMALL, **sections, "firms": [{"name": "ann", "hours": 1.0}, {"name": "bob"}]})
    with pytest.raises(Problem, match=rf"^{place}: customer \d+ would have the [\w ]+ (-?inf|nan) \("):
        scenario.market()


@pytest.mark.parametrize("value", [1.1e30, 1e39, -1e300])
@pytest.mark.parametrize(
    "place",
    [
        "choice.price_sensitivity", "choice.quality_weight", "choice.hour", "switching.relation", "switching.money",
        "spending.basket", "bond.lower", "need.attendance", "foresight.foresight",
    ],
)  # fmt: skip
def test_numbers_of_customers_that_no_column_can_hold_are_refused_by_name(place, value):
    section, name = place.split(".")
    for spread in (value, {"mean": value}, {"distribution": "normal", "mean": value, "sd": 1.0}):
        with pytest.raises(Problem, match=rf"^{place}"):
            Scenario({**SMALL, section: {name: spread}})


@pytest.mark.parametrize("name", sorted(Scenario(WORLD).market().customers.columns))
def test_every_column_is_looked_at(name):
    """NaN anywhere is refused, and infinity where it is not declared; the message names a place and the column."""
    market = Scenario(WORLD).market()
    check_people(market.customers, market.scenario.spec)
    values = market.customers.columns[name]
    if values.dtype.kind != "f":
        return
    for odd in (np.nan, np.inf):
        values.flat[5] = odd
        if np.isnan(odd) or not market.customers.declared[name].endless:
            with pytest.raises(
                Problem, match=rf"^[\w.]+: customer \d+ would have the {name.replace('_', ' ')} {odd} "
            ) as told:
                check_people(market.customers, market.scenario.spec)
            place = str(told.value).partition(":")[0].split(".")
            assert hasattr(market.scenario.spec, place[0]) or (
                place[0] == name and market.customers.declared[name].lived
            )
        else:
            check_people(market.customers, market.scenario.spec)


def within_a_day(market, change):
    """Let a strategy or behaviour of somebody's own change what it likes while a day is passing."""
    board = market.board
    opened = board.open_day
    board.open_day = lambda: (change(), opened())[1]
    return market


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, -0.01, 1e12])
@pytest.mark.parametrize("name", ["price", "cost"])
def test_a_price_that_is_none_is_caught_on_its_day(name, value):
    market = Scenario(SMALL).market()
    market.step()
    within_a_day(market, lambda: setattr(market.firm("bob"), name, value))
    told = f"firms.bob: {name} = {value:g} (currency per unit) on day 1 will not do: numbers from 0 to "
    with pytest.raises(RegularsError, match="^" + re.escape(told)):
        market.step()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e300, -1e155])
@pytest.mark.parametrize("name", ["quality", "service", "rent", "failure", "risk"])
def test_a_number_of_a_firm_that_is_none_is_caught(name, value):
    market = Scenario(SMALL).market()
    within_a_day(market, lambda: setattr(market.firm("ann"), name, value))
    with pytest.raises(
        RegularsError, match=rf"^firms\.ann: {name} = {re.escape(f'{value:g}')} .* on day 0 will"
    ):
        market.step()


@pytest.mark.parametrize("value", [-0.01, 1.01])
@pytest.mark.parametrize("name", ["failure", "availability"])
def test_a_probability_that_is_none_is_caught(name, value):
    market = Scenario(SCARCE).market()
    within_a_day(market, lambda: setattr(market.firm("ann"), name, value))
    with pytest.raises(
        RegularsError, match=rf"^firms\.ann: {name} = {value:g} \(probability\) on day 0 will not do"
    ):
        market.step()


# ------------------------------------------------------------------ what a caller sets

SCARCE = {**SMALL, "firms": [{"name": "ann"}, {"name": "bob", "availability": 0.9}]}
FIRM = type(Scenario(SMALL).spec.firms[0])
NUMBERS = [name for name in OFFER if name in FIRM.model_fields]


def beyond(name):
    """Values outside the bounds that a scenario declares."""
    bounds = field_extra(FIRM.model_fields[name])["bounds"]
    return [
        np.nan,
        -np.inf,
        np.inf,
        *(end + side for end, side in zip(limits(bounds), (-1.0, 1.0), strict=True)),
    ]


@pytest.mark.parametrize("name", NUMBERS)
def test_a_caller_keeps_to_the_bounds_of_the_scenario(name):
    market = Scenario(SCARCE).market()
    for _ in range(2):
        firm = market.firm("ann")
        before = getattr(firm, name)
        for value in beyond(name):
            with pytest.raises(RegularsError, match=rf"^firms\.ann: {name} = .* is outside [\[(].*[\])] \("):
                setattr(firm, name, value)
        for value in ("x", "1", b"1", None, True, np.True_, [1.0], np.ones(1), 1j, {}):
            with pytest.raises(
                RegularsError, match=rf"^firms\.ann: {name} = .* will not do: a number is needed \("
            ):
                setattr(firm, name, value)
        with pytest.raises(RegularsError):
            setattr(firm, name, 10**400)
        assert getattr(firm, name) == before
        for value in (1, np.float32(0.5), np.int64(1), np.float64(0.25)):
            setattr(firm, name, value)
            assert getattr(firm, name) == value
        setattr(firm, name, before)
        market.step()


def test_strategies_may_add_up_to_more_than_a_scenario_could_say():
    """What two parts make together is no mistake of the caller's."""
    better = {"better_value": {"quality": 8.0}, "change_product": {"quality": 8.0, "takes": 1.0}}
    firms = [{"name": "ann", "quality": 9.0, "strategies": better}, {"name": "bob"}]
    market = Scenario({**SMALL, "firms": firms}).market().run()
    assert market.firm("ann").quality == 25.0


def test_an_availability_that_nobody_would_notice_is_refused_with_the_way_on():
    market = Scenario(SMALL).market()
    for _ in range(2):
        with pytest.raises(
            RegularsError, match=r"availability = 0\.2 would do nothing: .*market\.branch\(\{"
        ) as told:
            market.firm("ann").availability = 0.2
        market.firm("ann").availability = 1.0
        market.step()
    way_on = re.search(r"market\.branch\((\{.*?\})\)", str(told.value))[1]
    branch = market.branch(eval(way_on)).run()
    assert branch.firm("ann").purchases < 0.8 * market.run().firm("ann").purchases
    began = Scenario(SCARCE).market()
    began.firm("ann").availability = 0.0  # where somebody looks, it acts
    assert began.run().firm("ann").purchases == 0


@pytest.mark.parametrize(
    "name", sorted(set(FIRM.model_fields) - set(NUMBERS) - {"name", "online", "categories", "strategies"})
)
def test_what_only_a_scenario_can_say_is_refused_as_an_attribute(name):
    firm = Scenario(SMALL).market().firm("ann")
    with pytest.raises(
        RegularsError, match=rf"{name} cannot be set while .* market\.branch\(.*firms\.ann\.{name}"
    ):
        setattr(firm, name, 0.5)
    with pytest.raises(AttributeError, match=r"Firm has no 'pricee' to set.*did you mean 'price'"):
        firm.pricee = 0.5


def test_a_policy_that_goes_too_far_is_caught():
    """Cost is marked up a thousand times; the price cannot be counted any more."""
    dear = {"name": "ann", "cost": 8e8, "price": 8e8, "pricing": {"kind": "markup", "margin": 1000.0}}
    market = Scenario({**SMALL, "firms": [dear, {"name": "bob"}]}).market()
    with pytest.raises(RegularsError, match=r"firms\.ann: price = 8\.008e\+11 .* on day 0"):
        market.run()


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("basket", [1e10, 1e15, np.inf, np.nan])
def test_a_purchase_that_cannot_be_counted_is_told(basket, threads):
    """A caller may write anything into a column: what comes of it is no garbage in the books."""
    market = Scenario({**SMALL, "need": {"process": "calendar"}}).market(threads=threads)
    market.step()
    market.customers.basket[7] = basket
    with pytest.raises(
        RegularsError, match=r"^firms\.(ann|bob): 1 purchases on day 1, at a price of 1, cannot be counted"
    ):
        market.step()


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan, 1e39])
def test_a_customer_takes_no_number_that_is_none(value):
    market = Scenario(table({})).market()
    with pytest.raises(RegularsError, match=r"basket = .* will not do: a number is needed"):
        market.customers[0].basket = value
    with pytest.raises(RegularsError, match=r"taste = .* will not do"):
        market.customers[0].taste = {"anna": value}
    if not np.isnan(value):
        market.customers[0].exit = value  # for ever
