"""Mark-up: the list price is the cost of goods plus a share of it, looked at again at intervals."""

from __future__ import annotations

from typing import ClassVar

from regulars.contract.pricing import PricingParameters, PricingPolicy
from regulars.ground.parameter import par


class Markup(PricingPolicy):
    """Price = cost x (1 + margin): a change of cost is passed on in full at the next decision."""

    class Parameters(PricingParameters):
        """How much is added."""

        # fmt: off
        margin: float = par(0.3, "share of cost", "[-1, 1000]", "what is added to the cost of goods")
        # fmt: on

    sources: ClassVar[tuple[str, ...]] = (
        "Hall & Hitch 1939, Price theory and business behaviour, Oxford Economic Papers 2:12-45",
    )

    def price(self, day: float) -> float:
        """Cost plus mark-up."""
        return self.desk.cost * (1.0 + self.parameters.margin)
