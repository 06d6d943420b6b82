"""Points that are never redeemed."""

from __future__ import annotations

from typing import Any, ClassVar

from regulars.lab.yardstick import PairedRun, Sums, Yardstick, parameters_of
from regulars.scenario import Scenario


class PointsUnredeemed(Yardstick):
    """Points that expired or were forfeited, of all that left the customers' hands, once the first ones could have expired."""

    title: ClassVar[str] = "points never redeemed, of those issued"
    effect: ClassVar[str] = "points-unredeemed"
    nothing: ClassVar[float | None] = 0.0

    def missing(self, scenario: Scenario) -> str:
        """No points, points that last for ever, or a run that ends before any can expire."""
        rules: Any = parameters_of(scenario, "points")
        if rules is None:
            return "no points"
        begin, days = _begin(rules), scenario.spec.market.days
        if begin == 0:
            return "points never expire: purchase_valid is 0"
        if days <= begin:
            return f"no points can expire within {days:g} days; they last {begin:g}, and the rest of their period"
        return ""

    def measure(self, run: PairedRun) -> Sums:
        """Points lost, and points lost or redeemed."""
        begin = _begin(parameters_of(run.scenario, "points"))
        gone = run.events("points", "redeem", "expire", "forfeit")
        gone = gone[gone["time"] > begin]
        lost = float(gone.loc[gone["event"] != "redeem", "amount"].sum())
        return lost, float(gone["amount"].sum())


def _begin(rules: Any) -> float:
    """Day from which points can have expired; 0 when they never do."""
    valid, lot = float(rules.purchase_valid), float(rules.lot)
    return valid + lot if valid else 0.0
