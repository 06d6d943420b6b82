"""Holdout: the market fitted to the first part of a log predicts the rest, beside classical laws and "as before"."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from regulars.ground.errors import RegularsError
from regulars.lab.fitting import classical
from regulars.lab.fitting.check import by_day
from regulars.lab.fitting.choice import some_households
from regulars.lab.fitting.health import FAIL, PASS, REVIEW, Check
from regulars.lab.fitting.level import CHECKING, size_for, twin
from regulars.lab.fitting.names import safe
from regulars.lab.fitting.need import YEAR
from regulars.lab.fitting.weeks import week_by_week
from regulars.laws.of_log import law_class

if TYPE_CHECKING:
    import pandas as pd

    from regulars.lab.fitting.need import Life
    from regulars.laws.arrivals import Arrivals
    from regulars.panels.panel import Panel
    from regulars.scenario import Scenario

OWN = ("quantity", "observed", "se", "market", "as_before")  # columns of the table beside those of the laws
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
    """What a market predicts for the end of its log: totals beside those of others, and week by week."""

    table: pd.DataFrame
    weeks: pd.DataFrame


def foretold(scenario: Scenario, before: Panel, after: Panel, life: Life, seed: int) -> Forecast:
    """What the market fitted to `before` predicts for `after`: columns quantity, observed, se, market, one a classical law, as_before.

    laws: of one firm `bgnbd`, for the customers known; of several firms `dirichlet` and `lagged_logit`. NaN where a law does not
    foretell a quantity. as_before: what the same stretch a year earlier held, or, in a shorter log, the stretch just before.
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
    table = pd.DataFrame(rows)
    table = table[[*OWN[:-1], *laws_of(table), OWN[-1]]]
    return Forecast(table, week_by_week(before, after, bought, people / size))


def laws_of(table: pd.DataFrame) -> list[str]:
    """The classical laws of a table of `foretold`: columns that are not its own."""
    return [str(name) for name in table.columns if name not in OWN]


def of_holdout(table: pd.DataFrame, days: float) -> Check:
    """Whether the forecast of money holds, and how it stands beside the others."""
    row: Any = table.set_index("quantity").loc["money"]
    off = float(row["market"] / row["observed"] - 1)
    before = float(row["as_before"] / row["observed"] - 1)
    told = f"fitted without the last {days:g} days, the market's forecast of their money is {off:+.1%} off ('as before': {before:+.1%})"
    beaten = abs(off) > abs(before)
    errors = {name: _errors(table, name) for name in laws_of(table)}
    errors = {name: both for name, both in errors.items() if np.isfinite(both).all()}
    if errors:
        # each law is held against the market in what it foretells itself; the best is the one that does best beside it
        best = min(errors, key=lambda name: errors[name][1] / max(errors[name][0], 1e-12))
        ours, law = errors[best]
        title = law_class(best).title
        title = title if len(errors) == 1 else f"the best of the classical laws, the {title},"
        told += f"; mean error {ours:.1%} where {title} has {law:.1%} on the same split"
        beaten &= ours > law
    sure = abs(off) <= max(NEAR, 2 * float(row["se"] / row["observed"]))
    if sure and beaten:
        return Check("holdout", REVIEW, off, f"{told}: the plain forecasts beside it are closer")
    return Check("holdout", PASS if sure else FAIL if abs(off) > FAR else REVIEW, off, told)


def _errors(table: pd.DataFrame, law: str) -> tuple[float, float]:
    """Mean relative errors of the market and of a law, over what the law foretells beside money."""
    rest = table[(table["quantity"] != "money") & table[law].notna()]
    ours, theirs = ((rest[name] / rest["observed"] - 1).abs().mean() for name in ("market", law))
    return float(ours), float(theirs)


def _row(quantity: str, observed: float, se: float, market: float, before: float, **laws: float) -> dict[str, Any]:  # fmt: skip
    return {"quantity": quantity, "observed": float(observed), "se": float(se), "market": float(market), **laws, "as_before": float(before)}  # fmt: skip


def _of(after: pd.DataFrame, bought: pd.DataFrame, scale: float, earlier: pd.DataFrame) -> list[dict[str, Any]]:  # fmt: skip
    """Money, purchases and buyers."""
    money = after.groupby("customer")["amount"].sum().to_numpy(float)
    count = after.groupby("customer").size().to_numpy(float)
    return [
        _row("money", money.sum(), np.sqrt((money**2).sum()), bought["amount"].sum() * scale, earlier["amount"].sum()),
        _row("purchases", count.sum(), np.sqrt((count**2).sum()), len(bought) * scale, len(earlier)),
        _row("buyers", len(count), np.sqrt(len(count)), bought["customer"].nunique() * scale, earlier["customer"].nunique()),
    ]  # fmt: skip


def _of_known(before: Panel, after: Panel, law: Arrivals) -> list[dict[str, Any]]:
    """Purchases of the customers who were known, as Pareto/NBD of the market and BG/NBD foretell them."""
    grid = before.days + np.linspace(0, after.days, 41)
    closed = replace(law, until=min(law.until, before.days))
    ours = law.rate / law.a_day * float(np.trapezoid(closed.there(grid), grid))
    known = after.purchases[after.purchases["customer"].isin(set(before.customers.tolist()))]
    count = known.groupby("customer").size().to_numpy(float)
    theirs = classical.of_known(before, after.days)
    return [_row("purchases of known customers", count.sum(), np.sqrt((count**2).sum()), ours, float("nan"), bgnbd=theirs)]  # fmt: skip


def _of_firms(before: Panel, after: Panel, bought: pd.DataFrame, scale: float, earlier: Panel) -> list[dict[str, Any]]:  # fmt: skip
    """Buyers of each firm; of choices, one an occasion, the share of each firm, and how many repeat the one before within the part."""
    one = some_households(before.one_per_trip(), [])
    told = {
        "dirichlet": classical.of_dirichlet(before, one, after.days),
        "lagged_logit": classical.of_lagged_logit(one, after.days),
    }

    def row(quantity: str, seen: tuple[float, float], market: float, was: float) -> dict[str, Any]:
        return _row(quantity, *seen, market, was, **{law: found.get(quantity, float("nan")) for law, found in told.items()})  # fmt: skip

    rows = []
    single, past = after.one_per_trip().purchases, earlier.one_per_trip().purchases
    ours = bought.sort_values(["customer", "time"], kind="stable").drop_duplicates(["customer", "time"])
    for firm in before.firms:
        own = after.purchases.loc[after.purchases["firm"] == firm, "customer"].nunique()
        market = bought.loc[bought["firm"] == safe(firm), "customer"].nunique() * scale
        was = earlier.purchases.loc[earlier.purchases["firm"] == firm, "customer"].nunique()
        rows.append(row(classical.buyers_of(firm), (own, np.sqrt(own)), market, was))
    for firm in before.firms:
        parts = [_share(table["customer"], table["firm"] == name) for table, name in ((single, firm), (ours, safe(firm)), (past, firm))]  # fmt: skip
        rows.append(row(classical.share_of(firm), parts[0], parts[1][0], parts[2][0]))
    parts = [_share(*_repeats(table)) for table in (single, ours, past)]
    rows.append(row(classical.REPEATS, parts[0], parts[1][0], parts[2][0]))
    return [row for row in rows if row["observed"] > 0]


def _repeats(table: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Of choices that have one before: whose they are, and whether they are of the same firm; by customer and time."""
    firm = table["firm"].astype(object)
    follows = table["customer"].eq(table["customer"].shift())
    return table["customer"][follows], firm.eq(firm.shift())[follows]


def _share(customer: pd.Series, part: pd.Series) -> tuple[float, float]:
    """A share of purchases, and its standard error, clustered by customer; NaN of nothing."""
    if not len(part):
        return float("nan"), float("nan")
    left = (part - part.mean()).groupby(customer.to_numpy()).sum().to_numpy(float)
    return float(part.mean()), float(np.sqrt(left @ left) / len(part))
