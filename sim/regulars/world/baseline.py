"""What customers would do at a firm were there no programmes: the yardstick of goals, of what is worth while, and of forecasts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from regulars.world.firms import Firm


class Baseline:
    """Customers' behaviour at one firm without programmes, at the list prices and satisfactions of today."""

    def __init__(self, firm: Firm) -> None:
        self.firm = firm

    def purchase_probability(self, customers: NDArray[Any]) -> NDArray[np.float64]:
        """Chance that each of `customers` buys here at an opportunity."""
        return self.firm.model.base_probability(self.firm.index, customers)

    def opportunity_probability(self, customers: NDArray[Any]) -> NDArray[np.float64]:
        """Chance that each of `customers` meets an opportunity on a day, wherever it ends."""
        return self._on_a_day(self.firm.customers.rate[customers].astype(np.float64))

    def visit_probability(self, customers: NDArray[Any]) -> NDArray[np.float64]:
        """Chance that each of `customers` buys here at least once on a day."""
        return self._on_a_day(self.firm.customers.rate[customers] * self.purchase_probability(customers))

    def spending_rate(self, customers: NDArray[Any]) -> NDArray[np.float64]:
        """Expected spending here, currency per day."""
        c, price = self.firm.customers, self.firm.price
        return c.rate[customers] * self.purchase_probability(customers) * c.basket[customers] * price

    def money_weight(self, customers: NDArray[Any]) -> NDArray[np.float64]:
        """Logits that a currency unit is worth to each of `customers`: price sensitivity over the basket."""
        c = self.firm.customers
        return c.price_sensitivity[customers].astype(np.float64) / c.basket[customers]

    def _on_a_day(self, mean: Any) -> NDArray[np.float64]:
        """Chance of at least one event on a day, of so many a day: 1 - exp(-mean), or the mean itself on fixed days."""
        on_fixed_days = self.firm.model.scenario.spec.need.process == "calendar"
        return np.minimum(mean, 1.0) if on_fixed_days else -np.expm1(-mean)
