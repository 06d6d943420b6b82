"""Lease: at the end of each term the landlord takes part of what the shop has come to earn.

new rent = max(old, old + share * (profit of the term per day - normal))

What is scarce is the place, so that a gain made there goes to its owner (Ricardo 1817, On the Principles of
Political Economy and Taxation, ch. 2). The profit is that after rent: a landlord who takes all (share 1) leaves the
shop with `normal` from its next term on and then raises the rent no more. A shop may move instead of paying; it then
begins at its first rent elsewhere, and some of its customers do not come along.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from regulars.contract.process import Process, Section
from regulars.ground.chance import Chance, purpose
from regulars.ground.parameter import ParameterSet, par
from regulars.world.calendar import DAYS_A_YEAR, NEARLY
from regulars.world.customers import NOBODY, Customers
from regulars.world.events import Event
from regulars.world.ledger import Account

SYSTEMS = {
    "M14": "tests/behavior/test_lease.py::test_a_landlord_who_takes_all_leaves_nothing_of_a_gain",
    "X4": "tests/behavior/test_lease.py::test_success_raises_the_rent_by_the_share",
}
LEFT, AGAIN = purpose("lease", "left behind"), purpose("lease", "notice again")


class LeaseTerms(ParameterSet):
    """The lease of one shop: how the landlord sets the rent, and when the shop moves away instead."""

    # fmt: off
    term: float = par(364.0, "days", "(0, 36525]", "length of the lease; at its end the rent is set anew")
    share: float = par(0.5, "share of the gain", "[0, 1]", "part of the gain above the normal profit that the landlord takes", "Ricardo 1817 (sign; size assumed)")
    normal: float = par(0.0, "currency per day", "(-inf, inf)", "profit after rent that the landlord takes for granted and leaves to the shop", total=True)
    rise_limit: float = par(0.0, "of the old rent", "[0, inf)", "most that one renewal may add; 0 for no limit")
    move_above: float = par(0.0, "of the first rent", "[0, inf)", "the shop moves rather than pay more than this multiple of its first rent; 0 for never", "source documents: opening and closing shops as a tactic")
    moving_cost: float = par(0.0, "currency", "[0, inf)", "what a move costs", total=True)
    left_behind: float = par(0.3, "share of customers", "[0, 1]", "part of the customers for whom the new place is unknown", "assumption")
    # fmt: on


class Lease(Process):
    """Sets the rents of the firms that have a lease, at the end of each of their terms."""

    events: ClassVar[tuple[Event, ...]] = (
        Event("left_behind", "does not know the new place of a shop that moved"),
    )
    of_firm: ClassVar[dict[str, Section]] = {
        "lease": Section(
            LeaseTerms | None, None, "how the landlord sets the rent anew; the rent stays when left out"
        )
    }
    remembers: ClassVar[tuple[str, ...]] = ("since", "before", "moves")

    @classmethod
    def wanted(cls, spec: Any) -> bool:
        """Some firm has a lease."""
        return any(firm.lease is not None for firm in spec.firms)

    @classmethod
    def endow(cls, customers: Customers, spec: Any, chance: Chance) -> None:
        """Where shops may move, customers may lose sight of them."""
        moving = any(firm.lease is not None and firm.lease.move_above > 0 for firm in spec.firms)
        if moving and not customers.has("aware_from"):
            customers.add("aware_from", -np.inf)

    def __init__(self, market: Any, rules: Any) -> None:
        super().__init__(market, rules)
        firms = market.scenario.spec.firms
        self.leases = {f: firm.lease for f, firm in enumerate(firms) if firm.lease is not None}
        self.first = np.array([firm.rent for firm in firms])
        self.since, self.before = np.full((2, len(firms)), np.nan)  # begin of the term, profit up to then
        self.moves = np.zeros(len(firms), np.int64)

    def open(self, day: float) -> None:
        """A term ends: set the rent anew, or move."""
        for f, terms in self.leases.items():
            if not day < self.since[f] + terms.term - NEARLY:
                profit = self.market.ledger.profit(f)
                if not np.isnan(self.since[f]):
                    self._renew(f, terms, (profit - self.before[f]) / (day - self.since[f]), day)
                self.since[f], self.before[f] = day, self.market.ledger.profit(f)

    def _renew(self, f: int, terms: LeaseTerms, earned: float, day: float) -> None:
        """A new rent after a term in which the shop earned `earned` a day."""
        firm = self.market.firms[f]
        rent = firm.rent + terms.share * max(earned - terms.normal, 0.0)
        if terms.rise_limit > 0:
            rent = min(rent, firm.rent * (1.0 + terms.rise_limit))
        if terms.move_above > 0 and rent > terms.move_above * self.first[f]:
            self._move(f, terms, day)
        else:
            firm.rent = rent

    def _move(self, f: int, terms: LeaseTerms, day: float) -> None:
        """Open elsewhere at the first rent; those left behind lose habit and sight of the shop."""
        firm, c = self.market.firms[f], self.customers
        self.moves[f] += 1
        firm.rent = self.first[f]
        firm.books.spend(Account.OVERHEAD, terms.moving_cost)
        here, move = np.flatnonzero((c.entry <= day) & (c.exit > day)), int(self.moves[f])
        left = here[self.chance.uniform(LEFT, here, move, f) < terms.left_behind]
        c.incumbent[left[c.incumbent[left] == f]] = NOBODY
        noticing = self.market.scenario.spec.turnover.noticing_rate
        wait = np.full(left.size, np.inf)
        if noticing > 0:
            wait = self.chance.exponential(AGAIN, left, move, f) * DAYS_A_YEAR / noticing
        c.aware_from[left, f] = np.maximum(c.aware_from[left, f], day + wait)
        firm.event("left_behind", "", left, day)
