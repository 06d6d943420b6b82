"""The fitted market against its log: shares corrected, moments compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from regulars.lab.fitting.names import safe
from regulars.laws.histories import recency_frequency
from regulars.measures.moments import cohort_moments, moments
from regulars.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

    from regulars.panels.panel import Panel

ROUNDS = 4  # corrections of the firms' pull
FITTING, CHECKING = 1_000_003, 1_000_033  # replicates: never those of a comparison
USED = ("repeats per customer", "purchases per buyer", "amount per purchase", "repeat rate", "share of ")


def _twin(scenario: Scenario, log: Panel, size: int, seed: int, replicate: int) -> pd.DataFrame:
    """Purchases of the fitted market over the window of the log."""
    twin = scenario.set({"market.customers": size, "market.days": float(log.days), "arms": {}})
    return twin.market(seed=seed, replicate=replicate, log="memory").run().log.purchases()


def with_shares(scenario: Scenario, log: Panel, size: int, seed: int) -> Scenario:
    """The scenario with the firms' pull set so that its shares of purchases are those of the log.

    Heavy buyers may like other firms than light ones, so shares of purchases differ from mean tastes.
    """
    observed = {safe(firm): share for firm, share in log.shares().items()}
    for _ in range(ROUNDS):
        simulated = _twin(scenario, log, size, seed, FITTING)["firm"].value_counts(normalize=True)
        changes = {}
        for firm in scenario.spec.firms:
            step = np.log(observed[firm.name] / max(float(simulated.get(firm.name, 0.0)), 1e-6))
            changes[f"firms.{firm.name}.appeal"] = float(np.clip(firm.appeal + step, -50, 50))
        scenario = scenario.set(changes)
    return scenario


def compared(scenario: Scenario, log: Panel, size: int, seed: int) -> pd.DataFrame:
    """Moments of the log against those of the fitted market, simulated with other draws over the same window."""
    twin = _twin(scenario, log, size, seed, CHECKING)
    if log.one_firm and log.dated:
        exposure = recency_frequency(log.purchases, log.days, unit=1.0)["exposure"].to_numpy()
        observed, simulated = (
            cohort_moments(_repeats(log), exposure),
            cohort_moments(*_watched(twin, exposure, size)),
        )
    else:
        names = {firm: safe(firm) for firm in log.firms}
        simulated = moments(twin, tuple(names.values()))
        observed = moments(log.purchases.assign(firm=log.purchases["firm"].map(names)), tuple(names.values()))
    table = observed.rename(columns={"value": "observed", "se": "se_observed"})
    table["simulated"], se = simulated["value"], simulated["se"]
    table["se"] = np.hypot(table.pop("se_observed"), se)
    table["z"] = (table["simulated"] - table["observed"]) / table["se"]
    table["used"] = [moment.startswith(USED) for moment in table["moment"]]
    return table


def _repeats(log: Panel) -> pd.DataFrame:
    """Repeat purchases by number of customer, in order of first column, and days since the first purchase."""
    table = log.purchases
    table = (
        table.assign(day=np.floor(table["time"])).groupby(["customer", "day"], as_index=False)["amount"].sum()
    )
    first = table.groupby("customer")["day"].transform("min")
    table = table.assign(customer=table.groupby("customer", sort=True).ngroup(), time=table["day"] - first)
    return table[table["time"] > 0]


def _watched(
    twin: pd.DataFrame, exposure: NDArray[np.float64], size: int
) -> tuple[pd.DataFrame, NDArray[np.float64]]:
    """The simulated customers, watched as long as the real ones: customer i as long as real customer i."""
    watched = np.resize(exposure, size)
    table = (
        twin.assign(day=np.floor(twin["time"])).groupby(["customer", "day"], as_index=False)["amount"].sum()
    )
    table = table.rename(columns={"day": "time"})
    return table[table["time"] < watched[table["customer"].to_numpy()]], watched
