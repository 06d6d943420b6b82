"""Segments that a firm finds in its own customer file: recency, frequency and money, scored or clustered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from regulars.world.customer_file import CustomerFile

NAMES = ("champions", "regulars", "new", "at_risk", "lost")
ROUNDS = 50  # of Lloyd's algorithm, at most
ALIKE = 1e-9  # spread of logarithms below which customers are alike, but for rounding


def rfm(file: CustomerFile, customers: NDArray[Any], day: float) -> NDArray[np.float64]:
    """Recency, frequency and money of `customers`, standardised logarithms, shape (customers, 3); recent is high."""
    away = np.maximum(day - file.last[customers].astype(np.float64), 0.0)
    table = np.column_stack(
        [-np.log1p(away), np.log1p(file.count[customers]), np.log1p(file.recent_at(customers, day))]
    )
    spread = table.std(axis=0)
    return np.asarray((table - table.mean(axis=0)) / np.where(spread > ALIKE, spread, 1.0))


def clusters(table: NDArray[Any], count: int) -> NDArray[np.int64]:
    """Which of `count` clusters each row belongs to (k-means by Lloyd's algorithm), numbered by mean value, low first.

    It starts once from quantiles of the rows' sums and once from rows far apart, and the tighter result stays. Nothing
    is drawn and the order of the rows plays no part: the same rows give the same clusters, to the bit.
    """
    rows = len(table)
    count = min(count, rows)
    if count < 2:
        return np.zeros(rows, np.int64)
    order = np.lexsort((*table.T[::-1], table.sum(axis=1)))
    ordered = table[order]
    quantiles = ((np.arange(count) + 0.5) * rows / count).astype(np.int64)
    _, centres, nearest = min(
        (_settle(ordered, ordered[seeds]) for seeds in (quantiles, _far_apart(ordered, count))),
        key=lambda settled: settled[0],
    )
    rank = np.argsort(np.argsort(centres.sum(axis=1), kind="stable"), kind="stable")
    out = np.empty(rows, np.int64)
    out[order] = rank[nearest]
    return out


def _far_apart(table: NDArray[Any], count: int) -> NDArray[np.int64]:
    """Rows far apart: the first one, then always the one that is farthest from all before."""
    seeds = np.zeros(count, np.int64)
    distance = np.full(len(table), np.inf)
    for k in range(1, count):
        distance = np.minimum(distance, ((table - table[seeds[k - 1]]) ** 2).sum(axis=1))
        seeds[k] = distance.argmax()
    return seeds


def _settle(table: NDArray[Any], centres: NDArray[Any]) -> tuple[float, NDArray[Any], NDArray[Any]]:
    """Lloyd's algorithm from these centres: sum of squared distances, centres, and the nearest one of each row."""
    count, nearest = len(centres), np.full(len(table), -1)
    for _ in range(ROUNDS):
        distance = ((table[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
        before, nearest = nearest, distance.argmin(axis=1)
        if (before == nearest).all():
            break
        sizes = np.bincount(nearest, minlength=count)
        sums = np.stack([np.bincount(nearest, column, count) for column in table.T], axis=1)
        centres = np.where(sizes[:, None] > 0, sums / np.maximum(sizes, 1)[:, None], centres)
    return float(distance.min(axis=1).sum()), centres, nearest


def named(file: CustomerFile, day: float) -> dict[str, NDArray[np.bool_]]:
    """The classic segments by thresholds of one's own history: champions, regulars, new, at_risk, lost.

    A customer's own mean time between purchases is the measure: away for twice as long is at risk, for four times
    lost; champions come at least monthly; those seen once within a month are new.
    """
    away, gap = day - file.last, file.mean_gap()
    many, own = file.count > 1, np.maximum(gap, 1.0)
    present = file.known & many & (away <= 2 * own)
    segments = (
        present & (gap <= 30.0),
        present & (gap > 30.0),
        file.known & (file.count == 1) & (away <= 30.0),
        file.known & many & (away > 2 * own) & (away <= 4 * own),
        file.known & ((many & (away > 4 * own)) | (~many & (away > 30.0))),
    )
    return dict(zip(NAMES, segments, strict=True))
