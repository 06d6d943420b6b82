"""A market of another size: totals over all customers go with their number, or it is told that they do not."""

from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from regulars import Scenario, load
from regulars.contract import strategy
from regulars.ground.parameter import ParameterSet, Problem, field_extra
from regulars.scenario import Spec
from regulars.scenario.size import note, totals

SCENARIOS = Path(__file__).parents[2] / "scenarios"
SHOPS = {
    "market": {"customers": 200, "days": 28},
    "platform": {"on": True, "visitors": 30.0},
    "uncertainty": {"firms.a.rent": 2.0, "firms.a.price": 0.1},
    "firms": [
        {"name": "a", "rent": 10.0, "staff": {"people": 5}, "strategies": {"paid_traffic": {"budget": 8.0}}},
        {"name": "b", "rent": 20.0, "lease": {"normal": -5.0}},
    ],
    "arms": {
        "more": {"strategies": {"paid_traffic": {"budget": 16.0}}, "set": {"firms.a.rent": 12.0, "firms.a.price": 1.5, "firms.a.strategies.paid_traffic.budget": 20.0}},
        "club": {"strategies": {"community": {"upkeep": 6.0}}, "set": {"firms.a.strategies.community.upkeep": 8.0, "firms.a.staff.people": 10}},
    },
}  # fmt: skip


def test_totals_go_with_the_number_of_customers():
    made = Scenario(SHOPS).resized(50)
    assert made.spec.market.customers == 50 and made.value("platform.visitors") == 7.5
    assert [firm.rent for firm in made.spec.firms] == [2.5, 5.0]
    assert made.value("firms.b.lease.normal") == -1.25
    assert made.value("firms.a.staff.people") == 1  # of 1.25; a whole number, and at least one
    assert made.value("firms.a.strategies.paid_traffic.budget") == 2.0
    assert made.value("arms.club.strategies.community.upkeep") == 1.5
    club = made.arm("club")  # which replaces a number of what it adds itself, and a whole one
    assert club.value("firms.a.strategies.community.upkeep") == 2.0
    assert club.value("firms.a.staff.people") == 2
    more = made.arm("more")
    assert (more.value("firms.a.rent"), more.value("firms.a.price")) == (3.0, 1.5)
    assert more.value("firms.a.strategies.paid_traffic.budget") == 5.0
    assert {k: v.sd for k, v in made.spec.uncertainty.items()} == {"firms.a.rent": 0.5, "firms.a.price": 0.1}
    assert Scenario(SHOPS).resized(200).hash == Scenario(SHOPS).hash


def test_nothing_else_changes():
    one, other = Scenario(SHOPS).resized(400), Scenario(SHOPS).set({"market.customers": 400})
    names = {total.name for total in totals(one.spec)}
    back = other.set({name: one.value(name) for name in names})
    assert back.resolved()["firms"] == one.resolved()["firms"]
    assert {k: v for k, v in one.resolved().items() if k not in ("firms", "arms", "uncertainty", "platform")} == {k: v for k, v in other.resolved().items() if k not in ("firms", "arms", "uncertainty", "platform")}  # fmt: skip


def test_a_marketplace_of_a_quarter_is_the_same_marketplace():
    """What goes to the platform, and what a new customer costs; with the number of customers alone it is another one."""
    whole = load(SCENARIOS / "marketplace.toml").set({"market.days": 91})
    found = {}
    for name, scenario in {"whole": whole, "resized": whole.resized(400), "set": whole.set({"market.customers": 400})}.items():  # fmt: skip
        market = scenario.market().run()
        platform, sales = market.processes["platform"], market.totals.purchases.sum()
        found[name] = np.array([platform.spent.sum() / (40 * sales), platform.spent.sum() / platform.won.sum()])  # fmt: skip
    assert found["resized"] == pytest.approx(found["whole"], rel=0.1)
    assert (found["set"] > 2 * found["whole"]).all()


def test_it_is_told_what_stays_at_its_size():
    scenario = load(SCENARIOS / "marketplace.toml")
    told = note(scenario.spec, scenario.set({"market.customers": 400}).spec)
    assert told.startswith("400 customers instead of 1,700, and these totals stay as they are: platform.visitors = 340, firms.*.rent = 21 (50 times)")  # fmt: skip
    assert "--customers 400" in told and "scenario.resized(400)" in told
    assert note(scenario.spec, scenario.resized(400).spec) == ""
    assert note(scenario.spec, scenario.set({"market.days": 28}).spec) == ""
    plain = Scenario({"market": {"customers": 200}, "firms": [{"name": "a"}]})  # no platform, no rent
    assert note(plain.spec, plain.set({"market.customers": 400}).spec) == ""


def test_what_cannot_be_taken_along_is_told():
    whole = {"firms.a.strategies.paid_traffic": {"budget": 3.0}}
    scenario = Scenario({**SHOPS, "arms": {"x": {"set": whole}}})
    with pytest.raises(Problem, match=r"arms\.x\.set: .*paid_traffic\.budget = 3\.0 is a total that an arm sets within a whole table"):  # fmt: skip
        scenario.resized(100)
    for wrong in (0, -5, 2.5, "many", None):
        with pytest.raises(Problem, match=r"market\.customers"):
            Scenario(SHOPS).resized(wrong)


@pytest.mark.slow
@pytest.mark.parametrize("file", sorted(SCENARIOS.glob("*.toml")), ids=lambda file: file.stem)
def test_every_scenario_of_the_house_can_be_resized(file):
    scenario = load(file)
    made = scenario.resized(2 * scenario.spec.market.customers)
    assert made.resized(scenario.spec.market.customers).hash == scenario.hash


def fields(kind):
    """Every parameter of a table, with that of the tables in it."""
    for name, field in kind.model_fields.items():
        yield name, field
        for part in (field.annotation, *get_args(field.annotation)):
            if isinstance(part, type) and issubclass(part, ParameterSet):
                yield from fields(part)


def test_what_is_so_much_a_day_for_all_is_a_total():
    """A parameter of these units that does not say so would be left behind without a word."""
    kinds = [Spec, *(strategy.find(name).Parameters for name in strategy.names())]
    found = [(kind, name, field_extra(field)) for kind in kinds for name, field in fields(kind)]
    units = {"currency per day", "visitors per day", "complaints per day", "people", "currency per event", "currency per draw"}  # fmt: skip
    of_units = [(kind, name, extra) for kind, name, extra in found if extra.get("unit") in units]
    assert len(of_units) > 12
    for kind, name, extra in of_units:
        assert extra.get("total"), f"{kind.__qualname__}.{name}"
