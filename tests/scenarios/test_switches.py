"""A section is on exactly when it says `on = true`; what says something and is off is told; switches of before are read with a note."""

import json
import tomllib
import warnings
from pathlib import Path

import pytest

from regulars import Scenario, load
from regulars.cli.app import app
from regulars.cli.migrate import migrated
from regulars.contract import process
from regulars.ground.parameter import ParameterSet, Problem
from regulars.market import Market
from regulars.scenario import whole_spec
from regulars.scenario.idle import notes
from regulars.scenario.renamed import up_to_date
from regulars.scenario.switched import SWITCHES

FIRMS = {
    "market": {"customers": 40, "days": 28},
    "firms": [{"name": "a", "cost": 0.5}, {"name": "b", "cost": 0.5}],
}
FELT = {"experience": {"on": True}}
OLD = {  # section: what switched it on, and what went with it
    "network": {"network": {"kind": "mixing"}},
    "bond": {**FELT, "bond": {"response": "linear", "slope": 2.0}},
    "assortment": {"assortment": {"products": 3}},
    "norm": {"network": {"on": True, "kind": "mixing"}, "norm": {"weight": 1.0}},
    "mood": {"choice": {"outside": True}, "mood": {"sd": 1.0}},
    "cost_to_serve": {"cost_to_serve": {"cost": {"mean": 0.2}}},
}  # fmt: skip
WITH_ON = sorted(
    name for name, field in whole_spec().model_fields.items() if hasattr(field.annotation, "model_fields") and "on" in field.annotation.model_fields
)  # fmt: skip


def now(section):
    """The scenario of `OLD` as it is written today."""
    return {**FIRMS, **OLD[section], section: {"on": True, **OLD[section][section]}}


def test_every_section_that_can_be_off_is_off_by_itself_and_says_so_by_on_alone():
    spec = Scenario(FIRMS).spec
    assert set(SWITCHES) <= set(WITH_ON) and len(WITH_ON) > 14
    assert not any(getattr(spec, name).on for name in WITH_ON) and not spec.on
    owned = {name: kind for kind in process.every() for name in kind.sections if name in WITH_ON}
    for name, kind in owned.items():
        assert kind.wanted(
            type(spec).model_construct(
                **{**spec.__dict__, name: getattr(spec, name).model_copy(update={"on": True})}
            )
        ), name
        values = {field: value for field, value in getattr(spec, name).model_dump().items() if field != "on"}
        assert not kind.wanted(Scenario({**FIRMS, name: values}).spec) if name not in SWITCHES else True, name


@pytest.mark.parametrize("section", SWITCHES)
def test_what_switched_a_section_still_does_with_a_note(section):
    with pytest.warns(
        FutureWarning,
        match=rf"'{section}\.{SWITCHES[section][0]}' alone does not switch \[{section}\] on any more",
    ):
        old = Scenario({**FIRMS, **OLD[section]})
    assert getattr(old.spec, section).on and old.hash == Scenario(now(section)).hash


@pytest.mark.parametrize("section", SWITCHES)
def test_what_says_a_form_or_a_number_and_off_is_off(section):
    """Negative control: `on = false` has the last word, without a note."""
    spec = Scenario({**now(section), section: {**OLD[section][section], "on": False}}).spec
    assert not getattr(spec, section).on and section not in spec.on


@pytest.mark.parametrize(("section", "word"), [("network", "none"), ("bond", "off"), ("assortment", 0)])
def test_words_for_off_are_on_false_now(section, word):
    parameter = SWITCHES[section][0]
    with pytest.warns(
        FutureWarning, match=rf"{section}\.{parameter} = '?{word}'? is {section}\.on = false now"
    ):
        old = Scenario({**FIRMS, section: {parameter: word}})
    assert old.table[section] == {"on": False} and old.hash == Scenario(FIRMS).hash
    with pytest.warns(FutureWarning, match=f"is {section}.on = false now"):
        assert not getattr(Scenario(now(section)).set({f"{section}.{parameter}": word}).spec, section).on
    with pytest.raises(Problem, match=f"{section}.{parameter}"):
        Scenario({**FIRMS, section: {"on": True, parameter: word}})


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("section", ["assortment", "norm", "mood"])
def test_false_is_no_number(section):
    with pytest.raises(Problem, match="False is not a number"):
        Scenario({**FIRMS, section: {SWITCHES[section][0]: False}})


@pytest.mark.parametrize("section", ["norm", "mood", "cost_to_serve"])
def test_a_size_of_nothing_switches_nothing(section):
    parameter = SWITCHES[section][0]
    assert not getattr(Scenario({**FIRMS, section: {parameter: 0.0}}).spec, section).on


@pytest.mark.parametrize("section", ["norm", "mood", "cost_to_serve"])
def test_what_is_on_says_how_much(section):
    parameter = SWITCHES[section][0]
    with pytest.raises(Problem, match=rf"{section}\.{parameter}: \[{section}\] is on and does not say this"):
        Scenario({**now(section), section: {"on": True}})


@pytest.mark.parametrize("section", SWITCHES)
def test_a_changed_value_still_switches_with_a_note(section):
    parameter = SWITCHES[section][0]
    value, rest = OLD[section][section][parameter], {k: v for k, v in OLD[section].items() if k != section}
    off = Scenario({**FIRMS, **rest})
    name = f"{section}.{parameter}"
    with pytest.warns(FutureWarning, match=f"'{name}' alone does not switch"):
        assert getattr(off.set({name: value}).spec, section).on
    assert (
        off.set({name: value, f"{section}.on": True}).hash
        == Scenario({**now(section), section: {"on": True, parameter: value}}).hash
    )
    assert not getattr(off.set({name: value, f"{section}.on": False}).spec, section).on
    with pytest.warns(FutureWarning, match=f"'{name}' alone"):
        arm = Scenario({**FIRMS, **rest, "arms": {"x": {"set": {name: value}}}}).arm("x")
    assert getattr(arm.spec, section).on
    changed = Scenario(now(section)).set({name: value})  # on already: nothing to tell
    assert getattr(changed.spec, section).on


def test_a_number_of_a_distribution_still_switches():
    with pytest.warns(FutureWarning, match="cost_to_serve"):
        assert Scenario(FIRMS).set({"cost_to_serve.cost.mean": 0.2}).spec.cost_to_serve.on


TEXT = """# products = 3
[network]
kind = "mixing"  # all know all

[bond]
    response = 'linear'
    slope = 2.0

[experience]
on = true

[assortment]
attributes = 2
products = 0

[norm]
weight = 0.0

[[firms]]
name = "a"

[arms.alike]
description = "norm.weight = 1"
set = { "norm.weight" = 1.0, "bond.response" = "off" }

[arms.told]
[arms.told.set]
"market.seed" = 2
"norm.weight" = 0.5
"network.degree" = 4
"""  # fmt: skip
TODAY = """# products = 3
[network]
on = true
kind = "mixing"  # all know all

[bond]
    on = true
    response = 'linear'
    slope = 2.0

[experience]
on = true

[assortment]
attributes = 2
on = false

[norm]
weight = 0.0

[[firms]]
name = "a"

[arms.alike]
description = "norm.weight = 1"
set = { "norm.on" = true, "norm.weight" = 1.0, "bond.on" = false }

[arms.told]
[arms.told.set]
"market.seed" = 2
"norm.on" = true
"norm.weight" = 0.5
"network.degree" = 4
"""


def test_migrate_writes_the_switch_beside_what_was_one(tmp_path, capsys):
    file = tmp_path / "town.toml"
    file.write_text(TEXT)
    app(["migrate", str(file)], standalone_mode=False)
    assert file.read_text() == TODAY
    told = capsys.readouterr().out
    assert "5 lines" in told and "  + on = true\n" in told and "  products = 0 -> on = false\n" in told
    load(file)
    app(["migrate", str(file)], standalone_mode=False)
    assert "nothing to change" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('network = { kind = "mixing" }', 'network = { on = true, kind = "mixing" }'),
        ("cost_to_serve = { cost = { mean = 1.0 } }", "cost_to_serve = { on = true, cost = { mean = 1.0 } }"),
        ("assortment = { attributes = 2, products = 0 }", "assortment = { attributes = 2, on = false }"),
        ('network.kind = "mixing"\nnetwork.homophily = 0.1', 'network.on = true\nnetwork.kind = "mixing"\nnetwork.homophily = 0.1'),
        ("[handling]\ncost = 0.3", "[cost_to_serve]\non = true\ncost = 0.3"),
        ("a = 1\n  [cost_to_serve.cost]\nmean = 1.0", "a = 1\n  [cost_to_serve]\non = true\n\n[cost_to_serve.cost]\nmean = 1.0"),
        ("[cost_to_serve]  # what\n\n[cost_to_serve . cost]\nmean = 1.0", "[cost_to_serve]  # what\non = true\n\n[cost_to_serve . cost]\nmean = 1.0"),
        ("[mood]\non = false\nsd = 1.0", "[mood]\non = false\nsd = 1.0"),
        ("[[firms]]\nname = 'a'\nstrategies.recommendation = { kind = 'collaborative' }", "[[firms]]\nname = 'a'\nstrategies.recommendation = { kind = 'collaborative' }"),
        ('extends = "town.toml"\n[arms.x]\nset = { "norm.weight" = 1.0, "network.kind" = "none" }', 'extends = "town.toml"\n[arms.x]\nset = { "norm.weight" = 1.0, "network.on" = false }'),
    ],
)  # fmt: skip
def test_switches_are_rewritten_however_they_are_written(old, new):
    assert migrated(old, Path("a.toml")) == new
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        assert up_to_date(tomllib.loads(old)) == tomllib.loads(new)


def test_a_bare_section_that_is_off_is_told():
    """`[experience]` alone on a line switches nothing on, and looks as if it did."""
    (told,) = notes(Scenario({"experience": {}, **FIRMS}))
    assert told.startswith("[experience] says nothing and is off, so that it does nothing: write on = true")
    assert notes(Scenario({"experience": {"on": True}, "choice": {}, **FIRMS})) == []  # negative control


def test_what_says_something_and_is_off_is_told(tmp_path, capsys):
    table = {
        "network": {"degree": 4, "rewiring": 0.2, "homophily": 0.1, "kind": "random", "on": False}, "mix": {"unfamiliar": 1.0}, "voice": {"on": False},
        "bond": {"lower": 0.2, "rise": 2.0}, "experience": {"noise": 0.1}, **FIRMS, "arms": {"felt": {"set": {"experience.on": True}}},
    }  # fmt: skip
    told = notes(Scenario(table))
    assert [note.partition("]")[0] for note in told] == ["[bond", "[mix", "[network"]
    assert (
        told[2]
        == "[network] says degree, rewiring, homophily ... and is off, so that it does nothing: write on = true, or leave it out"
    )
    assert "switches categories on" in told[1]
    thresholds = {
        **table,
        "bond": {"lower": 0.2, "upper": 0.9, "width": 0.1},
    }  # complaints and others look at them
    assert [note.partition("]")[0] for note in notes(Scenario(thresholds))] == ["[mix", "[network"]
    assert not notes(Scenario({**FIRMS, **FELT})) and not notes(Scenario(Scenario(FIRMS).resolved()))
    assert len(notes(Scenario({**FIRMS, "voice": {"attachment": 2.0}}))) == 1  # as usual, but without `on`
    file = tmp_path / "town.toml"
    file.write_text('[voice]\nattachment = 1.0\n[[firms]]\nname = "a"\n')
    app(["check", str(file)], standalone_mode=False)
    out = capsys.readouterr()
    assert "fine" in out.out and "note:" in out.err and "[voice] says attachment and is off" in out.err
    app(["check", "--json", str(file)], standalone_mode=False)
    (result,) = json.loads(capsys.readouterr().out)["scenarios"]
    assert result["problems"] == [] and len(result["notes"]) == 1


def test_no_scenario_here_says_what_does_nothing():
    from regulars.ground.shelf import scenario_files

    for name, file in scenario_files().items():
        assert not notes(load(file)), name


def test_markets_saved_before_go_on(tmp_path):
    """A resolved scenario of before holds every word for off, and sizes of nothing."""
    from regulars.market import archive, snapshot

    market = Market(
        {**FIRMS, **FELT, "network": {"on": True, "kind": "mixing"}, "word_of_mouth": {"on": True}}
    )
    for _ in range(10):
        market.step()
    state = snapshot.copied(snapshot.take(market))
    table = tomllib.loads(state["scenario"])
    for section, (parameter, off) in SWITCHES.items():
        if not table[section].pop("on"):
            table[section][parameter] = (
                {"mean": 0.0, "distribution": "fixed"} if section == "cost_to_serve" else off
            )
    import tomli_w

    state["scenario"] = tomli_w.dumps(table)
    path = archive.write(tmp_path / "old.market", state, "regulars 0.1.0", [], False)
    with pytest.warns(FutureWarning):
        loaded = Market.load(path)
    assert loaded.scenario.spec.network.on and not loaded.scenario.spec.bond.on
    assert loaded.run().ledger.profit(0) == market.run().ledger.profit(0)


def test_sections_of_the_table_are_sections():
    """Negative control: nothing here is made of names that no section has."""
    for section, (parameter, _) in SWITCHES.items():
        kind = whole_spec().model_fields[section].annotation
        assert issubclass(kind, ParameterSet) and parameter in kind.model_fields
