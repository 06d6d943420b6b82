"""WHERE: the firm with the largest utility (sections 7.3, 7.5 and 7.8 of the model).

V_ij = attraction_ij + standing_j + programmes_ij - b_i p_ij - c_i [j is not the incumbent] + e_ij
"""

from __future__ import annotations

import math

from regulars.plain.chance import gumbel, purpose
from regulars.plain.firm import Here, PlainFirm
from regulars.plain.people import Customer
from regulars.plain.world import Boards, World

NOT_A_FIRM = 0xFFFF  # block of draws for buying nothing and for looking around
MOOD = purpose("choice", "mood")
FARTHEST = 700.0  # logits between two firms: numbers end at exp(709)


def choose(world: World, customer: Customer, time: float, occasion: int, board: Boards) -> PlainFirm | None:
    """The firm with the largest utility, or the one that the customer is bound to; None for buying nothing.

    Buying nothing has the utility u0 + e. With chance commitment x (1 - transparency) the customer does not look around, and
    considers the incumbent only.
    """
    rules, search = world.spec.choice, world.spec.search
    nothing, look, _, _ = world.dice.four(MOOD, customer.number, occasion, NOT_A_FIRM)
    stays = customer.commitment * (1 - search.transparency)
    looks_around = not (search.on and customer.incumbent and look < stays)
    bound = any(here.locked_in and not here.blocked for here in board.values())
    best, luck = -math.inf, 0.0
    winner: PlainFirm | None = None
    if rules.outside and not bound:
        best = rules.outside_utility + (gumbel(nothing) if rules.mood == "gumbel" else 0.0)
    for f, firm in enumerate(world.firms):
        here = board[firm.name]
        strange = customer.aware_from[firm.name] > time
        overlooked = not looks_around and firm.name != customer.incumbent
        if here.blocked or (not here.locked_in if bound else (strange or overlooked)):
            continue
        value = _before_mood(world, customer, firm, here)
        draw = world.dice.uniform(MOOD, customer.number, occasion, f)
        if rules.mood == "gumbel":
            value += gumbel(draw)
        if value > best or (winner and value == best and draw > luck):  # the draw decides between equals
            best, winner, luck = value, firm, draw
    return winner


def _before_mood(world: World, customer: Customer, firm: PlainFirm, here: Here) -> float:
    """Utility with what stands on the board: p = shelf price x factor - money off per unit of the usual basket, 0 at least.

    Of a promotion only the share that is heard counts; the price on the shelf is there to be seen.
    """
    shelf = firm.price * firm.markdown
    price = shelf * here.price_factor
    price -= min(here.money_off / customer.basket, price)
    heard = 1 - min(here.promotion_deafness, 1.0)
    price = heard * price + (1 - heard) * shelf
    return utility(world, customer, firm, price, here.price_weight) + heard * here.appeal + here.attachment


def utility(world: World, customer: Customer, firm: PlainFirm, price: float, weight: float = 1.0) -> float:
    """What a firm is to a customer before programmes and mood, logits: attraction + standing - w b p - c, or + c as a premium."""
    value = customer.attraction[firm.name] + _standing(world, customer, firm)
    value -= weight * customer.price_sensitivity * price
    if world.spec.switching.form == "premium":
        return value + customer.switching_cost * (firm.name == customer.incumbent)
    return value - customer.switching_cost * (customer.incumbent not in (None, firm.name))


def _standing(world: World, customer: Customer, firm: PlainFirm) -> float:
    """What a firm has for everybody, logits: appeal + q quality + s service - e effort - r risk.

    Where customers differ in how they weigh the levers, these are in a customer's own liking already.
    """
    rules = world.spec.choice
    if customer.differs:
        return firm.pull
    worth = rules.quality_weight.centre * firm.quality + rules.service_weight.centre * firm.service
    trouble = rules.effort_weight.centre * firm.effort + rules.risk_weight.centre * firm.risk
    return firm.pull + worth - trouble


def chances(world: World, customer: Customer, firm: PlainFirm) -> tuple[float, float]:
    """Chance to come on a day, and to buy here then, as the customer sees it, were there no programmes.

    The logit p = 1 / (sum of exp(V - V_j) + exp(u0 - V_j)) holds at an opportunity. With opportunities at rate lambda a day has any with
    chance 1 - exp(-lambda), and a purchase here with chance 1 - exp(-lambda p); on a calendar lambda and lambda p, 1 at most.
    """
    values = {f.name: utility(world, customer, f, f.price) for f in world.firms}
    nothing = [world.spec.choice.outside_utility] if world.spec.choice.outside else []
    own = values[firm.name]
    logit = 1 / sum(math.exp(min(value - own, FARTHEST)) for value in (*values.values(), *nothing))
    if customer.rate == 0:
        return 0.0, logit
    means = customer.rate, customer.rate * logit  # of opportunities, and of purchases here, on a day
    on_fixed_days = world.spec.need.process == "calendar"
    coming, visiting = (min(mean, 1.0) if on_fixed_days else -math.expm1(-mean) for mean in means)
    return coming, visiting / coming
