"""What money a scenario may say: refused beforehand where it cannot be counted, with place, size, bound and a way out."""

import re

import numpy as np
import pytest

from regulars import Scenario
from regulars.ground.parameter import Problem
from regulars.scenario.money import highest_price, largest_purchase, most_units
from regulars.world.ledger import MILLION, MOST, ROOM

TWO = [{"name": "ann", "price": 1.0}, {"name": "bob", "price": 1.0}]
HEAVY = {"basket": {"distribution": "lognormal", "mean": 1.0, "sd": 1.0}, "variation": 0.6}


def shops(price=1.0, **sections):
    """Two shops of which the second has this price."""
    return {**sections, "firms": [TWO[0], {**TWO[1], "price": price}]}


@pytest.mark.parametrize("value", [9.1e9, 3e10, 1e15, 1e29, 1e300])
@pytest.mark.parametrize(
    ("place", "table"),
    [
        ("firms.1.price", lambda x: shops(x)),
        ("firms.1.cost", lambda x: {"firms": [TWO[0], {**TWO[1], "cost": x}]}),
        ("firms.0.rent", lambda x: {"firms": [{**TWO[0], "rent": x}]}),
        ("firms.0.staff.wage", lambda x: {"firms": [{**TWO[0], "staff": {"wage": x}}]}),
        ("firms.0.lease.normal", lambda x: {"firms": [{**TWO[0], "lease": {"normal": -x}}]}),
        ("cost_to_serve.cost", lambda x: shops(cost_to_serve={"on": True, "cost": x})),
        ("firms.0.strategies.membership.fee", lambda x: {"firms": [{**TWO[0], "strategies": {"membership": {"fee": x}}}]}),
        ("firms.0.strategies.points.endowed", lambda x: {"firms": [{**TWO[0], "strategies": {"points": {"endowed": x}}}]}),
        ("arms.more.strategies.tiers.levels.0.cost", lambda x: shops(arms={"more": {"strategies": {"tiers": {"levels": [{"name": "gold", "threshold": 1.0, "cost": x}]}}}})),
        ("firms.0.pricing.highest", lambda x: {"firms": [{**TWO[0], "pricing": {"kind": "learn", "highest": x}}]}),
    ],
)  # fmt: skip
def test_amounts_that_cannot_be_counted_are_refused(place, table, value):
    with pytest.raises(Problem) as refusal:
        Scenario(table(value))
    told = str(refusal.value)
    assert re.search(rf"(^|\n){re.escape(place)}: .*{re.escape(f'{value:g}')}", told), told
    counted = "counted in millionths" in told and "in thousands" in told
    assert counted or (
        value > 1e30 and "cost_to_serve.cost: mean = 1e+300" in told and "at most 1e+30" in told
    )


def test_amounts_up_to_the_bound_are_taken():
    most = MOST / MILLION
    assert Scenario({"firms": [{**TWO[0], "rent": most}, TWO[1]]}).spec.firms[0].rent == most
    with pytest.raises(Problem, match=r"firms\.0\.rent"):
        Scenario({"firms": [{**TWO[0], "rent": np.nextafter(most, np.inf)}, TWO[1]]})


@pytest.mark.parametrize(
    ("sections", "bound"),
    [
        ({"spending": {"basket": 50.0}, "market": {"days": 1}}, MOST / 50),
        ({"spending": HEAVY}, None),
        ({"need": {"process": "calendar"}, "market": {"days": 36525}}, None),
        ({"need": {"mean": 5.0, "shape": 0.5}}, None),
        ({"categories": [{"name": "a", "basket": 100.0}, {"name": "b"}], "market": {"days": 1}}, MOST / 100),
        ({"devotion": {"on": True, "basket": 9.0}, "experience": {"on": True}}, None),
    ],
)
def test_a_purchase_and_a_life_are_bounded(sections, bound):
    """A price is taken up to the highest that can be counted, and refused above, with customers, days and the bound."""
    spec = Scenario(shops(**sections)).spec
    highest = highest_price(spec)
    assert highest == pytest.approx(
        min(MOST / largest_purchase(spec), ROOM // 4 / most_units(spec)) / MILLION
    )
    assert bound is None or highest == pytest.approx(bound / MILLION)
    Scenario(shops(0.999 * highest, **sections))
    with pytest.raises(Problem) as refusal:
        Scenario(shops(1.001 * highest, **sections))
    told = str(refusal.value)
    assert told.startswith("firms.1.price: ") and f"{highest:.3g} is the most" in told
    assert f"{spec.market.customers:,} customers" in told and f"{spec.market.days:g} days" in told


def test_baskets_that_cannot_be_counted_are_told_as_such():
    with pytest.raises(Problem, match=r"^spending\.basket: a purchase of up to 1e\+29 units"):
        Scenario(shops(spending={"basket": 1e29}))


@pytest.mark.parametrize(
    "need", [{"process": "poisson", "mean": 9.0, "shape": 0.3}, {"process": "erlang", "mean": 9.0}]
)
@pytest.mark.parametrize("variation", [0.0, 0.6, 3.0])
def test_nobody_buys_more_than_the_bound(need, variation):
    """Drawn markets against both bounds: the largest purchase, and the largest spender."""
    sections = {
        "need": need,
        "spending": {**HEAVY, "variation": variation},
        "market": {"customers": 2000, "days": 70},
    }
    scenario = Scenario(shops(**sections))
    log = scenario.market(seed=3, log="memory").run().log.purchases()
    largest, life = log["quantity"].max(), log.groupby("customer")["quantity"].sum().max()
    assert 1e-6 < largest / largest_purchase(scenario.spec) < 1
    assert 1e-6 < life / most_units(scenario.spec) < 1


def test_a_large_sound_market_is_taken():
    """A million customers who pay 200,000 a week, of unequal baskets, for ten years: 1e14 in all."""
    market = {"customers": 1_000_000, "days": 3650, "currency": "dong"}
    Scenario(shops(200_000.0, market=market, need={"process": "calendar", "interval": 7.0}, spending=HEAVY))


def test_the_currency_is_named():
    with pytest.raises(
        Problem, match=r"firms\.1\.price: 5e\+09 dong is too much.*1,000 customers.*in thousands"
    ):
        Scenario(shops(5e9, market={"currency": "dong"}, spending={"basket": 9.0}))
