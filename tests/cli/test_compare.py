"""`regulars compare` and `regulars sweep`: what they print and what they leave behind."""

import json

import pandas as pd
import pytest

from regulars.ground.errors import RegularsError


def test_compare_ranks_and_writes(call, tiny, tmp_path):
    words = ("compare", tiny, "--replicates", 3, "--no-report")
    told = call(*words, "--json")
    assert told.exit_code == 0
    document = json.loads(told.stdout)
    folder = tmp_path / document["folder"]
    assert folder.parent == tmp_path / "results"
    assert {row["arm"] for row in document["ranking"]} == {"rebate", "cheap"}
    profits = [row["incremental_profit"] for row in document["ranking"]]
    assert profits == sorted(profits, reverse=True)
    assert len(pd.read_parquet(folder / "metrics.parquet")["replicate"].unique()) == 3
    text = call(*words)
    assert text.exit_code == 0 and "rebate" in text.stdout and document["folder"] in text.stdout
    one = json.loads(call(*words, "--json", "--arms", "cheap").stdout)
    assert [row["arm"] for row in one["ranking"]] == ["cheap"]
    assert one["ranking"][0]["incremental_profit"] == next(
        row["incremental_profit"] for row in document["ranking"] if row["arm"] == "cheap"
    )


def test_a_forecast_off_its_log_is_told_in_the_terminal_and_in_json(call, tiny):
    """A log that sold a tenth of what the market sells, in the terminal; after `--sure` the sentence says that values were changed."""
    words = ["compare", tiny, "--replicates", 2, "--no-report"]
    free = json.loads(call(*words, "--json").stdout)
    assert free["off_the_log"] is None and free["forecast"].startswith("Without a programme")
    assert "Without a programme" not in call(*words).stdout
    firm = free["focal"]
    sold = next(
        row["mean"] for row in free["summary"] if (row["arm"], row["metric"]) == ("control", "revenue")
    )
    log = f'log_firm = "{firm}"\nlog_days = 28.0\nlog_customers = 60.0\nlog_sales = {sold / 10}\n'
    tiny.write_text(tiny.read_text("utf-8").replace("[about]\n", f"[about]\n{log}"), encoding="utf-8")
    told = json.loads(call(*words, "--json").stdout)
    assert told["off_the_log"] == pytest.approx(9.0) and "the forecast is 900.0% above it" in told["forecast"]
    assert told["forecast"] in " ".join(call(*words).stdout.split())
    sure = json.loads(call(*words, "--sure", "margin = 0.31", "--json").stdout)
    assert "with values changed on the command line" in sure["forecast"]


def test_tables_are_written_for_spreadsheets_and_what_is_lacking_is_told_first(
    call, tiny, tmp_path, monkeypatch
):
    words = (
        "compare",
        tiny,
        "--replicates",
        2,
        "--no-report",
        "--set",
        "arms.cheap.strategies.everyday_low_price.discount=0.1",
        "--customers",
        50,
        "--json",
    )
    folder = tmp_path / json.loads(call(*words, "--format", "csv").stdout)["folder"]
    arms = pd.read_csv(folder / "arms.csv")
    assert set(arms["arm"]) == {"rebate", "cheap"}
    about = pd.read_csv(folder / "about.csv").set_index("what")["value"]
    assert (
        "arms.cheap.strategies.everyday_low_price.discount=0.1" in about["command"]
        and "--customers 50" in about["command"]
        and "--replicates 2" in about["command"]
    )
    again = tmp_path / json.loads(call(*words).stdout)["folder"]
    assert (
        again == folder and not (folder / "arms.csv").exists()
    )  # what is no longer asked for does not stay to be taken for new
    import regulars.lab.compare as lab

    monkeypatch.setattr(lab, "results", lambda *_: pytest.fail("it has begun"))
    monkeypatch.setenv("PATH", "")
    assert (
        "does not go without it" in call(*words, "--format", "pdf").stderr
        or call(*words, "--format", "pdf").exit_code
    )
    assert call(*words, "--format", "docx").exit_code


def test_by_month_and_by_segment(call, tiny, tmp_path):
    words = ["compare", tiny, "--replicates", 2, "--no-report", "--stores", 40]
    for name in ("month", "segment", "rate"):
        words += ["--by", name]
    told = call(*words, "--discount-rate", 0.1, "--json")
    document = json.loads(told.stdout)
    folder = tmp_path / document["folder"]
    months, parts = (pd.read_csv(folder / f"by_{name}.csv") for name in ("month", "segment"))
    assert set(months["scale"]) == {40.0} and set(months["discount_rate"]) == {0.1}
    assert set(parts["by"]) == {"purchases", "tenure", "rate"} and len(parts) == len(document["by_segment"])
    gained = {row["arm"]: row["incremental_profit"] for row in document["ranking"]}
    sums = parts.query("by == 'rate' and metric == 'incremental_contribution'").groupby("arm")["mean"].sum()
    assert sums.to_dict() == pytest.approx({arm: 40 * gain for arm, gain in gained.items()})
    text = " ".join(call(*words).stdout.split())
    assert "40 stores, taken to be all like this one" in text and "Not discounted" in text
    assert (
        "by month" in text
        and "tenure: old" in text
        and "tenure: not seen yet" in text
        and "tenure: new" not in text
        and "not by customer" in text
    )


def test_parts_that_make_no_sense_are_told_before_anything_runs(call, tiny, tmp_path):
    for wrong, code, said in (
        (("--by", "monthly"), 1, "no 'monthly'"),
        (("--stores", 40), 2, "go with --by"),
        (("--by", "segment", "--discount-rate", 0.1), 2, "--by month"),
        (("--by", "month", "--stores", 0), 1, "scale = 0"),
        (("--tornado", "all"), 2, "one-at-a-time"),
        (("--tornado", "one-at-a-time"), 2, "nothing is uncertain"),
    ):
        told = call("compare", tiny, "--replicates", 1, "--no-report", *wrong)
        assert told.exit_code == code and said in " ".join(told.stderr.split()), (wrong, told.stderr)
    assert not (tmp_path / "results").exists()


def test_the_tornado_tells_its_runs_first(call, tiny, tmp_path):
    words = (
        "compare",
        tiny,
        "--replicates",
        2,
        "--no-report",
        "--set",
        'uncertainty={"choice.price_sensitivity" = 0.3}',
    )
    told = call(*words, "--tornado", "one-at-a-time")
    assert told.exit_code == 0, told.stderr
    assert "1 uncertain input x 2 ends x 2 replicates = 4 runs" in " ".join(told.stderr.split())
    (file,) = (tmp_path / "results").rglob("tornado.csv")
    assert (
        pd.read_csv(file)["input"].tolist() == ["choice.price_sensitivity"] and "by regression" in told.stdout
    )


def test_set_reaches_a_strategy_in_every_arm_that_has_it(call, tiny):
    def rewards(*words):
        document = json.loads(
            call("compare", tiny, "--replicates", 2, "--no-report", "--json", *words).stdout
        )
        return {(row["arm"], row["metric"]): row["mean"] for row in document["summary"]}

    base, easier = rewards(), rewards("--set", "arms.*.strategies.threshold_rebate.days=1")
    assert easier["rebate", "reward_cost"] > base["rebate", "reward_cost"]
    assert easier["control", "reward_cost"] == base["control", "reward_cost"] == 0


def test_wrong_arms_are_told_before_anything_runs(call, tiny, tmp_path):
    for command in (["compare"], ["sweep", "--over", "firms.0.price=1,2"]):
        told = call(command[0], tiny, *command[1:], "--arms", "cheep")
        assert told.exit_code == 1 and "did you mean 'cheap'?" in told.stderr
    assert not (tmp_path / "results").exists()


def test_a_file_in_the_way(call, tiny, tmp_path):
    (tmp_path / "results").write_text("not a folder")
    told = call("compare", tiny, "--replicates", 1, "--no-report")
    assert told.exit_code == 2 and "results" in told.stderr


def test_sweep_prints_and_writes(call, tiny, tmp_path):
    words = ("sweep", tiny, "--over", "arms.rebate.strategies.threshold_rebate.days=2:3", "--replicates", 2)
    document = json.loads(call(*words, "--json").stdout)
    table = pd.read_parquet(tmp_path / document["folder"] / "points.parquet")
    assert document["points"] == 2 and len(document["table"]) == len(table)
    manifest = json.loads((tmp_path / document["folder"] / "manifest.json").read_text())
    assert manifest == {key: value for key, value in document.items() if key not in ("table", "folder")}
    text = call(*words)
    assert (
        text.exit_code == 0 and "threshold_rebate.days" in text.stdout and document["folder"] in text.stdout
    )


def test_damaged_points_are_told_once(call, tiny, tmp_path):
    words = ("sweep", tiny, "--over", "firms.ours.cost=0.6,0.7,0.8", "--replicates", 1)
    table = json.loads(call(*words, "--json").stdout)["table"]
    for file in sorted((tmp_path / "results" / "points").iterdir())[:2]:
        file.write_text("{")
    told = call(*words, "--json")
    assert (
        told.stderr == "regulars: 2 kept points were not as they had been written; they were computed anew\n"
    )
    assert told.exit_code == 0 and json.loads(told.stdout)["table"] == table


def test_sweep_tells_what_is_wrong_before_anything_runs(call, tiny, tmp_path):
    def told(*words):
        result = call("sweep", tiny, *words)
        return result.exit_code, result.stderr.replace("\n", " ")

    assert told() == (2, told()[1]) and "--over" in told()[1]
    assert told("--over", "price")[0] == 2
    assert told("--over", "firms.0.price=1,2", "--design", "sobol")[0] == 2
    assert told("--over", "firms.0.price=1,2", "--design", "lhs")[0] == 2
    assert told("--over", "firms.0.price=1,2", "--points", 3)[0] == 2
    code, message = told("--over", "firms.0.prise=1,2", "--over", "need.meen=1")
    assert code == 1 and "did you mean 'firms.0.price'?" in message and "did you mean 'need.mean'?" in message
    code, message = told("--over", "firms.0.price=-1:1")
    assert code == 1 and "-1.0 is outside [0, inf)" in message
    assert not (tmp_path / "results").exists()


def test_a_point_that_fails_is_told_and_the_rest_is_kept(call, tiny, monkeypatch):
    import regulars.lab.compare as lab

    real = lab.compare

    def fails_at_two(scenario, **options):
        if scenario.value("arms.rebate.strategies.threshold_rebate.days") == 2:
            raise RuntimeError("out of order")
        return real(scenario, **options)

    monkeypatch.setattr(lab, "compare", fails_at_two)
    told = call(
        "sweep",
        tiny,
        "--over",
        "arms.rebate.strategies.threshold_rebate.days=1:3",
        "--replicates",
        2,
        "--json",
    )
    assert told.exit_code == 3 and "point 1 failed: RuntimeError: out of order" in told.stderr
    status = [point["status"] for point in json.loads(told.stdout)["status"]]
    assert status == ["done", "failed", "done"]


@pytest.mark.parametrize(
    "error",
    [RegularsError("this will not do"), MemoryError("no room"), OSError(28, "No space left on device")],
    ids=repr,
)
def test_a_point_that_fails_by_its_input_is_no_failure_of_ours(call, tiny, monkeypatch, error):
    def fails(*_, **__):
        raise error

    monkeypatch.setattr("regulars.lab.compare.replicate", fails)
    told = call("sweep", tiny, "--over", "firms.0.cost=0.5", "--replicates", 1, "--json")
    assert told.exit_code == 1 and "point 0 failed" in told.stderr
    assert json.loads(told.stdout)["status"][0]["fault"] == "input"


def test_what_is_no_scenario_says_what_is(call, tiny, tmp_path, monkeypatch):
    """The file beside it, the scenario of a folder of results, the command that makes one of a log."""
    (tmp_path / "shop_us.toml").write_text(tiny.read_text())
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "shop_eu.toml").write_text(tiny.read_text())
    (tmp_path / "results" / "tiny-1").mkdir(parents=True)
    (tmp_path / "results" / "tiny-1" / "scenario.toml").write_text(tiny.read_text())
    (tmp_path / "shop.csv").write_text("customer,time,amount\n1,2,3\n")
    for name, told in {
        "shop_us.tml": "shop_us.tml: there is no such scenario; did you mean 'shop_us.toml'?",
        "shop_su": "did you mean 'shop_us.toml'?",
        "deep/shop_eu.tom": "did you mean 'deep/shop_eu.toml'?",
        "results/tiny-1": "this is a folder of results; the scenario that they are of is results/tiny-1/scenario.toml",
        "deep": "this is a folder; a scenario is a .toml file; in it are shop_eu.toml",
        "results": "this is a folder; a scenario is a .toml file",
        "shop.csv": "this looks like a log of purchases and is no scenario; `regulars fit shop.csv --out NAME.toml` makes one of it",
    }.items():
        for command in ("compare", "run", "check"):
            ended = call(command, name)
            assert ended.exit_code == 1 and told in ended.output, (command, ended.output)


def test_what_a_fit_found_wanting_stands_beside_the_answer(call, tiny, tmp_path):
    words = ("compare", tiny, "--replicates", 2, "--no-report", "--arms", "cheap")
    assert "the fit:" not in call(*words).stdout
    wanting = ("--set", 'about.health=["FAIL oddities: a guest has a fifth of the money"]')
    assert "the fit: FAIL oddities: a guest has a fifth of the money" in call(*words, *wanting).stdout
    assert json.loads(call(*words, *wanting, "--json").stdout)["health"] == [
        "FAIL oddities: a guest has a fifth of the money"
    ]
