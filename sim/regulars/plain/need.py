"""WHEN: a customer's purchase opportunities, one after the other (section 7.1 of the model)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import count, takewhile

from regulars.plain.chance import purpose
from regulars.plain.people import Customer
from regulars.plain.world import World

Met = tuple[float, int]  # time of an opportunity, and its number among the customer's own


def opportunities(world: World, customer: Customer) -> Iterator[Met]:
    """Times and numbers of a customer's purchase opportunities, as long as they are in the market."""
    dates = _calendar if world.spec.need.process == "calendar" else _renewals
    last = min(customer.exit, world.spec.market.days)
    return takewhile(lambda met: met[0] < last, dates(world, customer)) if customer.rate > 0 else iter(())


def _renewals(world: World, customer: Customer) -> Iterator[Met]:
    """Exponential gaps, or sums of several shorter ones (`stages`): the more of them, the more regular.

    gap = (E_1 + ... + E_k) / (k lambda_i), E exponential of mean 1; counts of `poisson` (k = 1) are Poisson.
    """
    need, dice, who = world.spec.need, world.dice, customer.number
    stages = need.regularity if need.process == "erlang" else 1
    stage = 1 / (stages * customer.rate)  # mean length of one, days
    # a process that has gone on for ever is in any of its stages with equal chance when we come upon it
    what = purpose("need", "first")
    left = int(dice.uniform(what, who) * stages) + 1
    time = customer.entry + stage * sum(dice.exponential(what, who, 0, 1 + s) for s in range(left))
    what = purpose("need", "gap")
    for occasion in count():
        yield time, occasion
        time += stage * sum(dice.exponential(what, who, occasion + 1, s) for s in range(stages))


def _calendar(world: World, customer: Customer) -> Iterator[Met]:
    """The same days for all, or everybody's own; on each the customer comes, with a chance of lambda_i x interval, or does not."""
    need, dice, who = world.spec.need, world.dice, customer.number
    if need.together:
        start, first = 0.0, math.ceil(customer.entry / need.interval)
    else:
        start, first = customer.entry + dice.uniform(purpose("need", "phase"), who) * need.interval, 0
    for date in count(first):
        mood = dice.uniform(purpose("need", "attend"), who, date // 4, date % 4)
        if mood < customer.rate * need.interval:
            yield start + date * need.interval, date
