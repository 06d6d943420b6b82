"""Renewals of a contract: who makes each of them, and who is left, beside what a law predicts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from regulars.ground.numbers import percent
from regulars.show.plots.rows import ticks
from regulars.show.style import INK, LOSS, MARGIN, SMALL, WIDTH, Sheet, drawn, lettering, sheet

HEIGHT, LEFT, BETWEEN, ABOVE = 2.6, 0.75, 0.95, 0.1
PANES = (
    ("observed", "expected", "retention at the renewal, %"),
    ("observed_left", "expected_left", "customers left, %"),
)


def message(table: pd.DataFrame) -> str:
    """Whether those who stay stay longer."""
    first, last = float(table["observed"].iloc[0]), float(table["observed"].iloc[-1])
    if len(table) < 2:
        return f"{percent(first)} make the first renewal"
    how = "rises" if last > first else "falls" if last < first else "stays"
    return f"Retention {how} from {percent(first)} at the first renewal to {percent(last)} at renewal {table.index[-1]}"


@drawn
def draw(table: pd.DataFrame, *, title: bool = True, law: str = "the law") -> Sheet:
    """Retention (left) and customers left (right) by renewal: black is what came, orange what the law expects.

    Args:
        table: by renewal 1, 2, ...: observed and expected retention, observed_left and expected_left of those who came, all between
            0 and 1.
        title: whether the message stands above the figure.
        law: name of the law.
    """
    figure = sheet(HEIGHT + ABOVE + 0.6, message(table) if title else "")
    width = (WIDTH - LEFT - BETWEEN - MARGIN) / 2
    x = table.index.to_numpy(dtype=float)
    for k, (came, told, label) in enumerate(PANES):
        axes = figure.axes_at(LEFT + k * (width + BETWEEN), ABOVE, width, HEIGHT)
        start = [0.0] if came.endswith("left") else []
        at = np.r_[start, x]
        for name, colour, dash in ((came, INK, "-"), (told, LOSS, (0, (4, 1.6)))):
            y = 100 * np.r_[[1.0] * len(start), table[name].to_numpy(dtype=float)]
            axes.plot(at, y, color=colour, linewidth=1.7, linestyle=dash, marker="o", markersize=4, zorder=3)
        axes.set_ylim(0, 105)
        axes.set_xlim(0, float(x[-1]) + 0.3)
        axes.grid(axis="y")
        ticks(axes)
        ticks(axes, "y")
        axes.set_xlabel("renewals since the start")
        axes.set_ylabel(label)
        axes.annotate("observed", (0.96, 0.17 if not start else 0.95), xycoords="axes fraction", size=SMALL, color=INK, ha="right", va="top")  # fmt: skip
        axes.annotate(f"expected by {law}", (0.96, 0.09 if not start else 0.87), xycoords="axes fraction", size=SMALL, color=lettering(LOSS), ha="right", va="top")  # fmt: skip
    return figure
