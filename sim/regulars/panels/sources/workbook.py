"""Excel workbooks, through a small quick reader that is an extra of the package."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa

from regulars.ground.errors import RegularsError
from regulars.panels.headings import is_heading, spelled
from regulars.panels.reading import Reading
from regulars.panels.sources.sniff import ABOVE
from regulars.panels.sources.tables import Table
from regulars.panels.sources.text import _named
from regulars.panels.ways import way

KINDS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


def open_workbook(place: Path, reading: Reading) -> Table:
    """Open one sheet: the one asked for, else the first that has known headings.

    Raises:
        RegularsError: without the reader, for a file that is no workbook, and for a sheet that is not there.
    """
    try:
        from python_calamine import CalamineWorkbook
    except ImportError:
        raise RegularsError(
            f"{place}: workbooks need a reader: pip install 'regulars[excel]'; or save the sheet as CSV (UTF-8) and read that"
        ) from None
    try:
        book = CalamineWorkbook.from_path(str(place))
        names = list(book.sheet_names)
    except Exception as error:  # the reader has errors of its own for each kind of damage
        raise RegularsError(f"{place}: not a readable workbook ({error})") from None
    if reading.sheet is not None and reading.sheet not in names:
        raise RegularsError(f"{place}: there is no sheet {reading.sheet!r}; it holds {', '.join(names)}")
    mine = {spelled(name) for name in reading.columns.values()}
    chosen = None
    for name in [reading.sheet] if reading.sheet is not None else names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        at = _header(rows, mine)
        if rows and (chosen is None or at is not None):
            chosen = (name, rows, at)
        if at is not None:
            break
    if chosen is None:
        raise RegularsError(
            f"{place}: the workbook is empty; it needs a header line and one line per purchase"
        )
    name, rows, at = chosen
    first = next((k for k, row in enumerate(rows) if any(c != "" for c in row)), 0)
    at = first if at is None else at
    used = [k for k in range(len(rows[at])) if any(k < len(r) and r[k] != "" for r in rows[at:])]
    header, twice = _named([str(rows[at][k]).strip() for k in used], reading.columns.values())
    if twice:
        raise RegularsError(
            f"{place}: the header (row {at + 1}) names {twice[0]!r} more than once; rename one of them"
        )
    table = pa.table(
        {
            h: _typed([row[k] if k < len(row) else "" for row in rows[at + 1 :]])
            for h, k in zip(header, used, strict=True)
        }
    )
    source = Table(str(place), f"workbook, sheet {name}", table)
    source.first = at + 2
    above = sum(any(c != "" for c in row) for row in rows[:at])
    if above:
        source.notes.append(
            f"{above} {'line' if above == 1 else 'lines'} above the header (row {at + 1}) left out"
        )
    if len(names) > 1 and reading.sheet is None:
        others = ", ".join(n for n in names if n != name)
        source.notes.append(
            f"sheet {name} is read, not {others}: {way('sheet', others.split(', ')[0])} reads another"
        )
        source.settled["sheet"] = name
    return source


def _header(rows: list[list[Any]], mine: set[str]) -> int | None:
    for k, row in enumerate(rows[:ABOVE]):
        if sum(isinstance(c, str) and (is_heading(c) or spelled(c) in mine) for c in row if c != "") >= 2:
            return k
    return None


def _typed(cells: list[Any]) -> pa.Array:
    """Cells of one column: times or numbers where all are, otherwise text as the sheet shows it."""
    cells = [None if c == "" else c for c in cells]
    there = [c for c in cells if c is not None]
    if there and all(isinstance(c, (dt.datetime, dt.date)) for c in there):
        return pa.array([_moment(c) for c in cells], pa.timestamp("us"))
    if there and all(isinstance(c, (int, float)) and not isinstance(c, bool) for c in there):
        return pa.array([None if c is None else float(c) for c in cells], pa.float64())
    return pa.array(["" if c is None else _shown(c) for c in cells], pa.string())


def _moment(cell: Any) -> dt.datetime | None:
    return (
        cell
        if cell is None or isinstance(cell, dt.datetime)
        else dt.datetime(cell.year, cell.month, cell.day)
    )


def _shown(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return cell.isoformat(sep=" ") if isinstance(cell, dt.datetime) else str(cell)
