"""Contract (P18): lock-in by a term, a fee for leaving early, and what a customer has set up and cannot take along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from regulars.contract.strategy import State
from regulars.ground import wide
from regulars.ground.parameter import par
from regulars.kit.programme import Programme, ProgrammeParameters
from regulars.world.board import Effect
from regulars.world.calendar import DAYS_A_YEAR
from regulars.world.events import Event
from regulars.world.fading import toward_one
from regulars.world.ledger import MILLION, Account, millionths

if TYPE_CHECKING:
    from regulars.world.board import Round

SYSTEMS = {"P18": "tests/strategies/test_contract.py::test_a_fee_keeps_whom_it_would_cost"}


class Contract(Programme):
    """Buyers sign for a term: a discount, against the duty to buy here at every opportunity until it ends.

    Every opportunity of a holder is a billing or delivery date. Holders who buy elsewhere or nothing while the term runs
    leave early: that costs the fee x the part of the term that is left, or cannot be done at all. The fee pulls a
    holder back by exactly what leaving would cost, money weight x fee x part left. What a customer has set up here
    grows with every purchase, u <- u + pace (1 - u), and pulls by set_up (1 - portable) u. A term that ends unattended
    has been renewed. Customers sign without working out that they may want to leave one day (naive, in the words of
    Klemperer 1995); `wariness` is what they hold against being bound at all, while they are free.
    """

    class Parameters(ProgrammeParameters):
        """Term, what it brings and costs the customer, and renewal."""

        # fmt: off
        term: float = par(364.0, "days", "(0, 3660]", "term of a contract")
        discount: float = par(0.0, "share of list price", "[0, 1)", "price cut for contract holders")
        binding: Literal["fee", "hard"] = par("fee", "", "", "leaving early costs a fee, or cannot be done")
        fee: float = par(0.0, "currency", "[0, inf)", "fee for leaving at the start of the term; it falls evenly to 0 at its end")
        wariness: float = par(0.0, "logits", "[0, 50]", "how far signing puts off customers who are still free", "Farrell & Klemperer 2007 (customers who look ahead mind being locked in; size assumed)")
        attention: float = par(1.0, "probability per term", "(0, 1]", "chance of attending to the end of a term; otherwise it is renewed", "DellaVigna & Malmendier 2006")
        set_up: float = par(0.0, "logits", "[0, 50]", "pull of what a customer has set up here in full", "Burnham, Frels & Mahajan 2003")
        pace: float = par(0.2, "share of what is missing", "[0, 1]", "what one purchase adds to the set-up")
        portable: float = par(0.0, "share of set-up", "[0, 1]", "part of the set-up that can be taken along", "source documents, P18 (number portability)")
        # fmt: on

    events: ClassVar[tuple[Event, ...]] = (
        Event("sign", "signed a contract"),
        Event("renew", "the contract went on"),
        Event("leave_early", "left a contract before its end", "fee, currency"),
    )
    state: ClassVar[tuple[State, ...]] = (
        State("ends", "f4", "days", "end of the latest term; 0 without one, or once it was left"),
        State("terms", "i4", "terms", "terms so far, renewed ones included"),
        State("built", "f4", "0..1", "what the customer has set up here"),
    )
    off: ClassVar[dict[str, Any]] = {
        "discount": 0.0,
        "binding": "fee",
        "fee": 0.0,
        "wariness": 0.0,
        "set_up": 0.0,
    }
    sources: ClassVar[tuple[str, ...]] = (
        "Source documents, P18 (contracts, data and number portability, set-up costs)",
        "Klemperer 1995, Review of Economic Studies 62:515-539 (competition with switching costs)",
        "DellaVigna & Malmendier 2006, American Economic Review 96:694-719 (renewal without attention)",
        "Farrell & Klemperer 2007, Handbook of Industrial Organization 3, ch. 31 (lock-in)",
    )

    def left(self, customers: NDArray[Any], time: Any) -> NDArray[np.float64]:
        """Part of the running term that is left at `time` (days), 0..1; 0 without a contract."""
        return np.clip((self.ends[customers] - time) / self.parameters.term, 0.0, 1.0)

    def appeal(self, round: Round) -> None:
        """Terms that have ended are renewed or not; a contract binds, and what was set up pulls."""
        rules, f, who = self.parameters, self.firm.index, round.who
        if rules.attention < 1.0:
            self._renew(round)
        left = self.left(who, round.time)
        bound = np.flatnonzero(left)
        if bound.size:
            if rules.discount:
                round.column(Effect.PRICE_FACTOR, f)[bound] *= 1.0 - rules.discount
            if rules.binding == "hard":
                round.column(Effect.LOCKED_IN, f)[bound] = 1.0
            elif rules.fee:
                round.column(Effect.ATTACHMENT, f)[bound] += (
                    self.firm.baseline.money_weight(who[bound]) * rules.fee * left[bound]
                )
        if rules.wariness:
            round.column(Effect.ATTACHMENT, f)[:] -= rules.wariness * (self.member[who] & (left <= 0))
        lost = rules.set_up * (1.0 - rules.portable)
        if lost:
            round.column(Effect.ATTACHMENT, f)[:] += lost * self.built[who]

    def _renew(self, round: Round) -> None:
        """Terms that ended since the latest opportunity: holders who did not attend have signed the next one, perhaps again."""
        rules = self.parameters
        rows = np.flatnonzero((self.ends[round.who] > 0) & (self.ends[round.who] <= round.time))
        while rows.size:
            who = round.who[rows]
            u = self.firm.chance.uniform(self.purpose("attention"), who, self.terms[who])
            asleep = u >= rules.attention
            self.ends[who[~asleep]] = 0.0
            who, rows = who[asleep], rows[asleep]
            self.ends[who] += rules.term
            self.terms[who] += 1
            self.firm.event("renew", self.title(), who, round.day)
            rows = rows[self.ends[who] <= round.time[rows]]

    def settle(self, round: Round) -> None:
        """Holders who did not buy here pay the fee and are free; buyers sign and set up."""
        self.invite(round)
        rules, here = self.parameters, round.chosen == self.firm.index
        left = self.left(round.who, round.time)
        self._leave(round, np.flatnonzero((left > 0) & ~here), left)
        buying = np.flatnonzero(here & self.member[round.who])
        who = round.who[buying]
        self.built[who] = toward_one(self.built[who], rules.pace)
        signing = buying[left[buying] <= 0]
        new = round.who[signing]
        self.ends[new] = round.time[signing] + rules.term
        self.terms[new] += 1
        self.firm.event("sign", self.title(), new, round.day)

    def _leave(self, round: Round, rows: NDArray[np.intp], left: NDArray[np.float64]) -> None:
        """These opportunities ended elsewhere, or in nothing, while a contract ran."""
        if rows.size:
            fees = millionths(self.parameters.fee * left[rows])
            self.firm.books.post(Account.CASH, Account.FEES, wide.total(fees))
            self.firm.event("leave_early", self.title(), round.who[rows], round.day, fees / MILLION)
            self.ends[round.who[rows]] = 0.0

    def yearly_benefit(self, customers: NDArray[Any]) -> NDArray[Any]:
        """What the discount saves in a year, currency units."""
        return self.firm.baseline.spending_rate(customers) * self.parameters.discount * DAYS_A_YEAR
