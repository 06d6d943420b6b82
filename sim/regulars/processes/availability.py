"""Availability: what is out of stock cannot be bought here now.

Each firm has what is wanted with its own probability, drawn anew for every customer and occasion. A customer who meets
an empty shelf buys the next best thing elsewhere, or nothing (Campo, Gijsbrechts & Nisol 2000, J. of Retailing
76:219-242). With availability a of one firm and no other gap, choice probabilities become

P(f) = a p_f,   P(k) = a p_k + (1 - a) p_k / (1 - p_f)

A regular who stands before an empty shelf may be disappointed as well (Anderson, Fitzsimons & Simester 2006, Management
Science 52:1751-1763).
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from regulars.contract.process import Process, Section, section
from regulars.ground.chance import purpose
from regulars.ground.parameter import ParameterSet, par
from regulars.world.board import Effect, Round

SYSTEMS = {
    "M16": "tests/behavior/test_availability.py::test_empty_shelves_send_customers_to_rivals_in_proportion"
}
THERE = purpose("availability")


class AvailabilityRules(ParameterSet):
    """What an empty shelf does besides sending customers away."""

    arms_may_change: ClassVar[bool] = True
    # fmt: off
    disappointment: float = par(0.0, "satisfaction", "[0, 1]", "satisfaction lost by a customer who finds the firm last bought from out of stock", "Anderson, Fitzsimons & Simester 2006 (sign; size assumed)")
    # fmt: on


class Availability(Process):
    """Blocks, at each opportunity, the firms that are out of stock for this customer."""

    follows: ClassVar[tuple[str, ...]] = ("staff",)
    sections: ClassVar[dict[str, Section]] = {
        "availability": section(AvailabilityRules, "what an empty shelf does")
    }

    @classmethod
    def wanted(cls, spec: Any) -> bool:
        """Some firm does not always have what is wanted."""
        return any(firm.availability < 1 for firm in spec.firms)

    def __init__(self, market: Any, rules: AvailabilityRules) -> None:
        super().__init__(market, rules)
        self.upset: list[tuple[int, NDArray[Any]]] = []

    def appeal(self, round: Round) -> None:
        """Look what is there."""
        self.upset = []
        for f, share in enumerate(self.market.offers.arrays["availability"]):
            if share < 1.0:
                out = self.chance.uniform(THERE, round.who, round.occasion, f) >= share
                round.column(Effect.BLOCKED, f)[out] = 1.0
                who = round.who[out]
                self.upset.append((f, who[self.customers.incumbent[who] == f]))

    def feel(self, round: Round) -> None:
        """Regulars who found nothing think less of the firm."""
        if self.rules.disappointment:
            for f, who in self.upset:
                self.market.firms[f].relations.move_satisfaction(np.asarray(who), -self.rules.disappointment)
