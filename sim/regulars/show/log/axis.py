"""Axes that all pictures of a log share."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator
from numpy.typing import NDArray

from regulars.ground.numbers import MONTHS, spelled
from regulars.show.plots.rows import ticks
from regulars.show.style import MARGIN, WIDTH, Sheet, sheet
from regulars.world.calendar import next_month

HEIGHT, LEFT = 2.3, 0.85


def canvas(message: str, note: str = "", right: float = 0.1) -> tuple[Sheet, Axes]:
    """A sheet with one picture of the usual size."""
    figure = sheet(HEIGHT + 0.7, message, note)
    return figure, figure.axes_at(LEFT, 0.14, WIDTH - LEFT - MARGIN - right, HEIGHT)


def unit(panel: Any) -> str:
    """What the axis of time counts."""
    return (
        "date" if panel.start is not None else "day of the log" if panel.dated else "number of the purchase"
    )


def of_time(axes: Axes, panel: Any) -> None:
    """An axis of time: dates where there is a calendar."""
    axes.set_xlim(0, max(panel.days, 1))
    if panel.start is None:
        ticks(axes)
    else:
        places, names = _months(panel.start, panel.days)
        axes.xaxis.set_major_locator(FixedLocator(places))
        axes.set_xticks(places, names)
    axes.set_xlabel("" if panel.start is not None else unit(panel))


def _months(start: dt.date, days: float) -> tuple[list[float], list[str]]:
    """Ticks at first days of months, or of every few."""
    step = next((s for s in (1, 2, 3, 6, 12, 24, 60) if days / 30.4 / s <= 9), 120)
    places: list[float] = []
    names: list[str] = []
    day = start
    day = day if day.day == 1 else next_month(day)
    while (day - start).days < days:
        if (day.month - 1) % min(step, 12) == 0 and (step <= 12 or day.year % (step // 12) == 0):
            first = not names or day.month == 1
            places.append(float((day - start).days))
            names.append(f"{MONTHS[day.month - 1]} {day.year}" if first else MONTHS[day.month - 1])
        day = next_month(day)
    if not places:
        return [0.0], [spelled(start)]
    return places, names


def counts(axes: Axes, label: str) -> None:
    """A vertical axis of counts from zero."""
    axes.set_ylim(0, None)
    ticks(axes, "y")
    axes.grid(axis="y")
    axes.set_ylabel(label)


def log_bins(values: NDArray[np.float64], bins: int) -> NDArray[np.float64]:
    """Edges of equal ratio around positive values."""
    low, high = float(np.quantile(values, 0.001)), float(values.max())
    return np.geomspace(max(low, high / 1e6) * 0.97, high * 1.03, bins + 1)
