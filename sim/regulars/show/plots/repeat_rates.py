"""Repeat rates: how often the next purchase is of the same firm, against the firm's share, beside what a law predicts."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from regulars.ground.numbers import percent
from regulars.show.plots.naming import at_points
from regulars.show.plots.rows import ticks
from regulars.show.style import (
    FAINT,
    GAIN,
    GRID,
    INK,
    MARGIN,
    MUTED,
    PAPER,
    SMALL,
    WIDTH,
    Sheet,
    drawn,
    sheet,
)

HEIGHT, LEFT = 3.4, 0.8


def message(table: pd.DataFrame, law: str = "the law") -> str:
    """How far the law is off, on the mean over firms."""
    repeat = float((table["share"] * table["repeat"]).sum() / table["share"].sum())
    off = float((table["repeat_predicted"] - table["repeat"]).abs().mean())
    return f"{percent(repeat)} of next purchases are of the same firm; {law} is {100 * off:.1f} percentage points off a firm's repeat rate"


@drawn
def draw(table: pd.DataFrame, *, title: bool = True, law: str = "the law") -> Sheet:
    """Repeat rate against share of purchases, firm by firm, beside what a law predicts.

    Args:
        table: columns firm, share and repeat (observed), share_predicted and repeat_predicted, all between 0 and 1.
        title: whether the message stands above the figure.
        law: name of the law.
    """
    share = 100 * table[["share", "share_predicted"]].to_numpy(dtype=float)
    repeat = 100 * table[["repeat", "repeat_predicted"]].to_numpy(dtype=float)
    by_size = np.argsort(share[:, 1])
    note = f"Filled: the log. Hollow, on the dashed line: {law}. On the grey line all customers would be alike and remember nothing."
    figure = sheet(HEIGHT + 0.7, message(table, law) if title else "", note)
    axes = figure.axes_at(LEFT, 0.1, WIDTH - LEFT - MARGIN - 0.1, HEIGHT)
    end = min(105.0, 1.2 * float(max(share.max(), 1.0)))
    axes.plot([0, end], [0, end], color=GRID, linewidth=2.5, zorder=0)
    axes.plot(share[by_size, 1], repeat[by_size, 1], color=FAINT, linewidth=1.3, linestyle=(0, (4, 2)), zorder=1)  # fmt: skip
    axes.plot(share.T, repeat.T, color=FAINT, linewidth=0.9, zorder=2)
    axes.plot(share[:, 1], repeat[:, 1], "o", color=PAPER, markeredgecolor=INK, markersize=7, zorder=3)
    axes.plot(share[:, 0], repeat[:, 0], "o", color=GAIN, markersize=7.5, zorder=4)
    axes.set_xlim(0, end)
    axes.set_ylim(0, min(105.0, 1.2 * float(max(repeat.max(), 1.0))))
    ticks(axes)
    ticks(axes, "y")
    axes.grid(True)
    axes.set_xlabel("share of purchases, %")
    axes.set_ylabel("next purchase is of the same firm, %")
    axes.annotate("no loyalty", (end, min(end, axes.get_ylim()[1])), xytext=(-4, -16), textcoords="offset points",
                  size=SMALL, color=MUTED, ha="right", va="top")  # fmt: skip
    names = [str(firm) for firm in table["firm"]]
    points = {name: (float(x), float(y)) for name, x, y in zip(names, share[:, 0], repeat[:, 0], strict=True)}
    hollow = [(float(x), float(y), float(x), float(y)) for x, y in zip(share[:, 1], repeat[:, 1], strict=True)]  # fmt: skip
    law_line = [(float(x), float(y)) for x, y in zip(share[by_size, 1], repeat[by_size, 1], strict=True)]
    at_points(
        axes, points, dict.fromkeys(points, INK), lines=[*hollow, *((*p, *q) for p, q in pairwise(law_line))]
    )
    return figure
