"""Commission selling (P12): customers become sellers among their friends and earn on what these buy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from regulars.contract.strategy import State
from regulars.ground.parameter import par
from regulars.kit.recruiting import NOBODY, Recruiting, RecruitingParameters
from regulars.world.ledger import rounded

if TYPE_CHECKING:
    from regulars.world.board import Round

SYSTEMS = {"P12": "tests/strategies/test_commission.py::test_sellers_run_out_of_friends_and_credit"}


class Commission(Recruiting):
    """Some buyers become sellers: they pitch to a friend every now and then and earn a share of what recruits buy.

    A recruit may become a seller in turn, and the commission goes up `levels` of recruiters, each getting `pass_up` of
    the level below. A buyer becomes a seller with probability 1 - exp(-response x sum of the commissions of all levels).
    Every pitch uses up credit, and nobody has more than so many friends: growth ends unless the product itself brings
    people back. A purchase that disappoints a recruit costs the seller credit besides.
    """

    class Parameters(RecruitingParameters):
        """Who sells, how often, and for what."""

        # fmt: off
        rate: float = par(0.1, "share of spending", "[0, 1]", "commission of the recruiter on every purchase of a recruit", "assumption")
        levels: int = par(1, "levels", "[1, 10]", "how many recruiters up the tree earn on a purchase")
        pass_up: float = par(0.5, "share", "[0, 1]", "commission of a level, as a share of that of the level below")
        response: float = par(0.5, "per share of spending", "[0, inf)", "how much commissions move buyers to become sellers", "assumption: one buyer in twenty at a tenth")
        every: float = par(7.0, "days", "[1, 3660]", "mean time between two pitches of a seller", "assumption")
        disappointed: float = par(0.4, "satisfaction", "[0, 1]", "satisfaction below which a recruit blames the seller (where experience is on)", "assumption")
        blame: float = par(0.3, "share of credit", "[0, 1]", "credit that the seller loses by a purchase after which a recruit blames the seller", "assumption")
        # fmt: on

    state: ClassVar[tuple[State, ...]] = (
        State("seller", "?", "yes/no", "sells to friends"),
        State("blamed", "i4", "purchases", "purchases of recruits today that disappointed them"),
    )
    off: ClassVar[dict[str, Any]] = {"rate": 0.0}
    sources: ClassVar[tuple[str, ...]] = (
        "Source documents, P12 and X6 (selling among friends: credit turned into money, limited reach)",
        "Frenzen & Davis 1990, Journal of Consumer Research 17:1-12 (purchasing in embedded markets)",
        "Biyalogorsky, Gerstner & Libai 2001, Marketing Science 20:82-95 (what pays for recommendations)",
    )

    def start(self) -> None:
        """Some are born to sell, at these commissions."""
        super().start()
        rules, everyone = self.parameters, np.arange(self.customers.count)
        offered = rules.rate * sum(rules.pass_up**level for level in range(rules.levels))
        u = self.firm.chance.uniform(self.purpose("sells"), everyone)
        self.would_sell = u < -np.expm1(-rules.response * offered)

    def open(self, day: float) -> None:
        """Sellers pitch."""
        super().open(day)
        c, rules = self.customers, self.parameters
        sellers = np.flatnonzero(self.seller & (c.exit > day))
        u = self.firm.chance.uniform(self.purpose("pitch"), sellers, int(day))
        pitching = sellers[u < -np.expm1(-1.0 / rules.every)]
        if pitching.size:
            self.recommend(pitching, int(day), day)

    def settle(self, round: Round) -> None:
        """Commissions on what recruits buy; buyers who would sell become sellers."""
        rows, _ = self.recruit(round)
        buyers = round.who[rows]
        self.seller[buyers] |= self.would_sell[buyers]
        rules, share = self.parameters, self.parameters.rate
        above = self.recruiter[buyers]
        for _ in range(rules.levels if share else 0):
            rows, above = rows[above != NOBODY], above[above != NOBODY]
            if rows.size:
                self.pay(round, rows, above, rounded(round.paid[rows] * share))
            above, share = self.recruiter[above], share * rules.pass_up

    def feel(self, round: Round) -> None:
        """Disappointed recruits blame their seller."""
        rules, c, firm = self.parameters, self.customers, self.firm.index
        if rules.blame and c.has("satisfaction"):
            buyers = round.who[round.rows(firm)]
            recruits = buyers[self.recruiter[buyers] != NOBODY]
            sorry = recruits[c.satisfaction[recruits, firm] < rules.disappointed]
            np.add.at(self.blamed, self.recruiter[sorry], 1)

    def close(self, day: float) -> None:
        """In the evening friends hear of the firm, and blame is counted."""
        super().close(day)
        sellers = np.flatnonzero(self.blamed)
        if sellers.size:
            evening, left = day + 1.0, 1.0 - self.parameters.blame
            self.use_credit(sellers, evening, left ** self.blamed[sellers])
            self.blamed[sellers] = 0
