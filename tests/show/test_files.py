"""Tables as CSV and as a workbook, the report as PDF: the numbers of the report, no formulas, and plain words where something is lacking."""

import csv
import dataclasses
import io
import os
import re
import stat
import zipfile

import numpy as np
import pandas as pd
import pytest
from worlds.comparisons import comparison, readings
from worlds.fitted import FOUND, fitted

from regulars import show
from regulars.ground.errors import RegularsError
from regulars.lab.store import write_comparison
from regulars.scenario.declared import declared
from regulars.show import files, pdf
from regulars.show.files import asked_for, csv_bytes, write_files
from regulars.show.reading import CONTROL, read
from regulars.show.tabs import Tab, command, tabs

EVIL = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1+1", '=HYPERLINK("http://x")', "a\x1b[31m"]


def read_csv(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.fixture(scope="module")
def usual():
    return readings()["usual"]


def test_every_table_is_there_with_units_in_its_headings(usual):
    found = {tab.name: tab for tab in tabs(usual)}
    assert list(found) == ["answer", "arms", "money", "hangs on", "months", "assumptions", "about"]
    for tab in found.values():
        assert tab.rows and all(len(row) == len(tab.heads) for row in tab.rows), tab.name
    assert "change of profit, yuan" in found["arms"].heads and "mean, yuan" in found["money"].heads
    assert found["arms"].rows[0][:4] == [
        "points", *(getattr(usual.profit("points"), name) for name in ("mean", "low", "high"))
    ]  # fmt: skip
    about = dict(found["about"].rows)
    assert about["seed"] == str(usual.comparison.seed) and about["replicates"] == 20
    assert about["command"].startswith("regulars compare corner-shop.toml") and about["command"].endswith(
        "--replicates 20 --seed 7"
    )


def test_the_command_says_what_was_set(usual):
    scenario = usual.comparison.scenario.set({"about.changed": ["arms.points.x = a b"]})
    read_again = read(comparison(replicates=2))
    read_again.comparison = type(read_again.comparison)(
        **{**vars(read_again.comparison), "scenario": scenario, "arms": ("points",)}
    )
    assert "--arms points --set 'arms.points.x=a b' --replicates 2" in command(read_again)


def test_the_command_says_what_was_sure_and_asks_for_no_replicates_that_were_added(usual):
    lines = ["--customers 400", "--sure margin = 0.31 within 0.02"]
    scenario = usual.comparison.scenario.set({"about.changed": lines})
    again = read(dataclasses.replace(usual.comparison, scenario=scenario, added=8))
    assert "--customers 400 --sure 'margin = 0.31 within 0.02' --replicates 12 --seed" in command(again)


def test_no_text_is_a_formula_in_csv():
    found = read_csv(csv_bytes(Tab("t", ["arm", "x, =yuan"], [[text, -1.5] for text in EVIL])))
    assert all(row[0] == f"'{text}" for row, text in zip(found[1:9], EVIL, strict=False))
    assert found[9][0] == "a\\x1b[31m"
    assert all(row[1] == "-1.5" for row in found[1:])  # a number below 0 stays one


def test_no_text_is_a_formula_in_the_workbook():
    openpyxl = pytest.importorskip("openpyxl")
    from regulars.show.workbook import workbook

    content = workbook(
        [Tab("t", ["arm", "profit, yuan"], [*([text, -1.5] for text in EVIL), ["plain", None]])]
    )
    sheet = openpyxl.load_workbook(io.BytesIO(content))["t"]
    for k, text in enumerate(EVIL[:8], 2):
        assert sheet.cell(k, 1).data_type == "s" and sheet.cell(k, 1).value == text
        assert sheet.cell(k, 2).value == -1.5 and sheet.cell(k, 2).data_type == "n"
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    assert sheet.cell(2, 1).quotePrefix and not sheet.cell(11, 1).quotePrefix
    assert sheet.freeze_panes == "A2" and sheet.cell(1, 1).font.bold


def test_the_workbook_holds_the_tables_and_has_no_date(usual):
    openpyxl = pytest.importorskip("openpyxl")
    from regulars.show.workbook import workbook

    found = tabs(usual)
    content = workbook(found)
    assert content == workbook(found)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == [tab.name for tab in found]
    for tab in found:
        rows = list(book[tab.name].iter_rows(values_only=True))
        assert rows[0] == tuple(tab.heads)
        for there, row in zip(rows[1:], tab.rows, strict=True):
            for value, wanted in zip(there, row, strict=True):
                told = pytest.approx(wanted, rel=1e-12) if isinstance(wanted, float) else wanted
                assert value == (None if wanted == "" else told), (tab.name, row)
        widths = [one.width for one in book[tab.name].column_dimensions.values()]
        assert len(widths) == len(tab.heads) and 9 <= min(widths) and max(widths) <= 60


def test_hostile_names_reach_both_files():
    openpyxl = pytest.importorskip("openpyxl")
    from regulars.show.workbook import workbook

    found = tabs(readings()["hostile"])
    book = openpyxl.load_workbook(io.BytesIO(workbook(found)))
    assert "会员积分" in book["arms"]["A3"].value
    assert "会员积分" in read_csv(csv_bytes(found[1]))[2][0]


def test_months_are_those_of_the_comparison_and_sum_to_the_run(usual):
    """Contributions of the months add up to the change of profit of the run, arm by arm, and are what `by_month` says."""
    tab = next(tab for tab in tabs(usual) if tab.name == "months")
    rows = [dict(zip(tab.heads, row, strict=True)) for row in tab.rows]
    assert (
        rows[0]["arm"] == CONTROL
        and rows[0]["first day"] == "2024-01-01"
        and rows[-1]["last day"] == "2024-12-29"
    )
    assert (
        rows[0]["change of contribution, yuan"] is None
        and rows[0]["sales, yuan"] > 0
        and rows[0]["purchases"] > 0
    )
    table = usual.comparison.by_month().query("metric == 'incremental_profit'").set_index(["arm", "month"])
    for arm in usual.arms:
        mine = [row for row in rows if row["arm"] == arm]
        assert sum(row["change of contribution, yuan"] for row in mine) == pytest.approx(
            usual.profit(arm).mean
        )
        for row in mine:
            found = table.loc[(arm, row["month"])]
            ends = [row[f"change of contribution, yuan: {end}"] for end in ("95% interval from", "to")]
            assert ends == pytest.approx([found["low"], found["high"]])
            assert found["low"] < row["change of contribution, yuan"] < found["high"]


def test_what_is_lacking_is_told_before_anything_is_written(monkeypatch, tmp_path):
    with pytest.raises(RegularsError, match="'xslx' is no format of results; did you mean 'xlsx'"):
        asked_for(["xslx"])
    with pytest.raises(RegularsError, match="a list is needed"):
        asked_for("csv")
    monkeypatch.setattr(files.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(RegularsError, match=r"openpyxl: pip install 'regulars\[excel\]'"):
        write_comparison(comparison(replicates=2), tmp_path / "out", formats=["xlsx"])
    monkeypatch.setenv("PATH", "")
    with pytest.raises(RegularsError, match="pdf takes a browser"):
        write_comparison(comparison(replicates=2), tmp_path / "out", formats=["pdf"])
    assert not (tmp_path / "out").exists()
    assert asked_for(["csv", "csv"]) == ("csv",)


def program(folder, text):
    """A program that is called chromium, alone on PATH but for the shell."""
    file = folder / "chromium"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin"


@pytest.mark.skipif(os.name == "nt", reason="a shell script stands for the browser")
def test_a_browser_that_does_not_print_loses_nothing_else(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", program(tmp_path, "echo cannot open display >&2; exit 1"))
    (tmp_path / "report.html").write_text("<p>hello")
    told = write_files(comparison(replicates=2), tmp_path, ["csv", "pdf"])
    assert len(told) == 1 and "report.pdf was not written" in told[0] and "cannot open display" in told[0]
    assert (tmp_path / "arms.csv").exists() and not (tmp_path / "report.pdf").exists()
    with pytest.raises(RegularsError, match="does not go without it"):
        write_comparison(comparison(replicates=2), tmp_path / "out", report=False, formats=["pdf"])


@pytest.mark.skipif(os.name == "nt", reason="a shell script stands for the browser")
def test_what_the_browser_prints_is_kept(monkeypatch, tmp_path):
    script = 'for a in "$@"; do case "$a" in --print-to-pdf=*) printf "%%PDF-1.4 made" > "${a#--print-to-pdf=}";; esac; done'
    monkeypatch.setenv("PATH", program(tmp_path, script))
    (tmp_path / "report.html").write_text("<p>hello")
    pdf.write_pdf(tmp_path / "report.html", tmp_path / "report.pdf")
    assert (tmp_path / "report.pdf").read_bytes() == b"%PDF-1.4 made"


def pages(content):
    """How many pages a PDF has: objects that are one."""
    return len(re.findall(rb"/Type\s*/Page\b", content))


@pytest.mark.skipif(pdf.browser() is None, reason="no browser on PATH")
def test_six_arms_of_a_fitted_market_are_at_most_eight_pages(tmp_path):
    """With every section that there is: inputs that are told apart, members, rivals, many lines of a fit."""
    six = {f"programme {k}": 9000.0 - 2500 * k for k in range(6)}
    told = "nobody can see this in a log " * 9
    lines = [f"ASSUMED: number {k} = 0.75 share (standard error 0.1), assumed: {told}" for k in range(9)]
    health = [f"REVIEW check {k}: " + "so many are missed by so much " * 5 for k in range(7)]
    changes = {**FOUND, "about.assumed": lines, "about.health": health}
    found = fitted(changes, profits=six, rivals=tuple("BCDE"), replicates=60)
    names = [
        name for name in declared(found.scenario.spec) if name.startswith(("need.", "switching.", "choice."))
    ][:10]
    drawn = np.random.default_rng(1)
    inputs = [
        {"replicate": k, "input": name, "value": drawn.normal(), "source": ("the log", "money inputs", "assumed behaviour")[j % 3]}
        for j, name in enumerate(names) for k in range(60)
    ]  # fmt: skip
    show.write_report(dataclasses.replace(found, inputs=pd.DataFrame(inputs)), tmp_path / "report.html")
    assert "Where the interval comes from</h3>" in (tmp_path / "report.html").read_text("utf-8")
    pdf.write_pdf(tmp_path / "report.html", tmp_path / "report.pdf")
    assert 4 <= pages((tmp_path / "report.pdf").read_bytes()) <= 8
