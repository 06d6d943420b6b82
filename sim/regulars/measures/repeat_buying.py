"""Repeat-buying measures: who buys, how often, from whom else, and whether again."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.measures.log import check_length, population, window
from regulars.world.calendar import end_of


def counts(
    purchases: pd.DataFrame, start: float | None = None, end: float | None = None, of: str = "purchases"
) -> pd.DataFrame:
    """Purchases or, with ``of="amount"``, money per customer (rows) and firm (columns, largest first) in the window; buyers only."""
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

    Columns: ``purchases``; ``share`` of purchases; ``buyers``; ``penetration`` (buyers over the population, b);
    ``frequency`` (purchases per buyer, w); ``category_frequency`` (category purchases per buyer of the firm);
    ``requirements_share`` (the former over the latter, SCR); ``sole_buyers`` (share of its buyers who buy nobody else);
    ``next_repeat`` (share of purchases of the firm after which the next one is again of the firm).
    Source: Ehrenberg, Uncles & Goodhardt (2004), Journal of Business Research 57, 1307-1325.

    Args:
        purchases: the log.
        start: first moment of the window; open by default.
        end: end of the window (not included); open by default.
        customers: size of the population; by default everybody in the log, inside the window or not.
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
    """Share of the population that bought each firm in the window."""
    table = counts(purchases, start, end)
    people = population(purchases, customers, len(table))
    return ((table > 0).sum() / people if people else (table > 0).sum().astype(float)).rename("penetration")


def market_share(
    purchases: pd.DataFrame, *, start: float | None = None, end: float | None = None, of: str = "purchases"
) -> pd.Series:
    """Share of each firm in purchases or, with ``of="amount"``, in money."""
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
    """Share of each firm's purchases, but customers' last ones, that are followed by another one of the firm."""
    before, after = successive(window(purchases, start, end))
    same = pd.DataFrame({"firm": before, "same": before == after})
    return same.groupby("firm")["same"].mean().astype(float).rename("next_repeat")


def successive(purchases: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Firms of each purchase that has a next one, and of that next one."""
    code = pd.factorize(purchases["customer"])[0]
    order = np.lexsort((purchases["time"].to_numpy(), code))
    firm, who = purchases["firm"].to_numpy(dtype=object)[order], code[order]
    follows = who[1:] == who[:-1]
    return firm[:-1][follows], firm[1:][follows]


def period_repeat(purchases: pd.DataFrame, *, start: float, length: float) -> pd.Series:
    """Share of each firm's buyers in [start, start + length) who buy it again in the period after, equally long."""
    check_length("length", length)
    first = counts(purchases, start, start + length) > 0
    second = counts(purchases, start + length, start + 2 * length) > 0
    second = second.reindex(index=first.index, columns=first.columns, fill_value=False)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = (first & second).sum().astype(float) / first.sum()
    return rate.rename("period_repeat")


def duplication(
    purchases: pd.DataFrame, *, start: float | None = None, end: float | None = None
) -> pd.DataFrame:
    """P(buys the column's firm | buys the row's firm) in the window; 1 on the diagonal."""
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
    """D of the duplication law P(k | j) = D b_k, averaged over the pairs of firms; NaN for a single firm.

    D is above 1 where buyers differ in how much they buy, and depends on the length of the window.

    Args:
        purchases: the log.
        start: first moment of the window.
        end: end of the window.
        customers: size of the population.
        joint: leave out pairs with fewer expected joint buyers (b_j b_k times the population); 200 steadies the mean.
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
    """Whether small firms have fewer buyers who also buy less often; NaN where there are fewer than two firms.

    Source: McPhee (1963); Ehrenberg, Goodhardt & Barwise (1990), Journal of Marketing 54(3), 82-91.
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


@dataclass(frozen=True)
class ParetoShare:
    """What share the heaviest buyers have; meaningless without the length of the window.

    Attributes:
        share: of the heaviest ``top`` of buyers.
        top: which share of buyers they are.
        of: ``purchases`` or ``amount``.
        period: length of the window, in the unit of time of the log (days in dated logs).
        buyers: how many bought in the window; non-buyers do not count.
    """

    share: float
    top: float
    of: str
    period: float
    buyers: int

    def table(self) -> pd.DataFrame:
        """One row with all of it."""
        return pd.DataFrame([asdict(self)])


def pareto_share(
    purchases: pd.DataFrame,
    *,
    start: float | None = None,
    end: float | None = None,
    top: float = 0.2,
    of: str = "purchases",
) -> ParetoShare:
    """Share of purchases or money that the heaviest ``top`` of buyers have in the window.

    Where the edge of the top falls within a customer, that customer counts in part.
    """
    if not 0 < top < 1:
        raise RegularsError(f"top={top:g}: give a share of the buyers between 0 and 1, as 0.2")
    if of not in ("purchases", "amount"):
        raise RegularsError(f"of={of!r}: choose 'purchases' or 'amount'")
    part = window(purchases, start, end)
    by_customer = part.groupby("customer")
    values = (by_customer.size() if of == "purchases" else by_customer["amount"].sum()).to_numpy(dtype=float)
    times = part["time"]
    first = float(np.floor(times.min())) if len(part) else 0.0
    low = start if start is not None else first
    high = end_of(times, end) if len(part) else low if end is None else end
    return ParetoShare(top_share(values, top), top, of, float(high - low), len(values))


def top_share(values: np.ndarray, top: float = 0.2) -> float:
    """Share of the total that the largest ``top`` of the values have, the one at the edge in part; NaN if there is none."""
    ordered = np.sort(np.asarray(values, dtype=float))[::-1]
    if not len(ordered) or ordered.sum() <= 0:
        return float("nan")
    edge = top * len(ordered)
    whole = int(np.floor(edge + 1e-12))
    rest = (edge - whole) * ordered[whole] if whole < len(ordered) else 0.0
    return float((ordered[:whole].sum() + max(rest, 0.0)) / ordered.sum())
