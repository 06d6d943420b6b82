"""`regulars list` and `regulars show`."""

import json

import pytest

import regulars
from regulars.cli.describe import literal
from regulars.contract import pricing, process, recommender
from regulars.contract.strategy import Strategy, find, names
from regulars.ground import registered


def test_list_names_everything(call, tiny, tmp_path):
    (tmp_path / "scenarios").mkdir()
    tiny.rename(tmp_path / "scenarios" / "tiny.toml")
    found = json.loads(call("list", "--json").stdout)
    assert [row["name"] for row in found["strategies"]] == names()
    assert all(row["title"] for kind in found.values() for row in kind)
    mine = {"name": "tiny", "title": "Tiny", "question": "Does it pay?", "path": "scenarios/tiny.toml"}
    assert mine in found["scenarios"]
    for kind, registry in (("pricing", pricing), ("behaviours", process), ("recommenders", recommender)):
        assert [row["name"] for row in found[kind]] == registry.names()
    assert "yogurt" in {row["name"] for row in found["datasets"]}
    assert set(json.loads(call("list", "datasets", "--json").stdout)) == {"datasets"}
    told = call("list", "behaviors")
    assert told.exit_code == 2 and "did you mean 'behaviours'?" in " ".join(told.stderr.split())
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


@pytest.mark.parametrize("name", process.names())
def test_show_tells_all_a_behaviour_declares(call, name):
    """Every parameter of its sections with unit, bounds and meaning; what it keeps; and the rule and sources of its file."""
    kind = process.find(name)
    told = json.loads(call("show", name, "--kind", "behaviour", "--json").stdout)
    assert told["kind"] == "behaviour" and told["rule"]
    assert [row["name"] for row in told["columns"]] == [column.name for column in kind.columns]
    assert {row["name"].removeprefix("firms.*.").split(".")[0] for row in told["parameters"]} == {
        *kind.sections,
        *kind.of_firm,
    }
    assert all(row["meaning"] for row in (*told["parameters"], *told["columns"]))
    text = call("show", name, "--kind", "behaviour").stdout
    for row in told["parameters"]:
        assert f"  {row['name']} = " in text and row["unit"] in text and row["bounds"] in text
    assert all(column.name in text.partition("WHAT IT KEEPS")[2] for column in kind.columns)


def test_show_the_parameters_of_lists_firms_and_markets(call):
    def names_of(name):
        rows = json.loads(call("show", name, "--kind", "behaviour", "--json").stdout)["parameters"]
        return {row["name"]: row for row in rows}

    assert names_of("voice")["voice.half_life"]["unit"] == "days"
    assert names_of("situations")["situations.*.chance"]["bounds"] == "[0, 1]"
    assert names_of("staff")["firms.*.staff.wage"]["default"] == 0.0
    assert names_of("categories")["firms.*.categories"]["unit"] == "logits"
    assert "Source" not in json.loads(call("show", "situations", "--json").stdout)["rule"]
    assert any(
        "Belk 1975" in source for source in json.loads(call("show", "situations", "--json").stdout)["sources"]
    )


@pytest.mark.parametrize("name", recommender.names())
def test_show_tells_all_a_recommender_declares(call, name):
    told = json.loads(call("show", name, "--kind", "recommender", "--json").stdout)
    assert {row["name"] for row in told["parameters"]} == set(recommender.find(name).Parameters.model_fields)
    assert told["sources"] == list(recommender.find(name).sources)


def test_parts_of_one_name_are_told_apart(call, monkeypatch):
    monkeypatch.setattr(registered, "_own", {})

    @regulars.register(name="voice")
    class Loud(Strategy):
        """A strategy of one's own, called as a behaviour is."""

        def open(self, day):
            pass

    first, second = (
        json.loads(call("show", "voice", *words, "--json").stdout) for words in ((), ("--kind", "behaviour"))
    )
    assert (first["kind"], first["also"]) == ("strategy", ["behaviour"])
    assert (second["kind"], second["also"]) == ("behaviour", ["strategy"])
    assert "regulars show voice --kind behaviour" in call("show", "voice").stdout
    for words, told in (
        (("points", "--kind", "behaviour"), "points: no behaviour has this name, but a strategy"),
        (("voce", "--kind", "behaviour"), "did you mean 'voice'?"),
        (("voice", "--kind", "behavior"), "no such kind of part; did you mean 'behaviour'?"),
        (("voce",), "no strategy, behaviour, pricing policy, recommender or scenario of this name; did you mean 'voice'?"),
    ):  # fmt: skip
        refused = call("show", *words)
        assert refused.exit_code == 1 and told in refused.stderr, refused.stderr


OWN = '''"""A fad: everybody wants the same for a while.

The pull of the first firm grows by `pull`.
"""

from regulars.parts import ParameterSet, Process, par, section


class FadRules(ParameterSet):
    """How strong it is."""

    on: bool = par(False, "", "", "whether there is a fad")
    pull: float = par(1.0, "logits", "[0, 9]", "what it adds")


class Fad(Process):
    """Draws everybody to one firm."""

    sections = {"fad": section(FadRules, "a fad")}

    def appeal(self, round):
        """What is in fashion pulls."""
        round.column("appeal", 0)[:] += self.rules.pull
'''


def test_parts_of_one_s_own_are_listed_and_shown(call, tmp_path, monkeypatch):
    monkeypatch.setattr(registered, "_own", {})
    file = tmp_path / "own.py"
    file.write_text(OWN, encoding="utf-8")
    assert "\nfad " not in call("list", "behaviours").stdout
    assert "\nfad " in call("list", "behaviours", "--parts", file).stdout
    told = json.loads(call("show", "fad", "--parts", file, "--json").stdout)
    assert told["title"] == "A fad: everybody wants the same for a while."
    assert told["rule"] == "The pull of the first firm grows by `pull`."
    assert {row["name"] for row in told["parameters"]} == {"fad.on", "fad.pull"}
    assert call("show", "fad", "--parts", tmp_path / "non.py").exit_code == 1


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


def test_a_scenario_shown_names_behaviours_and_pricing(call, tmp_path):
    """What is on decides what happens; it stood among 400 parameters only."""
    path = tmp_path / "town.toml"
    path.write_text(
        '[experience]\non = true\n[voice]\non = false\n[[firms]]\nname = "a"\npricing = { kind = "follow" }\n[[firms]]\nname = "b"\n'
    )
    told = json.loads(call("show", str(path), "--json").stdout)
    assert told["on"] == ["experience"] and [firm["pricing"] for firm in told["firms"]] == ["follow", ""]
    text = call("show", str(path)).stdout
    assert "SWITCHED ON: experience" in text and "follow" in text
