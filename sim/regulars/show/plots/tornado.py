"""What the answer hangs on: the change of profit from one end of each uncertain input to the other."""

from __future__ import annotations

from typing import Any

from regulars.ground.numbers import precise, unit_of
from regulars.show.hanging import MOST
from regulars.show.plots.rows import Column, row_figure, span, ticks, zero_line
from regulars.show.reading import read
from regulars.show.style import FAINT, GAIN, LOSS, MUTED, Sheet, drawn, sheet
from regulars.show.words import named


def message(comparison: Any) -> str:
    """The input that moves the answer most."""
    return read(comparison).hanging.message


@drawn
def draw(comparison: Any, *, title: bool = True) -> Sheet:
    """Mean change of profit (currency) of the best arm at the 5% and the 95% point of each uncertain input, the others at their means.

    Grey where the swing cannot be told from chance.
    """
    reading = read(comparison)
    found = reading.hanging
    text = found.message if title else ""
    if found.tornado is None:
        return sheet(0.1, text, "" if text == found.note else found.note)
    table = found.tornado.head(MOST)
    right = [
        Column("from", [precise(v) for v in table["low"]], colours=MUTED),
        Column("to", [precise(v) for v in table["high"]], colours=MUTED),
        Column(
            "pays",
            [f"{p} {precise(t)}" if p else "" for p, t in zip(table["pays"], table["turns_at"], strict=True)],
            colours=MUTED,
        ),
    ]
    note = (
        f"Change of profit of {named(reading.best)} where one input is at its 5% point (hollow) or its 95% point (filled), the others at their "
        "means; by regression over the replicates. Grey: within chance."
    )
    figure, axes = row_figure(
        list(table["input"]),
        right,
        message=text,
        note=note,
        unit=f"change of profit, {unit_of(reading.currency)}",
    )
    span(axes, [*table["at_low"], *table["at_high"]])
    ticks(axes)
    zero_line(axes)
    for k, row in enumerate(table.to_dict("records")):
        colour = FAINT if not row["clear"] else GAIN if row["at_high"] >= row["at_low"] else LOSS
        axes.plot([row["at_low"], row["at_high"]], [k, k], color=colour, linewidth=7, alpha=0.45, zorder=2)
        axes.plot([row["at_low"]], [k], "o", color=colour, markerfacecolor="white", zorder=3)
        axes.plot([row["at_high"]], [k], "o", color=colour, zorder=3)
    return figure
