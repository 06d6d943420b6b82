"""What a purchase of a log costs."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from regulars.ground.numbers import brief, percent, tick, unit_of
from regulars.show.log.axis import canvas, counts, log_bins
from regulars.show.style import GAIN, LOSS, Sheet, drawn, tint


def message(panel: Any) -> str:
    """The usual purchase, and how far the mean is from it."""
    amounts = panel.purchases["amount"].to_numpy()
    money = unit_of(panel.currency or "")
    return f"Half of the purchases are below {brief(float(np.median(amounts)))} {money}; the mean is {brief(float(amounts.mean()))}"


@drawn
def amounts(panel: Any, *, title: bool = True) -> Sheet:
    """Amounts of purchases, on an axis of equal ratios."""
    values = panel.purchases["amount"].to_numpy(dtype=float)
    paid = values[values > 0]
    free = 1 - len(paid) / max(1, len(values))
    note = (
        f"The line is the mean; {percent(free)} of purchases of amount 0 are not drawn."
        if free
        else "The line is the mean."
    )
    figure, axes = canvas(message(panel) if title else "", note)
    if len(paid) and paid.min() < paid.max():
        edges = log_bins(paid, 60)
        shares = 100 * np.histogram(paid, edges)[0] / len(values)
        axes.bar(
            np.sqrt(edges[:-1] * edges[1:]),
            shares,
            width=0.9 * np.diff(edges),
            color=tint(GAIN, 0.6),
            zorder=2,
        )
        axes.set_xscale("log")
        axes.set_xlim(edges[0], edges[-1])
        axes.axvline(float(values.mean()), color=LOSS, linewidth=1.2, zorder=3)
        axes.xaxis.set_major_locator(FixedLocator(_places(edges[0], edges[-1])))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: tick(value)))
    elif len(paid):
        axes.bar([paid[0]], [100 * len(paid) / len(values)], width=0.1 * paid[0], color=tint(GAIN, 0.6))
    counts(axes, "share of purchases, %")
    axes.set_xlabel(f"amount of a purchase, {unit_of(panel.currency or '')}")
    return figure


def _places(low: float, high: float) -> list[float]:
    """From three to nine round amounts between two bounds, evenly on an axis of ratios."""
    found: list[float] = []
    for steps in ((1,), (1, 3), (1, 2, 5), (1, 1.5, 2, 3, 5, 7), [1 + k / 10 for k in range(90)]):
        found = [m * 10.0**k for k in range(-5, 12) for m in steps if low <= m * 10.0**k <= high]
        if len(found) >= 3:
            break
    return found[:: max(1, round(len(found) / 8))]
