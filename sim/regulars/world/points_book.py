"""The points of one programme: lots that expire, oldest spent first, double entry to the millionth of a point.

Points are kept by customer in lots. A lot holds what was earned in one way within one period of `lot` days (a
quarter), and expires as a whole: what is earned in a period can be used until it ends and for the validity of
its way of earning after that. So a way with a validity of n periods needs n + 1 lots a customer, used in turn; one that
never expires needs one. With three ways valid for 4, 1 and 2 quarters that is 10 lots, 80 bytes a customer, and
8 bytes more for each source.

issued = redeemed + expired + forfeited + outstanding holds exactly at any time; the firm's own books are entered at
the end of each day. A point costs the firm a fixed amount from the moment it is issued: the liability is outstanding
points times the cost of a point, and is released when points are redeemed, expire, or their holder leaves for good.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from regulars.ground.kernel import kernel
from regulars.world.ledger import MILLION
from regulars.world.purse import Purse

if TYPE_CHECKING:
    from regulars.world.firms import Firm

FATES = ("redeemed", "expired", "forfeited")


class PointsBook:
    """Points held by all customers, in millionths.

    Args:
        firm: whose points they are.
        strategy: name under which the firm books them.
        balance: int64 array, one a customer, kept equal to what the customer holds.
        lot: length of a period, days.
        validities: for each way of earning, days that points stay valid after their period; 0 for always.
        cost: what a point costs the firm, currency units.
    """

    def __init__(
        self,
        firm: Firm,
        strategy: str,
        balance: NDArray[np.int64],
        lot: float,
        validities: Sequence[float],
        cost: float,
    ) -> None:
        self.firm, self.strategy, self.balance = firm, strategy, balance
        self.lot, self.cost = float(lot), float(cost)
        self.lasting = [round(days / lot) for days in validities]  # periods; 0 for always
        rings = [n + 1 if n else 1 for n in self.lasting]
        self.first = np.concatenate([[0], np.cumsum(rings)])  # first lot of each way
        self.way_of = np.repeat(np.arange(len(rings)), rings)
        self.lots = np.zeros((balance.size, int(self.first[-1])), np.int64)
        self.purse = Purse(firm.model.sources, balance.size)
        self.outstanding = np.zeros(firm.model.sources, np.int64)
        self.accrued = np.zeros(firm.model.sources, np.int64)
        self.flows = {name: np.zeros(len(rings), np.int64) for name in ("issued", *FATES)}
        self.posted = {name: 0 for name in self.flows}
        self._turn(0)

    def open(self, day: float) -> bool:
        """Let expire what is due on `day`; whether a new period has begun."""
        now = int(np.floor(day / self.lot + 1e-9))
        begun = now > self.period
        while self.period < now:
            self._turn(self.period + 1)
            for way, lasting in enumerate(self.lasting):
                if lasting:
                    self._expire(int(self.current[way]), day)
        return begun

    def issue(
        self, way: int, customers: NDArray[Any], amounts: NDArray[np.int64], sources: NDArray[Any]
    ) -> None:
        """Give `amounts` (millionths) earned in a `way`, by what earned them; a customer may occur more than once."""
        _put_all(*self.room, way, customers, amounts, sources)

    @property
    def room(self) -> tuple[NDArray[Any], ...]:
        """What `put` fills: lots, balance, holdings and outstanding points by source, points issued, current lots."""
        return (
            self.lots,
            self.balance,
            self.purse.held,
            self.outstanding,
            self.flows["issued"],
            self.current,
        )

    def redeem(
        self, customers: NDArray[Any], amounts: NDArray[np.int64], narrow: NDArray[np.bool_]
    ) -> NDArray[np.int64]:
        """Take `amounts` (at most what is usable) from the lots that expire first; what was taken [source, row]."""
        taken = np.zeros(len(self.lasting), np.int64)
        _spend(self.lots, self.balance, self.order, self.way_of, customers, amounts, narrow, taken)
        return self._leave("redeemed", customers, amounts, taken)

    def forfeit(self, customers: NDArray[Any], day: float) -> None:
        """Take everything from `customers`, who have left for good."""
        customers = customers[self.balance[customers] > 0]
        if customers.size:
            held, amounts = self.lots[customers], self.balance[customers]
            self.lots[customers], self.balance[customers] = 0, 0
            ways = np.add.reduceat(held.sum(axis=0), self.first[:-1])
            self._leave("forfeited", customers, amounts, ways)
            self.firm.event("forfeit", self.strategy, customers, day, amounts / MILLION)

    def close(self) -> None:
        """Enter the day into the firm's books: points by what became of them, and the liability for those outstanding."""
        for name, flow in self.flows.items():
            new = int(flow.sum()) - self.posted[name]
            if new:
                debit, credit = ("issued", "outstanding") if name == "issued" else ("outstanding", name)
                self.firm.post_points(debit, credit, new)
                self.posted[name] += new
        # rounded in the sum, so that the books do not depend on how finely what earned the points is told apart
        due = np.diff(np.rint(np.cumsum(self.outstanding) * self.cost).astype(np.int64), prepend=0)
        if np.any(due != self.accrued):
            self.firm.book_reward(self.strategy, "liability", due - self.accrued)
            self.accrued[:] = due

    def _turn(self, period: int) -> None:
        """A new period: which lot is filled in it, and in which order lots are spent (those that expire first)."""
        self.period = period
        self.current = self.first[:-1] + [period % (n + 1) if n else 0 for n in self.lasting]
        ends = np.empty(len(self.way_of))
        for way, lasting in enumerate(self.lasting):
            start, stop = self.first[way], self.first[way + 1]
            age = (period - np.arange(stop - start)) % (lasting + 1)
            ends[start:stop] = lasting + 1 - age if lasting else np.inf
        self.order = np.argsort(ends, kind="stable")

    def _expire(self, column: int, day: float) -> None:
        late = np.flatnonzero(self.lots[:, column])
        if late.size:
            amounts = self.lots[late, column]
            self.lots[late, column] = 0
            self.balance[late] -= amounts
            ways = np.zeros(len(self.lasting), np.int64)
            ways[self.way_of[column]] = amounts.sum()
            self._leave("expired", late, amounts, ways)
            self.firm.event("expire", self.strategy, late, day, amounts / MILLION)

    def _leave(
        self, fate: str, customers: NDArray[Any], amounts: NDArray[np.int64], ways: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        by_source = self.purse.take(customers, amounts)
        self.outstanding -= by_source.sum(axis=1)
        self.flows[fate] += ways
        return by_source

    def state(self) -> dict[str, Any]:
        """Everything that changes, for saving; the balance is the strategy's own array."""
        return {
            "lots": self.lots, "held": self.purse.held, "outstanding": self.outstanding, "accrued": self.accrued,
            "period": self.period, "posted": self.posted, **self.flows,
        }  # fmt: skip

    def restore(self, saved: dict[str, Any]) -> None:
        """Take back what `state` gave."""
        self.lots[...], self.purse.held[...] = saved["lots"], saved["held"]
        self.outstanding[...], self.accrued[...] = saved["outstanding"], saved["accrued"]
        self._turn(int(saved["period"]))
        self.posted = {name: int(saved["posted"][name]) for name in self.flows}
        for name, flow in self.flows.items():
            flow[...] = saved[name]


@kernel(inline=True)
def put(lots, balance, held, outstanding, issued, current, way, customer, amount, source):
    """Give one customer points earned in a `way`; see `PointsBook.room`."""
    lots[customer, current[way]] += amount
    balance[customer] += amount
    held[source, customer] += amount
    outstanding[source] += amount
    issued[way] += amount


@kernel
def _put_all(lots, balance, held, outstanding, issued, current, way, customers, amounts, sources):
    for k in range(customers.size):
        put(lots, balance, held, outstanding, issued, current, way, customers[k], amounts[k], sources[k])


@kernel
def _spend(lots, balance, order, way_of, customers, amounts, narrow, taken):
    for k in range(customers.size):
        i = customers[k]
        left = amounts[k]
        balance[i] -= left
        for column in order:
            if narrow[k] and way_of[column] != 0:
                continue
            part = min(lots[i, column], left)
            lots[i, column] -= part
            taken[way_of[column]] += part
            left -= part
