"""Profit = customers x loyalty x value: of one result, and of what changed between two, without a remainder."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.measures.log import check_length, window
from regulars.world.calendar import period_of

SYSTEMS = {"M13": "tests/measures/test_decomposition.py::test_effects_sum_to_the_difference"}
METHODS = ("auto", "lmdi", "shapley")
FACTORS = ("customers", "loyalty", "value")


@dataclass(frozen=True)
class ProfitParts:
    """A result taken apart: profit = customers x loyalty x value + other.

    Attributes:
        customers: who bought at least once in the period.
        occasions: their purchases in the period, or the customer-periods in which they bought.
        contribution: what the occasions brought in money; below 0 for a loss.
        other: money that no occasion carries (fees less programme costs, rent ...), added as it is.
    """

    customers: float
    occasions: float
    contribution: float
    other: float = 0.0

    def __post_init__(self) -> None:
        for field in fields(self):
            number = getattr(self, field.name)
            if not math.isfinite(number) or (field.name in ("customers", "occasions") and number < 0):
                raise RegularsError(f"{field.name}={number}: a finite number is needed, of people 0 or more")
        if (self.customers > 0) != (self.occasions > 0) or (self.customers == 0 and self.contribution != 0):
            raise RegularsError(
                f"{self.customers:g} customers, {self.occasions:g} occasions and a contribution of {self.contribution:g} "
                "cannot be: without customers there are no occasions and no contribution, with them there are some"
            )

    @property
    def loyalty(self) -> float:
        """Occasions per customer; NaN without customers."""
        return self.occasions / self.customers if self.customers else math.nan

    @property
    def value(self) -> float:
        """Contribution per occasion, in money; NaN without customers."""
        return self.contribution / self.occasions if self.occasions else math.nan

    @property
    def profit(self) -> float:
        """Contribution and other money together."""
        return self.contribution + self.other


def contributions(purchases: pd.DataFrame, margin: float | None = None) -> pd.Series:
    """Contribution of each purchase: money paid less the cost of what was sold, row by row.

    With ``margin``, that share of ``amount``. Without: the column ``margin`` (money per purchase) if the log has one, or
    else ``amount - cost`` if it has ``cost`` (money per purchase), or else the whole ``amount``.

    Args:
        purchases: the log, with ``margin`` or ``cost`` where these are known.
        margin: contribution per unit of money paid, the same for all.

    Returns:
        In money, with the index of the log.

    Raises:
        RegularsError: a contribution that is missing or infinite.
    """
    if margin is not None:
        money = purchases["amount"] * margin
    elif "margin" in purchases.columns:
        money = purchases["margin"]
    else:
        money = purchases["amount"] - (purchases["cost"] if "cost" in purchases.columns else 0.0)
    values = money.to_numpy(dtype=float)
    if not np.isfinite(values).all():
        row = int(np.flatnonzero(~np.isfinite(values))[0])
        raise RegularsError(f"purchase {row} brings {values[row]}: give a finite sum of money")
    return pd.Series(values, index=purchases.index, name="contribution")


def profit_parts(
    purchases: pd.DataFrame,
    *,
    start: float | None = None,
    end: float | None = None,
    firm: str | None = None,
    margin: float | None = None,
    period: float | None = None,
    other: float = 0.0,
) -> ProfitParts:
    """Customers, loyalty and value of the purchases with start <= time < end: profit = customers x loyalty x value + other.

    Args:
        purchases: the log.
        start: first moment of the window; open by default.
        end: end of the window (not included); open by default.
        firm: this firm's purchases only.
        margin: contribution per unit of money paid; by default what the log says, see ``contributions``.
        period: loyalty counts the periods of this length in which a customer bought, in the unit of time of the log (from
            ``start``, or from 0); by default it counts purchases.
        other: money that no purchase carries, such as fees less programme costs.

    Returns:
        Customers, occasions (purchases, or periods with one), and money.

    Raises:
        RegularsError: a period that is not above 0; as ``contributions``.
    """
    part = window(purchases, start, end)
    if firm is not None:
        part = part[part["firm"] == firm]
    occasions = len(part)
    if period is not None:
        check_length("period", period)
        number = period_of(part["time"] - (start or 0.0), period)
        occasions = len(pd.DataFrame({"customer": part["customer"], "number": number}).drop_duplicates())
    brought = math.fsum(contributions(part, margin))
    return ProfitParts(int(part["customer"].nunique()), occasions, brought, other)


@dataclass(frozen=True)
class ProfitChange:
    """What customers, loyalty and value (and other money) add to a difference of profits.

    Attributes:
        before: the profit to compare with.
        after: the other one.
        customers: effect of there being more or fewer customers, in money.
        loyalty: effect of how often each of them bought, in money.
        value: effect of what a purchase brought, in money.
        other: change of the money that no purchase carries. The four sum to ``total``.
        method: ``lmdi`` or ``shapley``.
    """

    before: ProfitParts
    after: ProfitParts
    customers: float
    loyalty: float
    value: float
    other: float
    method: str

    @property
    def total(self) -> float:
        """Profit after less profit before."""
        return math.fsum(
            (self.after.contribution, self.after.other, -self.before.contribution, -self.before.other)
        )

    def table(self) -> pd.DataFrame:
        """By factor: ``before``, ``after`` and ``effect``; the row ``profit`` has the sums."""
        names = (*FACTORS, "other", "profit")
        return pd.DataFrame(
            {
                "before": [float(getattr(self.before, name)) for name in names],
                "after": [float(getattr(self.after, name)) for name in names],
                "effect": [*(float(getattr(self, name)) for name in names[:-1]), self.total],
            },
            index=pd.Index(names, name="factor"),
        )


def profit_change(before: ProfitParts, after: ProfitParts, *, method: str = "auto") -> ProfitChange:
    """Take the difference of two profits apart into its factors, without a remainder and alike in both directions.

    ``lmdi``: effect of factor x = L(V1, V0) ln(x1/x0) with the logarithmic mean L(a, b) = (a - b) / ln(a/b); for
    contributions above 0 only. ``shapley``: mean effect of moving the factor over all orders in which the three may move;
    for any sign. ``auto`` takes the first where it can and the second otherwise. The two agree for small changes; means
    over results should use one of them throughout. A side without customers has no loyalty and no value: both count as
    unchanged, and all of the difference is one of customers (the limit of either formula).
    Source: Ang (2004), Energy Policy 32, 1131-1139 (LMDI-I); Wood & Lenzen (2006), Energy Policy 34, 1326-1331 (limits at
    zero); Shapley (1953), Contributions to the Theory of Games 2, 307-317.

    Args:
        before: the profit to compare with, of ``profit_parts``.
        after: the other one.
        method: ``auto``, ``lmdi`` or ``shapley``.

    Returns:
        Effects in money that sum to the difference.

    Raises:
        RegularsError: another ``method``, or ``lmdi`` where a contribution is not above 0.
    """
    if method not in METHODS:
        raise RegularsError(f"method={method!r}: choose {', '.join(map(repr, METHODS))}")
    sides = [side for side in (before, after) if side.customers]
    positive = all(side.contribution > 0 for side in sides)
    if method == "lmdi" and not positive:
        raise RegularsError(
            f"contributions of {before.contribution:g} and {after.contribution:g}: 'lmdi' needs both above 0; take 'shapley'"
        )
    method = ("lmdi" if positive else "shapley") if method == "auto" else method
    difference = after.contribution - before.contribution
    if len(sides) < 2:
        effects = [difference, 0.0, 0.0]
    else:
        effects = (_log_mean if method == "lmdi" else _shapley)(before, after)
        for k in sorted(range(3), key=lambda k: -abs(effects[k])):
            if effects[k]:  # what rounding left goes where it is smallest; what did not move keeps its zero
                effects[k] += difference - math.fsum(effects)
    customers, loyalty, value = effects
    return ProfitChange(before, after, customers, loyalty, value, after.other - before.other, method)


def arms_against_control(
    metrics: pd.DataFrame, *, control: str = "control", method: str = "auto"
) -> pd.DataFrame:
    """Where each arm's incremental profit comes from, replicate by replicate.

    Value is profit per purchase with all costs of the programme in it. One method serves all rows, so that means over
    replicates sum to the mean incremental profit: with ``auto`` that is ``shapley`` as soon as any profit is 0 or less.

    Args:
        metrics: arm, replicate, metric, value, with ``profit``, ``purchases`` and ``buyers``.
        control: the arm to compare with.
        method: as of ``profit_change``.

    Returns:
        A table with arm, replicate, the effects customers, loyalty, value and other, their total (money), and method.
    """
    wide = metrics.pivot(index=["arm", "replicate"], columns="metric", values="value")
    missing = [name for name in ("profit", "purchases", "buyers") if name not in wide.columns]
    if missing or control not in wide.index.get_level_values("arm"):
        lacking = f"the metrics {', '.join(missing)}" if missing else f"the arm {control!r}"
        raise RegularsError(f"the table of metrics lacks {lacking}")
    parts: dict[tuple[Any, Any], ProfitParts] = {}
    for (arm, replicate), (_, row) in zip(wide.index.tolist(), wide.iterrows(), strict=True):
        people, purchases, profit = row["buyers"], row["purchases"], row["profit"]
        sold = (profit, 0.0) if purchases else (0.0, profit)  # without a purchase, costs are no value of one
        parts[arm, replicate] = ProfitParts(float(people), float(purchases), *map(float, sold))
    if method == "auto":
        method = "lmdi" if all(p.contribution > 0 for p in parts.values() if p.customers) else "shapley"
    rows, columns = [], (*FACTORS, "other", "total", "method")
    for (arm, replicate), after in parts.items():
        if arm != control:
            change = profit_change(parts[control, replicate], after, method=method)
            rows.append([arm, replicate, *(getattr(change, name) for name in columns)])
    return pd.DataFrame(rows, columns=["arm", "replicate", *columns])


def _log_mean(before: ProfitParts, after: ProfitParts) -> list[float]:
    low, high = before.contribution, after.contribution
    ratio = high / low
    rise = math.log1p((high - low) / low) if 0.5 < ratio < 2 else math.log(high) - math.log(low)
    mean = (high - low) / rise if rise else low
    return [mean * math.log(getattr(after, name) / getattr(before, name)) for name in FACTORS]


def _shapley(before: ProfitParts, after: ProfitParts) -> list[float]:
    old, new = ([getattr(side, name) for name in FACTORS] for side in (before, after))
    effects = []
    for k in range(3):
        (a0, a1), (b0, b1) = [(old[j], new[j]) for j in range(3) if j != k]
        weight = (a0 * b0 + a1 * b1) / 3 + (a0 * b1 + a1 * b0) / 6
        effects.append((new[k] - old[k]) * weight)
    return effects
