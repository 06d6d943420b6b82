"""Unequal customers: what each is worth over time, how much the best bring, which cost more than they bring.

Money and time are in the units of the log. Which share of a referred friend's value is a customer's own merit is a question
for ``referral_tree``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.measures.decomposition import contributions
from regulars.measures.log import window
from regulars.measures.loyalty import wallet_shares
from regulars.measures.retention import survival
from regulars.measures.value import discounting
from regulars.world.calendar import end_of, period_of

SYSTEMS = {
    "M12": "tests/measures/test_customer_value.py::test_unequal_value_by_hand",
    "M20": "tests/measures/test_customer_value.py::test_relationships_by_hand",
}
SPENT = ("customer", "time", "amount")


def customer_profit(
    purchases: pd.DataFrame,
    *,
    start: float | None = None,
    end: float | None = None,
    firm: str | None = None,
    margin: float | None = None,
    costs: pd.DataFrame | None = None,
) -> pd.Series:
    """Contribution of each customer in the window less what was spent on it; below 0: a loss.

    Args:
        purchases: the log.
        start: first moment of the window; open by default.
        end: end of the window (not included); open by default.
        firm: this firm's purchases only.
        margin: contribution per unit of money paid; by default what the log says, see ``decomposition.contributions``.
        costs: money spent on single customers (``customer``, ``time``, ``amount``, perhaps ``firm``), such as rewards and
            service; also on customers who bought nothing.

    Returns:
        By ``customer``, best first, in money.

    Raises:
        RegularsError: costs that lack a column or are not finite; as ``contributions``.
    """
    flows = _flows(purchases, firm, margin, costs)
    if start is not None:
        flows = flows[flows["time"] >= start]
    if end is not None:
        flows = flows[flows["time"] < end]
    return _by_customer(flows["customer"], flows["money"], "profit")


def lifetime_value(
    purchases: pd.DataFrame,
    *,
    period: float,
    discount: float,
    timing: str,
    start: float = 0.0,
    end: float | None = None,
    firm: str | None = None,
    margin: float | None = None,
    costs: pd.DataFrame | None = None,
) -> pd.Series:
    """Discounted contribution less costs of each customer, up to the end of the log: sum over k of money_k / (1 + d)^k.

    Tenure runs from each one's first purchase (first cost, where there is no purchase). ``timing="start"`` counts from k = 0,
    ``"end"`` leaves out period 0, as ``laws.geometric_clv`` and ``observed_clv`` do. Nothing is added for the time after the end:
    young customers are worth more than this says.

    Args:
        purchases: the log.
        period: length of a period of tenure, in the unit of time of the log.
        discount: rate per period (d), 0 or more.
        timing: ``"start"`` or ``"end"``.
        start: customers who came before are left out, as their first periods were not seen.
        end: end of observation; the end of the log by default.
        firm: this firm's purchases only.
        margin: see ``customer_profit``.
        costs: see ``customer_profit``; what was spent before the first purchase counts at the first purchase.

    Returns:
        By ``customer``, best first, in money.

    Raises:
        RegularsError: a period that is not above 0, a rate below 0, another ``timing``; as ``customer_profit``.
    """
    at_once = discounting(period, discount, timing)
    flows = _flows(purchases, firm, margin, costs)
    if end is not None:
        flows = flows[flows["time"] < end]
    first = flows.groupby("customer")["time"].min()
    bought = flows[flows["bought"]].groupby("customer")["time"].min()
    born = flows["customer"].map(bought.reindex(first.index).fillna(first)).astype(float)
    flows, born = flows[born >= start], born[born >= start]
    tenure = period_of(flows["time"] - born, period).clip(lower=0)
    money = flows["money"] / (1 + discount) ** tenure
    counted = money if at_once else money.where(tenure > 0, 0.0)
    return _by_customer(flows["customer"], counted, "lifetime_value")


@dataclass(frozen=True)
class UnequalValue:
    """How unequal customers are.

    Attributes:
        customers: how many there are.
        total: their value together, in money.
        top_fifth: share of the total that the best 20% bring; above 1 where others cost; NaN without a total above 0.
        best_tenth: mean value in the best tenth, in money.
        worst_tenth: mean value in the worst tenth, in money.
        best_to_worst: the former over the latter; infinite where the worst bring nothing or a loss (NaN if the best do, too).
        unworthy: customers with a value below 0.
        loss: what these cost together, in money, 0 or more.
    """

    customers: int
    total: float
    top_fifth: float
    best_tenth: float
    worst_tenth: float
    best_to_worst: float
    unworthy: int
    loss: float


def unequal_value(values: pd.Series | np.ndarray) -> UnequalValue:
    """The shares and tenths of customers by value; a customer on an edge counts in part.

    Args:
        values: of all customers, in money, shape (customers,); may be below 0.

    Returns:
        Shares and ratios without unit, means and losses in money.

    Raises:
        RegularsError: a value that is missing or infinite.
    """
    x = np.sort(np.asarray(values, dtype=float))[::-1]
    if not np.isfinite(x).all():
        raise RegularsError(
            "every customer needs a finite value, in money; there are missing or infinite ones"
        )
    if not len(x):
        nothing = float("nan")
        return UnequalValue(0, 0.0, nothing, nothing, nothing, nothing, 0, 0.0)
    total, tenth = float(x.sum()), len(x) / 10
    best, worst = _sum_of_first(x, 0.1) / tenth, _sum_of_first(x[::-1], 0.1) / tenth
    ratio = best / worst if worst > 0 else (np.inf if best > 0 else np.nan)
    top = _sum_of_first(x, 0.2) / total if total > 0 else np.nan
    below = x[x < 0]
    return UnequalValue(len(x), total, float(top), best, worst, float(ratio), len(below), float(-below.sum()))


def not_worth_having(values: pd.Series) -> pd.Series:
    """Customers who cost more than they bring.

    Args:
        values: by customer, in money.

    Returns:
        Those of the values that are below 0, the most costly first, in money.
    """
    return values[values < 0].sort_values(kind="stable")


def relationships(
    purchases: pd.DataFrame, firm: str, *, silent: float, end: float | None = None
) -> pd.DataFrame:
    """Each customer's relationship with a firm: how long, whether over, and with what share of the budget.

    Args:
        purchases: the log, of all firms.
        firm: name of the firm.
        silent: silence after which a relationship is over, in the unit of time of the log.
        end: end of observation (not included); the end of the log by default.

    Returns:
        A table by customer: ``since`` and ``last`` (first and last purchase) and ``duration`` between them, in the unit of time of the
        log; ``purchases``; ``gone`` (silent for ``silent`` or longer at the end of the log) and ``share_of_budget`` (0 to 1, of what
        the customer spent in the category so far; NaN where nothing was paid at all).
    """
    table = window(purchases, None, end)
    own = table[table["firm"] == firm].groupby("customer")["time"].agg(["min", "max", "size"])
    shares = wallet_shares(table)
    share = shares[firm] if firm in shares else pd.Series(dtype=float)
    frame = {
        "since": own["min"].astype(float),
        "last": own["max"].astype(float),
        "duration": (own["max"] - own["min"]).astype(float),
        "purchases": own["size"].astype(int),
        "gone": (end_of(table["time"], end) - own["max"] >= silent).astype(bool),
        "share_of_budget": share.reindex(own.index).astype(float),
    }
    return pd.DataFrame(frame).rename_axis("customer")


def mean_duration(
    purchases: pd.DataFrame, firm: str, *, silent: float, horizon: float, end: float | None = None
) -> float:
    """Mean duration of relationships with a firm within their first ``horizon``; those that still go on are allowed for.

    The area under the Kaplan-Meier curve of ``survival`` from 0 to the horizon.
    Source: Royston & Parmar (2013), BMC Medical Research Methodology 13, 152 (restricted mean survival time).

    Args:
        purchases: the log.
        firm: name of the firm.
        silent: silence after which a relationship is over, in the unit of time of the log.
        horizon: in the same unit; no longer than the longest relationship, unless all are over.
        end: end of observation (not included); the end of the log by default.

    Returns:
        In the unit of time of the log; NaN without purchases.

    Raises:
        RegularsError: a horizon that is not above 0, or longer than the log shows; as ``survival``.
    """
    table = window(purchases, None, end)
    curve = survival(table, silent=silent, end=end_of(table["time"], end), firm=firm)
    if not len(table):
        return float("nan")
    longest = float(relationships(table, firm, silent=silent)["duration"].max())
    over = len(curve) > 0 and curve["survival"].iloc[-1] == 0
    if not 0 < horizon < np.inf or (horizon > longest and not over):
        raise RegularsError(
            f"horizon={horizon:g}: must be above 0, and the log shows relationships up to {longest:g} only"
        )
    edges = np.concatenate([[0.0], np.minimum(curve["time"].to_numpy(dtype=float), horizon), [horizon]])
    height = np.concatenate([[1.0], curve["survival"].to_numpy(dtype=float)])
    return float(np.diff(edges) @ height)


def _flows(
    purchases: pd.DataFrame, firm: str | None, margin: float | None, costs: pd.DataFrame | None
) -> pd.DataFrame:
    """Money that came (purchases) and went (costs): customer, time, money, bought."""
    table = window(purchases)
    if firm is not None:
        table = table[table["firm"] == firm]
    came = table[["customer", "time"]].assign(money=contributions(table, margin), bought=True)
    if costs is None:
        return came
    missing = [c for c in SPENT if c not in costs.columns]
    if missing:
        found = ", ".join(map(str, costs.columns)) or "none"
        raise RegularsError(f"the costs lack the columns {', '.join(missing)}; there are {found}")
    if firm is not None and "firm" in costs.columns:
        costs = costs[costs["firm"] == firm]
    went = costs[["customer", "time"]].assign(money=-costs["amount"].astype(float), bought=False)
    if not np.isfinite(went["money"]).all():
        raise RegularsError("costs: every amount must be a finite sum of money")
    parts = [part for part in (came, went) if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else came


def _by_customer(customer: pd.Series, money: pd.Series, name: str) -> pd.Series:
    total = money.astype(float).groupby(customer).sum()
    return total.sort_values(ascending=False, kind="stable").rename(name).rename_axis("customer")


def _sum_of_first(ordered: np.ndarray, share: float) -> float:
    """Sum of the first ``share`` of the values; the one at the edge in part."""
    edge = share * len(ordered)
    return float(np.interp(edge, np.arange(len(ordered) + 1), np.concatenate([[0.0], np.cumsum(ordered)])))
