"""How customers value what a purchase does to a programme: progress, by backward induction.

A programme is a small state machine: `s` steps done, `d` opportunities left. With base purchase probability p
and terminal worth g(s) in logits, the log-sum recursion that the customer's own taste shocks imply is

    W(s, d) = delta * log((1 - p) exp W(s, d-1) + p exp W(s+1, d-1)),     W(s, 0) = g(s)

and a purchase is worth phi * [W(s+1, d-1) - W(s, d-1)] logits. Without discounting (delta = 1) and with phi = 1
this gives logit P(hit) = logit P0(hit) + R for a reward worth R logits, exactly. Goal gradient, points pressure,
reset after a reward, lock-in near it and breakage then emerge. Tables are made once per customer type, on a
grid of base probability, worth and discount that shrinks to one node where all customers are alike.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regulars.ground.chance import Chance, purpose
from regulars.ground.kernel import kernel
from regulars.ground.parameter import ParameterSet, Spread, par, spread_bounds
from regulars.world.customers import Customers

NODES = 12  # nodes of a grid axis along which customers differ
TRAITS = ("foresight", "daily_discount", "present_bias", "credit_weight", "value_curvature", "probability_weighting")


class Foresight(ParameterSet):
    """How customers value what is to come."""

    foresight: Spread = par(Spread(mean=1.0), "", "[0, 1]", "weight phi of what a purchase does to later rewards; 0 for short-sighted customers")
    daily_discount: Spread = par(Spread(mean=1.0), "per day", "(0, 1]", "discount factor of a day")
    present_bias: Spread = par(Spread(mean=1.0), "", "(0, 1]", "worth of anything later against now (beta)", "Laibson 1997")
    credit_weight: Spread = par(Spread(mean=1.0), "", "[0, 1]", "worth of a unit of store credit in cash: the mental account", "Stourm, Bradlow & Fader 2015")
    value_curvature: Spread = par(Spread(mean=1.0), "exponent", "(0, 1]", "diminishing sensitivity alpha; .88 in prospect theory", "Tversky & Kahneman 1992")
    probability_weighting: Spread = par(Spread(mean=1.0), "exponent", "[0.3, 1]", "probability weighting gamma; .61 for gains in prospect theory, 1 for none", "Tversky & Kahneman 1992")


def endow(customers: Customers, foresight: Foresight, chance: Chance) -> None:
    """Give every customer the traits of valuing what is to come."""
    everyone = np.arange(customers.count)
    for name in TRAITS:
        draws = chance.uniform(purpose("foresight", name), everyone)
        customers.add(name, getattr(foresight, name).draw(draws, spread_bounds(foresight, name)))


@dataclass(frozen=True)
class Grid:
    """Customer types on a grid: nodes per axis, and where each customer lies on it.

    `index` (axes, customers) int16 and `weight` (axes, customers) float32: lower node and share of the next one.
    """

    nodes: tuple[NDArray[Any], ...]
    index: NDArray[Any]
    weight: NDArray[Any]

    @classmethod
    def over(cls, *traits: NDArray[Any]) -> Grid:
        """Grid over traits (probability first, then worth in logits, then discount), one value a customer."""
        nodes, index, weight = [], [], []
        for axis, values in enumerate(traits):
            points = _nodes(np.asarray(values, np.float64), logit=axis == 0)
            low = np.clip(np.searchsorted(points, values, side="right") - 1, 0, max(points.size - 2, 0))
            width = np.diff(points)[low] if points.size > 1 else np.ones(len(values))
            nodes.append(points)
            index.append(low)
            weight.append(np.clip((values - points[low]) / width, 0, 1))
        return cls(tuple(nodes), np.asarray(index, np.int16), np.asarray(weight, np.float32))


def _nodes(values: NDArray[Any], logit: bool) -> NDArray[Any]:
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
    if high - low <= 1e-12 * max(abs(high), 1.0):
        return np.array([low])
    if logit:
        ends = np.clip([low, high], 1e-9, 1 - 1e-9)
        points = 1 / (1 + np.exp(-np.linspace(*np.log(ends / (1 - ends)), NODES)))
        points[0], points[-1] = min(low, points[0]), max(high, points[-1])
        return points
    return low + (high - low) * np.linspace(0, 1, NODES) ** 2  # finer where worth is small: most customers


@kernel
def deadline_values(probabilities, worths, discounts, terminal, days, out):
    """Fill out[p, r, k, d, s] with W(s, d) for d = 0..days; terminal[s] is the worth of ending with s steps, per unit."""
    steps = terminal.size
    for a in range(probabilities.size):
        p = min(max(probabilities[a], 0.0), 1.0)
        for b in range(worths.size):
            for c in range(discounts.size):
                for s in range(steps):
                    out[a, b, c, 0, s] = worths[b] * terminal[s]
                for d in range(1, days + 1):
                    for s in range(steps):
                        stay = out[a, b, c, d - 1, s]
                        go = out[a, b, c, d - 1, min(s + 1, steps - 1)]
                        out[a, b, c, d, s] = discounts[c] * log_mean(p, stay, go)


@kernel(inline=True)
def log_mean(p, stay, go):
    """log((1 - p) exp(stay) + p exp(go)), safe for large values."""
    if p <= 0.0:
        return stay
    if p >= 1.0:
        return go
    top = max(stay, go)
    return top + math.log((1.0 - p) * math.exp(stay - top) + p * math.exp(go - top))


@kernel
def card_values(probabilities, worths, discounts, steps, out):
    """Fill out[p, r, k, s] with W(s) of a card without deadline: `steps` purchases earn the reward, then it restarts.

    W(s) is the fixed point of W(s) = delta log((1-p) exp W(s) + p exp W(s+1)), W(steps) = worth + W(0), with
    delta per opportunity. With delta = 1 nothing ever fades and W is only defined up to the drift: then
    W(s) = r s / steps, the worth of a purchase being the same at every step.
    """
    for a in range(probabilities.size):
        p = min(max(probabilities[a], 0.0), 1.0)
        for b in range(worths.size):
            for c in range(discounts.size):
                delta = discounts[c]
                if delta >= 1.0 - 1e-9:
                    for s in range(steps + 1):
                        out[a, b, c, s] = worths[b] * s / steps
                    continue
                restart = 0.0
                for _ in range(10000):
                    out[a, b, c, steps] = worths[b] + restart
                    for back in range(steps):
                        s = steps - 1 - back
                        go = out[a, b, c, s + 1]
                        value = delta * go  # above the fixed point: iterate down
                        for _ in range(200):
                            fresh = delta * log_mean(p, value, go)
                            if abs(fresh - value) < 1e-13:
                                break
                            value = fresh
                        out[a, b, c, s] = value
                    if abs(out[a, b, c, 0] - restart) < 1e-12:
                        break
                    restart = out[a, b, c, 0]


@kernel(inline=True)
def blend(table, index, weight, i, d, s):
    """W(s, d) of customer i by interpolation on table[p, r, k, d, s]."""
    value = 0.0
    for corner in range(8):
        share = 1.0
        a, b, c = index[0, i], index[1, i], index[2, i]
        if corner & 1:
            share *= weight[0, i]
            a += 1
        else:
            share *= 1.0 - weight[0, i]
        if corner & 2:
            share *= weight[1, i]
            b += 1
        else:
            share *= 1.0 - weight[1, i]
        if corner & 4:
            share *= weight[2, i]
            c += 1
        else:
            share *= 1.0 - weight[2, i]
        if share > 0.0:
            value += share * table[a, b, c, d, s]
    return value
