"""What a purchase holds: prices per unit, mean baskets and their variation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from regulars.ground.errors import RegularsError
from regulars.lab.fitting.identify import Finding

if TYPE_CHECKING:
    from regulars.panels.panel import Panel


def fit_spending(log: Panel, findings: list[Finding]) -> tuple[dict[str, Any], dict[str, float]]:
    """Baskets: mean and spread over customers, variation within them; prices per unit by firm."""
    table = log.purchases
    priced = log.has_prices and bool((table["price"] > 0).any())
    if priced:
        good = table[(table["price"] > 0) & (table["amount"] > 0)]
        units = good["amount"] / good["price"]
        sums = good.assign(units=units).groupby("firm", observed=True)[["amount", "units"]].sum()
        prices = {str(firm): float(row["amount"] / row["units"]) for firm, row in sums.iterrows()}
        findings.append(
            Finding(
                "",
                "prices",
                float(np.mean(list(prices.values()))),
                None,
                f"{log.currency or 'currency'} per unit, mean of firms",
                "read from the log",
            )
        )
    else:
        good, prices = table[table["amount"] > 0], dict.fromkeys(log.firms, 1.0)
        units = good["amount"]
        findings.append(
            Finding(
                "",
                "prices",
                1.0,
                None,
                "currency per unit",
                "assumed",
                "the log has no prices: a unit is what one currency unit buys, everywhere",
            )
        )
    if good.empty:
        raise RegularsError(f"{log.name}: all amounts are 0; a market needs what customers paid")
    for firm in log.firms:
        prices.setdefault(firm, float(np.mean(list(prices.values()))))
    if log.offers is not None:
        # a firm that is bought on promotion is usually dearer than what its buyers paid
        offered = log.offers.groupby("firm", observed=True)["price"].mean()
        prices.update({str(firm): float(price) for firm, price in offered.items() if str(firm) in prices})
    groups = units.groupby(good["customer"])
    mean, size = groups.mean().to_numpy(), groups.size().to_numpy()
    within = float(groups.var(ddof=1).mul(groups.size() - 1).sum() / max((size - 1).sum(), 1))
    centre = float(np.average(mean, weights=size))
    between = max(
        float(np.average((mean - centre) ** 2, weights=size)) - within * len(mean) / size.sum(), 0.0
    )
    se = float(np.sqrt(np.sum((size * (mean - centre)) ** 2)) / size.sum())
    findings.append(Finding("", "basket", centre, se, "units per purchase", "fitted"))
    spread = {"distribution": "lognormal", "mean": centre, "sd": float(np.sqrt(between))}
    basket: Any = spread if between > 0 else centre
    return {"basket": basket, "variation": float(min(np.sqrt(within) / centre, 10.0))}, prices
