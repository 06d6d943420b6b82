"""What firms do is read once: a table of a strategy or a pricing policy, however often the scenario is used and changed."""

import pickle
import sys
import tomllib
from collections import Counter

import pytest

from regulars import Scenario, compare, register
from regulars.cli.app import app
from regulars.contract.pricing import Pricing
from regulars.ground import registered
from regulars.ground.errors import RegularsError
from regulars.ground.parameter import ParameterSet, Problem, par
from regulars.lab.misfits import misfits
from regulars.parts import Strategy
from regulars.scenario.conduct import Strategies
from regulars.scenario.declared import declared

TABLE = {
    "market": {"customers": 40, "days": 28, "focal": "ours"},
    "firms": [
        {"name": "ours", "cost": 0.5, "strategies": {"greeting": {}, "coupons": {}}},
        {"name": "theirs", "cost": 0.5, "pricing": {"kind": "markup", "margin": 1.0}},
    ],
    "arms": {
        "rebate": {"strategies": {"threshold_rebate": {"days": 2, "window": 7}}},
        "cheaper": {"set": {"firms.ours.price": 0.9}},
    },
}
ONCE = {"Greeting": 1, "Coupons": 1, "Markup": 1, "ThresholdRebate": 1}


@pytest.fixture
def count(monkeypatch):
    """How often tables of each strategy and pricing policy were read."""
    counted, own = Counter(), ParameterSet.read.__func__

    def read(kind, table, place=()):
        if kind.__qualname__.endswith(".Parameters"):
            counted[kind.__qualname__.partition(".")[0]] += 1
        return own(kind, table, place)

    monkeypatch.setattr(ParameterSet, "read", classmethod(read))
    return counted


def test_each_written_table_is_read_once_in_a_comparison(count):
    scenario = Scenario(TABLE)
    assert count == ONCE
    assert declared(scenario.spec) and scenario.value("firms.theirs.pricing.margin") == 1.0
    assert scenario.hash in scenario.hash and "greeting" in scenario.toml()
    assert not misfits(scenario, tuple(scenario.spec.arms))
    compare(scenario, replicates=2, jobs=1)
    assert count == ONCE


def test_what_is_changed_is_read_again_and_nothing_else(count):
    scenario = Scenario(TABLE)
    for changes, again in (
        ({"market.days": 30, "firms.theirs.cost": 0.4}, {}),
        ({"firms.ours.strategies.greeting.cost": 0.1}, {"Greeting": 1}),
        ({"firms.ours.strategies.points": {"per_unit": 1.0}}, {"Points": 1}),
        ({"firms.ours.strategies": {"coupons": {}}}, {"Coupons": 1}),
        ({"firms.0.strategies.coupons.cost": 0.1, "firms.1.pricing.margin": 2.0}, {"Coupons": 1, "Markup": 1}),
        ({"arms.rebate.strategies.threshold_rebate.days": 3}, {"ThresholdRebate": 1}),
        ({"firms.ours.name": "we", "market.focal": "we"}, ONCE),  # other names are in another order
    ):  # fmt: skip
        count.clear()
        changed = scenario.set(changes)
        assert count == again, changes
        assert changed.spec == Scenario(changed.table).spec and changed.hash == Scenario(changed.table).hash


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"market.days": True}, "market.days: True is not a number"),
        ({"firms.0.strategies.greeting.cost": True}, r"firms.0.strategies.greeting.cost: True is not a number"),
        ({"firms.0.strategies.greeting": 3}, "firms.0.strategies.greeting: a table is needed here, not 3"),
        ({"firms.0.strategies": 3}, "firms.0.strategies: a table is needed here, not 3.*keep its customers"),
        ({"firms.1.pricing": "markup"}, "firms.1.pricing: a table is needed here, not 'markup'.*sets its price"),
        ({"firms.1.pricing.margin": -3}, r"firms.1.pricing.margin: -3.0 is outside \[-1, 1000\]"),
        ({"arms.rebate.strategies.pionts": {}}, "arms.rebate.strategies.pionts: no strategy of this name; did you mean 'points'"),
        ({"firms.1.name": "ours"}, "is the name of another firm"),
        ({"firms.0.price": {"distribution": "uniform", "low": 1, "high": 2}}, "is one firm, and a distribution across firms needs a group"),
    ],
)  # fmt: skip
def test_what_is_changed_is_checked_as_ever(changes, told):
    with pytest.raises(Problem, match=told):
        Scenario(TABLE).set(changes)


def test_nothing_of_it_changes():
    spec = Scenario(TABLE).spec
    own, pricing = spec.firms[0].strategies, spec.firms[1].pricing
    for change in (
        lambda: own.__setitem__("points", own["greeting"]),
        lambda: setattr(own["greeting"], "cost", 1.0),
        lambda: setattr(pricing, "kind", "follow"),
        lambda: setattr(pricing.parameters, "margin", 0.0),
    ):
        with pytest.raises((AttributeError, TypeError, ValueError)):
            change()
    assert spec == Scenario(TABLE).spec


def test_tables_come_out_as_they_went_in():
    rules = {"points": {"per_unit": 2.0}, "greeting": {}}
    read = Strategies.read(rules)
    assert list(read) == ["points", "greeting"] and list(read.table()) == ["greeting", "points"]
    assert Strategies.read(read.table()) == read != Strategies.read({**rules, "greeting": {"cost": 1.0}})
    assert not Pricing() and Pricing().table() == {} and Pricing.read({}) == Pricing()
    assert Pricing.read(Pricing.read({"kind": "markup"}).table()) == Pricing.read({"kind": "markup"})
    scenario = Scenario(TABLE)
    for thing in (scenario.spec.firms[0].strategies, scenario.spec.firms[1].pricing):
        assert pickle.loads(pickle.dumps(thing)) == thing
    copied = scenario.set({"firms.theirs.strategies": scenario.spec.firms[0].strategies, "firms.ours.pricing": scenario.spec.firms[1].pricing})  # fmt: skip
    assert copied.spec.firms[1].strategies == scenario.spec.firms[0].strategies
    assert copied.spec.firms[0].pricing == scenario.spec.firms[1].pricing


def test_a_part_defined_anew_reads_its_table_anew(monkeypatch):
    """As when a cell of a notebook is run again: the scenario from above means the class of now."""
    monkeypatch.setattr(registered, "_own", {})

    def define(default):
        class ReadAgain(Strategy):
            class Parameters(ParameterSet):
                rate: float = par(default, "share", "[0, 1]", "how much")

            def offer(self, board, day):
                board.give(self.firm.index, self.parameters.rate)

        return register(ReadAgain)

    define(0.1)
    scenario = Scenario({"market": {"customers": 20, "days": 7}, "firms": [{"name": "a", "strategies": {"read_again": {}}}]})  # fmt: skip
    new = define(0.3)
    assert scenario.value("firms.a.strategies.read_again.rate") == 0.1
    programme = scenario.market().firm("a").strategies["read_again"]
    assert type(programme) is new and programme.parameters.rate == 0.3
    assert scenario.set({"market.days": 8}).value("firms.a.strategies.read_again.rate") == 0.3


SLIPPED = '''"""Slips."""

from regulars.contract.strategy import Strategy


class Slipped(Strategy):
    """Writes an event that there is none of."""

    def close(self, day):
        self.firm.event("enroll", "slipped", [], day)
'''


@pytest.mark.parametrize("where", ["firms", "arms.x"])
def test_a_slip_in_a_strategy_of_the_source_is_told_plainly(where, tmp_path, monkeypatch, capsys):
    """What is wrong with the strategy is told as it is, and not as a value that will not do."""
    import regulars.strategies

    folder = tmp_path / "strategies"
    folder.mkdir()
    (folder / "slipped.py").write_text(SLIPPED)
    monkeypatch.setattr(regulars.strategies, "__path__", [*regulars.strategies.__path__, str(folder)])
    monkeypatch.delitem(sys.modules, "regulars.strategies.slipped", raising=False)
    told = f"{folder / 'slipped.py'}, line 10: no kind of event is called 'enroll'; did you mean 'enrol'?"
    file = tmp_path / "shop.toml"
    file.write_text(f"[[firms]]\nname = 'a'\n[{where}.strategies.slipped]\n")
    with pytest.raises(RegularsError) as error:
        Scenario(tomllib.loads(file.read_text()))
    assert told in str(error.value) and "alue error" not in str(error.value)
    for command in ("check", "run"):
        assert app([command, str(file)], standalone_mode=False) == 1
        said = capsys.readouterr()
        assert told in said.out + said.err
        assert "alue error" not in said.out + said.err and "will not do" not in said.out + said.err
