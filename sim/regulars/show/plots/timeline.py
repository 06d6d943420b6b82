"""Market shares over time."""

from __future__ import annotations

import pandas as pd

from regulars.ground.lines import short
from regulars.ground.numbers import percent
from regulars.show.placing import widest
from regulars.show.plots.naming import at_ends
from regulars.show.plots.rows import ticks
from regulars.show.style import MARGIN, TEXT, WIDTH, Sheet, arm_colours, drawn, sheet
from regulars.show.words import named

HEIGHT, LEFT = 2.9, 0.75


def message(table: pd.DataFrame) -> str:
    """Whose share moved most."""
    shares = table.sort_values("day").groupby("firm")["share"]
    first, last = (
        {str(firm): float(v) for firm, v in end.to_dict().items()} for end in (shares.first(), shares.last())
    )
    if not first:
        return "No shares to show"
    firm = max(sorted(first), key=lambda name: abs(last[name] - first[name]))
    start, end = percent(first[firm]), percent(last[firm])
    if start == end:
        return "Shares hold steady"
    if {"low", "high"} <= set(table.columns):
        own = table[table["firm"].astype(str) == firm].sort_values("day").iloc[[0, -1]]
        if own["low"].max() <= own["high"].min():  # the bands of both ends overlap
            return f"No share surely moves: {named(firm)} goes from {start} to {end} of purchases, which may be chance"
    return (
        f"{named(firm)} {'rises' if last[firm] > first[firm] else 'falls'} from {start} to {end} of purchases"
    )


@drawn
def draw(table: pd.DataFrame, *, title: bool = True, note: str = "") -> Sheet:
    """Share of purchases of each firm by day.

    Args:
        table: with the columns ``day``, ``firm``, ``share`` (0 to 1) and, optionally, ``low`` and ``high`` (95% interval), drawn as bands.
        title: whether the message stands above the figure.
        note: a line below the figure.
    """
    firms = sorted(table["firm"].unique(), key=str)
    colours = {str(f): c for f, c in arm_colours(firms).items()}
    lines = {str(firm): rows.sort_values("day") for firm, rows in table.groupby("firm")}
    ends = {firm: 100 * float(lines[firm]["share"].iloc[-1]) for firm in map(str, firms)}
    labels = {firm: f"{short(firm, 20)} {percent(end / 100)}" for firm, end in ends.items()}
    if {"low", "high"} <= set(table.columns) and not note:
        note = "Bands are 95% intervals."
    figure = sheet(HEIGHT + 0.75, message(table) if title else "", note)
    right = min(widest(list(labels.values()), TEXT, True), 2.4) + 0.2 + MARGIN
    axes = figure.axes_at(LEFT, 0.12, WIDTH - LEFT - right, HEIGHT)
    for firm, rows in lines.items():
        if {"low", "high"} <= set(rows.columns):
            axes.fill_between(
                rows["day"],
                100 * rows["low"],
                100 * rows["high"],
                color=colours[firm],
                alpha=0.16,
                linewidth=0,
            )
        axes.plot(rows["day"], 100 * rows["share"], color=colours[firm], linewidth=1.9)
    axes.set_ylim(0, min(100.0, 1.12 * 100 * float(table["share"].max())) or 1.0)
    first, last = float(table["day"].min()), float(table["day"].max())
    axes.set_xlim(first, last if last > first else first + 1)
    ticks(axes)
    ticks(axes, "y")
    axes.grid(axis="y")
    axes.set_xlabel("day of the run")
    axes.set_ylabel("share of purchases, %")
    at_ends(axes, ends, labels, colours)
    return figure
