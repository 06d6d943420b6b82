"""The population as a scenario makes it, before anything has happened."""

from __future__ import annotations

from typing import Any

import numpy as np

from regulars.behavior import bond, choice, experience, foresight, need, spending, switching, taste, turnover
from regulars.ground.chance import Chance
from regulars.scenario import Spec
from regulars.world.customers import Customers


def make_people(spec: Spec, days: float, chance: Chance) -> Customers:
    """Draw all customers who may be in the market within `days`; behaviours that are off add no columns."""
    start = spec.market.customers
    people = Customers(
        turnover.population(spec.turnover, start, days, chance), tuple(firm.name for firm in spec.firms)
    )
    weights = np.array([firm.share for firm in spec.firms], np.float64)
    shares = weights / weights.sum()
    turnover.endow(people, spec.turnover, start, chance)
    need.endow(people, spec.need, chance)
    taste.endow(people, spec.taste, shares, np.array([firm.position for firm in spec.firms]), chance)
    spending.endow(people, spec.spending, chance)
    choice.endow(people, spec.choice, chance)
    switching.endow(people, spec.switching, shares, choice.money_weight(people), chance)
    bond.endow(people, spec.bond, chance)
    foresight.endow(people, spec.foresight, chance)
    people.add("attraction", people.taste)
    if spec.experience.on:
        experience.endow(people, spec.experience)
    endear(people, spec)
    return people


def endear(people: Customers, spec: Spec) -> None:
    """Work out the attraction of every firm anew, from taste and (where there is experience) satisfaction."""
    people.attraction[...] = people.taste
    if people.has("satisfaction"):
        response, *steps = bond_rules(spec)
        thresholds = people.lower_threshold, people.upper_threshold
        experience.endear(response, *thresholds, *steps, people.taste, people.satisfaction, people.attraction)


def bond_rules(spec: Spec) -> tuple[Any, ...]:
    """The bond's rules as the compiled loops take them: response, slope, middle, collapse, rise, zone slope, width."""
    b = spec.bond
    numbers = (b.slope, b.middle, b.collapse, b.rise, b.zone_slope, b.width)
    return (bond.RESPONSES.index(b.response), *(float(number) for number in numbers))
