"""Sweeps: designs, names, what is kept, and the same bytes whatever the way."""

import io
import json
import math
import os

import numpy as np
import pandas as pd
import pytest

from regulars import Scenario
from regulars.ground.errors import RegularsError
from regulars.lab.compare import compare
from regulars.lab.design import axis, grid, hypercube, literal
from regulars.lab.progress import Progress, spoken
from regulars.lab.sweep import sweep
from regulars.scenario.declared import declared

DAYS = "arms.rebate.strategies.threshold_rebate.days"


@pytest.fixture(scope="module")
def tiny():
    return Scenario(
        {
            "about": {"title": "tiny"},
            "market": {"customers": 60, "days": 28},
            "need": {"process": "calendar", "attendance": 0.6},
            "choice": {
                "outside": True,
                "price_sensitivity": {"distribution": "lognormal", "mean": 1.0, "sd": 0.3},
            },
            "firms": [{"name": "ours", "cost": 0.7}, {"name": "theirs", "cost": 0.7}],
            "arms": {
                "rebate": {"strategies": {"threshold_rebate": {"days": 3, "rate": 0.1}}},
                "cheap": {"strategies": {"everyday_low_price": {"discount": 0.05}}},
            },
        }
    )


# ------------------------------------------------------------------ values and designs


@pytest.mark.parametrize(
    ("text", "now", "levels"),
    [
        ("2:7", 3, (2, 3, 4, 5, 6, 7)),
        ("2:7", 3.0, (2.0, 3.0, 4.0, 5.0, 6.0, 7.0)),
        ("2:8:3", 3, (2, 5, 8)),
        ("0.1:0.5:0.1", 0.0, (0.1, 0.2, 0.3, 0.4, 0.5)),
        ("0.1:0.45:0.1", 0.0, (0.1, 0.2, 0.3, 0.4)),
        ("0:1#5", 0.0, (0.0, 0.25, 0.5, 0.75, 1.0)),
        ("0.1 : 0.5 # 3", 0.0, (0.1, 0.3, 0.5)),
        ("-1:1", 0, (-1, 0, 1)),
        ("1e1:3e1:1e1", 5.0, (10.0, 20.0, 30.0)),
        ("a,b", "a", ("a", "b")),
        ("3", 5, (3,)),
        ("true,false", True, (True, False)),
        ("0:1e30#2", 1.0, (0.0, 1e30)),
        ("1:1#1", 1.0, (1.0,)),
        (
            '{ distribution = "normal", mean = 1, sd = 2 },3',
            {},
            ({"distribution": "normal", "mean": 1, "sd": 2}, 3.0),
        ),
        ([1, 2.0, np.int64(3)], 5, (1, 2, 3)),
        (0.5, 1.0, (0.5,)),
    ],
)
def test_values_of_an_axis(text, now, levels):
    found = axis("x", text, now).levels
    assert found == levels
    assert [type(v) for v in found] == [type(v) for v in levels]


@pytest.mark.parametrize(
    ("text", "now", "message"),
    [
        ("0.1:0.5", 0.2, "how many values"),
        ("7:2", 3, "runs backwards"),
        ("1:2:0", 3, "leads nowhere"),
        ("1:2:1#3", 3, "one of them"),
        ("1:2#1", 3.0, "at least 2"),
        ("2:3#3", 3, "2.5 is no whole number"),
        ("1:2", "word", "range of numbers"),
        ("0:2000000", 3, "1,000,000 at most"),
        ("", 3, "no values"),
        ([], 3, "no values"),
        ("[1,2", 3, "no TOML value"),
        ("9" * 5000, 3, "no TOML value"),
        ("[" * 5000, 3, "no TOML value"),
        (f"1:{'9' * 5000}", 3, "too many digits"),
        ("1e300:1e301#2", 1.0, "1e300 in '1e300:1e301#2' is too large for a range.* from 1e-30 to 1e[+]30"),
        ("-1e9999:1#2", 1.0, "-1e9999 in .* is too large"),
        ("0:1e-9999#2", 1.0, "1e-9999 in .* is too small"),
        ("1,1", 1.0, "x: 1.0 is given twice"),
        ("1,2,1.0", 1.0, "1.0 is given twice"),
        ([3, 3], 3, "3 is given twice"),
        ("a,b,a", "a", "'a' is given twice"),
        ("2024-01-01,2024-01-01", None, "2024-01-01 is given twice"),
        ("1:1#3", 1.0, "1.0 is given twice"),
        ("true,true", False, "True is given twice"),
        (f"0:1#{'9' * 5000}", 3.0, "too many digits"),
    ],
)
def test_values_that_cannot_be_read(text, now, message):
    with pytest.raises(RegularsError, match=message):
        axis("x", text, now)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("500", 500), ("1_000", 1000), ("0.5", 0.5), ("-1e-3", -1e-3), ("true", True), ("EUR", "EUR"), ('"5"', "5"),
        ("two words", "two words"), ("{ days = 3 }", {"days": 3}), ("[1, 2]", [1, 2]), ("", ""), ("a = 1\nb = 2", "a = 1\nb = 2"),
    ],
)  # fmt: skip
def test_literals(text, value):
    assert literal(text) == value
    assert type(literal(text)) is type(value)


def test_a_grid_varies_the_last_axis_fastest():
    points = grid([axis("a", "1:2", 1), axis("b", "x,y", "x")])
    assert points == [{"a": 1, "b": "x"}, {"a": 1, "b": "y"}, {"a": 2, "b": "x"}, {"a": 2, "b": "y"}]


def test_a_hypercube_meets_every_slice_once():
    axes = [axis("a", "0.0:1.0", 0.5, False), axis("b", "1:5", 1, False), axis("c", "x,y", "x", False)]
    points = hypercube(axes, 20, seed=7)
    assert sorted(int(p["a"] * 20) for p in points) == list(range(20))
    assert [sum(p["b"] == level for p in points) for level in (1, 2, 3, 4, 5)] == [4] * 5
    assert [sum(p["c"] == level for p in points) for level in "xy"] == [10, 10]
    assert points == hypercube(axes, 20, seed=7) != hypercube(axes, 20, seed=8)


# ------------------------------------------------------------------ names


def test_every_value_of_the_resolved_scenario_is_declared(tiny):
    known = declared(tiny.spec)
    assert known[DAYS].value == 3 and known[DAYS].unit == "days"
    assert known["firms.1.cost"].value == 0.7
    assert known["choice.price_sensitivity.mean"].spread == "choice.price_sensitivity"
    assert known["taste.kind"].choices[:2] == ("homogeneous", "dirichlet")
    marked = tiny.set({"firms.theirs.pricing": {"kind": "markup"}})
    assert declared(marked.spec)["firms.1.pricing.margin"].unit == "share of cost"


def test_a_number_that_would_change_nothing_is_refused(tiny):
    with pytest.raises(RegularsError, match="its numbers are mean, sd"):
        sweep(tiny, {"choice.price_sensitivity.low": "0.1:0.5#3"})


# ------------------------------------------------------------------ sweeping


def test_a_point_is_the_comparison_at_that_point(tiny):
    found = sweep(tiny, {DAYS: "2:3"}, replicates=3)
    direct = compare(tiny.set({DAYS: 3}), replicates=3).summary().set_index(["arm", "metric"])
    here = found.table[found.table["point"] == 1].set_index(["arm", "metric"])
    for name in ("mean", "low", "high", "se"):
        np.testing.assert_array_equal(
            here[name].to_numpy(float), direct.loc[here.index, name].to_numpy(float)
        )
    assert list(found.table.columns) == ["point", DAYS, "arm", "metric", "unit", "mean", "low", "high", "se"]
    assert found.table.groupby("point")[DAYS].first().tolist() == [2, 3]


def test_control_and_other_arms_do_not_move_with_an_arms_parameter(tiny):
    """Negative control: what is swept acts on its own arm only, since the worlds are paired."""
    table = sweep(tiny, {DAYS: [1, 5]}, replicates=2).table
    profit = table[table["metric"] == "profit"].pivot(index="arm", columns="point", values="mean")
    assert profit.loc["control", 0] == profit.loc["control", 1]
    assert profit.loc["cheap", 0] == profit.loc["cheap", 1]
    assert profit.loc["rebate", 0] != profit.loc["rebate", 1]


def test_the_same_bytes_on_any_number_of_processes_and_from_kept_points(tiny, tmp_path):
    def bytes_of(result):
        return [
            (result.folder / name).read_bytes()
            for name in ("points.parquet", "manifest.json", "scenario.toml")
        ]

    over = {DAYS: "1:3", "choice.price_sensitivity.mean": "0.5,1.0"}
    first = sweep(tiny, over, replicates=2, out=tmp_path / "a", jobs=1)
    assert bytes_of(sweep(tiny, over, replicates=2, out=tmp_path / "b", jobs=2)) == bytes_of(first)
    some = sorted((tmp_path / "a" / "points").iterdir())[:4]
    for file in some:
        file.unlink()
    assert bytes_of(sweep(tiny, over, replicates=2, out=tmp_path / "a")) == bytes_of(first)
    assert all(file.exists() for file in some)
    pd.testing.assert_frame_equal(pd.read_parquet(first.folder / "points.parquet"), first.table)
    assert sweep(tiny, over, replicates=2).manifest == first.manifest


def test_kept_points_are_used_and_belong_to_one_question(tiny, tmp_path, monkeypatch):
    import regulars.lab.compare as lab

    calls = []
    real = lab.compare
    monkeypatch.setattr(lab, "compare", lambda *a, **k: calls.append(1) or real(*a, **k))

    def computed(over, **options):
        calls.clear()
        sweep(tiny, over, **{"replicates": 2, "out": tmp_path, **options})
        return len(calls)

    assert computed({DAYS: "1:3"}) == 3
    assert computed({DAYS: "1:3"}) == 0
    assert computed({DAYS: "1:5"}) == 2  # a longer range: only what is new
    assert computed({DAYS: "1:3"}, fresh=True) == 3
    assert computed({DAYS: "1:3"}, seed=2) == 3
    assert computed({DAYS: "1:3"}, replicates=3) == 3
    assert computed({DAYS: "1:3"}, arms=["rebate"]) == 3
    broken = next((tmp_path / "points").iterdir())
    broken.write_text("{")
    assert (
        computed({DAYS: "1:5"}) + computed({DAYS: "1:3"}, seed=2) + computed({DAYS: "1:3"}, replicates=3) <= 1
    )


def damaged_rows(file, _):
    told = json.loads(file.read_text())
    told["rows"][0]["mean"] += 1.0
    file.write_text(json.dumps(told))


@pytest.mark.parametrize(
    "damage",
    [
        lambda file, other: file.write_bytes(file.read_bytes()[:200]),
        lambda file, other: file.write_bytes(b""),
        lambda file, other: file.write_text('{"rows": []}'),
        lambda file, other: file.write_text('{"rows": [], "key": "x", "checksum": "x"}'),
        lambda file, other: file.write_text("[1]"),
        lambda file, other: file.write_text("[" * 100_000),
        lambda file, other: file.write_bytes(b"\xff\xfe"),
        lambda file, other: file.write_bytes(other.read_bytes()),
        damaged_rows,
    ],
)
def test_a_damaged_point_is_computed_anew(tiny, tmp_path, damage):
    whole = sweep(tiny, {DAYS: "1:2"}, replicates=1, out=tmp_path)
    first = (whole.folder / "points.parquet").read_bytes()
    files = sorted((tmp_path / "points").iterdir())
    before = [file.read_bytes() for file in files]
    damage(*files)
    again = sweep(tiny, {DAYS: "1:2"}, replicates=1, out=tmp_path)
    assert (again.damaged, whole.damaged) == (1, 0)
    assert (again.folder / "points.parquet").read_bytes() == first
    assert [file.read_bytes() for file in files] == before
    assert sweep(tiny, {DAYS: "1:2"}, replicates=1, out=tmp_path).damaged == 0


def test_everything_wrong_is_told_before_anything_runs(tiny, tmp_path, monkeypatch):
    import regulars.lab.compare as lab

    monkeypatch.setattr(lab, "compare", lambda *a, **k: pytest.fail("something ran"))
    for over, options, message in [
        ({DAYS: "0:2"}, {}, r"days: 0 is outside \[1, 366\]"),
        ({"arms.rebate.strategies.threshold_rebate.dais": "1:2"}, {}, f"did you mean '{DAYS}'"),
        ({"arms.rebate.strategies.treshold_rebate.days": "1:2"}, {}, f"did you mean '{DAYS}'"),
        ({DAYS: "1:2"}, {"arms": ["rebat"]}, "did you mean 'rebate'"),
        ({DAYS: "1:2"}, {"design": "lhs"}, "points = None will not do: a whole number from 1"),
        ({DAYS: "1:2"}, {"design": "lhs", "points": 2.0}, r"points = 2\.0 will not do"),
        ({DAYS: "1:2"}, {"points": 3}, "points belongs to"),
        ({DAYS: "1:2"}, {"design": "sobol"}, "design = 'sobol'"),
        ({DAYS: "1:2"}, {"replicates": 0}, "replicates = 0 will not do"),
        ({}, {}, "nothing to sweep over"),
        ({"taste.kind": "dirichlet,homogenous"}, {}, "'homogenous' will not do"),
    ]:
        with pytest.raises(RegularsError, match=message):
            sweep(tiny, over, out=tmp_path / "out", **options)
    with pytest.raises(RegularsError, match="nothing to compare"):
        sweep(tiny.arm("control"), {"firms.0.price": "1:2"})
    assert not (tmp_path / "out").exists()


def test_a_failed_point_is_told_and_not_kept(tiny, tmp_path, monkeypatch):
    import regulars.lab.compare as lab

    real = lab.compare

    def fails(scenario, **options):
        if scenario.resolved()["arms"]["rebate"]["strategies"]["threshold_rebate"]["days"] == 2:
            raise RuntimeError("out of order")
        return real(scenario, **options)

    monkeypatch.setattr(lab, "compare", fails)
    found = sweep(tiny, {DAYS: "1:3"}, replicates=1, out=tmp_path)
    assert found.failed == {1: "RuntimeError: out of order"}
    assert found.table["point"].unique().tolist() == [0, 2]
    assert len(os.listdir(tmp_path / "points")) == 2
    assert found.table["se"].isna().all()  # one replicate has no standard error
    monkeypatch.setattr(lab, "compare", real)
    assert sweep(tiny, {DAYS: "1:3"}, replicates=1, out=tmp_path).failed == {}


def test_the_manifest_tells_what_was_asked(tiny, tmp_path):
    found = sweep(tiny, {DAYS: "1:2", "taste.kind": ["dirichlet"]}, replicates=1, seed=5, out=tmp_path)
    told = json.loads((found.folder / "manifest.json").read_text())
    assert told["over"] == {DAYS: [1, 2], "taste.kind": ["dirichlet"]}
    assert (told["seed"], told["replicates"], told["points"], told["arms"]) == (5, 1, 2, ["rebate", "cheap"])
    assert [p["values"][DAYS] for p in told["status"]] == [1, 2]
    assert len({p["key"] for p in told["status"]}) == 2 and "numpy" in told["environment"]["packages"]


def test_an_axis_of_numbers_and_distributions_is_a_column_of_text(tiny, tmp_path):
    over = {"choice.price_sensitivity": [0.5, {"distribution": "uniform", "low": 0.0, "high": 1.0}]}
    found = sweep(tiny, over, replicates=1, out=tmp_path)
    column = found.table["choice.price_sensitivity"]
    assert [json.loads(text) for text in column.unique()] == list(over["choice.price_sensitivity"])
    pd.testing.assert_frame_equal(pd.read_parquet(found.folder / "points.parquet"), found.table)


def test_dates_are_a_column_of_dates(tiny):
    table = sweep(tiny, {"market.start": "2024-01-01,2024-01-02"}, replicates=1, jobs=1).table
    assert table["market.start"].unique().tolist() == ["2024-01-01", "2024-01-02"]


def test_a_number_by_a_free_name_is_swept(tiny):
    shop = tiny.set(
        {
            "categories": [{"name": "milk"}, {"name": "fruit"}],
            "firms.0.categories": {"milk": 0.5, "fruit": 0.0},
        }
    )
    found = sweep(shop, {"firms.0.categories.milk": "0:1#2"}, replicates=1, jobs=1)
    assert found.table["firms.0.categories.milk"].unique().tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    ("name", "told"),
    [("about.title", "this is a text for people"), ("firms.0", "whole table"), ("firms.0.strategies", "whole table"), ("arms.rebate", "whole table")],
)  # fmt: skip
def test_what_is_no_parameter_is_called_what_it_is(tiny, name, told):
    with pytest.raises(RegularsError, match=f"{name}: this is a.*{told.removeprefix('this is a ')}"):
        sweep(tiny, {name: "x,y"})


def test_the_figure_names_parameters_with_their_units(tiny):
    figure = sweep(tiny, {"arms.*.strategies.threshold_rebate.rate": "0.1:0.3#3"}, replicates=2).figure()
    labels = [axes.get_xlabel() for axes in figure.axes]
    assert "threshold rebate rate, share of spending" in labels


def test_progress_counts_every_point(tiny):
    seen = []
    sweep(tiny, {DAYS: "1:3"}, replicates=1, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_progress_says_a_line_now_and_then_and_nothing_when_quiet():
    stream = io.StringIO()
    with Progress("sweep", "points", every=0.0, stream=stream) as progress:
        for done in range(4):
            progress(done, 3)
    lines = stream.getvalue().splitlines()
    assert lines[0] == "sweep: 0 of 3 points"
    assert lines[1].startswith("sweep: 1 of 3 points, about ") and lines[1].endswith(" left")
    assert len(lines) == 3  # the end is told by the result
    quiet = io.StringIO()
    with Progress("sweep", "points", quiet=True, every=0.0, stream=quiet) as progress:
        progress(1, 3)
    assert quiet.getvalue() == ""
    assert (spoken(0.2), spoken(89), spoken(600), spoken(7500)) == ("1 s", "89 s", "10 min", "2 h 5 min")
    assert math.isfinite(progress.every)
