"""Coupons redeemed by those who took notice of them on their card."""

from __future__ import annotations

from typing import Any, ClassVar

from regulars.lab.yardstick import PairedRun, Sums, Yardstick, parameters_of
from regulars.scenario import Scenario


class CouponsToCard(Yardstick):
    """Coupons used, of those that were noticed, where they go to some customers whom the firm knows.

    A coupon that was noticed stands for one that a customer has loaded to a card.
    """

    title: ClassVar[str] = "coupons redeemed, of those noticed by known customers"
    effect: ClassVar[str] = "coupons-loaded-to-card"

    def missing(self, scenario: Scenario) -> str:
        """No coupons, or coupons for everybody."""
        rules: Any = parameters_of(scenario, "coupons")
        if rules is None or rules.discount == 0:
            return "no coupons"
        return "coupons go to everybody" if rules.audience == "everybody" else ""

    def measure(self, run: PairedRun) -> Sums:
        """Coupons used, and noticed."""
        return float(len(run.events("coupons", "use_coupon"))), float(len(run.events("coupons", "contact")))
