"""How often each customer of a log bought, and what a law of such counts makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.laws.nbd import NBD
from regulars.laws.of_log import of_classes, table_of
from regulars.panels.histories import merged

if TYPE_CHECKING:
    from regulars.panels.panel import Panel

ANY = "any firm"  # whose purchases are counted where no firm is named
MOST = 12  # purchases from which on customers are one class


def counted(log: Panel | pd.DataFrame, firm: str | None, by_day: bool) -> tuple[np.ndarray, int]:
    """Purchases of each buyer, and how many customers the log has altogether.

    Args:
        log: a panel or a table of purchases.
        firm: only the purchases of this firm.
        by_day: purchases of a customer on one day are one.
    """
    table, _ = table_of(log, *(["firm"] if firm else []))
    own = merged(table, -np.inf, np.inf, by_day, firm, False)
    if not len(own):
        raise RegularsError(f"no purchases of {firm}: the log has {', '.join(map(str, table['firm'].unique()[:12]))}")  # fmt: skip
    return own.groupby("customer").size().to_numpy(), table["customer"].nunique()


def trend(law: NBD, counts: np.ndarray, ahead: float) -> pd.DataFrame:
    """What customers with each number of purchases do next: the conditional trend analysis of the NBD.

    A customer with x purchases in this period has a rate of Gamma(K + x, K / m + 1), so that the purchases in the next ``ahead``
    periods are NBD with mean (K + x) m ahead / (K + m) and shape K + x. Source: Goodhardt & Ehrenberg (1967), JMR 4(2), 155-161.

    Returns:
        A table by ``bought`` (purchases in the log): ``customers``, expected ``purchases`` of each and ``buyers``, the chance that
        one buys at least once.
    """
    if not ahead > 0:
        raise RegularsError(f"ahead={ahead}: give a time above 0, in periods as long as the log")
    bought, customers = np.unique(counts, return_counts=True)
    mean = np.asarray(law.conditional_mean(bought)) * ahead
    if np.isinf(law.shape):
        none = np.exp(-mean)
    else:
        shape = law.shape + bought
        none = np.exp(-shape * np.log1p(mean / shape))
    return pd.DataFrame(
        {"customers": customers, "purchases": mean, "buyers": 1 - none},
        index=pd.Index(bought.astype(int), name="bought"),
    )


def classes(law: NBD, counts: np.ndarray, first: int) -> pd.DataFrame:
    """Customers by number of purchases from ``first`` (0, or 1 where only buyers are seen), observed and expected."""
    n = np.arange(first, MOST)
    seen = 1.0 if first == 0 else law.buyers
    expected = len(counts) * law.pmf(n) / seen
    observed = np.array([(counts == k).sum() for k in n])
    index = pd.Index([*map(int, n), f"{MOST}+"], name="purchases")
    rest = len(counts) - observed.sum(), len(counts) - expected.sum()
    return of_classes([*observed, rest[0]], [*expected, rest[1]], index)


def bars(table: pd.DataFrame) -> pd.DataFrame:
    """A check of `classes` as shares, for the figure; it shows all above a number in one bar, as here."""
    people = table["observed"].sum()
    number = [*map(int, table.index[:-1]), MOST + 1]
    columns: dict[str, Any] = {"share": table["observed"] / people, "predicted": table["expected"] / people}
    return pd.DataFrame(columns).reset_index(drop=True).assign(purchases=number)
