"""Profit against retention: which arms are beaten on both."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from regulars.ground.numbers import unit_of
from regulars.show.plots.naming import at_points
from regulars.show.plots.rows import cap_of, money_axis, ticks, zero_line
from regulars.show.reading import Estimate, Reading, read
from regulars.show.style import FAINT, INK, MARGIN, WIDTH, Sheet, arm_colours, drawn, sheet
from regulars.show.words import certainty, is_sure, named, perhaps

NOTHING = "doing nothing"
HEIGHT, LEFT = 3.6, 1.0


def frontier(places: Mapping[str, tuple[float, float]]) -> list[str]:
    """Names that no other beats on both counts (more is better), by the first count."""
    best = [
        name
        for name, (x, y) in places.items()
        if not any(u >= x and v >= y and (u, v) != (x, y) for u, v in places.values())
    ]
    return sorted(best, key=lambda name: places[name])


def _places(reading: Reading) -> dict[str, tuple[Estimate, Estimate]]:
    """Change of retention and of profit against the control, paired."""
    return {NOTHING: (Estimate(0.0), Estimate(0.0))} | {
        arm: (reading.difference(arm, "retention"), reading.profit(arm)) for arm in reading.arms
    }


def message(comparison: Any) -> str:
    """Whether one arm is best on both, or what the choice is between."""
    reading = read(comparison)
    every = _places(reading)
    edge = frontier({name: (r.mean, p.mean) for name, (r, p) in every.items()})
    names = ["doing nothing" if name == NOTHING else named(name, 24) for name in edge]
    kept, earned = every[edge[-1]][0], every[edge[0]][1]
    if len(edge) == 1:
        rest = [e for pair in every.values() for e in pair] if edge[0] == NOTHING else [kept, earned]
        doubt = next((perhaps(e) for e in rest if not is_sure(e)), "")
        return f"{names[0][0].upper()}{names[0][1:]} is best on both profit and retention, on average{doubt}"
    most = f"{names[-1]} keeps most customers{perhaps(kept)}"
    if len(edge) == 2:
        return f"The choice, on average: {names[0]} earns most{perhaps(earned)}; {most}"
    return f"{len(edge)} choices are not beaten on both counts: on average {names[0]} earns most{perhaps(earned)}; {most}"


@drawn
def draw(comparison: Any, *, title: bool = True) -> Sheet:
    """Change of profit (currency) against change of retention (% points) of each arm, with 95% intervals and the frontier.

    Zero on both axes is doing nothing. The dashed line joins what no other arm beats on both.
    """
    reading = read(comparison)
    colours = arm_colours(reading.comparison.arms) | {NOTHING: INK}
    every = _places(reading)
    cap = cap_of(
        [profit.mean for name, (_, profit) in every.items() if name != NOTHING],
        reading.profit(reading.best).mean,
    )
    places = {name: (kept, _within(profit, cap)) for name, (kept, profit) in every.items()}
    far = " Triangles: beyond the scale." if np.isfinite(cap) else ""
    figure = sheet(HEIGHT + 0.7, message(reading) if title else "", f"{certainty(reading)}{far}")
    axes = figure.axes_at(LEFT, 0.1, WIDTH - LEFT - MARGIN - 0.1, HEIGHT)
    for name, (kept, profit) in places.items():
        x, y, colour = 100 * kept.mean, profit.mean, colours[name]
        if kept.known:
            axes.plot(
                [100 * kept.low, 100 * kept.high], [y, y], color=colour, linewidth=1.1, alpha=0.6, zorder=2
            )
        if profit.known:
            axes.plot([x, x], [profit.low, profit.high], color=colour, linewidth=1.1, alpha=0.6, zorder=2)
        shape = "s" if name == NOTHING else "o" if y == every[name][1].mean else "^" if y > 0 else "v"
        axes.plot([x], [y], shape, color=colour, markersize=7.5, zorder=4)
    means = {name: (kept.mean, profit.mean) for name, (kept, profit) in places.items()}
    edge = frontier({name: (kept.mean, profit.mean) for name, (kept, profit) in every.items()})
    axes.plot([100 * means[n][0] for n in edge], [means[n][1] for n in edge], color=FAINT, linewidth=1.4,
              linestyle=(0, (4, 2)), zorder=1)  # fmt: skip
    axes.margins(0.14)
    axes.autoscale_view()
    zero_line(axes, "y")
    axes.grid(True)
    money_axis(axes, reading.currency, "change of profit", "y")
    ticks(axes)
    axes.set_xlabel("change of retention, percentage points of customers kept")
    axes.set_ylabel(f"change of profit, {unit_of(reading.currency)}")
    points = {name: (100 * x, y) for name, (x, y) in means.items()}
    bars = [(100 * k.low, p.mean, 100 * k.high, p.mean) for k, p in places.values() if k.known]
    bars += [(100 * k.mean, p.low, 100 * k.mean, p.high) for k, p in places.values() if p.known]
    ends = [points[name] for name in edge]
    bars += [(*a, *b) for a, b in pairwise(ends)]
    at_points(axes, points, colours, edge, [*bars, (axes.get_xlim()[0], 0, axes.get_xlim()[1], 0)])
    return figure


def _within(profit: Estimate, cap: float) -> Estimate:
    """The estimate, or the edge of the scale where it lies beyond."""
    return profit if abs(profit.mean) <= cap else Estimate(float(np.clip(profit.mean, -cap, cap)))
