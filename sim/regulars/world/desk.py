"""The desk of a firm's manager: list prices, its own till and its own books, and nothing about any customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from regulars.ground.chance import purpose
from regulars.world.ledger import MILLION, TILL

if TYPE_CHECKING:
    from regulars.world.firms import Firm


@dataclass(frozen=True)
class Till:
    """What the own till took over some days: purchases, and money in currency units."""

    purchases: int
    listed: float  # at list price
    paid: float  # after discounts at the till
    goods: float  # cost of the goods sold


class Desk:
    """What a firm can see. List prices are those of yesterday while the firms make up their minds: all move at once."""

    def __init__(self, firm: Firm) -> None:
        self._firm = firm
        self.name, self.index = firm.name, firm.index
        self.firms: tuple[str, ...] = firm.model.names

    @property
    def day(self) -> int:
        """Number of the day that is being planned."""
        return int(self._firm.model.day)

    @property
    def prices(self) -> NDArray[np.float64]:
        """List prices of all firms in force, in order of name, currency per unit (a copy)."""
        return np.array(self._firm.model.offers.arrays["price"])

    @property
    def rivals(self) -> NDArray[np.float64]:
        """List prices of the other firms, currency per unit."""
        return np.delete(self.prices, self.index)

    @property
    def price(self) -> float:
        """The own list price, currency per unit."""
        return self._firm.price

    @property
    def cost(self) -> float:
        """The own cost of goods, currency per unit."""
        return self._firm.cost

    @property
    def profit(self) -> float:
        """The own contribution profit so far, currency units."""
        return self._firm.profit

    @property
    def rewards(self) -> float:
        """Rewards that the own programmes have granted so far, net of what lapsed, currency units."""
        return float(self._firm.model.ledger.value("rewards", self.index))

    def till(self, days: float) -> Till:
        """What the own till took in the latest `days` days."""
        totals, past = self._firm.model.log.totals, self._past(days)
        money = (int(totals.money(name, past)[:, self.index].sum()) / MILLION for name in TILL)
        return Till(int(totals.purchases[past, self.index].sum()), *money)

    def sales(self, days: float) -> NDArray[np.int64]:
        """Purchases at every firm in the latest `days` days, as a market report counts them."""
        return np.asarray(self._firm.model.log.totals.purchases[self._past(days)].sum(axis=0))

    def draw(self, policy: str, what: str, number: int) -> float:
        """A uniform draw of the firm's own, the same whatever else happens in the market."""
        code = purpose("policy", self.name, policy, what)
        return float(self._firm.chance.uniform(code, [0], [number])[0])

    def demand(self) -> Any:
        """The model's own demand for this firm, which no firm could see: for theory work (`informed = true`)."""
        return self._firm.model.demand(self.index)

    def _past(self, days: float) -> slice:
        return slice(max(self.day - round(days), 0), self.day)
