"""Experience against expectation, and the satisfaction that results.

Performance x = quality + service - failure + noise; disconfirmation d = x - E; expectation E moves toward x
(rate eta); a shortfall weighs more than a surplus (Oliver 1980; Anderson & Sullivan 1993, Marketing Science
12:125-143). Satisfaction with a transaction is w_x x + w_d g(d), and cumulative satisfaction in [0, 1] its
exponentially weighted history. Attraction then becomes taste plus bond.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from regulars.behavior.bond import bond_value, step
from regulars.behavior.records import (
    COMPLAINTS,
    Block,
    BondRules,
    Draws,
    Meetings,
    Offers,
    Out,
    People,
    Rules,
    Sums,
)
from regulars.ground.chance import purpose
from regulars.ground.kernel import kernel
from regulars.ground.parameter import ParameterSet, par
from regulars.world.board import FORGIVENESS, SERVICE
from regulars.world.customers import Customers
from regulars.world.offers import ATTENTION, FAILURE, QUALITY, SEVERITY

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
    customers: Any, rules: BondRules, low: Any, high: Any, liking: Any, satisfaction: Any, attraction: Any
) -> None:
    """Attraction of every firm to these customers, from what they like of it and present satisfaction."""
    for i in customers:
        for f in range(liking.shape[1]):
            pull = bond_value(rules, np.float64(satisfaction[i, f]), low[i], high[i])
            attraction[i, f] = liking[i, f] + pull


@kernel(allocates=False)
def feel(
    block: Block,
    meetings: Meetings,
    people: People,
    offers: Offers,
    rules: Rules,
    draws: Draws,
    out: Out,
    sums: Sums,
) -> None:
    """Everybody in a block who bought something experiences it: x, d, E, satisfaction, attraction, perhaps a complaint."""
    used, effects, firm, how, bond, base = (
        offers.used,
        offers.effects,
        offers.firm,
        rules.experience,
        rules.bond,
        block.base,
    )
    expectation, satisfaction, low, high = people.expectation, people.satisfaction, people.low, people.high
    who, attraction, liking, commitment = meetings.who, people.attraction, people.liking, people.commitment
    chosen, failed, complaining, gaps, by_firm = (
        out.chosen,
        out.failed,
        out.complaining,
        out.gap,
        sums.by_firm,
    )
    for x in range(block.rows):
        o = base + x
        r = o - block.origin
        f = chosen[o]
        if f < 0:
            continue
        i = who[o]
        performance = firm[QUALITY, f] + firm[ATTENTION, f] + draws.shock[x]
        if draws.luck[x] < firm[FAILURE, f]:
            failed[o] = True
            lost = firm[SEVERITY, f]
            if used[FORGIVENESS, f]:
                lost *= 1.0 - min(effects[FORGIVENESS, f, r], 1.0)
            performance -= lost
        if used[SERVICE, f]:
            performance += effects[SERVICE, f, r]
        gap = performance - expectation[i, f]
        gaps[o] = gap
        expectation[i, f] += how.adaptation * gap
        felt = how.performance_weight * performance + how.disconfirmation_weight * disconfirmed(
            gap, how.loss_aversion
        )
        satisfaction[i, f] = after_purchase(satisfaction[i, f], felt, how.memory)
        after = np.float64(satisfaction[i, f])  # as it is kept, so that it can be worked out again to the bit
        attraction[i, f] = liking[i, f] + bond_value(bond, after, low[i], high[i])
        if rules.choice.use_search:
            commitment[i] = step((after - high[i]) / bond.width)
        if after < low[i]:
            complaining[o] = True
            by_firm[0, f, COMPLAINTS] += 1
