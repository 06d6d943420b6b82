"""Purchases as choices: who chose what among which offers, and what they had bought before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.world.calendar import period_of


@dataclass(frozen=True)
class Choices:
    """Choices in order, by customer.

    Attributes:
        firms: the J firms, largest first.
        customer: [O] number of the customer, 0..N-1, ascending.
        chosen: [O] number of the firm.
        last: [O] firm of the purchase before; -1 at a customer's first.
        offers: [O, J, X] covariates of each firm at each choice (X may be 0).
        covariates: names of the X covariates.
        available: [O, J] whether each firm was on sale at each choice; None where all always were.
    """

    firms: tuple[str, ...]
    customer: np.ndarray
    chosen: np.ndarray
    last: np.ndarray
    offers: np.ndarray
    covariates: tuple[str, ...]
    available: np.ndarray | None = None

    @property
    def n(self) -> int:
        """Number of customers."""
        return int(self.customer[-1]) + 1 if len(self.customer) else 0


def choices(
    purchases: pd.DataFrame,
    offers: pd.DataFrame | None = None,
    covariates: Sequence[str] = ("price",),
    absent: Mapping[str, Sequence[tuple[float, float]]] | None = None,
) -> Choices:
    """Arrange a log (in order within each customer) for the estimation of choice models.

    Args:
        purchases: columns customer, time, firm.
        offers: what every firm offered: columns ``firm``, the covariates and either ``customer`` and ``time`` (the
            offers at each purchase) or ``time`` alone (prices for all, valid from then on). None for no covariates.
        covariates: columns of ``offers`` to use.
        absent: by firm, stretches of time (start, end) in which it was not on sale; it is no alternative then, unless bought.
    """
    if purchases.empty:
        raise RegularsError("no purchases: there are no choices")
    firms = tuple(map(str, purchases["firm"].value_counts(sort=True).index))
    if len(firms) < 2:
        raise RegularsError("one firm's log holds no choices between firms; the estimator needs two firms")
    code = pd.factorize(purchases["customer"], sort=True)[0]
    order = np.lexsort((purchases["time"].to_numpy(), code))
    table = purchases.iloc[order]
    customer = code[order]
    chosen = pd.Categorical(table["firm"].astype("str"), categories=list(firms)).codes.astype(np.int64)
    last = np.full(len(chosen), -1)
    last[1:] = np.where(customer[1:] == customer[:-1], chosen[:-1], -1)
    names = tuple(covariates) if offers is not None else ()
    x = np.zeros((len(chosen), len(firms), len(names)))
    for k, name in enumerate(names):
        assert offers is not None
        x[:, :, k] = _offered(table, offers, name, firms)
    return Choices(firms, customer, chosen, last, x, names, _available(table, chosen, firms, absent or {}))


def _available(
    table: pd.DataFrame,
    chosen: np.ndarray,
    firms: Sequence[str],
    absent: Mapping[str, Sequence[tuple[float, float]]],
) -> np.ndarray | None:
    """Whether each firm was on sale at each choice [O, J]; None where all always were."""
    unknown = [firm for firm in absent if firm not in firms]
    if unknown:
        raise RegularsError(f"absent names {', '.join(unknown)}, which nobody bought")
    if not any(absent.values()):
        return None
    there = np.ones((len(chosen), len(firms)), dtype=bool)
    time = table["time"].to_numpy(dtype=float)
    for firm, stretches in absent.items():
        for start, end in stretches:
            there[(time >= start) & (time < end), firms.index(firm)] = False
    there[np.arange(len(chosen)), chosen] = True
    return there


def shelf_prices(purchases: pd.DataFrame, every: float = 7.0) -> pd.DataFrame:
    """Each firm's price over time as buyers paid it: the median per window of ``every`` days, valid until the next.

    A makeshift for logs that show no offers: right where a firm has one price for all, coarse where it has many goods.
    Returns columns time, firm, price for use as ``offers``.
    """
    if "price" not in purchases or purchases["price"].isna().all():
        raise RegularsError("the log has no unit prices (column price): offers cannot be read from it")
    window = period_of(purchases["time"], every) * float(every)
    grid = purchases.assign(time=window).groupby(["time", "firm"])["price"].median().unstack()
    filled = grid.ffill().bfill()
    return filled.melt(ignore_index=False, var_name="firm", value_name="price").reset_index()[
        ["time", "firm", "price"]
    ]


def _offered(table: pd.DataFrame, offers: pd.DataFrame, name: str, firms: Sequence[str]) -> np.ndarray:
    for column in ("firm", "time", name):
        if column not in offers:
            raise RegularsError(
                f"the offers lack the column {column}; they have {', '.join(map(str, offers))}"
            )
    absent = [f for f in firms if f not in set(offers["firm"].astype("str"))]
    if absent:
        raise RegularsError(f"the offers say nothing of {', '.join(absent)}, which customers bought")
    offers = offers.assign(firm=offers["firm"].astype("str"))
    if "customer" in offers:
        wide = offers.drop_duplicates(["customer", "time", "firm"]).pivot(
            index=["customer", "time"], columns="firm", values=name
        )
        index = pd.MultiIndex.from_frame(table[["customer", "time"]])
        values = wide.reindex(index)[list(firms)].to_numpy(dtype=float)
    else:
        wide = offers.drop_duplicates(["time", "firm"]).pivot(index="time", columns="firm", values=name)
        wide = wide.sort_index().ffill()[list(firms)]
        row = np.searchsorted(wide.index.to_numpy(), table["time"].to_numpy(), side="right") - 1
        values = wide.to_numpy(dtype=float)[np.maximum(row, 0)]
    bad = ~np.isfinite(values)
    if bad.any():
        o, j = np.argwhere(bad)[0]
        raise RegularsError(
            f"no {name} offered by {firms[j]} for {int(bad.any(axis=1).sum()):,} purchases, first customer "
            f"{table['customer'].iloc[o]} at time {table['time'].iloc[o]:g}; every firm needs one at every purchase"
        )
    return values
