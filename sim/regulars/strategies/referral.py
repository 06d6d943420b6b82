"""Referral (P12): customers recommend the firm to their friends, for a bonus to both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from regulars.ground import wide
from regulars.ground.parameter import par
from regulars.kit.claw_back import CLAWED, ClawBack, ClawBackParameters
from regulars.kit.recruiting import Recruiting, RecruitingParameters
from regulars.world.board import Effect
from regulars.world.ledger import MILLION, Account, millionths

if TYPE_CHECKING:
    from regulars.world.board import Round

SYSTEMS = {
    "P12": "tests/strategies/test_referral.py::test_recruits_stay_while_their_recruiter_does",
    "M11": "tests/strategies/test_referral.py::test_recommendations_travel_along_ties",
}


class Referral(Recruiting):
    """After a purchase a satisfied customer may recommend the firm to a friend; both get a bonus at the friend's first.

    Chance of recommending = credit x (1 - (1 - willing) exp(-response x bonus)). The part `willing` of it recommends of
    its own accord; those whom the bonus has moved make friends wonder, which uses up credit.
    """

    class Parameters(RecruitingParameters, ClawBackParameters):
        """The bonus, and who recommends."""

        # fmt: off
        bonus: float = par(25.0, "currency", "[0, inf)", "for the recruiter, when the friend buys for the first time", "Schmitt, Skiera & Van den Bulte 2011 (EUR 25)")
        welcome: float = par(0.0, "currency", "[0, inf)", "for the friend, at the first purchase")
        willing: float = par(0.01, "probability per purchase", "[0, 1]", "chance that a satisfied customer recommends without a bonus", "assumption")
        response: float = par(0.002, "per currency unit", "[0, inf)", "how much a bonus adds to it", "assumption")
        satisfied: float = par(0.6, "satisfaction", "[0, 1]", "satisfaction from which on a customer recommends (where experience is on)", "assumption")
        # fmt: on

    remembers: ClassVar[tuple[str, ...]] = ("back",)
    off: ClassVar[dict[str, Any]] = {"bonus": 0.0, "welcome": 0.0, "willing": 0.0}
    sources: ClassVar[tuple[str, ...]] = (
        "Source documents, P12 (customers recruit others for a bonus)",
        "Schmitt, Skiera & Van den Bulte 2011, Journal of Marketing 75(1):46-59 (value of referred customers)",
        "Van den Bulte, Bayer, Skiera & Schmitt 2018, Journal of Marketing Research 55:132-146 (social enrichment)",
        "Verlegh, Ryu, Tuk & Feick 2013, Journal of the Academy of Marketing Science 41:669-682 (a reward makes friends wonder)",
    )

    def start(self) -> None:
        """Those who are customers from the start cannot be recruited."""
        super().start()
        self.back = ClawBack(self.firm, self.parameters.clawback)

    def open(self, day: float) -> None:
        """Bonuses are taken back whose purchase comes back today."""
        super().open(day)
        back = self.back.due(day)
        if back["who"].size:
            lost = wide.totals_by(back["source"], back["amount"], self.firm.model.sources)
            self.firm.books.reward(self.title(), Account.CASH, [-amount for amount in lost])
            self.firm.event(CLAWED, self.title(), back["who"], day, back["amount"] / MILLION)

    def ready(self, customers: NDArray[Any], time: Any) -> NDArray[np.float64]:
        """How ready each of `customers` is to speak up: credit, or 0 for those who are not satisfied."""
        ready = self.credit(customers, time)
        if self.customers.has("satisfaction"):
            ready *= self.customers.satisfaction[customers, self.firm.index] >= self.parameters.satisfied
        return ready

    def appeal(self, round: Round) -> None:
        """A recommendation pulls, and a welcome awaits those who come by it."""
        super().appeal(round)
        if self.parameters.welcome:
            rows = np.flatnonzero(self.invited(round.who, round.time))
            if rows.size:
                round.column(Effect.MONEY_OFF, self.firm.index)[rows] += self.parameters.welcome

    def feel(self, round: Round) -> None:
        """Pay for those who were brought; let the satisfied recommend."""
        rules = self.parameters
        rows, new = self.recruit(round)
        if rules.bonus:
            self.back.note(
                round, *self.pay(round, new, self.recruiter[round.who[new]], millionths(rules.bonus))
            )
        who, time, occasion = round.who[rows], round.time[rows], round.occasion[rows]
        u, ready = self.firm.chance.uniform(self.purpose("recommend"), who, occasion), self.ready(who, time)
        speaks = u < ready * (1.0 - (1.0 - rules.willing) * np.exp(-rules.response * rules.bonus))
        if speaks.any():
            moved = u >= ready * rules.willing  # by the bonus
            self.recommend(who[speaks], occasion[speaks], time[speaks], moved[speaks])
