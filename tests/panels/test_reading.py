"""The reading: a table that is kept, and that reads the next log the same way."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from panels.spellings import a_log, german, lines, same

from regulars.ground.errors import RegularsError
from regulars.panels import Reading, read
from regulars.panels.reading import CHOICES

TEXT = st.text("abcXYZ äß品=,;'\"\\ ", min_size=1, max_size=8)
FREE = {
    "columns": st.dictionaries(st.sampled_from(["customer", "firm", "amount"]), TEXT), "encoding": st.sampled_from(["utf-8", "gb18030"]),
    "delimiter": st.sampled_from(";|\t"), "thousands": st.sampled_from("' "), "sheet": TEXT, "date_format": TEXT, "day_first": st.booleans(),
    "time_zone": st.sampled_from(["Europe/Berlin", "Asia/Shanghai"]), "since": st.dates(), "currency": TEXT, "ignore": st.lists(TEXT).map(tuple),
    "leave_out": st.dictionaries(TEXT, st.lists(TEXT, min_size=1)), "only": st.dictionaries(TEXT, st.lists(TEXT, min_size=1)),
    "returned": st.dictionaries(TEXT, st.lists(TEXT, min_size=1)), "rates": st.dictionaries(st.sampled_from(["USD", "JPY"]), st.floats(0.01, 99)),
    **{name: st.sampled_from(values) for name, values in CHOICES.items()},
}  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(st.fixed_dictionaries({}, optional=FREE))
def test_a_reading_is_kept_whole(options):
    reading = Reading(**options)
    assert Reading.parse(reading.toml()) == reading


def test_what_a_reading_does_not_take():
    for options, says in (
        ({"unit": "year"}, "unit='year': choose one of day, week, month, quarter, order"),
        ({"duplicates": True}, "choose one of refuse, drop, keep"),
        ({"delimiter": "::"}, "give one character"),
        ({"since": "last week"}, "give a date, as in 2024-01-31"),
        ({"rates": {"USD": "dear"}}, "is no rate"),
        ({"columns": "amount"}, "give a mapping"),
        ({"time_zone": "Mars"}, "is no time zone"),
    ):
        with pytest.raises(RegularsError, match=says):
            Reading(**options)
    with pytest.raises(RegularsError, match="'retruns'; nearest: returns"):
        Reading().but(retruns="net")
    for text, says in (
        ("x", "not TOML"),
        ("[reading]\nrates = { USD = 0,92 }", r"line 2.*\(write USD = 0\.92\)"),
        ("[reading]\ncurency = 'EUR'", "'curency'; nearest: currency"),
        ("a = 1", r"no table \[reading\]"),
        ("[reading]\nunit = 'year'", "choose one of"),
    ):
        with pytest.raises(RegularsError, match=says):
            Reading.parse(text, "r.toml")
    with pytest.raises(RegularsError, match="cannot be read as a reading"):
        Reading.load("nowhere.toml")


def test_the_next_log_is_read_as_the_last_one(tmp_path):
    """What the first file showed is kept, so that a file that does not show it is read the same way."""
    log = a_log()
    wide = log.assign(
        time=log["time"].dt.strftime("%d/%m/%Y %H:%M"), amount=[german(v) for v in log["amount"]]
    )
    (tmp_path / "may.csv").write_text(lines(wide, ";"), encoding="utf-8")
    first = read(tmp_path / "may.csv")
    kept = tmp_path / "reading.toml"
    kept.write_text(first.account.reading.toml())
    # a file of round thousands and early days, which alone could be read in two ways
    (tmp_path / "june.csv").write_text("customer;time;firm;amount\n1;03/04/2024 10:00;Nord;1.234\n")
    june = read(tmp_path / "june.csv", reading=kept)
    assert june.start == dt.date(2024, 4, 3) and june.purchases["amount"].tolist() == [1234.0]
    same(read(tmp_path / "may.csv", reading=kept), first)
    assert read(tmp_path / "june.csv", reading=kept, decimal=".").purchases["amount"].tolist() == [1.234]


def test_the_account_tells_every_column_and_the_money(tmp_path):
    import json

    log = a_log().assign(note="x")
    (tmp_path / "log.csv").write_text(lines(log), encoding="utf-8")
    account = read(tmp_path / "log.csv").account
    assert [c.name for c in account.columns] == list(log.columns)
    assert {c.name: c.taken_for for c in account.columns} == {**{c: c for c in log.columns[:4]}, "note": ""}
    told = json.loads(json.dumps(account.to_dict()))
    assert told["money"] == round(float(log["amount"].sum()), 2) and told["rows"] == len(log)
    text = account.text()
    for word in (*log.columns, "not used", f"{len(log)} rows", "What looks odd"):
        assert word in text
