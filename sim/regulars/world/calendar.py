"""Whole days: what is done once a day, every so many days or once a year, whatever the length of a tick."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

DAYS_A_YEAR = 365.25
NEARLY = 1e-9  # days; ticks such as 0.1 do not add up exactly


def days_begun(day: float, tick: float) -> range:
    """Numbers of the days that begin within the tick of `tick` days that begins at `day`."""
    return range(math.ceil(day - NEARLY), math.ceil(day + tick - NEARLY))


def days_ended(day: float, tick: float) -> range:
    """Numbers of the days that end with or within the tick of `tick` days that begins at `day`."""
    return range(math.floor(day + NEARLY), math.floor(day + tick + NEARLY))


def due(next_time: NDArray[Any], day: float, every: float) -> bool:
    """Whether what is done every `every` days is done now; if so `next_time` (days, shape (1,)) moves on.

    It is done once the whole day begins on which it falls due, or the first one after, so at most once a day. The
    rhythm is kept where days do not go into it; what was left behind by a whole period begins anew today.
    """
    if day < math.ceil(next_time[0] - NEARLY) - NEARLY:
        return False
    late = day - next_time[0]
    next_time[0] = (day if late >= every - NEARLY else next_time[0]) + every
    return True


def within(moments: NDArray[Any], day: float, tick: float, period: float) -> NDArray[np.intp]:
    """Which of `moments` (days, coming again every `period` days) fall on a day that begins within the tick: indices."""
    hit = np.zeros(moments.shape, np.bool_)
    for today in days_begun(day, tick):
        hit |= np.mod(moments + NEARLY - today, period) < 1.0
    return np.flatnonzero(hit)
