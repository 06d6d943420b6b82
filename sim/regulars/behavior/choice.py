"""The choice: the largest utility wins.

V_ij = a_ij + bond_ij + standing_j - b_i * (effective price_j - base price_j) + programmes_ij - cost_i [j is not the incumbent]

plus a standard Gumbel draw for every firm and for buying nothing, so that choice is a logit (McFadden 1974).
Each customer, occasion and firm has its own draw: raising V of one firm can only move choices to that firm.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from regulars.behavior.records import Block, Draws, Meetings, Mind, Offers, People, Rules
from regulars.ground.chance import Chance, purpose
from regulars.ground.kernel import kernel
from regulars.ground.parameter import ParameterSet, Spread, par, spread_bounds
from regulars.world.board import (
    APPEAL,
    ATTACHMENT,
    BLOCKED,
    LOCKED_IN,
    MONEY_OFF,
    PRICE_FACTOR,
    PRICE_WEIGHT,
    PROMOTION_DEAFNESS,
)
from regulars.world.customers import Customers
from regulars.world.offers import SHELF_PRICE, STANDING

MOOD = purpose("choice", "mood")
SENSITIVITY = purpose("choice", "price sensitivity")
ASIDE = np.int64(0xFFFF)  # block of draws for what is not a firm: buying nothing, looking around


class Choice(ParameterSet):
    """How customers weigh what is on offer."""

    shapes_people: ClassVar[bool] = True
    mood: Literal["gumbel", "none"] = par(
        "gumbel", "", "", "random taste of the moment; none for deterministic choice"
    )
    outside: bool = par(False, "", "", "whether an opportunity can end without a purchase")
    outside_utility: float = par(0.0, "logits", "[-50, 50]", "attraction u0 of buying nothing")
    price_sensitivity: Spread = par(
        Spread(mean=0.0), "logits per unit price", "[0, inf)", "loss of attraction per unit of price"
    )
    quality_weight: Spread = par(
        Spread(mean=0.0),
        "logits per quality",
        "[0, inf)",
        "gain of attraction per unit of quality known beforehand",
    )
    service_weight: Spread = par(
        Spread(mean=0.0),
        "logits per service",
        "[0, inf)",
        "gain of attraction per unit of service known beforehand",
    )
    hour: Spread = par(
        Spread(mean=0.0), "currency per hour", "[0, inf)", "what an hour of a purchase costs the customer"
    )
    effort_weight: Spread = par(
        Spread(mean=0.0), "logits per effort", "[0, inf)", "loss of attraction per unit of effort"
    )
    risk_weight: Spread = par(
        Spread(mean=0.0),
        "logits per uncertainty",
        "[0, inf)",
        "loss of attraction per unit of uncertainty (psychic cost)",
    )


def endow(customers: Customers, choice: Choice, chance: Chance) -> None:
    """Give every customer a price sensitivity."""
    draws = chance.uniform(SENSITIVITY, np.arange(customers.count))
    customers.add(
        "price_sensitivity", choice.price_sensitivity.draw(draws, spread_bounds(choice, "price_sensitivity"))
    )


def at_base_prices(customers: Customers, base: NDArray[Any]) -> None:
    """Make tastes those at the firms' base prices [F], b_i base_j logits more, so that only departures from these count.

    Whatever price sensitivity is drawn or swept, choices at base prices then stay what they were.
    """
    if base.any():
        customers.taste += customers.price_sensitivity.astype(np.float64)[:, None] * base


@kernel(inline=True)
def utility(
    attraction: Any,
    standing: Any,
    sensitivity: Any,
    price: Any,
    stay_cost: Any,
    premium: Any,
    is_incumbent: Any,
    has_incumbent: Any,
) -> Any:
    """Utility of a firm before programmes and mood, logits."""
    value = attraction + standing - sensitivity * price
    if premium:
        return value + stay_cost if is_incumbent else value
    return value - stay_cost if has_incumbent and not is_incumbent else value


@kernel(inline=True)
def choose(
    block: Block, meetings: Meetings, people: People, offers: Offers, rules: Rules, draws: Draws, mind: Mind
) -> None:
    """Find the firm of the largest utility for every row of a block, -1 where buying nothing is better or nobody is left.

    Firms of equal utility are told apart by the draw, not by their order.
    """
    who, base, gumbel_mood, premium = meetings.who, block.base, rules.choice.gumbel_mood, rules.choice.premium
    attraction, sensitivity, switching_cost = people.attraction, people.sensitivity, people.switching_cost
    value, best, luck, winner, now = mind.value, mind.best, mind.luck, mind.winner, mind.now
    for x in range(block.rows):
        i = who[base + x]
        mind.sensitivity[x] = sensitivity[i]
        mind.stay[x] = switching_cost[i]
    for x in range(block.rows):
        best[x] = -np.inf
        winner[x] = -1
        luck[x] = 0.0
    if rules.choice.outside:
        for x in range(block.rows):
            best[x] = -np.inf if mind.bound[x] else rules.choice.outside_utility + draws.nothing[x]
    for f in range(offers.firm.shape[1]):
        consider(f, block, meetings, people, offers, rules, mind)
        read_board(f, block, meetings, people, offers, mind)
        mood, standing = draws.mood[f], offers.firm[STANDING, f]
        for x in range(block.rows):
            value[x] = attraction[who[base + x], f]
        for x in range(block.rows):
            v = utility(
                value[x],
                standing,
                mind.weight[x],
                mind.price[x],
                mind.stay[x],
                premium,
                now[x] == f,
                now[x] >= 0,
            )
            v += mind.pull[x]
            v = v + mood[x] if gumbel_mood else v
            v = v if mind.seen[x] else -np.inf
            equal = (v == best[x]) & (winner[x] >= 0) & (mood[x] > luck[x])
            wins = (v > best[x]) | equal
            best[x] = v if wins else best[x]
            luck[x] = mood[x] if wins else luck[x]
            winner[x] = f if wins else winner[x]


@kernel(inline=True)
def consider(
    f: Any, block: Block, meetings: Meetings, people: People, offers: Offers, rules: Rules, mind: Mind
) -> None:
    """Whether firm `f` is considered: known, not overlooked, not blocked, and one of those that bind where any does."""
    used, effects, begin = offers.used, offers.effects, block.base - block.origin
    seen, only, bound = mind.seen, mind.only, mind.bound
    for x in range(block.rows):
        seen[x] = ((only[x] < 0) | (only[x] == f)) & (bound[x] == 0)
    if rules.choice.use_awareness:
        who, time, aware_from = meetings.who, meetings.time, people.aware_from
        for x in range(block.rows):
            strange = aware_from[who[block.base + x], f] > time[block.base + x]
            seen[x] &= (only[x] >= 0) | (not strange)
    if used[LOCKED_IN, f]:
        for x in range(block.rows):
            seen[x] |= (bound[x] == 1) & (effects[LOCKED_IN, f, begin + x] > 0.0)
    if used[BLOCKED, f]:
        for x in range(block.rows):
            seen[x] &= effects[BLOCKED, f, begin + x] <= 0.0


@kernel(inline=True)
def read_board(f: Any, block: Block, meetings: Meetings, people: People, offers: Offers, mind: Mind) -> None:
    """What strategies wrote for firm `f`: the price as it is felt, how much it matters, and what pulls besides."""
    used, effects, begin, shelf = (
        offers.used,
        offers.effects,
        block.base - block.origin,
        offers.firm[SHELF_PRICE, f],
    )
    price, weight, pull, sensitivity = mind.price, mind.weight, mind.pull, mind.sensitivity
    for x in range(block.rows):
        price[x] = shelf
        weight[x] = sensitivity[x]
        pull[x] = 0.0
    if used[PRICE_FACTOR, f]:
        for x in range(block.rows):
            price[x] *= effects[PRICE_FACTOR, f, begin + x]
    if used[MONEY_OFF, f]:
        who, basket = meetings.who, people.basket
        for x in range(block.rows):
            price[x] -= min(effects[MONEY_OFF, f, begin + x] / basket[who[block.base + x]], price[x])
    if used[APPEAL, f]:
        for x in range(block.rows):
            pull[x] = effects[APPEAL, f, begin + x]
    if used[PRICE_WEIGHT, f]:
        for x in range(block.rows):
            weight[x] *= effects[PRICE_WEIGHT, f, begin + x]
    if used[PROMOTION_DEAFNESS, f]:
        for x in range(block.rows):
            unheard = min(effects[PROMOTION_DEAFNESS, f, begin + x], 1.0)
            price[x] += unheard * (shelf - price[x])
            pull[x] -= unheard * pull[x]
    if used[ATTACHMENT, f]:
        for x in range(block.rows):
            pull[x] += effects[ATTACHMENT, f, begin + x]


@kernel
def base_probability(
    customers: Any,
    attraction: Any,
    standing: Any,
    sensitivity: Any,
    shelf_price: Any,
    switching_cost: Any,
    premium: Any,
    incumbent: Any,
    outside: Any,
    outside_utility: Any,
    firm: Any,
    out: Any,
) -> None:
    """Chance that each of `customers` buys from `firm` at an opportunity, without programmes (logit)."""
    firms = standing.size
    for k in range(customers.size):
        i = customers[k]
        now = incumbent[i]
        own = utility(
            attraction[i, firm],
            standing[firm],
            sensitivity[i],
            shelf_price[firm],
            switching_cost[i],
            premium,
            firm == now,
            now >= 0,
        )
        total = np.exp(outside_utility - own) if outside else 0.0
        for f in range(firms):
            value = utility(
                attraction[i, f],
                standing[f],
                sensitivity[i],
                shelf_price[f],
                switching_cost[i],
                premium,
                f == now,
                now >= 0,
            )
            total += np.exp(value - own)
        out[k] = 1.0 / total


def money_weight(customers: Customers) -> Any:
    """Logits that a currency unit is worth to each customer: price sensitivity over the mean basket."""
    return customers.price_sensitivity / customers.basket
