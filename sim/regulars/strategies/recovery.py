"""Feedback and service recovery (P10): hear complaints, sort, answer, resolve and follow them up, and learn from them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from regulars.contract.strategy import Holding, State, Strategy
from regulars.ground.parameter import ParameterSet, par
from regulars.world.calendar import NEARLY, turns
from regulars.world.events import Event
from regulars.world.ledger import Account, rounded

if TYPE_CHECKING:
    from regulars.world.board import Round

SYSTEMS = {"P10": "tests/strategies/test_recovery.py::test_the_ladder"}


class Recovery(Strategy):
    """Complaints wait in a queue until the desk works; a good answer is judged by what the customer expected of it.

    quality of an answer = outcome 2 ** -(days waited / patience) + amends x refund
    satisfaction        += relief g(quality - expected), g(x) = x for x >= 0, disappointment x otherwise
    expected            += learning (quality - expected)

    with an outcome of 1 when the matter was put right and `attention` when the customer was only listened to. The first
    good answer surprises and can leave a customer more satisfied than if nothing had gone wrong (the recovery
    paradox: de Matos, Henrique & Rossi 2007); the second one is what was expected, and does not make up for a second
    failure (Maxham & Netemeyer 2002). Justice of outcome, of procedure (speed) and of treatment, judged against
    expectation: Smith, Bolton & Wagner 1999. What is remembered of the failure itself is up to the customer (`[voice]`).
    Without `[voice]`, everybody whom a purchase leaves below the lower threshold complains.
    """

    class Parameters(ParameterSet):
        """The desk, what it does, and how customers take it."""

        # fmt: off
        ease: float = par(0.0, "logits", "[-50, 50]", "how much easier the firm's channels make complaining (where [voice] is on)", "Fornell & Wernerfelt 1987, J. Marketing Research 24:337-346 (sign)")
        capacity: float = par(10.0, "complaints per day", "[0, 1000000]", "complaints that the desk can answer; 0 for no desk", total=True)
        every: int = par(1, "days", "[1, 366]", "days between two sittings of the desk; the first complaints wait that long")
        order: Literal["first_come", "value"] = par("first_come", "", "", "who is answered first: those who have waited longest, or those who have spent most here lately, as far as known")
        resolution: float = par(0.8, "probability", "[0, 1]", "chance that an answer puts the matter right")
        attention: float = par(0.1, "share of an outcome", "[0, 1]", "worth of being listened to when it does not", "assumption")
        patience: float = par(14.0, "days", "(0, 3660]", "time in which half of the worth of an answer is gone", "source documents, P10 (a fast answer turns a complaint into satisfaction; size assumed)")
        refund: float = par(0.0, "share of the purchase", "[0, 10]", "money given back with every answer")
        paid_as: Literal["cash", "credit"] = par("cash", "", "", "whether that is cash or credit on the store card")
        amends: float = par(0.2, "quality per refund", "[0, 10]", "worth of getting the whole purchase back, where an outcome put right counts 1", "Smith, Bolton & Wagner 1999 (sign)")
        expected: float = par(0.3, "quality", "[0, 2]", "what customers expect of an answer before the first one", "assumption: little")
        learning: float = par(0.8, "", "[0, 1]", "how far one answer moves that expectation", "assumption")
        relief: float = par(0.3, "satisfaction per quality", "[0, 10]", "what an answer better than expected does to satisfaction", "assumption")
        disappointment: float = par(1.0, "", "[0, 10]", "how much more an answer worse than expected weighs", "assumption")
        follow_up: int = par(0, "days", "[0, 366]", "days after the answer when the firm asks whether all is well, and takes up again what is not; 0 for never")
        thanks: float = par(0.03, "satisfaction", "[0, 1]", "what being asked does to those who were helped", "assumption")
        prevention: float = par(0.0, "share of failures", "[0, 1]", "part of the failures still left that the firm learns to prevent from one answered complaint")
        cost: float = par(2.0, "currency per complaint", "[0, inf)", "staff time of an answer, or of asking again")
        desk: float = par(0.0, "currency per day", "[0, inf)", "what the desk costs, busy or not", total=True)
        # fmt: on

    events: ClassVar[tuple[Event, ...]] = (
        Event("answer", "was answered", "days since the complaint, or how well from 0 to 1"),
        Event("resolve", "was helped", "days since the complaint"),
        Event("follow_up", "was asked whether all is well now"),
    )
    state: ClassVar[tuple[State, ...]] = (
        State("since", "f8", "days", "when the open complaint was made", np.inf),
        State("answers", "i4", "answers", "answers so far"),
        State("standard", "f4", "quality", "what the customer expects of an answer"),
        State("helped", "?", "yes/no", "whether the latest answer put the matter right"),
        State("ask", "f8", "days", "when to ask whether all is well", np.inf),
    )
    holdings: ClassVar[tuple[Holding, ...]] = (
        Holding("owed", "currency", "what is to be given back with the answer"),
    )
    off: ClassVar[dict[str, Any]] = {"capacity": 0.0, "ease": 0.0, "desk": 0.0}
    linked: ClassVar[bool] = True  # those who complain make the others wait
    sources: ClassVar[tuple[str, ...]] = (
        "Source documents, P10 (channels, speed of response, sorting, resolution, following up, closing the loop)",
        "Smith, Bolton & Wagner 1999, Journal of Marketing Research 36:356-372 (recovery against expectation)",
        "de Matos, Henrique & Rossi 2007, Journal of Service Research 10(1):60-77 (the recovery paradox)",
        "Maxham & Netemeyer 2002, Journal of Marketing 66(4):57-71 (not after a second failure)",
    )

    def start(self) -> None:
        """Open the channels."""
        rules, firm = self.parameters, self.firm
        self.standard[:] = rules.expected
        firm.relations.invite_complaints(rules.ease)
        self.file = firm.file if rules.order == "value" and rules.capacity > 0 else None

    def feel(self, round: Round) -> None:
        """Take up complaints; customers who have one open already add nothing to it."""
        rows = round.rows(self.firm.index)
        rows = rows[round.complaining[rows]]
        rows = rows[np.isinf(self.since[round.who[rows]])]
        if rows.size:
            who, back = round.who[rows], rounded(self.parameters.refund * round.paid[rows])
            self.since[who], self.ask[who] = round.time[rows], np.inf
            self.owed.empty(who)
            self.owed.add(who, back, round.source[rows])

    def open(self, day: float) -> None:
        """The desk sits on its days: ask those who were answered a while ago, then answer complaints."""
        rules = self.parameters
        if rules.capacity <= 0 or day <= 0 or not turns(day, rules.every):
            return
        self.firm.books.spend(Account.RECOVERY, rules.desk * rules.every)
        self._ask(day)
        waiting = self.queue(day)
        before = math.floor(rules.capacity * (day - rules.every) + NEARLY)
        places = math.floor(rules.capacity * day + NEARLY) - before
        if waiting.size and places:
            self._answer(waiting[:places], day)

    def queue(self, day: float) -> NDArray[np.intp]:
        """Who waits for an answer on `day`, in the order in which they get one."""
        who = np.flatnonzero(self.since < day)
        if self.file is not None:
            return who[np.lexsort((who, self.since[who], -self.file.recent_at(who, day)))]
        return who[np.lexsort((who, self.since[who]))]

    def quality(self, helped: NDArray[Any], waited: NDArray[Any]) -> NDArray[np.float64]:
        """Quality of answers that came after `waited` days: 1 for putting it right at once, without any refund."""
        rules = self.parameters
        outcome = np.where(helped, 1.0, rules.attention)
        return np.asarray(outcome * np.exp2(-waited / rules.patience) + rules.amends * rules.refund)

    def _answer(self, who: NDArray[Any], day: float) -> None:
        rules, firm = self.parameters, self.firm
        helped = firm.chance.uniform(self.purpose("resolve"), who, self.answers[who]) < rules.resolution
        waited = day - self.since[who]
        quality = self.quality(helped, waited)
        surprise = quality - self.standard[who]
        self.standard[who] += rules.learning * surprise
        firm.relations.move_satisfaction(
            who, rules.relief * np.where(surprise >= 0, surprise, rules.disappointment * surprise)
        )
        firm.relations.answer_complaints(who, quality)
        if rules.refund > 0:
            due = who[self.owed.total(who) > 0]
            self.reward(due, self.owed.take(due, self.owed.total(due)), None, day, rules.paid_as)
        self.since[who], self.helped[who] = np.inf, helped
        self.answers[who] += 1
        if rules.follow_up:
            self.ask[who] = day + rules.follow_up
        firm.failure *= (1.0 - rules.prevention) ** who.size
        firm.books.spend(Account.RECOVERY, rules.cost * who.size)
        firm.event("answer", self.title(), who, day, waited)
        firm.event("resolve", self.title(), who[helped], day, waited[helped])

    def _ask(self, day: float) -> None:
        """Following up: thanks from those who were helped; the others are taken up again."""
        rules, firm = self.parameters, self.firm
        who = np.flatnonzero(self.ask <= day)
        if who.size:
            self.ask[who] = np.inf
            firm.books.spend(Account.RECOVERY, rules.cost * who.size)
            firm.event("follow_up", self.title(), who, day)
            helped = self.helped[who]
            firm.relations.move_satisfaction(who[helped], rules.thanks)
            self.since[who[~helped]] = day - rules.every  # answered today, or as soon as there is room
