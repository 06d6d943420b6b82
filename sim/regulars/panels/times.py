"""Reads the column of time: dates, timestamps, periods, counts of days, or order numbers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from regulars.panels import formats
from regulars.panels.clocks import by_local_clock, without_offsets
from regulars.panels.column import Column
from regulars.panels.counts import Counted, meaning
from regulars.panels.names import MISSING
from regulars.panels.problems import Problems
from regulars.panels.reading import Reading
from regulars.panels.time_of_day import of_day
from regulars.panels.ways import leaving_out, way, ways

EXAMPLE = "as in 2024-03-31, 2024-03-31 18:05:00 or 20240331, or a day number"
DAY = np.timedelta64(1, "D")
PERIODS = {"quarter": "quarters", "month": "months", "week": "weeks"}  # to which a time may be known


@dataclass
class Times:
    """When each row was: in days since midnight of the first date, or a number counted from the first whole one.

    ``period`` is the length in days of the week, month or quarter that a row's time is known to (0 where the day is known); ``days`` is the
    length of the window, None for until the last purchase.
    """

    values: NDArray[np.float64]
    dated: bool = True
    start: dt.date | None = None
    unit: str = "day"
    period: NDArray[np.float64] | None = None
    notes: list[str] = field(default_factory=list)
    settled: dict[str, str] = field(default_factory=dict)
    clocked: bool = False


@dataclass
class _Stamps:
    """The distinct times of a column: dates, or numbers of days where there is no calendar."""

    stamps: pd.Series | None
    numbers: NDArray[np.float64] | None = None
    counted: Counted | None = None
    notes: list[str] = field(default_factory=list)
    settled: dict[str, str] = field(default_factory=dict)


def read_times(column: Column, reading: Reading, problems: Problems, clock: Column | None = None) -> Times:
    """The times of a log by row. Faults go to ``problems``; the values of faulty rows are then meaningless."""
    missing_words = column.texts.isin(MISSING).to_numpy(dtype=bool)
    missing = column.spread(missing_words, True)
    problems.rows_where(
        missing,
        f"no time in column {column.name}",
        advice=f"{way('leave_out', {column.name: ''})} leaves such rows out",
    )
    there = (column.counts > 0) & ~missing_words
    if not there.any():
        return Times(np.zeros(len(column)))
    read = _stamps(column, there, reading, problems)
    if read is None:
        return Times(np.zeros(len(column)))
    if read.stamps is None:
        return _counted(column, read, reading)
    return _dated(column, read, clock, problems)


def _stamps(column: Column, there: NDArray[np.bool_], reading: Reading, problems: Problems) -> _Stamps | None:
    kind = column.words.type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return _typed(column, there, reading, problems)
    numeric = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    if not numeric and not column.is_text:
        problems.add(f"column {column.name} holds {kind}, not times")
        return None
    texts = column.texts
    some = texts[there].iloc[:: max(1, int(there.sum()) // 1000)]
    if numeric or (
        pd.to_numeric(some, errors="coerce").notna().sum() * 2 > len(some)
        and not _textual(reading.date_format)
    ):
        return _numbers(column, there, reading, problems)
    return _text(column, there, reading, problems)


def _textual(form: str | None) -> bool:
    """Whether a form asked for has marks that a number lacks."""
    return form is not None and form not in ("unix", "excel") and any(c not in "%YmdyHMSjGVu" for c in form)


def _typed(column: Column, there: NDArray[np.bool_], reading: Reading, problems: Problems) -> _Stamps:
    zone = getattr(column.words.type, "tz", None)
    words = (
        column.words.cast(pa.timestamp("us", tz=zone))
        if not pa.types.is_date(column.words.type)
        else column.words.cast(pa.timestamp("us"))
    )
    stamps = words.to_pandas()
    stamps = pd.Series(stamps)
    notes = []
    if zone:
        wanted = reading.time_zone or zone
        stamps = stamps.dt.tz_convert(wanted).dt.tz_localize(None)
        notes.append(
            f"times are turned to the clock of {wanted}"
            if reading.time_zone
            else f"times are local, in the zone {zone}"
        )
    elif reading.time_zone:
        notes.append(f"times state no offset from UTC; they are taken as the clock of {reading.time_zone}")
    return _Stamps(stamps.astype("datetime64[us]"), notes=notes)


def _numbers(
    column: Column, there: NDArray[np.bool_], reading: Reading, problems: Problems
) -> _Stamps | None:
    numbers = pd.to_numeric(column.texts, errors="coerce").astype(float)
    bad = there & ~np.isfinite(numbers.to_numpy())
    problems.rows_where(
        column.spread(bad), f"values of column {column.name} are not numbers like the rest of it", column,
        leaving_out(column.name, column.texts[bad]),
    )  # fmt: skip
    good = numbers[there & ~bad]
    if not len(good):
        return None
    found = meaning(good, column.name, reading.unit, reading.date_format)
    if found is None:
        problems.add(
            f"column {column.name} holds numbers up to {good.abs().max():g}, too large for days; if they are seconds since 1970 (or "
            f"thousandths of them), {way('date_format', 'unix')}; if they number purchases, {way('unit', 'order')}"
        )
        return None
    notes, settled = [], {}
    name = column.name
    if found.stamps is None:
        days = np.asarray(numbers.where(there & ~bad, float(good.min())), np.float64) * (found.scale or 1.0)
        read = _Stamps(None, days, found)
        if found.kind in PERIODS and reading.unit is None:
            settled["unit"] = found.kind
        return read
    full = pd.Series(pd.NaT, index=numbers.index, dtype="datetime64[us]")
    full[good.index] = found.stamps
    wrong = there & ~bad & full.isna().to_numpy()
    form = {"calendar week": "a year and an ISO week", "calendar month": "a year and a month"}.get(
        found.kind, repr(found.form)
    )
    problems.rows_where(column.spread(wrong), f"values of column {name} do not follow {form}", column)
    if found.kind == "unix":
        clock = (
            f"turned to the clock of {reading.time_zone}"
            if reading.time_zone
            else f"by the clock of UTC ({way('time_zone', 'Europe/Berlin')} turns them to a local one)"
        )
        notes.append(f"column {name} is read as {found.form} since 1970, {clock}")
        settled["date_format"] = "unix"
        if reading.time_zone:
            full = (
                full.dt.tz_localize("UTC")
                .dt.tz_convert(reading.time_zone)
                .dt.tz_localize(None)
                .astype("datetime64[us]")
            )
    elif found.kind == "spreadsheet":
        notes.append(f"column {name} is read as days of a spreadsheet, which count from 1899-12-30")
        settled["date_format"] = "excel"
    return _Stamps(full, counted=found, notes=notes, settled=settled)


def _text(column: Column, there: NDArray[np.bool_], reading: Reading, problems: Problems) -> _Stamps | None:
    words, minutes = without_offsets(column.texts)
    words = words.where(there, "")
    some = words[there]
    notes, settled = [], {}
    if reading.date_format is None:
        for kind, reader in (
            ("month", formats.months),
            ("week", formats.weeks),
            ("quarter", formats.quarters),
        ):
            stamps = reader(some)
            if stamps is not None:
                full = pd.Series(pd.NaT, index=words.index, dtype="datetime64[us]")
                full[some.index] = stamps
                return _told(
                    column,
                    full,
                    there,
                    reading,
                    problems,
                    _Stamps(full, counted=Counted(f"calendar {kind}", full)),
                )
    form = reading.date_format
    if form is not None:
        words = formats.in_english(words)
        notes.append(f"dates read as {form}")
    stamps = formats.parse(words, form)
    unread = there & stamps.isna().to_numpy()
    if unread.sum() * 2 > there.sum() and form is None:
        english = formats.in_english(words)
        forms = formats.able(english[there], reading.day_first)
        if len(forms) == 1:
            stamps = formats.parse(english, forms[0])
            notes.append(f"dates read as {forms[0]}")
            settled["date_format"] = forms[0]
        elif forms:
            first = ways("day_first", True, False)
            problems.add(
                f"dates of column {column.name}, such as {words[unread].iloc[0]!r}, can be read in several ways; "
                f"{first}, or {ways('date_format', *forms[:2])}"
            )
            return None
    stamps, clock = by_local_clock(stamps, minutes, column, reading.time_zone, problems)
    if stamps.isna().all() and clock == [] and minutes.notna().any():
        return None
    return _told(
        column, stamps, there, reading, problems, _Stamps(stamps, notes=[*notes, *clock], settled=settled)
    )


def _told(
    column: Column,
    stamps: pd.Series,
    there: NDArray[np.bool_],
    reading: Reading,
    problems: Problems,
    read: _Stamps,
) -> _Stamps:
    """Values that are no dates become faults."""
    bad = there & stamps.isna().to_numpy()
    form = reading.date_format or read.settled.get("date_format")
    expected = f"do not follow {form!r}" if form else f"are not dates ({EXAMPLE})"
    out = leaving_out(column.name, column.texts[bad]) if bad.sum() * 2 <= there.sum() else ""
    how = f"{way('date_format', '%d.%m.%Y')} says how dates are written"
    problems.rows_where(column.spread(bad), f"values of column {column.name} {expected}", column, out or how)
    return read


def _counted(column: Column, read: _Stamps, reading: Reading) -> Times:
    """Times without a calendar."""
    assert read.numbers is not None and read.counted is not None
    kind, scale = read.counted.kind, read.counted.scale
    used = read.numbers[column.counts > 0]
    origin = float(np.floor(used.min() / (scale or 1.0)) * (scale or 1.0))
    values = column.spread(read.numbers - origin, 0.0)
    counted = f"; counted from {origin / (scale or 1.0):g}" if origin else ""
    if kind == "order":
        return Times(
            values,
            False,
            None,
            "order",
            notes=[f"column {column.name} numbers each customer's purchases; gaps have no length{counted}"],
        )
    if kind in PERIODS:
        note = f"column {column.name} counts {PERIODS[kind]}, without calendar: the unit of time is the {kind}, of {scale:g} days{counted}; {ways('unit', 'day', 'order')} reads it otherwise"
        return Times(values, True, None, kind, np.full(len(values), scale), [note], {"unit": kind})
    return Times(
        values, True, None, notes=[f"column {column.name} is a number of days, without calendar{counted}"]
    )


def _dated(column: Column, read: _Stamps, clock: Column | None, problems: Problems) -> Times:
    """Times with a calendar."""
    assert read.stamps is not None
    stamps = read.stamps
    used = stamps[(column.counts > 0) & stamps.notna().to_numpy()]
    if used.empty:
        return Times(np.zeros(len(column)))
    first = used.min().normalize()
    by_word = ((stamps - first) / pd.Timedelta(days=1)).to_numpy(dtype=float)
    by_word = np.where(np.isnan(by_word), 0.0, by_word)
    values = column.spread(by_word, 0.0)
    found = Times(values, True, first.date(), notes=list(read.notes), settled=dict(read.settled))
    if read.counted is not None and read.counted.kind.startswith("calendar"):
        found.unit = read.counted.kind.removeprefix("calendar ")
        length = {"month": pd.offsets.MonthBegin(1), "quarter": pd.offsets.MonthBegin(3)}
        ends = stamps + length.get(found.unit, pd.Timedelta(days=7))
        after: Any = ends - stamps
        lengths = (after / pd.Timedelta(days=1)).fillna(0.0).to_numpy(dtype=float)
        found.period = column.spread(lengths, 0.0)
        found.settled["unit"] = found.unit
    else:
        found.clocked = bool((by_word != np.floor(by_word)).any())
    if clock is not None and found.period is None:
        found.values = np.floor(found.values) + of_day(clock, problems)
        found.clocked = True
        found.notes.append(f"times of day are taken from column {clock.name}")
    return found
