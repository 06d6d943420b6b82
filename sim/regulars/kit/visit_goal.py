"""A goal of visits: buy here on at least T days of a window of D days, and something is earned.

What is the same whatever is earned: counting visit days and the spending behind them, the pull of progress, and
rewarding at the end of a window those who reached the goal. What customers make of it is in `progress`. The
spending that counts is kept by what earned it, so that each unit of a reward can be attributed to the purchases
behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from regulars.contract.strategy import Holding, State
from regulars.ground.parameter import Problem, par
from regulars.kit.limits import Limited, LimitParameters, enough
from regulars.kit.programme import ProgrammeParameters
from regulars.kit.progress import Progress, pull
from regulars.world.board import Effect
from regulars.world.calendar import DAYS_A_YEAR, turns
from regulars.world.ledger import MILLION, millionths, rounded

if TYPE_CHECKING:
    from regulars.world.board import Round

SEEN = ("coming", "buying", "worth", "discount")


class VisitGoal(Limited):
    """Base of programmes with a goal of visits; a subclass says what the reward feels like and what it comes to."""

    class Parameters(ProgrammeParameters, LimitParameters):
        """The goal, and how a reward is paid."""

        # fmt: off
        days: int = par(5, "days", "[1, 366]", "visit days in a window that reach the goal", "source documents, P1")
        window: int = par(7, "days", "[1, 366]", "length of a window; windows follow the calendar", "source documents, P1")
        counts: Literal["all", "money"] = par("all", "", "", "spending that earns: all of it, or only what is not paid with store credit")
        paid_as: Literal["credit", "cash"] = par("credit", "", "", "store credit or cash", "source documents, P1")
        lapse: float = par(0.0, "days", "[0, 3660]", "days after which credit lapses when no new credit comes; 0 for never")
        # fmt: on

        @model_validator(mode="after")
        def _within_reach(self) -> VisitGoal.Parameters:
            if self.days > self.window:
                raise Problem([(("days",), f"{self.days} visit days do not fit into {self.window} days")])
            return self

    foresees: ClassVar[bool] = True
    holdings: ClassVar[tuple[Holding, ...]] = (
        Holding("spent", "currency", "spending of the window that counts"),
    )
    state: ClassVar[tuple[State, ...]] = (
        State("visits", "i2", "days", "days of this window with a purchase here"),
        State("last_visit", "i4", "day", "latest day with a purchase here", -1),
    )

    @property
    def grows(self) -> bool:
        """Whether the reward grows with the spending of the window."""
        return True

    @property
    def enjoyment(self) -> float:
        """Logits that a visit on the way to the goal is worth by itself."""
        return 0.0

    def felt(self) -> Any:
        """Cash that feels as good as the reward, per customer: a share of the spending, or currency when it is fixed."""
        return 0.0

    def prize(self, winners: NDArray[Any], spent: NDArray[np.int64], window: int) -> NDArray[Any]:
        """Reward of each of `winners`, who spent `spent` (millionths) in window number `window`; millionths."""
        return np.zeros(winners.size)

    def start(self) -> None:
        """Enrol, and let customers look at the goal."""
        super().start()
        self.progress = Progress(self.parameters.days, self.parameters.window, self.grows)
        self.in_hand: NDArray[np.int64] | None = None
        self.look()

    def look(self) -> None:
        """Customers look at their situation anew: how likely they come and buy, and what the reward is worth."""
        c, everyone = self.customers, np.arange(self.customers.count)
        worth = self.firm.baseline.money_weight(everyone) * np.asarray(self.felt(), np.float64)
        if self.grows:
            worth = worth * c.basket * self.firm.price * self._still_earning()
        if self.parameters.paid_as == "credit":
            worth = worth * c.credit_weight
        coming = self.firm.baseline.opportunity_probability(everyone)
        counts = enough(
            c.basket * self.firm.price,
            self.parameters.least,
            self.firm.model.scenario.spec.spending.variation,
        )
        buying = self.firm.baseline.visit_probability(everyone) * counts / np.maximum(coming, 1e-12)
        # present bias: whatever is paid at the end of a window comes later
        self.progress.see(coming, buying, worth * c.present_bias, c.daily_discount.astype(np.float64))

    def _still_earning(self) -> Any:
        """Part of the spending to come that will earn: all of it, or what credit in hand will not pay."""
        if self.parameters.counts == "all" or not self.firm.has_card:
            return 1.0
        a_goal = self.parameters.days * self.customers.basket.astype(np.float64) * self.firm.price
        return np.maximum(1 - self.firm.card.purse.total() / MILLION / np.maximum(a_goal, 1e-12), 0)

    def yearly_benefit(self, customers: NDArray[Any]) -> NDArray[Any]:
        """What a year of the programme is worth to each of `customers`, currency units."""
        a_window = self.progress.whole_window(customers) / np.maximum(
            self.firm.baseline.money_weight(customers), 1e-12
        )
        return a_window * DAYS_A_YEAR / self.parameters.window

    def open(self, day: float) -> None:
        """A window begins."""
        self.limits.open(day)
        if day > 0 and turns(day, self.parameters.window):
            self.look()

    def appeal(self, round: Round) -> None:
        """Progress pulls."""
        rules, seen, c = self.parameters, self.progress, self.customers
        if rules.counts == "money" and self.firm.has_card:
            self.in_hand = self.firm.card.purse.total(round.who)
        pull(
            round.who, round.time, rules.days, rules.window, self.grows, float(self.enjoyment), self.limits.pulled(self.member), self.visits,
            self.last_visit, c.foresight, seen.traits[2], c.daily_discount, *seen.place, seen.table,
            round.column(Effect.APPEAL, self.firm.index),
        )  # fmt: skip

    def settle(self, round: Round) -> None:
        """Count visit days and spending of the members who bought here."""
        self.invite(round)
        rules, rows = self.parameters, round.rows(self.firm.index)
        rows = rows[self.member[round.who[rows]] & (round.paid[rows] >= max(int(millionths(rules.least)), 1))]
        who, today, earning = round.who[rows], np.floor(round.time[rows]), round.paid[rows]
        self.visits[who] += self.last_visit[who] < today
        self.last_visit[who] = today
        if self.grows and self.in_hand is not None:
            earning = earning - np.minimum(self.in_hand[rows], earning)
        self.spent.add(who, earning, round.source[rows])

    def close(self, day: float) -> None:
        """A window ends: reward those who reached the goal, by the purchases that earned it, and begin anew."""
        if not self.window_ends(day):
            return
        rules = self.parameters
        winners = np.flatnonzero(self.visits >= rules.days)
        number = int(day // rules.window)
        amounts = rounded(self.prize(winners, self.spent.total(winners), number))
        some = self.limits.allowed(winners, (amounts > 0).astype(np.int64), day) > 0
        winners, amounts = winners[some], amounts[some]
        if winners.size:
            self.reward(winners, amounts, self.spent, day, rules.paid_as, rules.lapse)
        self.visits[:] = 0
        self.spent.empty()

    def window_ends(self, day: float) -> bool:
        """Whether a window ends with `day`."""
        return turns(day + 1.0, self.parameters.window)

    def save(self) -> dict[str, Any]:
        """Arrays, spending so far and what customers saw when the window began."""
        return {
            **super().save(),
            **dict(zip(SEEN, self.progress.traits, strict=True)),
        }

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take back what `save` gave."""
        super().restore(saved)
        self.progress.see(*(saved[name] for name in SEEN))

    def revise(self) -> None:
        """New rules: customers look again."""
        self.look()
