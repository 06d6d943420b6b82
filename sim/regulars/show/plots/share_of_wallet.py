"""How much of its customers' spending the firm gets in each arm."""

from __future__ import annotations

import math
from typing import Any

from regulars.ground.numbers import percent, points
from regulars.show.plots.rows import Column, row_figure, ticks
from regulars.show.reading import CONTROL, Reading, read
from regulars.show.style import FAINT, INK, MUTED, SMALL, Sheet, drawn, sheet, verdict_colour
from regulars.show.words import certainty, is_sure, named

METRIC = "share_of_requirements"


def message(comparison: Any) -> str:
    """Which arm deepens the relation most."""
    reading = read(comparison)
    if not known(reading):
        return (
            "In a market of one firm nobody knows what customers buy elsewhere: there is no share of wallet"
        )
    arms = _order(reading)
    gap = reading.difference(arms[0], METRIC)
    if gap.mean <= 0 and is_sure(gap):
        return "No arm raises the share of customers' spending that the firm gets"
    if not is_sure(gap):
        return f"No arm surely raises the share of wallet: {named(arms[0])} changes it most, by {points(gap.mean)} percentage points, which may be chance"
    return f"{named(arms[0])} raises the share of wallet by {gap.mean * 100:.1f} percentage points"


def known(reading: Reading) -> bool:
    """Whether there is a share of wallet: not in a market of one firm."""
    return math.isfinite(reading.estimate(CONTROL, METRIC).mean)


def _order(reading: Reading) -> list[str]:
    return sorted(reading.arms, key=lambda arm: -reading.difference(arm, METRIC).mean)


@drawn
def draw(comparison: Any, *, title: bool = True) -> Sheet:
    """Share of wallet of the focal firm's customers by arm, with the control as a line and paired differences as numbers."""
    reading = read(comparison)
    if not known(reading):
        return sheet(0.1, message(reading) if title else "", "" if title else message(reading))
    arms = _order(reading)
    base = reading.estimate(CONTROL, METRIC).mean
    gaps = [reading.difference(arm, METRIC) for arm in arms]
    colours = [verdict_colour(g.low, g.high) for g in gaps]
    right = [
        Column("share of\nwallet", [percent(base + g.mean, digits=1) for g in gaps]),
        Column("difference,\n% points", [points(g.mean) for g in gaps], True, colours),
    ]
    figure, axes = row_figure(
        arms, right, message=message(reading) if title else "", note=certainty(reading),
        unit="share of their purchases that the firm's customers make there, %",
    )  # fmt: skip
    ends = [100 * (base + v) for g in gaps for v in (g.mean, g.low, g.high) if v == v] + [100 * base]
    pad = 0.12 * (max(ends) - min(ends)) or 1.0
    axes.set_xlim(min(ends) - pad, max(ends) + pad)
    ticks(axes)
    axes.axvline(100 * base, color=INK, linewidth=1)
    at = min(max((100 * base - min(ends) + pad) / (max(ends) - min(ends) + 2 * pad), 0.2), 0.8)
    axes.text(at, -0.62, f"control {percent(base, digits=1)}", size=SMALL, color=MUTED, ha="center", va="bottom",
              transform=axes.get_yaxis_transform())  # fmt: skip
    for k, (gap, colour) in enumerate(zip(gaps, colours, strict=True)):
        axes.plot([100 * base, 100 * (base + gap.mean)], [k, k], color=FAINT, linewidth=1.2, zorder=2)
        if gap.known:
            axes.plot(
                [100 * (base + gap.low), 100 * (base + gap.high)],
                [k, k],
                color=colour,
                linewidth=2.0,
                zorder=3,
            )
        axes.plot([100 * (base + gap.mean)], [k], "o", color=colour, markersize=7, zorder=4)
    return figure
