"""How much is bought: a mean basket per customer and its variation from one occasion to the next.

The quantity of an occasion is the customer's own draw, the same in every arm of a comparison, whatever the firm.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from regulars.behavior.records import (
    COSTS,
    LISTED,
    ODD,
    PAID,
    PURCHASES,
    Bill,
    Block,
    Draws,
    Meetings,
    Mind,
    Offers,
    Out,
    People,
    Sums,
)
from regulars.ground.chance import Chance, purpose
from regulars.ground.kernel import kernel
from regulars.ground.parameter import ParameterSet, Spread, par, spread_bounds
from regulars.world.board import BASKET_FACTOR, MONEY_OFF, PRICE_FACTOR
from regulars.world.customers import Customers
from regulars.world.ledger import MILLION, MOST
from regulars.world.offers import COST, PRICE, SHELF_FACTOR

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


@kernel(allocates=False)
def till(
    block: Block,
    meetings: Meetings,
    people: People,
    offers: Offers,
    draws: Draws,
    mind: Mind,
    bill: Bill,
    out: Out,
    sums: Sums,
) -> None:
    """Everybody takes what was chosen to the till: quantity, listed, due and cost of each row, sums by firm."""
    fill_baskets(block, meetings, people, offers, draws, mind, bill)
    base, firm, winner, amount, factor, off = (
        block.base,
        offers.firm,
        mind.winner,
        bill.amount,
        bill.factor,
        bill.off,
    )
    chosen, quantity, money, who, incumbent = (
        out.chosen,
        out.quantity,
        out.money,
        meetings.who,
        people.incumbent,
    )
    for x in range(block.rows):
        f = max(winner[x], 0)
        listed, due = amount_due(amount[x], firm[PRICE, f], factor[x], off[x])
        cost = in_millionths(amount[x] * firm[COST, f])
        bought = winner[x] >= 0
        counted = bought & (listed >= 0) & (due >= 0) & (cost >= 0)
        quantity[base + x] = amount[x] if bought else 0.0
        money[0, base + x] = listed if counted else 0
        money[1, base + x] = due if counted else 0
        money[2, base + x] = cost if counted else 0
        bill.odd[x] = bought & (not counted)
    out.complaining[base : base + block.rows] = False
    out.failed[base : base + block.rows] = False
    for x in range(block.rows):
        chosen[base + x] = winner[x]
        if winner[x] >= 0:
            incumbent[who[base + x]] = winner[x]
    add_up(block, meetings, mind, bill, out, sums)


@kernel(inline=True)
def fill_baskets(
    block: Block, meetings: Meetings, people: People, offers: Offers, draws: Draws, mind: Mind, bill: Bill
) -> None:
    """How much of it everybody takes, and what the firm chosen takes off: a factor of the list price, and money."""
    used, effects, begin, firm = offers.used, offers.effects, block.base - block.origin, offers.firm
    winner, amount, factor, off = mind.winner, bill.amount, bill.factor, bill.off
    who, basket, size = meetings.who, people.basket, draws.size
    for x in range(block.rows):
        amount[x] = basket[who[block.base + x]] * size[x]
        factor[x] = firm[SHELF_FACTOR, max(winner[x], 0)]
        off[x] = 0.0
    for f in range(firm.shape[1]):
        if used[BASKET_FACTOR, f]:
            for x in range(block.rows):
                amount[x] *= effects[BASKET_FACTOR, f, begin + x] if winner[x] == f else 1.0
        if used[PRICE_FACTOR, f]:
            for x in range(block.rows):
                factor[x] *= effects[PRICE_FACTOR, f, begin + x] if winner[x] == f else 1.0
        if used[MONEY_OFF, f]:
            for x in range(block.rows):
                off[x] = effects[MONEY_OFF, f, begin + x] if winner[x] == f else off[x]


@kernel(inline=True)
def add_up(block: Block, meetings: Meetings, mind: Mind, bill: Bill, out: Out, sums: Sums) -> None:
    """Add what a block sold to the sums of each firm; discounts by what the control arm bought at the same opportunity."""
    base, winner, odd, money, control = block.base, mind.winner, bill.odd, out.money, meetings.control
    by_firm, discounts = sums.by_firm, sums.discounts
    firms = by_firm.shape[1]
    for f in range(firms):
        listed = due = cost = purchases = uncounted = 0
        for x in range(block.rows):
            here = winner[x] == f
            listed += money[0, base + x] if here else 0
            due += money[1, base + x] if here else 0
            cost += money[2, base + x] if here else 0
            purchases += 1 if here else 0
            uncounted += odd[x] if here else 0
        by_firm[0, f, LISTED] += listed
        by_firm[0, f, PAID] += due
        by_firm[0, f, COSTS] += cost
        by_firm[0, f, PURCHASES] += purchases
        by_firm[0, f, ODD] += uncounted
        if not meetings.paired:
            discounts[0, f, 0] += listed - due
    if meetings.paired:
        for x in range(block.rows):
            f, source = winner[x], control[base + x]
            if f >= 0:
                discounts[0, f, source if source >= 0 else firms] += money[0, base + x] - money[1, base + x]
