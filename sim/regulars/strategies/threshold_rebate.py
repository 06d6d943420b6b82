"""Threshold rebate (P1): shop on at least 5 days of a week and get the week's spending back on the store card."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from regulars.ground.parameter import par
from regulars.kit.visit_goal import VisitGoal
from regulars.world.ledger import MILLION

SYSTEMS = {"P1": "tests/strategies/test_visit_goal.py::test_logit_of_hitting_rises_by_the_reward"}


class ThresholdRebate(VisitGoal):
    """Buy on at least `days` days of a window and get back a share of the window's spending, or a fixed amount."""

    class Parameters(VisitGoal.Parameters):
        """The rebate and its goal."""

        # fmt: off
        returns: Literal["share", "amount"] = par("share", "", "", "give back a share of the spending, or a fixed amount")
        rate: float = par(1.0, "share of spending", "[0, 1]", "share of the window's spending given back", "source documents, P1")
        amount: float = par(0.0, "currency", "[0, inf)", "fixed amount given back instead (returns = amount)")
        # fmt: on

    off: ClassVar[dict[str, Any]] = {"rate": 0.0, "amount": 0.0}
    sources: ClassVar[tuple[str, ...]] = (
        "Source documents, P1 (5 of 7 days, 100% as store credit)",
        "Taylor & Neslin 2005, Journal of Retailing 81:293-305 (points pressure)",
    )

    @property
    def grows(self) -> bool:
        """Whether more spending brings more."""
        return self.parameters.returns == "share"

    def felt(self) -> float:
        """A sure rebate feels like what it is."""
        return self.parameters.rate if self.grows else self.parameters.amount

    def prize(self, winners: NDArray[Any], spent: NDArray[np.int64], window: int) -> NDArray[Any]:
        """The same for everybody who reached the goal: a share of the spending, or the amount."""
        rules = self.parameters
        return spent * rules.rate if self.grows else np.full(winners.size, rules.amount * MILLION)
