"""The calendar of a log: too short, with holes, cut off at its end, or with a season."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from regulars.panels import counts
from regulars.panels.account import share
from regulars.panels.oddity import Oddity
from regulars.panels.times import PERIODS
from regulars.panels.ways import typed, way
from regulars.world.calendar import edges as edges_of
from regulars.world.calendar import next_month

if TYPE_CHECKING:
    from regulars.panels.interpret import Interpreted
    from regulars.panels.panel import Panel

MONTH = 28
PEAK, STEADY = 1.6, 6.0  # times the usual; standard deviations above it
SHORT = 28.0
CUT = 0.5


def length(panel: Panel, read: Interpreted | None) -> list[Oddity]:
    """A log of a day, or of a few weeks."""
    if not panel.dated:
        return []
    if panel.days <= 1 and len(panel) > 1:
        when = f" ({panel.start})" if panel.start else ""
        return [
            Oddity(
                "one day",
                f"all purchases are on one day{when}: a log of one day cannot tell how often customers come back",
                "fail",
            )
        ]
    if panel.days < SHORT and len(panel) >= 50:
        return [
            Oddity(
                "short",
                f"the log covers {panel.days:g} days: rates, leaving and habits of customers need months",
                "review",
            )
        ]
    return []


def periods(panel: Panel, read: Interpreted | None) -> list[Oddity]:
    """Times known to the month or the week only."""
    if read is None or read.times.unit not in PERIODS:
        return []
    unit = read.times.unit
    adds = (
        ""
        if read.receipts
        else f"; lines of one customer in a {unit} add up to one purchase, which hides how often they came"
    )
    return [
        Oddity(
            f"dated by {unit}",
            f"column {read.columns['time']} tells the {unit} of a purchase, not the day: days within a {unit} are taken by chance, so gaps "
            f"shorter than a {unit} mean nothing; the window reaches to the end of the last {unit}{adds}",
            "review",
        )
    ]


def gaps(panel: Panel, read: Interpreted | None) -> list[Oddity]:
    """A long stretch without any purchase."""
    if not panel.dated or len(panel) < 100:
        return []
    days = np.unique(np.floor(panel.purchases["time"].to_numpy()))
    if len(days) < 2:
        return []
    hole = np.diff(days)
    k = int(np.argmax(hole))
    usual = float(np.quantile(hole, 0.99))
    if hole[k] < 14 or hole[k] < 5 * usual or hole[k] < 0.03 * panel.days:
        return []
    said = f"nobody buys for {hole[k] - 1:.0f} days from {_day(panel, days[k] + 1)}: a closed shop, missing files or a mistyped date; rates over the whole window come out too low"
    return [Oddity("hole", said, "review")]


def cut_off(panel: Panel, read: Interpreted | None) -> list[Oddity]:
    """A last period with far fewer purchases than those before."""
    if not panel.dated:
        return []
    times = panel.purchases["time"].to_numpy()
    if read is not None and read.times.unit in PERIODS and read.times.period is not None:
        unit, edges = read.times.unit, _edges(panel, read.times.unit)
    else:
        unit, edges = "week", panel.days - edges_of(panel.days, 7.0)[::-1]
    if len(edges) < 6:
        return []
    counts = np.histogram(times, edges)[0].astype(float)
    before = float(
        min(np.median(counts[-5:-1]), np.median(counts[:-1]))
    )  # after a season, as little as usual is no cut
    if before < 20 or counts[-1] >= CUT * before or counts[-1] > before - 5 * np.sqrt(before):
        return []
    until = (
        f"; {typed('until', panel.start + dt.timedelta(days=int(edges[-2]) - 1))} ends before it"
        if panel.start
        else ""
    )
    said = f"the last {unit} has {counts[-1]:.0f} purchases, where some {before:.0f} are usual: it seems to be cut off, which passes for customers who leave{until}"
    return [Oddity("cut off", said, "review")]


def _edges(panel: Panel, unit: str) -> NDArray[np.float64]:
    if unit == "week" or panel.start is None:
        step = {"week": 7.0, "month": counts.MONTH, "quarter": counts.QUARTER}[unit]
        return edges_of(panel.days, step)
    day, edges = panel.start, [0.0]
    while edges[-1] < panel.days:
        for _ in range(3 if unit == "quarter" else 1):
            day = next_month(day)
        edges.append(float((day - panel.start).days))
    return np.array(edges)


def peaks(panel: Panel, read: Interpreted | None) -> list[Oddity]:
    """Weeks of the year in which far more is bought than before and after them."""
    bins = int(panel.days // MONTH)
    if not panel.dated or bins < 5:
        return []
    table = panel.purchases
    first = table.groupby("customer")["time"].transform("min").to_numpy()
    again = table["time"].to_numpy()[
        table["time"].to_numpy() > first
    ]  # first purchases tell of recruiting, not of seasons
    counts = np.histogram(again, np.arange(bins + 1) * float(MONTH))[0].astype(float)
    rest = panel.days - bins * MONTH
    if rest >= MONTH / 2:  # the last stretch, as if it were as long
        counts = np.append(counts, float((again >= bins * MONTH).sum()) * MONTH / rest)
    ratios = np.ones(len(counts))
    for k in range(len(counts)):
        around = [
            np.median(part) for part in (counts[max(0, k - 4) : k], counts[k + 1 : k + 5]) if len(part) >= 3
        ]
        usual = max(around, default=counts[k])
        if usual > 0 and counts[k] > usual + STEADY * np.sqrt(usual):
            ratios[k] = counts[k] / usual
    k = int(np.argmax(ratios))
    if ratios[k] < PEAK:
        return []
    low, high = k * MONTH, min((k + 1) * MONTH, int(panel.days)) - 1
    part = float(((table["time"] >= low) & (table["time"] < high + 1)).mean())
    said = (
        f"purchases peak in the four weeks from {_day(panel, low)}: {ratios[k]:.1f} times the usual, {share(part, 1)} of all; the calendar is not "
        "in the fitted market, whose months are all alike"
    )
    window = (
        ""
        if panel.start is None
        else f"; {way('until', panel.start + dt.timedelta(days=low - 1))} fits what comes before"
        if k >= len(counts) - 2 and low > 180
        else ""
    )
    return [Oddity("season", said + window, "review")]


def _day(panel: Panel, day: float) -> str:
    return f"day {day:g}" if panel.start is None else str(panel.start + dt.timedelta(days=int(day)))
