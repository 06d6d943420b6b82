"""Stock (P20): hold more of what sells, so that fewer customers stand before an empty shelf."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from regulars.contract.strategy import Strategy
from regulars.ground import wide
from regulars.ground.parameter import ParameterSet, par
from regulars.kit import newsvendor
from regulars.world.calendar import turns
from regulars.world.ledger import MILLION, Account, millionths

if TYPE_CHECKING:
    from regulars.world.board import Board, Round

SYSTEMS = {
    "P20": "tests/strategies/test_stock.py::test_more_stock_never_loses_sales",
    "M16": "tests/strategies/test_stock.py::test_the_best_stock_lies_at_the_critical_fractile",
}
DAYS, UNITS, SQUARES, THERE = range(4)  # of the tally
LEFT, EXTRA = range(2)  # of the plan


class Stock(Strategy):
    """Hold more safety stock than the firm's declared availability implies, judged by the demand seen at its own till.

    At each review the firm takes mean and standard deviation of its daily sales, made up for what was out of stock,
    reads off the safety stock that its availability means, and adds to it. What is left over costs money every day.
    The first period before a review passes without: nothing is known yet.
    """

    class Parameters(ParameterSet):
        """How much to hold, and what it costs."""

        # fmt: off
        rule: Literal["fixed", "newsvendor"] = par("fixed", "", "", "add a fixed safety stock, or go up to the critical fractile", "Arrow, Harris & Marschak 1951")
        safety: float = par(1.0, "standard deviations of daily demand", "[0, 10]", "safety stock added (fixed only)")
        holding: float = par(0.01, "currency per unit and day", "[0, inf)", "cost of holding a unit left over", "assumption")
        waste: float = par(0.0, "share per day", "[0, 1]", "part of what is left over that spoils, at the cost of goods", "assumption")
        review: int = par(28, "days", "[2, 3660]", "days between looks at the till")
        # fmt: on

    off: ClassVar[dict[str, Any]] = {"rule": "fixed", "safety": 0.0}
    linked: ClassVar[bool] = True  # what is there for one customer depends on what all buy
    remembers: ClassVar[tuple[str, ...]] = ("today", "tally", "plan")
    sources: ClassVar[tuple[str, ...]] = (
        "Source documents, P20 (availability)",
        "Arrow, Harris & Marschak 1951, Econometrica 19:250-272 (critical fractile)",
        "Anderson, Fitzsimons & Simester 2006, Management Science 52:1751-1763 (what an empty shelf costs)",
    )

    def __init__(self, firm: Any, parameters: ParameterSet) -> None:
        super().__init__(firm, parameters)
        self.today = wide.words(1)  # units sold today, millionths
        self.tally = np.zeros(4)  # since the last review: days, units, squares of units, availability
        self.plan = np.array([1.0, 0.0])  # share of the empty shelves that are left; units held on top
        self.declared = firm.availability

    def open(self, day: float) -> None:
        """Review: how much more to hold until the next one."""
        if day > 0 and turns(day, self.parameters.review):
            self._review()
            self.tally[:] = 0.0

    def _review(self) -> None:
        """Set the plan by the tally, when there has been any demand that varies."""
        rules, firm, (days, units, squares, there) = self.parameters, self.firm, self.tally
        variance = (squares - units * units / days) / (days - 1) if days > 1 else 0.0
        short = 1.0 - firm.availability
        if variance <= 0 or there <= 0 or short <= 0:
            return
        mean, sd = units / there, math.sqrt(variance) * days / there
        now = newsvendor.safety_of(short * mean / sd)
        if rules.rule == "fixed":
            wanted = now + rules.safety
        else:
            wanted = max(newsvendor.best_safety(firm.price - firm.cost, self._unit_cost()), now)
        self.plan[LEFT] = min(newsvendor.loss(wanted) / newsvendor.loss(now), 1.0) if wanted > now else 1.0
        self.plan[EXTRA] = sd * (newsvendor.left_over(wanted) - newsvendor.left_over(now))

    def _unit_cost(self) -> float:
        """What a unit left over costs, currency per day."""
        return float(self.parameters.holding + self.parameters.waste * self.firm.cost)

    def offer(self, board: Board, day: float) -> None:
        """Fewer shelves are empty today."""
        self.declared = self.firm.availability
        self.firm.availability = 1.0 - (1.0 - self.declared) * self.plan[LEFT]

    def settle(self, round: Round) -> None:
        """Count what is sold."""
        wide.add(self.today, 0, wide.total(millionths(round.quantity[round.rows(self.firm.index)])))

    def close(self, day: float) -> None:
        """Enter the day into the tally, and pay for what is left over."""
        units = wide.listed(self.today)[0] / MILLION
        self.tally += (1.0, units, units * units, self.firm.availability)
        self.today[:] = 0
        self.firm.books.spend(Account.OVERHEAD, self.plan[EXTRA] * self._unit_cost())
        self.firm.availability = self.declared
