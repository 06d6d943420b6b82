"""A firm: a mesa agent with an offer, books, a store card and strategies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa
import numpy as np
from numpy.typing import NDArray

from regulars.world.card import Card
from regulars.world.ledger import MILLION, millionths

if TYPE_CHECKING:
    from regulars.world.strategy import Strategy


class Firm(mesa.Agent):
    """One firm of the market. `price`, `cost`, `quality`, `failure` and `severity` may be changed at any time.

    It is also the only door through which its strategies reach the market: customers, draws, books and log.
    """

    def __init__(self, market: Any, index: int, name: str) -> None:
        super().__init__(market)
        self.index, self.name = index, name
        self.customers, self.chance = market.customers, market.chance
        self.strategies: dict[str, Strategy] = {}
        self._card: Card | None = None

    @property
    def price(self) -> float:
        """List price, currency per unit."""
        return float(self.model.offers.arrays["price"][self.index])

    @price.setter
    def price(self, value: float) -> None:
        self.model.offers.arrays["price"][self.index] = value

    @property
    def cost(self) -> float:
        """Cost of goods, currency per unit."""
        return float(self.model.offers.arrays["cost"][self.index])

    @cost.setter
    def cost(self, value: float) -> None:
        self.model.offers.arrays["cost"][self.index] = value

    @property
    def quality(self) -> float:
        """Mean performance of a purchase."""
        return float(self.model.offers.arrays["quality"][self.index])

    @quality.setter
    def quality(self, value: float) -> None:
        self.model.offers.arrays["quality"][self.index] = value

    @property
    def profit(self) -> float:
        """Contribution profit so far, currency units."""
        return float(self.model.ledger.profit(self.index))

    @property
    def revenue(self) -> float:
        """Sales at list price so far, currency units."""
        return float(self.model.ledger.value("revenue", self.index))

    @property
    def purchases(self) -> int:
        """Purchases so far."""
        return int(self.model.log.totals.purchases[:, self.index].sum())

    @property
    def card(self) -> Card:
        """The firm's store card, opened at its first use."""
        if self._card is None:
            self._card = Card(self, self.model.sources)
            self.model.cards.append(self._card)
        return self._card

    @property
    def tick(self) -> float:
        """Length of a tick, days."""
        return float(self.model.tick_length)

    @property
    def has_card(self) -> bool:
        """Whether any strategy has opened the store card."""
        return self._card is not None

    def post(self, debit: str, credit: str, amount: int) -> None:
        """Post millionths of the currency unit in the firm's books."""
        self.model.ledger.post(self.index, debit, credit, amount)

    def spend(self, account: str, amount: float) -> None:
        """Pay a cost that no single purchase earned (communication, staff, overhead ...), currency units."""
        self.post(account, "cash", int(millionths(amount)))

    def post_points(self, debit: str, credit: str, amount: int) -> None:
        """Post millionths of a point in the firm's books."""
        self.model.ledger.post_points(self.index, debit, credit, amount)

    def book_reward(self, strategy: str, against: str, by_source: NDArray[np.int64]) -> None:
        """Book reward money (millionths, by source) against `cash`, `liability` or `revenue`."""
        self.model.ledger.reward(self.index, strategy, against, by_source)

    def give(
        self,
        strategy: str,
        paid_as: str,
        customers: NDArray[Any],
        by_source: NDArray[np.int64],
        day: float,
        lapse: float = 0.0,
    ) -> None:
        """Give a reward to customers, as `cash` or as `credit` on the store card.

        by_source: millionths, shape (sources, customers); lapse: days after which credit lapses, 0 for never.
        """
        if paid_as == "credit":
            self.card.grant(strategy, customers, by_source, day + lapse if lapse > 0 else np.inf)
        else:
            self.book_reward(strategy, "cash", by_source.sum(axis=1))
        self.event("reward", strategy, customers, day, by_source.sum(axis=0) / MILLION)

    def event(self, kind: str, strategy: str, customers: Any, day: float, amounts: Any = 0.0) -> None:
        """Write an event of these customers into the log (amounts in currency units or points)."""
        self.model.log.event(kind, self.index, strategy, customers, day, amounts)

    def base_probability(self, customers: NDArray[Any]) -> NDArray[np.float64]:
        """Chance that each of `customers` buys here at an opportunity, were there no programmes."""
        return self.model.base_probability(self.index, customers)

    def meeting_probability(self, customers: NDArray[Any]) -> NDArray[np.float64]:
        """Chance that each of `customers` meets an opportunity on a day, wherever it ends."""
        mean = self.customers.rate[customers].astype(np.float64)
        return (
            np.minimum(mean, 1.0) if self.model.scenario.spec.need.process == "calendar" else -np.expm1(-mean)
        )

    def visit_probability(self, customers: NDArray[Any]) -> NDArray[np.float64]:
        """Chance that each of `customers` buys here at least once on a day, were there no programmes."""
        mean = self.customers.rate[customers] * self.base_probability(customers)
        return (
            np.minimum(mean, 1.0) if self.model.scenario.spec.need.process == "calendar" else -np.expm1(-mean)
        )

    def spending_rate(self, customers: NDArray[Any]) -> NDArray[np.float64]:
        """Expected spending here, currency per day, were there no programmes."""
        c = self.customers
        return c.rate[customers] * self.base_probability(customers) * c.basket[customers] * self.price

    def money_weight(self, customers: NDArray[Any]) -> NDArray[np.float64]:
        """Logits that a currency unit is worth to each of `customers`."""
        c = self.customers
        return c.price_sensitivity[customers].astype(np.float64) / c.basket[customers]

    def __repr__(self) -> str:
        return f"Firm({self.name!r}, price={self.price:g}, strategies={sorted(self.strategies)})"
