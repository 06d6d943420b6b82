"""The event log: in memory, in a Parquet file and as totals it tells the same story."""

import numpy as np
import pandas as pd
import pytest

from regulars import Scenario
from regulars.ground.errors import RegularsError
from regulars.world.ledger import MILLION

WORLD = Scenario(
    {
        "market": {"customers": 200, "days": 40, "seed": 3},
        "need": {"mean": 5.0, "shape": 1.0},
        "choice": {"outside": True, "price_sensitivity": 0.5},
        "spending": {"variation": 0.7},
        "firms": [
            {"name": "anna", "price": 2.0, "cost": 1.0, "strategies": {"threshold_rebate": {"days": 2}, "everyday_low_price": {}}},
            {"name": "berta", "price": 1.9, "cost": 1.0},
        ],
    }
)  # fmt: skip


@pytest.fixture(scope="module")
def memory():
    return WORLD.market(log="memory").run()


def test_columns(memory):
    """One row an opportunity, in order of time by tick; who bought nothing has no firm, no quantity and paid nothing."""
    log = memory.log.opportunities()
    assert list(log.columns) == [
        "time",
        "customer",
        "occasion",
        "quantity",
        "listed",
        "firm",
        "amount",
        "price",
    ]
    assert (np.diff(np.floor(log["time"])) >= 0).all()
    assert not log.duplicated(["customer", "occasion"]).any()
    nothing = log[log["firm"].isna()]
    assert len(nothing) > 100
    assert (nothing[["quantity", "listed", "amount"]] == 0).all().all() and nothing["price"].isna().all()
    bought = memory.log.purchases()
    assert list(bought) == list(log)
    assert len(bought) + len(nothing) == len(log) and bought.index.tolist() == list(range(len(bought)))
    assert (bought["price"] * bought["quantity"]).to_numpy() == pytest.approx(bought["amount"].to_numpy())
    anna = bought[bought["firm"] == "anna"]
    assert (anna["amount"] / anna["listed"]).to_numpy() == pytest.approx(0.95, abs=1e-5)
    assert (bought["quantity"] > 0).all()


def test_totals_are_the_sums_of_the_rows(memory):
    log, totals = memory.log.opportunities(), memory.log.totals
    tick = np.floor(log["time"]).astype(int)
    assert np.bincount(tick, minlength=40).tolist() == totals.opportunities.tolist()
    for f in range(2):
        mine = log["firm"].cat.codes == f
        assert np.bincount(tick[mine], minlength=40).tolist() == totals.purchases[:, f].tolist()
        for column, sums in (("listed", totals.listed), ("amount", totals.paid)):
            money = np.rint(log[column][mine] * MILLION)
            assert (
                np.bincount(tick[mine], weights=money, minlength=40).astype(int).tolist()
                == sums[:, f].tolist()
            )
    assert set(totals.arrays()) == {"opportunities", "purchases", "complaints", "listed", "paid", "cost"}


def test_totals_only(memory):
    quiet = WORLD.market().run()
    for name, array in quiet.log.totals.arrays().items():
        assert (array == memory.log.totals.arrays()[name]).all()
    with pytest.raises(RegularsError, match='build it with log="memory"'):
        quiet.log.opportunities()
    assert quiet.log.events().empty


@pytest.mark.parametrize("flush", [1, 100, 10**6])
def test_parquet(memory, tmp_path, monkeypatch, flush):
    """The file holds the same rows, however often it was written to."""
    monkeypatch.setattr("regulars.world.log.FLUSH", flush)
    path = tmp_path / "log.parquet"
    market = WORLD.market(log=path).run()
    table = pd.read_parquet(path)
    pd.testing.assert_frame_equal(
        table, memory.log.opportunities(), check_categorical=False, check_dtype=False
    )
    assert table["firm"].isna().any()
    with pytest.raises(RegularsError, match=r"went to .*log\.parquet; read it with pandas\.read_parquet"):
        market.log.opportunities()


def test_parquet_of_a_market_where_nothing_happens(tmp_path):
    path = tmp_path / "log.parquet"
    WORLD.set({"need.mean": 1e-12}).market(log=path).run()
    table = pd.read_parquet(path)
    assert table.empty and "customer" in table.columns


def test_events(memory):
    """Rewards, use of credit: who, when, how much; they add up to the books."""
    events = memory.log.events()
    assert list(events.columns) == ["time", "customer", "event", "firm", "strategy", "amount"]
    assert set(events["event"]) == {"reward", "use_credit"}
    sums = events.groupby("event")["amount"].sum()
    assert sums["reward"] == pytest.approx(memory.ledger.value("rewards", 0))
    assert sums["reward"] - sums["use_credit"] == pytest.approx(memory.ledger.value("liability", 0))
    assert (events["firm"] == "anna").all()


def test_no_events_is_a_table_too():
    market = WORLD.set({"firms.anna.strategies": {}}).market(log="memory").run()
    events = market.log.events()
    assert events.empty and list(events.columns) == [
        "time",
        "customer",
        "event",
        "firm",
        "strategy",
        "amount",
    ]
    assert events[events["amount"] > 0].empty
