"""Numbers that enter the arrays of a market are numbers: neither infinite, nor none at all, nor too large to count."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from regulars.ground.errors import RegularsError
from regulars.ground.parameter import Problem
from regulars.scenario.money import highest_price
from regulars.world.customers import COLUMNS
from regulars.world.offers import OFFER, PRICE

if TYPE_CHECKING:
    from regulars.scenario import Spec
    from regulars.world.customers import Customers
    from regulars.world.offers import Offers


def check_people(people: Customers, spec: Spec) -> None:
    """Refuse a population in which a value of some customer is no number, or infinite where nothing is for ever.

    Errors: a `Problem` with the parameter, or the section, that the value comes from.
    """
    wrong = []
    for name, values in people.columns.items():
        odd = np.isnan(values) if COLUMNS[name].endless else ~np.isfinite(values)
        if odd.any():
            place, unit, meaning = _origin(name, spec), COLUMNS[name].unit, COLUMNS[name].meaning
            told = (
                f"customer {odd.nonzero()[0][0]} would have the {name.replace('_', ' ')} {values[odd][0]} ({unit}): {meaning}. "
                f"Numbers up to {np.finfo(values.dtype).max:.2g} can be kept; take values that are less extreme"
            )
            wrong.append((place, told))
    if wrong:
        raise Problem(wrong)


def _origin(column: str, spec: Spec) -> tuple[str, ...]:
    """The parameter, or the section, of the scenario that a column comes from."""
    if COLUMNS[column].origin:
        return tuple(COLUMNS[column].origin.split("."))
    for section in type(spec).model_fields:
        if column in getattr(type(getattr(spec, section)), "model_fields", ()):
            return section, column
    return (column,)


class OfferBounds:
    """Looks every day whether what the firms have on the table can be reckoned with."""

    def __init__(self, spec: Spec, offers: Offers) -> None:
        self.names, self.currency = tuple(firm.name for firm in spec.firms), spec.market.currency
        self.highest = highest_price(spec)
        self.table = offers.table
        self.money, self.flat = self.table[PRICE : PRICE + 2].reshape(-1), self.table.reshape(-1)  # views

    def check(self, day: float) -> None:
        """Refuse a price or cost below 0 or too high to be counted, and any number of a firm that is none.

        Errors: names firm, number, value and day; a strategy, a policy or a caller has set it.
        """
        highest = self.highest
        if all(0.0 <= money <= highest for money in self.money.tolist()) and self.flat @ self.flat < math.inf:
            return
        for row, (name, unit) in enumerate(OFFER.items()):
            for f, value in enumerate(self.table[row].tolist()):
                low, high = (0.0, highest) if row in (PRICE, PRICE + 1) else (-1e100, 1e100)
                if not low <= value <= high:
                    raise RegularsError(
                        f"firms.{self.names[f]}: {name} = {value:g} ({unit}) on day {day:g}, set by a strategy, a policy or a "
                        f"caller, will not do: {low:g} to {high:.4g} can be reckoned with"
                    )
