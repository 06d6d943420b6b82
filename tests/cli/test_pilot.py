"""`regulars pilot` and `regulars update`: what they say, write and refuse."""

import json

import pandas as pd
import pytest

from regulars import load

DOUBT = '\n[uncertainty]\n"choice.price_sensitivity" = 0.3\n'
FEW = ("--replicates", 10, "--jobs", 1)
OUTCOME = "group,customers,mean,sd\ntreatment,900,1.15,1.0\nholdout,900,1.1,1.0\n"


@pytest.fixture
def doubtful(tiny):
    """The tiny scenario, longer and with something in doubt, and the outcome of a pilot beside it."""
    text = tiny.read_text(encoding="utf-8").replace("days = 28", "days = 42")
    tiny.write_text(text + DOUBT, encoding="utf-8")
    tiny.with_name("pilot.csv").write_text(OUTCOME, encoding="utf-8")
    return tiny


def test_a_pilot_is_proposed_or_not(call, doubtful):
    words = (
        "pilot",
        doubtful,
        "--arm",
        "cheap",
        "--weeks",
        "2",
        "--measure",
        "contribution",
        "--take",
        "30,60",
        *FEW,
    )
    done = call(*words)
    assert done.exit_code == 0, done.stderr
    text = " ".join(done.stdout.split())
    assert text.startswith(("Decide now: ", "Try cheap on "))
    for part in (
        "Without a pilot the choice is",
        "assurance",
        "randomised pilot",
        "before and after",
        "are taken not to influence one another",
    ):
        assert part in text, part
    told = json.loads(call(*words, "--json", "--out", "plan").stdout)
    written = pd.read_csv("plan/designs.csv")
    assert written["net"].tolist() == pytest.approx([row["net"] for row in told["designs"]])
    assert load("plan/scenario.toml").spec.uncertainty and len(pd.read_csv("plan/trap.csv")) == len(
        told["trap"]
    )
    doubtful.with_name("plan").joinpath("designs.csv").write_text("mine", encoding="utf-8")
    again = call(*words, "--out", "plan")
    assert again.exit_code == 1 and "this was changed since it was written" in again.stderr
    assert [(row["treated"], row["held_out"]) for row in told["designs"]] in (
        [(15, 15), (30, 30)],
        [(30, 30), (15, 15)],
    )
    assert told["recommended"] is None or told["recommended"]["net"] > 0
    assert ("Decide now" in text) == (told["recommended"] is None)
    assert {row["way"] for row in told["trap"]} >= {"truth", "randomised pilot"}


def test_costs_and_population_are_counted(call, doubtful):
    words = (
        "pilot",
        doubtful,
        "--arm",
        "cheap",
        "--weeks",
        "2",
        "--measure",
        "spending",
        "--take",
        "100",
        "--share",
        "20%",
        *FEW,
        "--json",
    )
    plain, dear = (
        json.loads(call(*words, "--population", 5000, *more).stdout)["designs"][0]
        for more in ((), ("--cost-setup", 7, "--cost-customer", 2))
    )
    assert (plain["treated"], plain["held_out"], plain["costs"]) == (80, 20, 0.0)
    assert dear["costs"] == 7 + 2 * 100 and dear["net"] == pytest.approx(plain["net"] - dear["costs"])
    assert call(*words, "--cost-setup", 10**9).exit_code == 1  # one hundred of sixty customers


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--arm", "chaep"), 1, "did you mean 'cheap'?"),
        (("--arm", "cheap", "--replicates", 5), 1, "--replicates 10"),
        (("--arm", "cheap", "--measure", "contribtion"), 1, "did you mean 'contribution'?"),
        (("--arm", "cheap", "--weeks", "two"), 2, "'two' is no whole number"),
        (("--arm", "cheap", "--weeks", ","), 2, "names no number"),
        (("--arm", "cheap", "--weeks", "6"), 1, "at most 5 weeks"),
        (("--arm", "cheap", "--share", "much"), 2, "is no share"),
        ((), 2, "Missing option '--arm'"),
        (("--arm", "cheap", "--set", "uncertainty={}"), 1, "nothing is uncertain here"),
    ],
)
def test_what_will_not_do(call, doubtful, words, code, told):
    done = call("pilot", doubtful, *words)
    assert done.exit_code == code and told in done.stderr and done.stdout == ""


def test_the_answer_after_a_pilot(call, doubtful):
    words = ("update", doubtful, "--pilot", "pilot.csv", "--weeks", 2, "--arm", "cheap", "--replicates", 30, "--jobs", 1)  # fmt: skip
    done = call(*words, "--out", "after.toml")
    assert done.exit_code == 0, done.stderr
    text = " ".join(done.stdout.split())
    assert (
        text.startswith("Choose ")
        and "The pilot found 0.0500 per customer (95% interval -0.0424 to 0.142)" in text
    )
    assert (
        "scenario after the pilot: after.toml" in text
        and doubtful.with_name("after.posterior.parquet").exists()
    )
    assert list(load("after.toml").spec.posterior) == ["choice.price_sensitivity.mean"]
    assert call("check", "after.toml").exit_code == 0
    told = json.loads(call(*words, "--json").stdout)
    assert {row["arm"] for row in told["answer"]} == {"control", "rebate", "cheap"}
    assert told["difference"] == pytest.approx(0.05) and 10 <= told["effective"] <= 30
    assert told["verdict"] == told["choice_after"] and told["contradicted"] is False
    assert call(*words, "--out", "after.toml").exit_code == 0  # ours, unchanged
    doubtful.with_name("after.toml").write_text("mine", encoding="utf-8")
    late = call(*words, "--replicates", 10**5, "--out", "after.toml")  # told before anything runs
    assert "there is a file of this name that regulars did not write" in late.stderr


def test_an_outcome_that_contradicts_the_model_gives_no_verdict(call, doubtful):
    doubtful.with_name("pilot.csv").write_text(OUTCOME.replace("1.15,1.0", "9.2,1.0"), encoding="utf-8")
    words = ("update", doubtful, "--pilot", "pilot.csv", "--weeks", 2, "--arm", "cheap", *FEW)
    done = call(*words)
    assert done.exit_code == 0 and done.stdout.startswith("No verdict: the pilot contradicts what was thought possible.")  # fmt: skip
    assert "Choose" not in done.stdout and "cannot be said" in done.stdout
    told = json.loads(call(*words, "--json").stdout)
    assert told["verdict"] is None and told["contradicted"] is True and told["effective"] < 2
    assert {row["after_low"] for row in told["answer"]} == {None}


def test_what_one_is_sure_of_is_no_longer_drawn(call, doubtful):
    sure = ("--sure", "price sensitivity = 2.5")
    told = json.loads(call("update", doubtful, "--pilot", "pilot.csv", "--weeks", 2, "--arm", "cheap", *FEW, "--json", "--set", 'evidence.priors="published"', *sure).stdout)  # fmt: skip
    assert [row["input"] for row in told["inputs"] if "price_sensitivity" in row["input"]] == []
    refused = call("pilot", doubtful, "--arm", "cheap", *FEW, *sure)  # the only thing that was in doubt
    assert refused.exit_code == 1 and "nothing is uncertain here" in refused.stderr
    assert "did you mean" in call("pilot", doubtful, "--arm", "cheap", "--sure", "margni = 0.3").stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--arm", "chaep"), "did you mean 'cheap'?"),
        ((), "say which arm the pilot tried (--arm): rebate, cheap"),
        (("--arm", "cheap", "--measure", "sales"), "no measure is called 'sales'"),
        (("--arm", "cheap", "--out", "after.txt"), "the name of a scenario ends in .toml"),
        (("--arm", "cheap", "--pilot", "other.csv"), "other.csv: there is no such file"),
    ],
)
def test_what_is_no_outcome(call, doubtful, words, told):
    start = ("update", doubtful, "--weeks", 2, *(() if "--pilot" in words else ("--pilot", "pilot.csv")))
    done = call(*start, *words)
    assert done.exit_code == 1 and told in done.stderr and done.stdout == ""


def test_a_wrong_row_is_told_with_its_line(call, doubtful):
    doubtful.with_name("pilot.csv").write_text(OUTCOME.replace("holdout", "heldout"), encoding="utf-8")
    done = call("update", doubtful, "--pilot", "pilot.csv", "--weeks", 2, "--arm", "cheap")
    assert (
        done.exit_code == 1
        and "pilot.csv, line 3: group = 'heldout' is none; did you mean 'holdout'?" in done.stderr
    )


def test_what_one_is_sure_of_stands_in_the_scenario_that_is_written(call, doubtful, tmp_path):
    """As what `--set` changes does: whoever opens the folder later sees why it is not the file."""
    from regulars import load

    words = ("pilot", doubtful, "--arm", "cheap", "--weeks", 2, "--take", 60, *FEW)
    for more, noted in ((("--sure", "margin = 0.4"), ("--sure margin = 0.4",)), ((), ())):
        done = call(*words, *more, "--out", tmp_path / f"plan{len(more)}")
        assert done.exit_code == 0, done.stderr
        assert load(tmp_path / f"plan{len(more)}" / "scenario.toml").spec.about.changed == noted
