"""The fitted market sells what the log sold: how many customers it takes, and the pull with which firms have their shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from regulars.lab.fitting.identify import Finding
from regulars.lab.fitting.names import safe
from regulars.lab.fitting.need import Life
from regulars.world.calendar import DAYS_A_YEAR

if TYPE_CHECKING:
    import pandas as pd

    from regulars.laws.arrivals import Arrivals
    from regulars.panels.panel import Panel
    from regulars.scenario import Scenario

ROUNDS = 4  # corrections of the firms' pull
FITTING, LEVEL, CHECKING = 1_000_003, 1_000_019, 1_000_033  # replicates: never those of a comparison
PURCHASES = 150_000  # that a simulation for the fit holds, about
FEWEST, MOST = 2_000, 20_000  # customers of it
OTHERS_FROM = 0.03  # difference from the customers behind the log, from which their number is explained
OFF = 0.01  # of the level, from which it is corrected


def sales_of_one(law: Arrivals, life: Life) -> float:
    """Expected purchases, at a mean rate of 1 a day, that one starting customer and who comes by then make in the window."""
    entry = float(life.turnover.get("entry_rate", 0.0)) / DAYS_A_YEAR
    grid = np.linspace(0, life.window, 41)
    return float(law.spent(life.window) + entry * np.trapezoid(law.spent(grid), grid))


def people_for(log: Panel, life: Life, spec: dict[str, Any], prices: dict[str, float]) -> float:
    """Customers at the start with whom the market sells what the log sold in the window."""
    if life.law is None:
        return len(log.purchases) / (life.need["mean"] * life.here)
    need = life.need
    rate = life.law.rate
    if need["process"] == "calendar":
        kept = need["attendance"]
        rate = (kept["mean"] if isinstance(kept, dict) else kept) * life.here / need["interval"]
    basket = spec["spending"]["basket"]
    each = (basket["mean"] if isinstance(basket, dict) else basket) * prices[log.firms[0]]
    return money_of(log, life) / (each * rate * sales_of_one(life.law, life))


def money_of(log: Panel, life: Life) -> float:
    """Money of the log in the window that the market repeats."""
    table = log.purchases
    return float(table.loc[table["time"] >= log.days - life.window, "amount"].sum())


def sold_by(log: Panel, life: Life, firm: str, people: float) -> dict[str, Any]:
    """What a firm sold in that window, for `about` of a scenario, by dotted name; `people` is how many customers sell as much."""
    rows = log.purchases
    mine = (rows["time"] >= log.days - life.window) & (rows["firm"].astype(str) == str(firm))
    return {
        "about.log_firm": safe(firm), "about.log_days": float(life.window), "about.log_sales": float(rows.loc[mine, "amount"].sum()), "about.log_customers": float(people),
    }  # fmt: skip


def size_for(log: Panel, life: Life, people: float) -> int:
    """Customers of a simulation for the fit: enough for a sharp comparison, not more than it takes."""
    each = len(log.purchases) / max(people + life.newcomers(), 1.0)
    return int(
        np.clip(PURCHASES / max(each, 0.1), FEWEST, MOST) / (1 + life.newcomers() / max(people, 1.0)) + 1
    )


@dataclass(frozen=True)
class Twin:
    """What a fitted market does over the window of its log.

    bought: purchases. rates: opportunities a day of everybody who is ever in it. expected: their mean over all customers.
    """

    bought: pd.DataFrame
    rates: NDArray[Any]
    expected: float


def twin(scenario: Scenario, life: Life, size: int, seed: int, replicate: int) -> Twin:
    """The fitted market, with `size` starting customers, over the window of the log."""
    days = float(np.ceil(life.window))
    market = scenario.set({"market.customers": size, "market.days": days, "arms": {}, "uncertainty": {}, "posterior": {}})  # fmt: skip
    run = market.market(seed=seed, replicate=replicate, log="memory").run()
    rates = np.asarray(run.customers.rate, np.float64)
    return Twin(run.log.purchases(), rates, scenario.spec.need.mean_per_day())


def with_shares(scenario: Scenario, log: Panel, life: Life, size: int, seed: int, since: float) -> Scenario:
    """The scenario with the firms' pull set so that its shares of purchases are those of the log from day `since` on.

    Heavy buyers may like other firms than light ones, so shares of purchases differ from mean tastes.
    """
    recent = log.purchases[log.purchases["time"] >= since]
    counted = recent["firm"].astype(str).value_counts()
    observed = {safe(firm): max(float(counted.get(str(firm), 0)), 0.5) / counted.sum() for firm in log.firms}
    for _ in range(ROUNDS):
        simulated = twin(scenario, life, size, seed, FITTING).bought["firm"].value_counts(normalize=True)
        changes = {}
        for firm in scenario.spec.firms:
            step = np.log(observed[firm.name] / max(float(simulated.get(firm.name, 0.0)), 1e-6))
            changes[f"firms.{firm.name}.appeal"] = float(np.clip(firm.appeal + step, -50, 50))
        scenario = scenario.set(changes)
    return scenario


def level(simulated: Twin, log: Panel, life: Life, people: float, size: int) -> tuple[float, float]:
    """Money of the fitted market over that of the log, and its standard error from the simulation (over customers).

    Whether heavy or light customers happened to be drawn is known, and taken out: the money is that at the expected mean rate.
    """
    spent = np.zeros(len(simulated.rates))
    np.add.at(spent, simulated.bought["customer"].to_numpy(), simulated.bought["amount"].to_numpy(float))
    each = spent.sum() / simulated.rates.sum()
    left = spent - each * simulated.rates
    scale = people / size / money_of(log, life)
    ratio = each * simulated.expected * len(spent) * scale
    return float(ratio), float(np.sqrt(left @ left) * scale)


def with_level(scenario: Scenario, log: Panel, life: Life, people: float, size: int, seed: int) -> float:
    """Customers at the start, corrected by a simulation where what was worked out is off."""
    ratio, error = level(twin(scenario, life, size, seed, LEVEL), log, life, people, size)
    return people / ratio if abs(ratio - 1) > max(OFF, 2.5 * error) and ratio > 0 else people


def told_customers(asked: int | None, people: float, behind: float) -> list[Finding]:
    """What is to be said of the number of customers: asked for, or others than those behind the log."""
    label = "customers of the scenario"
    if asked is not None:
        note = (
            f"the log's sales take {people:,.0f}: all totals are {asked / people:.3g} times those of the log"
        )
        return [Finding("", label, float(asked), None, "customers", "asked for", note)]
    if abs(people / behind - 1) < OTHERS_FROM:
        return []
    note = (
        f"so many sell what the log sold, not the {behind:,.0f} behind it: those of the market are all there from the first day, or "
        "come without the first purchase by which the log knows a customer"
    )
    return [Finding("", label, float(round(people)), None, "customers", "worked out", note)]
