"""Which rows of a log count: lines without values, totals, and what the reading leaves out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regulars.ground.alike import alike
from regulars.ground.errors import RegularsError
from regulars.panels.column import Column, matching
from regulars.panels.columns import or_alike
from regulars.panels.headings import TOTAL, spelled
from regulars.panels.names import MISSING
from regulars.panels.reading import Reading
from regulars.panels.sources import Source
from regulars.panels.ways import typed, way

SHOWN = 6  # values of a column named in a message
BLANK = "lines without any value"


@dataclass(frozen=True)
class LeftOut:
    """Rows that do not count, and why."""

    kind: str
    rows: NDArray[np.bool_]
    why: str


def filtered_columns(source: Source, reading: Reading, found: dict[str, str]) -> dict[str, tuple[str, ...]]:
    """The file's columns that the reading's conditions speak of, with all values asked for.

    Raises:
        RegularsError: for a column that is not there.
    """
    asked: dict[str, tuple[str, ...]] = {}
    for option in ("leave_out", "only", "returned"):
        for name, values in getattr(reading, option).items():
            actual = actual_column(source, name, found, option)
            asked[actual] = (*asked.get(actual, ()), *values)
    for name in reading.ignore:
        actual = actual_column(source, name, found, "ignore")
        used = next((field for field, column in found.items() if column == actual), None)
        if used and used != "currency":
            raise RegularsError(
                f"{source.place}: ignore names the column {actual}, which is taken as {used}; "
                f"{way('columns', {used: 'COLUMN'})} takes another one, and nothing after the sign takes none"
            )
    return asked


def actual_column(source: Source, name: str, found: dict[str, str], option: str) -> str:
    """The file's column of this name: its own, or one of ours (``customer``)."""
    by_spelling = {spelled(c): c for c in source.header}
    actual = name if name in source.header else by_spelling.get(spelled(name)) or found.get(name)
    if actual is None:
        raise RegularsError(
            f"{source.place}: {option} names a column {name!r} that is not there; found {', '.join(source.header)}"
            f"{or_alike(name, source.header)}"
        )
    return actual


def blank_rows(columns: dict[str, Column]) -> NDArray[np.bool_]:
    """Rows in which nothing stands."""
    everywhere = None
    for column in columns.values():
        everywhere = column.blank if everywhere is None else everywhere & column.blank
        if not everywhere.any():
            break
    return np.empty(0, bool) if everywhere is None else everywhere


def trailing(blank: NDArray[np.bool_]) -> int:
    """Blank rows at the end, which are no one's concern."""
    return len(blank) if blank.all() else int(blank[::-1].argmin())


def left_out(
    source: Source, columns: dict[str, Column], found: dict[str, str], reading: Reading
) -> list[LeftOut]:
    """Rows that do not count, each for its first reason."""
    gone: list[LeftOut] = []
    rows = len(next(iter(columns.values())))
    kept = np.ones(rows, bool)

    def leave(kind: str, which: NDArray[np.bool_], why: str) -> None:
        which = which & kept
        if which.any():
            gone.append(LeftOut(kind, which, why))
            kept[which] = False

    leave("blank", blank_rows(columns), BLANK)
    for name, values in reading.only.items():
        column = columns[actual_column(source, name, found, "only")]
        leave("only", ~column.holding(values), f"rows where {column.name} is not {_either(values)}")
    for name, values in reading.leave_out.items():
        column = columns[actual_column(source, name, found, "leave_out")]
        leave("leave_out", column.holding(values), f"rows where {column.name} is {_either(values)}")
    leave("total", _totals(columns, found), "rows of totals")
    return gone


def without_rows(
    source: Source, columns: dict[str, Column], found: dict[str, str], reading: Reading
) -> tuple[str, ...]:
    """Conditions of the reading that no row meets, each in a sentence.

    Raises:
        RegularsError: where a value that is asked for is nearly one that the column holds.
    """
    told = []
    for option in ("leave_out", "only", "returned"):
        for name, values in getattr(reading, option).items():
            column = columns[actual_column(source, name, found, option)]
            for value in values:
                if not value or column.holding((value,)).any():
                    continue
                there = [str(text) for text in column.texts[column.counts > 0] if text]
                close = alike(value.strip(), there, 3, 0.75, str.casefold)
                close = [] if any(word.isdigit() for word in (value, *close)) else close
                if close:
                    raise RegularsError(
                        f"{source.place}: {option}: no row has {column.name} {value!r}; nearest: "
                        f"{', '.join(map(repr, close))}. {way(option, {column.name: close[0]})}"
                    )
                shown = ", ".join(map(repr, there[:SHOWN])) + (" ..." if len(there) > SHOWN else "")
                told.append(
                    f"no row has {column.name} {value!r}, which {typed(option, {column.name: value})} asks for; it holds {shown}"
                )
    return tuple(told)


def _totals(columns: dict[str, Column], found: dict[str, str]) -> NDArray[np.bool_]:
    """Rows that name a total where a customer, a time or a firm should stand, and lack one of these."""
    named = missing = None
    for field in ("customer", "time", "firm", "receipt"):
        if field not in found:
            continue
        column = columns[found[field]]
        if not column.is_text:
            names = none = np.zeros(len(column), bool)
            none = column.blank
        else:
            is_total = matching(column.texts, TOTAL)
            names = column.spread(is_total)
            none = column.spread(is_total | column.texts.isin(MISSING).to_numpy(dtype=bool), True)
        named = names if named is None else named | names
        if field in ("customer", "time"):
            missing = none if missing is None else missing | none
    assert named is not None and missing is not None
    return named & missing


def _either(values: tuple[str, ...]) -> str:
    shown = [repr(v) if v else "empty" for v in values]
    return shown[0] if len(shown) == 1 else f"one of {', '.join(shown)}"
