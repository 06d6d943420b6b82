"""Platform: visitors are sold to the firms that bid for them, day by day.

Of V visitors a day on sale, firm f, which bids b_f, gets V b_f^r / sum_k b_k^r (a contest: Tullock 1980, in Toward a
Theory of the Rent-Seeking Society, 97-112) and pays its bid, but never less than the floor for a click:

clicks_f = min(V b_f^r / sum_k b_k^r, b_f / floor),   price of a click = b_f / clicks_f

With r = 1 everybody pays max(floor, sum of bids / V): the more sellers bid, the dearer a visitor, whoever earns from
it (Varian 2007, Int. J. of Industrial Organization 25:1163-1178, on advertising auctions). Clicks land on customers
in the market at random, on those who know the firm as well. They make it known and pull for a short time.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from regulars.contract.process import Process, Section, section
from regulars.ground import wide
from regulars.ground.chance import Chance, purpose
from regulars.ground.parameter import ParameterSet, par
from regulars.world.board import Board, Effect, Round
from regulars.world.customers import Column, Customers
from regulars.world.events import Event
from regulars.world.ledger import MILLION, Account, millionths
from regulars.world.ports import PaidVisitors

SYSTEMS = {
    "M14": "tests/behavior/test_platform.py::test_the_more_bid_the_dearer_a_new_customer",
    "X5": "tests/behavior/test_platform.py::test_the_more_bid_the_dearer_a_new_customer",
}
VISIT, WHERE = purpose("platform", "visit"), purpose("platform", "where")


class PlatformRules(ParameterSet):
    """The platform that sells visitors."""

    arms_may_change: ClassVar[bool] = True
    # fmt: off
    on: bool = par(False, "", "", "whether visitors are on sale")
    visitors: float = par(100.0, "visitors per day", "[0, inf)", "visitors on sale, on average; a customer visits at most once a day", total=True)
    floor: float = par(0.1, "currency per click", "[0, inf)", "lowest price of a click")
    exponent: float = par(1.0, "", "(0, 10]", "r: how much more than its share a larger bid gets; 1 for in proportion", "Tullock 1980")
    pull: float = par(1.0, "logits", "[-50, 50]", "pull of a click at once", "assumption")
    half_life: float = par(3.0, "days", "(0, 3660]", "time in which half of the pull of a click is gone", "assumption")
    # fmt: on


class Platform(Process, PaidVisitors):
    """Sells visitors once a day to the firms that have put money into `board.bids`.

    `clicks`, `spent` (currency units) and `won` say what each firm has got so far: clicks, what they cost, and
    customers who bought for the first time after a click, by which a platform counts its success.
    """

    events: ClassVar[tuple[Event, ...]] = (
        Event("click", "came by paid traffic", "price of the click, currency"),
    )
    follows: ClassVar[tuple[str, ...]] = ("availability",)
    sections: ClassVar[dict[str, Section]] = {
        "platform": section(PlatformRules, "a platform that sells visitors")
    }
    columns: ClassVar[tuple[Column, ...]] = (
        Column("clicked", "f4", "days", "latest click on the firm's paid traffic", pair=True, lived=True, endless=True, initial=-np.inf),
        Column("bought", "?", "yes/no", "has ever bought from the firm", pair=True, lived=True),
    )  # fmt: skip
    remembers: ClassVar[tuple[str, ...]] = ("clicks", "paid", "won")

    @classmethod
    def endow(cls, customers: Customers, spec: Any, chance: Chance) -> None:
        """Nobody has clicked yet; those who are used to a firm have bought there before."""
        super().endow(customers, spec, chance)
        used = np.flatnonzero(customers.incumbent >= 0)
        customers.bought[used, customers.incumbent[used]] = True

    def __init__(self, market: Any, rules: PlatformRules) -> None:
        super().__init__(market, rules)
        self.clicks, self.won = np.zeros((2, len(market.names)), np.int64)
        self.paid = wide.words(len(market.names))  # millionths

    @property
    def spent(self) -> NDArray[np.float64]:
        """What each firm has paid for clicks so far, currency units."""
        return np.asarray(wide.whole(self.paid) / MILLION, np.float64)

    def expected(self, bids: NDArray[np.float64]) -> NDArray[np.float64]:
        """Clicks a day, on average, that each firm gets for its bid (currency per day)."""
        weights = np.where(bids > 0, (bids / max(bids.max(initial=0.0), 1e-300)) ** self.rules.exponent, 0.0)
        clicks = self.rules.visitors * weights / max(weights.sum(), 1e-300)
        return np.minimum(clicks, bids / self.rules.floor) if self.rules.floor > 0 else clicks

    def offer(self, board: Board, day: float) -> None:
        """Sell the visitors of the day."""
        clicks = self.expected(board.bids)
        if clicks.any():
            self._sell(board.bids, clicks, int(day))

    def _sell(self, bids: NDArray[np.float64], clicks: NDArray[np.float64], day: int) -> None:
        """One day: who visits, and whose advertisement each visitor clicks on."""
        c, bidders = self.customers, np.flatnonzero(clicks)
        here = np.flatnonzero((c.entry <= day) & (c.exit > day))
        visitors = here[self.chance.uniform(VISIT, here, day) * here.size < clicks.sum()]
        luck = np.array([self.chance.uniform(WHERE, visitors, day, int(f)) for f in bidders])
        # the first of exponential waits: as likely as its rate, and a higher bid can only win visitors
        first = bidders[np.argmin(-np.log(luck) / clicks[bidders][:, None], axis=0)]
        for f in bidders:
            firm, mine = self.market.firms[f], visitors[first == f]
            price = int(millionths(bids[f] / clicks[f]))
            self.clicks[f] += mine.size
            wide.add(self.paid, int(f), price * mine.size)
            firm.books.post(Account.ACQUISITION, Account.CASH, price * mine.size)
            firm.event("click", "", mine, day, price / MILLION)
            firm.relations.inform(mine, day)
            c.clicked[mine, f] = day

    def appeal(self, round: Round) -> None:
        """Those who have clicked lately are drawn to the firm."""
        clicked = self.customers.clicked[round.who]
        for f in np.flatnonzero(self.clicks):
            since = round.time - clicked[:, f]
            rows = np.flatnonzero((since >= 0) & (since < 40 * self.rules.half_life))
            if rows.size:
                pull = self.rules.pull * np.exp2(-since[rows] / self.rules.half_life)
                round.column(Effect.APPEAL, int(f))[rows] += pull

    def settle(self, round: Round) -> None:
        """Count the customers who bought for the first time after a click."""
        c, rows = self.customers, np.flatnonzero(round.chosen >= 0)
        who, firm = round.who[rows], round.chosen[rows]
        won = ~c.bought[who, firm] & (c.clicked[who, firm] > -np.inf)
        self.won += np.bincount(firm[won], minlength=self.won.size)
        c.bought[who, firm] = True
