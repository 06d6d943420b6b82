"""Repeat-buying measures: who buys, how often, and whether again."""

from __future__ import annotations

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.ground.moved_names import old_names
from regulars.measures.log import check_length, population, window


def counts(
    purchases: pd.DataFrame, start: float | None = None, end: float | None = None, of: str = "purchases"
) -> pd.DataFrame:
    """Purchases, or money, of each buyer at each firm in the window.

    Args:
        purchases: the log.
        start: first moment of the window; open by default.
        end: end of the window (not included); open by default.
        of: ``purchases``, or ``amount`` for money.

    Returns:
        A table by ``customer`` (rows; those who bought in the window) and ``firm`` (columns, largest first), in purchases or in
        the money of the log; 0 where a customer bought nothing of a firm.

    Raises:
        RegularsError: another ``of``; as ``window``.
    """
    if of not in ("purchases", "amount"):
        raise RegularsError(f"of={of!r}: choose 'purchases' or 'amount'")
    groups = window(purchases, start, end).groupby(["customer", "firm"])
    table = (groups.size() if of == "purchases" else groups["amount"].sum()).unstack(fill_value=0)
    order = table.sum().sort_values(ascending=False, kind="stable").index
    return table[order].rename_axis(index="customer", columns="firm")


def brand_table(
    purchases: pd.DataFrame,
    *,
    start: float | None = None,
    end: float | None = None,
    customers: int | None = None,
) -> pd.DataFrame:
    """The repeat-buying measures of every firm in the window, largest first.

    Source: Ehrenberg, Uncles & Goodhardt (2004), Journal of Business Research 57, 1307-1325.

    Args:
        purchases: the log.
        start: first moment of the window; open by default.
        end: end of the window (not included); open by default.
        customers: size of the population; by default everybody in the log, inside the window or not.

    Returns:
        A table by ``firm``. Counts: ``purchases``; ``buyers``. Shares, 0 to 1: ``share`` of all purchases; ``penetration``
        b = buyers / population; ``requirements_share`` SCR = frequency / category frequency; ``sole_buyers``, the share of its buyers
        who buy nobody else; ``next_repeat``, see ``next_repeat``. Purchases per buyer: ``frequency`` w = purchases / buyers;
        ``category_frequency``, of the whole category by the firm's buyers.

    Raises:
        RegularsError: a population smaller than the buyers; as ``window``.
    """
    table = counts(purchases, start, end)
    x = table.to_numpy(dtype=float)
    people = population(purchases, customers, len(table))
    total = x.sum(axis=1)
    buys = x > 0
    buyers, volume = buys.sum(axis=0), x.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        category = (buys * total[:, None]).sum(axis=0)
        frame = {
            "purchases": volume.astype(int),
            "share": volume / volume.sum(),
            "buyers": buyers,
            "penetration": buyers / people,
            "frequency": volume / buyers,
            "category_frequency": category / buyers,
            "requirements_share": volume / category,
            "sole_buyers": ((x == total[:, None]) & buys).sum(axis=0) / buyers,
        }
    result = pd.DataFrame(frame, index=pd.Index(table.columns, name="firm"))
    return result.assign(next_repeat=next_repeat(purchases, start=start, end=end).reindex(result.index))


def penetration(
    purchases: pd.DataFrame,
    *,
    start: float | None = None,
    end: float | None = None,
    customers: int | None = None,
) -> pd.Series:
    """Share of the population that bought each firm in the window: b = buyers / population.

    Args:
        purchases: the log.
        start: first moment of the window; open by default.
        end: end of the window (not included); open by default.
        customers: size of the population; by default everybody in the log, inside the window or not.

    Returns:
        By ``firm``, largest in purchases first: a share from 0 to 1.

    Raises:
        RegularsError: a population smaller than the buyers; as ``window``.
    """
    table = counts(purchases, start, end)
    people = population(purchases, customers, len(table))
    return ((table > 0).sum() / people if people else (table > 0).sum().astype(float)).rename("penetration")


def market_share(
    purchases: pd.DataFrame, *, start: float | None = None, end: float | None = None, of: str = "purchases"
) -> pd.Series:
    """Share of each firm in all purchases of the window, or in the money paid.

    Args:
        purchases: the log.
        start: first moment of the window; open by default.
        end: end of the window (not included); open by default.
        of: ``purchases``, or ``amount`` for money.

    Returns:
        By ``firm``, largest first: shares from 0 to 1 that sum to 1.

    Raises:
        RegularsError: another ``of``; as ``window``.
    """
    part = window(purchases, start, end)
    if of not in ("purchases", "amount"):
        raise RegularsError(f"of={of!r}: choose 'purchases' or 'amount'")
    by_firm = part.groupby("firm")
    total = by_firm.size().astype(float) if of == "purchases" else by_firm["amount"].sum()
    ordered = total.sort_values(ascending=False, kind="stable")
    return (ordered / ordered.sum()).rename("share")


def next_repeat(
    purchases: pd.DataFrame, *, start: float | None = None, end: float | None = None
) -> pd.Series:
    """Share of each firm's purchases that are followed by another one of the firm: P(next of j | this of j).

    Purchases after which the window shows no next one of the customer do not count.

    Args:
        purchases: the log, in order within each customer.
        start: first moment of the window; open by default.
        end: end of the window (not included); open by default.

    Returns:
        By ``firm``: a share from 0 to 1. Firms without a purchase that has a next one are not in it.
    """
    before, after = successive(window(purchases, start, end))
    same = pd.DataFrame({"firm": before, "same": before == after})
    return same.groupby("firm")["same"].mean().astype(float).rename("next_repeat")


def successive(purchases: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Firms of each purchase that has a next one of the same customer, and of that next one.

    Args:
        purchases: columns ``customer`` and ``firm``, in order within each customer.

    Returns:
        Two arrays of one shape (pairs,): the firms of the earlier and of the later purchases.
    """
    code = pd.factorize(purchases["customer"])[0]
    order = np.lexsort((purchases["time"].to_numpy(), code))
    firm, who = purchases["firm"].to_numpy(dtype=object)[order], code[order]
    follows = who[1:] == who[:-1]
    return firm[:-1][follows], firm[1:][follows]


def period_repeat(purchases: pd.DataFrame, *, start: float, length: float) -> pd.Series:
    """Share of each firm's buyers in [start, start + length) who buy it again in the equally long period after.

    Args:
        purchases: the log.
        start: first moment of the first period, in the unit of time of the log.
        length: of each of the two periods, in the same unit.

    Returns:
        By ``firm``: a share from 0 to 1.

    Raises:
        RegularsError: a length that is not above 0; as ``window``.
    """
    check_length("length", length)
    first = counts(purchases, start, start + length) > 0
    second = counts(purchases, start + length, start + 2 * length) > 0
    second = second.reindex(index=first.index, columns=first.columns, fill_value=False)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = (first & second).sum().astype(float) / first.sum()
    return rate.rename("period_repeat")


__getattr__ = old_names(__name__)
