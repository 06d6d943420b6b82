"""Daily totals by firm, which are always kept."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from regulars.ground import wide
from regulars.ground.attributes import Known
from regulars.ground.label import Label, Labelled
from regulars.world.ledger import TILL


class Totals(Labelled, Known):
    """Per day and firm: purchases, complaints, and listed, paid and cost (millionths); opportunities per day.

    Counts are int64; money is in Python's whole numbers, so that its sums never wrap.
    """

    NAMES = ("opportunities", "purchases", "complaints", "listed", "paid", "cost")

    def __init__(self, days: int, firms: int) -> None:
        self.opportunities = np.zeros(days, np.int64)
        self.purchases, self.complaints = np.zeros((2, days, firms), np.int64)
        self._money = wide.words(days, firms, len(TILL))
        self._built()

    def _label(self) -> Label:
        from regulars.world.labels import of_totals

        return of_totals(self)

    def enter(self, day: int, met: int, purchases: Any, complaints: Any, sales: NDArray[np.int64]) -> None:
        """Add sums, by firm, to those of a day; sales (2, firms, listed paid cost), in two words."""
        self.opportunities[day] += met
        self.purchases[day] += purchases
        self.complaints[day] += complaints
        self._money[:, day] += sales

    @property
    def listed(self) -> NDArray[Any]:
        """Sales at list price, per day and firm, millionths."""
        return self.money("listed")

    @property
    def paid(self) -> NDArray[Any]:
        """Sales after discounts at the till, per day and firm, millionths."""
        return self.money("paid")

    @property
    def cost(self) -> NDArray[Any]:
        """Cost of the goods sold, per day and firm, millionths."""
        return self.money("cost")

    def money(self, name: str, days: slice = slice(None)) -> NDArray[Any]:
        """`listed`, `paid` or `cost` of some days, in millionths."""
        return wide.whole(self._money[:, days, :, TILL.index(name)])

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All arrays by name."""
        return {name: getattr(self, name) for name in self.NAMES}

    def state(self) -> dict[str, NDArray[np.int64]]:
        """All arrays, for saving."""
        counts = {name: getattr(self, name) for name in self.NAMES if name not in TILL}
        return {**counts, "money": self._money}

    def restore(self, saved: dict[str, NDArray[np.int64]]) -> None:
        """Take back what `state` gave; totals of other length keep the days that fit."""
        days = min(len(self.opportunities), len(saved["opportunities"]))
        for name, array in self.state().items():
            fits = (slice(None), slice(days)) if name == "money" else slice(days)
            array[fits] = saved[name][fits]
