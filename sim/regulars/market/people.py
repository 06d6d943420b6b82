"""The population as a scenario makes it, before anything has happened."""

from __future__ import annotations

from typing import Any

import numpy as np

from regulars.behavior import (
    bond,
    choice,
    experience,
    foresight,
    levers,
    need,
    spending,
    switching,
    taste,
    turnover,
)
from regulars.contract.process import columns
from regulars.ground.chance import Chance
from regulars.market.bounds import check_people
from regulars.market.parts import wanted
from regulars.scenario import Spec
from regulars.world.customers import COLUMNS, Customers


def make_people(spec: Spec, days: float, chance: Chance) -> Customers:
    """Draw all customers who may be in the market within `days`; behaviours that are off add no columns.

    Errors: values that are no numbers, or infinite where nothing is for ever.
    """
    with np.errstate(all="ignore"):  # what has gone wrong is told of the result
        people = _drawn(spec, days, chance)
    check_people(people, spec)
    return people


def _drawn(spec: Spec, days: float, chance: Chance) -> Customers:
    start = spec.market.customers
    people = Customers(
        turnover.population(spec.turnover, start, days, chance),
        tuple(firm.name for firm in spec.firms),
        {**COLUMNS, **columns()},
    )
    weights = np.array([firm.share for firm in spec.firms], np.float64)
    shares = weights / weights.sum()
    turnover.endow(people, spec.turnover, start, chance, [firm.known for firm in spec.firms])
    need.endow(people, spec.need, chance)
    taste.endow(people, spec.taste, shares, np.array([firm.position for firm in spec.firms]), chance)
    spending.endow(people, spec.spending, chance)
    choice.endow(people, spec.choice, chance)
    levers.endow(people, spec.choice, chance)
    switching.endow(people, spec.switching, shares, choice.money_weight(people), chance)
    bond.endow(people, spec.bond, chance)
    foresight.endow(people, spec.foresight, chance)
    choice.at_base_prices(people, np.array([firm.base_price for firm in spec.firms]))
    people.add("attraction", people.taste)
    if spec.experience.on:
        experience.endow(people, spec.experience)
    for process in wanted(spec):
        process.endow(people, spec, chance)
    endear(
        people, spec, {name: np.array([getattr(firm, name) for firm in spec.firms]) for name in levers.LEVERS}
    )
    return people


def endear(people: Customers, spec: Spec, offers: dict[str, Any], customers: Any = None) -> None:
    """Work out the attraction of every firm anew, from taste, the levers and (with experience) satisfaction.

    customers: numbers of those to whom something has happened; everybody, levers included, when left out.
    """
    if customers is None:
        customers = np.arange(people.count)
        if people.has("liking"):
            levers.like(people, offers)
    people.attraction[customers] = liked(people)[customers]
    if people.has("satisfaction"):
        experience.endear(
            np.asarray(customers, np.int64),
            bond.rules_of(spec.bond),
            people.lower_threshold,
            people.upper_threshold,
            liked(people),
            people.satisfaction,
            people.attraction,
        )


def liked(people: Customers) -> Any:
    """What satisfaction is added to: taste, or liking where customers weigh the levers differently."""
    return people.columns.get("liking", people.taste)
