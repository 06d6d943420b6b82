"""What cannot be asked for is refused before anything runs: by `compare`, by `sweep` and on the command line alike."""

import inspect

import numpy as np
import pandas as pd
import pytest

from regulars import Scenario, compare, fit, sweep
from regulars.ground.errors import RegularsError
from regulars.lab.asked import MOST_REPLICATES, asked
from regulars.panels import Panel

SHOPS = {
    "about": {"title": "two shops"},
    "market": {"customers": 30, "days": 14, "seed": 7},
    "need": {"process": "calendar", "attendance": 0.6},
    "firms": [{"name": "ours", "cost": 0.7}, {"name": "theirs", "cost": 0.7}],
    "arms": {
        "rebate": {"strategies": {"threshold_rebate": {"days": 3}}},
        "cheap": {"strategies": {"everyday_low_price": {"discount": 0.05}}},
    },
}
WRONG = [
    *(("replicates", value) for value in (0, -1, 2.5, 2.0, 1e9, True, np.True_, "3", None, np.float64(2), MOST_REPLICATES + 1)),
    *(("seed", value) for value in (-1, 2**64, 2.5, True, "1", float("nan"))),
    *(("jobs", value) for value in (0, -1, 1.5, True, "2", 10**6)),
    *(("arms", value) for value in ("rebate", b"rebate", [], (), ["rebate", "rebate"], ["control"], ["rebat"], [1], 5, {"rebate"}, ["rebate", None])),
]  # fmt: skip


@pytest.fixture(scope="module")
def shops():
    return Scenario(SHOPS)


@pytest.fixture
def nothing_runs(monkeypatch):
    from regulars.market import Market

    monkeypatch.setattr(Market, "step", lambda self: pytest.fail("something ran"))


@pytest.mark.parametrize(("option", "value"), WRONG, ids=repr)
def test_compare_and_sweep_refuse_the_same(shops, option, value, nothing_runs):
    for way in (compare, lambda s, **o: sweep(s, {"firms.ours.price": [1.0]}, **o)):
        with pytest.raises(RegularsError) as told:
            way(shops, **{option: value})
        assert option in str(told.value)


def test_what_is_right_is_taken_as_plain_numbers(shops):
    how = asked(shops, iter(["cheap"]), np.int64(3), np.uint64(2**64 - 1), np.int8(2))
    assert (how.arms, how.replicates, how.seed, how.jobs) == (("cheap",), 3, 2**64 - 1, 2)
    assert [type(value) for value in (how.replicates, how.seed, how.jobs)] == [int] * 3
    assert asked(shops, None, 1, None, None).seed == 7


def test_wrong_arms_say_what_would_be_right(shops):
    for arms, told in (
        ("rebate", r"a list of names is needed, as in \['rebate'\]"),
        (["rebat"], "did you mean 'rebate'"),
    ):
        with pytest.raises(RegularsError, match=told):
            compare(shops, arms=arms)


@pytest.mark.parametrize("thing", [None, 5, [1], pd.DataFrame(), b"x.toml"], ids=repr)
def test_what_is_no_scenario_is_told(thing):
    for way in (compare, lambda s: sweep(s, {"firms.ours.price": [1.0]})):
        with pytest.raises(
            RegularsError, match="a scenario is needed, its table or the path of its file, not"
        ):
            way(thing)


@pytest.mark.parametrize("over", [None, {}, [], ["firms.ours.price"], "firms.ours.price=1", 5], ids=repr)
def test_what_is_nothing_to_sweep_over_is_told(shops, over):
    with pytest.raises(RegularsError, match="name parameters and their values in a table"):
        sweep(shops, over)


def test_pairing_and_doubt_are_checked_at_every_point_of_a_sweep(shops, nothing_runs):
    wrong = shops.set({"arms.rebate.set": {"need.attendance": 0.7}})
    with pytest.raises(RegularsError, match=r'arms\.rebate\.set\."need\.attendance": this changes \[need\]'):
        sweep(wrong, {"need.attendance": [0.7, 0.8]})
    doubtful = shops.set({"uncertainty": {"need.process": 0.1}})
    for way in (compare, lambda s: sweep(s, {"firms.ours.price": [1.0]})):
        with pytest.raises(RegularsError, match=r"uncertainty\.need\.process"):
            way(doubtful)


@pytest.mark.parametrize(
    ("metric", "told"), [("proft", "did you mean 'profit'"), (5, "no metric is called 5"), ("", "known here")]
)
def test_a_metric_that_is_none(shops, metric, told):
    result = compare(shops, replicates=1, jobs=1, arms=["cheap"])
    with pytest.raises(RegularsError, match=told):
        result.wide(metric)
    with pytest.raises(RegularsError, match="did you mean 'cheap'"):
        result.break_even_day("cheep")


@pytest.mark.parametrize(
    ("thing", "told"),
    [
        (pd.DataFrame({"customer": ["a"]}), "no column for"),
        ("log.csv", r"log\.csv: no such file"),
        (None, "a log is needed, not None: a Panel, the path of a file"),
        (5, "a log is needed, not 5"),
    ],
    ids=lambda t: type(t).__name__,
)
def test_fit_says_what_it_takes(thing, told):
    with pytest.raises(RegularsError, match=told):
        fit(thing)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("customers", value) for value in (0, -5, 1.5, True, "9")),
        *(("days", value) for value in (0, -1, float("nan"), float("inf"), "a year", True)),
        *(("margin", value) for value in (0, 1.5, float("nan"), "0.2", True)),
        *(("seed", value) for value in (-1, 0.5, 2**64)),
    ],
)
def test_fit_refuses_numbers_that_make_no_sense(option, value):
    n = 60
    table = pd.DataFrame(
        {
            "customer": np.repeat(np.arange(n), 2),
            "time": np.tile([1.0, 9.0], n),
            "firm": ["a", "b"] * n,
            "amount": 1.0,
        }
    )
    with pytest.raises(RegularsError, match=f"{option} = "):
        fit(Panel(table), **{option: value})


def test_compare_and_sweep_have_the_same_options():
    """A new option of one needs its check in the other."""
    assert set(inspect.signature(asked).parameters) - {"scenario"} <= set(
        inspect.signature(compare).parameters
    )
    assert set(inspect.signature(asked).parameters) - {"scenario"} <= set(inspect.signature(sweep).parameters)


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--arms", "rebate,rebate"], 1, "'rebate' is named twice"),
        (["--arms", "control"], 1, "'control' is always there"),
        (["--arms", ","], 1, "none is named"),
        (["--arms", ""], 1, "none is named"),
        (["--replicates", "2000000"], 1, "replicates = 2000000"),
        (["--replicates", "0"], 2, "--replicates"),
        (["--jobs", "0"], 2, "--jobs"),
        (["--seed", "-1"], 2, "--seed"),
        (["--set", "market.days=3", "--set", "market.days=4"], 2, "'market.days' is given twice"),
        (["--set", "firms.0.price=1", "--set", "firms.ours.price=2"], 1, "give one of them"),
        (["--set", "market.customers=" + "9" * 5000], 1, "--set market.customers"),
        (["--set", "market.customers=" + "[" * 5000], 1, "--set market.customers"),
    ],
    ids=lambda value: str(value)[:40],
)
@pytest.mark.parametrize("command", ["compare", "sweep"])
def test_the_command_line_refuses_the_same(command, words, code, told, tmp_path, monkeypatch, nothing_runs):
    from typer.testing import CliRunner

    from regulars.cli.app import app

    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.toml").write_text(Scenario(SHOPS).toml())
    more = ["--over", "firms.ours.cost=0.1,0.2"] if command == "sweep" else []
    ended = CliRunner().invoke(app, [command, "t.toml", *more, *words])
    assert (ended.exit_code, ended.stdout) == (code, "")
    assert told in " ".join(ended.stderr.replace("│", " ").split())
    assert len(ended.stderr) < 3000
    assert [path.name for path in tmp_path.iterdir()] == ["t.toml"]


def test_columns_and_axes_given_twice(tmp_path, monkeypatch):
    from typer.testing import CliRunner

    from regulars.cli.app import app

    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.toml").write_text(Scenario(SHOPS).toml())
    for words in (
        ["sweep", "t.toml", "--over", "firms.ours.price=1,2", "--over", "firms.ours.price=3"],
        ["fit", "l.csv", "--out", "m.toml", "--columns", "amount=x,amount=y"],
    ):
        ended = CliRunner().invoke(app, words)
        assert ended.exit_code == 2 and "given twice" in ended.stderr
    ended = CliRunner().invoke(
        app, ["sweep", "t.toml", "--over", "firms.ours.price=1", "--over", "firms.0.price=3"]
    )
    assert ended.exit_code == 1 and "give one of them" in ended.stderr
    ended = CliRunner().invoke(app, ["fit", "l.csv", "--out", "m.toml", "--columns", ""])
    assert ended.exit_code == 2 and "OURS=YOURS" in ended.stderr
