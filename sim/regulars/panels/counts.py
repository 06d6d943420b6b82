"""Numbers in the column of time: dates as digits, weeks and months, seconds since 1970, days of a spreadsheet, or plain counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from regulars.panels.formats import mondays, parse
from regulars.panels.headings import MONTHS, ORDER_NUMBERS, WEEKS, spelled
from regulars.world.calendar import DAYS_A_YEAR

UNIX = (
    ("seconds", "s", 1.0),
    ("milliseconds", "ms", 1e3),
    ("microseconds", "us", 1e6),
    ("nanoseconds", "ns", 1e9),
)
EARLIEST, LATEST = 3e8, 2e9  # seconds since 1970 that are believed unasked: 1979 to 2033
DIGITS = {6: "%Y%m", 8: "%Y%m%d", 10: "%Y%m%d%H", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
SPREADSHEET = (30_000, 60_000)  # days since 1899-12-30: 1982 to 2064
MONTH = DAYS_A_YEAR / 12
QUARTER = 3 * MONTH
LARGEST = 1e7
DATE_WORDS = ("date", "datum", "日期", "tag", "zeitpunkt")


@dataclass
class Counted:
    """What the numbers are: ``stamps`` by word where they are dates, else ``scale`` days each (0 for order numbers)."""

    kind: str
    stamps: pd.Series | None = None
    scale: float = 1.0
    form: str = ""


def meaning(numbers: pd.Series, name: str, unit: str | None, date_format: str | None) -> Counted | None:
    """What the numbers of a column count; None when they are too large for anything that is known.

    ``numbers`` holds the distinct values, all finite. The name of the column and the digits decide, unless the unit is said.
    """
    values = numbers.to_numpy(dtype=float)
    whole = bool((values == np.floor(values)).all())
    heading = spelled(name)
    if date_format == "unix":
        return _unix(numbers, True)
    if date_format == "excel":
        return _spreadsheet(numbers)
    if date_format:
        return Counted("date", _digits(numbers, date_format), form=date_format)
    if unit == "order" or (unit is None and heading in ORDER_NUMBERS and np.abs(values).max() <= LARGEST):
        return Counted("order", scale=0.0)
    if whole and unit in (None, "week", "month"):
        found = _calendar(numbers, heading, unit)
        if found is not None:
            return found
    if unit is None and whole and values.min() >= 19_000_101:
        for digits in (8, 14, 12):
            if _long(values, digits):
                return Counted("date", _digits(numbers, DIGITS[digits]), form=DIGITS[digits])
    if (
        unit is None
        and heading.endswith(DATE_WORDS)
        and values.min() >= SPREADSHEET[0]
        and values.max() <= SPREADSHEET[1]
    ):
        return _spreadsheet(numbers)
    if unit is None and (found := _unix(numbers, False)) is not None:
        return found
    if np.abs(values).max() > LARGEST:
        return None
    if unit == "week" or (unit is None and heading in WEEKS):
        return Counted("week", scale=7.0)
    if unit == "month" or (unit is None and heading in MONTHS):
        return Counted("month", scale=MONTH)
    if unit == "quarter":
        return Counted("quarter", scale=QUARTER)
    return Counted("day")


def _long(values: NDArray[np.float64], digits: int) -> bool:
    return bool(values.min() >= 1900 * 10 ** (digits - 4) and values.max() < 2101 * 10 ** (digits - 4))


def _calendar(numbers: pd.Series, heading: str, unit: str | None) -> Counted | None:
    """Year and month, or year and ISO week, as one number of six digits."""
    values = numbers.to_numpy(dtype=float)
    if not _long(values, 6):
        return None
    last = values % 100
    as_month = bool(((last >= 1) & (last <= 12)).all())
    as_week = bool(((last >= 1) & (last <= 53)).all())
    if as_month and unit != "week" and heading not in WEEKS:
        return Counted("calendar month", _digits(numbers, "%Y%m"))
    if as_week and unit != "month" and heading not in MONTHS:
        whole = numbers.astype("int64")
        return Counted("calendar week", mondays(whole // 100, whole % 100))
    return None


def _digits(numbers: pd.Series, form: str) -> pd.Series:
    whole = numbers.where(numbers == np.floor(numbers), 0).astype("int64").astype("str")
    width = 8 if form in ("%d%m%Y", "%m%d%Y") else 6 if form in ("%y%m%d", "%d%m%y", "%m%d%y") else 0
    return parse(whole.str.zfill(width) if width else whole, form)


def _unix(numbers: pd.Series, asked: bool) -> Counted | None:
    """Seconds since 1970 or finer, told apart by their size."""
    largest, smallest = float(numbers.abs().max()), float(numbers.min())
    unit: Any  # what pandas calls it
    for name, unit, scale in UNIX:
        fits = EARLIEST * scale <= smallest and largest <= LATEST * scale
        if fits or (asked and largest <= 1e11 * scale):
            exact: Any = numbers.round().astype("int64") if unit == "ns" else numbers
            stamps = pd.to_datetime(exact, unit=unit, errors="coerce").astype("datetime64[us]")
            return Counted("unix", stamps, form=name)
    return None


def _spreadsheet(numbers: pd.Series) -> Counted:
    stamps = pd.Timestamp("1899-12-30") + pd.to_timedelta(numbers, unit="D")
    return Counted("spreadsheet", stamps.astype("datetime64[us]").dt.round("s"))
