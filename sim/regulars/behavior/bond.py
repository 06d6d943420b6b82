"""The bond: what satisfaction does to loyalty.

`two_threshold` (source documents; Jones & Sasser 1995, HBR): below the customer's lower threshold loyalty
collapses, between the thresholds it barely moves (the zone of indifference), above the upper one it jumps.
`linear` is the alternative, because the literature is split (Streukens & de Ruyter 2004 find no nonlinearity).
"""

from __future__ import annotations

import math
from typing import Any, ClassVar, Literal

import numpy as np

from regulars.ground.chance import Chance, purpose
from regulars.ground.kernel import kernel
from regulars.ground.parameter import ParameterSet, Spread, par, spread_bounds
from regulars.world.customers import Customers

SYSTEMS = {"M1": "tests/oracles/test_satisfaction.py::test_two_thresholds"}
LOWER, UPPER = purpose("bond", "lower"), purpose("bond", "upper")
RESPONSES = ("off", "linear", "two_threshold")  # as the compiled loops number them


class Bond(ParameterSet):
    """How satisfaction turns into attraction."""

    shapes_people: ClassVar[bool] = True
    used_when_off: ClassVar[tuple[str, ...]] = (
        "lower",
        "upper",
        "width",
    )  # complaints, search, devotion and talk have thresholds
    on: bool = par(False, "", "", "whether satisfaction pulls; needs experience.on")
    response: Literal["linear", "two_threshold"] = par("two_threshold", "", "", "form of the response")
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
def bond_value(
    response: Any,
    satisfaction: Any,
    low: Any,
    high: Any,
    slope: Any,
    middle: Any,
    collapse: Any,
    rise: Any,
    zone_slope: Any,
    width: Any,
) -> Any:
    """Attraction in logits that a satisfaction brings to a customer with thresholds `low`, `high`."""
    if response == 1:
        return slope * (satisfaction - middle)
    if response == 2:
        inside = min(max(satisfaction - low, 0.0), high - low)
        return (
            -collapse * step((low - satisfaction) / width)
            + rise * step((satisfaction - high) / width)
            + zone_slope * inside
        )
    return 0.0
