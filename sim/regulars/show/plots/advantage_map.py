"""Advantage over two swept parameters: a map with the break-even border, hatched where chance decides."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.patches import Rectangle

from regulars.ground.lines import short
from regulars.ground.numbers import brief, precise, unit_of
from regulars.show.placing import extent, widest
from regulars.show.plots.advantage import Swept
from regulars.show.style import (
    FAINT,
    GAIN,
    GRID,
    INK,
    LOSS,
    MARGIN,
    PAPER,
    SMALL,
    WIDTH,
    Sheet,
    ink_on,
    sheet,
)
from regulars.show.words import named

COLOURS = LinearSegmentedColormap.from_list("advantage", [LOSS, "#f3c9b8", "#ffffff", "#b5d4ea", GAIN])


def draw(sweep: Swept, text: str) -> Sheet:
    """A cell a combination, of the first arm: blue pays, red-orange loses, grey may be chance, and a thick line where the mean is 0."""
    rows = sweep.of(sweep.arms[0])
    grid = {
        end: rows.pivot(index=sweep.over[1], columns=sweep.over[0], values=end)
        for end in ("mean", "low", "high")
    }
    mean = grid["mean"].to_numpy(dtype=float)
    down, across = mean.shape
    names = [short(v, 14) for v in grid["mean"].index]
    left = max(widest(names, SMALL), 0.3) + 0.55
    unsure = (
        sweep.against & (grid["low"].to_numpy(dtype=float) <= 0) & (grid["high"].to_numpy(dtype=float) >= 0)
    )
    note = f"{sweep.what[0].upper()}{sweep.what[1:]} of {named(sweep.arms[0])}"
    note += f" in {unit_of(sweep.currency)}" if sweep.currency else ""
    note += "; the thick line is break-even on average." if sweep.against else "; the darker the more."
    note += " Grey and hatched: the 95% interval includes zero." if unsure.any() else ""
    tall = float(np.clip(0.42 * down, 1.6, 5.0))
    figure = sheet(tall + 0.75, text, note)
    axes = figure.axes_at(left, 0.12, WIDTH - left - MARGIN - 0.05, tall)
    low, high = float(np.nanmin(mean)), float(np.nanmax(mean))
    most = max(abs(low), abs(high)) or 1.0
    shade = mean / most if sweep.against else 0.1 + 0.8 * (mean - low) / ((high - low) or 1.0)
    told = [[brief(v) if sweep.against else precise(v) for v in row] for row in mean]
    wide = (WIDTH - left - MARGIN) / across
    written = (
        widest([t for row in told for t in row], SMALL) + 0.06 < wide and tall / down > extent("0", SMALL)[1]
    )
    for j in range(down):
        for k in range(across):
            if not np.isfinite(mean[j, k]):
                continue
            colour = GRID if unsure[j, k] else to_hex(COLOURS(0.5 + 0.5 * float(shade[j, k])))
            axes.add_patch(
                Rectangle((k - 0.5, j - 0.5), 1, 1, facecolor=colour, edgecolor=PAPER, linewidth=0.8)
            )
            if unsure[j, k]:
                axes.add_patch(
                    Rectangle((k - 0.5, j - 0.5), 1, 1, fill=False, edgecolor=FAINT, hatch="///", linewidth=0)
                )
            if written:
                back = {"facecolor": colour, "edgecolor": "none", "pad": 0.8} if unsure[j, k] else None
                axes.text(
                    k,
                    j,
                    told[j][k],
                    ha="center",
                    va="center_baseline",
                    size=SMALL,
                    color=ink_on(colour),
                    bbox=back,
                )
    if sweep.against:
        _border(axes, mean)
    axes.set_xlim(-0.5, across - 0.5)
    axes.set_ylim(-0.5, down - 0.5)
    step = max(
        1,
        int(
            np.ceil(
                across * (widest([short(v, 10) for v in grid["mean"].columns], SMALL) + 0.1) / (WIDTH - left)
            )
        ),
    )
    axes.set_xticks(range(0, across, step), [short(v, 10) for v in grid["mean"].columns[::step]])
    skip = max(1, int(np.ceil(0.17 * down / tall)))
    axes.set_yticks(range(0, down, skip), names[::skip])
    axes.tick_params(length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.set_xlabel(sweep.label(sweep.over[0]))
    axes.set_ylabel(sweep.label(sweep.over[1]))
    return figure


def _border(axes: Axes, mean: np.ndarray) -> None:
    """The line between cells that pay and cells that lose."""
    pays = mean > 0
    down, across = mean.shape
    for j in range(down):
        for k in range(across):
            if k + 1 < across and pays[j, k] != pays[j, k + 1]:
                axes.plot(
                    [k + 0.5] * 2,
                    [j - 0.5, j + 0.5],
                    color=INK,
                    linewidth=2.2,
                    solid_capstyle="projecting",
                    zorder=4,
                )
            if j + 1 < down and pays[j, k] != pays[j + 1, k]:
                axes.plot(
                    [k - 0.5, k + 0.5],
                    [j + 0.5] * 2,
                    color=INK,
                    linewidth=2.2,
                    solid_capstyle="projecting",
                    zorder=4,
                )
