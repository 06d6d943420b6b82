"""How much of what coupons add to sales comes from redeeming them."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from regulars.lab.yardstick import PairedRun, Sums, Yardstick, parameters_of
from regulars.scenario import Scenario


class CouponExposure(Yardstick):
    """What is spent more at opportunities at which a coupon was used, of what is spent more at all of them.

    Opportunities of the arm and of its control are the same ones, so that each has its own difference.
    """

    title: ClassVar[str] = "part of the lift of coupons that comes from redeeming them"
    effect: ClassVar[str] = "offers-as-advertising"
    nothing: ClassVar[float | None] = 1.0

    def missing(self, scenario: Scenario) -> str:
        """No coupons, or coupons that do nothing unless they are used."""
        rules: Any = parameters_of(scenario, "coupons")
        if rules is None or rules.discount == 0:
            return "no coupons"
        return "" if rules.effect else "a coupon that is only seen does nothing: coupons.effect is 0"

    def measure(self, run: PairedRun) -> Sums:
        """Added spending at redemptions, and in all."""
        keys = ["customer", "occasion"]
        arm, control = (
            table.loc[table["firm"] == run.scenario.focal, [*keys, "time", "amount"]]
            for table in (run.opportunities, run.opportunities_without)
        )
        both = arm.merge(control[[*keys, "amount"]], how="outer", on=keys, suffixes=("", "_without"))
        lift = both["amount"].fillna(0.0) - both["amount_without"].fillna(0.0)
        used = run.events("coupons", "use_coupon")
        at = set(zip(used["customer"].tolist(), used["time"].tolist(), strict=True))
        days = np.floor(both["time"].fillna(-1.0)).tolist()  # events have the day
        redeemed = np.array([one in at for one in zip(both["customer"].tolist(), days, strict=True)], bool)
        return float(lift[redeemed].sum()), float(lift.sum())
