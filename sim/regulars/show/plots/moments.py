"""Observed against simulated moments, by how many standard errors they differ."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from regulars.ground.numbers import precise
from regulars.show.fitness import FAR, message, ordered, score
from regulars.show.plots.rows import Column, row_figure
from regulars.show.style import FAINT, GAIN, INK, LOSS, MUTED, PAPER, Sheet, drawn, tint

__all__ = ["draw", "message"]

EDGE = 6.0


@drawn
def draw(table: pd.DataFrame, *, title: bool = True) -> Sheet:
    """z-scores (simulated less observed, in standard errors) of each moment, worst first.

    Hollow dots were not used in the fit. Dots beyond 6 are drawn at the edge, as arrows.

    Args:
        table: with the columns ``moment``, ``observed``, ``simulated``, ``se``, ``z`` and ``used``.
        title: whether the message stands above the figure.
    """
    rows = ordered(table)
    z = [float(row["z"]) for row in rows]
    right = [
        Column("observed", [precise(float(row["observed"])) for row in rows]),
        Column("simulated", [precise(float(row["simulated"])) for row in rows]),
        Column("z", [score(v) for v in z], True, [LOSS if abs(v) > FAR else MUTED for v in z]),
    ]
    note = "z = (simulated \N{MINUS SIGN} observed) / standard error; the band is within 2."
    if not all(row["used"] for row in rows):
        note += " Hollow: not used in the fit."
    figure, axes = row_figure(
        [str(row["moment"]) for row in rows], right, message=message(table) if title else "", note=note, row=0.29,
        unit="simulated less observed, standard errors",
    )  # fmt: skip
    axes.axvspan(-FAR, FAR, color=tint(GAIN, 0.12), zorder=0)
    axes.axvline(0, color=INK, linewidth=1)
    reach = max(3.0, *(min(EDGE, abs(v)) for v in z if np.isfinite(v)), 3.0) * 1.08
    axes.set_xlim(-reach, reach)
    for k, (value, row) in enumerate(zip(z, rows, strict=True)):
        if np.isfinite(value):
            _dot(axes, k, value, bool(row["used"]))
    return figure


def _dot(axes: Axes, k: int, value: float, used: bool) -> None:
    colour = GAIN if abs(value) <= FAR else LOSS
    shown = float(np.clip(value, -EDGE, EDGE))
    shape = "o" if shown == value else ">" if value > 0 else "<"
    look: dict[str, Any] = {"markeredgecolor": colour, "markeredgewidth": 1.5, "markersize": 6.5}
    axes.plot([0, shown], [k, k], color=FAINT, linewidth=1, zorder=2)
    axes.plot([shown], [k], shape, color=colour if used else PAPER, zorder=3, **look)
