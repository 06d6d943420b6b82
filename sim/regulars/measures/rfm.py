"""Recency, frequency and money: what each customer did, scores of it, and the names that practice gives to them.

Scores sort the customers of one log among themselves. They predict less than a law of repeat buying fitted to the same columns
(`regulars.laws`), as they take a heavy buyer's long silence and a light buyer's for the same; they are here because people use them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.measures.log import window
from regulars.world.calendar import end_of

SCORES = ("r", "f", "m")
SEGMENTS = {  # by score of recency (rows, 1 to 5) and of frequency (1 to 5): a convention of practice, not a finding
    1: ("hibernating", "hibernating", "at risk", "at risk", "cannot lose them"),
    2: ("hibernating", "hibernating", "at risk", "at risk", "cannot lose them"),
    3: ("about to sleep", "about to sleep", "need attention", "loyal", "loyal"),
    4: ("promising", "potential loyalists", "potential loyalists", "loyal", "loyal"),
    5: ("new", "potential loyalists", "potential loyalists", "champions", "champions"),
}


def rfm(purchases: pd.DataFrame, *, end: float | None = None, firm: str | None = None) -> pd.DataFrame:
    """Recency, frequency and money of each customer.

    Source: Hughes (2000), Strategic Database Marketing, 2nd ed.

    Args:
        purchases: the log, one row per purchase.
        end: until when, in the unit of time of the log (not included); after the last purchase by default.
        firm: only the purchases of this firm.

    Returns:
        A table by customer: ``recency`` (time from the last purchase to ``end``; small is recent), ``frequency`` (purchases, the first
        included) and ``monetary`` (money spent in all). Laws count otherwise: see ``regulars.laws.recency_frequency``.

    Raises:
        RegularsError: nobody bought; as ``window``.
    """
    table = window(purchases, None, end)
    if firm is not None:
        table = table[table["firm"] == firm]
    if table.empty:
        raise RegularsError(
            f"no purchases{f' of {firm}' if firm else ''}{f' before {end:g}' if end is not None else ''}: there is nobody to describe"
        )
    until = end_of(table["time"], end)
    groups = table.groupby("customer")
    return pd.DataFrame(
        {
            "recency": until - groups["time"].max(),
            "frequency": groups.size(),
            "monetary": groups["amount"].sum(),
        }
    )


def rfm_scores(table: pd.DataFrame, groups: int = 5) -> pd.DataFrame:
    """Scores 1 to ``groups`` of recency (``r``), frequency (``f``) and money (``m``); the best have the most.

    Groups are equally large but for ties: customers who are alike have the same score, that of the middle of them,
    ceil(groups (rank - 1/2) / customers). Source: Hughes (2000), Strategic Database Marketing, 2nd ed.

    Args:
        table: of ``rfm``.
        groups: of customers by each of the three; 5 is usual.

    Returns:
        A table by customer: ``r``, ``f`` and ``m``, whole numbers of points from 1 to ``groups``.

    Raises:
        RegularsError: groups that are no whole number from 2 to 100.
    """
    if not 2 <= groups <= 100 or int(groups) != groups:
        raise RegularsError(f"groups={groups}: give a whole number from 2 to 100; 5 is usual")
    best = {"r": -table["recency"], "f": table["frequency"], "m": table["monetary"]}
    return pd.DataFrame(
        {
            score: np.ceil(groups * (values.rank() - 0.5) / len(values)).astype(int)
            for score, values in best.items()
        }
    )


def rfm_segments(scores: pd.DataFrame) -> pd.Series:
    """The name that practice gives to each customer, by scores of recency and frequency from 1 to 5.

    Champions, loyal, potential loyalists, new, promising, need attention, about to sleep, at risk, cannot lose them, hibernating.
    The borders are a convention (an assumption wherever it shows), and a name promises no behaviour.

    Args:
        scores: of ``rfm_scores`` with 5 groups.

    Returns:
        By customer: one of ten categories.

    Raises:
        RegularsError: scores that are not 1, 2, 3, 4 or 5.
    """
    grid = np.array([SEGMENTS[r] for r in sorted(SEGMENTS)])
    r, f = (scores[name].to_numpy() for name in ("r", "f"))
    if not (np.isin(r, range(1, 6)).all() and np.isin(f, range(1, 6)).all()):
        raise RegularsError("names are for scores from 1 to 5: rfm_scores(table, groups=5)")
    return pd.Series(grid[r - 1, f - 1], index=scores.index, name="segment")
