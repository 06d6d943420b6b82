"""The answer of a comparison by month and by segment, with bands, per customer and scaled to a chain."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from regulars.ground.alike import nearest
from regulars.ground.calls import well_called
from regulars.ground.errors import RegularsError, shown
from regulars.lab import metrics
from regulars.lab.asked import real
from regulars.lab.decision.regression import Floats
from regulars.lab.over_replicates import over_replicates
from regulars.lab.segments import NOT_BY_CUSTOMER
from regulars.scenario import CONTROL
from regulars.world.calendar import DAYS_A_YEAR, MONTH, periods

if TYPE_CHECKING:
    import pandas as pd

    from regulars.lab.comparison import Comparison

LARGEST = 1e9  # stores, or discount a year
OF_MONTHS = ("profit", "revenue", "purchases")
OF_SEGMENTS = ("contribution", "revenue", "purchases")
UNITS = {**metrics.UNITS, **metrics.OF_SEGMENTS}


@dataclass(frozen=True)
class Terms:
    """On what terms results are told.

    Attributes:
        discount_rate: a year; 0 for none.
        scale: markets like this one.
        per_customer: of one customer, instead of all.

    Raises:
        RegularsError: for numbers that make no sense.
    """

    discount_rate: float
    scale: float
    per_customer: bool

    def __post_init__(self) -> None:
        real("scale", self.scale, 0.0, LARGEST, "how many markets like this one")
        if self.discount_rate != 0:
            real("discount_rate", self.discount_rate, -1.0, LARGEST, "a share a year, such as 0.08")
        if not isinstance(self.per_customer, bool):
            raise RegularsError(
                f"per_customer = {shown(self.per_customer)} will not do: true or false is needed"
            )
        if self.per_customer and self.scale != 1:
            raise RegularsError(
                f"scale = {self.scale:g} does not go with per_customer: one customer of a chain brings what one of a store does"
            )

    @property
    def of_one(self) -> str:
        """What is added to a unit."""
        return " per customer" if self.per_customer else ""

    @property
    def columns(self) -> dict[str, Any]:
        """The terms as columns of a table."""
        per = "customer" if self.per_customer else "market"
        return {"per": per, "scale": float(self.scale), "discount_rate": float(self.discount_rate)}


class ByPart:
    """What a comparison says of parts of the run and of the customers."""

    @well_called
    def by_month(
        self,
        *,
        discount_rate: float = 0.0,
        scale: float = 1.0,
        per_customer: bool = False,
        cumulative: bool = False,
    ) -> pd.DataFrame:
        """Profit, revenue and purchases of every arm month by month, and what each adds to the control's, with bands.

        Args:
            discount_rate: a year; each day's money is worth (1 + rate) ** (-days / 365.25) of that of the start. 0: not discounted.
            scale: how many markets like this one there are, such as the stores of a chain: multiplies money and purchases.
            per_customer: of one customer of the market, instead of the whole market.
            cumulative: from the start to the end of each month, instead of within it.

        Returns:
            A row for each arm (`control` first), metric and month (a twelfth of a year, 30.4375 days, as on the cost sheet; the last one ends
            with the run). Columns: ``arm``; ``month`` from 1, ``from_day`` to ``to_day`` of the run, both included; ``metric`` (profit, revenue, purchases;
            of arms also incremental_profit, incremental_revenue, incremental_purchases), its ``unit``; in that unit ``mean``, ``se``, ``low``, ``high``,
            ``p05``, ``p95``, as of `summary`; ``per`` (market, or customer: of those there are at the start), ``scale`` and ``discount_rate``.

        Raises:
            RegularsError: for numbers that make no sense, and a comparison that has no revenue by day, as of an older version.
        """
        return months(cast("Comparison", self), Terms(discount_rate, scale, per_customer), cumulative)

    @well_called
    def by_segment(
        self, by: str | None = None, *, scale: float = 1.0, per_customer: bool = False
    ) -> pd.DataFrame:
        """Contribution, revenue and purchases of every arm by segment, and what each adds to the control's, with bands.

        Contribution is revenue less the cost of goods and rewards given. The segment "not by customer" holds what no customer can be charged with
        (messages, staff, fees, points that are out), so that the incremental contributions of all segments of a kind sum to the
        incremental profit. Amounts are not discounted. Segments are the same people in all arms, told apart by the first part of the
        control's run (a quarter of it, at least `market.window`).

        Args:
            by: `purchases` (heavy, medium, light buyers, none), `tenure` (old customers, and those not seen yet), or a column named in
                `compare(segments=...)`; all when left out.
            scale: how many markets like this one there are: multiplies money, purchases and customers.
            per_customer: of one customer of the segment, instead of all of them.

        Returns:
            A row for each arm (`control` first), segment and metric. Columns: ``arm``; ``by`` and ``segment``; ``customers`` and ``buyers``, mean
            numbers; ``metric`` (contribution, revenue, purchases; of arms also incremental_contribution ...), its ``unit``; in that unit ``mean``, ``se``,
            ``low``, ``high``, ``p05``, ``p95``, as of `summary`; ``per`` (market, or customer of the segment), ``scale`` and ``discount_rate``.
            Segments without customers are left out, and per customer also what is not by customer.

        Raises:
            RegularsError: there are no such segments, or numbers make no sense.
        """
        return parts(cast("Comparison", self), by, Terms(0.0, scale, per_customer))


def months(comparison: Comparison, terms: Terms, cumulative: bool = False) -> pd.DataFrame:
    """See `ByPart.by_month`."""
    import pandas as pd

    daily = comparison.daily
    if not set(OF_MONTHS) <= set(daily.columns):
        raise RegularsError("this comparison does not tell revenue and purchases day by day; compare again")
    days = np.unique(daily["day"].to_numpy(np.float64))
    month = np.array([periods(day - 1.0, MONTH) for day in days])
    begins = np.flatnonzero(np.diff(month, prepend=-1))
    ends = np.append(begins[1:], len(days)) - 1
    worth = (1.0 + terms.discount_rate) ** (-days / DAYS_A_YEAR)
    size = terms.scale / (comparison.scenario.spec.market.customers if terms.per_customer else 1)

    def of(arm: str, name: str) -> Floats:
        path = (
            daily[daily["arm"] == arm]
            .pivot(index="replicate", columns="day", values=name)
            .to_numpy(np.float64)
        )
        flow = np.diff(path, axis=1, prepend=0.0) * (worth if UNITS[name] == "currency" else 1.0)
        sums = np.add.reduceat(flow, begins, axis=1) * size
        return np.asarray(np.cumsum(sums, axis=1) if cumulative else sums)

    rows = []
    for arm, metric, values in _against_control(comparison.arms, OF_MONTHS, of):
        for k, (first, last) in enumerate(zip(begins, ends, strict=True)):
            when = {"month": k + 1, "from_day": int(days[first]), "to_day": int(days[last])}
            rows.append({"arm": arm, **when, **_told(metric, values[:, k], comparison, terms)})
    return pd.DataFrame(rows)


def parts(comparison: Comparison, by: str | None, terms: Terms) -> pd.DataFrame:
    """See `ByPart.by_segment`."""
    import pandas as pd

    table = comparison.segments
    known = list(dict.fromkeys(table["by"]))
    if by not in (None, *known) or not known:
        raise RegularsError(
            f"by = {shown(by)} will not do: {nearest(str(by), known)}; columns of customers are named in compare(segments=[...])"
        )
    kept = table[(table["by"] == by) | (by is None)]
    rows: dict[str, list[dict[str, Any]]] = {arm: [] for arm in (CONTROL, *comparison.arms)}
    for _, part in kept.groupby(["by", "segment"], sort=False):
        name = part["segment"].iloc[0]
        shared = name == NOT_BY_CUSTOMER
        if terms.per_customer if shared else not part["customers"].any():
            continue
        for arm, metric, values in _against_control(
            comparison.arms, OF_SEGMENTS[:1] if shared else OF_SEGMENTS, partial(_of_segment, part, terms)
        ):
            own = part[part["arm"] == arm]
            who = {"arm": arm, "by": own["by"].iloc[0], "segment": name}
            sizes = {size: float(own[size].mean()) * terms.scale for size in ("customers", "buyers")}
            rows[arm].append({**who, **sizes, **_told(metric, values, comparison, terms)})
    return pd.DataFrame([row for of_arm in rows.values() for row in of_arm])


def _of_segment(part: pd.DataFrame, terms: Terms, arm: str, name: str) -> Floats:
    """What one arm has of a segment, one number a replicate; missing where the segment is empty and it is per customer."""
    rows = part[part["arm"] == arm].sort_values("replicate")
    by_who = rows["customers"].where(rows["customers"] > 0) if terms.per_customer else 1.0
    return (rows[name] * terms.scale / by_who).to_numpy(np.float64)


def _against_control(
    arms: Sequence[str], names: Sequence[str], of: Callable[[str, str], Floats]
) -> Iterator[tuple[str, str, Floats]]:
    """(arm, metric, values, one row a replicate) of the control and of every arm, whose changes against the control follow."""
    for arm in (CONTROL, *arms):
        for name in names:
            yield arm, name, of(arm, name)
        for name in names if arm != CONTROL else ():
            yield arm, f"incremental_{name}", of(arm, name) - of(CONTROL, name)


def _told(metric: str, values: Floats, comparison: Comparison, terms: Terms) -> dict[str, Any]:
    unit = UNITS[metric] + terms.of_one
    known = values[~np.isnan(values)]
    return {"metric": metric, "unit": unit, **over_replicates(known, comparison.doubtful), **terms.columns}
