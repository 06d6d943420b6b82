"""What was on offer at each purchase: changes of price, which tell the response, and stretches in which a brand was absent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from regulars.lab.fitting.purchases import OTHERS
from regulars.lab.fitting.spending import priced

if TYPE_CHECKING:
    import pandas as pd

    from regulars.panels.panel import Panel

CHANCE = 1e-4  # of a stretch without sales, below which a brand is taken not to have been on sale
SHORTEST = 0.05  # share of the window that a stretch of absence has at least
MONTHS = 13  # of a window: purchases of a customer in one of them are no independent witnesses
MOVES = (
    0.005  # standard deviation of prices about their brand's mean, relative, below which they never change
)


def changes_of_price(log: Panel, prices: dict[str, float]) -> tuple[pd.DataFrame | None, str]:
    """Offers whose prices are differences from each brand's base price, or None and why there are none.

    A dear brand may be liked: its usual price is part of its taste weight, and only changes of price tell the response.
    """
    from regulars.laws.choice_table import shelf_prices

    if log.offers is not None and "price" in log.offers:
        offers = log.offers
    elif not priced(log):
        return None, "the log has no prices"
    elif not log.dated:
        return None, "the log numbers the purchases, so that what other brands cost at a purchase is not seen"
    else:
        offers = shelf_prices(log.purchases[log.purchases["price"] > 0])
    usual = offers["firm"].astype(object).map(lambda firm: prices[str(firm)]).to_numpy(float)
    change = np.where(offers["firm"].astype(str) == OTHERS, 0.0, offers["price"].to_numpy(float) - usual)
    if change.std() < MOVES * usual.mean():
        return None, "the log's prices never change"
    return offers.assign(price=change), ""


def absences(log: Panel) -> dict[str, list[tuple[float, float]]]:
    """Stretches of a dated log in which a brand was not on sale: too long without a buyer to be chance.

    With n independent purchases (a customer's of one month count once) spread evenly, a stretch of a share g of the window is empty with chance (1-g)^n.
    """
    if not log.dated or log.one_firm:
        return {}
    found: dict[str, list[tuple[float, float]]] = {}
    for firm, rows in log.purchases.groupby("firm", observed=True):
        times = np.sort(rows["time"].to_numpy(float))
        edges = np.r_[0.0, times, log.days]
        share = np.diff(edges) / log.days
        month = (rows["time"] / log.days * MONTHS).astype(int)
        buyers = len(rows.assign(month=month)[["customer", "month"]].drop_duplicates())
        gone = (share > SHORTEST) & (buyers * np.log1p(-np.minimum(share, 1 - 1e-12)) < np.log(CHANCE / (1 + len(times))))  # fmt: skip
        stretches = [
            (float(edges[k]) + (1e-9 if k else 0.0), float(edges[k + 1])) for k in np.flatnonzero(gone)
        ]
        if stretches:
            found[str(firm)] = stretches
    return found


def told_absences(absent: dict[str, list[tuple[float, float]]], days: float) -> str:
    """Which brands were on sale only part of the window, in words."""
    parts = []
    for firm, stretches in absent.items():
        when = ", ".join(f"days {low:.0f} to {high:.0f}" for low, high in stretches[:3])
        entered = " (entered within the window)" if stretches[0][0] == 0 else ""
        left = " (left within the window)" if stretches[-1][1] >= days else ""
        parts.append(f"{firm} was not on sale in {when}{entered}{left}")
    return "; ".join(parts)


def common_window(absent: dict[str, list[tuple[float, float]]], days: float) -> tuple[float, float]:
    """The last stretch in which all brands that are still on sale at the end were on sale: the market as it is now."""
    start = 0.0
    for stretches in absent.values():
        ended = [high for _, high in stretches if high < days]
        start = max([start, *ended])
    return start, days
