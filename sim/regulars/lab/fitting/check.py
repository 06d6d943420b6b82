"""The fitted market against its log: moments compared, counted on both sides as the market books purchases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from regulars.lab.fitting.names import safe
from regulars.measures.moments import cohort_moments, moments
from regulars.panels.histories import recency_frequency

if TYPE_CHECKING:
    import pandas as pd

    from regulars.lab.fitting.need import Life
    from regulars.panels.panel import Panel

USED = ("repeats per customer", "purchases per buyer", "amount per purchase", "repeat rate", "share of ")
ORDERED = ("repeat rate", "repeat rate, shuffled", "buyers of one firm only")  # one choice an occasion


def compared(bought: pd.DataFrame, log: Panel, life: Life, size: int, since: float = 0.0) -> pd.DataFrame:
    """Moments of the log against those of the fitted market's purchases over the same window.

    since: day from which all firms of today were on sale; before it shares and rates of firms were others.
    """
    if log.one_firm and log.dated:
        observed, simulated = (_cohort if life.cohort else _open)(bought, log, life, size)
    else:
        names = {firm: safe(firm) for firm in log.firms}
        if since > 0:
            log, bought = log.between(since, log.days), bought[bought["time"] >= since]
        simulated = moments(bought, tuple(names.values()))
        observed = moments(_named(log, names), tuple(names.values()))
        single = moments(_named(log.one_per_trip(), names), tuple(names.values()))
        ordered = observed["moment"].isin(ORDERED)
        observed.loc[ordered, ["value", "se"]] = single.loc[ordered, ["value", "se"]]
    table = observed.rename(columns={"value": "observed", "se": "se_observed"})
    table["simulated"], se = simulated["value"], simulated["se"]
    table["se"] = np.hypot(table.pop("se_observed"), se)
    table["z"] = (table["simulated"] - table["observed"]) / table["se"]
    table["used"] = [moment.startswith(USED) for moment in table["moment"]]
    return table


def _named(log: Panel, names: dict[str, str]) -> pd.DataFrame:
    return log.purchases.assign(firm=log.purchases["firm"].map(names))


def by_day(table: pd.DataFrame) -> pd.DataFrame:
    """One row a customer and day; amounts add up."""
    day = np.floor(table["time"].to_numpy(float))
    merged = table[["customer", "amount"]].assign(time=day).groupby(["customer", "time"], as_index=False)
    added: pd.DataFrame = merged[["amount"]].sum()
    return added


def _open(bought: pd.DataFrame, log: Panel, life: Life, size: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A log in which customers come and go: those who bought in the window, on both sides."""
    import pandas as pd

    start = log.days - life.window
    part = log.purchases[log.purchases["time"] >= start]
    firm = log.firms[0]
    halves = []
    for table in (by_day(part.assign(time=part["time"] - start)), by_day(bought)):
        found = moments(table.assign(firm=firm), (firm,))
        early = (table["time"] < life.window / 2).astype(float)
        each = table.assign(early=early).groupby("customer")["early"].agg(["sum", "size"])
        ratio = float(each["sum"].sum() / each["size"].sum())
        left = (each["sum"] - ratio * each["size"]).to_numpy(float)
        error = float(np.sqrt(left @ left) / each["size"].sum())
        early_share = {
            "moment": "purchases in the first half of the window",
            "unit": "share",
            "value": ratio,
            "se": error,
        }
        halves.append(pd.concat([found, pd.DataFrame([early_share])], ignore_index=True))
    return halves[0], halves[1]


def _cohort(bought: pd.DataFrame, log: Panel, life: Life, size: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Customers watched from their first purchase on; simulated customer i as long as real customer i."""
    exposure = recency_frequency(log.purchases, log.days, unit=1.0)["exposure"].to_numpy()
    return cohort_moments(_repeats(log), exposure), cohort_moments(*_watched(bought, exposure, size))


def _repeats(log: Panel) -> pd.DataFrame:
    """Repeat purchases by number of customer, in order of first column, and days since the first purchase."""
    table = by_day(log.purchases)
    first = table.groupby("customer")["time"].transform("min")
    table = table.assign(customer=table.groupby("customer", sort=True).ngroup(), time=table["time"] - first)
    return table[table["time"] > 0]


def _watched(
    twin: pd.DataFrame, exposure: NDArray[np.float64], size: int
) -> tuple[pd.DataFrame, NDArray[np.float64]]:
    """The simulated customers, watched as long as the real ones: customer i as long as real customer i."""
    watched = np.resize(exposure, size)
    table = by_day(twin)
    return table[table["time"] < watched[table["customer"].to_numpy()]], watched
