"""Coupons redeemed where nobody asked for them."""

from __future__ import annotations

from typing import Any, ClassVar

from regulars.lab.yardstick import PairedRun, Sums, Yardstick, parameters_of
from regulars.scenario import Scenario


class CouponsToEverybody(Yardstick):
    """Coupons used, of those sent, where they go to everybody."""

    title: ClassVar[str] = "coupons redeemed, of those sent to everybody"
    effect: ClassVar[str] = "coupons-inserts"

    def missing(self, scenario: Scenario) -> str:
        """No coupons, or coupons for some."""
        rules: Any = parameters_of(scenario, "coupons")
        if rules is None or rules.discount == 0:
            return "no coupons"
        audience = rules.audience
        return "" if audience == "everybody" else f"coupons go to {audience}, not to everybody"

    def measure(self, run: PairedRun) -> Sums:
        """Coupons used, and sent."""
        firm = next(firm for firm in run.market.firms if firm.name == run.scenario.focal)
        return float(len(run.events("coupons", "use_coupon"))), float(firm.strategies["coupons"].sent.sum())
