"""The window of a log: from where to where its times go, and those that cannot belong to it."""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from regulars.panels.account import several
from regulars.panels.column import Column
from regulars.panels.problems import Problems
from regulars.panels.reading import Reading
from regulars.panels.times import Times
from regulars.panels.ways import way
from regulars.world.calendar import end_of

YEAR = 366.0
FEWEST = 20  # rows below which nothing is called far from the rest
RARE = 0.01
EMPTY = {dt.date(*day) for day in ((1970, 1, 1), (1900, 1, 1), (1899, 12, 30), (1899, 12, 31), (1904, 1, 1), (1753, 1, 1), (1, 1, 1), (1980, 1, 1), (9999, 12, 31), (2999, 12, 31), (2099, 12, 31))}  # fmt: skip


def outside(times: Times, reading: Reading, problems: Problems) -> NDArray[np.bool_]:
    """Rows before `since` or after `until`."""
    gone = np.zeros(len(times.values), bool)
    for name, day in (("since", reading.since), ("until", reading.until)):
        if day is None:
            continue
        if times.start is None:
            problems.add(f"{name}={day} asks for a date, but the times of this log have no calendar")
            continue
        at = (day - times.start).days
        gone |= times.values < at if name == "since" else times.values >= at + 1
    return gone


def far_from_the_rest(
    times: Times, column: Column, kept: NDArray[np.bool_], reading: Reading, problems: Problems
) -> None:
    """Tell times that stand alone for years as faults: a window that reaches to them is not believable."""
    if reading.outlying == "keep" or not times.dated or not kept.any():
        return
    days, counts = np.unique(np.floor(times.values[kept]), return_counts=True)
    low, high = _core(days, counts, times.start)
    far = kept & ((times.values < low) | (times.values >= high + 1))
    if not far.any():
        return
    n = int(far.sum())
    years = max(low - days[0], days[-1] - high) / 365.25
    if times.start is not None:
        first, last = (times.start + dt.timedelta(days=int(d)) for d in (low, high))
        ways = [way("since", first)] * bool(days[0] < low) + [way("until", last)] * bool(days[-1] > high)
        out = f"{' and '.join(ways)} {'leaves' if len(ways) == 1 else 'leave'} them out"
    else:
        out = f"{way('leave_out', {column.name: column[int(np.flatnonzero(far)[0])]})} leaves such rows out"
    problems.rows_where(
        far,
        f"{several(n, 'time lies', 'times lie')} {years:.0f} years from all others (an empty or mistyped date?)",
        column,
        f"{out}; {way('outlying', 'keep')} keeps them",
    )


def _core(days: NDArray[np.float64], counts: NDArray[np.int64], start: dt.date | None) -> tuple[float, float]:
    """First and last day without the few that stand alone behind a gap of years."""
    low, high, total = 0, len(days) - 1, int(counts.sum())
    for _ in range(5):
        if high <= low:
            break
        gaps = np.diff(days[low : high + 1])
        k = int(np.argmax(gaps))
        before, after = int(counts[low : low + k + 1].sum()), int(counts[low + k + 1 : high + 1].sum())
        span = (days[low + k] - days[low] if before > after else days[high] - days[low + k + 1]) + 1
        few = min(before, after) <= max(3, RARE * total) and total >= FEWEST
        alone = low + k == low if before < after else low + k + 1 == high
        named = (
            start is not None
            and alone
            and (start + dt.timedelta(days=int(days[low] if before < after else days[high]))) in EMPTY
        )
        if gaps[k] <= YEAR or not ((few and gaps[k] >= span) or (named and total > 1)):
            break
        if before < after:
            low += k + 1
        else:
            high = low + k
    return float(days[low]), float(days[high])


def settled(times: Times, kept: NDArray[np.bool_], reading: Reading) -> tuple[dt.date | None, float, float]:
    """Start of the window, the shift of times that it needs, and its length: to the last day, or the end of the last period."""
    values = times.values[kept]
    start, shift = times.start, 0.0
    if not len(values):
        return start, 0.0, 0.0
    first, last = float(np.floor(values.min())), end_of(values)
    if times.period is not None:
        last = float((values + times.period[kept]).max())
    if start is not None:
        shift = float((reading.since - start).days) if reading.since is not None else first
        if reading.until is not None:
            last = float((reading.until - start).days + 1)
        start = start + dt.timedelta(days=int(shift))
    elif times.dated:
        shift = first
    return start, shift, max(last - shift, 1.0)
