"""Tables as CSV files and one workbook, and the report as PDF: what `--format` asks for, beside the report."""

from __future__ import annotations

import csv
import importlib.util
import io
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from regulars.ground.alike import nearest
from regulars.ground.errors import RegularsError, shown
from regulars.ground.letters import visible
from regulars.show.pdf import browser, write_pdf
from regulars.show.reading import read
from regulars.show.tabs import Tab, tabs

CSV, XLSX, PDF = FORMATS = ("csv", "xlsx", "pdf")
FORMULA = re.compile(
    r"\s*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]"
)  # what a spreadsheet may take for one, wide letters too


def asked_for(formats: Iterable[str]) -> tuple[str, ...]:
    """Formats, each once, which can all be written here; before anything takes time.

    Raises:
        RegularsError: no such format, or what it takes is not there; says how to get it.
    """
    if isinstance(formats, (str, bytes)):
        raise RegularsError(
            f"formats = {shown(formats)} will not do: a list is needed, as in ['csv', 'xlsx']"
        )
    found = tuple(dict.fromkeys(formats))
    for one in found:
        if one not in FORMATS:
            raise RegularsError(f"{shown(one)} is no format of results; {nearest(str(one), FORMATS)}")
    if XLSX in found and importlib.util.find_spec("openpyxl") is None:
        raise RegularsError("xlsx takes the package openpyxl: pip install 'regulars[excel]'")
    if PDF in found and browser() is None:
        raise RegularsError(
            "pdf takes a browser that prints the report, and none was found on PATH: install Chromium, Chrome or Edge (Debian and Ubuntu: "
            "apt install chromium), or open report.html and print it from there"
        )
    return found


def write_files(comparison: Any, folder: Path, formats: Iterable[str]) -> list[str]:
    """Write tables and report of a comparison into a folder, in each of these formats; report.html lies there for `pdf`.

    Returns:
        What went wrong with the browser: what took long to compute is not lost for that.

    Raises:
        RegularsError: as `asked_for`.
    """
    wanted = asked_for(formats)
    found = tabs(read(comparison)) if {CSV, XLSX} & set(wanted) else []
    if CSV in wanted:
        for tab in found:
            (folder / f"{tab.name.replace(' ', '-')}.csv").write_bytes(csv_bytes(tab))
    if XLSX in wanted:
        from regulars.show.workbook import workbook

        (folder / "tables.xlsx").write_bytes(workbook(found))
    try:
        if PDF in wanted:
            write_pdf(folder / "report.html", folder / "report.pdf")
    except RegularsError as error:
        return [f"report.pdf was not written: {error}"]
    return []


def csv_bytes(tab: Tab) -> bytes:
    """A table as CSV: UTF-8 with a mark that spreadsheets know, an apostrophe before text that they would take for a formula."""
    stream = io.StringIO()
    rows = csv.writer(stream, lineterminator="\n")
    rows.writerow([_harmless(head) for head in tab.heads])
    rows.writerows(
        [[_harmless(value) if isinstance(value, str) else value for value in row] for row in tab.rows]
    )
    return b"\xef\xbb\xbf" + stream.getvalue().encode()


def _harmless(text: str) -> str:
    kept = visible(text)
    return f"'{kept}" if FORMULA.match(kept) else kept
