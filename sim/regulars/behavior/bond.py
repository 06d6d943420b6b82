"""The bond: what satisfaction does to loyalty.

`two_threshold` (source documents; Jones & Sasser 1995, HBR): below the customer's lower threshold loyalty
collapses, between the thresholds it barely moves (the zone of indifference), above the upper one it jumps.
`linear` is the alternative, because the literature is split (Streukens & de Ruyter 2004 find no nonlinearity).
"""

from __future__ import annotations

import math
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from regulars.behavior.records import BondRules
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


def rules_of(bond: Bond) -> BondRules:
    """The rules of the bond as the compiled loops take them."""
    numbers = (bond.slope, bond.middle, bond.collapse, bond.rise, bond.zone_slope, bond.width)
    return BondRules(
        RESPONSES.index(bond.response if bond.on else "off"), *(float(number) for number in numbers)
    )


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


@kernel(inline=True)
def devoted(rules: BondRules, satisfaction: Any, high: Any) -> Any:
    """Devotion to a firm in 0..1: how far a satisfaction lies beyond the upper threshold `high`; with a linear bond, beyond its middle."""
    if rules.response == 1:
        over = max(np.float64(satisfaction) - rules.middle, 0.0)
        return over / (1.0 - rules.middle) if rules.middle < 1.0 else 0.0
    return step((np.float64(satisfaction) - high) / rules.width)


def devotion(rules: BondRules, customers: Customers, who: Any, firms: Any) -> NDArray[np.float64]:
    """Devotion of the customers of numbers `who` to a firm, or each to one of `firms`, 0..1."""
    numbers = np.ascontiguousarray(who, np.int64)
    at = np.ascontiguousarray(np.broadcast_to(np.asarray(firms, np.int64), numbers.shape))
    out = np.empty(numbers.size)
    _devotions(rules, numbers, at, customers.satisfaction, customers.upper_threshold, out)
    return out


@kernel
def _devotions(rules: BondRules, who: Any, firms: Any, satisfaction: Any, high: Any, out: Any) -> None:
    for k in range(who.size):
        i = who[k]
        out[k] = devoted(rules, satisfaction[i, firms[k]], high[i])
