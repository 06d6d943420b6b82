"""When an arm has paid for itself: cumulative incremental profit by day."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter

from regulars.ground.lines import short
from regulars.ground.numbers import MONTHS, brief, date, day_and_date
from regulars.show.placing import widest
from regulars.show.plots.naming import AWAY, LINE, at_ends
from regulars.show.plots.rows import cap_of, money_axis, zero_line
from regulars.show.reading import Reading, read
from regulars.show.style import (
    ARMS,
    INK,
    MARGIN,
    PAPER,
    SMALL,
    TEXT,
    WIDTH,
    Sheet,
    arm_colours,
    drawn,
    sheet,
)
from regulars.show.words import certainty, is_sure, named, perhaps

MOST = len(ARMS)  # arms that colours tell apart
HEIGHT, LEFT = 2.9, 1.0


def message(comparison: Any) -> str:
    """When the best arm breaks even."""
    reading = read(comparison)
    even = reading.break_even(reading.best)
    profit = reading.profit(reading.best)
    if not math.isfinite(even.day):
        return f"{named(reading.best)} does not pay for itself within the run{perhaps(profit)}"
    if even.day < 1:
        mean = ", on average" if even.replicates > 1 else ""
        return f"{named(reading.best)} is never behind doing nothing{mean}{perhaps(profit)}"
    when = day_and_date(even.day, reading.start)
    if even.reached < even.replicates:
        return f"{named(reading.best)} pays for itself in {even.reached} of {even.replicates} replicates, on average from {when}"
    if not is_sure(profit):
        return f"{named(reading.best)} is ahead from {when} on average{perhaps(profit)}"
    return f"{named(reading.best)} has paid for itself from {when}"


@drawn
def draw(comparison: Any, *, title: bool = True) -> Sheet:
    """Cumulative profit of each arm less the control's, by day, in currency; bands are 95% intervals.

    Every line is named at its end; arms beyond the first `MOST` are left out, which the note says.
    """
    reading = read(comparison)
    colours = arm_colours(reading.comparison.arms)
    shown, others = reading.arms[:MOST], len(reading.arms[MOST:])
    paths = {arm: reading.path(arm) for arm in shown}
    ends = {arm: float(path["mean"].iloc[-1]) for arm, path in paths.items()}
    sizes = [float(path["mean"].abs().max()) for path in paths.values()]
    banded = shown if len(shown) <= 4 else shown[:1]
    cap = _room(paths, banded, cap_of(sizes, sizes[0]))
    beyond = {arm: " ↓" if end < -cap else " ↑" if end > cap else "" for arm, end in ends.items()}
    labels = {arm: f"{short(arm, 24)} {brief(ends[arm], sign=True)}{beyond[arm]}" for arm in shown}
    right = min(widest(list(labels.values()), TEXT, True), 2.7) + AWAY + MARGIN
    note = certainty(reading).replace(
        "Lines", "Bands" if len(banded) == len(shown) else f"The band of {named(shown[0], 20)} is"
    )
    note = note.replace("is are 95% intervals", "is the 95% interval")
    note += f" The first {MOST} of {len(reading.arms)} arms." if others else ""
    even = reading.break_even(reading.best)
    crossing = 1 <= even.day < math.inf
    if any(beyond.values()):
        note += f" {sum(map(bool, beyond.values()))} of {len(beyond)} arms leave the scale."
    tall = max(HEIGHT, LINE * len(shown) + 0.2)
    figure = sheet(tall + 0.75 + 0.2 * crossing, message(reading) if title else "", note)
    axes = figure.axes_at(LEFT, 0.12 + 0.2 * crossing, WIDTH - LEFT - right, tall)
    for arm in reversed(shown):
        path = paths[arm]
        if np.isfinite(path["low"]).all() and arm in banded:
            axes.fill_between(
                path["day"], path["low"], path["high"], color=colours[arm], alpha=0.16, linewidth=0, zorder=2
            )
        axes.plot(
            path["day"], path["mean"], color=colours[arm], linewidth=2.4 if arm == shown[0] else 1.6, zorder=3
        )
    zero_line(axes, "y")
    axes.grid(axis="y")
    axes.set_ylim(*_ends(paths, banded, cap))
    last = max(float(path["day"].iloc[-1]) for path in paths.values())
    axes.set_xlim(0, max(last, 1.0))
    money_axis(axes, reading.currency, "cumulative change of profit", "y")
    calendar(axes, reading, last)
    at_ends(axes, {arm: ends[arm] for arm in shown}, labels, colours, bold=shown[:1])
    if crossing:
        axes.axvline(even.day, color=INK, linewidth=0.9, linestyle=(0, (3, 2)), zorder=1)
        height = float(np.interp(even.day, paths[reading.best]["day"], paths[reading.best]["mean"]))
        axes.plot([even.day], [height], "o", color=PAPER, markeredgecolor=INK, markersize=6, zorder=5)
        where = even.day / max(last, 1.0)
        axes.annotate(f"breaks even {date(even.day, reading.start)}{', on average' if not is_sure(reading.profit(reading.best)) else ''}", (even.day, 1), xycoords=("data", "axes fraction"),
                      xytext=(0, 3), textcoords="offset points", size=SMALL, va="bottom",
                      ha="left" if where < 0.25 else "right" if where > 0.75 else "center")  # fmt: skip
    return figure


def _room(paths: Mapping[str, pd.DataFrame], banded: Sequence[str], cap: float) -> float:
    """The end of the scale, moved out so far that no band of an arm that stays within it is cut."""
    bands = [
        paths[a][["low", "high"]].abs().to_numpy().max()
        for a in banded
        if paths[a]["mean"].abs().max() <= cap
    ]
    return max([cap, *(1.05 * float(band) for band in bands if np.isfinite(band))])


def _ends(paths: Mapping[str, pd.DataFrame], banded: Sequence[str], cap: float) -> tuple[float, float]:
    """Ends of the scale: around all means and the bands that are drawn, zero and `cap`."""
    drawn = [path["mean"].to_numpy() for path in paths.values()] + [
        paths[a][["low", "high"]].to_numpy().ravel() for a in banded
    ]
    values = np.clip(np.concatenate([*drawn, [0.0]]), -cap, cap)
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    room = 0.05 * (high - low) or 1.0
    return (max(low - room, -cap) if low < 0 else -room / 2), (
        min(high + room, cap) if high > 0 else room / 2
    )


def calendar(axes: Axes, reading: Reading, last: float) -> None:
    """Ticks at the first of months where the run is long enough, otherwise days; the label says which day is day 0."""
    import datetime

    axes.set_xlabel(f"day of the run (day 1 is {date(1, reading.start)})")
    if last < 100:
        return
    step = next(m for m in (1, 2, 3, 6, 12, 24, 60, 120, 1200) if last / 30.4 / m <= 9)
    first = reading.start
    ticks: list[tuple[float, str]] = []
    for k in range(first.year * 12, first.year * 12 + int(last / 28) + 14):
        year, month = divmod(k, 12)
        day = (datetime.date(year, month + 1, 1) - first).days if year <= datetime.MAXYEAR else last + 1
        if 0 <= day <= last and (k - first.year * 12) % step == 0:
            ticks.append(
                (day, f"{MONTHS[month]} {year % 100:02d}" if month == 0 or not ticks else MONTHS[month])
            )
    names = dict(ticks)
    axes.xaxis.set_major_locator(FixedLocator([day for day, _ in ticks]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: names.get(value, "")))
    axes.set_xlabel(f"first of the month (the run starts on {date(1, reading.start)})")
