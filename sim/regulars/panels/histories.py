"""Purchase histories as buy-till-you-die models see them: how often, how recently, how long watched."""

from __future__ import annotations

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError


def recency_frequency(
    purchases: pd.DataFrame,
    end: float,
    *,
    unit: float = 7.0,
    by_day: bool = True,
    firm: str | None = None,
    money: bool = False,
) -> pd.DataFrame:
    """Repeats, recency and exposure of each customer who bought before ``end``.

    The first purchase starts the clock and is not counted.

    Args:
        purchases: a log with ``customer`` and ``time`` in days.
        end: end of the calibration window, in days (not included).
        unit: days per unit of the result; weeks by default.
        by_day: count a day with several purchases once and watch customers until the last whole day, as in dated
            logs; False takes times as they are.
        firm: only the purchases of this firm.
        money: with the column ``spend``, from ``amount`` in the log.

    Returns:
        A table by customer: ``repeats`` (x), ``recency`` (t_x, from first to last purchase; 0 without repeats),
        ``exposure`` (T, from first purchase to the end), both in ``unit``, and with ``money`` ``spend``, the mean amount of a
        repeat purchase (the first is left out; NaN without repeats).

    Raises:
        RegularsError: nobody bought before ``end``, or no ``amount`` in the log where money is wanted.
    """
    table = merged(purchases, -np.inf, end, by_day, firm, money)
    if table.empty:
        raise RegularsError(
            f"no purchases before {end:g}{f' of {firm}' if firm else ''}: there are no histories"
        )
    times = table.groupby("customer")["time"].agg(["size", "min", "max"])
    result = pd.DataFrame(
        {
            "repeats": times["size"] - 1,
            "recency": (times["max"] - times["min"]) / unit,
            "exposure": (_last_moment(end, by_day) - times["min"]) / unit,
        }
    )
    if money:
        repeated = table[table["time"] > table["customer"].map(times["min"])]
        result["spend"] = repeated.groupby("customer")["amount"].mean().reindex(result.index)
    return result


def repeats_between(
    purchases: pd.DataFrame,
    start: float,
    end: float,
    customers: pd.Index,
    *,
    by_day: bool = True,
    firm: str | None = None,
) -> pd.Series:
    """Purchases of each of ``customers`` with start <= time < end.

    Args:
        purchases: a log with ``customer`` and ``time`` in days.
        start: first moment, in days.
        end: end (not included), in days.
        customers: whose.
        by_day: count a day with several purchases once.
        firm: only the purchases of this firm.

    Returns:
        By customer, in the order of ``customers``; 0 for those without.
    """
    counts = merged(purchases, start, end, by_day, firm, False).groupby("customer").size()
    return counts.reindex(customers, fill_value=0).rename("purchases")


def calibration_holdout(
    purchases: pd.DataFrame,
    split: float,
    end: float,
    *,
    unit: float = 7.0,
    by_day: bool = True,
    firm: str | None = None,
    money: bool = False,
) -> pd.DataFrame:
    """Histories until ``split`` and what the same customers did from there to ``end`` (days, not included).

    Args:
        purchases: as in ``recency_frequency``, and so are unit, by_day and firm.
        split: end of the calibration window and start of the holdout, in days.
        end: end of the holdout, in days.
        unit: as above.
        by_day: as above.
        firm: as above.
        money: with the columns ``spend`` and ``later_spend``.

    Returns:
        The table of ``recency_frequency`` at ``split``, with ``ahead`` (length of the holdout in ``unit``), ``purchases`` (in the
        holdout) and with ``money`` ``later_spend``, the mean amount of a purchase in the holdout (NaN without).

    Raises:
        RegularsError: a holdout that does not end after the split; as ``recency_frequency``.
    """
    if not end > split:
        raise RegularsError(f"the holdout must end after the split: end {end:g}, split {split:g}")
    result = recency_frequency(purchases, split, unit=unit, by_day=by_day, firm=firm, money=money)
    result["ahead"] = (_last_moment(end, by_day) - _last_moment(split, by_day)) / unit
    later = repeats_between(purchases, split, end, result.index, by_day=by_day, firm=firm)
    result["purchases"] = later
    if money:
        spent = merged(purchases, split, end, by_day, firm, True).groupby("customer")["amount"].mean()
        result["later_spend"] = spent.reindex(result.index)
    return result


def _last_moment(end: float, by_day: bool) -> float:
    return float(np.ceil(end)) - 1 if by_day else float(end)


def merged(
    purchases: pd.DataFrame, start: float, end: float, by_day: bool, firm: str | None, money: bool
) -> pd.DataFrame:
    """Purchases with start <= time < end, those of a customer at one time (by day: on one day) as one, amounts summed."""
    table = purchases if firm is None else purchases[purchases["firm"] == firm]
    if money and "amount" not in table:
        raise RegularsError("the log has no column amount: what customers spend is not known")
    columns = ["customer", "time"] + (["amount"] if money else [])
    table = table.loc[(table["time"] >= start) & (table["time"] < end), columns]
    if by_day:
        table = table.assign(time=np.floor(table["time"]))
    if money:
        return table.groupby(["customer", "time"], observed=True)[["amount"]].sum().reset_index()
    return table.drop_duplicates()


def checked(
    repeats: np.ndarray, recency: np.ndarray, exposure: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The three columns as float arrays, or an error that says which rule they break."""
    x, tx, whole = (np.atleast_1d(np.asarray(v, dtype=float)) for v in (repeats, recency, exposure))
    x, tx, whole = np.broadcast_arrays(x, tx, whole)
    rules = (
        (np.isfinite(x) & np.isfinite(tx) & np.isfinite(whole), "must be finite numbers"),
        ((x >= 0) & (x == np.floor(x)), "repeats must be whole numbers, 0 or more"),
        ((tx >= 0) & (tx <= whole), "recency must lie between 0 and exposure"),
        ((x > 0) | (tx == 0), "recency must be 0 where there are no repeats"),
    )
    for holds, rule in rules:
        if not holds.all():
            k = int(np.flatnonzero(~holds)[0])
            raise RegularsError(
                f"{rule}; customer {k} has repeats {x[k]:g}, recency {tx[k]:g}, exposure {whole[k]:g}"
            )
    return x, tx, whole


def grouped(histories: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The distinct histories and how many customers have each; likelihoods need no more."""
    x, tx, whole = checked(*(histories[c].to_numpy() for c in ("repeats", "recency", "exposure")))
    if not len(x):
        raise RegularsError("there are no histories to fit")
    distinct, often = np.unique(np.column_stack([x, tx, whole]), axis=0, return_counts=True)
    return distinct[:, 0], distinct[:, 1], distinct[:, 2], often.astype(float)
