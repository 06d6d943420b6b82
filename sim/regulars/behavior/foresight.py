"""How customers value what a purchase does to a programme: progress, by backward induction.

A programme is a small state machine: `s` steps done, `d` opportunities left. With base purchase probability p
and terminal worth g(s) in logits, the log-sum recursion that the customer's own taste shocks imply is

    W(s, d) = delta * log((1 - p) exp W(s, d-1) + p exp W(s+1, d-1)),     W(s, 0) = g(s)

and a purchase is worth phi * [W(s+1, d-1) - W(s, d-1)] logits. Without discounting (delta = 1) and with phi = 1
this gives logit P(hit) = logit P0(hit) + R for a reward worth R logits, exactly. Goal gradient, points pressure,
reset after a reward, lock-in near it and breakage then emerge. `progress` tabulates windows with a deadline once per
type of customer; cards without a deadline are solved here.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from regulars.ground.chance import Chance, purpose
from regulars.ground.kernel import kernel
from regulars.ground.parameter import ParameterSet, Spread, par, spread_bounds
from regulars.world.customers import Customers

TRAITS = (
    "foresight",
    "daily_discount",
    "present_bias",
    "credit_weight",
    "value_curvature",
    "probability_weighting",
)
MOST_FADING = 575.0  # natural logarithm of what fades at most over a card: numbers end at exp(709)


class Foresight(ParameterSet):
    """How customers value what is to come."""

    shapes_people: ClassVar[bool] = True
    foresight: Spread = par(
        Spread(mean=1.0),
        "",
        "[0, 1]",
        "weight phi of what a purchase does to later rewards; 0 for short-sighted customers",
    )
    daily_discount: Spread = par(Spread(mean=1.0), "per day", "(0, 1]", "discount factor of a day")
    present_bias: Spread = par(
        Spread(mean=1.0), "", "(0, 1]", "worth of anything later compared with now (beta)", "Laibson 1997"
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


@kernel(inline=True)
def log_mean(p: Any, stay: Any, go: Any) -> Any:
    """log((1 - p) exp(stay) + p exp(go)), safe for large values."""
    if p <= 0.0:
        return stay
    if p >= 1.0:
        return go
    top = max(stay, go)
    return top + math.log((1.0 - p) * math.exp(stay - top) + p * math.exp(go - top))


@kernel
def card_step(value: Any, pace: Any, p: Any, fade: Any, keep: Any, purchases: Any) -> Any:
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
    if growth * max(m, 1.0) < 0.05:  # the same as below, as a series
        higher = (m - 2.0) / 3.0 * growth * (1.0 + (m - 3.0) / 4.0 * growth)
        return gain * m * (1.0 + (m - 1.0) / 2.0 * growth * (1.0 + higher))
    return gain * math.expm1(purchases * math.log1p(growth)) / growth


@kernel
def card_end(pace: Any, p: Any, fade: Any, keep: Any, steps: Any, purchases: Any) -> Any:
    """What a whole card comes to when an opportunity at its start is worth `pace`, logits."""
    value = 0.0
    for s in range(steps):
        value += card_step(value, pace, p, fade, keep if s > 0 else 1.0, purchases)
    return value


@kernel
def card_pace(p: Any, worth: Any, fade: Any, keep: Any, steps: Any, purchases: Any) -> Any:
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
def card_values(probabilities: Any, worths: Any, discounts: Any, steps: Any, out: Any) -> None:
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
def likely(p: Any, fade: Any, purchases: Any) -> Any:
    """The probability p, kept from being so small that the start of a card is worth less than a number can hold."""
    return min(max(p, 1e-9, fade / strongest_fade(purchases)), 1.0)


@kernel
def strongest_fade(purchases: Any) -> Any:
    """Fading at an opportunity beyond which the start of a card is worth less than a number can hold, buying each time."""
    return np.expm1(MOST_FADING / purchases)
