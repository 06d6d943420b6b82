"""Cohorts, churn, survival and gaps: by hand, against known processes, and on the public logs."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from worlds.public_logs import needs

from regulars.ground.errors import RegularsError
from regulars.laws import SBG
from regulars.measures import retention


def log(rows):
    return pd.DataFrame(rows, columns=["customer", "time", "firm", "amount"])


HAND = log(
    [
        (1, 0.0, "A", 1.0), (1, 12.0, "A", 1.0), (1, 25.0, "B", 1.0),
        (2, 5.0, "A", 1.0), (2, 14.0, "A", 1.0),
        (3, 11.0, "B", 1.0), (3, 29.0, "B", 1.0),
    ]
)  # fmt: skip
EMPTY = HAND.iloc[:0]


def test_cohort_table_by_hand():
    table = retention.cohort_retention(HAND, period=10.0, end=40.0)
    assert table["customers"].to_dict() == {0.0: 2, 10.0: 1}
    # customer 1: tenure periods 0, 1, 2; customer 2: 0 only (gap of 9 days)
    assert table.loc[0.0, [0, 1, 2]].tolist() == [1.0, 0.5, 0.5]
    assert np.isnan(table.loc[0.0, 3])  # born up to day 10: period 3 ends on day 50
    assert table.loc[10.0, [0, 1]].tolist() == [1.0, 1.0] and np.isnan(table.loc[10.0, 2])


def test_old_customers_and_one_firm():
    table = retention.cohort_retention(HAND, period=10.0, start=10.0, end=40.0)
    assert table["customers"].tolist() == [1]
    assert retention.cohort_retention(HAND, period=10.0, end=40.0, firm="B")["customers"].sum() == 2
    with pytest.raises(RegularsError, match="no purchases of 'C'; the log has A, B"):
        retention.cohort_retention(HAND, period=10.0, firm="C")
    with pytest.raises(RegularsError, match="longer than 0"):
        retention.cohort_retention(HAND, period=0.0)


def test_cohorts_of_leaving_customers_follow_the_sbg():
    rng = np.random.default_rng(61)
    n = 60_000
    stays = rng.geometric(np.maximum(rng.beta(0.704, 1.182, n), 1e-9))
    stays = np.minimum(stays, 8)
    who = np.repeat(np.arange(n), stays)
    k = np.concatenate([np.arange(s) for s in stays])
    table = pd.DataFrame({"customer": who, "time": k * 30.0 + 0.5, "firm": "A", "amount": 1.0})
    found = retention.cohort_retention(table, period=30.0, end=270.0).iloc[0]
    survival = SBG(0.704, 1.182).survival(np.arange(8))
    for t in range(8):
        assert abs(found[t] - survival[t]) <= 4 * np.sqrt(survival[t] * (1 - survival[t]) / n)


def test_churn_by_hand():
    table = retention.churn(HAND, at=20.0, length=10.0)
    assert table.loc["A", ["buyers", "kept", "to_rivals", "silent"]].tolist() == [2, 0.0, 0.5, 0.5]
    assert table.loc["B", ["buyers", "kept", "churn"]].tolist() == [1, 1.0, 0.0]
    assert table.loc["A", "standard_error"] == 0
    again = retention.churn(
        log([(c, t, "A", 1.0) for c, t in ((1, 1.0), (2, 1.0), (3, 2.0), (4, 3.0), (4, 6.0))]),
        at=5.0,
        length=5.0,
    )
    assert again.loc["A", ["kept", "churn"]].tolist() == [0.25, 0.75]
    assert again.loc["A", "standard_error"] == pytest.approx(np.sqrt(0.25 * 0.75 / 4))


def test_churn_of_stationary_customers_is_chance_and_falls_with_the_window():
    rng = np.random.default_rng(62)
    n = 20_000
    bought = rng.poisson(4.0, n)
    who = np.repeat(np.arange(n), bought)
    table = pd.DataFrame({"customer": who, "time": rng.random(len(who)) * 200, "firm": "A", "amount": 1.0})
    for length in (25.0, 100.0):
        found = retention.churn(table, at=100.0, length=length).loc["A"]
        silent = np.exp(-4.0 * length / 200)
        error = np.sqrt(silent * (1 - silent) / (n * (1 - silent)))  # of the buyers of the first window
        assert abs(found["churn"] - silent) < 4 * error
        assert found["standard_error"] == pytest.approx(error, rel=0.05)


def test_survival_against_exponential_lives():
    rng = np.random.default_rng(63)
    n = 20_000
    life, born = rng.exponential(50.0, n), rng.random(n) * 100
    visits = [(i, t) for i in range(n) for t in (born[i] + np.r_[0.0, np.arange(1.0, life[i], 1.0), life[i]])]
    table = pd.DataFrame(visits, columns=["customer", "time"]).assign(firm="A", amount=1.0)
    table = table[table["time"] < 150]
    found = retention.survival(table, silent=5.0, end=150.0)
    for t in (10.0, 40.0, 80.0):
        row = found[found["time"] <= t].iloc[-1]
        left = np.exp(-t / 50)
        watched = min(
            1.0, (150 - t) / 100
        )  # share of the customers who came early enough to be watched for that long
        low, high = (np.sqrt(left * (1 - left) / (n * share)) for share in (1.0, watched))
        assert abs(row["survival"] - left) < 4 * high
        assert 0.98 * low < row["standard_error"] < 1.02 * high
    assert found["survival"].is_monotonic_decreasing


def test_survival_by_hand():
    rows = [(1, 0.0), (1, 4.0), (2, 0.0), (2, 9.0), (3, 0.0)]
    table = log([(c, t, "A", 1.0) for c, t in rows])
    found = retention.survival(table, silent=3.0, end=10.0)
    # 3 left at 0, 1 at 4; 2 is still there
    assert found["time"].tolist() == [0.0, 4.0] and found["gone"].tolist() == [1, 1]
    np.testing.assert_allclose(found["survival"], [2 / 3, 1 / 3])


def test_survival_and_greenwood_against_the_textbook():
    """Remission of 21 patients on 6-MP, weeks, 9 relapses: Freireich et al. 1963; Gehan 1965, Biometrika 52:203-223."""
    gone = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    there = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    rows = [(k, t) for k, stay in enumerate(gone) for t in (0.0, float(stay))]
    rows += [(100 + k, t) for k, stay in enumerate(there) for t in (98.0 - stay, 98.0)]
    found = retention.survival(log([(c, t, "A", 1.0) for c, t in rows]), silent=10.0, end=100.0)
    assert found["time"].tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert found["at_risk"].tolist() == [21, 17, 15, 12, 11, 7, 6] and found["gone"].tolist() == [3, *[1] * 6]
    published = [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    errors = [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]
    np.testing.assert_allclose(found["survival"], published, atol=5e-5)
    np.testing.assert_allclose(found["standard_error"], errors, atol=5e-5)


def test_gaps():
    gaps = retention.interpurchase_times(HAND)
    assert gaps.tolist() == [12.0, 13.0, 9.0, 18.0] and gaps.index.tolist() == [1, 1, 2, 3]
    assert retention.interpurchase_times(HAND, firm="A").tolist() == [12.0, 9.0]
    assert retention.gap_summary(gaps)["mean"] == 13.0
    assert np.isnan(retention.gap_summary(retention.interpurchase_times(EMPTY))["mean"])


def test_empty_logs():
    assert retention.cohort_retention(EMPTY, period=10.0).empty
    assert retention.churn(EMPTY, at=10.0, length=5.0).empty
    assert retention.survival(EMPTY, silent=5.0).empty
    assert retention.interpurchase_times(EMPTY).empty


@needs("lifetimes")
def test_cdnow_gaps():
    from regulars.panels import dataset

    found = retention.gap_summary(retention.interpurchase_times(dataset("cdnow").purchases))
    assert found["mean"] == pytest.approx(72, abs=0.5) and found["median"] == 34
    assert found["variation"] == pytest.approx(1.27, abs=0.005)


CALENDAR = log(
    [
        (1, 0.0, "A", 1.0), (1, 20.0, "A", 1.0), (1, 50.9, "B", 1.0),  # 15 January, 4 February, 5 March
        (2, 16.0, "A", 1.0), (2, 16.5, "A", 1.0),  # 31 January
        (3, 17.0, "A", 1.0), (3, 50.0, "A", 1.0), (3, 77.0, "A", 1.0),  # 1 February, 5 March, 1 April
    ]
)  # fmt: skip
BEGIN = dt.date(2024, 1, 15)


def test_calendar_cohorts_by_hand():
    table = retention.calendar_cohorts(CALENDAR, start=BEGIN)
    assert table["customers"].to_dict() == {dt.date(2024, 1, 1): 2, dt.date(2024, 2, 1): 1}
    january, february = table.iloc[0], table.iloc[1]
    assert january[[0, 1, 2]].tolist() == [1.0, 0.5, 0.5]
    assert february[[0, 1]].tolist() == [1.0, 1.0] and np.isnan(february[2])
    assert 3 not in table.columns  # April has only begun
    whole = retention.calendar_cohorts(CALENDAR, start=BEGIN, end=107.0)  # to the end of April
    assert whole.iloc[1][[0, 1, 2]].tolist() == [1.0, 1.0, 1.0] and whole.iloc[0][3] == 0.0
    assert 3 not in retention.calendar_cohorts(CALENDAR, start=BEGIN, end=106.0).columns
    assert retention.calendar_cohorts(CALENDAR, start=BEGIN, firm="B").empty
    assert retention.calendar_cohorts(CALENDAR, start=BEGIN, firm="B", end=78.0)["customers"].sum() == 1


def test_calendar_periods_of_other_lengths():
    weeks = retention.calendar_cohorts(CALENDAR, start=BEGIN, period="week")
    # 15 January 2024 is a Monday; 31 January and 1 February lie in one week
    assert weeks["customers"].to_dict() == {dt.date(2024, 1, 15): 1, dt.date(2024, 1, 29): 2}
    assert weeks.iloc[0][[0, 1, 2, 7]].tolist() == [1.0, 0.0, 1.0, 1.0]
    quarters = retention.calendar_cohorts(CALENDAR, start=BEGIN, period="quarter")
    assert quarters["customers"].to_dict() == {dt.date(2024, 1, 1): 3}
    years = retention.calendar_cohorts(CALENDAR, start=BEGIN, period="year", end=800.0)
    assert years.iloc[0].tolist() == [3, 1.0, 0.0]
    assert retention.calendar_cohorts(CALENDAR, start=BEGIN, period="year").empty
    with pytest.raises(RegularsError, match="choose one of week, month, quarter, year"):
        retention.calendar_cohorts(CALENDAR, start=BEGIN, period="fortnight")
