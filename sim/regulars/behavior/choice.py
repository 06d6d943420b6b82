"""The choice: the largest utility wins.

V_ij = a_ij + bond_ij + standing_j - b_i * (effective price_j - base price_j) + programmes_ij - cost_i [j is not the incumbent]

plus a standard Gumbel draw for every firm and for buying nothing, so that choice is a logit (McFadden 1974).
Each customer, occasion and firm has its own draw: raising V of one firm can only move choices to that firm.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from regulars.ground.chance import Chance, purpose
from regulars.ground.kernel import kernel
from regulars.ground.parameter import ParameterSet, Spread, par, spread_bounds
from regulars.world.customers import Customers

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
