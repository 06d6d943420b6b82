"""What a customer gets and what it costs: the levers of delivered value besides price.

Quality (the basis) and service (the guarantee) are benefits; time, effort and psychic cost (the risk of something
unknown) are costs (Zeithaml 1988, J. Marketing 52(3):2-22; Kotler's delivered value = total value - total cost).
Each has a weight per customer. Price, the promoter, is the third lever and stands in the choice itself.

liking_ij = taste_ij + q_i quality_j + s_i service_j - w_i hour_i hours_j - e_i effort_j - r_i risk_j

with w_i the worth of a currency unit in logits. Where every weight is the same for all customers the sum is a
number per firm and costs nothing; otherwise liking is a column of its own.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from regulars.behavior.choice import Choice
from regulars.ground.chance import Chance, purpose
from regulars.ground.parameter import spread_bounds
from regulars.world.customers import Customers

SYSTEMS = {
    "M3": "tests/behavior/test_levers.py::test_each_lever_pulls_by_its_weight",
    "M4": "tests/behavior/test_levers.py::test_delivered_value_is_what_customers_act_on",
}
LEVERS = {  # number of a firm -> (weight of a customer, sign), in the order of the offers' table
    "quality": ("quality_weight", 1.0),
    "service": ("service_weight", 1.0),
    "hours": ("hour", -1.0),
    "effort": ("effort_weight", -1.0),
    "risk": ("risk_weight", -1.0),
}


def same_for_all(choice: Choice) -> bool:
    """Whether every customer weighs the levers alike, so that they are a number per firm."""
    weights = (getattr(choice, weight) for weight, _ in LEVERS.values())
    return all(weight.same_for_all for weight in weights) and choice.hour.centre == 0.0


def common(choice: Choice) -> NDArray[np.float64] | None:
    """Logits that a unit of each lever is worth to everybody, in order of LEVERS; None where customers differ."""
    if not same_for_all(choice):
        return None
    return np.array([sign * getattr(choice, weight).centre for weight, sign in LEVERS.values()])


def endow(customers: Customers, choice: Choice, chance: Chance) -> None:
    """Give every customer a weight for each lever, where they differ between customers."""
    if same_for_all(choice):
        return
    everyone = np.arange(customers.count)
    for weight, _ in LEVERS.values():
        draws = chance.uniform(purpose("choice", weight), everyone)
        customers.add(weight, getattr(choice, weight).draw(draws, spread_bounds(choice, weight)))
    customers.add("liking", customers.taste)


def weights(customers: Customers) -> NDArray[np.float64]:
    """Logits that a unit of each lever is worth, signs included: shape (customers, levers), in order of LEVERS."""
    columns = [customers.columns[weight].astype(np.float64) * sign for weight, sign in LEVERS.values()]
    columns[2] *= customers.price_sensitivity.astype(np.float64) / customers.basket  # an hour in logits
    return np.column_stack(columns)


def like(customers: Customers, offers: dict[str, NDArray[Any]]) -> None:
    """Work out what every customer likes of every firm anew, from taste and the levers as they stand."""
    levels = np.array([offers[name] for name in LEVERS])
    customers.liking[...] = customers.taste + weights(customers) @ levels
