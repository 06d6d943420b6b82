"""Emotional bond (P16): a story, values and responsibility that some customers share, and others do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from regulars.contract.strategy import State, Strategy
from regulars.ground.parameter import ParameterSet, Spread, par, spread_bounds
from regulars.world.benefits import Benefit
from regulars.world.board import Effect
from regulars.world.fading import faded, toward_one
from regulars.world.ledger import Account

if TYPE_CHECKING:
    from regulars.world.board import Round

SYSTEMS = {"P16": "tests/strategies/test_emotional_bond.py::test_who_shares_the_values_stays"}


class EmotionalBond(Strategy):
    """Stand for something: customers who share it and hear of it grow attached, those who mind it turn away.

    Attachment (0..1) grows by depth (1 - attachment) every time the story is heard, on the day it is told or at a
    visit, and fades. It pulls by strength x attachment x how far the customer shares the values (-1 .. 1), as a tie
    that rivals' promotions do not drown. A failure belies the story: it takes a part of their attachment away from those
    who share it (where [experience] is on). Those who hear the story know the firm, and a like-minded visitor's respect
    grows with every good visit.
    """

    class Parameters(ParameterSet):
        """The story, who shares it, and what it costs."""

        # fmt: off
        share: Spread = par(Spread(distribution="normal", mean=0.3, sd=0.4), "-1..1", "[-1, 1]", "how far customers share the values", "assumption")
        strength: float = par(0.5, "logits", "[0, 20]", "pull of full attachment on customers who share the values in full", "Thomson, MacInnis & Park 2005 (sign; size assumed)")
        heard: float = par(0.01, "probability per day", "[0, 1]", "chance of hearing the story on a day, for everybody who is in the market", "assumption")
        depth: float = par(0.1, "share of what is missing", "[0, 1]", "what hearing it, or a visit, adds to the attachment", "assumption")
        half_life: float = par(182.0, "days", "(0, 36525]", "time in which half of the attachment fades", "assumption")
        belied: float = par(0.3, "share", "[0, 1]", "part of the attachment that a failure takes away", "assumption")
        respect: float = par(0.02, "share of what is missing", "[0, 1]", "respect that a visit of a like-minded customer adds (where [relationship] is on)", "Bhattacharya & Sen 2003 (sign; size assumed)")
        budget: float = par(10.0, "currency per day", "[0, inf)", "cost of telling the story and of living up to it", "assumption", total=True)
        # fmt: on

    state: ClassVar[tuple[State, ...]] = (
        State("attached", "f4", "0..1", "attachment when it was last touched"),
        State("touched", "f4", "days", "when that was"),
    )
    off: ClassVar[dict[str, Any]] = {"strength": 0.0, "heard": 0.0, "respect": 0.0, "budget": 0.0}
    sources: ClassVar[tuple[str, ...]] = (
        "Source documents, P16 (story, values, social responsibility)",
        "Bhattacharya & Sen 2003, Journal of Marketing 67(2):76-88 (identification with companies whose values one shares)",
        "Thomson, MacInnis & Park 2005, Journal of Consumer Psychology 15:77-91 (emotional attachment)",
    )

    def start(self) -> None:
        """Customers share the values or not."""
        rules, everyone = self.parameters, np.arange(self.customers.count)
        u = self.firm.chance.uniform(self.purpose("values"), everyone)
        self.shares = rules.share.draw(u, spread_bounds(rules, "share"))

    def attachment(self, customers: NDArray[Any], time: Any) -> NDArray[np.float64]:
        """Attachment of `customers` at `time` (days), 0..1."""
        return faded(self.attached[customers], self.touched[customers], time, self.parameters.half_life)

    def open(self, day: float) -> None:
        """Some hear the story today."""
        rules, c = self.parameters, self.customers
        if not rules.heard:
            return
        everyone = np.arange(c.count)
        u = self.firm.chance.uniform(self.purpose("hear"), everyone, int(day))
        hear = np.flatnonzero((u < rules.heard) & (c.entry <= day) & (c.exit > day))
        self._tell(hear, day)
        self.firm.relations.inform(hear, day)

    def appeal(self, round: Round) -> None:
        """Attachment ties those who share the values, and keeps away those who mind them."""
        if self.parameters.strength:
            pull = self.attachment(round.who, round.time) * self.shares[round.who]
            round.column(Effect.ATTACHMENT, self.firm.index)[:] += self.parameters.strength * pull

    def feel(self, round: Round) -> None:
        """A visit tells the story once more, unless it belies it."""
        rules, rows = self.parameters, round.rows(self.firm.index)
        who, time, failed = round.who[rows], round.time[rows], round.failed[rows]
        alike = self.shares[who] > 0
        self._tell(who[~failed], time[~failed])
        let_down = failed & alike
        self.attached[who[let_down]] = self.attachment(who[let_down], time[let_down]) * (1.0 - rules.belied)
        self.touched[who[let_down]] = time[let_down]
        self.firm.relations.deepen(
            Benefit.RESPECT, who[alike & ~failed], rules.respect, time[alike & ~failed]
        )

    def _tell(self, who: NDArray[Any], time: Any) -> None:
        """These customers hear the story, each at their own `time` (days)."""
        self.attached[who] = toward_one(self.attachment(who, time), self.parameters.depth)
        self.touched[who] = time

    def close(self, day: float) -> None:
        """Telling it costs."""
        if self.parameters.budget:
            self.firm.books.spend(Account.COMMUNICATION, self.parameters.budget)
