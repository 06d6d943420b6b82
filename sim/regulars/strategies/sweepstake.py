"""Partner sweepstake (P7): a partner gives the prize, customers collect tickets, everybody gets attention."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from regulars.behavior.prospect import weight
from regulars.contract.strategy import Holding, State
from regulars.ground.parameter import Spread, par, spread_bounds
from regulars.kit.programme import Programme, ProgrammeParameters
from regulars.world.board import Effect
from regulars.world.calendar import DAYS_A_YEAR, periods, turns
from regulars.world.events import Event
from regulars.world.ledger import MILLION, Account, millionths

if TYPE_CHECKING:
    from regulars.world.board import Round

SYSTEMS = {"P7": "tests/strategies/test_sweepstake.py::test_tickets_pull_by_what_they_feel_worth"}


class Sweepstake(Programme):
    """Purchases earn tickets; at the end of every round the partner's prizes are drawn among them.

    With n tickets in hand a customer's chance is p(n) = n x prizes / (tickets in the drum), at most 1, the drum as it was
    at the last draw (before the first one: `expected_tickets`). It feels worth C(n) = worth x w(p(n)) ^ (1 / alpha), the
    certainty equivalent of prospect theory in the gain frame, and t tickets more pull by money weight x
    (C(n + t) - C(n)). So a car a year moves people whom the same money in coupons would not, the first ticket more than
    the tenth; those who calculate (gamma = alpha = 1, or the frame `expected`) feel t x prizes / drum x worth. The partner pays
    `partner_pays` of the prizes and a fee for the attention of every ticket holder; what is left is the firm's.
    """

    class Parameters(ProgrammeParameters):
        """Prizes, tickets, and who pays."""

        # fmt: off
        length: float = par(182.0, "days", "[1, 3660]", "time between two draws", "source documents, P7 (half a year)")
        prizes: int = par(2, "prizes per draw", "[0, 1000000]", "prizes drawn at a time, one per winner", "source documents, P7 (two cars, four winners in a year)", total=True)
        worth: Spread = par(Spread(mean=5000.0), "currency", "[0, inf)", "what a prize is worth to a customer", "assumption: half a year with a new car")
        value: float = par(10000.0, "currency per prize", "[0, inf)", "what a prize costs its giver", "assumption")
        partner_pays: float = par(1.0, "share of the prizes", "[0, 1]", "part of the prizes that the partner pays", "source documents, P7")
        partner_fee: float = par(0.0, "currency per ticket holder and draw", "[0, inf)", "what the partner pays for the attention of a ticket holder")
        tickets: Literal["purchase", "spending"] = par("purchase", "", "", "one ticket per purchase, or tickets by spending")
        frame: Literal["gain", "expected"] = par("gain", "", "", "how a chance is felt: a prize as a gain, or its expected value", "Tversky & Kahneman 1992")
        per_unit: float = par(0.01, "tickets per currency unit", "[0, inf)", "tickets by spending")
        expected_tickets: float = par(10000.0, "tickets", "(0, inf)", "tickets that customers expect in the drum before the first draw", total=True)
        staging: float = par(200.0, "currency per draw", "[0, inf)", "cost of a draw that everybody hears of", total=True)
        # fmt: on

    events: ClassVar[tuple[Event, ...]] = (Event("prize", "won a prize", "currency"),)
    state: ClassVar[tuple[State, ...]] = (State("won", "i4", "prizes", "prizes won so far"),)
    remembers: ClassVar[tuple[str, ...]] = ("drum",)
    linked: ClassVar[bool] = True  # everybody's ticket makes the others' worth less
    holdings: ClassVar[tuple[Holding, ...]] = (Holding("in_hand", "tickets", "tickets in the drum"),)
    off: ClassVar[dict[str, Any]] = {"prizes": 0, "staging": 0.0, "partner_fee": 0.0}
    sources: ClassVar[tuple[str, ...]] = (
        "Source documents, P7 (four half-year turns with a new car, given by its maker)",
        "Tversky & Kahneman 1992, Journal of Risk and Uncertainty 5:297-323 (small chances are overweighted)",
        "Kalra & Shi 2010, Journal of Marketing Research 47:287-300 (sweepstakes by what customers make of them)",
    )

    def start(self) -> None:
        """Enrol; the drum is as full as people expect."""
        super().start()
        rules, everyone = self.parameters, np.arange(self.customers.count)
        u = self.firm.chance.uniform(self.purpose("worth"), everyone)
        self.worth = rules.worth.draw(u, spread_bounds(rules, "worth"))
        self.drum = np.array([rules.expected_tickets])

    def certain(self, customers: NDArray[Any], tickets: Any) -> NDArray[np.float64]:
        """Sure money that feels as good to each of `customers` as `tickets` in the drum, currency units."""
        c, rules = self.customers, self.parameters
        chance = np.minimum(rules.prizes * np.asarray(tickets, np.float64) / self.drum[0], 1.0)
        if rules.frame == "gain":
            chance = weight(chance, c.probability_weighting[customers])
            chance = chance ** (1.0 / c.value_curvature[customers])
        return np.asarray(self.worth[customers] * chance)

    def earned(self, amounts: NDArray[Any]) -> NDArray[np.float64]:
        """Tickets for purchases of these `amounts` (currency units)."""
        rules = self.parameters
        return np.ones(amounts.shape) if rules.tickets == "purchase" else amounts * rules.per_unit

    def appeal(self, round: Round) -> None:
        """One ticket more awaits members."""
        rows = np.flatnonzero(self.member[round.who])
        if rows.size and self.parameters.prizes:
            who, firm = round.who[rows], self.firm
            more = self.earned(self.customers.basket[who].astype(np.float64) * firm.price)
            held = self.in_hand.total(who) / MILLION
            gain = self.certain(who, held + more) - self.certain(who, held)
            round.column(Effect.APPEAL, firm.index)[rows] += firm.baseline.money_weight(who) * gain

    def settle(self, round: Round) -> None:
        """Members get their tickets."""
        self.invite(round)
        rows = round.rows(self.firm.index)
        rows = rows[self.member[round.who[rows]]]
        tickets = millionths(self.earned(round.paid[rows] / MILLION))
        self.in_hand.add(round.who[rows], tickets, round.source[rows])

    def close(self, day: float) -> None:
        """Draw the prizes of the round that is over."""
        evening, length = day + 1.0, self.parameters.length
        if turns(evening, length):
            self.draw(evening, periods(evening, length))

    def draw(self, day: float, number: int) -> None:
        """Draw the prizes of round `number`, pay what they cost the firm, and empty the drum."""
        rules, firm = self.parameters, self.firm
        tickets = self.in_hand.total() / MILLION
        holders = np.flatnonzero(tickets > 0)
        if holders.size and rules.prizes:
            # the holder whose exponential wait, at a rate of one per ticket, ends first (Efraimidis & Spirakis 2006)
            wait = firm.chance.exponential(self.purpose("draw"), holders, number) / tickets[holders]
            winners = holders[np.argsort(wait, kind="stable")[: rules.prizes]]
            self.won[winners] += 1
            own = np.full(winners.size, millionths((1.0 - rules.partner_pays) * rules.value))
            firm.event("prize", self.title(), winners, day, rules.value)
            self.reward(winners, own, self.in_hand, day)
        firm.books.post(Account.CASH, Account.PARTNER, int(millionths(rules.partner_fee)) * holders.size)
        firm.books.spend(Account.COMMUNICATION, rules.staging)
        self.drum[0] = max(float(tickets.sum()), 1.0)
        self.in_hand.empty()

    def yearly_benefit(self, customers: NDArray[Any]) -> NDArray[Any]:
        """What a year's tickets feel worth to each of `customers`, currency units."""
        firm, c, length = self.firm, self.customers, self.parameters.length
        visits = length * c.rate[customers] * firm.baseline.purchase_probability(customers)
        a_visit = self.earned(c.basket[customers].astype(np.float64) * firm.price)
        return np.asarray(self.certain(customers, visits * a_visit) * DAYS_A_YEAR / length)
