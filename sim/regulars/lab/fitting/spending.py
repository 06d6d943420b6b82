"""What a purchase holds: prices per unit, mean baskets and their variation; money of the market is money of the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from regulars.ground.errors import RegularsError
from regulars.lab.fitting.identify import Finding

if TYPE_CHECKING:
    from regulars.panels.panel import Panel

ENOUGH = 0.5  # share of purchases with a price, below which a log is taken to have none


def priced(log: Panel) -> bool:
    """Whether enough purchases have a price; those without do not throw away the others."""
    return "price" in log.purchases and float((log.purchases["price"] > 0).mean()) >= ENOUGH


def fit_spending(
    log: Panel, findings: list[Finding], a_day: float = 1.0
) -> tuple[dict[str, Any], dict[str, float]]:
    """Baskets: mean and spread over customers, variation within them; prices per unit by firm.

    The mean basket is all money over what one unit at each purchase would cost, gifts and purchases without a price
    included, so that so many purchases hold the money of the log. `a_day` purchases of the market are one of the log.
    """
    table = log.purchases
    paid = table["amount"].to_numpy(float)
    if not paid.sum() > 0:
        raise RegularsError(f"{log.name}: all amounts are 0; a market needs what customers paid")
    prices = _prices(log, findings)
    each = table["firm"].astype(object).map(prices).to_numpy(float)
    centre = float(paid.sum() / each.sum() / a_day)
    units = paid / each / a_day
    nothing = float((paid == 0).mean())
    if nothing > 0:
        told = f"{nothing:.1%} of purchases have amount 0: they count as purchases, and the mean basket is that with them"
        findings.append(Finding("", "purchases with nothing paid", nothing, None, "share", "read from the log", told))  # fmt: skip
    who = np.unique(table["customer"].to_numpy(), return_inverse=True)[1]
    size = np.bincount(who).astype(float)
    mean = np.bincount(who, weights=units) / size
    within = float(((units - mean[who]) ** 2).sum() / max((size - 1).sum(), 1))
    between = max(
        float(np.average((mean - centre) ** 2, weights=size)) - within * len(mean) / size.sum(), 0.0
    )
    se = float(np.sqrt(np.sum((size * (mean - centre)) ** 2)) / size.sum())
    note = ""
    if a_day > 1.005:
        note = f"a day's; the market may have several purchases on a day, which hold {centre:.4g} each"
    findings.append(Finding("", "basket", centre * a_day, se * a_day, "units per purchase", "fitted", note))
    spread = {"distribution": "lognormal", "mean": centre, "sd": float(np.sqrt(between))}
    basket: Any = spread if between > 0 else centre
    return {"basket": basket, "variation": float(min(np.sqrt(within) / centre, 10.0))}, prices


def _prices(log: Panel, findings: list[Finding]) -> dict[str, float]:
    """Price per unit of each firm: money over units of its purchases; offered prices go before paid ones."""
    firms, table = log.firms, log.purchases
    if not priced(log):
        some = "price" in table and bool((table["price"] > 0).any())
        why = "too few purchases have a price" if some else "the log has no prices"
        told = f"{why}: a unit is what one currency unit buys, everywhere"
        findings.append(Finding("", "prices", 1.0, None, "currency per unit", "assumed", told))
        return dict.fromkeys(firms, 1.0)
    good = table[(table["price"] > 0) & (table["amount"] > 0)]
    sums = good.assign(units=good["amount"] / good["price"]).groupby("firm", observed=True)[["amount", "units"]].sum()  # fmt: skip
    prices = {str(firm): float(row["amount"] / row["units"]) for firm, row in sums.iterrows()}
    if log.offers is not None:
        # a firm that is bought on promotion is usually dearer than what its buyers paid
        offered = log.offers.groupby("firm", observed=True)["price"].mean()
        prices.update({str(firm): float(price) for firm, price in offered.items() if str(firm) in prices})
    middle = float(np.mean(list(prices.values())))
    for firm in firms:
        prices.setdefault(firm, middle)
    missing = int((~(table["price"] > 0)).sum())
    note = (
        f"{missing:,} of {len(table):,} purchases have no price; the prices are those of the others"
        if missing
        else ""
    )
    unit = f"{log.currency or 'currency'} per unit, mean of firms"
    findings.append(Finding("", "prices", float(np.mean(list(prices.values()))), None, unit, "read from the log", note))  # fmt: skip
    return prices
