"""Who the customers of a log are: when they were first and last seen, and who weighs how much."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from regulars.ground.lines import short
from regulars.ground.numbers import brief, percent
from regulars.show.log.axis import canvas, counts, of_time
from regulars.show.plots.naming import at_ends
from regulars.show.plots.rows import ticks
from regulars.show.style import GAIN, LOSS, SMALL, Sheet, drawn, lettering, tint

MOST = 10


def _ends(panel: Any) -> pd.DataFrame:
    return panel.purchases.groupby("customer", sort=False)["time"].agg(["min", "max", "size"])


def coming_message(panel: Any) -> str:
    """How many were new late and gone early."""
    ends = _ends(panel)
    quarter = panel.days / 4
    late, gone = float((ends["min"] >= quarter).mean()), float((ends["max"] < panel.days - quarter).mean())
    return f"{percent(late)} of customers first buy after the first quarter of the log; {percent(gone)} do not buy in the last one"


@drawn
def coming_and_going(panel: Any, *, title: bool = True) -> Sheet:
    """Customers by the week (or step) of their first and last purchase, as cumulative shares."""
    ends = _ends(panel)
    at = np.linspace(0, panel.days, 200)
    lines = {
        "first purchase": np.sort(ends["min"].to_numpy()),
        "last purchase": np.sort(ends["max"].to_numpy()),
    }
    colours = {"first purchase": GAIN, "last purchase": LOSS}
    note = "A first line that jumps at once is a cohort or a log that starts late; one that climbs steadily is a shop that recruits. Where customers stay, the line of last purchases lies low until near the end."
    figure, axes = canvas(coming_message(panel) if title else "", note, right=1.25)
    shown = {}
    for name, times in lines.items():
        share: NDArray[np.float64] = 100 * np.searchsorted(times, at, side="right") / len(times)
        axes.plot(at, share, color=colours[name], linewidth=1.8)
        shown[name] = float(share[-1])
    counts(axes, "share of customers, %")
    axes.set_ylim(0, 104)
    of_time(axes, panel)
    middle = {
        name: float(100 * np.searchsorted(times, at[-18], side="right") / len(times))
        for name, times in lines.items()
    }
    at_ends(axes, middle, {name: name for name in lines}, colours)
    return figure


def _weights(panel: Any) -> pd.DataFrame:
    groups = panel.purchases.groupby("customer", sort=True)["amount"]
    table = pd.DataFrame({"purchases": groups.size(), "money": groups.sum()})
    return table / table.sum().where(table.sum() > 0, 1.0)


def heaviest_message(panel: Any) -> str:
    """The share of the first, and of the first fifth."""
    money = _weights(panel)["money"].sort_values(ascending=False)
    fifth = float(money.iloc[: max(1, round(len(money) / 5))].sum())
    return f"The heaviest customer has {percent(float(money.iloc[0]), digits=1)} of the money, the heaviest fifth {percent(fifth)}"


@drawn
def heaviest(panel: Any, *, title: bool = True) -> Sheet:
    """The ten heaviest customers, by their shares of the money and of purchases."""
    table = _weights(panel)
    top = table.sort_values(["money", "purchases"], ascending=False, kind="stable").head(MOST)
    usual = 1 / max(1, len(table))
    note = f"Of {len(table):,} customers; an even share would be {brief(100 * usual)}%. A guest id or a wholesaler stands out here."
    figure, axes = canvas(heaviest_message(panel) if title else "", note)
    rows = np.arange(len(top))
    axes.bar(rows - 0.2, 100 * top["money"], width=0.38, color=tint(GAIN, 0.7), zorder=2)
    axes.bar(rows + 0.2, 100 * top["purchases"], width=0.38, color=tint(LOSS, 0.6), zorder=2)
    high = 100 * float(top.to_numpy().max())
    for height, what, colour in ((0.97, "the money", GAIN), (0.88, "purchases", LOSS)):
        axes.text(0.99, height, f"share of {what}", transform=axes.transAxes, ha="right", va="top",
                  size=SMALL, color=lettering(colour), weight="bold")  # fmt: skip
    axes.set_xticks(rows, [short(who, 9) for who in top.index])
    counts(axes, "share of the log, %")
    axes.set_ylim(0, 1.12 * high or 1.0)
    ticks(axes, "y")
    axes.set_xlabel("customer")
    return figure
