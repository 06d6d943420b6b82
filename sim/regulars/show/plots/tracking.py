"""Repeat purchases step by step, beside what a law expected, in the window of its fit and after it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.ground.numbers import count, percent
from regulars.show.plots.rows import ticks
from regulars.show.style import INK, LOSS, MARGIN, MUTED, SMALL, WIDTH, Sheet, drawn, lettering, sheet, tint

HEIGHT, LEFT, BETWEEN, ABOVE = 2.5, 0.75, 0.95, 0.3
REPEATS = "repeats"


def message(table: pd.DataFrame, law: str = "the law", counted: str = REPEATS) -> str:
    """How far the forecast is off, or, where nothing was held out, the fit; `counted` are repeats or all purchases."""
    later = table[table["forecast"]]
    part, when = (later, "after the fit") if len(later) else (table, "in the window of the fit")
    came, told = float(part["observed"].sum()), float(part["expected"].sum())
    if came == 0:
        return f"Nobody bought{' again' * (counted == REPEATS)} {when}; {law} expects {count(told)} {counted}"
    off = told / came - 1
    if abs(off) < 0.005:
        return f"{law} expects as many {counted} {when} as came, {count(came)}"
    inside = ""
    if {"low_total", "high_total"} <= set(part.columns):
        end = part.iloc[-1]
        inside = (
            ", within its 95% band" if end["low_total"] <= end["observed_total"] <= end["high_total"] else ""
        )
    return (
        f"{law} expects {percent(abs(off))} {'more' if off > 0 else 'fewer'} {counted} {when} than came: "
        f"{count(told)} against {count(came)}{inside}"
    )


@drawn
def draw(
    table: pd.DataFrame, *, title: bool = True, law: str = "the law", step: str = "week", days: float = 7.0,
    counted: str = REPEATS,
) -> Sheet:  # fmt: skip
    """Repeats by step (left) and cumulated (right): black is what came, orange what the law expects; the line ends its fit.

    Args:
        table: of ``regulars.laws.tracking``; with the columns ``low``, ``high``, ``low_total`` and ``high_total``, as a holdout
            of a fit has them, a band is drawn. What is missing is not drawn.
        title: whether the message stands above the figure.
        law: name of the law.
        step: name of a step, for the axes.
        days: days of a step.
        counted: what is counted, as in "purchases".

    Raises:
        RegularsError: a table without rows.
    """
    if not len(table):
        raise RegularsError("the tracking table has no rows: the log is shorter than a step")
    figure = sheet(HEIGHT + ABOVE + 0.6, sentence(table, law, counted) if title else "")
    width = (WIDTH - LEFT - BETWEEN - MARGIN) / 2
    x = table.index.to_numpy(dtype=float) / days
    fitted = x[~table["forecast"].to_numpy()]
    name = "repeat purchases" if counted == REPEATS else counted
    for k, (suffix, label) in enumerate((("", f"{name} a {step}"), ("_total", f"{name}, cumulated"))):
        axes = figure.axes_at(LEFT + k * (width + BETWEEN), ABOVE, width, HEIGHT)
        came, told = (table[f"{of}{suffix}"].to_numpy(dtype=float) for of in ("observed", "expected"))
        top = max(float(np.max(came)), float(np.nanmax(told)), 1.0)
        if "low" in table:
            low, high = (table[f"{of}{suffix}"].to_numpy(dtype=float) for of in ("low", "high"))
            axes.fill_between(x, low, high, color=tint(LOSS, 0.25), linewidth=0, zorder=2)
            top = max(top, float(np.nanmax(high)))
        axes.plot(x, came, color=INK, linewidth=1.5, zorder=3)
        axes.plot(x, told, color=LOSS, linewidth=1.8, linestyle=(0, (4, 1.6)), zorder=4)
        axes.set_ylim(0, 1.08 * top)
        axes.set_xlim(0, float(x[-1]))
        axes.grid(axis="y")
        ticks(axes, "y")
        axes.set_xlabel(f"{step}s since the start of the log")
        axes.set_ylabel(label)
        if len(fitted) and len(fitted) < len(x):
            axes.axvline(float(fitted[-1]), color=MUTED, linewidth=0.9, linestyle=(0, (3, 2)), zorder=1)
            axes.annotate("end of the fit", (float(fitted[-1]), 1), xycoords=("data", "axes fraction"), xytext=(0, 3),
                          textcoords="offset points", size=SMALL, color=MUTED, ha="center", va="bottom")  # fmt: skip
    axes.annotate("observed", (0.04, 0.95), xycoords="axes fraction", size=SMALL, color=INK, va="top")
    axes.annotate(f"expected by {law}", (0.04, 0.87), xycoords="axes fraction", size=SMALL, color=lettering(LOSS), va="top")  # fmt: skip
    return figure


def sentence(table: pd.DataFrame, law: str = "the law", counted: str = REPEATS) -> str:
    """The message as a sentence: it begins with a capital."""
    text = message(table, law, counted)
    return text[:1].upper() + text[1:]
