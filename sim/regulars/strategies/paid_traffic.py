"""Paid traffic (M14, X5): bid for the visitors that a platform sells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from regulars.contract.strategy import Strategy
from regulars.ground.parameter import ParameterSet, par
from regulars.world.calendar import turns
from regulars.world.ports import PaidVisitors

if TYPE_CHECKING:
    from regulars.world.board import Board

SYSTEMS = {
    "M14": "tests/strategies/test_paid_traffic.py::test_winning_a_customer_costs_more_than_keeping_one"
}
LEAST = 1.0 / 64.0  # of the budget: a firm that never bids would never learn that clicks have become cheaper


class PaidTraffic(Strategy):
    """Offer a budget a day for clicks, or less while a new customer costs more than one is worth.

    At each review the firm compares what it paid since the last one with the number of new customers that the
    platform reports: above the limit it halves its bid, below it doubles it, up to the budget.
    """

    class Parameters(ParameterSet):
        """What to offer."""

        # fmt: off
        budget: float = par(20.0, "currency per day", "[0, inf)", "offered for clicks", total=True)
        limit: float = par(0.0, "currency per new customer", "[0, inf)", "most that a new customer may cost; 0 for no limit")
        review: int = par(28, "days", "[1, 3660]", "days between looks at what a new customer costs")
        # fmt: on

    off: ClassVar[dict[str, Any]] = {"budget": 0.0}
    linked: ClassVar[bool] = True  # a visitor who is shown one firm was not shown another
    remembers: ClassVar[tuple[str, ...]] = ("bid", "seen")
    sources: ClassVar[tuple[str, ...]] = (
        "Source documents, M14 and X5 (shops on a marketplace buy traffic for years and keep no customer)",
        "Varian 2007, International Journal of Industrial Organization 25:1163-1178 (auctions of advertisement)",
        "Reinartz, Thomas & Kumar 2005, Journal of Marketing 69(1):63-79 (acquisition and retention)",
    )

    @classmethod
    def misfits(cls, parameters: Any, spec: Any) -> list[tuple[str, str]]:
        """Somebody must sell visitors."""
        return [] if "platform" in spec.on else [("", "nobody sells visitors here: set platform.on = true")]

    def __init__(self, firm: Any, parameters: ParameterSet) -> None:
        super().__init__(firm, parameters)
        self.bid = np.ones(1)  # share of the budget that is offered
        self.seen = np.zeros(2)  # money spent and customers won up to the last review

    def open(self, day: float) -> None:
        """Review: what has a new customer cost?"""
        rules, platform = self.parameters, self.firm.port(PaidVisitors)
        if rules.limit == 0 or day == 0 or not turns(day, rules.review):
            return
        now = np.array([platform.spent[self.firm.index], platform.won[self.firm.index]])
        spent, won = now - self.seen
        self.seen[:] = now
        if spent > 0:
            dear = spent > rules.limit * won
            self.bid[0] = max(self.bid[0] / 2, LEAST) if dear else min(self.bid[0] * 2, 1.0)

    def offer(self, board: Board, day: float) -> None:
        """Put the bid on the board, for the platform to sell."""
        board.bids[self.firm.index] += self.parameters.budget * self.bid[0]
