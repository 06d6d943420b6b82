"""Whom to satisfy (P21): everybody, those worth something, those worth most, or what matters most to these."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from regulars.contract.aim import Aimed
from regulars.contract.strategy import State, Strategy
from regulars.ground import wide
from regulars.ground.parameter import par
from regulars.world.board import Effect
from regulars.world.calendar import due
from regulars.world.events import Event
from regulars.world.ledger import Account, millionths
from regulars.world.ports import ServingCost

if TYPE_CHECKING:
    from regulars.world.board import Round

SYSTEMS = {"P21": "tests/strategies/test_focus.py::test_the_same_effort_on_fewer_goes_further"}


class Focus(Strategy):
    """Spend a given effort a day on the visits of an audience: the smaller it is, the more for each of its visits.

    Effort e (currency) on a visit improves it by gain x sqrt(e) x w, with w the customer's weight for service over the
    mean one (1 where all weigh it alike): the first unit does most. At every review the effort of a day is divided by
    the visits that the audience has made on a day since the one before, evenly, or with `key_factors` where it matters:
    the best division of a sum under a square root is by w squared, as far as w is known, 1 + knowledge x (w - 1). Known
    customers whose margin so far does not cover what they cost to serve are refused after `patience` purchases.
    """

    class Parameters(Aimed):
        """Whom, how much, and whom not."""

        # fmt: off
        audience: str = par("everybody", "", "", "whom to satisfy: see docs/reference/audiences.md", "source documents, P21")
        effort: float = par(50.0, "currency per day", "[0, inf)", "effort to be spent on better visits", total=True)
        gain: float = par(0.1, "performance", "[0, 10]", "how much better a visit is with one currency unit of effort")
        pull: float = par(0.0, "logits per performance", "[0, 50]", "pull of a better visit that is known beforehand")
        key_factors: bool = par(False, "", "", "whether the effort goes to what matters to each customer, as far as that is known")
        review: float = par(28.0, "days", "(0, 3660]", "time between two looks at who is in the audience, and at whom not to serve")
        refuse: bool = par(False, "", "", "whether customers not worth having are refused", "source documents, P21 (the customer is not always king)")
        patience: int = par(5, "purchases", "[1, 1000000]", "purchases seen before anybody is refused")
        # fmt: on

    events: ClassVar[tuple[Event, ...]] = (Event("refuse", "is not served any more"),)
    state: ClassVar[tuple[State, ...]] = (
        State("care", "f4", "currency per visit", "effort spent on each visit since the latest look"),
        State("came", "i4", "purchases", "purchases since the latest look"),
        State("margin", "i8", "millionths of the currency unit", "margin of the purchases seen so far"),
        State("seen", "i4", "purchases", "purchases seen so far"),
        State("refused", "?", "yes/no", "is not served any more"),
    )
    remembers: ClassVar[tuple[str, ...]] = ("next",)
    linked: ClassVar[bool] = True  # the effort is shared
    off: ClassVar[dict[str, Any]] = {"effort": 0.0, "refuse": False}
    sources: ClassVar[tuple[str, ...]] = (
        "Source documents, P21 (from all customers to the key factors of the most valuable ones)",
        "Homburg, Droll & Totzek 2008, Journal of Marketing 72(5):110-130 (customer prioritisation)",
    )

    def start(self) -> None:
        """The first look is on the first day, when nobody has come yet."""
        self.next = np.zeros(1)
        weights = self.customers.columns.get("service_weight", np.ones(1)).astype(np.float64)
        weights = np.broadcast_to(weights, (self.customers.count,))
        mean = float(weights.mean())
        self.matters = weights / mean if mean > 0 else np.ones(weights.size)

    def open(self, day: float) -> None:
        """Look who is in the audience, how often it comes, and who is not worth having."""
        if due(self.next, day, self.parameters.review):
            if self.parameters.effort:
                self._divide(day)
            if self.parameters.refuse:
                self._refuse(day)

    def _divide(self, day: float) -> None:
        """Divide the effort of a day among the visits that the audience makes; no visit gets more than all of it."""
        rules = self.parameters
        weights = self.firm.audience(rules.audience, day) * self._known(day) ** 2
        visits = self.came * (weights > 0)
        total = float(visits @ weights)
        daily = max(float(visits.sum()) / rules.review, 1.0)
        self.care[:] = rules.effort / daily * weights * (visits.sum() / total) if total > 0 else 0.0
        self.came[:] = 0

    def _known(self, day: float) -> NDArray[np.float64]:
        """What service is thought to matter to each customer, 1 on the mean."""
        if not self.parameters.key_factors:
            return np.ones(self.customers.count)
        everyone = np.arange(self.customers.count)
        return 1.0 + self.firm.file.knowledge_at(everyone, day) * (self.matters - 1.0)

    def _refuse(self, day: float) -> None:
        """Customers who have cost more than they brought, over enough purchases, are no longer served."""
        costs = millionths(self.firm.port(ServingCost).cost() * self.seen)
        bad = (self.seen >= self.parameters.patience) & (self.margin < costs) & ~self.refused
        self.refused[bad] = True
        self.firm.event("refuse", self.title(), np.flatnonzero(bad), day)

    def better(self, customers: NDArray[Any]) -> NDArray[np.float64]:
        """How much better a visit of each of `customers` is now, performance."""
        effort = self.care[customers].astype(np.float64)
        return np.asarray(self.parameters.gain * np.sqrt(effort) * self.matters[customers])

    def appeal(self, round: Round) -> None:
        """Better visits for the audience; the refused are not served, as far as they are recognised."""
        rules, f = self.parameters, self.firm.index
        if rules.effort:
            better = self.better(round.who)
            round.column(Effect.SERVICE, f)[:] += better
            if rules.pull:
                round.column(Effect.APPEAL, f)[:] += rules.pull * better
        if rules.refuse:
            rows = np.flatnonzero(self.refused[round.who])
            rows = rows[self.firm.identifies(round.who[rows])]
            if rows.size:
                round.column(Effect.BLOCKED, f)[rows] = 1.0

    def settle(self, round: Round) -> None:
        """The effort is paid for, visits are counted, and known customers' margins added up."""
        rows = round.rows(self.firm.index)
        who = round.who[rows]
        self.came[who] += 1
        self.firm.books.post(Account.STAFF, Account.CASH, wide.total(millionths(self.care[who])))
        known = self.firm.identifies(who)
        rows, who = rows[known], who[known]
        self.margin[who] += round.paid[rows] - round.cost[rows]
        self.seen[who] += 1
