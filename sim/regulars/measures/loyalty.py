"""Behavioural loyalty of each customer: how the wallet is shared, how often the firm changes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.measures.log import window

SYSTEMS = {
    "M8": "tests/measures/test_loyalty_and_switching.py::test_behavioural_loyalty",
    "M20": "tests/measures/test_loyalty_and_switching.py::test_wallets",
}
EDGES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


def wallet_shares(
    purchases: pd.DataFrame, *, start: float | None = None, end: float | None = None, of: str = "amount"
) -> pd.DataFrame:
    """Share of wallet: the part of each customer's spending in the category that goes to each firm.

    Args:
        purchases: the log.
        start: first moment of the window; open by default.
        end: end of the window (not included); open by default.
        of: ``amount`` for money, or ``purchases``.

    Returns:
        A table by ``customer`` (rows) and ``firm`` (columns, largest first): shares from 0 to 1, rows sum to 1. Customers who paid
        nothing at all are left out.

    Raises:
        RegularsError: another ``of``; as ``window``.
    """
    if of not in ("amount", "purchases"):
        raise RegularsError(f"of={of!r}: choose 'amount' or 'purchases'")
    grouped = window(purchases, start, end).groupby(["customer", "firm"])
    spent = (grouped["amount"].sum() if of == "amount" else grouped.size()).unstack(fill_value=0)
    order = spent.sum().sort_values(ascending=False, kind="stable").index
    spent = spent[order].astype(float)
    total = spent.sum(axis=1)
    return spent[total > 0].div(total[total > 0], axis=0).rename_axis(index="customer", columns="firm")


def wallet_distribution(
    purchases: pd.DataFrame,
    firm: str,
    *,
    start: float | None = None,
    end: float | None = None,
    of: str = "amount",
    edges: Sequence[float] = EDGES,
) -> pd.DataFrame:
    """How a firm's buyers are spread over classes of share of wallet.

    Args:
        purchases: the log.
        firm: whose buyers.
        start: first moment of the window; open by default.
        end: end of the window (not included); open by default.
        of: ``amount`` for money, or ``purchases``.
        edges: of the classes, from 0 to 1; a class holds its upper edge.

    Returns:
        A table by class (low, high] of the share of wallet: ``buyers``, their ``share`` of the firm's buyers, and the share of the
        firm's ``revenue`` they bring, both 0 to 1.

    Raises:
        RegularsError: edges that do not rise from 0 to 1; as ``wallet_shares``.
    """
    cuts = list(edges)
    if cuts != sorted(cuts) or cuts[0] != 0 or cuts[-1] != 1:
        raise RegularsError(f"edges must rise from 0 to 1, as {list(EDGES)}")
    shares = wallet_shares(purchases, start=start, end=end, of=of)
    index = pd.IntervalIndex.from_breaks(cuts, closed="right", name="share_of_wallet")
    if shares.empty or firm not in shares:
        nothing = pd.DataFrame(0.0, index=index, columns=["buyers", "share", "revenue"])
        return nothing.astype({"buyers": int})
    own = shares.loc[shares[firm] > 0, firm]
    part = window(purchases, start, end)
    spent = part[part["firm"] == firm].groupby("customer")["amount"].sum().reindex(own.index)
    place = np.searchsorted(np.array(cuts), own.to_numpy() - 1e-12, side="left") - 1
    buyers = np.bincount(place, minlength=len(index))
    revenue = np.bincount(place, weights=spent.to_numpy(dtype=float), minlength=len(index))
    total = revenue.sum()
    return pd.DataFrame(
        {
            "buyers": buyers,
            "share": buyers / buyers.sum(),
            "revenue": revenue / total if total else np.full(len(index), np.nan),
        },
        index=index,
    )


def behavioural_loyalty(
    purchases: pd.DataFrame, *, start: float | None = None, end: float | None = None
) -> pd.DataFrame:
    """Loyalty of each customer, as far as what they did shows it.

    Args:
        purchases: the log.
        start: first moment of the window; open by default.
        end: end of the window (not included); open by default.

    Returns:
        A table by customer: ``purchases``; ``firms`` bought; ``main_firm`` (most purchases; the one bought first in a tie)
        and its ``main_share``, 0 to 1; ``concentration``, the sum of squared shares (1 / firms to 1); ``switching`` (share of
        purchases, but the first, that are of another firm than the one before; NaN with one purchase); ``last_firm``; ``run`` (how
        many purchases in a row the last firm has).
    """
    names = [
        "purchases",
        "firms",
        "main_firm",
        "main_share",
        "concentration",
        "switching",
        "last_firm",
        "run",
    ]
    part = window(purchases, start, end)
    if part.empty:
        return pd.DataFrame(columns=names, index=pd.Index([], name="customer"))
    ordered = part.sort_values(["customer", "time"], kind="stable", ignore_index=True)
    who = ordered["customer"]
    changes = (ordered["firm"] != ordered["firm"].shift()) & (who == who.shift())
    cells = ordered.groupby(["customer", "firm"], sort=False).size().rename("n").reset_index()
    size = who.value_counts().sort_index().rename("purchases")
    cells["share"] = cells["n"] / cells["customer"].map(size)
    main = cells.sort_values(["customer", "n"], ascending=[True, False], kind="stable")
    main = main.drop_duplicates("customer").set_index("customer")
    by_customer = cells.groupby("customer")
    fresh = changes | (who != who.shift())
    block = fresh.cumsum()
    last = ordered.drop_duplicates("customer", keep="last").set_index("customer")
    run = block.groupby(block).size()
    last_block = pd.Series(block.to_numpy(), index=who.to_numpy()).groupby(level=0).last()
    table = pd.DataFrame(
        {
            "purchases": size,
            "firms": by_customer.size(),
            "main_firm": main["firm"],
            "main_share": main["share"],
            "concentration": (cells["share"] ** 2).groupby(cells["customer"]).sum(),
            "switching": changes.groupby(who).sum() / (size - 1).where(size > 1),
            "last_firm": last["firm"],
            "run": last_block.map(run),
        }
    )
    return table.rename_axis("customer")


def main_customers(
    purchases: pd.DataFrame,
    firm: str,
    *,
    above: float = 0.5,
    start: float | None = None,
    end: float | None = None,
) -> pd.Series:
    """Customers who give a firm more than ``above`` of their category budget.

    Args:
        purchases: the log.
        firm: name of the firm.
        above: share of wallet, 0 to 1, that a main customer exceeds.
        start: first moment of the window; open by default.
        end: end of the window (not included); open by default.

    Returns:
        By ``customer``, largest first: the share of wallet, 0 to 1; empty where there is nobody.
    """
    shares = wallet_shares(purchases, start=start, end=end)
    if shares.empty or firm not in shares:
        return pd.Series(dtype=float, name=firm).rename_axis("customer")
    own = shares[firm]
    return own[own > above].sort_values(ascending=False, kind="stable")
