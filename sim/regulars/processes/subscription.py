"""Subscriptions: every opportunity is a billing date, and customers who do nothing go on paying.

At a billing date a subscriber attends to the matter with probability kappa (`attention`); otherwise the contract is
renewed by itself. Subscribers who have lost interest cancel at the first date they attend to, so that the mean number of
months paid for nothing is (1 - kappa) / kappa (DellaVigna & Malmendier 2006, American Economic Review 96:694-719: 2.31
months, hence kappa = .302). Those who still want the service and attend compare as anybody else does; those who buy nothing
at a billing date have cancelled.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from regulars.contract.process import Process, Section, section
from regulars.ground.chance import purpose
from regulars.ground.parameter import ParameterSet, par
from regulars.world.board import Effect, Round
from regulars.world.calendar import DAYS_A_YEAR
from regulars.world.events import Event

SYSTEMS = {"P18": "tests/behavior/test_subscription.py::test_months_paid_for_nothing"}
ATTENDS, BORED = purpose("subscription", "attention"), purpose("subscription", "interest")


class SubscriptionRules(ParameterSet):
    """Whether purchases are contracts that renew themselves."""

    arms_may_change: ClassVar[bool] = True
    # fmt: off
    on: bool = par(False, "", "", "whether opportunities are billing dates of a contract that renews itself")
    attention: float = par(1.0, "probability per billing date", "(0, 1]", "chance kappa that a subscriber attends to the matter", "DellaVigna & Malmendier 2006 (.302 for gyms)")
    lose_interest: float = par(0.0, "per year", "[0, 1000]", "hazard of not wanting the service any more, from any firm")
    # fmt: on


class Subscription(Process):
    """Renews contracts of those who do not attend, and lets those go who have lost interest and attend."""

    events: ClassVar[tuple[Event, ...]] = (Event("cancel", "ended a subscription"),)
    follows: ClassVar[tuple[str, ...]] = ("portability",)
    sections: ClassVar[dict[str, Section]] = {
        "subscription": section(SubscriptionRules, "contracts that renew themselves")
    }
    remembers: ClassVar[tuple[str, ...]] = ("subscribed", "bored")

    def start(self) -> None:
        """Customers who bought from a firm last are under contract with it; interest may be lost from now on."""
        c = self.customers
        self.subscribed = c.incumbent >= 0
        self.bored = np.full(c.count, np.inf)  # days: when interest is lost
        if self.rules.lose_interest > 0:
            wait = self.chance.exponential(BORED, np.arange(c.count)) * DAYS_A_YEAR / self.rules.lose_interest
            self.bored = np.maximum(c.entry, self.market.day) + wait

    def appeal(self, round: Round) -> None:
        """Hold those who do not attend; nothing is bought any more by those who have lost interest and do."""
        who = round.who
        attends = self.chance.uniform(ATTENDS, who, round.occasion) < self.rules.attention
        held = self.subscribed[who] & ~attends
        gone = (self.bored[who] <= round.time) & ~held
        for f in range(len(self.market.names)):
            mine = held & (self.customers.incumbent[who] == f)
            if mine.any():
                round.column(Effect.LOCKED_IN, f)[mine] = 1.0
            if gone.any():
                round.column(Effect.BLOCKED, f)[gone] = 1.0

    def settle(self, round: Round) -> None:
        """Those who bought are under contract; those who did not have cancelled."""
        bought = round.chosen >= 0
        ended = self.subscribed[round.who] & ~bought
        for f, firm in enumerate(self.market.firms):
            cancelled = ended & (self.customers.incumbent[round.who] == f)
            firm.event("cancel", "", round.who[cancelled], round.day)
        self.subscribed[round.who] = bought
