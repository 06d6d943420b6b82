"""Staff: people learn on the job, leave, and are replaced by beginners; what they can do is the firm's service.

A person's experience e grows from 0 toward 1, e(t) = 1 - 2^(-t / learning), and is lost with the person, who quits at a
hazard. In the long run the mean experience is k / (k + h), with k = ln 2 / learning and h the hazard. The firm's
service is the declared one when everybody has full experience, and lower otherwise:

service + gain * (mean experience - 1)

Staff who stay serve better, better service keeps customers, who bring profit (Heskett, Jones, Loveman, Sasser &
Schlesinger 1994, Harvard Business Review 72(2):164-174; Ton & Huckman 2008, Organization Science 19:56-68, on turnover).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from regulars.contract.process import Process, Section
from regulars.ground.chance import purpose
from regulars.ground.parameter import ParameterSet, par
from regulars.world.board import Board
from regulars.world.calendar import DAYS_A_YEAR
from regulars.world.ledger import Account
from regulars.world.ports import Staffing

SYSTEMS = {
    "M15": "tests/behavior/test_staff.py::test_staff_who_leave_take_service_customers_and_profit_along"
}


class StaffTerms(ParameterSet):
    """The staff of one firm."""

    # fmt: off
    people: int = par(10, "people", "[1, 100000]", "number of staff", total=True)
    wage: float = par(0.0, "currency per person and day", "[0, inf)", "pay")
    quit_rate: float = par(0.5, "per year", "[0, 300]", "hazard of quitting at this wage", "assumption; retail is of this order")
    pay_elasticity: float = par(1.0, "", "[0, 10]", "per cent by which the hazard falls when pay rises by one per cent", "assumption (sign: Ton & Huckman 2008)")
    learning: float = par(60.0, "days", "[0, 3660]", "time in which a beginner learns half of what is missing; 0 for at once", "assumption")
    gain: float = par(0.3, "performance", "[0, 10]", "service that is missing with beginners only", "Heskett et al. 1994 (sign; size assumed)")
    hiring: float = par(0.0, "currency per person", "[0, inf)", "cost of replacing a person who quits")
    # fmt: on


class Staff(Process, Staffing):
    """Keeps experience and tenure of the staff of every firm that has some.

    `experience` has shape (firms, people). A person quits when the hazard that has come together since hiring exceeds a
    standard exponential draw of their own: better pay can only postpone it. `quits` counts by firm. What holds from morning to
    evening is remembered too: a market may be saved at noon.
    """

    follows: ClassVar[tuple[str, ...]] = ("lease",)
    of_firm: ClassVar[dict[str, Section]] = {
        "staff": Section(
            StaffTerms | None, None, "who works there; service does not depend on staff when left out"
        )
    }
    remembers: ClassVar[tuple[str, ...]] = (
        "experience", "patience", "spells", "quits", "pay", "pace", "added",
    )  # fmt: skip

    @classmethod
    def wanted(cls, spec: Any) -> bool:
        """Some firm has staff."""
        return any(firm.staff is not None for firm in spec.firms)

    def __init__(self, market: Any, rules: Any) -> None:
        super().__init__(market, rules)
        firms = market.scenario.spec.firms
        self.terms = {f: firm.staff for f, firm in enumerate(firms) if firm.staff is not None}
        shape = len(firms), max(terms.people for terms in self.terms.values())
        self.experience, self.patience = np.ones(shape), np.full(shape, np.inf)
        self.spells, self.quits = np.zeros(shape, np.int32), np.zeros(len(firms), np.int64)
        self.pay, self.pace, self.added = np.ones(len(firms)), np.ones(len(firms)), np.zeros(len(firms))

    def start(self) -> None:
        """Draw for everybody how long they will stay, and have stayed: as in a shop that has been open for long."""
        for f, terms in self.terms.items():
            n, hazard = terms.people, terms.quit_rate / DAYS_A_YEAR
            self.patience[f, :n] = self._draws(f, "patience", np.arange(n), 0)
            if hazard > 0 and terms.learning > 0:
                tenure = self._draws(f, "tenure", np.arange(n), 0) / hazard
                self.experience[f, :n] = 1.0 - np.exp2(-tenure / terms.learning)

    def people(self, firm: int) -> int:
        """Number of staff of a firm."""
        return int(self.terms[firm].people) if firm in self.terms else 0

    def mean(self, firm: int) -> float:
        """Mean experience of the staff of a firm, 0..1."""
        return float(self.experience[firm, : self.people(firm)].mean()) if firm in self.terms else 1.0

    def encourage(self, firm: int, pay: float = 1.0, pace: float = 1.0) -> None:
        """Today the firm pays this multiple of the wage, and its staff learns this much faster."""
        self.pay[firm] *= pay
        self.pace[firm] *= pace

    def open(self, day: float) -> None:
        """Firms decide anew what they do for their staff."""
        self.pay.fill(1.0)
        self.pace.fill(1.0)

    def offer(self, board: Board, day: float) -> None:
        """The service of the day is what the present staff can give."""
        service = self.market.offers.arrays["service"]
        for f, terms in self.terms.items():
            self.added[f] = terms.gain * (self.mean(f) - 1.0)
            service[f] += self.added[f]

    def close(self, day: float) -> None:
        """Pay, learn, quit and hire; between the days the firm's service is its own."""
        self.market.offers.arrays["service"] -= self.added
        self.added.fill(0.0)
        for f in self.terms:
            self._live(f)

    def _live(self, f: int) -> None:
        """One day of the staff of one firm."""
        terms, firm = self.terms[f], self.market.firms[f]
        n, hazard = terms.people, terms.quit_rate / DAYS_A_YEAR * self.pay[f] ** -terms.pay_elasticity
        missing = 1.0 - self.experience[f, :n]
        self.experience[f, :n] = 1.0 - (
            missing * np.exp2(-self.pace[f] / terms.learning) if terms.learning else 0.0
        )
        self.patience[f, :n] -= hazard
        gone = np.flatnonzero(self.patience[f, :n] <= 0)
        self.spells[f, gone] += 1
        self.patience[f, gone] = self._draws(f, "patience", gone, self.spells[f, gone])
        self.experience[f, gone] = 0.0 if terms.learning else 1.0
        self.quits[f] += gone.size
        firm.books.spend(Account.STAFF, terms.wage * self.pay[f] * n + terms.hiring * gone.size)

    def _draws(self, f: int, what: str, people: NDArray[Any], spells: Any) -> NDArray[Any]:
        """Standard exponential draws of these people of a firm, the same whoever else is there."""
        return self.chance.exponential(purpose("staff", self.market.names[f], what), people, spells)

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take back what `save` gave; people who are new in a branch begin as at the start."""
        for name in self.remembers:
            now, then = getattr(self, name), saved[name]
            part = tuple(slice(min(a, b)) for a, b in zip(now.shape, then.shape, strict=True))
            now[part] = then[part]
