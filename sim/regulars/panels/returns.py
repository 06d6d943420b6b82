"""Goods that came back: netted against the purchase they belong to, or left out, or refused."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regulars.panels.baskets import Lines

CENT = 1e-9


@dataclass
class Netted:
    """Purchases after returns: how many were lowered and cancelled, and what found no purchase to lower."""

    lines: Lines
    lowered: int
    cancelled: int
    unmatched: int
    unmatched_money: float


def net(lines: Lines) -> Netted:
    """Take returns out of the purchases of the same customer and firm that came before (or at the same time).

    A return of exactly the money of a purchase cancels the latest such; otherwise it lowers the latest purchases, one after the
    other. What is left once no earlier purchase is, belongs to a purchase before the log.
    """
    amount = lines.amount.copy()
    back = np.flatnonzero(amount < 0)
    concerned = np.isin(_pair(lines), np.unique(_pair(lines)[back]))
    where = np.flatnonzero(concerned)
    where = where[np.lexsort((lines.time[where], _pair(lines)[where]))]
    keys = _pair(lines)[where]
    bounds = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1], [True]]))
    unmatched, money = 0, 0.0
    for start, end in itertools.pairwise(bounds):
        rows = where[start:end]
        for k, row in enumerate(rows):
            if lines.amount[row] >= 0:
                continue
            left = _settle(amount, rows, k, float(-amount[row]), lines.time)
            amount[row] = 0.0
            if left > CENT:
                unmatched, money = unmatched + 1, money + left
    bought = lines.amount >= 0
    gone = bought & (lines.amount > 0) & (np.abs(amount) < CENT)
    changed = bought & ~gone & (amount != lines.amount)
    kept = bought & ~gone
    out = lines.take(kept)
    if out.quantity is not None and changed.any():
        ratio = np.divide(
            amount[kept], lines.amount[kept], out=np.ones(int(kept.sum())), where=lines.amount[kept] > 0
        )
        out.quantity = out.quantity * ratio
    out.amount = np.round(amount[kept], 9)
    return Netted(out, int(changed.sum()), int(gone.sum()), unmatched, money)


def _settle(
    amount: NDArray[np.float64], rows: NDArray[np.int64], k: int, left: float, time: NDArray[np.float64]
) -> float:
    """Lower earlier purchases by a return; what is left of it."""
    last = k
    while last + 1 < len(rows) and time[rows[last + 1]] == time[rows[k]]:
        last += 1
    for j in range(last, -1, -1):
        if abs(amount[rows[j]] - left) < CENT:
            amount[rows[j]] = 0.0
            return 0.0
    for j in range(last, -1, -1):
        if amount[rows[j]] > 0:
            taken = min(left, float(amount[rows[j]]))
            amount[rows[j]] -= taken
            left -= taken
            if left <= CENT:
                return 0.0
    return left


def _pair(lines: Lines) -> NDArray[np.int64]:
    return lines.customer * (int(lines.firm.max(initial=0)) + 1) + lines.firm
