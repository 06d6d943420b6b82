"""Membership (P13): pay a fee for a period and get something at every visit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from regulars.contract.strategy import State
from regulars.ground.parameter import par
from regulars.kit.programme import Programme, ProgrammeParameters
from regulars.world.board import Effect
from regulars.world.calendar import DAYS_A_YEAR
from regulars.world.card import Payment
from regulars.world.events import Event
from regulars.world.fading import faded
from regulars.world.ledger import Account, millionths

if TYPE_CHECKING:
    from regulars.world.board import Round

SYSTEMS = {"P13": "tests/strategies/test_membership.py::test_who_joins_and_how_often_they_come"}


class Membership(Programme):
    """Visitors join when what a period brings them is worth more than the fee, and then come more.

    Worth of a period = rate x chance of buying here x period x benefit of a visit. Customers who expect more than the fee
    join, whatever the programme does to anybody: members are better customers before they join. The fee once paid
    pulls by itself for a while, sunk_cost x 2 ** (-time since / half-life): Iyengar, Park & Yu (2022) attribute two
    thirds of the effect of a paid membership to what is not economic. At the first visit after a period the customer
    decides anew. Enrolled by force (`automatic`, `randomised`), customers pay without being asked.
    """

    class Parameters(ProgrammeParameters):
        """The fee, and what it buys."""

        # fmt: off
        enrolment: Literal["automatic", "offered", "randomised"] = par("offered", "", "", "who takes part: those who find it worthwhile, everybody, or a random part")
        period: float = par(364.0, "days", "(0, 3660]", "time that a fee pays for")
        fee: float = par(50.0, "currency per period", "[0, inf)", "membership fee")
        benefit: float = par(2.0, "currency per visit", "[0, inf)", "money off at every visit of a member")
        service: float = par(0.0, "performance", "[-10, 10]", "better experience of a member's visits")
        cost: float = par(0.0, "currency per visit", "[0, inf)", "what the service costs the firm")
        sunk_cost: float = par(0.0, "logits", "[0, 20]", "pull of a fee just paid, beyond its benefits", "Iyengar, Park & Yu 2022")
        sunk_half_life: float = par(91.0, "days", "(0, 3660]", "time in which half of that is gone")
        # fmt: on

    events: ClassVar[tuple[Event, ...]] = (Event("pay_fee", "paid the fee of a membership", "currency"),)
    state: ClassVar[tuple[State, ...]] = (
        State("paid_until", "f4", "days", "end of the period paid for", -np.inf),
        State("paid_on", "f4", "days", "when the latest fee was paid", -np.inf),
    )
    off: ClassVar[dict[str, Any]] = {
        "fee": 0.0,
        "benefit": 0.0,
        "service": 0.0,
        "cost": 0.0,
        "sunk_cost": 0.0,
    }
    sources: ClassVar[tuple[str, ...]] = (
        "Source documents, P13 (membership)",
        "Iyengar, Park & Yu 2022, Journal of Marketing Research 59(6) (effects beyond the economic ones)",
    )

    def in_force(self, customers: NDArray[Any], time: Any) -> NDArray[np.bool_]:
        """Whose fee is paid at `time` (days)."""
        return np.asarray(self.paid_until[customers] > time)

    def worth(self, customers: NDArray[Any]) -> NDArray[np.float64]:
        """What a period is expected to bring each of `customers`, currency units: no visit saves more than it costs."""
        c, firm = self.customers, self.firm
        visits = c.rate[customers] * firm.baseline.purchase_probability(customers) * self.parameters.period
        return np.asarray(visits * np.minimum(self.parameters.benefit, c.basket[customers] * firm.price))

    def appeal(self, round: Round) -> None:
        """Benefits await members; the fee paid pulls."""
        rules, f = self.parameters, self.firm.index
        rows = np.flatnonzero(self.in_force(round.who, round.time))
        if not rows.size:
            return
        if rules.benefit:
            round.column(Effect.MONEY_OFF, f)[rows] += rules.benefit
        if rules.service:
            round.column(Effect.SERVICE, f)[rows] += rules.service
        if rules.sunk_cost:
            paid_on = self.paid_on[round.who[rows]]
            left = faded(np.ones(rows.size), paid_on, round.time[rows], rules.sunk_half_life)
            round.column(Effect.ATTACHMENT, f)[rows] += rules.sunk_cost * left

    def settle(self, round: Round) -> None:
        """Visits of members cost; visitors whose fee is not paid decide whether to pay."""
        rules, rows = self.parameters, round.rows(self.firm.index)
        self.enrolled[round.who[rows]] = True
        paid = self.in_force(round.who[rows], round.time[rows])
        if rules.cost and paid.any():
            self.reward(
                round.who[rows[paid]],
                millionths(rules.cost),
                round.source[rows[paid]],
                round.day,
                Payment.KIND,
            )
        asked = rows[~paid]
        who = round.who[asked]
        if rules.enrolment == "offered":
            effort = self.effort[who] * rules.period / DAYS_A_YEAR
            self.member[who] = self.worth(who) > rules.fee + effort
        self._pay(round, asked[self.member[who]])

    def _pay(self, round: Round, rows: NDArray[np.intp]) -> None:
        """These visitors pay the fee of a period that begins now."""
        if rows.size:
            who, now = round.who[rows], round.time[rows]
            self.paid_until[who], self.paid_on[who] = now + self.parameters.period, now
            self.firm.books.post(Account.CASH, Account.FEES, int(millionths(self.parameters.fee)) * rows.size)
            self.firm.event("pay_fee", self.title(), who, round.day, self.parameters.fee)
