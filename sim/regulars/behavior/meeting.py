"""What happens when customers meet an opportunity: look around, choose, pay, experience. One compiled page.

The pieces are those of the files beside this one; here they are put in order and run block by block, so that the
draws and logarithms of a block are computed by vector instructions and everything else stays in the cache.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from regulars.behavior.bond import bond_value, step
from regulars.behavior.choice import ASIDE, MOOD, utility
from regulars.behavior.experience import FEELING, after_purchase, disconfirmed
from regulars.behavior.spending import BASKET, amount_due, in_millionths
from regulars.ground.chance import gumbel, normal, philox, unit
from regulars.ground.kernel import kernel
from regulars.ground.wide import carry
from regulars.world.board import (
    APPEAL,
    BASKET_FACTOR,
    BLOCKED,
    DEAF,
    HELD,
    LENIENCE,
    MONEY_OFF,
    PRICE_FACTOR,
    PRICE_WEIGHT,
    SERVICE,
    TIE,
)
from regulars.world.offers import (
    ATTENTION,
    COST,
    FAILURE,
    PRICE,
    QUALITY,
    SEVERITY,
    SHELF_FACTOR,
    SHELF_PRICE,
    STANDING,
)

BLOCK = 256  # opportunities handled together
LISTED, PAID, COSTS, PURCHASES, COMPLAINTS, ODD = range(6)  # the first three as in `world.ledger.TILL`
SUMS = 6


@kernel
def meet(
    edges: Any,
    first: Any,
    last: Any,
    part: Any,
    parts: Any,
    who: Any,
    occasion: Any,
    time: Any,
    control: Any,
    paired: Any,
    attraction: Any,
    liking: Any,
    satisfaction: Any,
    expectation: Any,
    commitment: Any,
    sensitivity: Any,
    switching_cost: Any,
    basket: Any,
    incumbent: Any,
    low: Any,
    high: Any,
    aware_from: Any,
    firm: Any,
    channel: Any,
    used: Any,
    choice_rules: Any,
    bond_rules: Any,
    feel_rules: Any,
    key_a: Any,
    key_b: Any,
    chosen: Any,
    quantity: Any,
    money: Any,
    complaining: Any,
    failed: Any,
    gaps: Any,
    sums: Any,
    discounts: Any,
) -> None:
    """Rounds first..last of a tick, of which slice `part` of `parts`; a customer occurs once in a round.

    edges: where the rounds begin and end among the rows of who, occasion, time and of the results. channel
    (channels, firms, rows of the round) holds what strategies wrote where used (channels, firms). Results: chosen
    (firm or -1), quantity (units), money (3, rows: listed, paid, cost in millionths), complaining and failed (bool),
    gaps (performance less expectation); sums (2, firms, 6) and discounts (2, firms, sources) are added to, in two words
    (`ground.wide`). A purchase that cannot be counted in millionths is ODD, and counts as nothing.
    """
    gumbel_mood, outside, outside_utility, premium, use_awareness, use_search, transparency, log_sd = (
        choice_rules
    )
    response, slope, middle, collapse, rise, zone_slope, width = bond_rules
    learns, noise, memory, adaptation, performance_weight, disconfirmation_weight, loss_aversion = feel_rules
    firms = firm.shape[1]
    quads = (firms + 3) // 4
    touched = np.zeros(firms, np.bool_)
    holds = False
    for f in range(firms):
        if used[HELD, f]:
            holds = True
        for kind in range(used.shape[0]):
            touched[f] |= used[kind, f]
    mood = np.zeros((4 * quads, BLOCK))
    nothing = np.empty(BLOCK)
    look = np.empty(BLOCK)
    shock = np.empty(BLOCK)
    angle = np.empty(BLOCK)
    luck = np.empty(BLOCK)
    size = np.ones(BLOCK)
    for number in range(first, last):
        origin = edges[number]
        rows_of_round = edges[number + 1] - origin
        start = origin + rows_of_round * part // parts
        stop = origin + rows_of_round * (part + 1) // parts
        for base in range(start, stop, BLOCK):
            rows = min(BLOCK, stop - base)
            # moods of the occasion: one draw a firm, one for buying nothing, one for looking around; without moods
            # the draws of the firms decide between equals
            for quad in range(quads):
                for x in range(rows):
                    a, b, c, d = philox(who[base + x], occasion[base + x], quad, MOOD, key_a, key_b)
                    mood[4 * quad, x] = unit(a)
                    mood[4 * quad + 1, x] = unit(b)
                    mood[4 * quad + 2, x] = unit(c)
                    mood[4 * quad + 3, x] = unit(d)
            if gumbel_mood:
                for f in range(firms):
                    line = mood[f]
                    for x in range(rows):
                        line[x] = gumbel(line[x])
            if outside or use_search:
                for x in range(rows):
                    a, b, c, d = philox(who[base + x], occasion[base + x], ASIDE, MOOD, key_a, key_b)
                    nothing[x] = gumbel(unit(a)) if gumbel_mood else 0.0
                    look[x] = unit(b)
            if learns:
                for x in range(rows):
                    a, b, c, d = philox(who[base + x], occasion[base + x], 0, FEELING, key_a, key_b)
                    shock[x] = unit(a)
                    angle[x] = unit(b)
                    luck[x] = unit(c)
                for x in range(rows):
                    shock[x] = noise * normal(shock[x], angle[x])
            if log_sd > 0.0:
                for x in range(rows):
                    a, b, c, d = philox(who[base + x], occasion[base + x], 0, BASKET, key_a, key_b)
                    size[x] = math.exp(log_sd * normal(unit(a), unit(b)) - 0.5 * log_sd * log_sd)
            for x in range(rows):
                o = base + x
                r = o - origin
                i = who[o]
                now = incumbent[i]
                only = -1
                if use_search and now >= 0 and look[x] < commitment[i] * (1.0 - transparency):
                    only = now
                bound = False  # to one firm or several, as far as they have it: then only these count
                if holds:
                    for f in range(firms):
                        has = not (used[BLOCKED, f] and channel[BLOCKED, f, r] > 0.0)
                        if has and used[HELD, f] and channel[HELD, f, r] > 0.0:
                            bound = True
                best = outside_utility + nothing[x] if outside and not bound else -np.inf
                winner = -1
                luck_of_winner = 0.0
                sensitivity_i = np.float64(sensitivity[i])
                stay = np.float64(switching_cost[i])
                for f in range(firms):
                    if bound:
                        if not (used[HELD, f] and channel[HELD, f, r] > 0.0):
                            continue
                    elif only >= 0 and f != only:
                        continue
                    elif use_awareness and aware_from[i, f] > time[o]:
                        continue
                    price = firm[SHELF_PRICE, f]
                    pull = 0.0
                    weight = sensitivity_i
                    if touched[f]:
                        if used[BLOCKED, f] and channel[BLOCKED, f, r] > 0.0:
                            continue
                        if used[PRICE_FACTOR, f]:
                            price *= channel[PRICE_FACTOR, f, r]
                        if used[MONEY_OFF, f]:
                            price -= min(channel[MONEY_OFF, f, r] / basket[i], price)
                        if used[APPEAL, f]:
                            pull = channel[APPEAL, f, r]
                        if used[PRICE_WEIGHT, f]:
                            weight *= channel[PRICE_WEIGHT, f, r]
                        if used[DEAF, f]:
                            unheard = min(channel[DEAF, f, r], 1.0)
                            price += unheard * (firm[SHELF_PRICE, f] - price)
                            pull -= unheard * pull
                        if used[TIE, f]:
                            pull += channel[TIE, f, r]
                    value = utility(
                        attraction[i, f],
                        firm[STANDING, f],
                        weight,
                        price,
                        stay,
                        premium,
                        f == now,
                        now >= 0,
                    )
                    value += pull
                    if gumbel_mood:
                        value += mood[f, x]
                    equal = winner >= 0 and value == best and mood[f, x] > luck_of_winner
                    if value > best or equal:
                        best = value
                        winner = f
                        luck_of_winner = mood[f, x]
                chosen[o] = winner
                complaining[o] = False
                failed[o] = False
                if winner < 0:
                    quantity[o] = 0.0
                    money[0, o] = 0
                    money[1, o] = 0
                    money[2, o] = 0
                    continue
                # the till
                f = winner
                amount = basket[i] * size[x]
                factor = firm[SHELF_FACTOR, f]
                off = 0.0
                if touched[f]:
                    if used[BASKET_FACTOR, f]:
                        amount *= channel[BASKET_FACTOR, f, r]
                    if used[PRICE_FACTOR, f]:
                        factor *= channel[PRICE_FACTOR, f, r]
                    if used[MONEY_OFF, f]:
                        off = channel[MONEY_OFF, f, r]
                listed, due = amount_due(amount, firm[PRICE, f], factor, off)
                spent = in_millionths(amount * firm[COST, f])
                if listed < 0 or due < 0 or spent < 0:
                    listed = due = spent = np.int64(0)
                    sums[0, f, ODD] += 1
                quantity[o] = amount
                money[0, o] = listed
                money[1, o] = due
                money[2, o] = spent
                incumbent[i] = f
                sums[0, f, LISTED] += listed
                sums[0, f, PAID] += due
                sums[0, f, COSTS] += spent
                sums[0, f, PURCHASES] += 1
                source = 0
                if paired:
                    source = control[o] if control[o] >= 0 else firms
                discounts[0, f, source] += listed - due
                if not learns:
                    continue
                # the experience
                performance = firm[QUALITY, f] + firm[ATTENTION, f] + shock[x]
                if luck[x] < firm[FAILURE, f]:
                    failed[o] = True
                    lost = firm[SEVERITY, f]
                    if touched[f] and used[LENIENCE, f]:
                        lost *= 1.0 - min(channel[LENIENCE, f, r], 1.0)
                    performance -= lost
                if touched[f] and used[SERVICE, f]:
                    performance += channel[SERVICE, f, r]
                gap = performance - expectation[i, f]
                gaps[o] = gap
                expectation[i, f] += adaptation * gap
                felt = performance_weight * performance + disconfirmation_weight * disconfirmed(
                    gap, loss_aversion
                )
                satisfaction[i, f] = after_purchase(satisfaction[i, f], felt, memory)
                after = np.float64(
                    satisfaction[i, f]
                )  # as it is kept, so that it can be worked out again to the bit
                pull = bond_value(
                    response, after, low[i], high[i], slope, middle, collapse, rise, zone_slope, width
                )
                attraction[i, f] = liking[i, f] + pull
                if use_search:
                    commitment[i] = step((after - high[i]) / width)
                if after < low[i]:
                    complaining[o] = True
                    sums[0, f, COMPLAINTS] += 1
            carry(sums)
            carry(discounts)
