"""Follow the rival: set the list price by that of others, within bounds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from regulars.contract.pricing import PricingParameters, PricingPolicy
from regulars.ground.alike import nearest
from regulars.ground.parameter import par

GROUPS = ("lowest", "mean", "highest")


class Follow(PricingPolicy):
    """Price = (1 + gap) x the list price of the rival, or of the lowest, mean or highest of them, as it stood yesterday."""

    class Parameters(PricingParameters):
        """Whom to follow, and how far."""

        # fmt: off
        whom: str = par("lowest", "", "", "lowest, mean or highest of the rivals' list prices, or the name of one rival")
        gap: float = par(0.0, "share of the rival's price", "(-1, 10]", "how far above (or, below 0, under) the rival")
        least_margin: float = par(0.0, "share of cost", "[-1, 1000]", "never go below cost x (1 + this)")
        highest: float = par(0.0, "currency per unit", "[0, inf)", "never go above this price; 0 for no bound")
        # fmt: on

    sources: ClassVar[tuple[str, ...]] = (
        "Salop 1986, Practices that (credibly) facilitate oligopoly co-ordination (price matching)",
    )

    @classmethod
    def problems(cls, parameters: Any, own: str, firms: Sequence[str]) -> list[tuple[str, str]]:
        """There must be somebody to follow."""
        rivals = [name for name in firms if name != own]
        if not rivals:
            return [("whom", f"'{own}' has no rival to follow")]
        if parameters.whom == own:
            return [("whom", f"'{own}' cannot follow itself; {nearest(own, [*GROUPS, *rivals])}")]
        if parameters.whom not in GROUPS and parameters.whom not in rivals:
            known = [*GROUPS, *rivals]
            return [("whom", f"no rival is called '{parameters.whom}'; {nearest(parameters.whom, known)}")]
        return []

    def price(self, day: float) -> float:
        """The rival's price with the gap, inside the bounds."""
        rules, rivals = self.parameters, self.desk.rivals
        if rules.whom in self.desk.firms:
            rival = float(self.desk.prices[self.desk.firms.index(rules.whom)])
        else:
            rival = float(
                {"lowest": rivals.min(), "mean": rivals.mean(), "highest": rivals.max()}[rules.whom]
            )
        wanted = rival * (1.0 + rules.gap)
        if rules.highest > 0:
            wanted = min(wanted, rules.highest)
        return max(wanted, self.desk.cost * (1.0 + rules.least_margin))
