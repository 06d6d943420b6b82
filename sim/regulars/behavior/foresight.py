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
TRAITS = (
    "foresight",
    "daily_discount",
    "present_bias",
    "credit_weight",
    "value_curvature",
    "probability_weighting",
)


class Foresight(ParameterSet):
    """How customers value what is to come."""

    foresight: Spread = par(
        Spread(mean=1.0),
        "",
        "[0, 1]",
        "weight phi of what a purchase does to later rewards; 0 for short-sighted customers",
    )
    daily_discount: Spread = par(Spread(mean=1.0), "per day", "(0, 1]", "discount factor of a day")
    present_bias: Spread = par(
        Spread(mean=1.0), "", "(0, 1]", "worth of anything later against now (beta)", "Laibson 1997"
    )
    credit_weight: Spread = par(
        Spread(mean=1.0),
        "",
        "[0, 1]",
        "worth of a unit of store credit in cash: the mental account",
        "Stourm, Bradlow & Fader 2015",
    )
    value_curvature: Spread = par(
        Spread(mean=1.0),
        "exponent",
        "(0, 1]",
        "diminishing sensitivity alpha; .88 in prospect theory",
        "Tversky & Kahneman 1992",
    )
    probability_weighting: Spread = par(
        Spread(mean=1.0),
        "exponent",
        "[0.3, 1]",
        "probability weighting gamma; .61 for gains in prospect theory, 1 for none",
        "Tversky & Kahneman 1992",
    )


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
def card_step(value, pace, p, fade, keep, purchases):
    """Worth in logits of a step of so many `purchases` to a customer whose progress is worth `value` already.

    For one purchase it is exact; several at once (or a part of one) grow as they would if the worth of a purchase
    grew by the same factor from one to the next as it does here.
    """
    surplus = (value * fade + pace) / keep  # what meeting an opportunity must be worth, so that waiting pays
    rise = math.expm1(min(surplus, 600.0))
    gain = math.log1p(rise / p)
    if purchases == 1.0:
        return gain
    growth = (1.0 + rise) / (p + rise) * fade / keep
    m = purchases
    if growth * m < 0.05:  # the same as below, as a series
        higher = (m - 2.0) / 3.0 * growth * (1.0 + (m - 3.0) / 4.0 * growth)
        return gain * m * (1.0 + (m - 1.0) / 2.0 * growth * (1.0 + higher))
    return gain * math.expm1(purchases * math.log1p(growth)) / growth


@kernel
def card_end(pace, p, fade, keep, steps, purchases):
    """What a whole card comes to when an opportunity at its start is worth `pace`, logits."""
    value = 0.0
    for s in range(steps):
        value += card_step(value, pace, p, fade, keep if s > 0 else 1.0, purchases)
    return value


@kernel
def card_pace(p, worth, fade, keep, steps, purchases):
    """What an opportunity is worth to a customer at the start of a card of `steps` steps, logits; see `card_values`.

    p: base probability of a purchase at an opportunity; worth: of the reward, logits; fade: 1 / delta - 1 plus the
    chance, at an opportunity, that all progress is lost; keep: the chance that it is not; purchases: in a step.
    """
    if worth <= 0.0:
        return 0.0
    total = steps * purchases
    growth = fade / (p * keep)
    low = worth * p / total  # least it can be: every purchase worth as if little
    if growth * total > 1e-9:
        low = worth * p * growth / math.expm1(total * math.log1p(growth))
    # the end of a card is a concave function of the pace, so that secants from below do not overshoot
    pace, before = low, 0.9 * low
    end = card_end(pace, p, fade, keep, steps, purchases)
    end_before = card_end(before, p, fade, keep, steps, purchases)
    for _ in range(100):
        if abs(end - worth) <= 1e-11 * worth or end == end_before:
            break
        fresh = max(pace + (worth - end) * (pace - before) / (end - end_before), 0.5 * pace)
        before, end_before = pace, end
        pace = fresh
        end = card_end(pace, p, fade, keep, steps, purchases)
    return pace


@kernel
def card_values(probabilities, worths, discounts, steps, out):
    """Fill out[p, r, k, s] with W(s) of a card without deadline: `steps` purchases earn the reward, then it restarts.

    W(s) is the fixed point of W(s) = delta log((1-p) exp W(s) + p exp W(s+1)), W(steps) = worth + W(0), with
    delta per opportunity. A step is then worth D(s) = W(s+1) - W(s) = log(1 + (exp(W(s) (1/delta - 1)) - 1) / p), so
    that the whole card follows from its start, and the start from D(0) + ... + D(steps-1) = worth: W(0) is found by
    secants on that sum. With delta = 1 nothing ever fades and W is only defined up to the drift: then
    W(s) = r s / steps, the worth of a purchase being the same at every step. A reward that is received one opportunity
    after the last step is one of delta times the worth.
    """
    for a in range(probabilities.size):
        for b in range(worths.size):
            for c in range(discounts.size):
                delta = min(discounts[c], 1.0)
                fade = 1.0 / delta - 1.0
                p = likely(probabilities[a], fade, steps)
                pace = card_pace(p, worths[b], fade, 1.0, steps, 1.0)
                value = 0.0
                start = pace / fade if delta < 1.0 - 1e-9 else 0.0
                out[a, b, c, 0] = start
                for s in range(steps):
                    value += card_step(value, pace, p, fade, 1.0, 1.0)
                    out[a, b, c, s + 1] = start + value


@kernel
def likely(p, fade, purchases):
    """The probability p, kept from being so small that the start of a card is worth less than a number can hold."""
    return min(max(p, 1e-9, fade / (1e250 ** (1.0 / purchases) - 1.0)), 1.0)


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
