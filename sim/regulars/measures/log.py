"""What every measure asks of a log: its columns, a window of it, lengths of time, and how many customers there are."""

from __future__ import annotations

import pandas as pd

from regulars.ground.errors import RegularsError

COLUMNS = ("customer", "time", "firm", "amount")


def window(purchases: pd.DataFrame, start: float | None = None, end: float | None = None) -> pd.DataFrame:
    """The purchases with start <= time < end; an open end takes all.

    Args:
        purchases: a log with the columns ``customer``, ``time``, ``firm`` and ``amount``.
        start: first moment, in the unit of time of the log; open by default.
        end: end (not included), in the same unit; open by default.

    Returns:
        The rows of the log that lie in the window, with all their columns; the log itself where all do.

    Raises:
        RegularsError: the log lacks a column (``customer``, ``time``, ``firm``, ``amount``), or the end is not after the start.
    """
    missing = [c for c in COLUMNS if c not in purchases.columns]
    if missing:
        found = ", ".join(map(str, purchases.columns))
        raise RegularsError(f"the log lacks the columns {', '.join(missing)}; it has {found}")
    if start is not None and end is not None and not start < end:
        raise RegularsError(f"the window from {start:g} to {end:g} is empty; end must be after start")
    time = purchases["time"]
    keep = pd.Series(True, index=purchases.index)
    if start is not None:
        keep &= time >= start
    if end is not None:
        keep &= time < end
    return purchases if keep.all() else purchases[keep]


def population(purchases: pd.DataFrame, customers: int | None, buyers: int) -> int:
    """The number of customers to divide by, never fewer than the buyers."""
    if customers is None:
        return int(purchases["customer"].nunique())
    if customers < buyers:
        raise RegularsError(f"customers={customers} is fewer than the {buyers} who bought")
    return int(customers)


def check_length(name: str, value: float) -> None:
    """Refuse a length of time that is none."""
    if not value > 0:
        raise RegularsError(f"{name}={value:g}: must be longer than 0, in the unit of time of the log")
