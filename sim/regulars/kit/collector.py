"""Programmes whose customers collect toward a reward without deadline: what is the same whatever is collected.

The book of what they hold, what they make of their cards (`collecting`), a head start for those who join, and what
becomes of the cards of those who leave the market.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from regulars.kit.breakage import EVERY, expected, redeemed_share
from regulars.kit.claw_back import ClawBack, by_customer
from regulars.kit.collecting import Collecting
from regulars.kit.limits import Limited
from regulars.kit.points_book import PointsBook
from regulars.world.calendar import DAYS_A_YEAR, turns
from regulars.world.ledger import MILLION, millionths
from regulars.world.waiting import Waiting

NEW = ("earned", "each", "worths", "value")  # what markets saved before 0.3 do not have
PURCHASE = 0  # the first way of earning; a head start is given in it, too


class Collector(Limited):
    """Base of programmes of points and stamps; a subclass has a state `came` and says what there is to look at (`look`)."""

    foresees: ClassVar[bool] = True
    remembers: ClassVar[tuple[str, ...]] = (
        "book",
        "back",
        "collecting",
        "waiting",
        "narrow",
        "today",
        "entered",
        "left",
        "earned",
        "each",
        "worths",
        "value",
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
        self.back = ClawBack(self.firm, self.parameters.clawback)
        self.collecting = Collecting(self.firm)
        self.entering, self.leaving = (
            np.argsort(c.columns[name], kind="stable") for name in ("entry", "exit")
        )
        self.narrow = np.zeros(c.count, np.bool_)  # whose favourite only points from purchases buy
        self.entered = self.left = 0
        self.today = 0.0
        self.earned = np.zeros(c.count)  # points that a purchase earns on average
        self.each = np.zeros(c.count)  # what a point costs with the reward aimed for, currency units
        self.worths = np.zeros(c.count)  # what it is worth to the average customer, currency units
        self.value = (
            0.0  # what a point that is out is worth, times the chance that it is redeemed, currency units
        )
        self.look()
        self.estimate(0.0)
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

    def take_back(self, day: float) -> None:
        """Take back what the purchases earned that come back today, and what is owed for earlier ones."""
        back = self.back.due(day)
        if back["who"].size:
            self.waiting.drop(back["who"], back["amount"], back["earned"])
            who, amounts = by_customer(back["who"], back["amount"])
            lacking = amounts - self._take(who, amounts, day)
            if self.parameters.below_zero:
                self.waiting.owe(who, np.where(self.customers.exit[who] > day, lacking, 0))
        if self.waiting.owed.any():
            who = np.flatnonzero(self.waiting.owed)
            self.waiting.owe(who, -self._take(who, self.waiting.owed[who], day))

    def _take(self, who: NDArray[Any], amounts: NDArray[np.int64], day: float) -> NDArray[np.int64]:
        """Take back `amounts`, as far as they do not wait for other purchases; returns what was taken."""
        waits = self.waiting.total[who] - self.waiting.owed[who]
        return self.book.take_back(who, np.minimum(amounts, self.book.balance[who] - waits), day)

    def needed(self) -> NDArray[Any]:
        """Hook: points of the reward that each customer aims for; infinite for those who aim for none."""
        raise NotImplementedError

    def days_left(self, moment: float) -> NDArray[Any]:
        """Days that the points of each lot still last, shape (lots,) or (customers, lots)."""
        return self.book.days_left(moment)

    def estimate(self, moment: float) -> None:
        """What a point that is out costs on average, at the end of a day: by what customers hold, and how they buy (`kit.breakage`).

        Where nobody holds any, by how fast customers collect.
        """
        pace = self.customers.rate * self.firm.baseline.purchase_probability(np.arange(self.customers.count))
        lots, left = self.book.lots / MILLION, self.days_left(moment)
        if not lots.any():
            lasting = self.book.lasting[PURCHASE]
            left = np.array([(lasting + 0.5) * self.book.lot if lasting else np.inf])
            lots = (pace * self.earned)[:, None] * 1e-9  # next to nothing, as everybody begins
        usable = lots.copy()
        usable[self.narrow, self.book.first[1] :] = 0.0
        rho = float(self.parameters.redemption_rate)
        share = redeemed_share(usable, self.needed(), self.earned, pace, left, rho)
        share[usable == 0.0] = 0.0
        self.book.cost, self.value = expected(lots, share, self.each), expected(lots, share, self.worths)

    def deferred_revenue(self) -> float:
        """Revenue that is deferred for the points that are out: what was paid for goods and points is shared out by their stand-alone prices.

        A point is worth v, its worth to a customer times the chance that it is redeemed; of each currency unit that earned k points,
        v / (1 + k v) a point was paid for points (IFRS 15, B39 to B43; k as the rules stand today).
        """
        out = float(self.book.outstanding.sum()) / MILLION
        return out * self.value / (1.0 + self.points_per_unit * self.value)

    @property
    def points_per_unit(self) -> float:
        """Hook: points that a currency unit spent earns."""
        raise NotImplementedError

    def close(self, day: float) -> None:
        """Enter the day into the firm's books, with the points that are out at what they are expected to cost."""
        if turns(day + 1.0, EVERY):
            self.estimate(day + 1.0)
        self.book.close()

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take back what `save` gave; markets saved before 0.3 estimate the cost of a point with the rules as they stand."""
        new = {name: getattr(self, name) for name in NEW} | {"back": self.back.state()}
        super().restore(new | dict(saved))
