"""The calendar: what is done every so many days or once a year, and which whole periods a time holds.

The day is the clock of a market: each day begins once and ends once, whatever the length of a tick, and every part
(strategy, process, policy) is asked at its begin and at its end. A day is named by the number of days since the start.

Periods are counted from time 0, whatever the unit of time. Of a time that ends a period but for rounding (0.3 of periods
of 0.1: 2.9999999999999996) the period is over.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

DAYS_A_YEAR = 365.25
MONTH = DAYS_A_YEAR / 12  # days; months of one length
NEARLY = 1e-9  # of a day, or of a period; sums of fractions do not add up exactly


def due(next_time: NDArray[Any], day: float, every: float) -> bool:
    """Whether what is done every so many days is done today; if so it moves on.

    It is done on the day on which it falls due, at most once a day. The rhythm is kept where days do not go into it;
    what was left behind by a whole period begins anew today.

    Args:
        next_time: when it falls due next, days, shape (1,); changed in place.
        day: today.
        every: days from one time to the next.
    """
    if day < math.ceil(next_time[0] - NEARLY) - NEARLY:
        return False
    late = day - next_time[0]
    next_time[0] = (day if late >= every - NEARLY else next_time[0]) + every
    return True


def periods(day: float, length: float) -> int:
    """Whole periods of `length` days, counted from day 0, that are over when `day` begins."""
    return math.floor(day / length + NEARLY)


def begun(day: float, length: float) -> int:
    """How many periods of `length` days have begun before `day`, the one that is underway included."""
    return math.ceil(day / length - NEARLY)


def period_of(moments: Any, length: float) -> Any:
    """In which period of `length` each of `moments` lies, from 0: a whole number of the same shape and kind (array, series)."""
    return np.floor(moments / length + NEARLY).astype(np.int64)


def edges(end: float, length: float) -> NDArray[np.float64]:
    """Where the whole periods of `length` up to `end` begin, and where the last one ends: shape (periods + 1,), from 0."""
    return length * np.arange(periods(end, length) + 1, dtype=np.float64)


def is_whole(days: Any, lot: float) -> bool:
    """Whether `days` are a whole number of lots of `lot` days."""
    return bool(abs(days / lot - round(days / lot)) <= NEARLY)


def end_of(moments: Any, end: float | None = None) -> float:
    """Where a log ends that has purchases at `moments` (days): at `end` if that is known, or with the last one's day; 0 if empty."""
    if end is not None:
        return float(end)
    return float(np.floor(moments.max()) + 1) if len(moments) else 0.0


def turns(day: float, length: float) -> bool:
    """Whether a period of `length` days, counted from day 0, begins with `day`: another one is over than yesterday."""
    return periods(day, length) > periods(day - 1.0, length)


def next_month(day: dt.date) -> dt.date:
    """The first day of the month after that of `day`."""
    return (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1)


def within(moments: NDArray[Any], day: float, period: float) -> NDArray[np.intp]:
    """Which of `moments` (days, coming again every `period` days) fall on `day`: indices."""
    return np.flatnonzero(np.mod(moments + NEARLY - day, period) < 1.0)


def whole_lots(days: float, lot: float) -> str:
    """Times about this one that are whole lots of days; a small whole number may have been meant in months, and is told in days too."""
    lots = {max(math.floor(days / lot), 1), math.ceil(days / lot)}
    text = f"write {' or '.join(f'{n * lot:g}' for n in sorted(lots))}"
    months = max(round(days * DAYS_A_YEAR / 12 / lot), 1) * lot
    return f"{text}, or {months:g} if {days:g} months are meant" if days in range(1, 37) else text
