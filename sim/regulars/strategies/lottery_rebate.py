"""Lottery rebate (P2): customers who reach the goal of visits enter a weekly draw that returns the spending in cash."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from regulars.behavior.prospect import Frame, certainty_equivalent
from regulars.ground.parameter import Problem, par
from regulars.kit.visit_goal import VisitGoal
from regulars.world.ledger import Account

SYSTEMS = {
    "P2": "tests/strategies/test_lottery_rebate.py::test_a_chance_of_paying_nothing_beats_the_same_money_off",
}


class LotteryRebate(VisitGoal):
    """Buy on at least `days` days of a window and enter a draw for prizes that return shares of the window's spending.

    With the frame `expected` choices are exactly those of the sure rebate with the same expected return.
    """

    class Parameters(VisitGoal.Parameters):
        """The draw, and how it is felt."""

        # fmt: off
        chances: tuple[float, ...] = par((0.02, 0.06, 0.15), "probability", "[0, 1]", "an entrant's chance of each prize; the rest wins nothing", "assumption: each prize costs 3% of entrants' spending, the first 2%")
        returns: tuple[float, ...] = par((1.0, 0.5, 0.2), "share of spending", "[0, 1]", "what each prize returns of the window's spending", "source documents, P2")
        frame: Frame = par("expected", "", "", "how a chance is felt: its expected value, a gain, or a chance of a lower price", "Mazar, Shampanier & Ariely 2017")
        enjoyment: float = par(0.0, "logits", "[0, 10]", "pleasure of each visit on the way to a draw, whatever it brings", "Shen, Fishbach & Hsee 2015")
        staging: float = par(0.0, "currency per window", "[0, inf)", "cost of staging the draw loudly", total=True)
        paid_as: Literal["credit", "cash"] = par("cash", "", "", "store credit or cash", "source documents, P2")
        # fmt: on

        @model_validator(mode="after")
        def _a_draw(self) -> LotteryRebate.Parameters:
            if len(self.chances) != len(self.returns):
                text = f"{len(self.chances)} chances for {len(self.returns)} returns: each prize needs one of both"
                raise Problem([(("chances",), text)])
            if sum(self.chances) > 1 + 1e-9:
                raise Problem([(("chances",), f"they add up to {sum(self.chances):g}, above 1")])
            return self

    off: ClassVar[dict[str, Any]] = {"chances": (0.0, 0.0, 0.0), "enjoyment": 0.0, "staging": 0.0}
    sources: ClassVar[tuple[str, ...]] = (
        "Source documents, P2 (weekly draw in cash, prizes of 100, 50 and 20%)",
        "Mazar, Shampanier & Ariely 2017, Management Science 63(1):250-266 (the price frame)",
        "Tversky & Kahneman 1992, Journal of Risk and Uncertainty 5:297-323 (value and weight of chances)",
        "Shen, Fishbach & Hsee 2015, Journal of Consumer Research 41:1301-1315 (enjoying uncertainty)",
    )

    @property
    def enjoyment(self) -> float:
        """Logits that a visit on the way to a draw is worth by itself."""
        return self.parameters.enjoyment

    def felt(self) -> NDArray[Any]:
        """The sure rebate that would feel as good, one per customer."""
        draw, c = self.parameters, self.customers
        return certainty_equivalent(
            draw.frame, draw.chances, draw.returns, c.value_curvature, c.probability_weighting
        )

    def prize(self, winners: NDArray[Any], spent: NDArray[np.int64], window: int) -> NDArray[Any]:
        """Draw a prize for each entrant, by customer and window."""
        luck = self.firm.chance.uniform(self.purpose("draw"), winners, window)
        prize = np.digitize(luck, np.cumsum(self.parameters.chances))
        return spent * np.append(self.parameters.returns, 0.0)[prize]

    def close(self, day: float) -> None:
        """Stage the draw when a window ends."""
        if self.window_ends(day):
            self.firm.books.spend(Account.COMMUNICATION, self.parameters.staging)
        super().close(day)
