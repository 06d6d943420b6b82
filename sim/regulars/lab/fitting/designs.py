"""Programmes scaled to a log: goals and thresholds that its buyers can reach, at comparable generosity.

A rebate for 5 visits a week suits a daily shop and is absurd for soft drinks bought every other week. Here the
window is the shortest in which the firm's typical buyer buys a few times, the goal half as much again as that, and
every programme gives back about the same share of what a qualifying customer spends.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from regulars.lab.fitting.need import YEAR

if TYPE_CHECKING:
    import pandas as pd

    from regulars.panels.panel import Panel

WINDOWS = (7, 14, 28, 56, 84, 168)
BUYS = 3.0  # purchases of a typical buyer that a window should hold
GIVE = 0.10  # share of the spending given back to those who qualify
ROUND = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
MANY, GIANT = (
    50,
    0.05,
)  # customers, and share of purchases or of money of one of so many, that make it no typical one


def arms_for(log: Panel, focal: str) -> dict[str, Any]:
    """Arms for the focal firm: five programmes and everyday low price, scaled to its buyers."""
    typical = _without_giants(log)
    own = typical[typical["firm"] == focal]
    groups = own.groupby("customer", sort=False)
    per_day = groups.size().to_numpy() / log.days
    spent = groups["amount"].sum().to_numpy() / log.days * YEAR
    category = typical.groupby("customer", sort=False)["amount"].sum().to_numpy() / log.days * YEAR
    rate = float(np.average(per_day, weights=per_day))  # of the buyer behind a typical purchase
    window = next((w for w in WINDOWS if rate * w >= BUYS), WINDOWS[-1])
    goal = min(max(2, math.ceil(1.5 * rate * window)), window)
    low, high = (printed(q) for q in np.quantile(spent, [0.75, 0.92]))
    high = max(high, printed(1.5 * low))
    chances, returns = (0.04, 0.08, GIVE), (1.0, 0.5, 0.2)
    return {
        "everyday_low_price": {
            "description": "5% cheaper for everybody, no programme",
            "strategies": {"everyday_low_price": {"discount": 0.05}},
        },
        "threshold_rebate": {
            "description": f"{GIVE:.0%} back as store credit for buying on {goal} days in {window}",
            "strategies": {"threshold_rebate": {"days": goal, "window": window, "rate": GIVE}},
        },
        "lottery_rebate": {
            "description": f"a draw for those who buy on {goal} days in {window}: 100%, 50% or 20% back in cash",
            "strategies": {"lottery_rebate": {"days": goal, "window": window, "chances": chances, "returns": returns}},
        },
        **_collecting(low, high, printed(float(np.mean(category))), float(own["amount"].mean()), float(np.mean(spent)), log.currency or "unit of money"),
    }  # fmt: skip


def printed(x: float) -> float:
    """The nearest number that a shop would print: 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6 or 8 times a power of ten."""
    if not x > 0:
        return 0.01
    power = 10.0 ** math.floor(math.log10(x))
    best = min((*ROUND, 10.0), key=lambda r: abs(math.log(r * power / x)))
    return max(float(f"{best * power:.2g}"), 0.01)


def _without_giants(log: Panel) -> pd.DataFrame:
    """Purchases without those of single customers (a guest account, a wholesaler) whom no programme is made for."""
    table = log.purchases
    each = table.groupby("customer", sort=False)["amount"].agg(["sum", "size"])
    if len(each) < MANY:
        return table
    giant = (each / each.sum() > GIANT).any(axis=1)
    return table[~table["customer"].isin(each.index[giant])]


def _collecting(
    low: float, high: float, category: float, purchase: float, spent: float, money: str
) -> dict[str, Any]:
    """Programmes that collect spending: points, tiers and service for the best customers."""
    points = printed(max(spent / 4, purchase))
    worth = float(f"{GIVE / 2 * points:.3g}")
    coupon = {"name": "coupon", "kind": "coupon", "points": points, "worth": worth, "cost": worth}
    return {
        "points": {
            "description": f"1 point per {money}, {points:g} points buy a coupon of {worth:g}, points lapse after 12 months",
            "strategies": {"points": {"rewards": [coupon], "review_rate": 0.0, "share_rate": 0.0}},
        },
        "tiers": {
            "description": f"{GIVE / 2:.0%} off from {low:g} a year, {GIVE:.0%} off from {high:g}",
            "strategies": {
                "tiers": {
                    "levels": [
                        {"name": "silver", "threshold": low, "discount": GIVE / 2},
                        {"name": "gold", "threshold": high, "discount": GIVE},
                    ]
                }
            },
        },
        "personal_service": {
            "description": f"offers that fit, for those who spend more than half of a budget of {category:g} a year here",
            "strategies": {
                "personal_service": {"budget": category, "visit_cost": float(f"{GIVE / 2 * purchase:.2g}")}
            },
        },
    }
