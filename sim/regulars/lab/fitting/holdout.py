"""Holdout: the market fitted to the first part of a log foretells the rest, beside a classical law and "as before"."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from regulars.ground.errors import RegularsError
from regulars.lab.fitting.check import by_day
from regulars.lab.fitting.health import FAIL, PASS, REVIEW, Check
from regulars.lab.fitting.level import CHECKING, size_for, twin
from regulars.lab.fitting.names import safe
from regulars.lab.fitting.need import YEAR
from regulars.lab.fitting.weeks import week_by_week

if TYPE_CHECKING:
    import pandas as pd

    from regulars.lab.fitting.need import Life
    from regulars.laws.arrivals import Arrivals
    from regulars.panels.panel import Panel
    from regulars.scenario import Scenario

NEAR, FAR = 0.10, 0.30  # relative error of money up to which a forecast passes, from which it fails


def parts(log: Panel, days: float) -> tuple[Panel, Panel]:
    """The log before its last `days`, and these.

    Raises:
        RegularsError: when the log has no dates, or is too short.
    """
    if not log.dated:
        raise RegularsError(f"{log.name}: a holdout needs dates; this log only numbers the purchases")
    if not 0 < days <= log.days / 2:
        raise RegularsError(
            f"{log.name}: a holdout of {days:g} days must be at most half of the log's {log.days:g} days, so that enough is "
            f"left to fit; try {max(int(log.days // 28), 1)}w"
        )
    return log.split(log.days - days)


@dataclass(frozen=True)
class Forecast:
    """What a market foretells of the end of its log: totals beside those of others, and week by week."""

    table: pd.DataFrame
    weeks: pd.DataFrame


def foretold(scenario: Scenario, before: Panel, after: Panel, life: Life, seed: int) -> Forecast:
    """What the market fitted to `before` foretells of `after`: columns quantity, observed, se, market, law, as_before.

    law: of one firm BG/NBD, for the customers known; of several firms the Dirichlet. as_before: what the same stretch a year
    earlier held, or, in a shorter log, the stretch just before.
    """
    import pandas as pd

    people, ahead = scenario.spec.market.customers, float(np.ceil(after.days))
    size = size_for(before, life, people)
    start = life.window if before.one_firm else 0.0
    bought = twin(scenario, replace(life, window=start + ahead), size, seed, CHECKING).bought
    bought = by_day(bought) if before.one_firm else bought
    bought = bought[(bought["time"] >= start) & (bought["time"] < start + after.days)]
    bought = bought.assign(time=bought["time"] - start)
    back = YEAR if before.days >= YEAR else after.days
    earlier = before.between(before.days + after.days - back - after.days, before.days + after.days - back) if before.days >= back else before  # fmt: skip
    rows = _of(after.purchases, bought, people / size, earlier.purchases)
    rows += _of_known(before, after, life.law) if life.law is not None else _of_firms(before, after, bought, people / size, earlier)  # fmt: skip
    table = pd.DataFrame(rows, columns=["quantity", "observed", "se", "market", "law", "as_before"])
    return Forecast(table, week_by_week(before, after, bought, people / size))


def of_holdout(table: pd.DataFrame, days: float) -> Check:
    """Whether the forecast of money holds, and how it stands beside the others."""
    row = table.set_index("quantity").loc["money"]
    off = float(row["market"] / row["observed"] - 1)
    before = float(row["as_before"] / row["observed"] - 1)
    told = f"fitted without the last {days:g} days, the market foretells their money {off:+.1%} off ('as before': {before:+.1%})"
    rest = table[(table["quantity"] != "money") & table["law"].notna()]
    beaten = abs(off) > abs(before)
    if len(rest):
        ours, law = (float((rest[c] / rest["observed"] - 1).abs().mean()) for c in ("market", "law"))
        name = "BG/NBD" if len(rest) == 1 else "the Dirichlet"
        told += f"; mean error {ours:.1%} where {name} has {law:.1%} on the same split"
        beaten &= ours > law
    sure = abs(off) <= max(NEAR, 2 * float(row["se"] / row["observed"]))
    if sure and beaten:
        return Check("holdout", REVIEW, off, f"{told}: the plain forecasts beside it are nearer")
    return Check("holdout", PASS if sure else FAIL if abs(off) > FAR else REVIEW, off, told)


def _of(after: pd.DataFrame, bought: pd.DataFrame, scale: float, earlier: pd.DataFrame) -> list[tuple[Any, ...]]:  # fmt: skip
    """Money, purchases and buyers."""
    none = float("nan")
    money = after.groupby("customer")["amount"].sum().to_numpy(float)
    count = after.groupby("customer").size().to_numpy(float)
    return [
        ("money", money.sum(), float(np.sqrt((money**2).sum())), bought["amount"].sum() * scale, none, earlier["amount"].sum()),
        ("purchases", count.sum(), float(np.sqrt((count**2).sum())), len(bought) * scale, none, float(len(earlier))),
        ("buyers", float(len(count)), float(np.sqrt(len(count))), bought["customer"].nunique() * scale, none, float(earlier["customer"].nunique())),
    ]  # fmt: skip


def _of_known(before: Panel, after: Panel, law: Arrivals) -> list[tuple[Any, ...]]:
    """Purchases of the customers who were known, as Pareto/NBD of the market and BG/NBD foretell them."""
    from regulars.laws.bgnbd import fit_bgnbd
    from regulars.laws.histories import recency_frequency

    grid = before.days + np.linspace(0, after.days, 41)
    closed = replace(law, until=min(law.until, before.days))
    ours = law.rate / law.a_day * float(np.trapezoid(closed.there(grid), grid))
    known = after.purchases[after.purchases["customer"].isin(set(before.customers.tolist()))]
    count = known.groupby("customer").size().to_numpy(float)
    h = recency_frequency(before.purchases, before.days)
    theirs = float("nan")
    if h["repeats"].max() > 0:
        classical = fit_bgnbd(h).law
        theirs = float(classical.conditional_mean(after.days / 7, h["repeats"], h["recency"], h["exposure"]).sum())  # fmt: skip
    return [("purchases of known customers", count.sum(), float(np.sqrt((count**2).sum())), ours, theirs, float("nan"))]  # fmt: skip


def _of_firms(before: Panel, after: Panel, bought: pd.DataFrame, scale: float, earlier: Panel) -> list[tuple[Any, ...]]:  # fmt: skip
    """Buyers of each firm."""
    from regulars.laws.dirichlet_fit import fit_dirichlet
    from regulars.laws.truncated_nbd import fit_truncated_nbd

    counts = before.purchases.groupby(["customer", "firm"], observed=True).size().unstack(fill_value=0)
    people = round(len(counts) / fit_truncated_nbd(counts.sum(axis=1).to_numpy()).law.buyers)
    law = fit_dirichlet(counts, people).law
    expected = law.penetration(after.days / before.days) * people
    rows = []
    for firm in before.firms:
        own = after.purchases.loc[after.purchases["firm"] == firm, "customer"].nunique()
        market = bought.loc[bought["firm"] == safe(firm), "customer"].nunique() * scale
        was = earlier.purchases.loc[earlier.purchases["firm"] == firm, "customer"].nunique()
        rows.append((f"buyers of {firm}", float(own), float(np.sqrt(own)), market, float(expected[firm]), float(was)))  # fmt: skip
    return [row for row in rows if row[1] > 0]
