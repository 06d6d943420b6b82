"""Personal service (P5): find those who buy more than half of their needs here, learn their tastes, serve them first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from regulars.contract.strategy import State
from regulars.ground.parameter import par
from regulars.kit.programme import Programme, ProgrammeParameters
from regulars.world.board import Effect
from regulars.world.calendar import DAYS_A_YEAR, turns
from regulars.world.ledger import MILLION, Account

if TYPE_CHECKING:
    from regulars.world.board import Round

SYSTEMS = {"P5": "tests/strategies/test_personal_service.py::test_offers_that_fit_pull_by_what_is_known"}


class PersonalService(Programme):
    """Regulars, found by what they spent here since the last review, are offered what fits their taste.

    Knowledge k of a regular's taste grows by `learning` (1 - k) with each purchase and fades with time; where the firm
    runs an information system (P23), each purchase tells so many times more. The offers that fit pull by fit_gain k
    logits, and every served visit is the better experience that it costs staff to give. The firm sees its own till
    only: who shows no card is never found, and spending elsewhere is not known.
    """

    class Parameters(ProgrammeParameters):
        """Whom to serve, how tastes are learnt, and what service does and costs."""

        # fmt: off
        budget: float = par(10000.0, "currency per year", "(0, inf)", "what a customer of this kind spends in a year, wherever", "source documents, P5")
        share: float = par(0.5, "share of budget", "[0, 1]", "part of the budget that must be spent here to be a regular", "source documents, P5")
        review: int = par(91, "days", "[1, 3660]", "days between reviews; each looks at the spending since the one before")
        learning: float = par(0.1, "share of what is unknown", "[0, 1]", "what one purchase tells of the taste of a regular", "assumption")
        forgetting: float = par(0.5, "per year", "[0, inf)", "rate at which knowledge of a taste fades without purchases", "assumption")
        fit_gain: float = par(0.3, "logits", "[0, 10]", "pull of offers that fit, at full knowledge", "assumption")
        service: float = par(0.1, "performance", "[0, 10]", "how much better a served visit is (acts where experience is on)", "assumption")
        visit_cost: float = par(1.0, "currency per visit", "[0, inf)", "staff time of a served visit", "assumption")
        # fmt: on

    state: ClassVar[tuple[State, ...]] = (
        State("spent", "i8", "millionths of the currency unit", "spending here since the last review"),
        State("regular", "?", "yes/no", "served since the last review"),
        State("knowledge", "f4", "0..1", "how well the taste was known after the latest served visit"),
        State("learnt", "f4", "days", "when that visit was"),
    )
    off: ClassVar[dict[str, Any]] = {"fit_gain": 0.0, "service": 0.0, "visit_cost": 0.0}
    sources: ClassVar[tuple[str, ...]] = (
        "Source documents, P5 (more than 5,000 of the 10,000 that a household spends a year)",
        "Gwinner, Gremler & Bitner 1998, Journal of the Academy of Marketing Science 26:101-114 (special treatment)",
    )

    def open(self, day: float) -> None:
        """Review: who spent more than the share of the budget since the last one is served until the next one."""
        rules = self.parameters
        if day > 0 and turns(day, rules.review):
            enough = rules.share * rules.budget * rules.review / DAYS_A_YEAR * MILLION
            self.regular[:] = self.member & (self.spent > enough)
            self.spent[:] = 0

    def known(self, customers: NDArray[Any], time: NDArray[Any]) -> NDArray[Any]:
        """How well the tastes of `customers` are known at `time` (days), 0..1."""
        away = time - self.learnt[customers]
        return self.knowledge[customers] * np.exp(-self.parameters.forgetting / DAYS_A_YEAR * away)

    def appeal(self, round: Round) -> None:
        """Offers that fit, and better service, for regulars."""
        rows, firm, rules = np.flatnonzero(self.regular[round.who]), self.firm.index, self.parameters
        if rows.size:
            known = self.known(round.who[rows], round.time[rows])
            round.column(Effect.APPEAL, firm)[rows] += rules.fit_gain * known
            round.column(Effect.SERVICE, firm)[rows] += rules.service

    def settle(self, round: Round) -> None:
        """Note what members spend; learn from the visits of regulars, at the cost of staff."""
        self.invite(round)
        rows = round.rows(self.firm.index)
        rows = rows[self.member[round.who[rows]]]
        who = round.who[rows]
        self.spent[who] += round.paid[rows]
        served = self.regular[who]
        who, time = who[served], round.time[rows[served]]
        if who.size:
            before = self.known(who, time)
            learning = min(self.parameters.learning * self.firm.insight, 1.0)
            self.knowledge[who] = before + learning * (1 - before)
            self.learnt[who] = time
            self.firm.books.spend(Account.STAFF, np.full(who.size, self.parameters.visit_cost))

    def yearly_benefit(self, customers: NDArray[Any]) -> NDArray[Any]:
        """What a year of service is worth to those who would be regulars, currency units."""
        rules, firm = self.parameters, self.firm
        spending = firm.baseline.spending_rate(customers) * DAYS_A_YEAR
        visits = DAYS_A_YEAR * self.customers.rate[customers] * firm.baseline.purchase_probability(customers)
        worth = visits * rules.fit_gain / np.maximum(firm.baseline.money_weight(customers), 1e-12)
        return np.where(spending > rules.share * rules.budget, worth, 0.0)
