"""HOW MUCH: the till (section 7.4 of the model)."""

from __future__ import annotations

import math
from typing import NamedTuple

from regulars.plain.chance import bell, purpose
from regulars.plain.firm import MILLION, Here, PlainFirm
from regulars.plain.people import Customer
from regulars.plain.rebate import use_credit
from regulars.plain.world import World


class Bill(NamedTuple):
    """Units, and money in millionths of the currency unit."""

    quantity: float = 0.0
    listed: int = 0
    paid: int = 0
    cost: int = 0


def ring_up(
    world: World, customer: Customer, firm: PlainFirm, time: float, occasion: int, here: Here
) -> Bill:
    """Ring it up: quantity, money at list price, money asked.

    quantity = basket_i exp(s z - s^2 / 2) with s^2 = log(1 + variation^2), so that its mean is the basket;
    listed = quantity x list price, paid = quantity x shelf price x factor - money off, 0 at least.
    """
    variance = math.log(1 + world.spec.spending.variation**2)
    u, v, _, _ = world.dice.four(purpose("spending", "occasion"), customer.number, occasion)
    quantity = customer.basket * math.exp(math.sqrt(variance) * bell(u, v) - variance / 2)
    quantity *= here.basket_factor
    listed = round(quantity * firm.price * 1e6)
    due = quantity * firm.price * (firm.markdown * here.price_factor)
    paid = round(max(due - here.money_off, 0.0) * 1e6)
    cost = round(quantity * firm.cost * 1e6)
    firm.post("cash", "gross_sales", listed)
    firm.post("discounts", "cash", listed - paid)
    firm.post("cost_of_goods", "cash", cost)
    use_credit(customer, firm, paid)
    if firm.rebate:
        firm.rebate.settle(customer, time, paid)
    customer.incumbent = firm.name
    return Bill(quantity, listed, paid, cost)


def pay_rent(firm: PlainFirm) -> None:
    """The place costs the same on every day."""
    firm.post("rent", "cash", round(firm.rent * MILLION))
