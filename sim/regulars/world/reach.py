"""How a firm reaches its customers, and what the processes of its market offer it; nothing of what is switched off does anything."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from regulars.ground.words import word
from regulars.world.benefits import Benefit
from regulars.world.customers import Customers
from regulars.world.events import AWARE, Event


class Reach:
    """The part of a firm that acts on customers through the processes of the market."""

    model: Any
    index: int
    customers: Customers

    def event(self, kind: Event | str, strategy: str, customers: Any, day: float, amounts: Any = 0.0) -> None:
        """Hook: write an event of these customers into the log."""
        raise NotImplementedError

    def please(self, customers: NDArray[Any], change: Any) -> None:
        """Move satisfaction with this firm by `change` (0..1, one per customer or one for all), and attraction with it."""
        c = self.customers
        if c.has("satisfaction"):
            now = c.satisfaction[customers, self.index] + change
            c.satisfaction[customers, self.index] = np.clip(now, 0.0, 1.0)
            self.model.endear(customers)

    def inform(self, customers: NDArray[Any], day: float) -> None:
        """Make these customers aware of the firm from now on."""
        c = self.customers
        if c.has("aware_from"):
            new = customers[c.aware_from[customers, self.index] > day]
            c.aware_from[new, self.index] = day
            self.event(AWARE, "", new, day)

    def deepen(self, benefit: Benefit | str, customers: NDArray[Any], amount: Any, day: Any) -> None:
        """Add to a relationship benefit (social, special, confidence, respect); nothing where there are none.

        amount (share) and day: one per customer, or one for all.

        Raises:
            RegularsError: for a benefit that there is not, with the nearest.
        """
        benefit = word(Benefit, benefit, "relationship benefit")
        if (relationship := self.model.processes.get("relationship")) is not None:
            relationship.add(self.index, benefit, customers, amount, day)

    def answer(self, customers: NDArray[Any], quality: Any) -> None:
        """These customers' complaints are answered, from 0 (not at all) to 1 (at once and in full)."""
        if (voice := self.model.processes.get("voice")) is not None:
            voice.answered(self.index, customers, quality)

    def welcome(self, ease: float) -> None:
        """Make complaining here easier by `ease` logits, for the whole run."""
        if (voice := self.model.processes.get("voice")) is not None:
            voice.ease[self.index] += ease

    def show(self, customers: NDArray[Any], looks: float, day: float) -> None:
        """These customers see a reward that looks like `looks` (0 cheap .. 1 premium): fit with the brand."""
        if (image := self.model.processes.get("image")) is not None:
            image.seen(self.index, customers, looks, day)

    @property
    def serving_cost(self) -> Any:
        """What a purchase of each customer has cost to serve, currency; 0 where that is not modelled."""
        return self.customers.columns.get("serving_cost", 0.0)

    @property
    def network(self) -> Any:
        """Who talks to whom, or None in a market without a network."""
        return self.model.network

    @property
    def shelves(self) -> Any:
        """What products there are and whom they suit, or None where products are not told apart."""
        return self.model.processes.get("assortment")

    def missing(self, customers: NDArray[Any], categories: NDArray[Any]) -> Any:
        """Pull missed with each of `customers` who never bought its one of `categories` here, logits; 0 without habits."""
        shopping = self.model.processes.get("categories")
        return 0.0 if shopping is None else shopping.missing(self.index, customers, categories)

    @property
    def platform(self) -> Any:
        """The platform that sells visitors, or None where there is none."""
        return self.model.processes.get("platform")

    @property
    def staff(self) -> Any:
        """The staff of all firms, or None where staff plays no part."""
        return self.model.processes.get("staff")
