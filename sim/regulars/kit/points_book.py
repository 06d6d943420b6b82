"""The points of one programme: lots that expire, oldest spent first, double entry to the millionth of a point.

Points are kept by customer in lots. A lot holds what was earned in one way within one period of `lot` days (a
quarter), and expires as a whole: what is earned in a period can be used until it ends and for the validity of
its way of earning after that. So a way with a validity of n periods needs n + 1 lots per customer, used in turn; one that
never expires needs one. With three ways valid for 4, 1 and 2 quarters that is 10 lots, 80 bytes per customer, and
8 bytes more for each source.

issued = redeemed + expired + forfeited + outstanding holds exactly at any time; the firm's own books are entered at
the end of each day. A point costs the firm what it is expected to (`cost`, see `kit.breakage`) from the moment it is issued: the
liability is outstanding points times the cost of a point; it follows the cost when that is estimated anew, and is released when
points are redeemed, expire, or their holder leaves for good.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from regulars.ground import wide
from regulars.ground.errors import RegularsError
from regulars.ground.kernel import kernel
from regulars.ground.wide import HALF, LOW, carry
from regulars.kit.claw_back import CLAWED
from regulars.world.calendar import periods
from regulars.world.events import Event
from regulars.world.ledger import MILLION, MOST, ROOM
from regulars.world.purse import Purse

if TYPE_CHECKING:
    from regulars.world.firms import Firm

EXPIRED = Event("expire", "points were not used in time", "points")
FORFEITED = Event("forfeit", "points were taken away", "points")
FATES = ("redeemed", "expired", "forfeited")


class PointsBook:
    """Points held by all customers, in millionths.

    Args:
        firm: whose points they are.
        strategy: name under which the firm books them.
        balance: int64 array, one per customer, kept equal to what the customer holds.
        lot: length of a period, days.
        validities: for each way of earning, days that points stay valid after their period; 0 for always.

    Attributes:
        cost: what a point is expected to cost the firm, currency units; its owner sets it.
    """

    def __init__(
        self,
        firm: Firm,
        strategy: str,
        balance: NDArray[np.int64],
        lot: float,
        validities: Sequence[float],
    ) -> None:
        self.firm, self.strategy, self.balance = firm, strategy, balance
        self.lot, self.cost = float(lot), 0.0
        self.lasting = [round(days / lot) for days in validities]  # periods; 0 for always
        rings = [n + 1 if n else 1 for n in self.lasting]
        self.first = np.concatenate([[0], np.cumsum(rings)])  # first lot of each way
        self.way_of = np.repeat(np.arange(len(rings)), rings)
        self.lots = np.zeros((balance.size, int(self.first[-1])), np.int64)
        self.purse = Purse(firm.model.sources, balance.size)
        self.given = wide.words(firm.model.sources)  # issued by source
        self.issued = wide.words(len(rings))  # issued by way
        self.taken = [0] * firm.model.sources  # redeemed, expired and forfeited by source
        self.left = {fate: [0] * len(rings) for fate in FATES}  # the same by way
        self._accrued = [0] * firm.model.sources  # liability by source
        self.posted = {name: 0 for name in ("issued", *FATES)}
        self._turn(0)

    @property
    def flows(self) -> dict[str, NDArray[Any]]:
        """Points so far by way of earning: issued, redeemed, expired and forfeited (millionths)."""
        left = {fate: np.array(points, np.object_) for fate, points in self.left.items()}
        return {"issued": wide.whole(self.issued), **left}

    @property
    def outstanding(self) -> NDArray[Any]:
        """Points that customers hold, by what earned them (millionths)."""
        return np.asarray(wide.whole(self.given) - self.taken)

    @property
    def accrued(self) -> NDArray[Any]:
        """What is owed for points that customers hold, by what earned them (millionths of the currency)."""
        return np.array(self._accrued, np.object_)

    def open(self, day: float) -> bool:
        """Let expire what is due on `day`; whether a new period has begun."""
        now = periods(day, self.lot)
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
        """Give `amounts` (millionths) earned in a `way`, by what earned them; a customer may occur more than once.

        Errors: a customer would hold more than can be counted.
        """
        if not _put_all(*self.room, way, customers, amounts, sources):
            self.refuse()

    @property
    def room(self) -> tuple[NDArray[Any], ...]:
        """What `put` fills: lots, balance, holdings by source, points issued by source and by way, current lots."""
        return self.lots, self.balance, self.purse.held, self.given, self.issued, self.current

    def refuse(self) -> None:
        """Tell that customers have earned more points than can be counted."""
        raise RegularsError(
            f"firms.{self.firm.name}.strategies.{self.strategy}: a purchase earns more than {MOST / MILLION:.4g} points, "
            f"or a customer holds more than {ROOM / MILLION:.4g}: more cannot be counted in millionths; let points be "
            "worth more"
        )

    def redeem(
        self, customers: NDArray[Any], amounts: NDArray[np.int64], narrow: NDArray[np.bool_]
    ) -> NDArray[np.int64]:
        """Take `amounts` (at most what is usable) from the lots that expire first; what was taken [source, row]."""
        taken = wide.words(len(self.lasting))
        _spend(self.lots, self.balance, self.order, self.way_of, customers, amounts, narrow, taken)
        return self._leave("redeemed", customers, amounts, wide.listed(taken))

    def take_back(self, customers: NDArray[Any], amounts: NDArray[np.int64], day: float) -> NDArray[np.int64]:
        """Take `amounts`, at most what is held, from `customers` (each once), from the lots that last longest; returns `amounts`."""
        some = np.flatnonzero(amounts > 0)
        if some.size:
            who, taken, order = customers[some], wide.words(len(self.lasting)), self.order[::-1].copy()
            narrow = np.zeros(some.size, np.bool_)
            _spend(self.lots, self.balance, order, self.way_of, who, amounts[some], narrow, taken)
            self._leave("forfeited", who, amounts[some], wide.listed(taken))
            self.firm.event(CLAWED, self.strategy, who, day, amounts[some] / MILLION)
        return amounts

    def forfeit(self, customers: NDArray[Any], day: float) -> None:
        """Take everything from `customers`, who have left for good."""
        self._take_all("forfeited", FORFEITED, customers, day)

    def lapse(self, customers: NDArray[Any], day: float) -> None:
        """Let everything expire that `customers` hold."""
        self._take_all("expired", EXPIRED, customers, day)

    def close(self) -> None:
        """Enter the day into the firm's books: points by what became of them, and the liability for those outstanding."""
        for name, flow in (("issued", wide.listed(self.issued)), *self.left.items()):
            new = sum(flow) - self.posted[name]
            if new:
                debit, credit = ("issued", "outstanding") if name == "issued" else ("outstanding", name)
                self.firm.books.post_points(debit, credit, new)
                self.posted[name] += new
        # rounded in the sum, so that the books do not depend on how finely what earned the points is told apart
        held = [given - taken for given, taken in zip(wide.listed(self.given), self.taken, strict=True)]
        sums = [0, *(round(points * self.cost) for points in itertools.accumulate(held))]
        due = [after - before for before, after in itertools.pairwise(sums)]
        if due != self._accrued:
            change = [now - before for now, before in zip(due, self._accrued, strict=True)]
            self.firm.books.reward(self.strategy, "liability", change)
            self._accrued = due

    def days_left(self, moment: float) -> NDArray[np.float64]:
        """Days from `moment` on, in the present period, that the points of each lot still last; infinite for ever."""
        ends = np.full(len(self.way_of), np.inf)
        for way, lasting in enumerate(self.lasting):
            if lasting:
                lots = np.arange(self.first[way], self.first[way + 1])
                age = (self.period - (lots - self.first[way])) % (lasting + 1)
                ends[lots] = (self.period - age + lasting + 1) * self.lot
        return ends - moment

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
            ways = [0] * len(self.lasting)
            ways[self.way_of[column]] = wide.total(amounts)
            self._leave("expired", late, amounts, ways)
            self.firm.event(EXPIRED, self.strategy, late, day, amounts / MILLION)

    def _take_all(self, fate: str, event: Event, customers: NDArray[Any], day: float) -> None:
        customers = customers[self.balance[customers] > 0]
        if customers.size:
            held, amounts = self.lots[customers], self.balance[customers]
            self.lots[customers], self.balance[customers] = 0, 0
            ways = [wide.total(held[:, a:b]) for a, b in itertools.pairwise(self.first)]
            self._leave(fate, customers, amounts, ways)
            self.firm.event(event, self.strategy, customers, day, amounts / MILLION)

    def _leave(
        self, fate: str, customers: NDArray[Any], amounts: NDArray[np.int64], ways: list[int]
    ) -> NDArray[np.int64]:
        by_source = self.purse.take(customers, amounts)
        self.taken = _added(self.taken, wide.totals(by_source))
        self.left[fate] = _added(self.left[fate], ways)
        return by_source

    def state(self) -> dict[str, Any]:
        """Everything that changes, for saving; the balance is the strategy's own array."""
        return {
            "lots": self.lots, "held": self.purse.held, "given": self.given, "issued": self.issued,
            "taken": wide.split(self.taken), "accrued": wide.split(self._accrued),
            "period": self.period, "cost": self.cost, "posted": self.posted, **{fate: wide.split(points) for fate, points in self.left.items()},
        }  # fmt: skip

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take back what `state` gave."""
        self.lots[...], self.purse.held[...] = saved["lots"], saved["held"]
        self.given[...], self.issued[...] = saved["given"], saved["issued"]
        self.taken, self._accrued = wide.listed(saved["taken"]), wide.listed(saved["accrued"])
        self.cost = float(saved["cost"])
        self._turn(int(saved["period"]))
        self.posted = {name: int(saved["posted"][name]) for name in self.posted}
        self.left = {fate: wide.listed(saved[fate]) for fate in FATES}


def _added(one: list[int], other: list[int]) -> list[int]:
    """Sums of two lists, number by number."""
    return [a + b for a, b in zip(one, other, strict=True)]


@kernel(inline=True)
def put(
    lots: Any, balance: Any, held: Any, given: Any, issued: Any, current: Any, way: Any, customer: Any, amount: Any, source: Any
) -> Any:  # fmt: skip
    """Give one customer points earned in a `way`, see `PointsBook.room`; returns whether they can still be counted."""
    lots[customer, current[way]] += amount
    balance[customer] += amount
    held[source, customer] += amount
    given[0, source] += amount & LOW
    given[1, source] += amount >> HALF
    issued[0, way] += amount & LOW
    issued[1, way] += amount >> HALF
    return 0 <= amount <= MOST and balance[customer] <= ROOM


@kernel
def _put_all(
    lots: Any, balance: Any, held: Any, given: Any, issued: Any, current: Any, way: Any, customers: Any, amounts: Any, sources: Any
) -> Any:  # fmt: skip
    fits = True
    for k in range(customers.size):
        fits &= put(lots, balance, held, given, issued, current, way, customers[k], amounts[k], sources[k])
    carry(given)
    carry(issued)
    return fits


@kernel
def _spend(
    lots: Any, balance: Any, order: Any, way_of: Any, customers: Any, amounts: Any, narrow: Any, taken: Any
) -> None:
    for k in range(customers.size):
        i = customers[k]
        left = amounts[k]
        balance[i] -= left
        for column in order:
            if narrow[k] and way_of[column] != 0:
                continue
            part = min(lots[i, column], left)
            lots[i, column] -= part
            taken[0, way_of[column]] += part & LOW
            taken[1, way_of[column]] += part >> HALF
            left -= part
