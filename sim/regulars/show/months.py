"""The forecast by calendar month: what each arm contributes in it, and how much more than doing nothing, with bands."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np

from regulars.show.reading import CONTROL, Estimate, Reading


@dataclass(frozen=True)
class Month:
    """One arm in one calendar month: its days in the run, contribution and what of it doing nothing would not bring, in currency units."""

    arm: str
    month: str
    days: int
    profit: Estimate
    gained: Estimate


def by_month(reading: Reading) -> list[Month]:
    """A row an arm and month, the control first. Months that the run cuts have fewer days; a band is the 95% interval over replicates."""
    ends = month_ends(reading.start, round(reading.days))
    rows = []
    for arm in (CONTROL, *reading.arms):
        table = reading.comparison.daily
        table = table[table["arm"] == arm]
        parts = {}
        for column in ("profit", "incremental_profit"):
            wide = table.pivot(index="day", columns="replicate", values=column).sort_index().to_numpy()
            until = np.vstack([np.zeros(wide.shape[1]), wide[[last - 1 for _, last in ends]]])
            parts[column] = np.diff(until, axis=0)
        first = 0
        for k, (month, last) in enumerate(ends):
            profit, gained = (
                reading.interval(parts[column][k]) for column in ("profit", "incremental_profit")
            )
            rows.append(Month(arm, month, last - first, profit, gained))
            first = last
    return rows


def month_ends(start: datetime.date, days: int) -> list[tuple[str, int]]:
    """(month as 2024-01, number of its last day in a run of so many days from `start`, day 1 the first)."""
    last: dict[str, int] = {}
    for day in range(days):
        last[(start + datetime.timedelta(days=day)).strftime("%Y-%m")] = day + 1
    return list(last.items())
