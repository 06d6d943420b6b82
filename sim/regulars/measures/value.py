"""What customers are worth, from a log: revenue, its concentration, and lifetime value with its timing named."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.ground.timing import at_start
from regulars.measures.heavy_buyers import top_share
from regulars.measures.log import window
from regulars.world.calendar import end_of, period_of

SYSTEMS = {"M12": "tests/measures/test_value.py::test_concentration"}


def revenue_per_customer(
    purchases: pd.DataFrame,
    *,
    start: float | None = None,
    end: float | None = None,
    firm: str | None = None,
    customers: int | None = None,
) -> pd.Series:
    """Money that each customer paid in the window.

    Args:
        purchases: the log.
        start: first moment of the window; open by default.
        end: end of the window (not included); open by default.
        firm: this firm's purchases only.
        customers: size of the population; those who bought nothing come in with 0. Non-buyers have no name in a log: they are
            numbered ``nobody-1``, ``nobody-2``, .... By default buyers only.

    Returns:
        By ``customer``, largest first, in the money of the log.

    Raises:
        RegularsError: a population smaller than the buyers; as ``window``.
    """
    part = window(purchases, start, end)
    if firm is not None:
        part = part[part["firm"] == firm]
    spent = part.groupby("customer")["amount"].sum().astype(float).sort_values(ascending=False, kind="stable")
    if customers is not None:
        if customers < len(spent):
            raise RegularsError(f"customers={customers} is fewer than the {len(spent)} who bought")
        more = customers - len(spent)
        if more:
            zeros = pd.Series(0.0, index=[f"nobody-{k + 1}" for k in range(more)])
            spent = pd.concat([spent.set_axis(spent.index.astype(object)), zeros])
    return spent.rename("revenue").rename_axis("customer")


def deciles(revenue: pd.Series, groups: int = 10) -> pd.DataFrame:
    """Customers in equal groups by revenue, the best first.

    Args:
        revenue: by customer, in money, as of ``revenue_per_customer``.
        groups: how many; 10 makes deciles.

    Returns:
        A table by ``group`` 1..groups: ``customers``; in money ``revenue`` and ``mean``; ``share`` of the total and ``cumulative``
        share, 0 to 1. A group may be empty where there are fewer customers than groups.

    Raises:
        RegularsError: fewer than one group.
    """
    if groups < 1:
        raise RegularsError(f"groups={groups}: there must be one or more")
    values = np.sort(revenue.to_numpy(dtype=float))[::-1]
    edges = np.round(np.linspace(0, len(values), groups + 1)).astype(int)
    sums = np.add.reduceat(np.append(values, 0.0), edges[:-1]) if len(values) else np.zeros(groups)
    sizes = np.diff(edges)
    sums = np.where(sizes > 0, sums, 0.0)
    total = values.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        share = sums / total if total > 0 else np.full(groups, np.nan)
        mean = np.where(sizes > 0, sums / np.maximum(sizes, 1), np.nan)
    return pd.DataFrame(
        {"customers": sizes, "revenue": sums, "mean": mean, "share": share, "cumulative": np.cumsum(share)},
        index=pd.RangeIndex(1, groups + 1, name="group"),
    )


def gini(values: pd.Series | np.ndarray) -> float:
    """Gini coefficient: sum over i of (2 i - n - 1) x_i / (n sum x), with x in rising order.

    Source: Gini (1912), Variabilità e mutabilità.

    Args:
        values: shape (customers,), 0 or more, of any unit.

    Returns:
        0 where all are equal, near 1 where one has all; NaN where there is nothing to share.

    Raises:
        RegularsError: a value below 0.
    """
    x = np.sort(np.asarray(values, dtype=float))
    if (x < 0).any():
        raise RegularsError("the Gini coefficient is for values of 0 or more")
    n, total = len(x), x.sum()
    if not n or total == 0:
        return float("nan")
    return float((2 * np.arange(1, n + 1) - n - 1) @ x / (n * total))


@dataclass(frozen=True)
class Concentration:
    """How unequal customers are in a window.

    Attributes:
        gini: of revenue per customer.
        top_fifth: share of revenue of the best 20% of customers.
        best_to_worst: mean of the best tenth over mean of the worst tenth; infinite if the worst pay nothing.
        customers: how many customers, non-buyers only where counted in.
    """

    gini: float
    top_fifth: float
    best_to_worst: float
    customers: int


def concentration(revenue: pd.Series) -> Concentration:
    """How unequal customers are: Gini, share of the best fifth, and the ratio of the best to the worst tenth.

    Args:
        revenue: by customer, in money, as of ``revenue_per_customer``; with non-buyers where its ``customers`` was given.

    Returns:
        The three, shares and ratios without unit, and the number of customers.
    """
    table = deciles(revenue)
    best, worst = table["mean"].iloc[0], table["mean"].iloc[-1]
    ratio = float("nan") if np.isnan(worst) or np.isnan(best) else (best / worst if worst > 0 else np.inf)
    return Concentration(gini(revenue), top_share(revenue.to_numpy()), float(ratio), len(revenue))


@dataclass(frozen=True)
class ObservedCLV:
    """Lifetime value as a cohort's payments show it.

    Attributes:
        observed: discounted margin per customer over the periods watched, in money.
        tail: what a geometric continuation adds after them; an extrapolation, not data.
        timing: ``start`` counts the first period's margin at once; ``end`` leaves it out and discounts from the second on.
        retention: the ratio of later to earlier margins per period from which the tail is made.
        table: by period of tenure: ``customers`` watched, ``margin`` per customer of the cohort, ``discounted``.
    """

    observed: float
    tail: float
    timing: str
    retention: float
    table: pd.DataFrame

    @property
    def total(self) -> float:
        """Observed value and tail together."""
        return self.observed + self.tail


def observed_clv(
    purchases: pd.DataFrame,
    *,
    period: float,
    discount: float,
    timing: str,
    margin: float = 1.0,
    start: float = 0.0,
    end: float | None = None,
    firm: str | None = None,
) -> ObservedCLV:
    """Lifetime value per acquired customer, by tenure from each one's first purchase: sum over k of m_k / (1 + d)^k.

    The margin m_k of tenure period k is averaged over the customers watched through all of it, so that late arrivals do not
    pull it down. With ``timing="start"`` the sum is from k = 0, with ``"end"`` from k = 1.

    Args:
        purchases: the log.
        period: length of a period, in the unit of time of the log.
        discount: rate per period (d), 0 or more.
        timing: ``"start"`` or ``"end"``; the two differ by the first period's margin.
        margin: contribution per unit of revenue.
        start: customers who bought before are left out, as they are not new.
        end: end of observation; by default after the last purchase.
        firm: this firm's purchases only.

    Returns:
        The value in money per customer, with what a geometric continuation would add.

    Raises:
        RegularsError: a period that is not above 0, a rate below 0, another ``timing``; as ``window``.
    """
    at_once = discounting(period, discount, timing)
    table = window(purchases)
    if firm is not None:
        table = table[table["firm"] == firm]
    end = end_of(table["time"], end)
    table = table[table["time"] < end]
    first = table.groupby("customer")["time"].min()
    first = first[first >= start]
    watched = period_of(end - first, period)
    longest = int(watched.max()) if len(watched) else 0
    if not longest:
        nothing = pd.DataFrame(
            columns=["customers", "margin", "discounted"], index=pd.Index([], name="tenure")
        )
        return ObservedCLV(float("nan"), 0.0, timing, float("nan"), nothing)
    born = table["customer"].map(first)
    part = table[born.notna()].assign(tenure=period_of(table["time"][born.notna()] - born.dropna(), period))
    part = part[part["tenure"] < part["customer"].map(watched)]
    paid = part.groupby(part["tenure"])["amount"].sum().reindex(range(longest), fill_value=0.0)
    often = np.bincount(watched, minlength=longest + 1)
    size = often[::-1].cumsum()[::-1][1:]
    each = margin * paid.to_numpy(dtype=float) / size
    now = each / (1 + discount) ** np.arange(longest)
    frame = pd.DataFrame(
        {"customers": size, "margin": each, "discounted": now}, index=pd.RangeIndex(longest, name="tenure")
    )
    observed = float(now.sum() if at_once else now[1:].sum())
    ratio = _ratio(each, size)
    q = ratio / (1 + discount)
    tail = float(now[-1] * q / (1 - q)) if 0 <= q < 1 else (float("inf") if q >= 1 else 0.0)
    return ObservedCLV(observed, tail, timing, ratio, frame)


def _ratio(each: np.ndarray, size: np.ndarray) -> float:
    """Ratio of successive margins after the first period, weighted by the customers watched through both."""
    if len(each) < 3:
        return float("nan")
    before, after, weight = each[1:-1], each[2:], size[2:]
    bottom = float((before * weight).sum())
    return float((after * weight).sum()) / bottom if bottom > 0 else float("nan")


def discounting(period: float, discount: float, timing: str) -> bool:
    """Whether the money of tenure period 0 counts, by `timing`.

    Raises:
        RegularsError: a period that is no length of time, a rate below 0, or no such timing.
    """
    if not period > 0 or not discount >= 0:
        raise RegularsError(f"period={period:g} must be above 0 and discount={discount:g} 0 or more")
    return at_start(timing)
