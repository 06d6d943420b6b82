"""Privileges (P17): early access, dedicated service, experiences, for some customers and not for others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from regulars.contract.aim import Aimed
from regulars.contract.strategy import State, Strategy
from regulars.ground.parameter import par
from regulars.world.benefits import Benefit
from regulars.world.board import Effect
from regulars.world.calendar import due
from regulars.world.card import Payment
from regulars.world.events import Event
from regulars.world.ledger import millionths

if TYPE_CHECKING:
    from regulars.world.board import Round

SYSTEMS = {"P17": "tests/strategies/test_privileges.py::test_privileges_pull_the_privileged_only"}


class Privileges(Strategy):
    """Give an audience what money does not buy: it pulls, the more the fewer have it, and deepens the relation.

    The privileged feel worth (1 - part of the customers in the market who are privileged) ** exclusivity logits; every
    visit of theirs is better by `service`, costs `cost`, and adds to the benefit of special treatment. Money off to
    the amount of m pulls by money weight x m, so that a privilege is the better gift where what is felt of it is more
    than its cost times the customer's money weight (logits per currency unit), and the worse one where it is less.
    """

    class Parameters(Aimed):
        """Who is privileged, and what that is worth and costs."""

        # fmt: off
        audience: str = par("spent:500", "", "", "who is privileged: see docs/reference/audiences.md")
        review: float = par(28.0, "days", "(0, 3660]", "time between two looks at who is privileged")
        worth: float = par(0.3, "logits", "[0, 20]", "pull of privileges that nobody else has", "source documents, P17 (size assumed)")
        exclusivity: float = par(1.0, "exponent", "[0, 20]", "how the pull falls as more are privileged; 0 for not at all", "Dreze & Nunes 2009 (sign)")
        service: float = par(0.0, "performance", "[-10, 10]", "better experience of a privileged visit")
        depth: float = par(0.02, "share of what is missing", "[0, 1]", "special treatment that a visit adds (where [relationship] is on)", "Gwinner, Gremler & Bitner 1998 (sign; size assumed)")
        cost: float = par(0.5, "currency per visit", "[0, inf)", "cost of a privileged visit", "assumption")
        # fmt: on

    events: ClassVar[tuple[Event, ...]] = (Event("privilege", "was given privileges"),)
    state: ClassVar[tuple[State, ...]] = (
        State("privileged", "?", "yes/no", "has the privileges until the next look"),
    )
    remembers: ClassVar[tuple[str, ...]] = ("next", "part")
    linked: ClassVar[bool] = True  # what a privilege is worth depends on how many have it
    off: ClassVar[dict[str, Any]] = {"worth": 0.0, "service": 0.0, "depth": 0.0, "cost": 0.0}
    sources: ClassVar[tuple[str, ...]] = (
        "Source documents, P17 (early access, dedicated service, experiences)",
        "Dreze & Nunes 2009, Journal of Consumer Research 35:890-905 (exclusivity)",
        "Gwinner, Gremler & Bitner 1998, Journal of the Academy of Marketing Science 26:101-114 (special treatment)",
    )

    def start(self) -> None:
        """Nobody is privileged before the first look."""
        self.next, self.part = np.zeros(1), np.zeros(1)

    def open(self, day: float) -> None:
        """Find out who is privileged from today on."""
        if not due(self.next, day, self.parameters.review):
            return
        before = self.privileged.copy()
        self.privileged[:] = self.firm.audience(self.parameters.audience, day)
        here = self.firm.audience("everybody", day)
        self.part[0] = self.privileged.sum() / max(here.sum(), 1)
        self.firm.event("privilege", self.title(), np.flatnonzero(self.privileged & ~before), day)

    def felt(self) -> float:
        """Pull of the privileges as things stand, logits."""
        return float(self.parameters.worth * (1.0 - self.part[0]) ** self.parameters.exclusivity)

    def appeal(self, round: Round) -> None:
        """Privileges pull those who have them."""
        rows = np.flatnonzero(self.privileged[round.who])
        if rows.size:
            round.column(Effect.APPEAL, self.firm.index)[rows] += self.felt()
            if self.parameters.service:
                round.column(Effect.SERVICE, self.firm.index)[rows] += self.parameters.service

    def settle(self, round: Round) -> None:
        """Privileged visits cost, and deepen the relation."""
        rules, rows = self.parameters, round.rows(self.firm.index)
        rows = rows[self.privileged[round.who[rows]]]
        if not rows.size:
            return
        self.firm.relations.deepen(Benefit.SPECIAL, round.who[rows], rules.depth, round.time[rows])
        if rules.cost:
            self.reward(round.who[rows], millionths(rules.cost), round.source[rows], round.day, Payment.KIND)
