"""When the purchases of a log were: by week, the gaps between those of a customer, and the firms' shares by week."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from regulars.ground.lines import short
from regulars.ground.numbers import count, percent, spelled
from regulars.show.log.axis import canvas, counts, of_time
from regulars.show.placing import widest
from regulars.show.plots.naming import at_ends
from regulars.show.plots.rows import ticks
from regulars.show.style import GAIN, LOSS, TEXT, Sheet, arm_colours, drawn, tint
from regulars.world.calendar import edges as edges_of
from regulars.world.calendar import period_of, periods

MOST = 6  # firms with a line of their own


def _step(panel: Any) -> tuple[float, str]:
    if not panel.dated:
        return max(1.0, float(np.ceil(panel.days / 60))), "step"
    return (7.0, "week") if panel.days >= 42 else (1.0, "day")


def _by_week(panel: Any) -> tuple[NDArray[np.float64], NDArray[np.int64], float, str]:
    """Starts of weeks and purchases in each whole one; of a last week that is not whole, nothing."""
    step, name = _step(panel)
    edges = edges_of(panel.days, step)
    if len(edges) < 2:
        edges = np.array([0.0, panel.days])
    found = np.histogram(panel.purchases["time"].to_numpy(), edges)[0]
    return edges[:-1], found, float(edges[1] - edges[0]), name


def weeks_message(panel: Any) -> str:
    """How many purchases, and when the most."""
    starts, found, _, name = _by_week(panel)
    k = int(np.argmax(found))
    usual = float(np.median(found))
    when = _when(panel, starts[k], name)
    return f"{count(usual)} purchases in the median {name}; the most, {count(float(found[k]))}, {when}"


def _when(panel: Any, start: float, name: str) -> str:
    if panel.start is None:
        return f"in the {name} from {start:g}"
    day = panel.start + dt.timedelta(days=int(start))
    return f"in the {name} from {spelled(day)}"


@drawn
def weeks(panel: Any, *, title: bool = True) -> Sheet:
    """Purchases per week (per day in a short log)."""
    starts, found, step, name = _by_week(panel)
    note = f"A last {name} that is not whole is left out." if panel.days % step else ""
    figure, axes = canvas(weeks_message(panel) if title else "", note)
    axes.bar(starts + step / 2, found, width=step * 0.86, color=tint(GAIN, 0.6), zorder=2)
    axes.axhline(float(np.median(found)), color=LOSS, linewidth=1.0, zorder=3)
    counts(axes, f"purchases per {name}")
    of_time(axes, panel)
    return figure


def _gaps(panel: Any) -> NDArray[np.float64]:
    """Days between purchases of a customer, those of one day as one."""
    days = pd.DataFrame(
        {"customer": panel.purchases["customer"], "day": np.floor(panel.purchases["time"])}
    ).drop_duplicates()
    same = days["customer"].to_numpy()[1:] == days["customer"].to_numpy()[:-1]
    return np.diff(days["day"].to_numpy())[same.astype(bool)]


def gaps_message(panel: Any) -> str:
    """How soon customers buy again."""
    found = _gaps(panel)
    if not len(found):
        return "Nobody bought on a second day"
    return f"Half of the repeat purchases come within {np.median(found):.0f} days, nine in ten within {np.quantile(found, 0.9):.0f}"


@drawn
def gaps(panel: Any, *, title: bool = True) -> Sheet:
    """Days between purchases of a customer, up to the gap that 98% of them do not exceed."""
    found = _gaps(panel)
    note = "Those of one day count once. Peaks at 7, 14 and 28 days are habits of the week; a single high bar is a contract."
    figure, axes = canvas(gaps_message(panel) if title else "", note)
    last = int(np.quantile(found, 0.98)) + 1 if len(found) else 10
    width = max(1, int(np.ceil(last / 70)))
    edges = np.arange(0.5, last + width + 0.5, width)
    shares = 100 * np.histogram(found, edges)[0] / max(1, len(found))
    axes.bar((edges[:-1] + edges[1:]) / 2, shares, width=0.86 * width, color=tint(GAIN, 0.6), zorder=2)
    axes.set_xlim(0, edges[-1])
    ticks(axes)
    counts(axes, "share of repeat purchases, %")
    axes.set_xlabel("days since the purchase before")
    return figure


def _shares(panel: Any) -> pd.DataFrame:
    step, _ = _step(panel)
    step *= max(1.0, np.ceil(panel.days / step / 80))
    table = panel.purchases
    largest = list(panel.shares().index[:MOST])
    firm = table["firm"].where(table["firm"].isin(largest), "all others")
    week = period_of(table["time"], step)
    whole = week < periods(panel.days, step)
    if not whole.any():
        whole = np.ones(len(table), bool)
    crossed = pd.crosstab(week[whole], firm[whole])
    crossed = crossed.div(crossed.sum(axis=1), axis=0)
    crossed.index = (crossed.index + 0.5) * step
    return crossed[[f for f in (*largest, "all others") if f in crossed]]


def shares_message(panel: Any) -> str:
    """Who is largest, and who moved most."""
    table = _shares(panel)
    first, last = table.iloc[: max(1, len(table) // 4)].mean(), table.iloc[-max(1, len(table) // 4) :].mean()
    moved: Any = (last - first).abs().idxmax()
    leader = panel.shares()
    said = f"{short(leader.index[0], 24)} has {percent(float(leader.iloc[0]))} of purchases"
    if abs(last[moved] - first[moved]) < 0.02:
        return f"{said}; shares hold steady"
    verb = "rises" if last[moved] > first[moved] else "falls"
    return f"{said}; {short(moved, 24)} {verb} from {percent(float(first[moved]))} to {percent(float(last[moved]))}"


@drawn
def shares(panel: Any, *, title: bool = True) -> Sheet:
    """Shares of purchases of the largest firms by week."""
    table = _shares(panel)
    colours = arm_colours([str(f) for f in table.columns])
    ends = {str(f): 100 * float(table[f].iloc[-3:].mean()) for f in table}
    labels = {f: short(f, 20) for f in ends}
    right = min(widest(list(labels.values()), TEXT, True), 2.2) + 0.2
    figure, axes = canvas(shares_message(panel) if title else "", right=right)
    for firm in table:
        axes.plot(table.index, 100 * table[firm], color=colours[str(firm)], linewidth=1.6)
    counts(axes, "share of purchases, %")
    of_time(axes, panel)
    at_ends(axes, ends, labels, colours)
    return figure
