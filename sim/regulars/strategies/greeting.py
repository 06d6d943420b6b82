"""Greeting (P24): a birthday wish once a year, the weak classic, as a point of reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from regulars.contract.aim import Aimed
from regulars.contract.strategy import State, Strategy
from regulars.ground.chance import purpose
from regulars.ground.parameter import par
from regulars.kit.contact import CONTACT, Contact, ContactParameters
from regulars.world.calendar import DAYS_A_YEAR, within

if TYPE_CHECKING:
    from regulars.world.board import Round

SYSTEMS = {"P24": "tests/strategies/test_greeting.py::test_one_wish_a_year_does_little"}
BIRTHDAY = purpose("customer", "birthday")  # whoever greets, the day is the customer's own


class Greeting(Strategy):
    """Send every known customer a wish on the birthday; its warmth has faded long before the next one.

    Over a year a wish pulls by reach x effect x half_life / (365.25 ln 2) on average: with the values below by less
    than a hundredth of a logit, as much as a price cut of a small fraction of a per cent.
    """

    class Parameters(Aimed, ContactParameters):
        """Whom to greet, and what a wish does."""

        # fmt: off
        reach: float = par(0.8, "probability", "[0, 1]", "chance that the wish is noticed", "assumption")
        cost: float = par(0.5, "currency per wish", "[0, inf)", "cost of a wish")
        effect: float = par(0.2, "logits", "[-10, 10]", "pull of a wish that is noticed", "assumption")
        half_life: float = par(14.0, "days", "(0, 3660]", "time in which half of the warmth is gone")
        # fmt: on

    state: ClassVar[tuple[State, ...]] = CONTACT
    off: ClassVar[dict[str, Any]] = {"effect": 0.0, "cost": 0.0, "reach": 0.0}
    sources: ClassVar[tuple[str, ...]] = ("Source documents, P24 (a birthday greeting is far from enough)",)

    def start(self) -> None:
        """Every customer has a birthday."""
        self.contact = Contact(self)
        everyone = np.arange(self.customers.count)
        self.birthday = np.floor(self.firm.chance.uniform(BIRTHDAY, everyone) * DAYS_A_YEAR)

    def open(self, day: float) -> None:
        """Greet those whom the firm knows and whose birthday is today."""
        known = self.firm.audience(self.parameters.audience, day)
        today = within(self.birthday, day, DAYS_A_YEAR)
        self.contact.send(today[known[today]], day)

    def appeal(self, round: Round) -> None:
        """Warmth pulls."""
        self.contact.pull(round)
