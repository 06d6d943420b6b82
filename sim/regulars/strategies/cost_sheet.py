"""The cost sheet of a programme: what it costs to set up and run besides its rewards, told once for all programmes of a firm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from regulars.contract.strategy import Strategy
from regulars.ground.parameter import ParameterSet, par
from regulars.world.calendar import DAYS_A_YEAR, MONTH, turns
from regulars.world.ledger import Account

if TYPE_CHECKING:
    from regulars.world.board import Round


class CostSheet(Strategy):
    """Book what the firm's programmes cost besides rewards and messages: set-up, months, members, purchases of members, staff.

    Customers see nothing of it. Members are those of any programme of the firm; those who have left the market for good cost nothing.
    """

    class Parameters(ParameterSet):
        """The lines of the sheet; each is 0 until it is told."""

        # fmt: off
        set_up: float = par(0.0, "currency", "[0, inf)", "once, on the first day: system, design, launch", total=True)
        monthly: float = par(0.0, "currency per month", "[0, inf)", "on the first day of each month of a twelfth of a year: system, licence, agency", total=True)
        hours: float = par(0.0, "hours per week", "[0, inf)", "staff who run it", total=True)
        wage: float = par(0.0, "currency per hour", "[0, inf)", "what an hour of theirs costs")
        per_member: float = par(0.0, "currency per member and year", "[0, inf)", "card, account, service of a member")
        per_purchase: float = par(0.0, "currency per purchase", "[0, inf)", "a purchase of a member: reading the card, fees")
        # fmt: on

    off: ClassVar[dict[str, Any]] = {"set_up": 0.0, "monthly": 0.0, "hours": 0.0, "per_member": 0.0, "per_purchase": 0.0}  # fmt: skip
    remembers: ClassVar[tuple[str, ...]] = ("begun",)
    sources: ClassVar[tuple[str, ...]] = (
        "Dowling & Uncles 1997, Sloan Management Review 38(4):71-82 (costs of programmes that are overlooked)",
    )

    def start(self) -> None:
        """Nothing is paid yet."""
        self.begun = np.zeros(1, np.bool_)

    def open(self, day: float) -> None:
        """The set-up on the first day, and each month."""
        rules, books = self.parameters, self.firm.books
        if not self.begun[0]:
            books.spend(Account.OVERHEAD, rules.set_up)
            self.begun[0] = True
        if turns(day, MONTH):
            books.spend(Account.OVERHEAD, rules.monthly)

    def settle(self, round: Round) -> None:
        """Purchases of members cost."""
        if self.parameters.per_purchase:
            who = round.who[round.rows(self.firm.index)]
            bought = int(np.count_nonzero(self.firm.members()[who]))
            self.firm.books.spend(Account.OVERHEAD, self.parameters.per_purchase * bought)

    def close(self, day: float) -> None:
        """The day's part of what members and staff cost."""
        rules, c, books = self.parameters, self.customers, self.firm.books
        if rules.per_member:
            here = (c.entry <= day) & (c.exit > day)
            members = int(np.count_nonzero(self.firm.members() & here))
            books.spend(Account.OVERHEAD, rules.per_member * members / DAYS_A_YEAR)
        books.spend(Account.STAFF, rules.hours / 7.0 * rules.wage)
