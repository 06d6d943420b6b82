"""From the control's profit to the arm's: what each kind of purchase added, and what the rewards took."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from regulars.ground.lines import short
from regulars.ground.numbers import brief, money, number, unit_of
from regulars.show.placing import widest
from regulars.show.plots.rows import Column, cap_of, mark, money_axis, row_figure, separate, span, zero_line
from regulars.show.reading import BOUGHT, CONTROL, Cell, Estimate, Reading, read
from regulars.show.style import FAINT, GAIN, INK, LOSS, MARGIN, MUTED, SMALL, WIDTH, Sheet, drawn, sheet
from regulars.show.words import certainty, named

STEPS = (
    ("same sales, other price", "kept"),
    ("won from rivals", "won"),
    ("new purchases", "created"),
    ("lost to rivals", "lost"),
    ("purchases foregone", "foregone"),
)


@dataclass(frozen=True)
class Step:
    """One bar: what it is, from where to where (currency, 0 is the control's profit), and whether it is the total."""

    name: str
    start: float
    end: float
    total: bool = False

    @property
    def change(self) -> float:
        """What the step adds."""
        return self.end - self.start


def steps(cells: dict[str, Cell]) -> list[Step]:
    """The steps of one arm; the last is the sum of all, which is the incremental profit."""
    changes = [(name, cells[cell].margin) for name, cell in STEPS]
    known = {cell for _, cell in STEPS} | {"programme"}
    other = sum(c.margin for name, c in cells.items() if name not in known)
    if abs(other) > 0.005:
        changes.append(("other margin", other))
    changes.append(
        ("rewards and discounts", -sum(c.reward for name, c in cells.items() if name != "programme"))
    )
    changes.append(("programme costs", cells["programme"].margin - cells["programme"].reward))
    at, bars = 0.0, []
    for name, change in changes:
        bars.append(Step(name, at, at + change))
        at += change
    return [*bars, Step("change of profit", 0.0, at, total=True)]


def message(comparison: Any, arm: str | None = None) -> str:
    """What made the difference: gains against costs."""
    reading = read(comparison)
    arm = arm or reading.best
    cells, cur = reading.cells(arm), reading.currency
    gained = sum(cells[c].margin for c in (*BOUGHT, "lost", "foregone"))
    paid = sum(c.reward for c in cells.values())
    net = gained - paid
    if abs(paid) < 0.005:
        return f"{named(arm)} changes margin by {money(gained, cur, sign=True)} and adds no rewards"
    if paid < 0:
        return f"{named(arm)} changes margin by {money(gained, cur, sign=True)} and saves {money(-paid, cur)}"
    verb = "wins" if gained >= 0 else "loses"
    result = f"{money(net, cur)} remain" if net >= 0 else f"{money(-net, cur)} are lost"
    profit = reading.profit(arm)
    if profit.known and profit.low <= 0 <= profit.high:
        result += ", which may be chance"
    return f"{named(arm)} {verb} {money(abs(gained), cur)} of margin and pays {money(paid, cur)}: {result}"


def overview(comparison: Any, arms: Sequence[str] | None = None) -> str:
    """How many arms win more margin than they pay out."""
    reading = read(comparison)
    chosen = list(arms or reading.arms)
    short_of = sum(steps(reading.cells(arm))[-1].end < 0 for arm in chosen)
    if not short_of:
        return "Every arm wins more margin than its rewards and costs take"
    if short_of == len(chosen):
        return "No arm wins as much margin as its rewards and costs take"
    return f"In {short_of} of {len(chosen)} arms rewards and costs take more than the margin they win"


@drawn
def draw(comparison: Any, arms: Sequence[str] | str | None = None, *, title: bool = True) -> Sheet:
    """Waterfall of one arm, or a small one for each of several.

    Zero is the profit of the control; bars are means over replicates in currency.

    Args:
        comparison: of `regulars.compare`.
        arms: names of arms; all by default.
        title: whether the message stands above the figure.
    """
    reading = read(comparison)
    chosen = [arms] if isinstance(arms, str) else list(arms or reading.arms)
    return _one(reading, chosen[0], title) if len(chosen) == 1 else _many(reading, chosen, title)


def _one(reading: Reading, arm: str, title: bool) -> Sheet:
    bars = steps(reading.cells(arm))
    start = reading.estimate(CONTROL, "profit").mean
    end = reading.estimate(arm, "profit").mean
    names = ["profit of the control", *(bar.name for bar in bars), "profit with the arm"]
    values = [number(start), *(number(b.change, sign=True) for b in bars), number(end)]
    right = Column("", values, True, [MUTED, *(_colour(b) for b in bars), INK])
    note = f"Zero is the profit of the control, {money(start, reading.currency)}. {certainty(reading)}"
    figure, axes = row_figure(
        names,
        [right],
        message=message(reading, arm) if title else "",
        note=note,
        row=0.3,
        bold=(len(names) - 2,),
    )
    _bars(axes, bars, reading.profit(arm), 1)
    axes.plot([0, 0], [0, 0], "o", color=INK, markersize=5)
    span(
        axes,
        [v for b in bars for v in (b.start, b.end)] + [reading.profit(arm).low, reading.profit(arm).high],
    )
    zero_line(axes)
    money_axis(axes, reading.currency, "change of profit against the control")
    return figure


def _many(reading: Reading, arms: Sequence[str], title: bool) -> Sheet:
    every = {arm: steps(reading.cells(arm)) for arm in arms}
    longest = max(every.values(), key=len)
    names = [bar.name for bar in longest]
    across = 2 if len(arms) in (2, 4) else 3
    down = math.ceil(len(arms) / across)
    left = widest(names, SMALL, True) + MARGIN + 0.1
    numbers = widest([brief(b.change, sign=True) for bars in every.values() for b in bars], SMALL, True) + 0.1
    cell, tall = (WIDTH - left - MARGIN) / across, 0.235 * len(names) + 0.1
    pitch = tall + 0.42
    text = overview(reading, arms)
    base = money(reading.estimate(CONTROL, "profit").mean, reading.currency)
    reach = {arm: max(abs(v) for b in bars for v in (b.start, b.end)) for arm, bars in every.items()}
    shared = not np.isfinite(cap_of(list(reach.values()), reach[arms[0]]))
    scale = "all panels to one scale" if shared else "each panel to its own scale, so compare the numbers"
    note = f"In {unit_of(reading.currency)}, {scale}; zero is the profit of the control, {base}."
    figure = sheet(pitch * down, text if title else "", note)
    ends = {arm: [v for b in bars for v in (b.start, b.end)] + [reading.profit(arm).low, reading.profit(arm).high] for arm, bars in every.items()}  # fmt: skip
    whole = [v for values in ends.values() for v in values]
    for k, arm in enumerate(arms):
        row, column = divmod(k, across)
        x = left + column * cell
        axes = figure.axes_at(x, row * pitch + 0.32, cell - numbers - 0.14, tall)
        axes.set_ylim(len(names) - 0.5, -0.5)
        _bars(axes, every[arm], reading.profit(arm), 0)
        span(axes, whole if shared else ends[arm])
        zero_line(axes)
        axes.spines[["left", "bottom"]].set_visible(False)
        axes.xaxis.set_visible(False)
        axes.set_yticks(range(len(names)), names if column == 0 else [""] * len(names))
        axes.tick_params(axis="y", length=0, labelsize=SMALL, labelcolor=INK)
        figure.text_at(
            x, row * pitch + 0.26, _fit(arm, 0.93 * cell - 0.1), size=SMALL, weight="bold", va="bottom"
        )
        for j, bar in enumerate(every[arm]):
            axes.text(1 + (numbers - 0.02) / (cell - numbers - 0.14), j, brief(bar.change, sign=True), size=SMALL, ha="right",
                      va="center_baseline", color=_colour(bar), transform=axes.get_yaxis_transform(),
                      weight="bold" if bar.total else "normal")  # fmt: skip
    return figure


def _fit(arm: str, room: float) -> str:
    for width in range(40, 3, -1):
        if widest([short(arm, width)], SMALL, True) <= room:
            return short(arm, width)
    return short(arm, 3)


def _colour(bar: Step) -> str:
    return FAINT if abs(bar.change) < 0.005 else GAIN if bar.change > 0 else LOSS


def _bars(axes: Axes, bars: Sequence[Step], profit: Estimate, first: int) -> None:
    """Bars from row `first` on, linked by thin lines; the total is the last, with its interval."""
    for k, bar in enumerate(bars):
        if bar.total:
            mark(axes, k + first, Estimate(bar.end, profit.low, profit.high), _colour(bar), 0.62)
            continue
        axes.barh([k + first], [bar.change], left=[bar.start], height=0.62, color=_colour(bar), zorder=2)
        axes.plot(
            [bar.end, bar.end], [k + first - 0.31, k + first + 1.31], color=FAINT, linewidth=0.8, zorder=1
        )
    separate(axes, len(bars) + first - 1.5)
