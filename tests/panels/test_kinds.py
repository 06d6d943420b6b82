"""Kinds of logs that mislead: each is read rightly, or refused with rows and with options that help, or told."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from regulars.ground.errors import RegularsError
from regulars.panels import read

HEAD = "customer,time,firm,amount"


@pytest.fixture
def log(tmp_path):
    def _log(head, *rows, **options):
        (tmp_path / "log.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
        return read(tmp_path / "log.csv", **options)

    return _log


def refused(log, *args, **options):
    with pytest.raises(RegularsError) as caught:
        log(*args, **options)
    return str(caught.value)


# ---------------------------------------------------------------- what one purchase is


def test_lines_of_a_basket_add_up(log):
    rows = (
        "1,2024-01-01,A,2,x",
        "1,2024-01-01,A,3,y",
        "1,2024-01-01,B,4,z",
        "1,2024-01-02,A,5,x",
        "2,2024-01-01,A,6,x",
    )
    assert log(f"{HEAD},sku", *rows).purchases["amount"].tolist() in ([5, 4, 5, 6], [4, 5, 5, 6])
    assert len(log(f"{HEAD},sku", *rows, purchase="line")) == 5


def test_visits_of_a_day_that_clocks_tell_apart_are_several(log):
    rows = ("1,2024-01-01 08:00,A,2", "1,2024-01-01 18:00,A,3")
    assert log(HEAD, *rows).purchases["amount"].tolist() == [2, 3]
    assert log(HEAD, *rows, purchase="day").purchases[["time", "amount"]].to_numpy().tolist() == [[8 / 24, 5]]


def test_receipts_tell_visits_apart_and_hold_lines_together(log):
    head = "customer,time,receipt,amount"
    rows = (
        "1,2024-01-01,7,2",
        "1,2024-01-01,8,3",
        "1,2024-01-01,7,4",
        "1,2024-01-02,7,5",
        "2,2024-01-01,7,6",
    )
    panel = log(head, *rows)
    assert sorted(panel.purchases["amount"]) == [
        3,
        5,
        6,
        6,
    ]  # receipt 7 of another day or customer is another receipt
    seconds = ("1,2024-01-01 08:00:01,7,2", "1,2024-01-01 08:00:09,7,3")
    assert log(head, *seconds).purchases["amount"].tolist() == [5]


def test_prices_of_lines_become_the_money_for_a_unit(log):
    head = f"{HEAD},price"
    panel = log(head, "1,2024-01-01,A,10,5", "1,2024-01-01,A,10,10", "1,2024-01-02,A,4,")
    assert panel.purchases["amount"].tolist() == [20, 4]
    assert panel.purchases["price"].iloc[0] == pytest.approx(20 / 3) and np.isnan(
        panel.purchases["price"].iloc[1]
    )


# ---------------------------------------------------------------- returns and what is no purchase


def test_returns_are_refused_netted_or_dropped(log):
    rows = (
        "1,2024-01-01,A,20",
        "1,2024-01-02,A,8",
        "1,2024-01-03,A,-8",
        "1,2024-01-04,A,(5)",
        "2,2024-01-04,A,3.50-",
    )
    message = refused(log, HEAD, *rows)
    assert "3 negative amounts" in message and "row 4: '-8'" in message and "row 6: '-3.5'" in message
    assert "--returns net" in message and "returns='net'" in message
    netted = log(HEAD, *rows, returns="net")
    assert netted.purchases[["customer", "amount"]].to_numpy().tolist() == [[1, 15]]
    assert {c.kind: round(c.money, 9) for c in netted.account.changes} == {
        "returns": 0.0,
        "unmatched returns": 3.5,
    }
    dropped = log(HEAD, *rows, returns="drop")
    assert dropped.purchases["amount"].tolist() == [20, 8]
    assert dropped.account.changes[-1].money == 16.5


def test_a_return_never_lowers_a_later_purchase_or_another_firms(log):
    rows = (
        "1,2024-01-01,A,-5",
        "1,2024-01-02,A,9",
        "1,2024-01-03,B,-4",
        "2,2024-01-03,A,7",
        "2,2024-01-04,A,7",
        "2,2024-01-05,A,-9",
    )
    panel = log(HEAD, *rows, returns="net")
    assert panel.purchases["amount"].tolist() == [9, 5] and panel.account.changes[-1].money == 9


def test_a_return_of_exactly_a_purchase_cancels_it_and_no_later_one(log):
    panel = log(HEAD, "1,2024-01-01,A,8", "1,2024-01-02,A,20", "1,2024-01-03,A,-8", returns="net")
    assert panel.purchases["amount"].tolist() == [20]
    assert any("1 purchase cancelled, 0 lowered" in note for note in panel.notes)


def test_discount_lines_are_no_returns(log):
    panel = log("customer,time,receipt,amount", "1,2024-01-01,7,20", "1,2024-01-01,7,-2")
    assert panel.purchases["amount"].tolist() == [18]


@pytest.mark.parametrize("word", ["RETURN", "refunded", "Retoure", "Gutschrift", "退货", "credit_note"])
def test_rows_marked_as_returns_are_returns(log, word):
    head = f"{HEAD},type"
    rows = ("1,2024-01-01,A,20,sale", "1,2024-01-02,A,8,sale", f"1,2024-01-03,A,8,{word}")
    message = refused(log, head, *rows)
    assert f"column type says '{word}' in 1 row (22% of the money)" in message and "row 4" in message
    for option in ("--returned", "--leave-out", "--ignore type"):
        assert option in message
    assert log(head, *rows, returned={"type": word}, returns="net").purchases["amount"].tolist() == [20]
    assert log(head, *rows, returns="net").purchases["amount"].tolist() == [20]
    assert log(head, *rows, leave_out={"type": word}).purchases["amount"].tolist() == [20, 8]
    assert log(head, *rows, ignore=["type"]).purchases["amount"].tolist() == [20, 8, 8]
    signed = log(head, *rows[:2], f"1,2024-01-03,A,-8,{word}", returns="net")
    assert signed.purchases["amount"].tolist() == [20]


@pytest.mark.parametrize(
    "word", ["cancelled", "ORDER_CANCELLED", "orderVoided", "storniert", "已取消", "failed"]
)
def test_what_never_took_place_must_be_decided(log, word):
    head = f"{HEAD},status"
    rows = ("1,2024-01-01,A,20,done", f"1,2024-01-02,A,20,{word}")
    message = refused(log, head, *rows)
    assert "cancelled orders?" in message and f"--leave-out status={word}" in message and "row 3" in message
    assert len(log(head, *rows, leave_out={"status": word})) == 1
    assert len(log(head, *rows, ignore="status")) == 2


@pytest.mark.parametrize("word", ["not cancelled", "no return", "card", "regular"])
def test_other_words_are_only_told(log, word):
    panel = log(f"{HEAD},kind", "1,2024-01-01,A,20,first", f"1,2024-01-02,A,20,{word}")
    told = " ".join(panel.notes)
    assert "column kind is not used: it says" in told and f"{word!r} 50%" in told and "'first' 50%" in told


def test_currencies_do_not_add_up(log):
    head = "customer,time,amount,currency"
    rows = ("1,2024-01-01,10,EUR", "1,2024-01-02,1600,JPY", "1,2024-01-03,12,EUR")
    message = refused(log, head, *rows)
    assert "EUR 67%, JPY 33%" in message and "--only currency=EUR" in message and "--rates JPY" in message
    one = log(head, *rows, only={"currency": "EUR"})
    assert one.purchases["amount"].tolist() == [10, 12] and one.currency == "EUR"
    turned = log(head, *rows, currency="EUR", rates={"JPY": 0.00625})
    assert turned.purchases["amount"].tolist() == [10, 10, 12]
    assert turned.account.changes[0].kind == "currencies" and turned.account.changes[
        0
    ].money == pytest.approx(-1590)
    assert "no rate for EUR" in refused(log, head, *rows, currency="USD", rates={"JPY": 0.007})
    assert log(head, *rows, ignore=["currency"]).purchases["amount"].sum() == 1622
    assert log(head, rows[0], rows[2]).currency == "EUR"
    assert "several currencies ($, EUR)" in refused(log, HEAD, "1,2024-01-01,A,$4", "1,2024-01-02,A,€5")


def test_rows_that_do_not_count_by_choice(log):
    rows = ("1,2024-01-01,A,2", ",2024-01-01,A,3", "1,2024-01-02,B,4", "9,2024-01-02,A,5.5")
    message = refused(log, HEAD, *rows)
    assert "no customer in column customer (row 3)" in message and "--leave-out customer=" in message
    panel = log(HEAD, *rows, leave_out={"customer": ["", "9"]})
    assert panel.purchases["amount"].tolist() == [2, 4]
    change = panel.account.changes[0]
    assert (change.rows, change.money) == (2, -8.5) and panel.account.money_read == 14.5
    assert log(HEAD, rows[0], rows[2], only={"firm": "b"}).purchases["amount"].tolist() == [4]
    assert "names a column 'frm'" in refused(log, HEAD, rows[0], leave_out={"frm": "A"})
    assert "are left out" in refused(log, HEAD, rows[0], leave_out={"firm": "A"})
    assert log(HEAD, "1,2024-01-01,A,0", rows[2], zero_amounts="drop").purchases["amount"].tolist() == [4]


def test_returns_told_by_a_yes_or_by_the_quantity(log):
    rows = ("1,2024-01-01,A,20,N", "1,2024-01-02,A,8,N", "1,2024-01-03,A,8,Y")
    assert "column is_return says 'Y' in 1 row" in refused(log, f"{HEAD},is_return", *rows)
    assert log(f"{HEAD},is_return", *rows, returns="net").purchases["amount"].tolist() == [20]
    assert "cancelled orders?" in refused(log, f"{HEAD},Cancelled", *rows)
    units = ("1,2024-01-01,A,20,2", "1,2024-01-02,A,8,1", "1,2024-01-03,A,8,-1")
    message = refused(log, f"{HEAD},qty", *units)
    assert (
        "negative quantity (column qty)" in message
        and "--returns net" in message
        and "kinds of problems" not in message
    )
    assert log(f"{HEAD},qty", *units, returns="net").purchases["amount"].tolist() == [20]


def test_money_beside_the_amount_is_told(log):
    panel = log(f"{HEAD},refund_amount,discount", "1,2024-01-01,A,20,0,1", "1,2024-01-02,A,8,8,0")
    told = {c.name: c.how for c in panel.account.unused}
    assert (
        "may hold money of returns, such as '8'" in told["refund_amount"]
        and "may hold discounts" in told["discount"]
    )


# ---------------------------------------------------------------- names


def test_spellings_of_customers(log):
    def customers(*names, **options):
        return log(HEAD, *(f"{name},2024-01-0{k + 1},A,2" for k, name in enumerate(names)), **options)

    assert customers("7", "7.0", "8").customers.tolist() == [7, 8]
    assert customers("ab", " ａb ", "AB").customers.tolist() == ["AB", "ab"]
    assert customers("me@x.org", "Me@X.org").customers.tolist() == ["me@x.org"]
    assert customers("7", "7.0", spellings="keep").customers.tolist() == ["7", "7.0"]
    assert any("look alike" in note for note in customers("007", "7").notes)
    assert any("shortened by a spreadsheet" in note for note in customers("4.00001E+12", "12").notes)
    merged = customers("7", "7.0", "8").account.changes[0]
    assert (merged.kind, merged.rows) == ("spellings", 1)


def test_spellings_of_firms(log):
    names = ("caf\u00e9", "cafe\u0301", "CAFÉ ", "ＡＢＣ店", "ABC店", "Cafe", "zero\u200bwidth", "zerowidth")
    panel = log(HEAD, *(f"1,2024-01-0{k + 1},{name},{k + 1}" for k, name in enumerate(names)))
    assert set(panel.firms) == {"café", "ABC店", "Cafe", "zerowidth"}
    assert panel.shares("amount")["café"] == pytest.approx(6 / 36)
    assert any("look alike" in note and "'Cafe' and 'café'" in note for note in panel.notes)
    assert (
        len(log(HEAD, *(f"1,2024-01-0{k + 1},{n},1" for k, n in enumerate(names)), spellings="keep").firms)
        == 8
    )


# ---------------------------------------------------------------- numbers


def test_the_decimal_mark_is_that_of_the_whole_column(log):
    def amounts(*values, **options):
        rows = (f'1,2024-01-{k + 1:02d},A,"{v}"' for k, v in enumerate(values))
        return log(HEAD, *rows, **options).purchases["amount"].tolist()

    assert amounts("1.234", "2,5") == [1234, 2.5]
    assert amounts("1,234", "2.5") == [1234, 2.5]
    assert amounts("1.234", "2.5") == [1.234, 2.5]
    assert amounts("1,234", "12", "7", "8") == [1234, 12, 7, 8]
    assert amounts("1,234", "5,678", decimal=",") == [1.234, 5.678]
    assert amounts("1,234", "5,678", decimal=".") == [1234, 5678]
    assert amounts("1.234", "5.678", thousands=".") == [1234, 5678]
    assert amounts("１２", "1e2", "+3") == [12, 100, 3]
    with pytest.raises(
        RegularsError, match=r"decimal comma, where the others have a decimal point \(row 4: '3,5'\)"
    ):
        amounts("1.5", "2.5", "3,5")
    with pytest.raises(RegularsError, match="decimal and thousands are both"):
        amounts("1", decimal=".", thousands=".")


# ---------------------------------------------------------------- times


def times(log, values, name="date", **options):
    return log(f"customer,{name},receipt,amount", *(f"1,{v},{k},2" for k, v in enumerate(values)), **options)


@pytest.mark.parametrize("values", [("2024-11", "2025-01"), ("202411", "202501"), ("Nov 2024", "Jan 2025"), ("11/2024", "01/2025"), ("2024年11月", "2025年1月")])  # fmt: skip
def test_months_are_months(log, values):
    panel = times(log, values)
    assert (panel.start, panel.days) == (dt.date(2024, 11, 1), 92) and len(panel) == 2
    first, last = panel.purchases["time"]
    assert 0 <= first < 30 and 61 <= last < 92
    assert any(o.kind == "dated by month" for o in panel.oddities)


@pytest.mark.parametrize(("name", "values"), [("week", ("202452", "202501")), ("date", ("2024-W52", "2025-W01")), ("KW", ("KW52/2024", "KW01/2025"))])  # fmt: skip
def test_weeks_are_weeks(log, name, values):
    panel = times(log, values, name)
    assert (panel.start, panel.days) == (dt.date(2024, 12, 23), 14)


@pytest.mark.parametrize(
    "values", [("2024Q4", "2025-Q2"), ("Q4 2024", "Q2/2025"), ("2024年第4季度", "2025年2季度")]
)
def test_quarters_are_quarters(log, values):
    panel = times(log, values)
    assert (panel.start, panel.days) == (dt.date(2024, 10, 1), 92 + 90 + 91) and len(panel) == 2
    first, last = panel.purchases["time"]
    assert 0 <= first < 92 and 182 <= last < 273
    assert any(o.kind == "dated by quarter" for o in panel.oddities)


def test_counts_of_periods_have_their_length(log):
    assert times(log, ("1", "4"), "date", unit="quarter").days == pytest.approx(4 * 91.3125)
    assert times(log, ("0", "9"), "week").days == 70
    assert times(log, ("1", "3"), "month").days == pytest.approx(3 * 30.4375)
    assert times(log, ("0", "9"), "date", unit="week").days == 70
    assert times(log, ("0", "9"), "week", unit="day").days == 10
    assert not times(log, ("0", "9"), "week", unit="order").dated
    assert "do not follow a year and an ISO week" in refused(times, log, ("202453", "202501"), "week")


def test_parts_of_a_date_in_columns_of_their_own(log):
    rows = ("1,2024,11,30,2", "1,2025,1,2,3")
    whole = log("customer,year,month,day,amount", *rows)
    assert (whole.start, whole.days, len(whole)) == (dt.date(2024, 11, 30), 34, 2)
    assert {c.name: c.taken_for for c in whole.account.columns}["year + month + day"] == "time"
    months = log("Kunde;Jahr;Monat;Umsatz", "1;2024;11;2", "1;2025;1;3")
    assert (months.start, months.days) == (dt.date(2024, 11, 1), 92)
    assert log("customer,year,week,amount", "1,2024,52,2", "1,2025,1,3").start == dt.date(2024, 12, 23)
    dated = log("customer,date,year,month,amount", "1,2024-11-30,2024,11,2", "1,2025-01-02,2025,1,3")
    assert dated.start == dt.date(2024, 11, 30) and len(dated.account.unused) == 2
    assert "are not dates" in refused(log, "customer,year,month,day,amount", *rows, "1,2024,2,31,2")


def test_ambiguous_days_are_asked_for(log):
    values = ("01/02/2024", "03/04/2024")
    assert "--day-first" in refused(times, log, values)
    assert times(log, values, day_first=True).start == dt.date(2024, 2, 1)
    assert times(log, values, day_first=False).start == dt.date(2024, 1, 2)
    assert times(log, ("01/02/2024", "13/04/2024")).start == dt.date(2024, 2, 1)
    assert times(log, ("01/01/2024", "02/02/2024")).days == 33  # either way the same


def test_zones(log):
    utc = times(log, ("2024-01-01T23:30:00Z", "2024-07-01T22:30:00Z"))
    assert utc.days == 183
    shanghai = times(log, ("2024-01-01T23:30:00Z", "2024-07-01T22:30:00Z"), time_zone="Asia/Shanghai")
    assert shanghai.start == dt.date(2024, 1, 2) and shanghai.days == 183
    assert times(log, ("1704151800", "1704160000"), time_zone="Asia/Shanghai").start == dt.date(2024, 1, 2)
    with pytest.raises(RegularsError, match=r"no time zone; nearest: Europe/Berlin"):
        times(log, ("2024-01-01",), time_zone="Europe/Berlina")


@pytest.mark.parametrize("odd", ["1970-01-01", "1900-01-01", "2034-06-01", "0001-01-01"])
def test_times_far_from_all_others_are_refused(log, odd):
    usual = [f"2024-0{1 + k % 6}-{1 + k % 28:02d}" for k in range(40)]
    message = refused(times, log, [*usual[:5], odd, *usual[5:]])
    assert (
        f"row 7: '{odd}'" in message and "years from all others" in message and "--outlying keep" in message
    )
    which = {"until": "2024-12-31"} if odd > "2024" else {"since": "2024-01-01"}
    panel = times(log, [*usual[:5], odd, *usual[5:]], **which)
    assert len(panel) == 40 and panel.start.year == 2024 and panel.account.changes[-1].rows == 1
    assert times(log, [*usual, odd], outlying="keep").days > 3000
    assert len(times(log, [*usual, "2025-03-01"])) == 41  # a pause is no mistake


def test_a_window_can_be_said(log):
    rows = ("2024-01-10", "2024-02-10", "2024-03-10")
    panel = times(log, rows, since="2024-02-01", until="2024-03-31")
    assert (panel.start, panel.days, len(panel)) == (dt.date(2024, 2, 1), 60, 2)
    assert any("1 row before 2024-02-01 or after 2024-03-31 left out" in note for note in panel.notes)
    assert "no purchases are left" in refused(times, log, rows, since="2025-01-01")
    assert "lies after" in refused(times, log, rows, since="2025-01-01", until="2024-01-01")
    assert "have no calendar" in refused(times, log, ("1", "2"), "day", since="2024-01-01")


# ---------------------------------------------------------------- columns


def test_columns_that_are_not_used_are_told(log):
    panel = log(f"{HEAD},till,note,sku,all", "1,2024-01-01,A,2,t1,,a,x", "1,2024-01-02,A,2,t2,,b,x")
    told = {c.name: c.how for c in panel.account.unused}
    assert set(told) == {"till", "note", "sku", "all"}
    assert "branches" in told["till"] and told["note"] == "it is empty" and told["all"] == "all rows say 'x'"
    assert all(f"column {name} is not used" in " ".join(panel.notes) for name in told)


def test_stores_beside_brands_are_branches(log):
    panel = log("customer,time,brand,store,amount", "1,2024-01-01,A,s1,2", "1,2024-01-02,B,s2,2")
    assert panel.firms == ("A", "B")
    assert "--columns firm=store" in " ".join(panel.notes)
    assert log(
        "customer,time,store,amount", "1,2024-01-01,s1,2", "1,2024-01-02,s2,2", columns={"firm": ""}
    ).one_firm


def test_headings_in_three_languages_and_with_units():
    from regulars.panels.headings import currency_in, is_heading

    for name in (
        "Kundennr.",
        "Customer ID",
        "会员号",
        "Datum",
        "Bon-Nr",
        "Umsatz (EUR)",
        "实付金额（元）",
        "Unit Price",
        "Marke",
    ):
        assert is_heading(name), name
    assert not is_heading("Bemerkung") and not is_heading("")
    assert [currency_in(n) for n in ("Amount (EUR)", "usd", "金额（元）", "Umsatz CHF", "total", "Per Item")] == ["EUR", "USD", "CNY", "CHF", None, None]  # fmt: skip


def test_totals_are_left_out_wherever_they_stand(log):
    panel = log(HEAD, "1,2024-01-01,A,2", "Subtotal,,,2", "2,2024-01-02,A,3", "Total,,,5")
    assert panel.purchases["amount"].tolist() == [2, 3] and panel.account.money_read == 5
    assert any("2 rows left out: rows of totals" in note for note in panel.notes)
    assert log("customer,time,firm,amount", "1,2024-01-01,Total,2", "2,2024-01-01,Summe 8,3").firms == (
        "Summe 8",
        "Total",
    )


def test_offers(log, tmp_path):
    rows = ("1,2024-01-02,A,2", "1,2024-01-05,b,3")
    (tmp_path / "offers.csv").write_text(
        "date;brand;price\n02.01.2024;A;2,00\n02.01.2024;B;2,50\n13.01.2024;A;1,90\n13.01.2024;B;3,00\n"
    )
    panel = log(HEAD, *rows, offers=tmp_path / "offers.csv")
    assert panel.offers.to_numpy().tolist() == [
        [1, 0, "A", 2],
        [1, 0, "b", 2.5],
        [1, 3, "A", 2],
        [1, 3, "b", 2.5],
    ]
    late = log(HEAD, *rows, "2,2024-01-20,A,9", "3,2024-01-01,A,9", offers=tmp_path / "offers.csv").offers
    assert late[late["customer"] == 2]["price"].tolist() == [1.9, 3]  # the last price before
    assert late[late["customer"] == 3]["price"].tolist() == [
        2,
        2.5,
    ]  # the first one, where there is none before
    (tmp_path / "few.csv").write_text("date,brand,price\n2024-01-02,A,2\n2024-01-02,C,2\n")
    with pytest.raises(RegularsError, match=r"no prices of 'b'.*they name 'C'"):
        log(HEAD, *rows, offers=tmp_path / "few.csv")
    with pytest.raises(RegularsError, match="there is no price among"):
        log(HEAD, *rows, offers=pd.DataFrame({"date": ["2024-01-02"], "brand": "A"}))


def test_summaries_go_out_and_come_in(log):
    from regulars.panels import read_rfm, rfm

    panel = log(HEAD, "1,2024-01-01,A,10", "1,2024-01-08,A,20", "1,2024-01-22,A,40", "2,2024-01-15,A,5")
    out = rfm(panel)
    assert out.to_numpy().tolist() == [[1, 2, 21, 21, 30], [2, 0, 0, 7, 0]]
    weeks = rfm(panel, "clvtools")
    assert list(weeks) == ["Id", "x", "t.x", "T.cal", "Spending"] and weeks["T.cal"].tolist() == [3, 1]
    for table in (out, weeks):
        back = read_rfm(table)
        assert (
            back["repeats"].tolist() == [2, 0]
            and back["spend"].iloc[0] == 30
            and np.isnan(back["spend"].iloc[1])
        )
    with pytest.raises(RegularsError, match="no summary of customers"):
        read_rfm(pd.DataFrame({"a": [1]}))
    with pytest.raises(RegularsError, match="recency must lie between"):
        read_rfm(out.assign(recency=99))


def test_our_own_log_reads_as_the_market_that_wrote_it(tmp_path):
    """Purchases alone: opportunities that ended without one are left out, and told."""
    from regulars import Market

    shops = {
        "market": {"customers": 60, "days": 84}, "need": {"mean": 2.0}, "choice": {"outside": True, "outside_utility": 0.5},
        "firms": [{"name": "ann"}, {"name": "bob"}],
    }  # fmt: skip
    market = Market(shops, log=tmp_path / "own.parquet").run()
    market.close()
    written = pd.read_parquet(tmp_path / "own.parquet")
    bought = written[written["firm"].notna()]
    panel = read(tmp_path / "own.parquet")
    assert 0 < len(bought) < len(written) and len(panel) == len(bought)
    assert panel.purchases["amount"].sum() == pytest.approx(bought["amount"].sum(), abs=1e-9)
    assert panel.account.changes[0].rows == len(written) - len(bought) and not panel.oddities
    assert panel.shares().to_dict() == pytest.approx(bought["firm"].value_counts(normalize=True).to_dict())


def test_the_lock_of_an_open_workbook_is_no_home_of_anybody(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "~$orders.csv").write_text("x")
    with pytest.raises(RegularsError, match=r"orders\.csv"):
        read("~$orders.csv")
    with pytest.raises(RegularsError, match="no such file"):
        read("~nobody-of-this-name/orders.csv")
