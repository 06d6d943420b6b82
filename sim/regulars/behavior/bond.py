"""The bond: what satisfaction does to loyalty.

`two_threshold` (source documents; Jones & Sasser 1995, HBR): below the customer's lower threshold loyalty
collapses, between the thresholds it barely moves (the zone of indifference), above the upper one it jumps.
`linear` is the alternative, because the literature is split (Streukens & de Ruyter 2004 find no nonlinearity).
"""

from __future__ import annotations

import math
from typing import Any, ClassVar, Literal

import numpy as np

from regulars.behavior.records import BondRules
from regulars.ground.chance import Chance, purpose
from regulars.ground.kernel import kernel
from regulars.ground.parameter import ParameterSet, Spread, par, spread_bounds
from regulars.world.customers import Customers

SYSTEMS = {"M1": "tests/oracles/test_satisfaction.py::test_two_thresholds"}
LOWER, UPPER = purpose("bond", "lower"), purpose("bond", "upper")
RESPONSES = ("off", "linear", "two_threshold")


class Bond(ParameterSet):
    """How satisfaction turns into attraction."""

    shapes_people: ClassVar[bool] = True
    response: Literal["off", "linear", "two_threshold"] = par("off", "", "", "form of the response")
    slope: float = par(1.2, "logits per satisfaction", "[0, 1000000]", "slope of the linear response")
    middle: float = par(0.5, "satisfaction", "[0, 1]", "satisfaction at which the linear response is 0")
    lower: Spread = par(
        Spread(mean=0.35), "satisfaction", "[0, 1]", "lower threshold of a customer", "Jones & Sasser 1995"
    )
    upper: Spread = par(
        Spread(mean=0.75), "satisfaction", "[0, 1]", "upper threshold of a customer", "Jones & Sasser 1995"
    )
    collapse: float = par(2.0, "logits", "[0, 1000000]", "attraction lost below the lower threshold")
    rise: float = par(1.5, "logits", "[0, 1000000]", "attraction gained above the upper threshold")
    zone_slope: float = par(0.2, "logits per satisfaction", "[0, 1000000]", "slope between the thresholds")
    width: float = par(0.04, "satisfaction", "(0, 1]", "width of a step: small for a sharp one")


def endow(customers: Customers, bond: Bond, chance: Chance) -> None:
    """Give every customer two thresholds, the lower one never above the upper one."""
    everyone = np.arange(customers.count)
    low = bond.lower.draw(chance.uniform(LOWER, everyone), spread_bounds(bond, "lower"))
    high = bond.upper.draw(chance.uniform(UPPER, everyone), spread_bounds(bond, "upper"))
    customers.add("lower_threshold", np.minimum(low, high))
    customers.add("upper_threshold", np.maximum(low, high))


@kernel(inline=True)
def step(x: Any) -> Any:
    """A smooth step from 0 to 1 (logistic)."""
    return 1.0 / (1.0 + math.exp(-min(max(x, -500.0), 500.0)))


@kernel(inline=True)
def bond_value(rules: BondRules, satisfaction: Any, low: Any, high: Any) -> Any:
    """Attraction in logits that a satisfaction brings to a customer with thresholds `low`, `high`."""
    if rules.response == 1:
        return rules.slope * (satisfaction - rules.middle)
    if rules.response == 2:
        inside = min(max(satisfaction - low, 0.0), high - low)
        return (
            -rules.collapse * step((low - satisfaction) / rules.width)
            + rules.rise * step((satisfaction - high) / rules.width)
            + rules.zone_slope * inside
        )
    return 0.0
