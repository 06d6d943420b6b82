"""Cumulative discount (P14): the more a customer has spent here so far, the less everything costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from regulars.contract.strategy import Holding, State
from regulars.ground.parameter import Problem, par
from regulars.kit.programme import Programme, ProgrammeParameters
from regulars.world.board import Effect
from regulars.world.calendar import DAYS_A_YEAR
from regulars.world.ledger import MILLION

if TYPE_CHECKING:
    from regulars.world.board import Round

SYSTEMS = {"P14": "tests/strategies/test_cumulative_discount.py::test_the_discount_grows_with_spending"}
STEPS = ((500.0, 0.02), (1500.0, 0.04), (4000.0, 0.07))


class CumulativeDiscount(Programme):
    """The discount rises by steps with all that a member has spent here, and is kept for good.

    At their usual pace here (currency per day) members reach the next step in w days. A purchase of a mean basket now
    means w' days instead, and what it brings forward is the step's extra discount on the spending of the days between
    them: extra * pace * integral of delta ** t from w' to w, for days within the horizon. That pulls, by the worth of
    money, present bias and foresight. So the pull grows toward a step, never exceeds the extra discount on what is
    missing, and is the extra discount on one basket for those who do not discount.
    """

    class Parameters(ProgrammeParameters):
        """Steps, and how far members look ahead."""

        # fmt: off
        steps: tuple[tuple[float, float], ...] = par(STEPS, "(currency, share of list price)", "", "from which spending on which discount holds", "source documents, P14 (sizes assumed)")
        horizon: float = par(364.0, "days", "(0, 36525]", "how far a member looks ahead", "assumption")
        # fmt: on

        @model_validator(mode="after")
        def _rise(self) -> CumulativeDiscount.Parameters:
            wrong, before = [], (0.0, 0.0)
            for k, (spent, share) in enumerate(self.steps):
                told = ""
                if not spent > before[0]:
                    told = f"{spent:g} will not do: spending (currency) must rise from step to step, above {before[0]:g}"
                elif not before[1] <= share < 1.0:
                    told = f"{share:g} will not do: the discount (share of list price) must be in [{before[1]:g}, 1)"
                if told:
                    wrong.append((("steps", k), told))
                before = spent, share
            if wrong:
                raise Problem(wrong)
            return self

    foresees: ClassVar[bool] = True
    state: ClassVar[tuple[State, ...]] = (
        State("spent", "i8", "millionths of the currency unit", "all that the member has spent here"),
    )
    holdings: ClassVar[tuple[Holding, ...]] = (
        Holding("reached", "currency", "spending that has reached the step"),
    )
    earned_by: ClassVar[str] = "reached"
    off: ClassVar[dict[str, Any]] = {"steps": ()}
    sources: ClassVar[tuple[str, ...]] = (
        "Source documents, P14 (a discount that grows with cumulated spending)",
        "Hartmann & Viard 2008, Quantitative Marketing and Economics 6:109-137 (progress and switching cost)",
        "Kivetz, Urminsky & Zheng 2006, Journal of Marketing Research 43:39-58 (goal gradient)",
    )

    def start(self) -> None:
        """Enrol; lay the steps out."""
        super().start()
        self.revise()

    def revise(self) -> None:
        """Lay the steps out."""
        steps = self.parameters.steps
        self.thresholds = np.rint(np.array([spent for spent, _ in steps]) * MILLION)
        self.discounts = np.array([0.0, *(share for _, share in steps)])

    def step_of(self, spent: NDArray[Any]) -> NDArray[np.intp]:
        """Step that is reached with `spent` (millionths of the currency unit); 0 for none."""
        return np.searchsorted(self.thresholds, spent, side="right")

    def progress(self, members: NDArray[Any]) -> NDArray[np.float64]:
        """What a purchase now does to the discounts to come, logits, for each of `members`."""
        c, firm, out = self.customers, self.firm, np.zeros(members.size)
        step = self.step_of(self.spent[members])
        onward = np.flatnonzero(step < self.thresholds.size)
        who, step = members[onward], step[onward]
        pace = np.maximum(firm.baseline.spending_rate(who), 1e-12)
        left = (self.thresholds[step] - self.spent[who]) / MILLION
        basket = c.basket[who] * firm.price
        horizon = self.parameters.horizon
        later = np.minimum(left / pace, horizon)
        sooner = np.minimum(np.maximum(left - basket, 0.0) / pace, horizon)
        days = discounted_days(sooner, later, c.daily_discount[who])
        gain = (self.discounts[step + 1] - self.discounts[step]) * pace * days
        out[onward] = c.foresight[who] * c.present_bias[who] * firm.baseline.money_weight(who) * gain
        return out

    def appeal(self, round: Round) -> None:
        """The discount reached, and the way to the next one."""
        rows, f = np.flatnonzero(self.member[round.who]), self.firm.index
        if rows.size and self.thresholds.size:
            who = round.who[rows]
            round.column(Effect.PRICE_FACTOR, f)[rows] *= 1.0 - self.discounts[self.step_of(self.spent[who])]
            round.column(Effect.APPEAL, f)[rows] += self.progress(who)

    def settle(self, round: Round) -> None:
        """Spending counts."""
        self.invite(round)
        rows = round.rows(self.firm.index)
        rows = rows[self.member[round.who[rows]]]
        self.spent[round.who[rows]] += round.paid[rows]
        self.reached.add(round.who[rows], round.paid[rows], round.source[rows])

    def yearly_benefit(self, customers: NDArray[Any]) -> NDArray[Any]:
        """What the step that a year's spending reaches saves in a year, currency units."""
        yearly = self.firm.baseline.spending_rate(customers) * DAYS_A_YEAR
        return np.asarray(self.discounts[self.step_of(yearly * MILLION)] * yearly)


def discounted_days(
    start: NDArray[Any], end: NDArray[Any], daily_discount: NDArray[Any]
) -> NDArray[np.float64]:
    """Days between `start` and `end`, each as much as it is worth now: the integral of daily_discount ** t."""
    rate = -np.log(daily_discount.astype(np.float64))
    patient = rate < 1e-12
    rate = np.where(patient, 1.0, rate)
    return np.where(patient, end - start, (np.exp(-rate * start) - np.exp(-rate * end)) / rate)
