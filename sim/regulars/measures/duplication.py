"""From whom else a firm's buyers buy, and whether small firms suffer twice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from regulars.measures.log import population
from regulars.measures.repeat_buying import brand_table, counts


def duplication(
    purchases: pd.DataFrame, *, start: float | None = None, end: float | None = None
) -> pd.DataFrame:
    """Duplication of purchase: the share of one firm's buyers who buy another one in the window, too.

    Source: Ehrenberg (1988), Repeat-Buying: Facts, Theory and Applications, 2nd ed.

    Args:
        purchases: the log.
        start: first moment of the window; open by default.
        end: end of the window (not included); open by default.

    Returns:
        A table, shape (firms, firms): P(buys the column's firm | buys the row's firm), 0 to 1; 1 on the diagonal. The index is
        named ``buys`` and the columns ``also``.
    """
    table = counts(purchases, start, end)
    buys = (table.to_numpy() > 0).astype(float)
    both = buys.T @ buys
    names = table.columns
    given = both / np.diag(both)[:, None]
    return pd.DataFrame(given, index=names.rename("buys"), columns=names.rename("also"))


def duplication_coefficient(
    purchases: pd.DataFrame,
    *,
    start: float | None = None,
    end: float | None = None,
    customers: int | None = None,
    joint: float = 0.0,
) -> float:
    """D of the duplication law P(k | j) = D b_k, averaged over the pairs of firms.

    D is above 1 where buyers differ in how much they buy, and depends on the length of the window.
    Source: Goodhardt & Ehrenberg (1969), Journal of Marketing Research 6, 169-178.

    Args:
        purchases: the log.
        start: first moment of the window; open by default.
        end: end of the window (not included); open by default.
        customers: size of the population; by default everybody in the log.
        joint: leave out pairs with fewer expected joint buyers (b_j b_k times the population); 200 steadies the mean.

    Returns:
        D, a ratio without unit; NaN for a single firm.
    """
    table = brand_table(purchases, start=start, end=end, customers=customers)
    if len(table) < 2:
        return float("nan")
    b = table["penetration"].to_numpy()
    people = population(purchases, customers, 0)
    ratio = duplication(purchases, start=start, end=end).to_numpy() / b[None, :]
    pairs = ~np.eye(len(b), dtype=bool) & (np.outer(b, b) * people >= joint)
    return float(ratio[pairs].mean()) if pairs.any() else float("nan")


@dataclass(frozen=True)
class DoubleJeopardy:
    """The double-jeopardy line w (1 - b) = w0.

    Attributes:
        table: by firm: penetration b, frequency w, w (1 - b) and the frequency on the line, w0 / (1 - b).
        w0: mean of w (1 - b) over firms.
        variation: coefficient of variation of w (1 - b); small where the law holds.
        slope: of log w on log b over firms with b < 0.5, where the law is close to a line.
        rank_correlation: Spearman's, of b and w.
    """

    table: pd.DataFrame
    w0: float
    variation: float
    slope: float
    rank_correlation: float


def double_jeopardy(
    purchases: pd.DataFrame,
    *,
    start: float | None = None,
    end: float | None = None,
    customers: int | None = None,
) -> DoubleJeopardy:
    """Whether small firms have fewer buyers who also buy less often: the line w (1 - b) = w0.

    Source: McPhee (1963), Formal Theories of Mass Behavior; Ehrenberg, Goodhardt & Barwise (1990), Journal of Marketing 54(3), 82-91.

    Args:
        purchases: the log.
        start: first moment of the window; open by default.
        end: end of the window (not included); open by default.
        customers: size of the population; by default everybody in the log.

    Returns:
        The line and how well firms lie on it, penetration b as a share and frequency w in purchases per buyer; NaN where
        there are fewer than two firms.
    """
    measured = brand_table(purchases, start=start, end=end, customers=customers)
    table = measured[["penetration", "frequency"]].copy()
    table["jeopardy"] = table["frequency"] * (1 - table["penetration"])
    w0 = float(table["jeopardy"].mean()) if len(table) else float("nan")
    table["on_line"] = w0 / (1 - table["penetration"]).where(table["penetration"] < 1)
    if len(table) < 2:
        return DoubleJeopardy(table, w0, float("nan"), float("nan"), float("nan"))
    small = table[table["penetration"] < 0.5]
    slope = float("nan")
    if small["penetration"].nunique() > 1:
        slope = float(np.polyfit(np.log(small["penetration"]), np.log(small["frequency"]), 1)[0])
    ranks = table[["penetration", "frequency"]].rank()
    varied = bool((ranks.std() > 0).all())
    correlation = float(np.corrcoef(ranks.to_numpy().T)[0, 1]) if varied else float("nan")
    return DoubleJeopardy(table, w0, float(table["jeopardy"].std(ddof=0) / w0), slope, correlation)
