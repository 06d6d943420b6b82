"""Figures made of rows: a name, a strip of plot, and columns of numbers that are the labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from regulars.ground.lines import columns, short
from regulars.ground.numbers import tick, unit_of
from regulars.show.placing import widest, wrap
from regulars.show.reading import Estimate
from regulars.show.style import (
    FAINT,
    GRID,
    INK,
    MARGIN,
    MUTED,
    SMALL,
    TEXT,
    WIDTH,
    Sheet,
    lettering,
    sheet,
    tint,
)

GAP = 0.16


@dataclass(frozen=True)
class Column:
    """A column of numbers right of the plot: a head (two lines at most) and a text a row."""

    head: str
    cells: Sequence[str]
    bold: bool = False
    colours: Sequence[str] | str = INK


def row_figure(
    names: Sequence[str],
    right: Sequence[Column],
    *,
    message: str = "",
    note: str = "",
    unit: str = "",
    row: float = 0.36,
    bold: Sequence[int] = (),
    italic: Sequence[int] = (),
    key: str = "",
    axis: bool = True,
) -> tuple[Sheet, Axes]:
    """An empty row figure: rows count downwards from 0 on the y axis; x is for the caller to fill.

    Args:
        names: a name a row; long ones are wrapped to two lines and cut.
        right: columns of numbers.
        message: title.
        note: small print at the foot.
        unit: label of the x axis, with its unit.
        row: height of a row in inches.
        bold: rows whose name is bold.
        italic: rows whose name is in grey italics.
        key: a line above the plot that says what the marks are.
        axis: whether the x axis is drawn.
    """
    labels = [wrap(name, 23, 2) if columns(name) > 23 else name for name in (short(n, 45) for n in names)]
    left = max(widest(labels, TEXT, bold=True), 0.6) + MARGIN + GAP / 2
    widths = [
        max(widest(column.head.split("\n"), SMALL), widest(column.cells, TEXT, column.bold))
        for column in right
    ]
    taken = sum(widths) + GAP * len(widths) + MARGIN
    heads = max((column.head.count("\n") + 1 for column in right if column.head), default=0)
    top = 0.08 + 0.17 * heads + (0.22 if key else 0.0)
    tall = max(any("\n" in label for label in labels) * 0.42, row)
    body = tall * len(names) + 0.1
    figure = sheet(top + body + (0.5 if axis else 0.1), message, note)
    axes = figure.axes_at(left, top, WIDTH - left - taken, body)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks([])
    for k, label in enumerate(labels):
        faded = k in italic
        _name(axes, k, label.split("\n"), tall, weight="bold" if k in bold else "normal",
              style="italic" if faded else "normal", color=MUTED if faded else INK)  # fmt: skip
    axes.spines[["left"]].set_visible(False)
    if axis:
        axes.grid(axis="x")
        axes.set_xlabel(unit)
    else:
        axes.spines[["bottom"]].set_visible(False)
        axes.xaxis.set_visible(False)
    if key:
        figure.text_at(MARGIN, 0.02, key, size=SMALL, color=MUTED, va="top")
    _numbers(figure, axes, right, widths, top)
    return figure, axes


def _name(axes: Axes, row: float, lines: Sequence[str], tall: float, **look: Any) -> None:
    """A name left of a row; each line is a text of its own, so that it stays flush right in the reader's fonts too."""
    step = TEXT * 1.2 / 72 / tall
    for k, line in enumerate(lines):
        axes.annotate(
            line, (0, row + (k - (len(lines) - 1) / 2) * step), xycoords=axes.get_yaxis_transform(), xytext=(-GAP * 36, 0),
            textcoords="offset points", ha="right", va="center_baseline", size=TEXT, annotation_clip=False, **look,
        )  # fmt: skip


def _numbers(figure: Sheet, axes: Axes, right: Sequence[Column], widths: Sequence[float], top: float) -> None:
    edge, bounds = WIDTH - MARGIN, axes.get_position()
    for column, width in reversed(list(zip(right, widths, strict=True))):
        own = column.colours if isinstance(column.colours, str) and column.colours != INK else MUTED
        for k, line in enumerate(reversed(column.head.split("\n") if column.head else [])):
            figure.text_at(
                edge,
                top - 0.09 - 0.135 * k,
                line,
                size=SMALL,
                color=lettering(own),
                ha="right",
                va="baseline",
            )
        colours = [column.colours] * len(column.cells) if isinstance(column.colours, str) else column.colours
        for k, (cell, colour) in enumerate(zip(column.cells, colours, strict=True)):
            axes.text((edge / WIDTH - bounds.x0) / bounds.width, k, cell, transform=axes.get_yaxis_transform(), ha="right",
                      va="center_baseline", size=TEXT, color=lettering(colour), weight="bold" if column.bold else "normal")  # fmt: skip
        edge -= width + GAP


def money_axis(axes: Axes, currency: str, what: str = "", which: str = "x") -> None:
    """Ticks of an axis in short money, and its label with the currency."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    ticks(axes, which)
    axis.set_label_text(f"{what}, {unit_of(currency)}" if what else unit_of(currency))


def size_of(axes: Axes) -> tuple[float, float]:
    """Width and height of the axes in inches."""
    bounds, figure = axes.get_position(), axes.get_figure(root=True)
    across, down = figure.get_size_inches() if figure is not None else (0.0, 0.0)
    return float(bounds.width * across), float(bounds.height * down)


def ticks(axes: Axes, which: str = "x") -> None:
    """As many ticks as there is room for, with their thousands set apart."""
    wide, tall = size_of(axes)
    room = wide / 0.62 if which == "x" else tall / 0.5
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(MaxNLocator(max(2, min(6, int(room))), steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: tick(value)))


def mark(
    axes: Axes, row: float, estimate: Estimate, colour: str, height: float = 0.56, cap: float = np.inf
) -> None:
    """A pale bar from zero, the interval as a line and the mean as a dot; what lies beyond `cap` is an arrow at the edge."""
    shown = float(np.clip(estimate.mean, -cap, cap))
    axes.barh([row], [shown], height=height, color=tint(colour, 0.3), zorder=2)
    if shown != estimate.mean:
        axes.plot([shown], [row], ">" if shown > 0 else "<", color=colour, markersize=7.5, zorder=4)
        return
    if estimate.known:
        low, high = np.clip([estimate.low, estimate.high], -cap, cap)
        axes.plot([low, high], [row, row], color=colour, linewidth=2.0, zorder=3)
        for end, whole, shape in ((low, estimate.low, "<"), (high, estimate.high, ">")):
            if end != whole:
                axes.plot([end], [row], shape, color=colour, markersize=5, zorder=3)
    axes.plot([estimate.mean], [row], "o", color=colour, markersize=6.5, zorder=4)


def cap_of(sizes: Sequence[float], best: float, times: float = 4.0) -> float:
    """How far a shared scale should reach: `times` the lower median of the sizes, but never less than the best arm needs.

    One arm that loses forty times what the others earn would hide all the others. Infinite where
    nothing lies far beyond it.
    """
    known = sorted(abs(size) for size in sizes if np.isfinite(size))
    cap = max(times * known[(len(known) - 1) // 2], 1.5 * abs(best)) if known else 0.0
    return cap if 0 < cap < 0.4 * max(known, default=0.0) else np.inf


def zero_line(axes: Axes, which: str = "x") -> None:
    """The line of doing nothing."""
    (axes.axvline if which == "x" else axes.axhline)(0, color=INK, linewidth=1.0, zorder=1.5)


def span(axes: Axes, values: Sequence[float], pad: float = 0.06, zero: bool = True) -> tuple[float, float]:
    """Limits of the x axis around finite values, with zero if asked for; never empty."""
    finite = [v for v in values if np.isfinite(v)] + ([0.0] if zero else [])
    low, high = (min(finite), max(finite)) if finite else (0.0, 1.0)
    extra = (high - low) * pad or max(abs(high), 1.0) * 0.5
    low, high = (
        low - (extra if low < 0 or not zero else extra / 4),
        high + (extra if high > 0 or not zero else extra / 4),
    )
    axes.set_xlim(low, high)
    return low, high


def separate(axes: Axes, after: float) -> None:
    """A thin rule between two rows."""
    axes.axhline(after, color=GRID if after < 0 else FAINT, linewidth=0.8, zorder=1)
