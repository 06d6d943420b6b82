"""`regulars run`: one market, its books, its log."""

import json

import pandas as pd
import pytest

from regulars import load


def test_the_books_are_those_of_the_market(call, tiny):
    told = json.loads(call("run", tiny, "--json").stdout)
    market = load(tiny).market().run()
    assert [row["firm"] for row in told["firms"]] == ["ours", "theirs"]
    assert told["firms"][0]["purchases"] == market.firm("ours").purchases
    assert told["firms"][0]["profit"] == market.firm("ours").profit
    assert told["arm"] == "control" and told["seed"] == 1
    text = call("run", tiny)
    assert text.exit_code == 0 and "theirs" in text.stdout and "Money in currency." in text.stdout


def test_seed_days_arm_threads_and_set(call, tiny):
    def run(*words):
        return json.loads(call("run", tiny, "--json", *words).stdout)

    base = run()
    assert run("--seed", 2)["firms"] != base["firms"] == run("--threads", 2)["firms"]
    assert run("--days", 14)["opportunities"] < base["opportunities"]
    assert run("--arm", "rebate")["firms"][0]["rewards"] > 0 == base["firms"][0]["rewards"]
    easier = run("--arm", "rebate", "--set", "arms.rebate.strategies.threshold_rebate.days=1")
    assert easier["firms"][0]["rewards"] > run("--arm", "rebate")["firms"][0]["rewards"]
    assert run("--set", "market.currency=EUR")["currency"] == "EUR"
    added = run("--set", "firms.ours.strategies.everyday_low_price={discount = 0.5}")
    assert added["firms"][0]["purchases"] > base["firms"][0]["purchases"]


def test_one_number_of_a_distribution_leaves_the_others(call, tiny):
    told = json.loads(call("show", tiny, "--parameters", "--json").stdout)["parameters"]
    assert {"distribution": "lognormal", "mean": 1.0, "sd": 0.3} in [row["value"] for row in told]
    same = call("run", tiny, "--json", "--set", "choice.price_sensitivity.mean=1.0").stdout
    assert json.loads(same)["firms"] == json.loads(call("run", tiny, "--json").stdout)["firms"]


def test_the_log_is_written_whole(call, tiny, tmp_path):
    file = tmp_path / "deep" / "events.parquet"
    told = json.loads(call("run", tiny, "--log", file, "--json").stdout)
    rows = pd.read_parquet(file)
    assert len(rows) == told["opportunities"]
    assert (rows["firm"] == "ours").sum() == told["firms"][0]["purchases"]
    written = sorted(path.name for path in file.parent.iterdir())
    assert written == ["events-programmes.parquet", "events.datapackage.json", "events.parquet"]
    package = json.loads((file.parent / "events.datapackage.json").read_text())
    for resource in package["resources"]:
        named = [field["name"] for field in resource["schema"]["fields"]]
        assert named == list(pd.read_parquet(file.parent / resource["path"]).columns)


def test_a_log_without_an_opportunity_is_an_empty_table(call, tiny, tmp_path):
    assert call("run", tiny, "--set", "need.attendance=0.0", "--log", "empty.parquet").exit_code == 0
    rows = pd.read_parquet(tmp_path / "empty.parquet")
    assert rows.empty and {"time", "customer", "firm", "amount"} <= set(rows.columns)


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--arm", "rebat"], 1, "did you mean 'rebate'?"),
        (["--days", "-3"], 1, "--days: market.days: -3.0 is outside (0, 36525]"),
        (
            ["--set", "market.custmers=3"],
            1,
            "--set: market.custmers: no parameter of this name; did you mean 'market.customers'?",
        ),
        (["--set", "market.customers=[1"], 1, "is no TOML value"),
        (["--set", "market.customers"], 2, "is not of the form NAME=VALUE"),
        (["--log", "."], 2, "directory"),
        (["--log", "x.csv"], 1, "--log: 'x.csv' will not do: the log is a Parquet file"),
        (["--log", "log"], 1, "its name ends in .parquet, such as 'log.parquet'"),
        (["--threads", "0"], 2, "--threads"),
        (["--threads", "99999999999"], 1, "threads = 99999999999 will not do"),
        (["--set", "arms.rebate.strategies.threshold_rebate.days=2"], 1, "changes nothing here"),
        (["--arm", ""], 1, "no arm of this name"),
        (["--seed", "many"], 2, "--seed"),
    ],
)
def test_wrong_input_is_told(call, tiny, words, code, message):
    told = call("run", tiny, *words)
    assert told.exit_code == code
    assert message in told.stderr.replace("\n", " ") and told.stdout == ""
    assert (
        "Traceback" not in told.stderr and ".regulars-" not in told.stderr and "'memory'" not in told.stderr
    )
    assert [path.name for path in tiny.parent.iterdir()] == ["tiny.toml"]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (MemoryError(), "not enough memory for 60 customers"),
        (OSError(28, "No space left on device"), "no space left on device"),
        (PermissionError(13, "Permission denied", "somewhere"), "somewhere: permission denied"),
    ],
    ids=repr,
)
def test_what_the_machine_lacks_is_no_failure_of_ours(call, tiny, monkeypatch, error, told):
    from regulars.market import Market

    def broken(self, progress=None):
        raise error

    monkeypatch.setattr(Market, "run", broken)
    for more in ([], ["--log", "l.parquet"]):
        ended = call("run", tiny, *more)
        assert ended.exit_code == 1 and told in ended.stderr
    assert [path.name for path in tiny.parent.iterdir()] == ["tiny.toml"]


def test_a_failure_of_ours_is_told_as_such(call, tiny, monkeypatch):
    from regulars.market import Market

    def broken(self, progress=None):
        raise RuntimeError("out of order")

    monkeypatch.setattr(Market, "run", broken)
    told = call("run", tiny)
    assert told.exit_code == 3
    assert "RuntimeError: out of order" in told.stderr and "not of your input" in told.stderr
    monkeypatch.setenv("REGULARS_TRACE", "1")
    assert "Traceback" in call("run", tiny).stderr


@pytest.mark.parametrize(("source", "code"), [(True, 1), (False, 3)])
def test_a_fault_in_the_file_of_a_part_is_told_with_its_line(call, tiny, monkeypatch, source, code):
    """Who works on the source wrote that file; who installed a package did not."""
    from regulars.ground import shelf
    from regulars.market import Market
    from regulars.strategies import threshold_rebate

    words = "\n\ndef run(self, progress=None):\n    self.replicat\n"
    made = {}
    exec(compile(words, threshold_rebate.__file__, "exec"), made)
    monkeypatch.setattr(Market, "run", made["run"])
    if not source:
        monkeypatch.setattr(shelf, "checkout", lambda: None)
    told = call("run", tiny)
    assert told.exit_code == code
    assert f"{threshold_rebate.__file__}, line 4, in run: " in told.stderr
    assert "did you mean" in told.stderr.lower() and "replicate" in told.stderr
    assert ("failure of regulars" in told.stderr) is not source
