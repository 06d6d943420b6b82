"""What each customer did over a run, gathered tick by tick: enough for retention and share without a log."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from regulars.ground import wide
from regulars.ground.kernel import kernel


class Tally:
    """Per customer: money spent at a firm and in the category (millionths), and whether it bought at all and in three windows.

    The windows are the first of the run, the last, and the one before the last.
    """

    def __init__(self, firm: int, customers: int, days: float, window: float) -> None:
        self.firm, self.days, self.window = firm, days, min(window, days)
        self.spent, self.category = np.zeros((2, customers), np.int64)
        self.first, self.previous, self.last = np.zeros((3, customers), np.bool_)
        self.bought = np.zeros(customers, np.bool_)

    def add(self, round: Any) -> None:
        """Add a round, or a whole tick."""
        day, end = round.day, self.days
        _add(
            self.firm, round.who, round.chosen, round.paid, day < self.window, day >= end - self.window,
            end - 2 * self.window <= day < end - self.window, self.spent, self.category, self.first, self.last, self.previous,
            self.bought,
        )  # fmt: skip

    def retention(self, of: Tally) -> float:
        """Share of the buyers of the first window of the control `of` who buy in the last one here: of the same people in all arms."""
        return _share(of.first & self.last, of.first)

    def churn(self, of: Tally) -> float:
        """Share of the buyers of the window before the last of the control `of` who do not buy in the last one here."""
        return _share(of.previous & ~self.last, of.previous)

    def penetration(self) -> float:
        """Share of all customers who bought from the firm at all."""
        return float(self.bought.mean())

    def share_of_requirements(self) -> float:
        """Share of the category spending of the firm's buyers that goes to the firm."""
        buyers = self.spent > 0
        total = wide.total(self.category[buyers])
        return wide.total(self.spent[buyers]) / total if total else float("nan")


def _share(part: NDArray[np.bool_], whole: NDArray[np.bool_]) -> float:
    count = int(whole.sum())
    return int(part.sum()) / count if count else float("nan")


@kernel
def _add(
    firm: int, who: Any, chosen: Any, paid: Any, in_first: bool, in_last: bool, in_previous: bool, spent: Any, category: Any,
    first: Any, last: Any, previous: Any, bought: Any,
) -> None:  # fmt: skip
    for o in range(who.size):
        f = chosen[o]
        if f < 0:
            continue
        i = who[o]
        category[i] += paid[o]
        if f == firm:
            spent[i] += paid[o]
            bought[i] = True
            if in_first:
                first[i] = True
            if in_last:
                last[i] = True
            if in_previous:
                previous[i] = True
