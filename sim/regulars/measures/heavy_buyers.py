"""What share of purchases or money the heaviest buyers have."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.measures.log import window
from regulars.world.calendar import end_of


@dataclass(frozen=True)
class ParetoShare:
    """What share the heaviest buyers have; meaningless without the length of the window.

    Attributes:
        share: of the heaviest ``top`` of buyers.
        top: which share of buyers they are.
        of: ``purchases`` or ``amount``.
        period: length of the window, in the unit of time of the log (days in dated logs).
        buyers: how many bought in the window; non-buyers do not count.
    """

    share: float
    top: float
    of: str
    period: float
    buyers: int

    def table(self) -> pd.DataFrame:
        """One row with the ``share``, the ``top`` and ``of`` what it is, the ``period`` and the ``buyers``."""
        return pd.DataFrame([asdict(self)])


def pareto_share(
    purchases: pd.DataFrame,
    *,
    start: float | None = None,
    end: float | None = None,
    top: float = 0.2,
    of: str = "purchases",
) -> ParetoShare:
    """Share of purchases or money that the heaviest ``top`` of buyers have in the window.

    Where the edge of the top falls within a customer, that customer counts in part. The longer the window, the smaller the share.

    Args:
        purchases: the log.
        start: first moment of the window; by default the first day with a purchase.
        end: end of the window (not included); by default after the day of the last purchase.
        top: share of the buyers who are the heaviest.
        of: ``purchases``, or ``amount`` for money.

    Returns:
        The share, 0 to 1, with the length of its window.

    Raises:
        RegularsError: another ``of``, or a ``top`` outside 0 to 1; as ``window``.
    """
    if not 0 < top < 1:
        raise RegularsError(f"top={top:g}: give a share of the buyers between 0 and 1, as 0.2")
    if of not in ("purchases", "amount"):
        raise RegularsError(f"of={of!r}: choose 'purchases' or 'amount'")
    part = window(purchases, start, end)
    by_customer = part.groupby("customer")
    values = (by_customer.size() if of == "purchases" else by_customer["amount"].sum()).to_numpy(dtype=float)
    times = part["time"]
    first = float(np.floor(times.min())) if len(part) else 0.0
    low = start if start is not None else first
    high = end_of(times, end) if len(part) else low if end is None else end
    return ParetoShare(top_share(values, top), top, of, float(high - low), len(values))


def top_share(values: np.ndarray, top: float = 0.2) -> float:
    """Share of the total that the largest ``top`` of the values have; the one at the edge counts in part.

    Args:
        values: shape (customers,), 0 or more, of any unit.
        top: share of the values that are the largest, 0 to 1.

    Returns:
        A share from 0 to 1; NaN if there is nothing to share.
    """
    ordered = np.sort(np.asarray(values, dtype=float))[::-1]
    if not len(ordered) or ordered.sum() <= 0:
        return float("nan")
    edge = top * len(ordered)
    whole = int(np.floor(edge + 1e-12))
    rest = (edge - whole) * ordered[whole] if whole < len(ordered) else 0.0
    return float((ordered[:whole].sum() + max(rest, 0.0)) / ordered.sum())
