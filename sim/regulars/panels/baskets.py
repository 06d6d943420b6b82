"""Lines of one basket add up: rows of one customer, time (or receipt) and firm are one purchase, to the cent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

DIGITS = 6  # decimals of money that are added up exactly
EXACT = 2.0**52


@dataclass
class Lines:
    """Rows of a log, by column. Codes of customers, firms and receipts are ranks of their names."""

    customer: NDArray[np.int64]
    time: NDArray[np.float64]
    firm: NDArray[np.int64]
    amount: NDArray[np.float64]
    price: NDArray[np.float64] | None = None
    quantity: NDArray[np.float64] | None = None
    receipt: NDArray[np.int64] | None = None
    period: NDArray[np.float64] | None = None
    row: NDArray[np.int64] | None = None  # of the file, the first of each

    def __len__(self) -> int:
        return len(self.time)

    def take(self, which: NDArray[np.int64] | NDArray[np.bool_]) -> Lines:
        """These rows alone, in this order."""
        taken: dict[str, Any] = {
            name: None if value is None else value[which] for name, value in vars(self).items()
        }
        return Lines(**taken)


def add_up(lines: Lines, purchase: str) -> Lines:
    """One row per purchase, in order of customer, time and (by chance, alike every time) firm.

    ``purchase`` is ``"receipt"`` (rows of one customer, time, firm and, where known, receipt of the day are one purchase),
    ``"line"`` (each row is one) or ``"day"`` (a day's rows of a customer at a firm are one). A purchase is dated by its first line.
    """
    if purchase == "line":
        return _in_order(lines)
    day = np.floor(lines.time)
    if purchase == "day":
        parts = [lines.customer, _ranks(day), lines.firm]
    elif lines.receipt is not None:
        parts = [lines.customer, _ranks(day), lines.receipt, lines.firm]
    else:
        parts = [lines.customer, _ranks(lines.time), lines.firm]
    order, starts = _groups(parts)
    added = lines.take(order[starts])
    if len(starts) < len(lines):
        group = np.empty(len(lines), np.int64)
        marks = np.zeros(len(lines), np.int64)
        marks[starts[1:]] = 1
        group[order] = np.cumsum(marks)
        added.amount = totals(group, lines.amount, len(starts))
        added.time = np.minimum.reduceat(lines.time[order], starts)
        if lines.row is not None:
            added.row = np.minimum.reduceat(lines.row[order], starts)
        _prices(added, lines, group)
    return _in_order(added)


def _in_order(lines: Lines) -> Lines:
    """By customer and time, and by chance where several are at one time; only these are sorted where the rest is already."""
    same = lines.customer[1:] == lines.customer[:-1]
    tied = same & (lines.time[1:] == lines.time[:-1])
    if not ((lines.customer[1:] > lines.customer[:-1]) | (same & (lines.time[1:] >= lines.time[:-1]))).all():
        return lines.take(np.lexsort((_shuffled(lines), lines.time, lines.customer)))
    where = (
        np.flatnonzero(np.append(tied, False) | np.insert(tied, 0, False))
        if tied.any()
        else np.empty(0, np.int64)
    )
    if not len(where):
        return lines
    part, order = lines.take(where), np.arange(len(lines))
    order[where] = where[np.lexsort((_shuffled(part), part.time, part.customer))]
    return lines.take(order)


def totals(group: NDArray[np.int64], amounts: NDArray[np.float64], groups: int) -> NDArray[np.float64]:
    """Sums by group: exact where amounts have few decimals, so that they do not depend on the order of rows."""
    scale = exact_scale(amounts)
    if scale is None:
        order = np.lexsort((amounts, group))  # any order will do, as long as it is always the same
        return np.bincount(group[order], weights=amounts[order], minlength=groups).astype(
            np.float64, copy=False
        )
    return np.bincount(group, weights=np.round(amounts * scale), minlength=groups) / scale


def exact_scale(amounts: NDArray[np.float64]) -> float | None:
    """The power of ten that turns all amounts into whole numbers small enough to add up exactly; None without one."""
    size = float(np.abs(amounts).sum())
    for digits in (2, 4, DIGITS):
        scale = 10.0**digits
        if size * scale >= EXACT:
            return None
        scaled = amounts * scale
        if np.abs(scaled - np.round(scaled)).max(initial=0.0) <= 1e-9 * max(
            1.0, float(np.abs(scaled).max(initial=0.0))
        ):
            return scale
    return None


def sum_of(amounts: NDArray[np.float64]) -> float:
    """The sum of all amounts, exact where they have few decimals."""
    return float(totals(np.zeros(len(amounts), np.int64), amounts, 1)[0]) if len(amounts) else 0.0


def _prices(added: Lines, lines: Lines, group: NDArray[np.int64]) -> None:
    """Units add up; a price is the money for each unit of all lines whose price is known."""
    groups = len(added)
    if lines.quantity is not None:
        added.quantity = totals(group, lines.quantity, groups)
    if lines.price is not None:
        known = lines.price > 0
        weight = np.where(known & (lines.amount > 0), lines.amount, 0.0)
        units = np.bincount(
            group,
            weights=np.divide(weight, lines.price, out=np.zeros(len(lines)), where=known),
            minlength=groups,
        )
        money = np.bincount(group, weights=weight, minlength=groups)
        mean = np.bincount(group, weights=np.where(known, lines.price, 0.0), minlength=groups) / np.maximum(
            np.bincount(group, weights=known, minlength=groups), 1
        )
        added.price = np.where(
            units > 0,
            np.divide(money, units, out=np.zeros(groups), where=units > 0),
            np.where(mean > 0, mean, np.nan),
        )


def _ranks(values: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.unique(values, return_inverse=True)[1].astype(np.int64)


def _groups(parts: list[NDArray[np.int64]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """An order in which rows of one group stand together, and where each group starts."""
    if not len(parts[0]):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    key, reach = parts[0], float(parts[0].max()) + 1
    for part in parts[1:]:
        size = int(part.max()) + 1
        if reach * size > 2.0**62:
            key, reach = np.unique(key, return_inverse=True)[1].astype(np.int64), float(len(key))
        key, reach = key * size + part, reach * size
    order = np.argsort(key, kind="stable")
    sorted_key = key[order]
    starts = np.flatnonzero(np.concatenate([[True], sorted_key[1:] != sorted_key[:-1]]))
    return order, starts


def _shuffled(lines: Lines) -> NDArray[np.uint64]:
    """An order of chance for what happened at one time, the same at every reading: sorted by name, it would pass for switching."""
    money = [v for v in (lines.amount, lines.price, lines.quantity) if v is not None]
    fine = [np.round(np.nan_to_num(v) * 1e4).astype(np.int64) for v in money]
    return mixed(np.round(lines.time * 86_400).astype(np.int64), lines.customer, lines.firm, *fine)


def mixed(*parts: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Whole numbers mixed into one that looks drawn at random (splitmix64)."""
    state = np.zeros(len(parts[0]), np.uint64)
    for part in parts:
        with np.errstate(over="ignore"):
            state = (state ^ part.astype(np.uint64)) + np.uint64(0x9E3779B97F4A7C15)
            state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            state ^= state >> np.uint64(31)
    return state


def within_periods(lines: Lines) -> NDArray[np.float64]:
    """Days within months or weeks: by chance, alike every time, since the day is not known.

    Purchases at a constant rate fall anywhere within a period with equal chance, so that no law of them is changed; all on the first
    day would pass for one visit, evenly spread ones for a habit.
    """
    assert lines.period is not None
    same = np.concatenate(
        [[False], (lines.customer[1:] == lines.customer[:-1]) & (lines.time[1:] == lines.time[:-1])]
    )
    began = np.flatnonzero(~same)
    nth = np.arange(len(lines)) - np.repeat(began, np.diff(np.append(began, len(lines))))
    place = np.round(lines.time / np.maximum(lines.period, 1.0)).astype(np.int64)
    chance = (mixed(lines.customer, place, nth.astype(np.int64)) >> np.uint64(11)).astype(
        np.float64
    ) / 2.0**53
    return lines.time + np.floor(chance * np.maximum(np.floor(lines.period), 1.0))
