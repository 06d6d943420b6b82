"""The panel itself: its order, window and parts."""

import datetime as dt

import pandas as pd
import pytest

from regulars.ground.errors import RegularsError
from regulars.panels import Panel


def table(rows):
    return pd.DataFrame(rows, columns=["customer", "time", "firm", "amount"])


@pytest.fixture
def panel():
    rows = [(2, 5.5, "B", 1.0), (1, 0.0, "A", 2.0), (1, 9.0, "B", 3.0), (1, 3.0, "A", 10.0)]
    return Panel(table(rows), name="p", start=dt.date(2024, 1, 1))


def test_sorted_with_its_window(panel):
    assert panel.purchases[["customer", "time"]].to_numpy().tolist() == [[1, 0], [1, 3], [1, 9], [2, 5.5]]
    assert panel.days == 10.0 and list(panel.customers) == [1, 2]


def test_ties_keep_their_order():
    rows = [(1, 0.0, "B", 1.0), (1, 0.0, "A", 1.0), (1, 0.0, "C", 1.0)]
    assert Panel(table(rows)).purchases["firm"].tolist() == ["B", "A", "C"]


def test_shares(panel):
    assert panel.shares().to_dict() == {"B": 0.5, "A": 0.5}
    assert panel.shares("amount").round(3).to_dict() == {"A": 0.75, "B": 0.25}
    with pytest.raises(RegularsError, match="'purchases' or 'amount'"):
        panel.shares("volume")


def test_split_by_time_and_by_date(panel):
    before, after = panel.split()
    assert len(before) == 2 and len(after) == 2
    assert after.start == dt.date(2024, 1, 6) and after.days == 5.0
    assert after.purchases["time"].tolist() == [4.0, 0.5]
    by_date = panel.split(dt.date(2024, 1, 6))
    pd.testing.assert_frame_equal(by_date[1].purchases, after.purchases)
    assert len(before) + len(after) == len(panel)


def test_windows_that_do_not_fit(panel):
    with pytest.raises(RegularsError, match="cannot split at 10"):
        panel.split(10)
    with pytest.raises(RegularsError, match=r"2024-01-01 to 2024-01-11"):
        panel.between(3, 12)
    with pytest.raises(RegularsError, match="has no calendar"):
        Panel(table([(1, 0.0, "A", 1.0)])).split(dt.date(2024, 1, 1))


def test_faulty_tables():
    with pytest.raises(RegularsError, match="lacks firm"):
        Panel(table([(1, 0.0, "A", 1.0)]).drop(columns="firm"))
    with pytest.raises(RegularsError, match="missing in customer, amount"):
        Panel(table([(None, 0.0, "A", None), (1, 0.0, "A", 1.0)]))
    with pytest.raises(RegularsError, match="0 or later"):
        Panel(table([(1, -1.0, "A", 1.0)]))
    with pytest.raises(RegularsError, match="outside the window"):
        Panel(table([(1, 30.0, "A", 1.0)]), days=30.0)


def test_parts(panel):
    assert len(panel.of_customers([2])) == 1
    with pytest.raises(RegularsError, match="none of the customers"):
        panel.of_customers([99])
    one = Panel(table([(1, 0.0, "A", 1.0), (1, 0.0, "B", 4.0), (1, 1.0, "A", 1.0)])).one_per_trip()
    assert one.purchases["firm"].tolist() == ["B", "A"] and "1 others left out" in one.notes[-1]
