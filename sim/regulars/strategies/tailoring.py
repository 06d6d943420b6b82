"""Tailoring (P22): made to measure, as the small shop does that remembers its regulars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from regulars.contract.strategy import State, Strategy
from regulars.ground.parameter import ParameterSet, par
from regulars.world.board import Effect
from regulars.world.fading import faded, toward_one
from regulars.world.ledger import Account

if TYPE_CHECKING:
    from regulars.world.board import Round

SYSTEMS = {"P22": "tests/strategies/test_tailoring.py::test_a_small_shop_remembers_and_a_crowd_is_forgotten"}


class Tailoring(Strategy):
    """Remember who comes and what they like, and serve them so; one memory holds only so many people.

    Memory k of a customer grows by learning (1 - k) with every visit and fades. When the people remembered add up to more
    than `capacity` in the morning, each is remembered the less that day: k capacity / sum k. No card is needed, the
    face does. Where the firm runs an information system (P23), identified customers are remembered at least as
    well as the file knows them, however many there are. A visit of a customer who is remembered is better by fit k
    and pulls by welcome k; being recognised builds respect and social benefits (where [relationship] is on).
    """

    class Parameters(ParameterSet):
        """What is remembered, and what that does."""

        # fmt: off
        capacity: float = par(150.0, "customers", "(0, inf)", "people whom the shop can remember in full", "Dunbar 1992 (some 150 people)", total=True)
        learning: float = par(0.1, "share of what is missing", "[0, 1]", "what a visit tells of a customer", "assumption")
        half_life: float = par(60.0, "days", "(0, 36525]", "time in which half of it is forgotten", "assumption")
        fit: float = par(0.15, "performance", "[-10, 10]", "how much better a visit made to measure is, at full memory", "assumption")
        welcome: float = par(0.3, "logits", "[-20, 20]", "pull of being known, at full memory", "source documents, P22 (the small coffee shop; size assumed)")
        respect: float = par(0.03, "share of what is missing", "[0, 1]", "respect that a visit adds, at full memory (where [relationship] is on)", "assumption")
        social: float = par(0.03, "share of what is missing", "[0, 1]", "social benefit that a visit adds, at full memory (where [relationship] is on)", "assumption")
        cost: float = par(0.2, "currency per visit", "[0, inf)", "time taken for a visit made to measure, at full memory", "assumption")
        # fmt: on

    state: ClassVar[tuple[State, ...]] = (
        State(
            "memory",
            "f4",
            "0..1",
            "how well the customer was known after the latest visit, had the shop no other",
        ),
        State("seen", "f4", "days", "when that was"),
    )
    remembers: ClassVar[tuple[str, ...]] = ("crowd",)
    linked: ClassVar[bool] = True  # a crowd drives single faces out of mind
    off: ClassVar[dict[str, Any]] = {"fit": 0.0, "welcome": 0.0, "respect": 0.0, "social": 0.0, "cost": 0.0}
    sources: ClassVar[tuple[str, ...]] = (
        "Source documents, P22 (made to measure; the local coffee shop that knows its regulars)",
        "Dunbar 1992, Journal of Human Evolution 22:469-493 (a head holds some 150 people)",
        "Gwinner, Gremler & Bitner 1998, Journal of the Academy of Marketing Science 26:101-114 (relational benefits)",
    )

    def start(self) -> None:
        """Nobody is known yet."""
        self.crowd = np.ones(1)

    def own(self, customers: Any, time: Any) -> NDArray[np.float64]:
        """How well each of `customers` would be remembered at `time` (days) by a head that knew nobody else, 0..1."""
        return faded(self.memory[customers], self.seen[customers], time, self.parameters.half_life)

    def remembered(self, customers: Any, time: Any) -> NDArray[np.float64]:
        """How well each of `customers` is remembered at `time` (days), 0..1."""
        head = self.own(customers, time) * self.crowd[0]
        if self.firm.insight > 1.0:
            return np.maximum(head, self.firm.file.knowledge_at(customers, time))
        return head

    def open(self, day: float) -> None:
        """How far the memory of the shop reaches today."""
        people = float(self.own(slice(None), day).sum())
        self.crowd[0] = min(self.parameters.capacity / people, 1.0) if people else 1.0

    def appeal(self, round: Round) -> None:
        """Being known pulls, and a better visit awaits."""
        rules, f = self.parameters, self.firm.index
        self.served = known = self.remembered(round.who, round.time)
        if rules.welcome:
            round.column(Effect.APPEAL, f)[:] += rules.welcome * known
        if rules.fit:
            round.column(Effect.SERVICE, f)[:] += rules.fit * known

    def settle(self, round: Round) -> None:
        """Visitors are served by what is known of them, and better known afterwards."""
        rules, rows = self.parameters, round.rows(self.firm.index)
        if not rows.size:
            return
        who, time = round.who[rows], round.time[rows]
        known = self.served[rows]
        if rules.cost:
            self.firm.books.spend(Account.STAFF, rules.cost * known)
        for benefit, share in (("respect", rules.respect), ("social", rules.social)):
            if share:
                self.firm.relations.deepen(benefit, who, share * known, time)
        self.memory[who] = toward_one(self.own(who, time), rules.learning)
        self.seen[who] = time
