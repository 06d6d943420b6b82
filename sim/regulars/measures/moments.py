"""Moments of a log of purchases with their standard errors: what a fitted market is held against.

Every moment is a ratio of sums over customers, so that its standard error follows from the customers by the delta
method (customers are the independent units, not purchases). The same function reads real and simulated logs. The
repeat rate beside the one expected after shuffling each customer's purchases tells lasting taste from inertia.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd


def moments(purchases: pd.DataFrame, firms: tuple[str, ...]) -> pd.DataFrame:
    """Moments of a log, with standard errors: what a fitted market is held against.

    Each is a ratio of sums over customers, r = sum a_i / sum b_i, with the standard error sqrt(sum (a_i - r b_i)^2) / sum b_i of the
    delta method, customers independent.

    Args:
        purchases: columns ``customer``, ``time``, ``firm``, ``amount`` (money); at least one purchase.
        firms: firms whose shares, penetrations and rates are wanted.

    Returns:
        One row per moment: its name (``moment``), ``unit`` (purchases, share or currency), ``value`` and ``se``; NaN where the log has
        nothing to divide by.
    """
    import pandas as pd

    ordered = purchases.sort_values(["customer", "time"], kind="stable")
    customer, _ = pd.factorize(ordered["customer"])
    people = int(customer.max()) + 1
    bought = ordered["firm"].astype("object")
    everywhere = pd.Index([*firms, *sorted(set(bought) - set(firms))], dtype="object")
    code = everywhere.get_indexer(pd.Index(bought))
    n = np.bincount(customer, minlength=people).astype(np.float64)
    by_firm = np.zeros((people, len(everywhere)))
    np.add.at(by_firm, (customer, code), 1.0)
    same = np.zeros(people)
    follows = np.flatnonzero(customer[1:] == customer[:-1])
    np.add.at(same, customer[follows], (code[follows] == code[follows + 1]).astype(np.float64))
    amount = np.bincount(customer, weights=ordered["amount"].to_numpy(np.float64), minlength=people)
    one = np.ones(people)
    rows = [
        ("purchases per buyer", "purchases", n, one),
        ("buyers with one purchase", "share", (n == 1).astype(float), one),
        ("purchases of a purchase's buyer", "purchases", n * n, n),
        ("amount per purchase", "currency", amount, n),
    ]
    if len(firms) > 1:
        rows += [
            ("repeat rate", "share", same, n - 1),
            ("repeat rate, shuffled", "share", (by_firm * (by_firm - 1)).sum(axis=1) / n, n - 1),
            ("buyers of one firm only", "share", (by_firm.max(axis=1) == n).astype(float), one),
        ]
        for f, firm in enumerate(firms):
            rows += [
                (f"share of {firm}", "share", by_firm[:, f], n),
                (f"penetration of {firm}", "share", (by_firm[:, f] > 0).astype(float), one),
                (f"buying rate of {firm}", "purchases", by_firm[:, f], (by_firm[:, f] > 0).astype(float)),
            ]
    found = [(name, unit, *_ratio(above, below)) for name, unit, above, below in rows]
    return pd.DataFrame(found, columns=["moment", "unit", "value", "se"])


def cohort_moments(repeats: pd.DataFrame, exposure: NDArray[np.float64]) -> pd.DataFrame:
    """Moments of customers watched from their first purchase, with standard errors as in ``moments``.

    Args:
        repeats: columns ``customer`` (0..n-1), ``time`` (days since the first purchase, > 0), ``amount`` (money).
        exposure: days that each customer was watched, shape (n,).

    Returns:
        One row per moment: its name (``moment``), ``unit`` (purchases, share or currency), ``value`` and ``se``.
    """
    import pandas as pd

    people = len(exposure)
    customer, time = repeats["customer"].to_numpy(), repeats["time"].to_numpy()
    early = time <= exposure[customer] / 2
    n = np.bincount(customer, minlength=people).astype(np.float64)
    first = np.bincount(customer[early], minlength=people).astype(np.float64)
    amount = np.bincount(customer, weights=repeats["amount"].to_numpy(np.float64), minlength=people)
    one = np.ones(people)
    rows = [
        ("repeats per customer", "purchases", n, one),
        ("customers without a repeat", "share", (n == 0).astype(float), one),
        ("repeats in the first half of the time", "purchases", first, one),
        ("repeats in the second half of the time", "purchases", n - first, one),
        ("repeats of a repeat's customer", "purchases", n * n, n),
        ("amount per purchase", "currency", amount, n),
    ]
    found = [(name, unit, *_ratio(above, below)) for name, unit, above, below in rows]
    return pd.DataFrame(found, columns=["moment", "unit", "value", "se"])


def _ratio(above: NDArray[np.float64], below: NDArray[np.float64]) -> tuple[float, float]:
    """Ratio of sums and its standard error over independent customers."""
    total = below.sum()
    if total == 0:
        return float("nan"), float("nan")
    ratio = float(above.sum() / total)
    left = above - ratio * below
    return ratio, float(np.sqrt(left @ left) / total)
