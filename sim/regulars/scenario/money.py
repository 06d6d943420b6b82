"""Whether the money of a scenario can be counted, told before anything is run.

Books are kept in whole millionths (`world.ledger`). A single amount is at most 9.007e9 units, up to which a float tells
one millionth from the next; what a customer spends in a run has to fit into a 64-bit word for each thing that may have
earned it. The sums of all customers have no bound.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, get_args

import numpy as np

from regulars.contract import process
from regulars.ground.parameter import ParameterSet, Spread, field_extra
from regulars.world.ledger import MILLION, MOST, ROOM

if TYPE_CHECKING:
    from regulars.scenario.spec import Spec

Place = tuple[str | int, ...]
COUNTED = ("currency", "points", "tickets")  # units of what is counted in millionths
LAST = 1.0 - 2.0**-33  # the largest uniform draw
# standard deviations from the mean: of a normal draw at most, and of a sum of independent draws never
FARTHEST, SIGMAS = math.sqrt(66 * math.log(2)), 12.0


def problems(spec: Spec) -> list[tuple[Place, str]]:
    """What in a scenario is too large to be counted: (path, message)."""
    wrong, size = too_large(spec, ()), spec.market
    units = largest_purchase(spec)
    if units > MOST / MILLION:
        told = (
            f"a purchase of up to {units:.3g} units is too much: quantities are at most {MOST / MILLION:.4g}"
        )
        return [*wrong, (("spending", "basket"), told)]
    highest, before = highest_price(spec), {path for path, _ in wrong}
    for f, firm in enumerate(spec.firms):
        for name, value in (("price", firm.price), ("cost", firm.cost)):
            if value > highest and ("firms", f, name) not in before:
                told = (
                    f"{value:g} {size.currency} is too much to be counted in millionths: {size.customers:,} customers buy up "
                    f"to {units:.3g} units at once, and up to {most_units(spec):.3g} in {size.days:g} days, for which "
                    f"{highest:.3g} is the most. Give money in thousands"
                )
                wrong.append((("firms", f, name), told))
    return wrong


def too_large(parameters: ParameterSet, place: Place) -> list[tuple[Place, str]]:
    """Amounts of money, points and tickets among `parameters` that are too large to be counted: (path, message)."""
    wrong = []
    counted, inside = _fields(type(parameters))
    for name, unit, bounds in counted:
        value = getattr(parameters, name)
        amount = _largest(value, bounds) if isinstance(value, Spread) else value
        if abs(amount) > MOST / MILLION:
            told = f"{amount:g} ({unit}) is too much to be counted in millionths: {MOST / MILLION:.4g} is the most. Give it in thousands"
            wrong.append(((*place, name), told))
    for name in inside:
        value = getattr(parameters, name)
        if isinstance(value, ParameterSet):
            wrong += too_large(value, (*place, name))
        elif isinstance(value, tuple):
            for k, item in enumerate(value):
                wrong += too_large(item, (*place, name, k))
    return wrong


def highest_price(spec: Spec) -> float:
    """Highest price of a unit at which every purchase, and what any customer spends in the run, can be counted."""
    room = ROOM // (len(spec.firms) + 2)  # for each that may have earned it: a firm, none, nothing at all
    return min(MOST / largest_purchase(spec), room / most_units(spec)) / MILLION


def largest_purchase(spec: Spec) -> float:
    """Units of the largest purchase that anybody can make."""
    return _largest_mean(spec) * _largest_size(spec)


def most_units(spec: Spec) -> float:
    """More units than anybody ever buys in the run.

    So many opportunities are met, and so much is bought at them: no count and no sum of sizes is ever `SIGMAS` standard
    deviations and 20 more of the largest above its mean.
    """
    need = spec.need
    if need.process == "calendar":
        rate = 1.0 / need.interval
    else:
        rate = need.mean / need.period
        if need.shape > 0:
            from scipy import special

            rate = _number(rate * special.gammaincinv(need.shape, LAST) / need.shape)
    met = rate * spec.market.days
    met += SIGMAS * math.sqrt(met) + 20.0
    return _largest_mean(spec) * (
        met + SIGMAS * spec.spending.variation * math.sqrt(met) + 20.0 * _largest_size(spec)
    )


def _largest_mean(spec: Spec) -> float:
    """The largest mean purchase of any customer, units."""
    basket = max(_largest(spec.spending.basket, "(0, inf)"), 1e-6)
    return basket * math.prod(kind.largest_basket(spec) for kind in process.every())


def _largest_size(spec: Spec) -> float:
    """The largest purchase of a customer, in terms of the mean one."""
    variance = math.log1p(spec.spending.variation**2)
    return math.exp(FARTHEST * math.sqrt(variance) - variance / 2)


def _largest(spread: Spread, bounds: str) -> float:
    """The largest value that a distribution can give anybody."""
    with np.errstate(all="ignore"):
        return _number(spread.draw(np.array([LAST]), bounds)[0])


def _number(most: float) -> float:
    """A largest value; infinite where it cannot be worked out."""
    return math.inf if math.isnan(most) else float(most)


@cache
def _fields(kind: type[ParameterSet]) -> tuple[list[tuple[str, str, str]], list[str]]:
    """Parameters of a kind that are counted (name, unit, bounds), and those that hold tables of parameters."""
    counted, inside = [], []
    for name, field in kind.model_fields.items():
        unit, bounds = (str(field_extra(field).get(what, "")) for what in ("unit", "bounds"))
        if unit.startswith(COUNTED):
            counted.append((name, unit, bounds))
        parts = (field.annotation, *get_args(field.annotation))
        if any(
            isinstance(part, type) and issubclass(part, ParameterSet) and part is not Spread for part in parts
        ):
            inside.append(name)
    return counted, inside
