"""A law of leaving customers held against a log: how often, and week by week, in the window of the fit and after it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.laws.leaving import Leaving
from regulars.panels.histories import merged
from regulars.world.calendar import edges


def frequency_fit(law: Leaving, histories: pd.DataFrame, up_to: int = 7) -> pd.DataFrame:
    """Customers by number of repeats in the window of the fit: observed, and expected under the law.

    Expected is the sum over customers of P(x repeats in an exposure of this length), so that it adds up to the customers.

    Args:
        law: fitted to ``histories``.
        histories: columns repeats, recency, exposure (``recency_frequency``).
        up_to: largest number with a row of its own; a last row holds all above.

    Returns:
        A table by ``repeats`` (0, 1, ..., and as text the rest): ``observed`` and ``expected`` customers.
    """
    repeats = histories["repeats"].to_numpy()
    lengths, customers = np.unique(histories["exposure"].to_numpy(dtype=float), return_counts=True)
    n = np.arange(up_to + 1)
    expected = law.pmf(n[:, None], lengths[None, :]) @ customers
    observed = np.array([(repeats == k).sum() for k in n])
    rest = len(repeats) - observed.sum(), len(repeats) - expected.sum()
    return pd.DataFrame(
        {"observed": [*observed, rest[0]], "expected": [*expected, rest[1]]},
        index=pd.Index([*n, f"{up_to + 1}+"], name="repeats"),
    )


def tracking(
    law: Leaving,
    purchases: pd.DataFrame,
    *,
    split: float,
    end: float,
    unit: float = 7.0,
    step: float = 7.0,
    by_day: bool = True,
    firm: str | None = None,
) -> pd.DataFrame:
    """Repeat purchases of those who had bought before ``split``, step by step: observed, and expected under the law.

    Expected is the sum over customers of the law's mean of repeats since their first purchase. Steps after ``split`` are the
    forecast: the law must not have been fitted to them. Customers who come later are left out of both.
    Source: the tracking plots of Fader, Hardie & Lee (2005), Marketing Science 24(2), 275-284.

    Args:
        law: fitted to the histories before ``split`` in the same ``unit``.
        purchases: a log with ``customer`` and ``time`` in days.
        split: end of the window of the fit, in days.
        end: end of the log, in days (not included); a last part of a step is left out.
        unit: days per unit of time of the law; weeks by default.
        step: days per row; weeks by default.
        by_day: as in ``recency_frequency``.
        firm: only the purchases of this firm.

    Returns:
        A table by ``day`` (end of the step): ``observed`` and ``expected`` repeats in the step, the same cumulated
        (``observed_total``, ``expected_total``), and ``forecast``, whether the step lies after ``split``.

    Raises:
        RegularsError: a split outside the log, a step that does not fit into it, or no purchases before the split.
    """
    if not 0 < split <= end:
        raise RegularsError(f"the split must lie in the log: split {split:g}, end {end:g}")
    if not 0 < step <= end:
        raise RegularsError(f"a step must be longer than 0 and fit into the log: step {step:g}, end {end:g}")
    table = merged(purchases, -np.inf, end, by_day, firm, False)
    first = table.groupby("customer")["time"].min()
    first = first[first < split]
    if first.empty:
        raise RegularsError(
            f"no purchases before {split:g}{f' of {firm}' if firm else ''}: there is nothing to track"
        )
    born = table["customer"].map(first)
    repeats = table.loc[born.notna() & (table["time"] > born), "time"].to_numpy()
    ends = edges(end, step)[1:]
    last = (
        np.ceil(ends) - 1 if by_day else ends
    )  # the last moment of a step at which somebody can have bought
    births, customers = np.unique(first.to_numpy(), return_counts=True)
    since = np.maximum(last[:, None] - births[None, :], 0.0) / unit
    lengths, where = np.unique(since, return_inverse=True)  # steps and births share most of their distances
    expected = law.mean(lengths)[where.reshape(since.shape)] @ customers
    observed = np.searchsorted(np.sort(repeats), ends, side="left")
    result = pd.DataFrame(
        {"observed_total": observed, "expected_total": expected}, index=pd.Index(ends, name="day")
    )
    for name in ("observed", "expected"):
        result[name] = np.diff(result[f"{name}_total"], prepend=0)
    result["forecast"] = ends > split
    return result[["observed", "expected", "observed_total", "expected_total", "forecast"]]
