"""Which arm earns most: incremental profit with intervals, and the probability of being best."""

from __future__ import annotations

from typing import Any

import numpy as np

from regulars.ground.numbers import brief, chance, interval
from regulars.show.plots.rows import Column, cap_of, mark, money_axis, row_figure, span, zero_line
from regulars.show.reading import read
from regulars.show.style import MUTED, Sheet, drawn, verdict_colour
from regulars.show.words import certainty, headline


def message(comparison: Any) -> str:
    """The title."""
    return headline(read(comparison))


@drawn
def draw(comparison: Any, *, title: bool = True, first: int | None = None) -> Sheet:
    """Incremental profit of each arm against the control, best first.

    Bars and dots are means over replicates in currency, lines 95% intervals; blue earns, red-orange loses, grey may be chance.
    `first` limits the figure to so many arms.
    """
    reading = read(comparison)
    arms = reading.arms[:first]
    profits = [reading.profit(arm) for arm in arms]
    colours = [verdict_colour(p.low, p.high) for p in profits]
    right = [Column("change\nof profit", [brief(p.mean, sign=True) for p in profits], True, colours)]
    if reading.replicates > 1:
        right.append(Column("95% interval", [interval(p.low, p.high) for p in profits], colours=MUTED))
        right.append(
            Column(
                "probability\nof being best",
                [chance(reading.p_best(arm), reading.replicates) for arm in arms],
            )
        )
    best = " Best: earns more than every other arm and than doing nothing." if reading.replicates > 1 else ""
    if len(arms) < len(reading.arms):
        best += f" The first {len(arms)} of {len(reading.arms)} arms."
    if np.isfinite(cap_of([p.mean for p in profits], profits[0].mean)):
        best += " Arrows: beyond the scale."
    figure, axes = row_figure(
        arms, right, message=message(reading) if title else "", note=f"{certainty(reading)}{best}", bold=(0,)
    )
    cap = cap_of([p.mean for p in profits], profits[0].mean)
    span(
        axes,
        [float(np.clip(v, -cap, cap)) for p in profits for v in (p.mean, p.low, p.high) if np.isfinite(v)],
    )
    money_axis(axes, reading.currency, "incremental profit")
    for k, (profit, colour) in enumerate(zip(profits, colours, strict=True)):
        mark(axes, k, profit, colour, cap=cap)
    zero_line(axes)
    return figure
