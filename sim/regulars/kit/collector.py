"""Programmes whose customers collect toward a reward without deadline: what is the same whatever is collected.

The book of what they hold, what they make of their cards (`collecting`), a head start for those who join, and what
becomes of the cards of those who leave the market.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from regulars.kit.collecting import Collecting
from regulars.kit.points_book import PointsBook
from regulars.kit.programme import Programme
from regulars.world.calendar import DAYS_A_YEAR
from regulars.world.ledger import millionths
from regulars.world.waiting import Waiting

PURCHASE = 0  # the first way of earning; a head start is given in it, too


class Collector(Programme):
    """Base of programmes of points and stamps; a subclass has a state `came` and says what there is to look at (`look`)."""

    remembers: ClassVar[tuple[str, ...]] = (
        "book",
        "collecting",
        "waiting",
        "narrow",
        "today",
        "entered",
        "left",
    )

    @property
    def given_on_joining(self) -> float:
        """What everybody has on the first card, in points."""
        return 0.0

    def look(self) -> None:
        """Customers look at the rules in force anew: what to aim for, and what progress toward it is worth."""

    def begin(self, balance: NDArray[np.int64], lot: float, validities: Sequence[float], wait: int) -> None:
        """Open the book, let customers look, and give those who are here their head start.

        balance: millionths, one per customer; lot: days; validities: days, one for each way of earning, 0 for ever; wait:
        whole days before what is earned can be used.
        """
        c = self.customers
        self.book = PointsBook(self.firm, self.title(), balance, lot, validities)
        self.waiting = Waiting(c.count, wait)
        self.collecting = Collecting(self.firm)
        self.entering, self.leaving = (
            np.argsort(c.columns[name], kind="stable") for name in ("entry", "exit")
        )
        self.narrow = np.zeros(c.count, np.bool_)  # whose favourite only points from purchases buy
        self.entered = self.left = 0
        self.today = 0.0
        self.look()
        self.turnover()
        self.book.close()

    def yearly_benefit(self, customers: NDArray[Any]) -> NDArray[Any]:
        """What a year of collecting is worth to each of `customers`, currency units."""
        weight = np.maximum(self.firm.baseline.money_weight(customers), 1e-12)
        return self.collecting.worth_a_day(customers) / weight * DAYS_A_YEAR

    def joined(self, customers: NDArray[Any]) -> None:
        """A head start for those who have just joined."""
        if self.given_on_joining > 0:
            new = customers[~self.came[customers]]
            self.came[new] = True
            self.endow(new)

    def endow(self, customers: NDArray[Any]) -> None:
        """Give the head start, which no purchase has earned."""
        amount = np.full(customers.size, millionths(self.given_on_joining), np.int64)
        self.book.issue(PURCHASE, customers, amount, np.full(customers.size, self.firm.model.sources - 1))

    def turnover(self) -> None:
        """Members who enter the market get their head start; those who leave it for good forfeit what they hold."""
        c = self.customers
        entered = int(np.searchsorted(c.entry, self.today, side="right", sorter=self.entering))
        left = int(np.searchsorted(c.exit, self.today, side="right", sorter=self.leaving))
        if entered > self.entered:
            new = self.entering[self.entered : entered]
            self.joined(new[self.member[new]])
        if left > self.left:
            self.book.forfeit(self.leaving[self.left : left], self.today)
            self.waiting.forget(self.leaving[self.left : left])
        self.entered, self.left = entered, left

    def close(self, day: float) -> None:
        """Enter the day into the firm's books."""
        self.book.close()
