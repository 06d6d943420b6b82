"""What counts as one purchase: the same in the fit, in the moments and in the books of the market, so that money is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from regulars.lab.fitting.identify import Finding

if TYPE_CHECKING:
    import pandas as pd

    from regulars.panels.panel import Panel

FIRMS = 12  # firms that a market has at most; those beyond the largest ones are taken together
OTHERS = "all others"


def as_bought(panel: Panel, focal: str | None, findings: list[Finding]) -> Panel:
    """The panel with one row per purchase: of a firm at a time, or in one firm's dated log of a firm on a day.

    No money is left out: rows that are one purchase add up.
    """
    panel = _few_firms(panel, focal, findings)
    table, by_day = panel.purchases, panel.one_firm and panel.dated
    merged = _added_up(table.assign(time=np.floor(table["time"].to_numpy(float))) if by_day else table)
    if len(merged) < len(table):
        rows, purchases = f"{len(table):,} rows", f"{len(merged):,}"
        told = (
            f"{rows} are purchases on {purchases} customer-days; those of a day are one visit whose amounts add up"
            if by_day
            else f"{rows} of one customer, time and firm are {purchases} purchases; their amounts add up"
        )
        findings.append(_told("what counts as a purchase", len(merged), told))
    return replace(panel, purchases=merged)


def _added_up(table: pd.DataFrame) -> pd.DataFrame:
    """One row for each customer, time and firm; amounts and units add up, the price is what a unit came to."""
    keys = ["customer", "time", "firm"]
    if not table.duplicated(keys).any():
        return table
    priced = "price" in table
    work = table[[*keys, "amount"]].copy()
    if priced:
        good = (table["price"] > 0) & (table["amount"] > 0)
        work["paid"] = np.where(good, table["amount"], 0.0)
        work["units"] = np.where(good, table["amount"] / table["price"].where(good, 1.0), 0.0)
    merged = work.groupby(keys, as_index=False, sort=False, observed=True).sum()
    if priced:
        units = merged.pop("units")
        merged["price"] = np.where(units > 0, merged.pop("paid") / units.where(units > 0, 1.0), np.nan)
    return merged


def _few_firms(panel: Panel, focal: str | None, findings: list[Finding]) -> Panel:
    """The panel with the firms beyond the largest ones (and the focal one) taken together."""
    firms = panel.firms
    if len(firms) <= FIRMS:
        return panel
    kept = list(firms[: FIRMS - 1])
    if focal is not None and focal not in kept:
        kept[-1] = focal
    code = panel.purchases["firm"]
    share = float((~code.isin(kept)).mean())
    findings.append(
        _told("firms taken together", len(firms) - len(kept), f"a market has at most {FIRMS} firms: the {len(firms) - len(kept):,} smaller ones, with {share:.1%} of purchases, are one firm, '{OTHERS}'")
    )  # fmt: skip

    def few(table: pd.DataFrame) -> pd.DataFrame:
        firm = table["firm"].astype(object)
        return table.assign(firm=firm.where(firm.isin(kept), OTHERS))

    # prices of the others are those of many goods: their offers say nothing of the one firm they become
    return replace(panel, purchases=few(panel.purchases), offers=None)


def _told(label: str, count: int, note: str) -> Finding:
    return Finding("", label, float(count), None, "", "read from the log", note)
