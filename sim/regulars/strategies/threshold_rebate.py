"""Threshold rebate (P1): shop on at least 5 days of a week and get the week's spending back on the store card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from regulars.behavior.visit_goal import STATE, VisitGoal
from regulars.ground.parameter import par
from regulars.world.ledger import MILLION
from regulars.world.programme import Programme, ProgrammeParameters
from regulars.world.strategy import State

if TYPE_CHECKING:
    from regulars.world.board import Round

YEAR = 365.25


class ThresholdRebate(Programme):
    """Buy on at least `days` days of a window and get a share of its spending, or a fixed amount, back."""

    class Parameters(ProgrammeParameters):
        """The rebate and its goal."""

        days: int = par(5, "days", "[1, 366]", "visit days in a window that earn the rebate", "source documents, P1")
        window: int = par(7, "days", "[1, 366]", "length of a window; windows follow the calendar", "source documents, P1")
        returns: Literal["share", "amount"] = par("share", "", "", "give back a share of the spending, or a fixed amount")
        rate: float = par(1.0, "share of spending", "[0, 1]", "share of the window's spending given back", "source documents, P1")
        amount: float = par(0.0, "currency", "[0, inf)", "fixed amount given back instead (returns = amount)")
        paid_as: Literal["credit", "cash"] = par("credit", "", "", "store credit or cash", "source documents, P1")
        lapse: float = par(0.0, "days", "[0, 3660]", "days after which credit lapses when no new credit comes; 0 for never")

    state: ClassVar[tuple[State, ...]] = STATE
    off: ClassVar[dict[str, Any]] = {"rate": 0.0, "amount": 0.0}
    clock: ClassVar[tuple[str, ...]] = ("window",)
    sources: ClassVar[tuple[str, ...]] = (
        "Source documents, P1 (5 of 7 days, 100% as store credit)",
        "Taylor & Neslin 2005, Journal of Retailing 81:293-305 (points pressure)",
    )

    def start(self) -> None:
        """Prepare the goal."""
        super().start()
        rules = self.parameters
        self.goal = VisitGoal(self.firm, self.arrays, rules.days, rules.window, rules.returns == "share")
        self.value()

    def value(self) -> None:
        """Tell customers, in logits, what a unit of reward is worth to them."""
        c, rules = self.customers, self.parameters
        unit = rules.amount if rules.returns == "amount" else rules.rate * c.basket * self.firm.price
        card = c.credit_weight if rules.paid_as == "credit" else 1.0
        self.goal.value(self.firm.money_weight(slice(None)) * unit * card * c.present_bias)

    def yearly_benefit(self, customers: NDArray[Any]) -> NDArray[Any]:
        """What a year of the rebate is worth to each of `customers`, currency units."""
        weight = np.maximum(self.firm.money_weight(customers), 1e-12)
        return self.goal.whole_window(customers) / weight * YEAR / self.parameters.window

    def open(self, day: float) -> None:
        """Customers look at their situation anew when a window begins."""
        if day % self.parameters.window == 0 and day > 0:
            self.value()

    def appeal(self, round: Round) -> None:
        """Progress toward the rebate pulls."""
        self.goal.appeal(round)

    def settle(self, round: Round) -> None:
        """Count visits and spending."""
        self.invite(round)
        self.goal.settle(round)

    def close(self, day: float) -> None:
        """Pay out when the window ends."""
        if not self.goal.ends(day, self.firm.tick):
            return
        winners = self.goal.reached()
        if winners.size:
            self.pay(winners, day)
        self.goal.restart()

    def pay(self, winners: NDArray[Any], day: float) -> None:
        """Give the winners their rebate, attributed to the purchases that earned it."""
        rules, spent = self.parameters, self.goal.spent
        if rules.returns == "share":
            amounts = np.rint(spent.total(winners) * rules.rate).astype(np.int64)
        else:
            amounts = np.full(winners.size, round(rules.amount * MILLION), np.int64)
        by_source = spent.shares(winners, amounts)
        self.firm.give(self.title(), rules.paid_as, winners, by_source, day, rules.lapse)

    def save(self) -> dict[str, Any]:
        """Arrays and the goal."""
        return {**super().save(), **self.goal.save()}

    def restore(self, saved: dict[str, Any]) -> None:
        """Take back what `save` gave."""
        super().restore(saved)
        self.goal.restore(saved)
