"""Imitate: ask what the most successful firm asks.

Nobody sees a rival's profit. What can be seen are list prices and, from a market report, how much each firm sold. The
imitator judges every firm by (list price - own cost) x sales, as if all had its own cost, and takes over the list
price of the best. Now and then it tries something else. Imitation drives prices toward cost where firms sell the same
(Vega-Redondo 1997; Alos-Ferrer, Ania & Schenk-Hoppe 2000), not to the prices that earn most.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from regulars.contract.pricing import PricingParameters, PricingPolicy
from regulars.ground.parameter import par


class Imitate(PricingPolicy):
    """Copy the list price of the firm that seems to earn most."""

    class Parameters(PricingParameters):
        """How sure the imitator must be, and how often it experiments."""

        # fmt: off
        ahead: float = par(0.0, "share", "[0, 10]", "how much more than oneself the best must seem to earn to be copied")
        experiment: float = par(0.0, "probability", "[0, 1]", "chance of trying another price instead")
        spread: float = par(0.05, "share of price", "[0, 0.9]", "largest distance of a price that is tried")
        # fmt: on

    sources: ClassVar[tuple[str, ...]] = (
        "Vega-Redondo 1997, The evolution of Walrasian behavior, Econometrica 65:375-384",
        "Alos-Ferrer, Ania & Schenk-Hoppe 2000, An evolutionary model of Bertrand oligopoly, Games and Economic Behavior 33:1-19",
    )

    def price(self, day: float) -> float | None:
        """The list price of the firm that seems to earn most, or an experiment."""
        rules, desk = self.parameters, self.desk
        if self.number() == 0:
            return None
        if desk.draw(self.title(), "whether", self.number()) < rules.experiment:
            distance = rules.spread * (2.0 * desk.draw(self.title(), "how far", self.number()) - 1.0)
            return desk.price * (1.0 + distance)
        prices = desk.prices
        seeming = (prices - desk.cost) * desk.sales(rules.every)
        best = int(np.lexsort((prices, -seeming))[0])  # of equals the cheapest: names decide nothing
        own = float(seeming[desk.index])
        return float(prices[best]) if seeming[best] > own + rules.ahead * abs(own) else None
