"""`regulars check` tells every problem at once, with its place, and runs nothing."""

import json
import re

import pytest

BAD = """
[market]
customers = -5
days = "many"

[need]
atendance = 0.5

[[firms]]
name = "zeta"
price = -1
[firms.strategies.treshold_rebate]
days = 3

[[firms]]
name = "alpha"
share = 0

[arms.x.strategies.threshold_rebate]
rate = 2.5
dys = 3

[arms.y.set]
"firms.zeta.prize" = 3
"""
PLACES = {
    "market.customers": 3, "market.days": 4, "need.atendance": 7, "firms.1.price": 11, "firms.1.strategies.treshold_rebate": 12,
    "firms.0.share": 17, "arms.x.strategies.threshold_rebate.rate": 20, "arms.x.strategies.threshold_rebate.dys": 21,
    'arms.y.set."firms.zeta.prize"': 24,
}  # fmt: skip


def written(tmp_path, text):
    file = tmp_path / "bad.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_right_scenario_is_fine(call, tiny):
    told = call("check", tiny)
    assert told.exit_code == 0
    assert "fine (2 firms, 60 customers, 28 days, arms rebate, cheap)" in told.stdout


def test_one_firm_is_no_firms(call, tiny):
    text = tiny.read_text("utf-8")
    start = text.index('[[firms]]\nname = "theirs"')
    tiny.write_text(text[:start] + text[text.index("[arms.rebate") :], encoding="utf-8")
    assert "fine (1 firm, 60 customers, 28 days, arms rebate, cheap)" in call("check", tiny).stdout


def test_every_problem_is_told_with_its_line(call, tmp_path):
    told = call("check", written(tmp_path, BAD), "--json")
    assert told.exit_code == 1
    document = json.loads(told.stdout)
    problems = document["scenarios"][0]["problems"]
    assert {p["parameter"]: p["line"] for p in problems} == PLACES
    assert document["fine"] is False


def test_value_unit_bounds_and_nearest_name_are_told(call, tmp_path):
    told = call("check", written(tmp_path, BAD))
    assert told.exit_code == 1
    assert "line 3: market.customers: -5 is outside [1, 100000000] (wanted: in customers" in told.stdout
    assert "line 7: need.atendance: no parameter of this name; did you mean 'attendance'?" in told.stdout
    assert "did you mean 'threshold_rebate'?" in told.stdout
    assert "did you mean 'days'?" in told.stdout


def test_the_written_file_is_left_alone_and_one_mend_leaves_the_rest(call, tmp_path):
    file = written(tmp_path, BAD.replace("customers = -5", "customers = 5"))
    problems = json.loads(call("check", file, "--json").stdout)["scenarios"][0]["problems"]
    assert {p["parameter"] for p in problems} == set(PLACES) - {"market.customers"}


def test_a_firm_whose_name_will_not_do_hides_nothing_else(call, tmp_path):
    """It keeps some name while the rest is read: its other values, and those of arms, are looked at too."""
    text = BAD.replace('name = "alpha"', "name = 5").replace("customers = -5", "customers = 5")
    problems = json.loads(call("check", written(tmp_path, text), "--json").stdout)["scenarios"][0]["problems"]
    # without a name to sort by, firms are counted as they are written
    places = {"market.days", "need.atendance", "firms.1.name", "firms.1.share", "firms.0.price"}
    places |= {"firms.0.strategies.treshold_rebate", *(name for name in PLACES if name.startswith("arms"))}
    assert {p["parameter"] for p in problems} == places


def test_several_scenarios_and_one_that_is_not_there(call, tiny):
    told = call("check", tiny, "tinny.toml", "--json")
    assert told.exit_code == 1
    first, second = json.loads(told.stdout)["scenarios"]
    assert first["problems"] == [] and len(first["hash"]) == 8
    assert "there is no such scenario" in second["problems"][0]["message"] and second["hash"] is None


def test_not_toml_not_text_too_little(call, tmp_path):
    assert "this is not TOML" in call("check", written(tmp_path, "a = ")).stdout
    file = tmp_path / "binary.toml"
    file.write_bytes(b"\xff\xfe\x00")
    assert "UTF-8" in call("check", file).stdout
    told = call("check", written(tmp_path, "[market]\ncustomers = 1\n"))
    assert told.exit_code == 1 and "firms: this parameter is needed" in told.stdout


def test_a_changed_value_is_told_as_such(call, tiny):
    told = call("check", tiny, "--set", "firms.ours.price=-3")
    assert told.exit_code == 1
    assert "--set: firms.0.price: -3.0 is outside" in told.stdout and "line" not in told.stdout


def test_a_very_long_name_is_cut(call):
    told = call("check", "x" * 10_000)
    assert told.exit_code == 1
    assert "there is no such scenario" in told.stdout and len(told.stdout) < 1000


def test_the_schema_knows_every_strategy(call, tmp_path):
    from regulars.contract.strategy import names

    file = tmp_path / "deep" / "schema.json"
    assert json.loads(call("schema", "--out", file, "--json").stdout) == {"schema": str(file)}
    schema = json.loads(file.read_text())
    assert "checksum" in schema.pop("$comment")
    assert schema == json.loads(call("schema").stdout)
    for owner in ("FirmOffer", "Arm"):
        assert set(schema["$defs"][owner]["properties"]["strategies"]["properties"]) == set(names())
    assert schema["$schema"].endswith("2020-12/schema")
    price = schema["$defs"]["FirmOffer"]["properties"]["price"]
    assert price["description"] == "list price | currency per unit, [0, inf)" and price["minimum"] == 0


def test_the_schema_takes_and_refuses_what_check_does(call, tiny):
    import tomllib

    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(call("schema").stdout)
    validator = jsonschema.Draft202012Validator(schema)
    table = tomllib.loads(tiny.read_text())
    validator.validate(table)
    for wrong in ({"prize": 1}, {"price": "dear"}, {"price": -1}, {"share": 0}, {"failure": 1.5}):
        bad = {**table, "firms": [{"name": "ours", **wrong}]}
        with pytest.raises(jsonschema.ValidationError):
            validator.validate(bad)
    asked = set(re.findall(r'"\$ref": "#/\$defs/(\w+)"', json.dumps(schema)))
    assert asked and asked <= set(schema["$defs"])  # an editor can follow every reference
    good, bad = (
        {**table, "arms": {"a": {"strategies": {"tiers": {"levels": [{"name": "top", "threshold": far}]}}}}}
        for far in (9, -9)
    )
    validator.validate(good)
    with pytest.raises(jsonschema.ValidationError):
        validator.validate(bad)


REFUSED = {  # by `compare`: what is written, and the line and the parameter that `check` tells
    '[arms.x]\nset = {"market.seed" = 3}': (2, 'arms.x.set."market.seed"'),
    '[arms.x.set]\n"firms.ours.cost" = 0.5\n"need.attendance" = 0.7': (3, 'arms.x.set."need.attendance"'),
    '[arms.x]\nset = {"firms.theirs.name" = "others"}': (2, 'arms.x.set."firms.theirs.name"'),
    '[arms.x]\nset = {"about.title" = "other"}': (2, 'arms.x.set."about.title"'),
    '[arms.x]\nset = {"firms.ours.prise" = 1}': (2, 'arms.x.set."firms.ours.prise"'),
    '[arms."a.b"]\nset = {"market.days" = 5}': (2, 'arms.a.b.set."market.days"'),
    '[uncertainty]\n"firms.ours.price" = 1e200': (2, "uncertainty.firms.ours.price"),
    '[uncertainty]\n"market.customers" = 3': (2, "uncertainty.market.customers"),
    '[uncertainty]\n"arms.rebate.strategies.threshold_rebate.days" = 1': (
        2,
        "uncertainty.arms.rebate.strategies.threshold_rebate.days",
    ),
    '[uncertainty]\n"need.process" = 1': (2, "uncertainty.need.process"),
}


@pytest.mark.parametrize("more", REFUSED)
def test_what_compare_refuses_is_told(call, tiny, more):
    """With its line; `compare` says the same before anything runs."""
    before = len(tiny.read_text().splitlines())
    tiny.write_text(f"{tiny.read_text()}{more}\n")
    line, parameter = REFUSED[more]
    told = call("check", tiny, "--json")
    problems = json.loads(told.stdout)["scenarios"][0]["problems"]
    assert told.exit_code == 1
    assert [(p["line"], p["parameter"]) for p in problems] == [(before + line, parameter)]
    refused = call("compare", tiny)
    assert refused.exit_code == 1 and not refused.stdout
    assert f"{parameter}: {problems[0]['message']}" in refused.stderr


def test_what_compare_learns_to_refuse_check_knows(call, tiny, monkeypatch):
    import regulars.lab.misfits as lab
    from regulars.ground.parameter import Problem

    def refuse(scenario):
        raise Problem([(("choice", "outside"), "no longer")])

    monkeypatch.setattr(lab, "uncertain_values", refuse)
    for command in ("check", "compare"):
        told = call(command, tiny)
        assert told.exit_code == 1 and "choice.outside: no longer" in told.stdout + told.stderr


def test_a_market_of_another_size(call, tmp_path):
    """`--customers` takes rent along; `--set market.customers` does not, and says so."""
    file = tmp_path / "shops.toml"
    file.write_text(
        '[market]\ncustomers = 100\ndays = 7\n[[firms]]\nname = "a"\nrent = 4.0\n[[firms]]\nname = "b"\n'
    )
    told = call("check", file, "--customers", 50)
    assert told.exit_code == 0 and "50 customers" in told.stdout and told.stderr == ""
    told = call("check", file, "--set", "market.customers=50")
    assert told.exit_code == 0 and "50 customers" in told.stdout
    assert (
        "50 customers instead of 100, and these totals stay as they are: firms.*.rent = 4; --customers 50"
        in told.stderr
    )
    for options, rent in (((), 28.0), (("--customers", 50), 14.0)):
        books = json.loads(call("run", file, *options, "--json").stdout)["firms"][0]
        assert books["gross_sales"] - books["profit"] == rent
    told = call(
        "sweep", file, "--over", "market.customers=20,30", "--out", tmp_path / "out", "--replicates", 1
    )
    assert "at every number of customers these totals stay as they are: firms.*.rent = 4" in told.stderr
