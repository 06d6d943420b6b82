"""How much is bought: a mean basket per customer and its variation from one occasion to the next.

The quantity of an occasion is the customer's own draw, the same in every arm of a comparison, whatever the firm.
"""

from __future__ import annotations

import math

import numpy as np

from regulars.ground.chance import Chance, ln, philox, purpose, unit
from regulars.ground.kernel import kernel
from regulars.ground.parameter import ParameterSet, Spread, par, spread_bounds
from regulars.world.customers import Customers
from regulars.world.ledger import MILLION

SIZE, BASKET = purpose("spending", "mean"), purpose("spending", "occasion")
TURN = 6.283185307179586
MICRO = float(MILLION)


class Spending(ParameterSet):
    """How much a customer buys at one occasion."""

    basket: Spread = par(Spread(mean=1.0), "units", "(0, inf)", "mean quantity of a purchase, by customer")
    variation: float = par(0.0, "", "[0, 10]", "coefficient of variation of the quantity between occasions (lognormal)")


def endow(customers: Customers, spending: Spending, chance: Chance) -> None:
    """Give every customer a mean basket (units)."""
    draws = chance.uniform(SIZE, np.arange(customers.count))
    basket = spending.basket.draw(draws, spread_bounds(spending, "basket"))
    customers.add("basket", np.maximum(basket, 1e-6))


@kernel
def till(
    start, stop, who, occasion, chosen, basket, log_sd, list_price, shelf_factor, unit_cost,
    price_factor, use_price_factor, money_off, use_money_off, basket_factor, use_basket_factor,
    key_a, key_b, incumbent, quantity, listed, paid, cost,
):
    """Ring up the purchases in rows start..stop: quantity (units), listed, paid and cost (millionths).

    The incumbent of a buyer becomes the firm bought from; a no-purchase leaves it alone.
    """
    for o in range(start, stop):
        f = chosen[o]
        if f < 0:
            quantity[o] = 0.0
            listed[o] = 0
            paid[o] = 0
            cost[o] = 0
            continue
        i = who[o]
        amount = np.float64(basket[i])
        if log_sd > 0.0:
            a, b, c, d = philox(i, occasion[o], 0, BASKET, key_a, key_b)
            z = math.sqrt(-2.0 * ln(unit(a))) * math.cos(TURN * unit(b))
            amount *= math.exp(log_sd * z - 0.5 * log_sd * log_sd)
        if use_basket_factor[f]:
            amount *= basket_factor[f, o]
        full = amount * list_price[f]
        due = full * shelf_factor[f]
        if use_price_factor[f]:
            due *= price_factor[f, o]
        if use_money_off[f]:
            due = max(due - money_off[f, o], 0.0)
        quantity[o] = amount
        listed[o] = np.int64(np.rint(full * MICRO))
        paid[o] = np.int64(np.rint(due * MICRO))
        cost[o] = np.int64(np.rint(amount * unit_cost[f] * MICRO))
        incumbent[i] = f


@kernel
def tally(firms, sources, chosen, source, listed, paid, cost, totals, discounts, purchases):
    """Sum a round by firm: totals (firms, 3) of listed, paid, cost; discounts by (firm, source); purchase counts."""
    for o in range(chosen.size):
        f = chosen[o]
        if f >= 0:
            totals[f, 0] += listed[o]
            totals[f, 1] += paid[o]
            totals[f, 2] += cost[o]
            purchases[f] += 1
            discounts[f, source[o]] += listed[o] - paid[o]
