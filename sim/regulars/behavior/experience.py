"""Experience against expectation, and the satisfaction that comes of it.

Performance x = quality + service - failure + noise; disconfirmation d = x - E; expectation E moves toward x
(rate eta); a shortfall weighs more than a surplus (Oliver 1980; Anderson & Sullivan 1993, Marketing Science
12:125-143). Satisfaction with a transaction is w_x x + w_d g(d), and cumulative satisfaction in [0, 1] its
exponentially weighted history. Attraction then becomes taste plus bond.
"""

from __future__ import annotations

import math

import numpy as np

from regulars.behavior.bond import bond_value, step
from regulars.ground.chance import ln, philox, purpose, unit
from regulars.ground.kernel import kernel
from regulars.ground.parameter import ParameterSet, par
from regulars.world.customers import Customers

FEELING = purpose("experience")
TURN = 6.283185307179586
BLOCK = 256


class Experience(ParameterSet):
    """What a purchase does to satisfaction."""

    on: bool = par(False, "", "", "whether customers learn from experience")
    noise: float = par(0.15, "performance", "[0, inf)", "spread of the performance of one transaction")
    initial: float = par(0.5, "satisfaction", "[0, 1]", "satisfaction and expectation before the first purchase")
    memory: float = par(0.3, "", "[0, 1]", "weight of the latest transaction in cumulative satisfaction")
    adaptation: float = par(0.2, "", "[0, 1]", "rate eta at which expectation follows experience", "Oliver 1980")
    performance_weight: float = par(1.0, "satisfaction per performance", "[0, inf)", "weight w_x of performance itself", "Anderson & Sullivan 1993")
    disconfirmation_weight: float = par(0.0, "satisfaction per performance", "[0, inf)", "weight w_d of performance against expectation", "Anderson & Sullivan 1993")
    loss_aversion: float = par(2.0, "", "[1, inf)", "how much more a shortfall weighs than a surplus", "Tversky & Kahneman 1992")


def endow(customers: Customers, experience: Experience) -> None:
    """Give every customer a satisfaction and an expectation for every firm."""
    customers.add("satisfaction", experience.initial)
    customers.add("expectation", experience.initial)
    customers.add("commitment", 0.0)


@kernel(inline=True)
def disconfirmed(gap, loss_aversion):
    """Felt disconfirmation of a gap between experience and expectation: losses weigh more."""
    return gap if gap >= 0.0 else loss_aversion * gap


@kernel
def feel(
    start, stop, who, occasion, chosen, quality, failure, severity, noise, service, use_service,
    memory, adaptation, performance_weight, disconfirmation_weight, loss_aversion,
    response, low, high, slope, middle, collapse, rise, zone_slope, width,
    taste, attraction, satisfaction, expectation, commitment, use_search, key_a, key_b, complaints,
):
    """Experience of the purchases in rows start..stop; state of customers is changed in place.

    `complaints` (rows, bool) marks purchases that left the customer below the lower threshold.
    """
    u = np.empty(BLOCK)
    v = np.empty(BLOCK)
    chance = np.empty(BLOCK)
    for first in range(start, stop, BLOCK):
        rows = min(BLOCK, stop - first)
        for x in range(rows):
            a, b, c, d = philox(who[first + x], occasion[first + x], 0, FEELING, key_a, key_b)
            u[x] = unit(a)
            v[x] = unit(b)
            chance[x] = unit(c)
        for x in range(rows):
            u[x] = math.sqrt(-2.0 * ln(u[x]))
        for x in range(rows):
            o = first + x
            f = chosen[o]
            if f < 0:
                continue
            i = who[o]
            performance = quality[f] + noise * u[x] * math.cos(TURN * v[x])
            if chance[x] < failure[f]:
                performance -= severity[f]
            if use_service[f]:
                performance += service[f, o]
            expected = expectation[i, f]
            gap = performance - expected
            expectation[i, f] = expected + adaptation * gap
            felt = performance_weight * performance + disconfirmation_weight * disconfirmed(gap, loss_aversion)
            before = satisfaction[i, f]
            after = min(max(before + memory * (felt - before), 0.0), 1.0)
            satisfaction[i, f] = after
            pull = bond_value(response, after, low[i], high[i], slope, middle, collapse, rise, zone_slope, width)
            attraction[i, f] = taste[i, f] + pull
            if use_search:
                commitment[i] = step((after - high[i]) / width)
            complaints[o] = after < low[i]


@kernel
def endear(response, low, high, slope, middle, collapse, rise, zone_slope, width, taste, satisfaction, attraction):
    """Attraction of every firm to every customer, from taste and present satisfaction."""
    for i in range(taste.shape[0]):
        for f in range(taste.shape[1]):
            pull = bond_value(response, satisfaction[i, f], low[i], high[i], slope, middle, collapse, rise, zone_slope, width)
            attraction[i, f] = taste[i, f] + pull
