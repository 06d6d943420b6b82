"""What people are told about a log, word for word: what was assumed, and each fault with its advice and no other."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from regulars.ground.errors import RegularsError
from regulars.panels import Panel, read

HEAD = "customer,time,firm,amount"


def log_of(tmp_path, text, name="log.csv"):
    (tmp_path / name).write_text(text)
    return tmp_path / name


def told(tmp_path, head, *rows, **options):
    """The faults of a log, without its name and the line that counts them."""
    with pytest.raises(RegularsError) as caught:
        read(log_of(tmp_path, "\n".join([head, *rows]) + "\n"), **options)
    lines = str(caught.value).removeprefix(f"{tmp_path / 'log.csv'}: ").splitlines()
    if "kinds of problems" in lines[0]:
        assert lines.pop(0) == f"{len(lines)} kinds of problems"
    return [line.removeprefix("  - ") for line in lines]


def noted(tmp_path, head, *rows, **options):
    options = {"currency": "EUR", **options}  # else a note asks for it
    return read(log_of(tmp_path, "\n".join([head, *rows]) + "\n"), **options).notes


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("NaN", "amount not a number (row 3: 'NaN'): --leave-out amount=NaN (in Python leave_out={'amount': 'NaN'}) leaves such rows out"),
        ("n/a", "amount not a number (row 3: 'n/a'): --leave-out amount=n/a (in Python leave_out={'amount': 'n/a'}) leaves such rows out"),
        ("four", "amount that is not a number (row 3: 'four'): --leave-out amount=four (in Python leave_out={'amount': 'four'}) leaves such rows out"),
        ("4 EURO", "amount that is not a number (row 3: '4 EURO'): --leave-out 'amount=4 EURO' (in Python leave_out={'amount': '4 EURO'}) leaves such rows out"),
        ("True", "amount that is not a number (row 3: 'True'): --leave-out amount=True (in Python leave_out={'amount': 'True'}) leaves such rows out"),
        ("1,23,4", "amount that is not a number (row 3: '1,23,4'): --leave-out amount=1,23,4 (in Python leave_out={'amount': '1,23,4'}) leaves such rows out"),
        ("1,234", "amount: thousands or decimals? (row 3: '1,234'): --decimal , or --decimal . (in Python decimal=',' or '.') says which mark is the decimal one"),
        ("-4 EUR", "1 negative amount (200% of the money): returns? (row 3: '-4'): --returns net or --returns drop (in Python returns='net' or 'drop'); "
         "net takes them out of the purchases they belong to, drop leaves them out"),
    ],
)  # fmt: skip
def test_each_value_that_is_no_amount_has_one_advice(tmp_path, value, says):
    assert told(tmp_path, HEAD, "1,1,A,2", f'1,2,A,"{value}"') == [says]


def test_other_faults_of_amounts_and_prices(tmp_path):
    head = f"{HEAD},price,quantity"
    assert told(tmp_path, head, "1,1,A,2,0,1") == [
        "zero price (row 2: '0'): leave the cell empty where the price is unknown; --leave-out price=0 (in Python leave_out={'price': '0'}) "
        "leaves such rows out"
    ]
    assert told(tmp_path, head, "1,1,A,2,1,0") == [
        "zero quantity: a purchase has some (row 2: '0'): --leave-out quantity=0 (in Python leave_out={'quantity': '0'}) leaves such rows out"
    ]
    assert told(tmp_path, head, "1,1,A,2,-1,-2") == [
        "negative price (row 2: '-1'): --leave-out price=-1 (in Python leave_out={'price': '-1'}) leaves such rows out", "negative quantity, though the amount is not: returns? (row 2: '-2'): --returns net or --returns drop "
        "(in Python returns='net' or 'drop') takes these rows as returns",
    ]  # fmt: skip
    assert told(tmp_path, "customer,time,firm,revenue", "1,1,A,-inf") == [
        "infinite amount (column revenue) (row 2: '-inf'): --leave-out revenue=-inf (in Python leave_out={'revenue': '-inf'}) leaves such rows out"
    ]
    assert told(tmp_path, HEAD, "1,1,A,2", "1,2,A,1e16", "1,3,A,8e15") == [
        "amount beyond 9e+15, of which single units cannot be told apart any more (row 3: '1e16'): --leave-out amount=1e16 "
        "(in Python leave_out={'amount': '1e16'}) leaves such rows out"
    ]
    assert told(tmp_path, "customer,time,firm,revenue,unit price", "1,1,A,2,x") == [
        "price (column unit price) that is not a number (row 2: 'x'): --leave-out 'unit price=x' (in Python leave_out={'unit price': 'x'}) "
        "leaves such rows out"
    ]
    assert told(tmp_path, "customer,time,firm,price,quantity", "1,1,A,2,3", "1,2,A,,3") == [
        "no amount: price or quantity is missing (row 3): --leave-out price= (in Python leave_out={'price': ''}) leaves such rows out"
    ]


def test_what_was_assumed_is_noted(tmp_path):
    assert noted(tmp_path, HEAD, "1,2024-01-01,A,2") == ()
    assert noted(tmp_path, HEAD, "1,2024-01-01,A,0", "1,2024-01-02,A,0", "1,2024-01-03,A,1") == (
        "2 purchases have amount 0 (67% of them)",
    )
    assert noted(tmp_path, "customer,time,amount", "1,2024-01-01,2") == (
        "no column names a firm: taken as one firm's log, firm 'own'",
    )
    assert noted(tmp_path, "customer,time,firm,price,quantity", "1,2024-01-01,A,2,3") == (
        "amount = price x quantity",
    )
    assert noted(tmp_path, f"{HEAD},qty", "1,2024-01-01,A,2,3") == ("price = amount / qty",)
    assert noted(tmp_path, "customer,time,brand,firm,amount", "1,2024-01-01,x,A,2") == (
        "column firm is taken as the firm; brand left aside",
        "column brand is not used: column firm is the firm",
    )
    ties = noted(tmp_path, HEAD, "1,1,A,2", "1,1,a,2", "1,2,A,2", "1,2,B,3", "2,1,A,2", "2,1,A,3")
    assert ties == (
        "1 firm is spelled in several ways and is taken as one (they differ only in case, blanks, width, Unicode form or .0): "
        "'A' (4 rows) = 'a' (1 row); --spellings keep (in Python spellings='keep') keeps them apart",
        "6 lines are 4 purchases: lines of one customer, time and firm add up; --purchase line (in Python purchase='line') takes "
        "each line as one",
        "column time is a number of days, without calendar; counted from 1",
        "1 time (33%) a customer buys from several firms at the same time: their order is not known and is taken by chance; "
        "Panel.one_per_trip() keeps the largest of each",
    )
    assert noted(tmp_path, HEAD, "1,0,A,2") == ("column time is a number of days, without calendar",)
    assert noted(tmp_path, "customer,order,firm,amount", "1,3,A,2") == (
        "column order numbers each customer's purchases; gaps have no length; counted from 3",
    )
    assert noted(tmp_path, HEAD, "1,25/12/2024,A,2") == ("dates read as %d/%m/%Y",)
    turned = "; --time-zone Europe/Berlin (in Python time_zone='Europe/Berlin') turns them to a local clock"
    for zone, said in (("Z", f"UTC{turned}"), ("+00:00", f"UTC{turned}"), ("+0800", "+08:00")):
        assert noted(tmp_path, HEAD, f"1,2024-01-01T10:00:00{zone},A,2") == (
            f"times are local, in the zone {said}",
        )


def test_blank_lines_inside_are_counted_and_those_at_the_end_are_not(tmp_path):
    rows = ("1,1,A,2", ",,,", "", "1,2,A,2", ",,,", "")
    notes = noted(tmp_path, HEAD, *rows)
    assert "2 lines without any value were left out" in notes
    assert not any(
        "without any value" in note for note in noted(tmp_path, HEAD, "1,1,A,2", "1,2,A,2", ",,,", "")
    )


# ---------------------------------------------------------------- times


def times_of(tmp_path, values, name="time", **options):
    return read(log_of(tmp_path, f"customer,{name},firm,amount\n" + "".join(f"1,{v},A,{k + 1}\n" for k, v in enumerate(values))), **options)  # fmt: skip


def test_numbers_that_are_dates(tmp_path):
    compact = times_of(tmp_path, ["20240131", "20240201"])
    assert compact.start == dt.date(2024, 1, 31) and compact.purchases["time"].tolist() == [0.0, 1.0]
    day_first = times_of(tmp_path, ["31012024", "01022024"], date_format="%d%m%Y")
    assert day_first.start == dt.date(2024, 1, 31) and day_first.days == 2.0
    assert told(tmp_path, HEAD, "1,20240131,A,2", "1,20240132,A,2") == [
        "values of column time do not follow '%Y%m%d' (row 3: '20240132')"
    ]
    with pytest.raises(RegularsError, match="too large for days"):
        times_of(tmp_path, ["20240131", "20240132.5"])
    seconds = times_of(tmp_path, ["1704067200", "1704110400"], date_format="unix")
    assert seconds.start == dt.date(2024, 1, 1) and seconds.purchases["time"].tolist() == [0.0, 0.5]


def test_some_times_are_missing_and_some_are_not_dates(tmp_path):
    expected = "as in 2024-03-31, 2024-03-31 18:05:00 or 20240331, or a day number"

    def out(word):
        return f"--leave-out time={word} (in Python leave_out={{'time': '{word}'}}) leaves such rows out"

    assert told(tmp_path, HEAD, "1,2024-01-01,A,2", "1,,A,3", "1,soon,A,4") == [
        f"no time in column time (row 3): {out('')}",
        f"values of column time are not dates ({expected}) (row 4: 'soon'): {out('soon')}",
    ]
    assert told(tmp_path, HEAD, "1,01.02.2024,A,2", "1,2024-01-01,A,3", date_format="%d.%m.%Y") == [
        f"values of column time do not follow '%d.%m.%Y' (row 3: '2024-01-01'): {out('2024-01-01')}"
    ]
    assert told(tmp_path, HEAD, "1,7,A,2", "1,8,A,3", "1,x,A,4") == [
        f"values of column time are not numbers like the rest of it (row 4: 'x'): {out('x')}"
    ]
    written = "--date-format %d.%m.%Y (in Python date_format='%d.%m.%Y') says how dates are written"
    assert told(tmp_path, HEAD, "1,soon,A,2", "1,later,A,3", "1,2024-01-01,A,3") == [
        f"values of column time are not dates ({expected}) (row 2: 'soon'; row 3: 'later'): {written}"
    ]


def test_sums_and_cents_are_told_for_what_they_are(tmp_path):
    (cents,) = told(tmp_path, "customer,time,amount_cents", "1,2024-01-01,250")
    assert "--columns amount=amount_cents" in cents and cents.endswith(
        "divide it by 100 before if it counts cents, or all money is a hundred times too large"
    )
    (wide,) = told(tmp_path, "customer,north,south", "1,2.5,3")
    assert wide.endswith("a table of sums by customer does not tell them") and "--columns" not in wide


def test_dates_that_can_be_read_in_several_ways_are_not_guessed(tmp_path):
    assert told(tmp_path, HEAD, "1,01/02/2024,A,2", "1,03/02/2024,A,2") == [
        "dates of column time, such as '01/02/2024', can be read in several ways; --day-first or --no-day-first "
        "(in Python day_first=True or False), or --date-format %m/%d/%Y or --date-format %d/%m/%Y "
        "(in Python date_format='%m/%d/%Y' or '%d/%m/%Y')"
    ]


def test_times_in_parquet(tmp_path):
    frame = pd.DataFrame({"customer": [1, 1], "firm": "A", "amount": [1.0, 2.0]})
    stamps = pd.to_datetime(["2024-01-01 06:00", None])
    for time, says in (
        (stamps, "no time in column time (row 2)"),
        ([dt.date(2024, 1, 1), None], "no time in column time"),
        (pd.to_datetime([None, None]), "no time in column time (row 1; row 2)"),
    ):
        frame.assign(time=time).to_parquet(tmp_path / "log.parquet")
        with pytest.raises(RegularsError) as caught:
            read(tmp_path / "log.parquet")
        assert says in str(caught.value)
    frame.assign(time=stamps.fillna(stamps[0]).tz_localize("Asia/Shanghai")).to_parquet(
        tmp_path / "log.parquet"
    )
    panel = read(tmp_path / "log.parquet", currency="EUR")
    assert panel.start == dt.date(2024, 1, 1) and panel.purchases["time"].tolist() == [0.25]
    assert panel.notes[1:] == ("times are local, in the zone Asia/Shanghai",) and panel.dated


# ---------------------------------------------------------------- names and columns


def test_names_of_customers(tmp_path):
    def customers(*names):
        rows = "".join(f"{name},{k},A,2\n" for k, name in enumerate(names))
        return read(log_of(tmp_path, f"{HEAD}\n{rows}")).purchases["customer"].tolist()

    assert customers("10", "9", "0") == [0, 9, 10]
    assert customers("10", "09") == ["09", "10"] and customers(" a ", "b") == ["a", "b"]
    assert customers("1" * 18) == [int("1" * 18)] and customers("1" * 19) == ["1" * 19]
    frame = pd.DataFrame({"customer": [2.0, 1.0], "time": [0, 1], "firm": [7, 8], "amount": [1.0, 2.0]})
    frame.to_parquet(tmp_path / "log.parquet")
    panel = read(tmp_path / "log.parquet")
    assert panel.purchases["customer"].tolist() == [1, 2] and panel.firms == ("7", "8")
    ids = [123456789012.0, 4000010000000.0]
    frame.assign(customer=ids).to_parquet(tmp_path / "log.parquet")
    assert read(tmp_path / "log.parquet").purchases["customer"].tolist() == ids
    assert read(frame.assign(time=[20240101123000.0, 20240102.0 * 1e6])).days == 2
    frame.assign(customer=[2.5, np.nan]).to_parquet(tmp_path / "log.parquet")
    with pytest.raises(RegularsError, match=r"no customer in column customer \(row 2\)"):
        read(tmp_path / "log.parquet")


@pytest.mark.parametrize(
    ("head", "says"),
    [
        ("customer,time,firm,price", "no column for amount; found customer, time, firm, price; if price is the money paid, --columns amount=price (in Python columns={'amount': 'price'})"),
        ("customer,time,firm,amunt", "no column for amount; found customer, time, firm, amunt; perhaps --columns amount=amunt (in Python columns={'amount': 'amunt'})"),
        ("a,b,c,d", "no column for customer, time, amount; found a, b, c, d; name them, as in --columns customer=a (in Python columns={'customer': 'a'})"),
        ("1,2,A,3.5", "no column for customer, time, amount; found 1, 2, A, 3.5; the first line looks like data: add a header line"),
        ("customer,time,brand,marke,amount", "2 columns could be the firm: brand, marke; say which: --columns firm=brand or --columns firm=marke (in Python columns={'firm': 'brand'} or {'firm': 'marke'})"),
    ],
)  # fmt: skip
def test_columns_that_are_not_found(tmp_path, head, says):
    assert told(tmp_path, head, ",".join("1" for _ in head.split(","))) == [says]


def test_a_file_that_is_not_there(tmp_path):
    log_of(tmp_path, HEAD, "sales.csv")
    for name, says in (("sale.csv", f"; nearest in {tmp_path}: sales.csv"), ("x.csv", f" in {tmp_path}")):
        with pytest.raises(RegularsError) as caught:
            read(tmp_path / name)
        assert str(caught.value).endswith(says)


# ---------------------------------------------------------------- parts of a panel


def test_parts_say_what_they_are_and_keep_the_prices_of_their_own():
    table = pd.DataFrame([(1, 0.0, "A", 2.0), (1, 9.0, "B", 3.0), (2, 5.5, "B", 1.0)], columns=["customer", "time", "firm", "amount"])  # fmt: skip
    offers = pd.DataFrame({"customer": [1, 2, 1], "time": [0.0, 5.5, 9.0], "firm": ["A", "B", "A"], "price": [1.0, 2.0, 3.0]})  # fmt: skip
    panel = Panel(table, name="p", start=dt.date(2024, 1, 1), notes=("as it was",), offers=offers)
    one = panel.of_customers([1, 1])
    assert one.notes == ("as it was", "only 1 of the customers") and one.offers["price"].tolist() == [
        1.0,
        3.0,
    ]
    late = panel.between(5.5, 10)
    assert late.notes == ("as it was", "only times 5.5 to 10 of 10") and late.start is None
    assert late.offers[["time", "price"]].to_numpy().tolist() == [[0.0, 2.0], [3.5, 3.0]] and late.days == 4.5
    assert panel.between(5, 10).start == dt.date(2024, 1, 6)
    assert panel.one_per_trip().notes == ("as it was", "one purchase per customer and time, the largest; 0 others left out")  # fmt: skip
    before, after = panel.split()
    assert (before.days, after.days) == (5.0, 5.0) and before.purchases["time"].tolist() == [0.0]


def test_amounts_without_a_currency_ask_for_one(tmp_path):
    import pandas as pd

    table = pd.DataFrame({"customer": [1, 2], "time": ["2024-01-01", "2024-02-01"], "amount": [3.0, 4.0]})
    asked = [note for note in read(table).notes if "--currency EUR (in Python currency='EUR')" in note]
    assert len(asked) == 1 and "nothing names the currency" in asked[0]
    assert not any("--currency" in note for note in read(table, currency="EUR").notes)
