"""A holdout week by week: what the log held, and what the market fitted to the part before foretells, with a band."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from regulars.world.calendar import edges

if TYPE_CHECKING:
    import pandas as pd

    from regulars.panels.panel import Panel

WEEK, SHORT = 7.0, 28.0  # days; a shorter holdout is shown day by day
WITHIN = 1.96  # standard errors of a 95% band


def week_by_week(before: Panel, after: Panel, bought: pd.DataFrame, scale: float) -> pd.DataFrame:
    """Purchases of a log in steps, and those foretold of its end.

    The band holds 95% of chance. Of a sum of t steps, foretold from N, the variance is v t (1 + t / N) + s^2 sum(X_i^2): what the
    same customers happen to do, v a step from the variance within simulated customers; the level, which N such steps told; and
    the simulation, X_i the purchases of its customer i. Doubt about the other parameters is not in it.

    Args:
        before: the part of the log to which the market was fitted.
        after: the rest, on a clock of its own.
        bought: purchases of the market in the rest, on that clock.
        scale: s, customers of the market over those simulated.

    Returns:
        A table by ``day`` (end of the step, from the start of the log): ``observed`` purchases; ``expected``, ``low`` and ``high``,
        missing before the holdout; all four cumulated (``_total``); ``forecast``, whether the step is held out. ``step`` in days
        is in ``attrs``.
    """
    import pandas as pd

    step = WEEK if after.days >= SHORT else 1.0
    ahead = edges(after.days, step)
    behind = before.days - edges(before.days, step)[::-1]
    came = np.concatenate([_counts(before.purchases, behind), _counts(after.purchases, ahead)])
    table = pd.DataFrame(
        {"observed": came}, index=pd.Index([*behind[1:], *before.days + ahead[1:]], name="day")
    )
    table["observed_total"] = table["observed"].cumsum()
    held = len(behind) - 1
    known = float(table["observed_total"].iloc[held - 1]) if held else 0.0
    each = _by_customer(bought, ahead)
    many = each.shape[1]
    within = each.var(axis=1, ddof=1) if many > 1 else each[:, 0] if many else each.sum(axis=1)
    chance = scale * float(within.sum())
    t = np.arange(1, many + 1)
    for suffix, x, start, steps in (
        ("", each, 0.0, np.ones(many)),
        ("_total", each.cumsum(axis=1), known, t),
    ):
        told = start + scale * x.sum(axis=0)
        wide = WITHIN * np.sqrt(chance * steps * (1 + steps / max(held, 1)) + scale**2 * (x**2).sum(axis=0))
        for name, values in (
            ("expected", told),
            ("low", np.maximum(told - wide, start)),
            ("high", told + wide),
        ):
            table[f"{name}{suffix}"] = np.concatenate([np.full(held, np.nan), values])
    table["forecast"] = np.arange(len(table)) >= held
    table.attrs["step"] = step
    return table


def _counts(purchases: pd.DataFrame, edges: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    return np.bincount(_step(purchases, edges), minlength=len(edges))[1 : len(edges)].astype(float)


def _by_customer(bought: pd.DataFrame, edges: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Purchases of each customer [n, steps]."""
    who, code = np.unique(bought["customer"].to_numpy(), return_inverse=True)
    found = np.zeros((len(who), len(edges) + 1))
    np.add.at(found, (code, _step(bought, edges)), 1.0)
    return found[:, 1 : len(edges)]


def _step(purchases: pd.DataFrame, edges: NDArray[np.floating[Any]]) -> NDArray[np.int64]:
    """The step of each purchase, 1 the first; 0 and the last lie outside."""
    return np.searchsorted(edges, purchases["time"].to_numpy(float), side="right")
