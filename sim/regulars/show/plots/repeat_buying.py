"""How often customers buy: the distribution of purchases, beside a law's prediction."""

from __future__ import annotations

import numpy as np
import pandas as pd

from regulars.ground.numbers import percent
from regulars.show.plots.rows import ticks
from regulars.show.style import (
    GAIN,
    INK,
    LOSS,
    MARGIN,
    MUTED,
    SMALL,
    WIDTH,
    Sheet,
    drawn,
    lettering,
    sheet,
    tint,
)

HEIGHT, LEFT, LAST = 2.7, 0.75, 12


def message(table: pd.DataFrame, firm: str = "the firm") -> str:
    """How many never buy, and whether the law holds."""
    rows = _folded(table)
    none = float(rows.loc[rows["purchases"] == 0, "share"].sum())
    once = float(rows.loc[rows["purchases"] == 1, "share"].sum())
    start = f"{percent(none)} never buy and {percent(once)} buy once"
    if not (rows["purchases"] == 0).any():
        start = f"{percent(once)} of buyers buy once"  # the others are not seen
    elif "predicted" not in rows:
        return f"Of the customers of {firm}, {start}" if firm != "the firm" else start
    if "predicted" not in rows:
        return start
    gap = float((rows["share"] - rows["predicted"]).abs().sum() / 2)
    return f"{start}; the law puts {percent(gap)} of customers in the wrong place"


def _folded(table: pd.DataFrame) -> pd.DataFrame:
    """Counts above `LAST` in one row."""
    columns = [name for name in ("share", "predicted") if name in table]
    return (
        table.assign(purchases=table["purchases"].clip(upper=LAST))
        .groupby("purchases", as_index=False)[columns]
        .sum()
    )


@drawn
def draw(
    table: pd.DataFrame,
    *,
    title: bool = True,
    law: str = "NBD",
    firm: str = "the firm",
    window: str = "the period",
) -> Sheet:
    """Share of customers by number of purchases, with the prediction as dots.

    Args:
        table: columns purchases (0, 1, 2, ...), share (of customers) and, optionally, predicted (by the law).
        title: whether the message stands above the figure.
        law: name of the law, for the label.
        firm: name of the firm, for the axis.
        window: the period of observation, for the axis.
    """
    rows = _folded(table)
    figure = sheet(HEIGHT + 0.75, message(table, firm) if title else "")
    axes = figure.axes_at(LEFT, 0.15, WIDTH - LEFT - MARGIN - 0.1, HEIGHT)
    x, y = rows["purchases"].to_numpy(), 100 * rows["share"].to_numpy()
    axes.bar(x, y, width=0.72, color=tint(GAIN, 0.55), zorder=2)
    top = float(y.max())
    if "predicted" in rows:
        p = 100 * rows["predicted"].to_numpy()
        top = max(top, float(p.max()))
        axes.plot(x, p, "o-", color=LOSS, markersize=5.5, linewidth=1.0, zorder=3)
        k = int(np.argmax(x >= min(4, x.max())))
        axes.annotate(f"{law} prediction", (x[k], p[k]), xytext=(16, 34), textcoords="offset points", size=SMALL,
                      color=lettering(LOSS), arrowprops={"arrowstyle": "-", "color": MUTED, "linewidth": 0.7})  # fmt: skip
    axes.set_ylim(0, 1.12 * top)
    for k in range(len(x)):
        high = max(y[k], p[k]) if "predicted" in rows else y[k]
        axes.annotate(
            percent(y[k] / 100),
            (x[k], high),
            xytext=(0, 5),
            textcoords="offset points",
            ha="center",
            size=SMALL,
            color=INK,
        )
    axes.set_xticks(x, [f"{v}+" if v == LAST and table["purchases"].max() > LAST else str(v) for v in x])
    ticks(axes, "y")
    axes.grid(axis="y")
    axes.set_xlabel(f"purchases of a customer from {firm} in {window}")
    axes.set_ylabel("share of customers, %")
    return figure
