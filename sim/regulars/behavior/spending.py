"""How much is bought: a mean basket per customer and its variation from one occasion to the next.

The quantity of an occasion is the customer's own draw, the same in every arm of a comparison, whatever the firm.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from regulars.ground.chance import Chance, purpose
from regulars.ground.kernel import kernel
from regulars.ground.parameter import ParameterSet, Spread, par, spread_bounds
from regulars.world.customers import Customers
from regulars.world.ledger import MILLION, MOST

SIZE, BASKET = purpose("spending", "mean"), purpose("spending", "occasion")
MICRO = float(MILLION)
UNCOUNTED = np.int64(-1)  # in place of an amount that is no number, below zero or above `MOST`


class Spending(ParameterSet):
    """How much a customer buys at one occasion."""

    shapes_people: ClassVar[bool] = True
    basket: Spread = par(Spread(mean=1.0), "units", "(0, inf)", "mean quantity of a purchase, by customer")
    variation: float = par(
        0.0, "", "[0, 10]", "coefficient of variation of the quantity between occasions (lognormal)"
    )


def endow(customers: Customers, spending: Spending, chance: Chance) -> None:
    """Give every customer a mean basket (units)."""
    draws = chance.uniform(SIZE, np.arange(customers.count))
    basket = spending.basket.draw(draws, spread_bounds(spending, "basket"))
    customers.add("basket", np.maximum(basket, 1e-6))


@kernel(inline=True)
def in_millionths(money: Any) -> Any:
    """An amount of money of one purchase as whole millionths; UNCOUNTED where it cannot be counted."""
    exact = money * MICRO
    return np.int64(np.rint(exact)) if 0.0 <= exact <= MOST else UNCOUNTED


@kernel(inline=True)
def amount_due(amount: Any, list_price: Any, factor: Any, money_off: Any) -> Any:
    """Listed and due amount of a purchase, millionths: units times price, less discount, less money off."""
    full = amount * list_price
    return in_millionths(full), in_millionths(max(full * factor - money_off, 0.0))
