"""One workbook of all tables: numbers as numbers, headings that stay, widths that fit, and no text that is taken for a formula."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any

from regulars.ground.letters import visible
from regulars.ground.lines import columns
from regulars.show.tabs import Tab, Value

LONGEST = 32_767  # letters of a cell
WIDEST, NARROWEST = 60, 9  # columns
MADE = "2000-01-01T00:00:00Z"  # the same tables give the same bytes
STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")
UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def workbook(tabs: Sequence[Tab]) -> bytes:
    """The tables as an .xlsx file, a sheet each. It takes openpyxl."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for tab in tabs:
        _fill(book.create_sheet(tab.name), tab)
    stream = io.BytesIO()
    book.save(stream)
    return _undated(stream.getvalue())


def _fill(sheet: Any, tab: Tab) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    lines: list[list[Value]] = [list(tab.heads), *tab.rows]
    for r, row in enumerate(lines, 1):
        for c, value in enumerate(row, 1):
            if value is not None and value != "":
                _put(sheet.cell(r, c), value)
    for c, head in enumerate(tab.heads, 1):
        cells: list[Value] = [head[:20], *(row[c - 1] for row in tab.rows)]
        wide = max((columns(_told(value)) for value in cells), default=0) + 2
        sheet.column_dimensions[get_column_letter(c)].width = min(max(wide, NARROWEST), WIDEST)
        sheet.cell(1, c).font = Font(bold=True)
        sheet.cell(1, c).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"


def _put(cell: Any, value: Value) -> None:
    """A number as a number; text as text, whatever it begins with, also when somebody edits it."""
    from openpyxl.styles import Alignment

    if isinstance(value, str):
        kept = UNREADABLE.sub("", visible(value))[:LONGEST]
        cell.value = kept
        cell.data_type = "s"
        cell.quotePrefix = kept[:1] in ("=", "+", "-", "@")
        if columns(kept) > WIDEST:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        return
    cell.value = value
    if isinstance(value, float):
        cell.number_format = (
            "0" if value.is_integer() and abs(value) < 1e15 else "#,##0.00" if abs(value) >= 10 else "0.0000"
        )


def _told(value: Value) -> str:
    return f"{value:,.4f}" if isinstance(value, float) else str(value if value is not None else "")


def _undated(content: bytes) -> bytes:
    """The same file without the time at which it was made."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = STAMP.sub(rb"\g<1>" + MADE.encode() + rb"\g<2>", part)
            new.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), part, zipfile.ZIP_DEFLATED)
    return stream.getvalue()
