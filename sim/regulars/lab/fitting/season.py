"""Whether a log sells evenly over its window: seasons and trends are named, since the market has neither."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

BINS = 13  # four weeks of a year
FAR, TIMES = (
    5.0,
    1.6,
)  # standard errors over customers, and times what a steady market would sell, from which it is told


def uneven(purchases: pd.DataFrame, days: float, expected: Callable[[float, float], float]) -> str:
    """What to say of a part of the window that sells far more or less than expected; nothing when all is even.

    expected: purchases from one day to another, up to a common factor.
    """
    if days < 2 * BINS or len(purchases) < 20 * BINS:
        return ""
    edges = np.linspace(0, days, BINS + 1)
    part = np.minimum((purchases["time"].to_numpy(float) / days * BINS).astype(int), BINS - 1)
    who = np.unique(purchases["customer"].to_numpy(), return_inverse=True)[1]
    table = np.zeros((who.max() + 1, BINS))
    np.add.at(table, (who, part), 1.0)
    wanted = np.array([expected(low, high) for low, high in itertools.pairwise(edges)])
    wanted *= table.sum() / wanted.sum()
    share = wanted / wanted.sum()
    left = table - table.sum(axis=1, keepdims=True) * share
    error = np.sqrt(np.maximum((left**2).sum(axis=0), 1e-9))
    ratio, z = table.sum(axis=0) / np.maximum(wanted, 1e-9), left.sum(axis=0) / error
    odd = (np.abs(z) > FAR) & ((ratio > TIMES) | (ratio < 1 / TIMES))
    odd[[0, -1]] &= ratio[[0, -1]] > TIMES  # the ends of a window are often cut off
    if not odd.any():
        return ""
    k = int(np.argmax(np.where(odd, np.abs(np.log(np.maximum(ratio, 1e-3))), 0)))
    return (
        f"sales are not even over the year: days {edges[k]:.0f} to {edges[k + 1]:.0f} hold {ratio[k]:.1f} times the purchases of a "
        "steady market. Seasons and holidays are not in the model: it spreads them over the whole calendar, so results "
        "hold for a year and not for a month of it"
    )
