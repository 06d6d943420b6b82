"""Coupons (P14): a discount for one purchase within some days, sent to an audience now and then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from regulars.contract.aim import Aimed
from regulars.contract.strategy import State, Strategy
from regulars.ground.parameter import Spread, par, spread_bounds
from regulars.kit.contact import CONTACT, Contact, ContactParameters
from regulars.world.board import Effect
from regulars.world.calendar import due
from regulars.world.events import Event
from regulars.world.ledger import MILLION

if TYPE_CHECKING:
    from regulars.world.board import Round

SYSTEMS = {"P14": "tests/strategies/test_coupons.py::test_a_coupon_is_used_once_and_in_time"}


class Coupons(Strategy):
    """Send coupons; customers who hold one pay less at one purchase, if that is worth the trouble.

    A coupon is worth its trouble when what it saves on a mean basket is more than the customer's hassle, and pulls by
    the difference. It is used up at the next purchase here, and lapses after `valid` days; only one is held at a
    time. Having seen it warms as any message does, used or not (mere exposure).
    """

    class Parameters(Aimed, ContactParameters):
        """Whom to send coupons to, how often, and what they are worth."""

        # fmt: off
        every: float = par(28.0, "days", "(0, 3660]", "time between two mailings")
        discount: float = par(0.1, "share of list price", "[0, 1)", "price cut of the purchase at which it is used")
        valid: float = par(14.0, "days", "(0, 3660]", "days until a coupon lapses")
        hassle: Spread = par(Spread(mean=0.0), "currency", "[0, inf)", "trouble of using a coupon, by customer", "Narasimhan 1984")
        looks: float = par(1.0, "0 cheap .. 1 premium", "[0, 1]", "how the coupon looks beside the brand (where [image] is on)")
        # fmt: on

    state: ClassVar[tuple[State, ...]] = (
        *CONTACT,
        State("lapses", "f4", "days", "when the coupon in hand lapses; negative for none", -1.0),
    )
    remembers: ClassVar[tuple[str, ...]] = ("next",)
    events: ClassVar[tuple[Event, ...]] = (Event("use_coupon", "used a coupon", "what it saved, currency"),)
    off: ClassVar[dict[str, Any]] = {"discount": 0.0, "effect": 0.0, "cost": 0.0, "reach": 0.0}
    sources: ClassVar[tuple[str, ...]] = (
        "Source documents, P14 (coupons)",
        "Narasimhan 1984, Marketing Science 3:128-147 (coupons are for those whose time costs little)",
        "Venkatesan & Farris 2012, Journal of Marketing 76(1):79-94 (exposure besides redemption)",
    )

    def start(self) -> None:
        """The first mailing goes out on the first day."""
        self.contact, self.next = Contact(self), np.zeros(1)
        self.revise()

    def revise(self) -> None:
        """How much trouble a coupon is to each customer."""
        rules, everyone = self.parameters, np.arange(self.customers.count)
        u = self.firm.chance.uniform(self.purpose("hassle"), everyone)
        self.hassle = rules.hassle.draw(u, spread_bounds(rules, "hassle"))

    def open(self, day: float) -> None:
        """Send what is due."""
        rules = self.parameters
        if due(self.next, day, rules.every):
            who = self.contact.send(np.flatnonzero(self.firm.audience(rules.audience, day)), day)
            self.lapses[who] = day + rules.valid

    def uses(self, customers: NDArray[Any], time: Any) -> NDArray[np.bool_]:
        """Which of `customers` would use a coupon at `time` (days): they hold one, and it is worth its trouble."""
        saving = self.parameters.discount * self.firm.price * self.customers.basket[customers]
        return np.asarray((self.lapses[customers] > time) & (saving > self.hassle[customers]))

    def appeal(self, round: Round) -> None:
        """Customers who would use a coupon pay less here, and have the trouble."""
        self.contact.pull(round)
        rows, f = np.flatnonzero(self.uses(round.who, round.time)), self.firm.index
        if not rows.size:
            return
        round.column(Effect.PRICE_FACTOR, f)[rows] *= 1.0 - self.parameters.discount
        trouble = self.firm.baseline.money_weight(round.who[rows]) * self.hassle[round.who[rows]]
        if trouble.any():
            round.column(Effect.APPEAL, f)[rows] -= trouble

    def settle(self, round: Round) -> None:
        """A coupon is used up at the purchase at which it saves money."""
        rules, rows = self.parameters, round.rows(self.firm.index)
        rows = rows[self.uses(round.who[rows], round.time[rows])]
        if rows.size:
            who = round.who[rows]
            self.lapses[who] = -1.0
            self.firm.event(
                "use_coupon", self.title(), who, round.day, rules.discount * round.listed[rows] / MILLION
            )
            self.firm.relations.show_reward(who, rules.looks, round.day)
