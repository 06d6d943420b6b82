"""Numbers that enter the arrays of a market are numbers: neither infinite, nor none at all, nor too large to count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from regulars.ground.errors import RegularsError
from regulars.ground.parameter import Problem
from regulars.scenario.money import highest_price
from regulars.world.offers import AVAILABILITY, COST, FAILURE, OFFER, PRICE

if TYPE_CHECKING:
    from regulars.market.market import Market
    from regulars.scenario import Spec
    from regulars.world.customers import Column, Customers

CHANCES = slice(FAILURE, AVAILABILITY + 1, AVAILABILITY - FAILURE)  # rows of probabilities
LARGE = 1e100  # no number of a firm is larger, whatever it is


def check_people(people: Customers, spec: Spec) -> None:
    """Refuse a population in which a value of some customer is no number, or infinite where nothing is for ever.

    Errors: a `Problem` with the parameter, or the section, that the value comes from.
    """
    wrong = []
    for name, values in people.columns.items():
        odd = np.isnan(values) if people.declared[name].endless else ~np.isfinite(values)
        if odd.any():
            place, unit, meaning = (
                _origin(people.declared[name], spec),
                people.declared[name].unit,
                people.declared[name].meaning,
            )
            told = (
                f"customer {odd.nonzero()[0][0]} would have the {name.replace('_', ' ')} {values[odd][0]} ({unit}): {meaning}. "
                f"Numbers up to {np.finfo(values.dtype).max:.2g} can be kept; take values that are less extreme"
            )
            wrong.append((place, told))
    if wrong:
        raise Problem(wrong)


def _origin(column: Column, spec: Spec) -> tuple[str, ...]:
    """The parameter, or the section, of the scenario that a column comes from."""
    if column.origin:
        return tuple(column.origin.split("."))
    for section in type(spec).model_fields:
        if column.name in getattr(type(getattr(spec, section)), "model_fields", ()):
            return section, column.name
    return (column.name,)


class OfferBounds:
    """Looks every day whether what the firms have on the table can be reckoned with."""

    def __init__(self, market: Market) -> None:
        self.market, self.highest = market, highest_price(market.scenario.spec)
        table = market.offers.table
        self.money, self.all = table[PRICE : COST + 1].reshape(-1), table.reshape(-1)  # views
        self.chances = table[CHANCES]

    def check(self, day: float) -> None:
        """Refuse a price or cost below 0 or too high to be counted, a probability that is none, and any number that is none.

        Errors: names firm, number, value and day; the scenario, a strategy, a pricing policy or a caller has led to it.
        """
        highest = self.highest
        fit = all(0.0 <= money <= highest for money in self.money.tolist()) and self.all @ self.all < LARGE**2
        if fit and all(0.0 <= chance <= 1.0 for row in self.chances.tolist() for chance in row):
            return
        ends = {
            "price": (0.0, highest),
            "cost": (0.0, highest),
            "failure": (0.0, 1.0),
            "availability": (0.0, 1.0),
        }
        for name, unit in OFFER.items():
            low, high = ends.get(name, (-LARGE, LARGE))
            for firm, value in zip(self.market.names, self.market.offers.arrays[name].tolist(), strict=True):
                if not low <= value <= high:
                    raise RegularsError(
                        f"firms.{firm}: {name} = {value:g} ({unit}) on day {day:g} will not do: numbers from {low:g} to "
                        f"{high:.4g} can be reckoned with. If the scenario does not say it, a strategy, a pricing policy or a caller "
                        "has set it"
                    )
