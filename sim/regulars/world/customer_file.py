"""A firm's customer file: what it knows of those customers whom it can identify.

Customers who show a card, sign a contract or order online are identified; all others stay anonymous, however often they
come.
So a programme is also a device for knowing customers, and targeting without one misses most of them. The file holds
what a till and a card can tell (recency, frequency, money), never what is in a customer's head.

Knowledge k of a customer's taste grows by `learning` (1 - k) with each purchase seen and fades with a half-life. A
customer information system (P23) makes the file learn faster and forget more slowly.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from regulars.world.calendar import DAYS_A_YEAR
from regulars.world.fading import faded, toward_one
from regulars.world.ledger import MILLION

if TYPE_CHECKING:
    from regulars.world.board import Round
    from regulars.world.firms import Firm

LEARNING, HALF_LIFE = 0.05, 2 * DAYS_A_YEAR  # a careful clerk with a card index: assumption
ARRAYS = ("known", "first", "last", "count", "money", "recent", "knowledge")


class CustomerFile:
    """The file of one firm, as arrays over customers.

    `known` (has ever been identified), `first`, `last` purchase (days), `count`, `money` (currency units), `recent`
    (currency spent in about the last year, exponentially weighted), `knowledge` (0..1 at the last purchase);
    `segments` are masks that a strategy has worked out, by name.
    """

    def __init__(self, firm: Firm) -> None:
        self.firm = firm
        n = firm.customers.count
        self.known = np.zeros(n, np.bool_)
        self.first, self.last = np.full(n, np.inf, np.float32), np.full(n, -np.inf, np.float32)
        self.count, self.money, self.recent = np.zeros(n, np.int32), np.zeros(n), np.zeros(n)
        self.knowledge = np.zeros(n, np.float32)
        self.segments: dict[str, NDArray[np.bool_]] = {}
        self.learning, self.half_life = LEARNING, HALF_LIFE

    def settle(self, round: Round) -> None:
        """Enter the purchases of those who are identified at the till."""
        rows = round.rows(self.firm.index)
        rows = rows[self.firm.identifies(round.who[rows])]
        if not rows.size:
            return
        who, time, paid = round.who[rows], round.time[rows], round.paid[rows] / MILLION
        self.recent[who] = self.recent_at(who, time) + paid
        self.knowledge[who] = toward_one(self.knowledge_at(who, time), self.learning)
        self.known[who] = True
        self.first[who] = np.minimum(self.first[who], time)
        self.last[who] = time
        self.count[who] += 1
        self.money[who] += paid

    def recent_at(self, customers: NDArray[Any], time: Any) -> NDArray[np.float64]:
        """Spending of about the last year, currency units: the mean of a steady buyer is that buyer's yearly spending."""
        seen = self.count[customers] > 0
        since = np.where(seen, self.last[customers], time)
        return np.asarray(self.recent[customers] * np.exp(-(time - since) / DAYS_A_YEAR))

    def knowledge_at(self, customers: NDArray[Any], time: Any) -> NDArray[np.float64]:
        """How well the tastes of `customers` are known at `time` (days), 0..1."""
        since = np.where(self.count[customers] > 0, self.last[customers], time)
        return faded(self.knowledge[customers], since, time, self.half_life)

    @property
    def insight(self) -> float:
        """How many times as much the firm makes of what it sees as with a card index: 1 without an information system."""
        return self.learning / LEARNING

    def mean_gap(self) -> NDArray[np.float64]:
        """Mean days between the purchases seen, of every customer; infinite before the second one."""
        with np.errstate(divide="ignore", invalid="ignore"):
            gap = (self.last - self.first) / (self.count - 1)
        return np.where(self.count > 1, gap, np.inf)

    def state(self) -> dict[str, Any]:
        """Everything that changes, for saving; how it learns is the information system's, and follows from its rules."""
        return {**{name: getattr(self, name) for name in ARRAYS}, "segments": self.segments}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take back what `state` gave."""
        for name in ARRAYS:
            getattr(self, name)[...] = saved[name]
        self.segments = {name: np.array(mask, np.bool_) for name, mask in saved["segments"].items()}
