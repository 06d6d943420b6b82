"""Double jeopardy: small firms have fewer buyers, who also buy a little less often."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from regulars.show.plots.naming import at_points
from regulars.show.plots.rows import ticks
from regulars.show.style import FAINT, GAIN, INK, MARGIN, PAPER, WIDTH, Sheet, drawn, sheet
from regulars.show.words import named

HEIGHT, LEFT = 3.4, 0.8


def message(table: pd.DataFrame) -> str:
    """Whether small firms suffer twice, and by how much."""
    rows = table.sort_values("penetration")
    if len(rows) < 2:
        return "One firm alone cannot show double jeopardy"
    small, large = rows.iloc[0], rows.iloc[-1]
    first, last = f"{small['rate']:.1f}", f"{large['rate']:.1f}"
    if np.corrcoef(rows["penetration"], rows["rate"])[0, 1] > 0 and large["rate"] > small["rate"]:
        return (
            f"Small firms suffer twice: fewer buyers, and these buy less often ({first} against {last} times)"
        )
    return f"No double jeopardy here: buyers of {named(small['firm'], 20)} buy {first} times, of {named(large['firm'], 20)} {last} times"


@drawn
def draw(table: pd.DataFrame, *, title: bool = True, window: str = "the period") -> Sheet:
    """Purchases per buyer against penetration, firm by firm, beside what the Dirichlet predicts.

    Args:
        table: columns firm, share, penetration and rate (simulated or observed), penetration_predicted and rate_predicted;
            shares and penetrations between 0 and 1, rates in purchases per buyer.
        title: whether the message stands above the figure.
        window: the period of observation, for the axes.
    """
    names = [str(firm) for firm in table["firm"]]
    at = 100 * table[["penetration", "penetration_predicted"]].to_numpy(dtype=float)
    rate = table[["rate", "rate_predicted"]].to_numpy(dtype=float)
    by_size = np.argsort(at[:, 1])
    note = "Filled: the market. Hollow, on the dashed line: what the NBD-Dirichlet predicts from the market shares."
    figure = sheet(HEIGHT + 0.7, message(table) if title else "", note)
    axes = figure.axes_at(LEFT, 0.1, WIDTH - LEFT - MARGIN - 0.1, HEIGHT)
    axes.plot(at[by_size, 1], rate[by_size, 1], color=FAINT, linewidth=1.3, linestyle=(0, (4, 2)), zorder=1)
    axes.plot(at.T, rate.T, color=FAINT, linewidth=0.9, zorder=2)
    axes.plot(at[:, 1], rate[:, 1], "o", color=PAPER, markeredgecolor=INK, markersize=7, zorder=3)
    axes.plot(at[:, 0], rate[:, 0], "o", color=GAIN, markersize=7.5, zorder=4)
    axes.set_xlim(0, min(105.0, 1.15 * float(at.max())))
    spread = max(float(np.ptp(rate)), 0.2 * float(rate.max()))
    axes.set_ylim(max(0.0, float(rate.min()) - 0.35 * spread), float(rate.max()) + 0.35 * spread)
    ticks(axes)
    ticks(axes, "y")
    axes.grid(True)
    axes.set_xlabel(f"penetration, % of customers who buy at least once in {window}")
    axes.set_ylabel("purchases per buyer")
    points = {name: (float(x), float(y)) for name, x, y in zip(names, at[:, 0], rate[:, 0], strict=True)}
    hollow = [(float(x), float(y), float(x), float(y)) for x, y in zip(at[:, 1], rate[:, 1], strict=True)]
    law_line = [(float(x), float(y)) for x, y in zip(at[by_size, 1], rate[by_size, 1], strict=True)]
    at_points(
        axes, points, dict.fromkeys(points, INK), lines=[*hollow, *((*p, *q) for p, q in pairwise(law_line))]
    )
    return figure
