"""From the control's profit to the arm's: what each kind of purchase added, and what the rewards took."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from regulars.ground.lines import short
from regulars.ground.numbers import brief, money, number, unit_of
from regulars.show.placing import widest
from regulars.show.plots.rows import Column, cap_of, mark, money_axis, row_figure, separate, span, zero_line
from regulars.show.reading import BOUGHT, CONTROL, Cell, Estimate, Reading, read
from regulars.show.style import (
    FAINT,
    INK,
    MARGIN,
    MUTED,
    SMALL,
    WIDTH,
    Sheet,
    drawn,
    lettering,
    sheet,
    verdict_colour,
)
from regulars.show.words import certainty, is_sure, named, perhaps

STEPS = (
    ("margin of same sales", "kept"),
    ("won from rivals", "won"),
    ("new purchases", "created"),
    ("lost to rivals", "lost"),
    ("purchases foregone", "foregone"),
)
PROGRAMME = "programme costs"


SAME = "Margin of same sales: what their prices, costs and sizes change in purchases that the control makes as well."


@dataclass(frozen=True)
class Step:
    """One bar: what it is, from where to where (currency, 0 is the control's profit), its interval, and whether it is the total."""

    name: str
    start: float
    end: float
    low: float = math.nan
    high: float = math.nan
    total: bool = False

    @property
    def change(self) -> float:
        """What the step adds."""
        return self.end - self.start

    @property
    def none(self) -> bool:
        """Whether the step adds nothing in any replicate."""
        return all(abs(v) < 0.005 for v in (self.change, self.low, self.high) if math.isfinite(v))

    @property
    def colour(self) -> str:
        """Blue or red-orange where the interval excludes zero, grey where it does not or is unknown."""
        return verdict_colour(self.low, self.high)


def changes(cells: Mapping[str, Cell]) -> dict[str, float]:
    """What each step adds, in currency; the sum is the incremental profit."""
    told = {name: cells[cell].margin for name, cell in STEPS}
    known = {cell for _, cell in STEPS} | {"programme"}
    told["other margin"] = sum(c.margin for name, c in cells.items() if name not in known)
    told["rewards and discounts"] = -sum(c.reward for name, c in cells.items() if name != "programme")
    return told | {PROGRAMME: cells["programme"].margin - cells["programme"].reward}


def steps(reading: Reading, arm: str) -> list[Step]:
    """The steps of one arm; the last is the sum of all, which is the incremental profit."""
    each, profit = [changes(cells) for cells in reading.each(arm)], reading.profit(arm)
    at, bars = 0.0, []
    for name, change in changes(reading.cells(arm)).items():
        found = reading.interval([own[name] for own in each])
        bars.append(Step(name, at, at + change, found.low, found.high))
        at += change
    return [*bars, Step("change of profit", 0.0, at, profit.low, profit.high, total=True)]


def shown(every: Mapping[str, list[Step]]) -> tuple[list[str], str]:
    """Names of the steps that are drawn, and the note on those that are not: what is nothing in every arm is left out."""
    names = dict.fromkeys(bar.name for bars in every.values() for bar in bars)
    some = {bar.name for bars in every.values() for bar in bars if bar.total or not bar.none}
    out = [name for name in names if name not in some and name != "other margin"]
    note = f" Without change: {', '.join(out)}." if out else ""
    return [name for name in names if name in some], f" {SAME}{note}" if STEPS[0][0] in some else note


def called(name: str, every: Mapping[str, list[Step]]) -> str:
    """The name of a step in the figure: where the programme takes more in fees than it costs in some arm, it says so."""
    fees = any(bar.change > 0.005 for bars in every.values() for bar in bars if bar.name == PROGRAMME)
    return "fees less costs" if name == PROGRAMME and fees else name


def message(comparison: Any, arm: str | None = None) -> str:
    """What made the difference: gains against costs, no verb surer than its interval."""
    reading = read(comparison)
    arm = arm or reading.best
    cur, cells = reading.currency, reading.cells(arm)
    gained, paid = _gained(cells), sum(c.reward for c in cells.values())
    won = reading.spread(arm, _gained)
    if abs(paid) < 0.005 or paid < 0:
        rest = "adds no rewards" if abs(paid) < 0.005 else f"saves {money(-paid, cur)}"
        return f"{named(arm)} changes margin by {money(gained, cur, sign=True)}{perhaps(won)} and {rest}"
    verb = "wins" if gained >= 0 else "loses"
    start = f"{named(arm)} {verb} {money(abs(gained), cur)} of margin"
    if won.open:
        start = f"{named(arm)} changes margin by {money(gained, cur, sign=True)}{perhaps(won)},"
    profit = reading.profit(arm)
    result = (
        f"{money(gained - paid, cur)} remain" if profit.mean >= 0 else f"{money(paid - gained, cur)} are lost"
    )
    if profit.open:
        result = f"a change of profit of {money(gained - paid, cur, sign=True)}{perhaps(profit)}"
    return f"{start} and pays {money(paid, cur)}: {result}"


def _gained(cells: Mapping[str, Cell]) -> float:
    return sum(cells[c].margin for c in (*BOUGHT, "lost", "foregone"))


def overview(comparison: Any, arms: Sequence[str] | None = None) -> str:
    """How many arms surely win more margin than they pay out, and how many less."""
    reading = read(comparison)
    profits = [reading.profit(arm) for arm in arms or reading.arms]
    more, less = (sum(is_sure(p) and sign * p.mean > 0 for p in profits) for sign in (1, -1))
    if more == len(profits):
        return "Every arm wins more margin than its rewards and costs take"
    if less == len(profits):
        return "No arm wins as much margin as its rewards and costs take"
    many = len(profits)
    if more + less == 0:
        return "In no arm can margin won be told from rewards and costs: every interval includes zero"
    told = [f"{less} of {many} arms rewards and costs take more than the margin they win"] if less else []
    told += (
        [f"{more} of {many} less"]
        if more and less
        else [f"{more} of {many} arms rewards and costs take less than the margin they win"]
        if more
        else []
    )
    rest = many - more - less
    return f"In {', in '.join(told)}{f'; {rest} may be chance' if rest else ''}"


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
    every = {arm: steps(reading, arm)}
    kept, left_out = shown(every)
    bars = [bar for bar in every[arm] if bar.name in kept]
    start = reading.estimate(CONTROL, "profit").mean
    end = reading.estimate(arm, "profit").mean
    names = ["profit of the control", *(called(bar.name, every) for bar in bars), "profit with the arm"]
    values = [number(start), *(number(b.change, sign=True) for b in bars), number(end)]
    right = Column("", values, True, [MUTED, *(b.colour for b in bars), INK])
    note = f"Zero is the profit of the control, {money(start, reading.currency)}. {certainty(reading)}{_grey(bars)}{left_out}"
    figure, axes = row_figure(
        names,
        [right],
        message=message(reading, arm) if title else "",
        note=note,
        row=0.3,
        bold=(len(names) - 2,),
    )
    _bars(axes, {bar.name: k + 1 for k, bar in enumerate(bars)}, bars)
    axes.plot([0, 0], [0, 0], "o", color=INK, markersize=5)
    span(axes, [v for b in bars for v in (b.start, b.end)] + [bars[-1].low, bars[-1].high])
    zero_line(axes)
    money_axis(axes, reading.currency, "change of profit against the control")
    return figure


def _many(reading: Reading, arms: Sequence[str], title: bool) -> Sheet:
    every = {arm: steps(reading, arm) for arm in arms}
    names, left_out = shown(every)
    across = 2 if len(arms) in (2, 4) else 3
    down = math.ceil(len(arms) / across)
    labels = [called(name, every) for name in names]
    left = widest(labels, SMALL, True) + MARGIN + 0.1
    numbers = widest([brief(b.change, sign=True) for bars in every.values() for b in bars], SMALL, True) + 0.1
    cell, tall = (WIDTH - left - MARGIN) / across, 0.235 * len(names) + 0.1
    pitch = tall + 0.42
    text = overview(reading, arms)
    base = money(reading.estimate(CONTROL, "profit").mean, reading.currency)
    reach = {arm: max(abs(v) for b in bars for v in (b.start, b.end)) for arm, bars in every.items()}
    shared = not np.isfinite(cap_of(list(reach.values()), reach[arms[0]]))
    scale = "all panels to one scale" if shared else "each panel to its own scale, so compare the numbers"
    grey = _grey([bar for bars in every.values() for bar in bars])
    note = (
        f"In {unit_of(reading.currency)}, {scale}; zero is the profit of the control, {base}.{grey}{left_out}"
    )
    figure = sheet(pitch * down, text if title else "", note)
    ends = {arm: [v for b in bars for v in (b.start, b.end)] + [bars[-1].low, bars[-1].high] for arm, bars in every.items()}  # fmt: skip
    whole = [v for values in ends.values() for v in values]
    for k, arm in enumerate(arms):
        row, column = divmod(k, across)
        x = left + column * cell
        axes = figure.axes_at(x, row * pitch + 0.32, cell - numbers - 0.14, tall)
        axes.set_ylim(len(names) - 0.5, -0.5)
        _bars(
            axes, {name: k for k, name in enumerate(names)}, [bar for bar in every[arm] if bar.name in names]
        )
        span(axes, whole if shared else ends[arm], pad=0.1)
        zero_line(axes)
        axes.spines[["left", "bottom"]].set_visible(False)
        axes.xaxis.set_visible(False)
        axes.set_yticks(range(len(names)), labels if column == 0 else [""] * len(names))
        axes.tick_params(axis="y", length=0, labelsize=SMALL, labelcolor=INK)
        figure.text_at(
            x, row * pitch + 0.26, _fit(arm, 0.93 * cell - 0.1), size=SMALL, weight="bold", va="bottom"
        )
        for bar in every[arm]:
            if bar.name in names:
                axes.text(1 + (numbers - 0.02) / (cell - numbers - 0.14), names.index(bar.name), brief(bar.change, sign=True),
                          size=SMALL, ha="right", va="center_baseline", color=lettering(FAINT if bar.none else bar.colour),
                          transform=axes.get_yaxis_transform(), weight="bold" if bar.total else "normal")  # fmt: skip
    return figure


def _fit(arm: str, room: float) -> str:
    for width in range(40, 3, -1):
        if widest([short(arm, width)], SMALL, True) <= room:
            return short(arm, width)
    return short(arm, 3)


def _grey(bars: Sequence[Step]) -> str:
    """What grey bars mean, where there are some."""
    return (
        " Grey: the 95% interval includes zero."
        if any(b.low <= 0 <= b.high and not b.none for b in bars)
        else ""
    )


def _bars(axes: Axes, rows: Mapping[str, int], bars: Sequence[Step]) -> None:
    """Bars in their rows, linked by thin lines; the total is the last, with its interval."""
    for bar, after in zip(bars, [*bars[1:], bars[-1]], strict=True):
        row = rows[bar.name]
        if bar.total:
            mark(axes, row, Estimate(bar.end, bar.low, bar.high), bar.colour, 0.62)
            continue
        axes.barh([row], [bar.change], left=[bar.start], height=0.62, color=bar.colour, zorder=2)
        axes.plot(
            [bar.end, bar.end], [row - 0.31, rows[after.name] + 0.31], color=FAINT, linewidth=0.8, zorder=1
        )
    separate(axes, rows[bars[-1].name] - 0.5)
