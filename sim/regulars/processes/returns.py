"""Returns: some of what is bought comes back, for a refund, within so many days.

A purchase at a firm comes back with chance `return_rate`, whole, in the morning of a day drawn evenly from `earliest` to `window` days
after it. Of a purchase of q units that was paid with P and whose goods cost C, the firm then pays back `refund` P, has goods that are worth
`resale` C again, and spends `handling` q on taking them back:

loss of the firm = refund P - resale C + handling q

Refunds stand on an account of their own, which is taken off sales; goods that can be sold again are taken off the cost of goods; handling is
`restocking`. What a programme gave for the purchase is another matter (`kit.claw_back`). Refunds are paid in money, also for what was paid with
store credit; discounts on what comes back stay booked as given. Purchases whose day comes after the end of the run are not counted as returned.

Whether a purchase comes back hangs on the customer's own draw for the occasion and on the firm's rate, so that the same purchase comes back in all arms
of a comparison.

Sources: Anderson, Hansen & Simester 2009, Marketing Science 28:405-423 (returns have an option value to the customer and a cost to
the firm); Directive 2011/83/EU, Art. 9 and 13 (14 days to withdraw from a distance contract, all payments given back). Rates differ
between trades: give those of your own.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from regulars.contract.process import Process, Section, section
from regulars.ground import wide
from regulars.ground.chance import purpose
from regulars.ground.parameter import ParameterSet, Problem, par
from regulars.world.agenda import Agenda
from regulars.world.board import Round
from regulars.world.events import Event
from regulars.world.ledger import MILLION, Account, rounded
from regulars.world.ports import GoodsReturned

BACK, WHEN = purpose("returns", "comes back"), purpose("returns", "when")
NOTHING = np.zeros(0, np.intp), np.zeros(0, np.int64)


class ReturnTerms(ParameterSet):
    """What comes back to a firm, when, and what that costs it."""

    # fmt: off
    return_rate: float = par(0.1, "share of purchases", "[0, 1]", "chance that a purchase comes back", "assumption")
    earliest: int = par(1, "days", "[1, 366]", "days after a purchase on which it comes back at the earliest", "assumption")
    window: int = par(14, "days", "[1, 366]", "days within which it can be returned", "Directive 2011/83/EU, Art. 9 (14 days)")
    refund: float = par(1.0, "share of what was paid", "[0, 1]", "part of the money that is given back", "Directive 2011/83/EU, Art. 13 (all of it)")
    handling: float = par(0.0, "currency per unit", "[0, inf)", "cost of taking back a unit: freight, looking it over, repacking", "assumption")
    resale: float = par(1.0, "share of the cost of goods", "[0, 1]", "what goods that came back are worth", "assumption")
    # fmt: on

    @model_validator(mode="after")
    def _in_time(self) -> ReturnTerms:
        if self.earliest > self.window:
            told = f"nothing can come back: {self.earliest} days is later than the window of {self.window}"
            raise Problem([(("earliest",), told)])
        return self


class ReturnRules(ReturnTerms):
    """Terms of every firm that has none of its own."""

    arms_may_change: ClassVar[bool] = True
    # fmt: off
    on: bool = par(False, "", "", "whether goods come back")
    # fmt: on


class Returns(Process, GoodsReturned):
    """Lets purchases come back, and books what that does to the firm."""

    sections: ClassVar[dict[str, Section]] = {"returns": section(ReturnRules, "goods that come back")}
    of_firm: ClassVar[dict[str, Section]] = {
        "returns": Section(
            ReturnTerms | None, None, "what comes back to this firm; as [returns] says when left out"
        )
    }
    events: ClassVar[tuple[Event, ...]] = (Event("return", "brought a purchase back", "currency"),)
    remembers: ClassVar[tuple[str, ...]] = ("agenda",)

    def __init__(self, market: Any, rules: ReturnRules) -> None:
        super().__init__(market, rules)
        self.terms = [firm.returns or rules for firm in market.scenario.spec.firms]
        self.agenda = Agenda("firm", "who", "refund", "goods", "handling")
        self.latest: dict[int, tuple[NDArray[np.intp], NDArray[np.int64]]] = {}

    def coming(self, firm: int) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
        """Rows of the latest round whose purchases at a firm will come back, and on which days."""
        return self.latest.get(firm, NOTHING)

    def settle(self, round: Round) -> None:
        """Draw which of the purchases just made will come back, and when."""
        for f, terms in enumerate(self.terms):
            rows = round.rows(f)
            who, occasion = round.who[rows], round.occasion[rows]
            back = self.chance.uniform(BACK, who, occasion) < terms.return_rate
            rows, who, occasion = rows[back], who[back], occasion[back]
            spread = terms.window - terms.earliest + 1
            wait = terms.earliest + np.floor(self.chance.uniform(WHEN, who, occasion) * spread)
            days = (np.floor(round.day) + wait).astype(np.int64)
            self.latest[f] = rows, days
            self.agenda.note(
                days, f, who, rounded(round.paid[rows] * terms.refund), rounded(round.cost[rows] * terms.resale),
                rounded(round.quantity[rows] * (terms.handling * MILLION)),
            )  # fmt: skip

    def open(self, day: float) -> None:
        """Take back what comes back today."""
        back = self.agenda.due(day)
        for f in np.unique(back["firm"]).tolist():
            mine = back["firm"] == f
            refund, goods, handling = (
                wide.total(back[name][mine]) for name in ("refund", "goods", "handling")
            )
            firm = self.market.firms[f]
            firm.books.post(Account.REFUNDS, Account.CASH, refund)
            firm.books.post(Account.CASH, Account.COST_OF_GOODS, goods)
            firm.books.post(Account.RESTOCKING, Account.CASH, handling)
            firm.event("return", self.title(), back["who"][mine], day, back["refund"][mine] / MILLION)
