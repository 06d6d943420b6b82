"""One log, written in any of the ways in which tills, shops and spreadsheets write it, is one and the same panel."""

import gzip

import pandas as pd
import pyarrow as pa
import pytest
from panels.spellings import a_log, german, lines, of, same, workbook

from regulars.ground.errors import RegularsError
from regulars.panels import read

LOG = a_log()
ISO = LOG.assign(time=LOG["time"].dt.strftime("%Y-%m-%d %H:%M:%S"))
TRUTH = read(LOG)
MONEY = round(float(LOG["amount"].sum()), 2)


def with_time(form):
    return LOG.assign(time=LOG["time"].dt.strftime(form))


def with_amount(write):
    return ISO.assign(amount=[write(v) for v in LOG["amount"]])


GERMAN = ISO.assign(time=LOG["time"].dt.strftime("%d.%m.%Y %H:%M"), amount=[german(v) for v in LOG["amount"]])
HEAD = ["Kunden-Nr.", "Kaufdatum", "Marke", "Betrag in EUR"]
TEXTS = {
    "plain": lines(ISO),
    "a till's export": f"Kassenbericht Filiale 3;;;\nJanuar bis Juli;;;\n\n{lines(GERMAN, ';', HEAD)}Summe;;;{german(MONEY)}\n",
    "sep= of a spreadsheet": "sep=;\r\n" + lines(GERMAN, ";", HEAD).replace("\n", "\r\n"),
    "Chinese headings": lines(with_time("%Y年%m月%d日 %H:%M"), ",", ["会员号", "消费日期", "品牌", "实付金额（元）"]),
    "vertical bars": lines(ISO, "|"),
    "currency signs": lines(with_amount(lambda v: f'"${v:,.2f}"')),
    "codes of a currency": lines(with_amount(lambda v: f"EUR {v:.2f}")),
    "apostrophes": lines(with_amount(lambda v: f"{v:,.2f}".replace(",", "'"))),
    "blanks between thousands": lines(with_amount(lambda v: german(v, "\u202f") + " €"), ";"),
    "no decimals but commas": lines(with_amount(lambda v: f"{v:.2f}".replace(".", ",")), ";"),
    "American times": lines(with_time("%m/%d/%Y %I:%M %p")),
    "day first": lines(with_time("%d/%m/%Y %H:%M")),
    "two-digit years": lines(with_time("%d.%m.%y %H:%M"), ";"),
    "digits": lines(with_time("%Y%m%d%H%M")),
    "seconds since 1970": lines(LOG.assign(time=LOG["time"].astype("datetime64[s]").astype("int64"))),
    "milliseconds since 1970": lines(LOG.assign(time=LOG["time"].astype("datetime64[ms]").astype("int64"))),
    "days of a spreadsheet": lines(LOG.assign(time=(LOG["time"] - pd.Timestamp("1899-12-30")) / pd.Timedelta(days=1)), head=["customer", "order date", "firm", "amount"]),
    "clocks apart": lines(LOG.assign(clock=LOG["time"].dt.strftime("%H:%M"), time=LOG["time"].dt.strftime("%d.%m.%Y")), ";", ["Kunde", "Datum", "Marke", "Umsatz", "Uhrzeit"]),
    "offsets of summer time": lines(LOG.assign(time=[t.tz_localize("Europe/Paris").isoformat() for t in LOG["time"]])),
    "ids as spreadsheets write them": lines(ISO.assign(customer=[f"{c}.0" if k % 2 else c for k, c in enumerate(LOG["customer"])])),
    "names in many forms": lines(ISO.assign(firm=[f if k % 3 else f.replace("ü", "u\u0308") + " " for k, f in enumerate(LOG["firm"])])),
    "empty columns at the end": lines(ISO.assign(a="", b=""), head=[*ISO.columns, "", ""]),
    "all in quotes": lines(ISO.map(lambda v: f'"{v}"')),
    "blank lines": lines(ISO).replace("\n", "\n\n", 9),
}  # fmt: skip


@pytest.mark.parametrize("kind", TEXTS)
def test_every_way_of_writing_is_the_same_panel(tmp_path, kind):
    panel = of(tmp_path, TEXTS[kind])
    same(panel, TRUTH)
    assert panel.account.money == MONEY and panel.account.money_read == MONEY


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "gb18030"])
@pytest.mark.parametrize(
    "firms", [("Müller", "Süd", "Café"), ("Müller", "Bärbel"), ("老庙", "周大福", "老凤祥")]
)
def test_letters_are_told_apart(tmp_path, encoding, firms):
    log = a_log(firms=firms)
    text = lines(log)
    if encoding == "cp1252" and firms[0] == "老庙":
        return
    if encoding == "gb18030" and firms[0] == "Müller":
        return  # nobody writes German so; as bytes it is Windows-1252 with other letters
    panel = of(tmp_path, text, encoding=encoding)
    assert set(panel.firms) == set(firms)
    told = any("see whether names look right" in note for note in panel.notes)
    assert told == (encoding in ("cp1252", "gb18030"))


def test_an_encoding_can_be_said(tmp_path):
    text = lines(a_log(firms=("東京", "大阪"))).encode("shift_jis")
    (tmp_path / "log.csv").write_bytes(text)
    assert set(read(tmp_path / "log.csv", encoding="shift_jis").firms) == {"東京", "大阪"}
    with pytest.raises(RegularsError, match="no encoding is called 'klingon'"):
        read(tmp_path / "log.csv", encoding="klingon")
    with pytest.raises(RegularsError, match="row 2 is no ascii text"):
        read(tmp_path / "log.csv", encoding="ascii")


def test_tables_in_memory_and_packed_files(tmp_path):
    class Polars:
        def to_arrow(self):
            return pa.Table.from_pandas(LOG)

    class Other:
        def to_pandas(self):
            return LOG

    for table in (
        LOG,
        LOG.set_index("customer"),
        pa.Table.from_pandas(LOG),
        Polars(),
        Other(),
        LOG.astype({"firm": "category"}),
    ):
        same(read(table), TRUTH)
    LOG.to_parquet(tmp_path / "a.parquet")
    same(read(tmp_path / "a.parquet"), TRUTH)
    same(of(tmp_path, gzip.compress(lines(ISO).encode()), "a.csv.gz"), TRUTH)
    mixed = LOG.astype(object)
    mixed.loc[2, "amount"] = "4 Euro"
    with pytest.raises(RegularsError, match="row 3: '4 Euro'"):
        read(mixed)
    with pytest.raises(RegularsError, match="not a list"):
        read([1, 2])
    with pytest.raises(RegularsError, match="two columns are called 'amount'"):
        read(pd.concat([LOG, LOG["amount"]], axis=1))


def test_workbooks(tmp_path):
    pytest.importorskip("python_calamine")
    rows = [
        ["Umsatzbericht"],
        [],
        ["Kunde", "Datum", "Marke", "Betrag", ""],
        *LOG.to_numpy().tolist(),
        ["Summe", "", "", MONEY],
    ]
    panel = read(workbook(tmp_path / "a.xlsx", rows))
    same(panel, TRUTH)
    assert panel.account.kind == "workbook, sheet Sheet1"
    assert any("1 line above the header (row 3)" in note for note in panel.notes)
    two = workbook(tmp_path / "b.xlsx", rows, ("Januar", "Februar"))
    assert any("sheet Januar is read, not Februar: --sheet Februar" in note for note in read(two).notes)
    assert read(two, sheet="Februar").account.kind == "workbook, sheet Februar"
    with pytest.raises(RegularsError, match="no sheet 'Mai'; it holds Januar, Februar"):
        read(two, sheet="Mai")
    with pytest.raises(RegularsError, match=r"row 5: 'dear'"):
        read(workbook(tmp_path / "c.xlsx", [*rows[2:6], [1, LOG["time"][0], "x", "dear", ""]]))
    (tmp_path / "d.csv").write_bytes(two.read_bytes())
    with pytest.raises(RegularsError, match="holds an Excel workbook"):
        read(tmp_path / "d.csv")


def test_a_workbook_without_its_reader_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "python_calamine", None)
    with pytest.raises(RegularsError, match=r"pip install 'regulars\[excel\]'"):
        read(workbook(tmp_path / "a.xlsx", [["customer", "time", "amount"]]))


@pytest.mark.parametrize("column", ["customer", "firm"])
def test_a_name_without_end_is_no_name(tmp_path, column):
    """As of a quote mark that is not closed; told with its row, and not shown."""
    row = {"customer": "c1", "time": "2024-01-05", "firm": "a", "amount": "3"}
    text = ",".join(row) + "\n" + ",".join(row.values()) + "\n"
    file = tmp_path / "log.csv"
    file.write_text(text + ",".join({**row, column: "x" * 20_000}.values()) + "\n")
    with pytest.raises(
        RegularsError, match=rf"20,000 letters in column {column}.*not closed.*row 3"
    ) as caught:
        read(file)
    assert len(str(caught.value)) < 400
    file.write_text(text + ",".join({**row, column: "x" * 1_000}.values()) + "\n")
    assert len(read(file)) == 2
