"""`regulars list` and `regulars show`."""

import json

import pytest

from regulars.cli.describe import literal
from regulars.contract import pricing
from regulars.contract.strategy import find, names


def test_list_names_everything(call, tiny, tmp_path):
    (tmp_path / "scenarios").mkdir()
    tiny.rename(tmp_path / "scenarios" / "tiny.toml")
    found = json.loads(call("list", "--json").stdout)
    assert [row["name"] for row in found["strategies"]] == names()
    assert all(row["title"] for kind in found.values() for row in kind)
    mine = {"name": "tiny", "title": "Tiny", "question": "Does it pay?", "path": "scenarios/tiny.toml"}
    assert mine in found["scenarios"]
    assert [row["name"] for row in found["pricing"]] == pricing.names()
    assert "yogurt" in {row["name"] for row in found["datasets"]}
    assert set(json.loads(call("list", "datasets", "--json").stdout)) == {"datasets"}
    assert call("list", "strategy").exit_code == 2
    assert "threshold_rebate" in call("list").stdout


@pytest.mark.parametrize("name", names())
def test_show_tells_all_a_strategy_declares(call, name):
    kind = find(name)
    told = json.loads(call("show", name, "--json").stdout)
    assert {row["name"] for row in told["parameters"]} == set(kind.Parameters.model_fields)
    assert told["off"] == json.loads(json.dumps(kind.off)) and told["sources"] == list(kind.sources)
    text = call("show", name.replace("_", "-")).stdout
    for row in told["parameters"]:
        assert f"  {row['name']} = " in text and row["unit"] in text and row["bounds"] in text
    words = " ".join(text.split())
    for parameter, field in kind.Parameters.model_fields.items():
        row = next(row for row in told["parameters"] if row["name"] == parameter)
        assert row["meaning"] == field.description and " ".join(field.description.split()) in words
    for key in kind.off:
        assert f"{key} = " in text.partition("OFF:")[2]


def test_values_are_written_as_in_a_scenario():
    written = {"a": ["x", 1.5, True], "b": (), "c": {}, "d": "5 é"}
    assert literal(written) == '{ a = ["x", 1.5, true], b = [], c = -, d = "5 é" }'


@pytest.mark.parametrize("name", pricing.names())
def test_show_tells_all_a_policy_declares(call, name):
    told = json.loads(call("show", name, "--json").stdout)
    assert told["kind"] == "pricing"
    assert {row["name"] for row in told["parameters"]} == set(pricing.find(name).Parameters.model_fields)
    assert "  every = " in call("show", name).stdout and "OFF:" not in call("show", name).stdout


def test_show_a_scenario(call, tiny):
    text = call("show", tiny).stdout
    for part in (
        "Tiny",
        "QUESTION: Does it pay?",
        "EXPECTED: No.",
        "LIMITS: Invented.",
        "ours (focal)",
        "rebate",
        "days = 3",
    ):
        assert part in text
    told = json.loads(call("show", tiny, "--parameters", "--json").stdout)
    assert [arm["name"] for arm in told["arms"]] == ["rebate", "cheap"]
    values = {row["name"]: row for row in told["parameters"]}
    assert values["arms.rebate.strategies.threshold_rebate.days"]["value"] == 3
    assert values["firms.1.price"]["unit"] == "currency per unit"
    assert values["choice.price_sensitivity"]["value"] == {
        "distribution": "lognormal",
        "mean": 1.0,
        "sd": 0.3,
    }
    assert "firms.0.cost = 0.7  (currency per unit, [0, inf))" in call("show", tiny, "--parameters").stdout


def test_show_tells_all_of_a_scenario_in_short_lines(call, tiny):
    """Question, reading, limits, rows, arms with their words and values, sources: nothing left out, nothing overlong."""
    words = " ".join(f"word{n}" for n in range(60))
    about = f'sources = ["Somebody 1995", "{words}"]\nsystems = ["P1", "X99"]\n'
    text = tiny.read_text(encoding="utf-8").replace(
        'limits = "Invented."', f'limits = "Limit {words}."\n{about}'
    )
    text = text.replace(
        "[arms.rebate.strategies", f'[arms.rebate]\ndescription = "Back {words}"\n[arms.rebate.strategies'
    )
    text += '[arms.dearer]\nset = { "firms.ours.price" = 1.5, "market.window" = 14 }\n'
    tiny.write_text(text, encoding="utf-8")
    shown = call("show", tiny).stdout
    assert max(map(len, shown.splitlines())) <= 100
    flat = " ".join(shown.split())
    for part in (
        "QUESTION: Does it pay?", "EXPECTED: No.", f"LIMITS: Limit {words}.",
        "SHOWS: P1 threshold rebate as store credit, X99", f"rebate: Back {words} threshold_rebate = {{ days = 3, rate = 0.1 }}",
        "cheap: (not described) everyday_low_price = { discount = 0.05 }",
        "dearer: (not described) firms.ours.price = 1.5 market.window = 14",
        f"SOURCES - Somebody 1995 - {words}",
    ):  # fmt: skip
        assert part in flat, part
    assert json.loads(call("show", tiny, "--json").stdout)["systems"] == ["P1", "X99"]
    tiny.write_text(text.partition("[arms")[0].replace('systems = ["P1", "X99"]', ""), encoding="utf-8")
    plain = call("show", tiny).stdout
    assert "SHOWS" not in plain and plain.partition("ARMS OF ours")[2].split("\n")[1] == "  none"


def test_show_nothing_of_this_name(call):
    told = call("show", "treshold_rebate")
    assert told.exit_code == 1 and told.stdout == ""
    assert "did you mean 'threshold_rebate'?" in told.stderr
    assert len(call("show", "y" * 9000).stderr) < 2000


def test_scenarios_of_the_source_are_known_everywhere(tmp_path, monkeypatch):
    """From any folder; one of the same name that lies here is nearer. An installed package has none."""
    from regulars.ground import shelf as places

    root = tmp_path / "source"
    for name in ("sim/regulars/cli", "scenarios", "here/scenarios", "empty"):
        (tmp_path / "source" / name if "here" not in name else tmp_path / name).mkdir(parents=True)
    (root / "pyproject.toml").touch()
    for file in (
        root / "scenarios" / "one.toml",
        root / "scenarios" / "two.toml",
        tmp_path / "here/scenarios/two.toml",
    ):
        file.touch()
    monkeypatch.setattr(places, "__file__", str(root / "sim/regulars/ground/shelf.py"))
    monkeypatch.chdir(root / "empty")
    assert places.scenario_files() == {name: root / "scenarios" / f"{name}.toml" for name in ("one", "two")}
    monkeypatch.chdir(tmp_path / "here")
    found = places.scenario_files()
    assert found["one"] == root / "scenarios" / "one.toml"
    assert found["two"].resolve() == tmp_path / "here/scenarios/two.toml"
    (root / "pyproject.toml").unlink()
    assert places.checkout() is None and list(places.scenario_files()) == ["two"]


def test_every_known_name_is_listed_once(call, tiny):
    """Strategies and scenarios share some names."""
    told = call("show", "arms").stderr.partition("known here: ")[2].strip().split(" and ")[0].split(", ")
    assert len(told) > 5 and len(told) == len(set(told))
