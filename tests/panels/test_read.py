"""Reading logs: what is accepted, and that each fault is told with its row and value."""

import datetime as dt
import gzip
import itertools
import re
import sys
import zipfile

import numpy as np
import pandas as pd
import pytest

from regulars.ground.errors import RegularsError
from regulars.panels import read

GOOD = "customer,time,firm,amount\n2,2024-01-03,A,5\n1,2024-01-02,B,4.5\n1,2024-01-01,A,3\n"


@pytest.fixture
def write(tmp_path):
    def _write(text, name="log.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return _write


def fault(path, **options):
    with pytest.raises(RegularsError) as caught:
        read(path, **options)
    return str(caught.value)


def test_plain_csv(write):
    panel = read(write(GOOD), currency="EUR")
    assert panel.purchases["customer"].tolist() == [1, 1, 2]
    assert panel.purchases["time"].tolist() == [0.0, 1.0, 2.0]
    assert panel.purchases["amount"].tolist() == [3.0, 4.5, 5.0]
    assert panel.start == dt.date(2024, 1, 1) and panel.days == 3.0 and panel.dated
    assert panel.currency == "EUR" and panel.name == "log"
    assert panel.firms == ("A", "B") and not panel.has_prices and not panel.one_firm


def test_packed_files_and_parquet_read_the_same(write, tmp_path):
    plain = read(write(GOOD)).purchases
    packed = write(gzip.compress(GOOD.encode()), "a.csv.gz")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("inside.csv", GOOD)
    tabbed = write(GOOD.replace(",", "\t"), "c.tsv")
    frame = pd.read_csv(write(GOOD))
    frame.to_parquet(tmp_path / "d.parquet")
    frame.assign(time=pd.to_datetime(frame["time"])).to_parquet(tmp_path / "e.parquet")
    frame.assign(time=pd.to_datetime(frame["time"]).dt.date).to_parquet(tmp_path / "f.parquet")
    for path in (packed, tmp_path / "b.zip", tabbed, *(tmp_path / f"{k}.parquet" for k in "def")):
        pd.testing.assert_frame_equal(read(path).purchases, plain)


def test_synonyms_in_any_case_and_mapping(write):
    text = "Household ID,Order-Date,BRAND,Sales_Value,Unit Price,QTY\nh7,2024-01-01,x,6,3,2\nh7,2024-01-05,y,4,4,1\n"
    table = read(write(text)).purchases
    assert list(table) == ["customer", "time", "firm", "amount", "price", "quantity"]
    assert table["price"].tolist() == [3.0, 4.0]
    mapped = read(
        write("who,when,what,how much\na,2024-01-01,x,6\n"),
        {"customer": "WHO", "time": "when", "firm": "what", "amount": "how_much"},
    )
    assert mapped.purchases["amount"].tolist() == [6.0]


def test_mapping_that_does_not_fit_is_told(write):
    path = write(GOOD)
    assert "no column 'amont'" in fault(path, columns={"amount": "amont"})
    assert "nearest: amount" in fault(path, columns={"amount": "amont"})
    assert "from our name to the file's" in fault(path, columns={"household": "customer"})
    assert "nearest: customer" in fault(path, columns={"customr": "time"})


def test_one_firms_log(write):
    panel = read(write("customer_id,date,revenue\n1,2024-01-01,3\n"))
    assert panel.one_firm and panel.firms == ("own",)
    assert any("one firm's log" in note for note in panel.notes)


def test_missing_columns_name_what_was_found(write):
    message = fault(write("customer,time,firm,custom_amnt\n1,1,A,2\n"))
    assert "no column for amount" in message and "custom_amnt" in message
    assert "first line looks like data" in fault(write("1,2024-01-01,A,3.5\n2,2024-01-01,A,3.5\n"))
    assert "2 columns could be the firm: brand, marke" in fault(
        write("customer,time,brand,marke,amount\n1,1,A,B,2\n")
    )
    assert "columns={'amount': 'price'}" in fault(write("customer,time,firm,price\n1,1,A,2\n"))


def test_amount_from_price_and_quantity_and_back(write):
    panel = read(write("customer,time,firm,price,quantity\n1,1,A,2,3\n"))
    assert panel.purchases["amount"].tolist() == [6.0]
    assert "amount = price x quantity" in panel.notes
    panel = read(write("customer,time,firm,amount,quantity\n1,1,A,6,3\n"))
    assert panel.purchases["price"].tolist() == [2.0]


def test_all_kinds_of_problems_at_once_with_rows_and_values(write):
    rows = [
        "1,2024-01-01,A,2",  # row 2
        "1,2024-13-01,A,2",  # 3 bad date
        ",2024-01-02,A,2",  # 4 no customer
        "2,2024-01-02,A,-3",  # 5 return
        "2,2024-01-02,A,nan",  # 6
        "2,2024-01-03,A,inf",  # 7
        '2,2024-01-04,A,"3,5,0"',  # 8 no number
        "2,2024-01-05,A,4!",  # 9 no number
        '2,2024-01-05,A,"1,234.50"',  # 10 thousands, which are fine
        "2,2024-01-05,,7",  # 11 no firm
        "2,2024-01-05,A,abc",  # 12
        "1,2024-01-01,A,2",  # 13 repeats row 2
        "2,2024-01-06,A,",  # 14 no amount
    ]
    message = fault(write("customer,time,firm,amount\n" + "\n".join(rows) + "\n"))
    for told in (
        "row 3: '2024-13-01'",
        "no customer in column customer (row 4)",
        "row 5: '-3'",
        "--returns net",
        "row 6: 'nan'",
        "row 7: 'inf'",
        "row 8: '3,5,0'",
        "row 9: '4!'",
        "no firm in column firm (row 11)",
        "row 12: 'abc'",
        "row 13",
        "no amount (row 14",
    ):
        assert told in message, (told, message)


def test_five_rows_and_a_count(write):
    text = "customer,time,firm,amount\n" + "".join(f"{k},2024-01-01,A,-1\n" for k in range(9))
    message = fault(write(text))
    assert "row 6" in message and "row 7" not in message and "and 4 more" in message


def test_zero_price_is_a_fault_and_zero_amount_a_note(write):
    head = "customer,time,firm,amount,price\n"
    assert "zero price" in fault(write(head + "1,1,A,2,0\n"))
    panel = read(write(head + "1,1,A,0,2\n1,2,A,2,\n"))
    assert "1 purchase has amount 0 (50% of them)" in panel.notes and not panel.has_prices


def test_duplicates(write):
    text = "customer,time,firm,amount\n1,2024-01-01,A,2\n1,2024-01-01,A,2\n1,2024-01-01,A,3\n"
    assert "row 3" in fault(write(text)) and "--duplicates drop" in fault(write(text))
    dropped = read(write(text), duplicates="drop")
    assert "1 row that repeats another were dropped (29% of the money)" in dropped.notes
    assert dropped.purchases["amount"].tolist() == [5.0]
    assert read(write(text), duplicates="keep").purchases["amount"].tolist() == [7.0]
    assert "choose one of" in fault(write(text), duplicates="yes")


def test_rows_that_differ_in_an_unused_column_are_no_duplicates(write):
    three = "customer,time,firm,amount,sku\n" + "".join(
        f"1,2024-01-01,A,2,{sku}\n" for sku in ("a", "b" * 99, "a")
    )
    dropped = read(write(three + "".join(f"2,2024-01-01,A,2,{k}\n" for k in range(99))), duplicates="drop")
    assert dropped.purchases["amount"].tolist() == [4.0, 198.0]
    text = "customer,time,firm,amount,sku\n1,2024-01-01,A,2,a\n1,2024-01-01,A,2,b\n"
    assert read(write(text)).purchases["amount"].tolist() == [4.0]


def test_blank_lines_keep_the_row_numbers_right(write):
    message = fault(write("\ncustomer,time,firm,amount\n1,2024-01-01,A,2\n\n1,2024-01-02,A,x\n\n\n"))
    assert "row 5: 'x'" in message
    panel = read(write("customer,time,firm,amount\n1,2024-01-01,A,2\n\n1,2024-01-02,A,4\n\n"))
    assert len(panel) == 2 and "1 lines without any value were left out" in panel.notes


def test_ragged_rows(write):
    message = fault(
        write("customer,time,firm,amount\n1,2024-01-01,A,2\n1,2024-01-02,A,2,9\n1,2024\n3,2024-01-01,A,x\n")
    )
    assert "row 3: 5 fields" in message and "row 4: 2 fields" in message and "row 5: 'x'" in message


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_delimiters_are_found(write, delimiter):
    text = GOOD.replace(",", delimiter)
    found = read(write(text))
    assert len(found) == 3 and found.account.reading.delimiter == delimiter
    assert len(read(write(text), delimiter=delimiter)) == 3
    told = fault(write(text), delimiter="!")  # the advice can be followed
    advised = re.search(r"--delimiter '?(..?)'? \(in Python", told)[1].rstrip("'")
    assert "the header is one field" in told and len(read(write(text), delimiter=advised)) == 3


def test_files_that_cannot_be_read(write, tmp_path):
    assert "is empty" in fault(write(""))
    assert "no purchases" in fault(write("customer,time,firm,amount\n"))
    write(GOOD, "sales.csv")
    assert "nearest" in fault(tmp_path / "salse.csv") and "sales.csv" in fault(tmp_path / "salse.csv")
    assert "is a directory" in fault(tmp_path) and "sales.csv" in fault(tmp_path)
    assert "cannot be opened" in fault(write(b"not gzip", "x.csv.gz"))
    assert "cannot be opened" in fault(write(b"not zip", "x.zip"))
    assert "not a readable Parquet file" in fault(write(b"nope", "x.parquet"))
    assert "workbook" in fault(write(b"PK", "x.xlsx"))
    assert "unknown kind of file" in fault(write(b"PK", "x.dat"))
    assert "binary" in fault(write(b"customer,time\x00,a\n1,2,3\n"))
    assert "more than once" in fault(write("customer,time,amount,amount\n1,1,1,1\n"))


def test_encodings(write):
    text = "顾客,日期,品牌,金额\n1,2024-01-01,甲,2\n"
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        panel = read(write(text, encoding=encoding))
        assert panel.firms == ("甲",)
        assert any("GB18030" in n for n in panel.notes) == (encoding == "gb18030")
    message = fault(write(b"customer,time,firm,amount\n1,2024-01-01,\x81\x20\xff,2\n"))
    assert "row 2 is neither UTF-8" in message and "--encoding big5" in message


def test_times_in_their_many_forms(write):
    def panel_of(values, name="time", **options):
        return read(
            write(f"customer,{name},firm,amount\n" + "".join(f"1,{v},A,2\n" for v in values)), **options
        )

    assert panel_of(["2024-01-01T12:00:00", "2024-01-02 06:00:00"]).purchases["time"].tolist() == [0.5, 1.25]
    assert panel_of(["20240101", "20240103"]).start == dt.date(2024, 1, 1)
    assert panel_of(["2024/1/1", "2024/1/3"]).days == 3
    assert panel_of(["25/12/2024", "01/01/2025"]).days == 8  # only day first reads both
    assert "date_format=" in fault(write("customer,time,firm,amount\n1,01/02/2024,A,2\n"))
    assert panel_of(["01/02/2024"], date_format="%d/%m/%Y").start == dt.date(2024, 2, 1)
    assert panel_of(["2024年1月5日"]).start == dt.date(2024, 1, 5)
    numbered = panel_of(["3", "4.5"])
    assert numbered.dated and numbered.start is None and numbered.purchases["time"].tolist() == [0.0, 1.5]
    assert not panel_of(["1", "2"], name="order").dated
    assert "date_format='unix'" in fault(write("customer,time,firm,amount\n1,90000000,A,2\n"))
    for scale in (1, 1000, 10**6, 10**9):
        assert panel_of([str(1700000000 * scale)]).start == dt.date(2023, 11, 14)
    assert panel_of(["90000000"], date_format="unix").start == dt.date(1972, 11, 7)
    assert "in the zone +02:00" in " ".join(panel_of(["2024-01-01T00:00:00+02:00"]).notes)


def test_mixed_time_zones(write):
    text = "customer,time,firm,amount\n1,2024-01-01T10:00:00+01:00,A,2\n1,2024-01-01T11:00:00+01:00,A,2\n1,2024-06-01T10:00:00+02:00,A,2\n"
    summer = read(write(text))
    assert summer.purchases["time"].tolist() == pytest.approx([10 / 24, 11 / 24, 152 + 10 / 24])
    assert any("summer time" in note for note in summer.notes)
    far = text.replace("+02:00", "+08:00")
    assert "mixes time zones" in fault(write(far)) and "row 4: '2024-06-01T10:00:00+08:00'" in fault(
        write(far)
    )
    assert "mixes time zones" in fault(write(text.replace("+02:00", "")))
    berlin = read(write(far), time_zone="Europe/Berlin")
    assert berlin.purchases["time"].tolist() == pytest.approx([10 / 24, 11 / 24, 152 + 4 / 24])


def test_a_few_bad_dates_among_local_ones(write):
    text = (
        "customer,time,firm,amount\n"
        + "".join(f"1,{d}/12/2024,A,2\n" for d in range(1, 31))
        + "1,31/31/2024,A,2\n"
    )
    assert "row 32: '31/31/2024'" in fault(write(text))


def test_customers_as_integers_only_where_nothing_is_lost(write):
    head = "customer,time,firm,amount\n"
    assert read(write(head + "07,1,A,2\n7,2,A,2\n")).purchases["customer"].nunique() == 2
    assert read(write(head + "10,1,A,2\n9,2,A,2\n")).purchases["customer"].tolist() == [9, 10]


def test_notes_on_ties_and_case(write):
    panel = read(write("customer,time,firm,amount\n1,1,A,2\n1,1,a,2\n1,1,B,1\n"))
    assert any("differ only in case" in n for n in panel.notes) and panel.firms == ("A", "B")
    apart = read(write("customer,time,firm,amount\n1,1,A,2\n1,1,a,2\n1,1,B,1\n"), spellings="keep")
    assert any("look alike" in n for n in apart.notes) and len(apart.firms) == 3
    assert any("several firms at the same time" in n for n in panel.notes)


def test_large_logs_are_read_by_columns_not_rows(tmp_path):
    """Counted in calls, of which a row would need one or more."""
    rng = np.random.default_rng(1)
    n = 100_000
    stamps = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 365 * 86400, n), unit="s")
    frame = pd.DataFrame(
        {"customer": rng.integers(0, 20_000, n), "time": stamps, "firm": rng.choice(list("ABCD"), n)}
    )
    frame = frame.assign(amount=rng.gamma(2.0, 10.0, n).round(2), sku=np.arange(n))
    frame.to_csv(tmp_path / "big.csv", index=False)
    frame.head(2000).to_csv(tmp_path / "small.csv", index=False)
    read(tmp_path / "small.csv")  # what is imported on the way does not count
    calls = itertools.count()
    sys.setprofile(lambda code, event, what: event in ("call", "c_call") and next(calls))
    try:
        panel = read(tmp_path / "big.csv", duplicates="keep")
    finally:
        sys.setprofile(None)
    assert next(calls) < n
    assert len(panel) == n and abs(panel.purchases["amount"].sum() - frame["amount"].sum()) < 1e-3
