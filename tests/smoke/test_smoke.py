"""A little of everything that a new Python, mesa, numpy or numba could break, in less than a minute.

`make matrix` runs it wherever there is a Python; here, where all of it is tested at length, `make validate` does.
"""

import json
import subprocess
import sys
from pathlib import Path

import mesa
import numpy as np
import pandas as pd
import pytest
from market.batches import times

from regulars import Market, compare, fit, load
from regulars.panels import Panel

pytestmark = pytest.mark.slow

SCENARIO = Path(__file__).parents[2] / "scenarios" / "threshold-rebate.toml"
SHOPS = {
    "market": {"customers": 200, "days": 56.0},
    "need": {"mean": 10.0},
    "spending": {"basket": {"distribution": "gamma", "mean": 2.0, "sd": 1.0}},
    "firms": [{"name": "ann", "cost": 0.5}, {"name": "bob", "cost": 0.5}],
}


@pytest.fixture(scope="module")
def scenario():
    return load(SCENARIO).set({"market.customers": 80, "market.days": 28})


def test_run(scenario):
    market = scenario.market(collect=True, log="memory").run()
    market.ledger.check()
    assert len(market.datacollector.get_model_vars_dataframe()) == 29 and market.steps == 28
    assert len(market.log.purchases()) == int(market.totals.purchases.sum()) > 0
    two = scenario.market(threads=2, log="memory").run()
    pd.testing.assert_frame_equal(market.log.opportunities(), two.log.opportunities())


def test_compare(scenario):
    result = compare(scenario, replicates=2)
    assert set(result.ranking()["arm"]) == set(scenario.spec.arms)


def test_fit():
    log = Market(SHOPS, log="memory").run().log.purchases()
    fitted = fit(Panel(log.astype({"firm": str}), name="made up"))
    assert sorted(firm.name for firm in fitted.scenario.spec.firms) == ["ann", "bob"]
    assert Market(fitted.scenario, market__days=7.0).run().totals.purchases.sum() > 0


def test_save_load_branch(scenario, tmp_path):
    straight = scenario.market().run()
    half = scenario.market()
    for _ in range(14):
        half.step()
    for other in (Market.load(half.save(tmp_path / "market")), half.branch(), half):
        assert other.steps == 14
        assert np.array_equal(other.run().totals.paid, straight.totals.paid)


@pytest.mark.parametrize("processes", [1, 2])
def test_batch_run(processes):
    rows = mesa.batch_run(
        Market, {"scenario": [SHOPS]}, number_processes=processes, max_steps=56, display_progress=False, **times(2)
    )  # fmt: skip
    found = {(row["iteration"], row["firm"]): row["gross_sales"] for row in rows}
    for k in range(2):
        market = Market(SHOPS, replicate=k).run()
        assert {name: found[k, name] for name in market.names} == {
            f.name: f.gross_sales for f in market.firms
        }
    assert {row["day"] for row in rows} == {56.0}


def command(*words, cwd):
    told = subprocess.run(
        [sys.executable, "-m", "regulars", *words], cwd=cwd, capture_output=True, text=True, timeout=600
    )
    assert told.returncode == 0, told.stderr
    return told.stdout


def test_the_command_line(tmp_path):
    run = command("run", str(SCENARIO), "--days", "28", "--log", "log.parquet", "--json", cwd=tmp_path)
    assert len(pd.read_parquet(tmp_path / "log.parquet")) == json.loads(run)["opportunities"] > 0
    small = (
        "--arms",
        "ten_per_cent",
        "--set",
        "market.customers=60",
        "--set",
        "market.days=28",
        "--replicates",
        "2",
        "--out",
        ".",
    )
    command("compare", str(SCENARIO), *small, cwd=tmp_path)
    assert next(tmp_path.rglob("report.html")).stat().st_size > 10_000
    doctor = json.loads(command("doctor", "--json", cwd=tmp_path))
    assert doctor["fine"] and doctor["python"]["executable"] == sys.executable
