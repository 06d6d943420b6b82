"""`regulars fit`: the health card first, the draws beside the scenario, and options that are refused with what would be right."""

import json

import pytest
from lab.logs_of_known_truth import one_firm

from regulars.scenario import load


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "log.csv"
    table = one_firm(customers=70, days=182, rate=0.6).purchases
    table.rename(columns={"time": "day"}).to_csv(path, index=False)
    return path


@pytest.mark.big
def test_the_card_comes_first_and_the_draws_lie_beside(call, log, tmp_path):
    out = tmp_path / "m.toml"
    told = call("fit", str(log), "--columns", "time=day", "--out", str(out))
    assert told.exit_code == 0, told.stderr
    assert told.stdout.splitlines()[0].split()[0] in ("PASS", "REVIEW", "FAIL")
    assert "money level" in told.stdout.splitlines()[0]
    assert load(out).spec.posterior and (tmp_path / "m.posterior.parquet").exists()
    again = call("fit", str(log), "--columns", "time=day", "--out", str(out), "--json")
    found = json.loads(again.stdout)
    assert [row["check"] for row in found["health"]][:2] == ["money level", "moments"]
    assert next(iter(found)) == "health" and found["posterior"].endswith("m.posterior.parquet")


@pytest.mark.parametrize("text", ["13", "13x", "0w", "w", "-3d"])
def test_a_time_that_is_none_is_refused(call, log, tmp_path, text):
    told = call("fit", str(log), "--out", str(tmp_path / "m.toml"), f"--holdout={text}")
    if text == "13":  # days
        assert "--holdout" not in (told.stdout + told.stderr)
    else:
        assert told.exit_code == 2 and "13w" in (told.stdout + told.stderr)
    assert not list(tmp_path.glob("m*")) or text == "13"


def test_what_is_not_ours_is_not_written_over(call, log, tmp_path):
    mine = tmp_path / "m.posterior.parquet"
    mine.write_text("mine")
    told = call("fit", str(log), "--columns", "time=day", "--out", str(tmp_path / "m.toml"))
    assert told.exit_code == 1 and "m.posterior.parquet" in (told.stdout + told.stderr)
    assert mine.read_text() == "mine" and not (tmp_path / "m.toml").exists()
