"""Advantage over one swept parameter: a line an arm, a band for its interval, a dot where it breaks even."""

from __future__ import annotations

import numpy as np
import pandas as pd

from regulars.ground.lines import short
from regulars.ground.numbers import brief
from regulars.show.placing import widest
from regulars.show.plots.advantage import Swept, crossings
from regulars.show.plots.naming import at_ends
from regulars.show.plots.rows import money_axis, ticks, zero_line
from regulars.show.style import INK, MARGIN, PAPER, SMALL, TEXT, WIDTH, Sheet, arm_colours, sheet

HEIGHT, LEFT = 3.0, 1.0


def draw(sweep: Swept, text: str) -> Sheet:
    """Lines of every arm over the parameter; break-even values are named at the first arm's crossings."""
    name = sweep.over[0]
    colours = arm_colours(sweep.arms)
    numeric = pd.api.types.is_numeric_dtype(sweep.rows[name])
    levels = list(dict.fromkeys(sweep.rows[name]))
    right = min(widest([short(arm, 24) for arm in sweep.arms], TEXT, True), 2.3) + 0.2 + MARGIN
    figure = sheet(
        HEIGHT + 0.9,
        text,
        "Bands are 95% intervals over replicates."
        if sweep.rows["low"].notna().any()
        else "One replicate: no intervals.",
    )
    axes = figure.axes_at(LEFT, 0.3, WIDTH - LEFT - right, HEIGHT)
    ends = {}
    for arm in reversed(sweep.arms):
        rows = sweep.of(arm)
        x = (
            rows[name].to_numpy(dtype=float)
            if numeric
            else np.array([levels.index(v) for v in rows[name]], dtype=float)
        )
        y = rows["mean"].to_numpy(dtype=float)
        axes.fill_between(
            x,
            rows["low"].to_numpy(dtype=float),
            rows["high"].to_numpy(dtype=float),
            color=colours[arm],
            alpha=0.15,
            linewidth=0,
        )
        axes.plot(x, y, "o-", color=colours[arm], linewidth=2.0, markersize=4, zorder=3)
        ends[arm] = float(y[-1])
        if arm == sweep.arms[0]:
            zero = crossings(x, y) if numeric and sweep.against else []
    if sweep.against:
        zero_line(axes, "y")
    axes.grid(axis="y")
    axes.margins(x=0.02)
    if numeric:
        ticks(axes)
    else:
        axes.set_xticks(range(len(levels)), [short(level, 12) for level in levels])
    axes.set_xlabel(sweep.label(name))
    if sweep.currency:
        money_axis(axes, sweep.currency, sweep.what, "y")
    else:
        axes.set_ylabel(sweep.what)
    for value in zero[:3]:
        axes.plot([value], [0], "o", color=PAPER, markeredgecolor=INK, markersize=7, zorder=5)
        axes.axvline(value, color=INK, linewidth=0.9, linestyle=(0, (3, 2)), zorder=1)
    if zero:
        label = "breaks even at " + " and ".join(brief(v) for v in zero[:3])
        label += ", on average" if sweep.rows["low"].notna().any() else ""
        middle = float(np.mean(zero[:3]))
        low, high = axes.get_xlim()
        place = (middle - low) / (high - low)
        axes.annotate(label, (middle, 1), xycoords=("data", "axes fraction"), xytext=(0, 3), textcoords="offset points", size=SMALL,
                      ha="left" if place < 0.25 else "right" if place > 0.75 else "center", va="bottom")  # fmt: skip
    at_ends(
        axes,
        {a: ends[a] for a in sweep.arms},
        {a: short(a, 24) for a in sweep.arms},
        colours,
        bold=sweep.arms[:1],
    )
    return figure
