"""Events (P13): gatherings now and then, for those who come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from regulars.contract.aim import Aimed
from regulars.contract.strategy import State, Strategy
from regulars.ground.parameter import par
from regulars.kit.contact import CONTACT, Contact, ContactParameters
from regulars.world.benefits import Benefit
from regulars.world.calendar import due
from regulars.world.ledger import Account

if TYPE_CHECKING:
    from regulars.world.board import Round

SYSTEMS = {"P13": "tests/strategies/test_events.py::test_who_comes_is_drawn_closer"}


class Events(Strategy):
    """Invite an audience to an event every so many days; guests are drawn closer, and get to know people.

    An invitation is noticed and taken up with probability `reach`. An evening leaves warmth, which fades slowly, and adds
    to the social benefit of each guest. Evenings in close succession do less (`fatigue`, `recovery`). Without anybody to
    invite there is no event.
    """

    class Parameters(Aimed, ContactParameters):
        """How often, for whom, and what an evening does and costs."""

        # fmt: off
        every: float = par(91.0, "days", "(0, 3660]", "time between two events")
        reach: float = par(0.05, "probability", "[0, 1]", "chance that somebody invited comes")
        cost: float = par(0.1, "currency per invitation", "[0, inf)", "cost of an invitation")
        guest_cost: float = par(10.0, "currency per guest", "[0, inf)", "cost of a guest")
        fixed: float = par(300.0, "currency per event", "[0, inf)", "cost of an event, whoever comes", total=True)
        effect: float = par(0.4, "logits", "[-10, 10]", "pull of an evening spent there, if there was none lately", "McAlexander, Schouten & Koenig 2002 (sign; size assumed)")
        half_life: float = par(91.0, "days", "(0, 3660]", "time in which half of it is gone")
        recovery: float = par(182.0, "days", "(0, 3660]", "time in which half of the recent events are forgotten")
        social: float = par(0.2, "share of what is missing", "[0, 1]", "social benefit of an evening (where [relationship] is on)", "Gwinner, Gremler & Bitner 1998 (sign; size assumed)")
        # fmt: on

    state: ClassVar[tuple[State, ...]] = CONTACT
    remembers: ClassVar[tuple[str, ...]] = ("next",)
    off: ClassVar[dict[str, Any]] = {"reach": 0.0, "cost": 0.0, "fixed": 0.0}
    sources: ClassVar[tuple[str, ...]] = (
        "Source documents, P13 (events and exchange activities)",
        "McAlexander, Schouten & Koenig 2002, Journal of Marketing 66(1):38-54 (brandfests)",
    )

    def start(self) -> None:
        """The first event is on the first day."""
        self.contact, self.next = Contact(self), np.zeros(1)

    def open(self, day: float) -> None:
        """Hold the event that is due."""
        rules, firm = self.parameters, self.firm
        if not due(self.next, day, rules.every):
            return
        invited = np.flatnonzero(firm.audience(rules.audience, day))
        if not invited.size:
            return
        guests = self.contact.send(invited, day)
        firm.books.spend(Account.COMMUNICATION, rules.fixed + rules.guest_cost * guests.size)
        firm.relations.deepen(Benefit.SOCIAL, guests, rules.social, day)

    def appeal(self, round: Round) -> None:
        """Warmth pulls."""
        self.contact.pull(round)
