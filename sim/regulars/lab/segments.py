"""Segments of the customers of a comparison, the same people in all arms: how much they bought at first, and how large a number of theirs is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regulars.ground import wide
from regulars.ground.alike import nearest
from regulars.ground.errors import RegularsError, shown
from regulars.measures.tally import Tally
from regulars.world.customers import Customers
from regulars.world.ledger import MILLION

THIRDS = (1 / 3, 2 / 3)
FEW = 8  # different values of a column, each of which is a segment of its own; with more there are thirds
NOT_SEEN = "not seen yet"  # who has bought nothing in the first part: new customers, and those who never buy
NOT_BY_CUSTOMER = "not by customer"  # the row of what no customer can be charged with
Segments = dict[str, NDArray[np.bool_]]


def by_early_purchases(control: Tally) -> dict[str, Segments]:
    """Customers by what they bought from the firm in the first part of the control's run (see `measures.tally`).

    Heavy buyers bought more than two thirds of the firm's buyers did, light buyers no more than the lowest third; who bought as often
    as one another is in one segment, so that a segment can be empty.

    Returns:
        `purchases` (heavy, medium, light, none) and `tenure` (old: bought in the first part; not seen yet: all others, new ones and those who never buy): masks over customers.
    """
    early = control.early
    buys = early > 0
    low, high = np.quantile(early[buys], THIRDS, method="lower") if buys.any() else (0, 0)
    light, heavy = buys & (early <= low), early > high
    return {
        "purchases": {"heavy": heavy, "medium": buys & ~light & ~heavy, "light": light, "none": ~buys},
        "tenure": {"old": buys, NOT_SEEN: ~buys},
    }  # fmt: skip


def by_column(customers: Customers, firm: int, name: str) -> Segments:
    """Customers by a number of theirs: each value a segment where there are few, thirds of them (low, middle, high) where there are many.

    Args:
        customers: the population, before anything has happened.
        firm: number of the firm, for columns that hold a number for each firm.
        name: of the column, such as `price_sensitivity`, or one that a part of the user's own declares.

    Raises:
        RegularsError: there is no such column in this market.
    """
    if not customers.has(name):
        raise RegularsError(
            f"segments: customers of this market have no {shown(name)}; {nearest(str(name), customers.columns)}"
        )
    column = customers.columns[name]
    values = np.array(column[:, firm] if column.ndim == 2 else column)
    different = np.unique(values)
    if len(different) <= FEW:
        return {f"{value:g}": values == value for value in different}
    low, high = np.quantile(values, THIRDS)
    return {"low": values <= low, "middle": (values > low) & (values <= high), "high": values > high}


def rows_of(
    segments: Mapping[str, Segments], tally: Tally, rewards: Any, profit: float
) -> list[dict[str, Any]]:
    """What a firm sold to each segment, and what it brought.

    Args:
        segments: by kind and name, masks over customers.
        tally: of the firm in this arm.
        rewards: given to each customer, millionths, shape (customers,).
        profit: of the firm, currency units.

    Returns:
        A row a segment: `by` (the kind), `segment`, `customers`, `buyers`, `purchases`, and in currency units `revenue` and `contribution`
        = revenue less cost of goods and rewards given. One row more of each kind holds what no customer can be charged with
        (messages, staff, fees, points that are still out), so that contributions sum to the profit.
    """
    rows = []
    for kind, masks in segments.items():
        left = round(profit * MILLION)
        for name, mask in masks.items():
            revenue, cost, given = (wide.total(part[mask]) for part in (tally.spent, tally.cost, rewards))
            contribution = revenue - cost - given
            left -= contribution
            rows.append(
                {
                    "by": kind, "segment": name, "customers": int(mask.sum()), "buyers": int(tally.bought[mask].sum()),
                    "purchases": int(tally.purchases[mask].sum()), "revenue": revenue / MILLION, "contribution": contribution / MILLION,
                }
            )  # fmt: skip
        nobody = {"customers": 0, "buyers": 0, "purchases": 0, "revenue": 0.0}
        rows.append({"by": kind, "segment": NOT_BY_CUSTOMER, **nobody, "contribution": left / MILLION})
    return rows
