"""What the columns and rows of a log mean: from an opened source to lines of purchases."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from regulars.ground.errors import RegularsError
from regulars.panels import duplicates
from regulars.panels.account import Change, ColumnUse
from regulars.panels.baskets import Lines
from regulars.panels.column import Column
from regulars.panels.columns import Found, find_columns
from regulars.panels.gone import nothing_left, what_changed
from regulars.panels.headings import FIELDS, spelled
from regulars.panels.ids import Hashed, Ids
from regulars.panels.marks import FEW, described
from regulars.panels.money import find_currency, marked, one_currency, read_money
from regulars.panels.names import Names, read_names
from regulars.panels.own_log import opportunities_of
from regulars.panels.problems import Problems
from regulars.panels.reading import Reading
from regulars.panels.rows import (
    LeftOut,
    actual_column,
    filtered_columns,
    left_out,
    without_rows,
)
from regulars.panels.sources import Source
from regulars.panels.sources.joined import Joined, with_dates_joined
from regulars.panels.sources.tables import IN_MEMORY
from regulars.panels.time_of_day import is_clock
from regulars.panels.times import Times, read_times
from regulars.panels.ways import ways
from regulars.panels.window import far_from_the_rest, outside

OWN = "own"
OURS = frozenset(
    "time customer occasion firm quantity listed amount price".split()
)  # a log that `regulars run --log` wrote
HOW = {"customer": "", "firm": "", "receipt": "lines of one receipt add up"}


@dataclass
class Interpreted:
    """A log whose every row is understood; ``lines`` are rows that count, with ranks of names for customers and firms."""

    name: str
    rows: int
    money: float
    lines: Lines
    customers: Names
    firms: NDArray[np.object_]
    times: Times
    columns: dict[str, str]
    uses: tuple[ColumnUse, ...]
    changes: list[Change]
    remarks: list[str]
    settled: Reading
    currency: str | None
    receipts: bool
    own: bool
    zero: dt.date | None  # the date of time 0 of the lines
    numbers: NDArray[np.int64]  # of the rows that count, as the user finds them
    idle: tuple[str, ...] = ()  # conditions of the reading that no row meets
    opportunities: pd.DataFrame | None = None  # all of them, by customer and time, where they were asked for


def interpret(source: Source, reading: Reading, ids: Ids | None = None) -> Interpreted:
    """Understand a log, or raise one error with everything that is wrong with it; `ids` hide those of customers."""
    source = with_dates_joined(source, reading.columns)
    glance = source.glance()
    clocks = [c for c, column in glance.items() if spelled(c) in FIELDS["clock"][0] and is_clock(column)]
    joined = {"time": source.name} if isinstance(source, Joined) else {}
    found = find_columns(source.header, {**joined, **reading.columns}, source.place, clocks)
    if found.faults:
        problems = Problems(source.place, np.empty(0, dtype=int))
        problems.told = found.faults
        problems.raise_if_any()
    if ids is not None:
        source = Hashed(source, found.columns["customer"], ids)
        reading = ids.reading(reading, lambda n: actual_column(source, n, found.columns, "") == source.name)
    own = set(source.header) >= OURS
    if own and "firm" not in reading.leave_out:
        reading = replace(reading, leave_out={**reading.leave_out, "firm": ("",)})
    asked = filtered_columns(source, reading, found.columns)
    unused = [c for c in source.header if c not in found.columns.values()]
    few = [c for c in unused if c in glance and int((glance[c].counts > 0).sum()) <= FEW]
    columns = source.columns([*found.columns.values(), *asked, *few])
    rows = len(source.rows)
    if not rows and not source.faults:
        raise RegularsError(f"{source.place}: a header but no purchases below it")
    used = {c: columns[c] for c in dict.fromkeys([*found.columns.values(), *asked])}
    idle = without_rows(source, used, found.columns, reading)
    gone = left_out(source, used, found.columns, reading)
    opportunities = (
        opportunities_of(source.place, columns, found.columns, own)
        if reading.opportunities == "all"
        else None
    )
    keep = np.ones(rows, bool)
    for part in gone:
        keep &= ~part.rows
    if not keep.any() and not source.faults:
        raise nothing_left(source.place, gone, reading)
    kept = np.flatnonzero(keep)
    everything = columns
    columns = columns if len(kept) == rows else {name: c.where(keep) for name, c in columns.items()}
    problems = Problems(source.place, source.rows[kept])
    problems.told += source.faults
    result = _interpret(source, reading, found, glance, columns, everything, gone, kept, problems, asked, own)
    return replace(result, idle=idle, opportunities=opportunities)


def _interpret(
    source: Source, reading: Reading, found: Found, glance: dict[str, Column], columns: dict[str, Column], everything: dict[str, Column],
    gone: list[LeftOut], kept: NDArray[np.int64], problems: Problems, asked: dict[str, Any], own: bool,
) -> Interpreted:  # fmt: skip
    ours = found.columns
    customers = read_names(columns[ours["customer"]], "customer", reading.spellings, problems)
    clock = columns[ours["clock"]] if "clock" in ours else None
    times = read_times(columns[ours["time"]], reading, problems, clock)
    remarks = [*source.notes, *found.notes]
    if "firm" in ours:
        firm = read_names(columns[ours["firm"]], "firm", reading.spellings, problems)
        firms, firm_codes = np.array([str(v) for v in firm.labels], object), firm.codes
    else:
        firm, firms, firm_codes = None, np.array([OWN], object), np.zeros(len(kept), np.int64)
        remarks.append(f"no column names a firm: taken as one firm's log, firm {OWN!r}")
    money = read_money(ours, columns, reading, problems)
    aside = {c: columns[c] for c in columns if c not in ours.values() or c == ours.get("currency")}
    one_currency(money, find_currency(ours, aside), reading, problems)
    marked(money, {**aside, **{c: columns[c] for c in asked}}, {*asked, *reading.ignore}, reading, problems)
    before = outside(times, reading, problems)
    far_from_the_rest(times, columns[ours["time"]], ~before, reading, problems)
    again = np.zeros(len(kept), bool)
    if reading.duplicates != "keep":
        again = duplicates.repeated(columns, source, kept) & ~before
    if reading.duplicates == "refuse":
        problems.rows_where(
            again,
            "rows repeat an earlier row in every column",
            advice=f"{ways('duplicates', 'drop', 'keep')}; drop if they are copies, keep if they are separate purchases",
        )
        again[:] = False
    if problems.told and reading.returns == "refuse":  # else told once the lines of baskets have added up
        problems.rows_where(
            money.amount < 0,
            "negative amounts: returns?",
            columns[ours.get("amount", ours.get("price", ""))],
            ways("returns", "net", "drop"),
        )
    problems.raise_if_any()
    changes, read_before = what_changed(gone, everything, ours, reading, money, again, before)
    receipt = None
    if "receipt" in ours:
        column = columns[ours["receipt"]]
        receipt = column.codes.astype(np.int64) + 1
        receipt = _ranked(column)[receipt]
    lines = Lines(
        customers.codes,
        times.values,
        firm_codes,
        money.amount,
        money.price,
        money.quantity,
        receipt,
        times.period,
        problems.rows,
    )
    inside = ~(again | before)
    if not inside.all():
        lines = lines.take(inside)
    if not len(lines):
        raise RegularsError(
            f"{source.place}: no purchases are left between {reading.since or 'the start'} and {reading.until or 'the end'}"
        )
    for names in (customers, firm):
        remarks += names.notes if names else []
        if names and names.merged:
            changes.append(Change("spellings", names.merged, 0.0, names.notes.pop(0)))
            remarks.remove(changes[-1].sentence)
    settled = {**source.settled, **times.settled, **money.settled}
    return Interpreted(
        "log" if source.place == IN_MEMORY else Path(source.place).name.split(".")[0],
        len(source.rows), read_before, lines, customers, firms, times, ours, _uses(source, found, columns, glance, asked, reading),
        changes, [*remarks, *times.notes, *money.notes], reading.but(**{k: v for k, v in settled.items() if k != "columns"}),
        money.currency, receipt is not None, own, times.start, problems.rows,
    )  # fmt: skip


def _ranked(column: Column) -> NDArray[np.int64]:
    """Ranks of the names of receipts, 0 for an empty cell, so that the order of rows does not matter."""
    order = (
        np.argsort(column.texts.to_numpy(dtype=object).astype(str), kind="stable")
        if len(column.words)
        else np.empty(0, np.int64)
    )
    ranks = np.zeros(len(order) + 1, np.int64)
    ranks[order + 1] = np.arange(1, len(order) + 1)
    return ranks


def _uses(
    source: Source, found: Found, columns: dict[str, Column], glance: dict[str, Column], asked: dict[str, Any], reading: Reading,
) -> tuple[ColumnUse, ...]:  # fmt: skip
    taken = {c: field for field, c in found.columns.items()}
    uses = []
    for name in source.header:
        if name in taken:
            uses.append(ColumnUse(name, taken[name], HOW.get(taken[name], "")))
        elif name in asked:
            uses.append(ColumnUse(name, "which rows count", "as asked"))
        elif name in reading.ignore:
            uses.append(ColumnUse(name, "", "as asked"))
        elif name in found.aside:
            uses.append(ColumnUse(name, "", found.aside[name]))
        elif source.private:
            uses.append(ColumnUse(name, "", "what it holds is not shown where ids are hashed"))
        elif name in columns:
            uses.append(ColumnUse(name, "", described(columns[name], True)))
        elif name in glance:
            uses.append(ColumnUse(name, "", described(glance[name], False)))
        else:
            uses.append(ColumnUse(name, "", "its cells hold more than one value each"))
    return tuple(uses)
