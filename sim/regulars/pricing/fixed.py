"""Fixed prices: the list price stays what the scenario says. The baseline of every other policy."""

from __future__ import annotations

from typing import ClassVar

from regulars.contract.pricing import PricingPolicy


class Fixed(PricingPolicy):
    """Never change the list price."""

    sources: ClassVar[tuple[str, ...]] = (
        "Blinder, Canetti, Lebow & Rudd 1998, Asking About Prices, Russell Sage Foundation (list prices rarely move)",
    )

    def due(self) -> bool:
        """There is nothing to decide."""
        return False
