"""What the plain market writes down: a row for every opportunity, and sums by day and firm."""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """One opportunity of one customer and what came of it.

    Attributes:
        time: days since the start.
        customer: number of the customer.
        occasion: number of the customer's own opportunity.
        firm: name of the firm bought from; None where nothing was bought.
        quantity: units.
        listed: millionths of the currency unit, at list price.
        paid: millionths of the currency unit, after discounts at the till.
    """

    time: float
    customer: int
    occasion: int
    firm: str | None
    quantity: float
    listed: int
    paid: int


class Totals:
    """Sums as `Market.totals` has them, as lists: `purchases[day][firm]`, firms in order of name.

    `opportunities[day]` counts opportunities; `purchases` and `complaints` count by day and firm; `listed`, `paid` and `cost`
    are money by day and firm, in millionths of the currency unit.
    """

    NAMES = ("opportunities", "purchases", "complaints", "listed", "paid", "cost")

    def __init__(self, days: int, firms: int) -> None:
        self.opportunities = [0] * days
        self.purchases, self.complaints, self.listed, self.paid, self.cost = (
            [[0] * firms for _ in range(days)] for _ in range(5)
        )

    def lists(self) -> dict[str, list[int] | list[list[int]]]:
        """All sums by name."""
        return {name: getattr(self, name) for name in self.NAMES}
