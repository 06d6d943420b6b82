"""How a firm touches its customers, with what the processes of its market make of it; nothing of what is switched off does anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from regulars.ground.words import word
from regulars.world.benefits import Benefit
from regulars.world.events import AWARE
from regulars.world.ports import BrandImage, Complaints, Relationships

if TYPE_CHECKING:
    from regulars.world.firms import Firm


class Relations:
    """What one firm does to customers besides goods, prices and rewards."""

    def __init__(self, firm: Firm) -> None:
        self.firm = firm

    def move_satisfaction(self, customers: NDArray[Any], change: Any) -> None:
        """Move satisfaction with the firm by `change` (0..1, one per customer or one for all), and attraction with it."""
        c, f = self.firm.customers, self.firm.index
        if c.has("satisfaction"):
            c.satisfaction[customers, f] = np.clip(c.satisfaction[customers, f] + change, 0.0, 1.0)
            self.firm.model.endear(customers)

    def inform(self, customers: NDArray[Any], day: float) -> None:
        """Make these customers aware of the firm from now on."""
        c, f = self.firm.customers, self.firm.index
        if c.has("aware_from"):
            new = customers[c.aware_from[customers, f] > day]
            c.aware_from[new, f] = day
            self.firm.event(AWARE, "", new, day)

    def deepen(self, benefit: Benefit | str, customers: NDArray[Any], amount: Any, day: Any) -> None:
        """Add to a relationship benefit (social, special, confidence, respect); nothing where there are none.

        amount (share) and day: one per customer, or one for all.

        Raises:
            RegularsError: for a benefit that there is not, with the nearest.
        """
        benefit = word(Benefit, benefit, "relationship benefit")
        self.firm.port(Relationships).add(self.firm.index, benefit, customers, amount, day)

    def answer_complaints(self, customers: NDArray[Any], quality: Any) -> None:
        """These customers' complaints are answered, from 0 (not at all) to 1 (at once and in full)."""
        self.firm.port(Complaints).answered(self.firm.index, customers, quality)

    def invite_complaints(self, ease: float) -> None:
        """Make complaining here easier by `ease` logits, for the whole run."""
        self.firm.port(Complaints).invite(self.firm.index, ease)

    def show_reward(self, customers: NDArray[Any], looks: float, day: float) -> None:
        """These customers see a reward that looks like `looks` (0 cheap .. 1 premium): fit with the brand."""
        self.firm.port(BrandImage).seen(self.firm.index, customers, looks, day)
