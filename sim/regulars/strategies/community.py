"""Community (P13): a club whose members find one another, the more of their friends are in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from regulars.ground.parameter import par
from regulars.kit.programme import Programme, ProgrammeParameters
from regulars.world.benefits import Benefit
from regulars.world.board import Effect
from regulars.world.calendar import DAYS_A_YEAR
from regulars.world.ledger import Account

if TYPE_CHECKING:
    from regulars.world.board import Round

SYSTEMS = {"P13": "tests/strategies/test_community.py::test_friends_in_the_club_pull"}


class Community(Programme):
    """A club: belonging pulls by itself, and by the share of a member's friends who belong.

    tie + belonging + company x (share of the friends who are members) for members. The share is that of the morning,
    among friends who are in the market; where nobody knows anybody in particular, all others stand for the friends. So
    customers who may join are the likelier to do it, the more of their friends did. Visits of members add to the social benefit.
    """

    class Parameters(ProgrammeParameters):
        """What belonging is worth, and what the club costs."""

        # fmt: off
        belonging: float = par(0.1, "logits", "[-20, 20]", "pull of being a member", "Algesheimer, Dholakia & Herrmann 2005 (sign; size assumed)")
        company: float = par(0.3, "logits", "[-20, 20]", "pull of having all friends in the club", "Manchanda, Packard & Pattabhiramaiah 2015 (the more ties, the more; with belonging about their 19% of members' spending)")
        social: float = par(0.03, "share of what is missing", "[0, 1]", "social benefit that a member's visit adds (where [relationship] is on)", "Gwinner, Gremler & Bitner 1998 (sign; size assumed)")
        upkeep: float = par(5.0, "currency per day", "[0, inf)", "cost of the club", total=True)
        cost: float = par(1.0, "currency per member and year", "[0, inf)", "cost of a member")
        # fmt: on

    remembers: ClassVar[tuple[str, ...]] = ("friends",)
    linked: ClassVar[bool] = True
    off: ClassVar[dict[str, Any]] = {
        "belonging": 0.0,
        "company": 0.0,
        "social": 0.0,
        "upkeep": 0.0,
        "cost": 0.0,
    }
    sources: ClassVar[tuple[str, ...]] = (
        "Source documents, P13 (clubs and exchange between members)",
        "Algesheimer, Dholakia & Herrmann 2005, Journal of Marketing 69(3):19-34 (brand communities)",
        "Manchanda, Packard & Pattabhiramaiah 2015, Marketing Science 34:367-387 (what joining does to spending)",
    )

    def start(self) -> None:
        """Enrol; nobody has looked around yet."""
        super().start()
        self.friends = np.zeros(self.customers.count)

    def open(self, day: float) -> None:
        """See this morning what part of everybody's friends are members."""
        if not self.parameters.company:
            return
        present = self._present(day)
        known, members = self._among_friends(present), self._among_friends(present & self.members())
        np.divide(members, known, out=self.friends, where=known > 0)
        self.friends[known == 0] = 0.0

    def _present(self, day: float) -> NDArray[np.bool_]:
        return np.asarray((self.customers.entry <= day) & (self.customers.exit > day))

    def _among_friends(self, those: NDArray[np.bool_]) -> NDArray[Any]:
        """What part of everybody's friends, or (without a network) how many others, are among `those`."""
        network = self.firm.network
        return np.asarray(those.sum() - those if network is None else network.share_of_friends(those))

    def pull(self, customers: NDArray[Any]) -> NDArray[np.float64]:
        """What membership is worth to each of `customers` at a visit, logits."""
        return np.asarray(self.parameters.belonging + self.parameters.company * self.friends[customers])

    def appeal(self, round: Round) -> None:
        """Belonging, and company."""
        rows = np.flatnonzero(self.members()[round.who])
        if rows.size:
            round.column(Effect.ATTACHMENT, self.firm.index)[rows] += self.pull(round.who[rows])

    def settle(self, round: Round) -> None:
        """Buyers may join; members meet."""
        self.invite(round)
        rows = round.rows(self.firm.index)
        rows = rows[self.member[round.who[rows]]]
        self.firm.relations.deepen(Benefit.SOCIAL, round.who[rows], self.parameters.social, round.time[rows])

    def close(self, day: float) -> None:
        """The club costs, by the day that is over."""
        rules = self.parameters
        if rules.upkeep or rules.cost:
            members = np.count_nonzero(self.members() & self._present(day + 1.0))
            self.firm.books.spend(Account.OVERHEAD, rules.upkeep + rules.cost * members / DAYS_A_YEAR)

    def yearly_benefit(self, customers: NDArray[Any]) -> NDArray[Any]:
        """What the pull of a year's visits is worth, currency units."""
        visits = (
            DAYS_A_YEAR * self.customers.rate[customers] * self.firm.baseline.purchase_probability(customers)
        )
        worth = self.pull(customers) / np.maximum(self.firm.baseline.money_weight(customers), 1e-12)
        return np.asarray(visits * worth)
