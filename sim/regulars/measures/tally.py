"""What each customer did over a run, gathered tick by tick: enough for retention and share without a log."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from regulars.ground import wide
from regulars.ground.kernel import kernel

PART = 0.25  # of the run: its first part, in which customers show how much they buy


class Tally:
    """Per customer: money spent at a firm and in the category, cost of goods (millionths), purchases, and whether it bought at all and in windows.

    The three windows are the first of the run, the last, and the one before the last. `early` counts purchases in the first quarter of
    the run, or in the first window where that is longer.
    """

    def __init__(self, firm: int, customers: int, days: float, window: float) -> None:
        self.firm, self.days, self.window = firm, days, min(window, days)
        self.spent, self.category, self.cost = np.zeros((3, customers), np.int64)
        self.purchases, self.early = np.zeros((2, customers), np.int32)
        self.first, self.previous, self.last = np.zeros((3, customers), np.bool_)
        self.bought = np.zeros(customers, np.bool_)

    def add(self, round: Any) -> None:
        """Add a round, or a whole tick."""
        day, end = round.day, self.days
        _add(
            self.firm, round.who, round.chosen, round.paid, round.cost, day < self.window, day >= end - self.window,
            end - 2 * self.window <= day < end - self.window, day < max(self.window, PART * end), self.spent, self.category,
            self.cost, self.purchases, self.early, self.first, self.last, self.previous, self.bought,
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
    firm: int, who: Any, chosen: Any, paid: Any, cost: Any, in_first: bool, in_last: bool, in_previous: bool, is_early: bool,
    spent: Any, category: Any, costs: Any, purchases: Any, early: Any, first: Any, last: Any, previous: Any, bought: Any,
) -> None:  # fmt: skip
    for o in range(who.size):
        f = chosen[o]
        if f < 0:
            continue
        i = who[o]
        category[i] += paid[o]
        if f == firm:
            spent[i] += paid[o]
            costs[i] += cost[o]
            purchases[i] += 1
            bought[i] = True
            if is_early:
                early[i] += 1
            if in_first:
                first[i] = True
            if in_last:
                last[i] = True
            if in_previous:
                previous[i] = True
