"""Experience against expectation, and the satisfaction that results.

Performance x = quality + service - failure + noise; disconfirmation d = x - E; expectation E moves toward x
(rate eta); a shortfall weighs more than a surplus (Oliver 1980; Anderson & Sullivan 1993, Marketing Science
12:125-143). Satisfaction with a transaction is w_x x + w_d g(d), and cumulative satisfaction in [0, 1] its
exponentially weighted history. Attraction then becomes taste plus bond.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from regulars.behavior.bond import bond_value
from regulars.ground.chance import purpose
from regulars.ground.kernel import kernel
from regulars.ground.parameter import ParameterSet, par
from regulars.world.customers import Customers

SYSTEMS = {"M2": "tests/oracles/test_satisfaction.py::test_shortfalls_weigh_more"}
FEELING = purpose("experience")


class Experience(ParameterSet):
    """What a purchase does to satisfaction."""

    shapes_people: ClassVar[bool] = True
    on: bool = par(False, "", "", "whether customers learn from experience")
    noise: float = par(0.15, "performance", "[0, 1000]", "spread of the performance of one transaction")
    initial: float = par(
        0.5, "satisfaction", "[0, 1]", "satisfaction and expectation before the first purchase"
    )
    memory: float = par(0.3, "", "[0, 1]", "weight of the latest transaction in cumulative satisfaction")
    adaptation: float = par(
        0.2, "", "[0, 1]", "rate eta at which expectation follows experience", "Oliver 1980"
    )
    performance_weight: float = par(
        1.0,
        "satisfaction per performance",
        "[0, inf)",
        "weight w_x of performance itself",
        "Anderson & Sullivan 1993",
    )
    disconfirmation_weight: float = par(
        0.0,
        "satisfaction per performance",
        "[0, inf)",
        "weight w_d of performance against expectation",
        "Anderson & Sullivan 1993",
    )
    loss_aversion: float = par(
        2.0, "", "[1, inf)", "how much more a shortfall weighs than a surplus", "Tversky & Kahneman 1992"
    )


def endow(customers: Customers, experience: Experience) -> None:
    """Give every customer a satisfaction and an expectation for every firm."""
    customers.add("satisfaction", experience.initial)
    customers.add("expectation", experience.initial)
    customers.add("commitment", 0.0)


@kernel(inline=True)
def disconfirmed(gap: Any, loss_aversion: Any) -> Any:
    """Felt disconfirmation of a gap between experience and expectation: losses weigh more."""
    return gap if gap >= 0.0 else loss_aversion * gap


@kernel(inline=True)
def after_purchase(satisfaction: Any, felt: Any, memory: Any) -> Any:
    """Cumulative satisfaction after a transaction that felt like `felt`, kept within [0, 1]."""
    return min(max(satisfaction + memory * (felt - satisfaction), 0.0), 1.0)


@kernel
def endear(
    customers: Any, response: Any, low: Any, high: Any, slope: Any, middle: Any, collapse: Any, rise: Any, zone_slope: Any, width: Any, liking: Any, satisfaction: Any, attraction: Any,
) -> None:  # fmt: skip
    """Attraction of every firm to these customers, from what they like of it and present satisfaction."""
    for i in customers:
        for f in range(liking.shape[1]):
            pull = bond_value(
                response,
                np.float64(satisfaction[i, f]),
                low[i],
                high[i],
                slope,
                middle,
                collapse,
                rise,
                zone_slope,
                width,
            )
            attraction[i, f] = liking[i, f] + pull
