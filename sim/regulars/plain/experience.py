"""HOW IT WAS: experience against expectation, satisfaction, and the bond that follows (sections 7.6 to 7.8 of the model)."""

from __future__ import annotations

from typing import NamedTuple

from regulars.plain.chance import bell, purpose
from regulars.plain.firm import Here, PlainFirm
from regulars.plain.people import Customer, single, step
from regulars.plain.world import World


class Felt(NamedTuple):
    """What came of a purchase besides the goods."""

    failed: bool
    complained: bool


def feel(world: World, customer: Customer, firm: PlainFirm, occasion: int, here: Here) -> Felt:
    """Experience x against expectation E: satisfaction S remembers, and the bond follows.

    x = quality + service - severity [failure] + sigma z,   d = x - E,   E <- E + eta d
    felt = w_x x + w_d g(d),   g(d) = d where d >= 0, else Lambda d,   S <- S + mu (felt - S), kept in [0, 1]

    Who is left below the lower threshold complains.
    """
    rules, name = world.spec.experience, firm.name
    u, v, luck, _ = world.dice.four(purpose("experience"), customer.number, occasion)
    performance = firm.quality + firm.service + rules.noise * bell(u, v)
    failed = luck < firm.failure
    if failed:
        performance -= firm.severity * (1 - min(here.forgiveness, 1.0))
    performance += here.service
    gap = performance - customer.expectation[name]
    customer.expectation[name] = single(customer.expectation[name] + rules.adaptation * gap)
    weighs = 1.0 if gap >= 0 else rules.loss_aversion
    felt = rules.performance_weight * performance + rules.disconfirmation_weight * weighs * gap
    before = customer.satisfaction[name]
    after = min(max(before + rules.memory * (felt - before), 0.0), 1.0)
    customer.satisfaction[name] = single(after)
    _grow_fond(world, customer, name, after)
    if world.spec.search.on:  # commitment = step((S - hi) / w)
        customer.commitment = single(step((after - customer.upper) / world.spec.bond.width))
    return Felt(failed, after < customer.lower)


def expect(world: World) -> None:
    """Before the first purchase everybody expects the same of every firm."""
    start = single(world.spec.experience.initial)
    for customer in world.customers:
        for firm in world.firms:
            customer.satisfaction[firm.name] = customer.expectation[firm.name] = start
            _grow_fond(world, customer, firm.name, start)


def _grow_fond(world: World, customer: Customer, name: str, satisfaction: float) -> None:
    """Attraction is liking plus bond; the bond is flat between the two thresholds and steep at them.

    bond(S) = z min(max(S - lo, 0), hi - lo) - C step((lo - S) / w) + R step((S - hi) / w), or slope (S - middle)
    """
    b, low, high, pull = world.spec.bond, customer.lower, customer.upper, 0.0
    if b.on and b.response == "linear":
        pull = b.slope * (satisfaction - b.middle)
    elif b.on and b.response == "two_threshold":
        pull = b.zone_slope * min(max(satisfaction - low, 0.0), high - low)
        pull -= b.collapse * step((low - satisfaction) / b.width)
        pull += b.rise * step((satisfaction - high) / b.width)
    customer.attraction[name] = single(customer.liking[name] + pull)
