"""Purchase histories as buy-till-you-die models see them: how often, how recently, how long watched."""

from __future__ import annotations

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError


def recency_frequency(
    purchases: pd.DataFrame, end: float, *, unit: float = 7.0, by_day: bool = True, firm: str | None = None
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

    Returns:
        A table by customer: ``repeats`` (x), ``recency`` (t_x, from first to last purchase; 0 without repeats),
        ``exposure`` (T, from first purchase to the end), both in ``unit``.
    """
    table = purchases if firm is None else purchases[purchases["firm"] == firm]
    table = table.loc[table["time"] < end, ["customer", "time"]]
    if table.empty:
        raise RegularsError(
            f"no purchases before {end:g}{f' of {firm}' if firm else ''}: there are no histories"
        )
    last_moment = float(end)
    if by_day:
        table = table.assign(time=np.floor(table["time"]))
        last_moment = np.ceil(end) - 1
    table = table.drop_duplicates()
    times = table.groupby("customer")["time"].agg(["size", "min", "max"])
    return pd.DataFrame(
        {
            "repeats": times["size"] - 1,
            "recency": (times["max"] - times["min"]) / unit,
            "exposure": (last_moment - times["min"]) / unit,
        }
    )


def repeats_between(
    purchases: pd.DataFrame,
    start: float,
    end: float,
    customers: pd.Index,
    *,
    by_day: bool = True,
    firm: str | None = None,
) -> pd.Series:
    """Purchases of each of ``customers`` with start <= time < end; 0 for those without."""
    table = purchases if firm is None else purchases[purchases["firm"] == firm]
    table = table.loc[(table["time"] >= start) & (table["time"] < end), ["customer", "time"]]
    if by_day:
        table = table.assign(time=np.floor(table["time"]))
    counts = table.drop_duplicates().groupby("customer").size()
    return counts.reindex(customers, fill_value=0).rename("purchases")


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
