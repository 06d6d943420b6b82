"""Comparing what a firm could do: every arm on the same paired customers.

In each replicate the control and all arms step in lockstep, day by day, over the same opportunities of the same
people with the same moods, so that what differs is caused by the policy. Replicates draw other people, and other
values of the parameters that the scenario calls uncertain.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from regulars.ground.errors import RegularsError
from regulars.lab.uncertainty import drawn
from regulars.measures.attribution import Cells
from regulars.measures.tally import Tally
from regulars.scenario import CONTROL, Scenario, as_scenario
from regulars.world.ledger import COSTS, INCOMES, MILLION

if TYPE_CHECKING:
    import pandas as pd

    from regulars.market import Market

PAIRED = ("market", "need", "taste", "spending", "turnover", "choice", "switching", "bond", "foresight")
SMALL = 3_000_000  # customer-days below which starting worker processes costs more than it brings
UNITS = {
    "profit": "currency", "incremental_profit": "currency", "revenue": "currency", "incremental_revenue": "currency",
    "purchases": "purchases", "incremental_purchases": "purchases", "retention": "share", "churn": "share",
    "share_of_requirements": "share", "penetration": "share", "reward_cost": "currency",
    "return_on_reward": "currency per currency", "break_even_day": "day", "liability": "currency",
    "customers_kept": "customers", "customers_won": "customers", "customers_lost": "customers",
    "caused": "currency", "subsidised": "currency", "uncaused": "currency",
    "naive_lift": "currency per customer", "true_lift": "currency per customer", "selection_gap": "currency per customer",
}  # fmt: skip


@dataclass(frozen=True)
class Comparison:
    """Result of `compare`: tidy tables, one row a fact.

    metrics: arm, replicate, metric, value. attribution: arm, replicate, cell, rival, opportunities, margin, reward,
    moved (currency units; cells sum to the incremental profit). daily: arm, replicate, day, profit,
    incremental_profit (cumulative). customers: arm, replicate, group, count.
    """

    scenario: Scenario
    focal: str
    arms: tuple[str, ...]
    replicates: int
    seed: int
    metrics: pd.DataFrame
    attribution: pd.DataFrame
    daily: pd.DataFrame
    customers: pd.DataFrame

    def summary(self) -> pd.DataFrame:
        """Per arm and metric: unit, mean, standard error, 95% interval of the mean, and 5 and 95% points."""
        import pandas as pd

        rows = []
        for (arm, metric), group in self.metrics.groupby(["arm", "metric"], sort=False):
            values = group["value"].dropna().to_numpy()
            rows.append({"arm": arm, "metric": metric, "unit": UNITS[metric], **_interval(values)})
        return pd.DataFrame(rows)

    def ranking(self) -> pd.DataFrame:
        """One row an arm, best first: incremental profit with interval, chance of being best, and its company.

        `p_best` is the share of replicates in which the arm earned most; the rest is the control's, when doing
        nothing was best. `break_even_day` is that of the mean over replicates.
        """
        import pandas as pd

        summary = self.summary().set_index(["arm", "metric"])
        profits = self.wide("incremental_profit")
        best = np.argmax(profits[[CONTROL, *self.arms]].to_numpy(), axis=1)
        rows = []
        for k, arm in enumerate((CONTROL, *self.arms)):
            if arm == CONTROL:
                continue
            main = summary.loc[(arm, "incremental_profit")]
            others = {m: summary.loc[(arm, m), "mean"] for m in UNITS if m != "incremental_profit"}
            others["break_even_day"] = self.break_even_day(arm)
            columns = {"incremental_profit": main["mean"], **main[["se", "low", "high", "p05", "p95"]].to_dict()}
            rows.append({"arm": arm, **columns, "p_best": float((best == k).mean()), **others})
        table = pd.DataFrame(rows).sort_values("incremental_profit", ascending=False, kind="stable")
        return table.reset_index(drop=True)

    def break_even_day(self, arm: str) -> float:
        """Day from which the mean cumulative incremental profit stays at or above 0; NaN when never."""
        rows = self.daily[self.daily["arm"] == arm]
        mean = rows.groupby("day")["incremental_profit"].mean()
        return break_even(mean.to_numpy(), self.scenario.spec.market.tick)

    def wide(self, metric: str) -> pd.DataFrame:
        """Values of a metric, replicates in rows and arms in columns."""
        rows = self.metrics[self.metrics["metric"] == metric]
        return rows.pivot(index="replicate", columns="arm", values="value")

    def p_control_best(self) -> float:
        """Share of replicates in which doing nothing earned most."""
        profits = self.wide("incremental_profit")[list(self.arms)].to_numpy()
        return float((profits.max(axis=1) <= 0).mean())

    def pairing_gain(self) -> dict[str, float]:
        """How many times smaller the standard error of each arm's effect is than without common random numbers."""
        profit = self.wide("profit")
        gains = {}
        for arm in self.arms:
            paired = float((profit[arm] - profit[CONTROL]).std())
            apart = float(np.hypot(profit[arm].std(), profit[CONTROL].std()))
            gains[arm] = apart / paired if paired > 0 else float("inf")
        return gains


def compare(
    scenario: Scenario | str | Any,
    replicates: int = 20,
    arms: Sequence[str] | None = None,
    seed: int | None = None,
    jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Comparison:
    """Compare the arms of a scenario with doing nothing, on paired customers.

    Args:
        scenario: a `Scenario`, a path or a table.
        replicates: independent populations (and draws of uncertain parameters).
        arms: names of the arms; all of the scenario when left out.
        seed: seed of all draws; the scenario's own when left out.
        jobs: processes; as many as there are cores when left out. Results do not depend on it.
        progress: called as `progress(done, total)` after each replicate.

    Example:
        >>> from regulars import compare
        >>> compare("scenarios/threshold-rebate.toml", replicates=5).ranking()  # doctest: +SKIP
    """
    import pandas as pd

    scenario = as_scenario(scenario)
    names = tuple(scenario.spec.arms) if arms is None else tuple(arms)
    if not names:
        raise RegularsError(f"{scenario.name}: there is nothing to compare: the scenario has no [arms.NAME]")
    if replicates < 1:
        raise RegularsError(f"replicates = {replicates} will not do: at least 1 replicate is needed")
    _check_paired(scenario, names)
    seed = scenario.spec.market.seed if seed is None else int(seed)
    parts = []
    for part in _replicates(scenario, names, seed, replicates, jobs):
        parts.append(part)
        if progress is not None:
            progress(len(parts), replicates)
    tables = {
        table: pd.DataFrame([row for part in parts for row in part[table]])
        for table in ("metrics", "attribution", "daily", "customers")
    }
    return Comparison(scenario, scenario.focal, names, replicates, seed, **tables)


def _replicates(scenario: Scenario, arms: tuple[str, ...], seed: int, count: int, jobs: int | None) -> Iterator[Any]:
    cores = os.cpu_count() or 1
    size = scenario.spec.market
    work = size.customers * size.days * (len(arms) + 1) * count
    jobs = (1 if work < SMALL else min(cores, count)) if jobs is None else min(max(jobs, 1), count)
    if jobs == 1:
        return (replicate(scenario, arms, seed, r) for r in range(count))
    from joblib import Parallel, delayed

    pool = Parallel(n_jobs=jobs, return_as="generator")
    return iter(pool(delayed(replicate)(scenario, arms, seed, r) for r in range(count)))


def replicate(scenario: Scenario, arms: tuple[str, ...], seed: int, number: int) -> dict[str, list[dict[str, Any]]]:
    """One replicate: control and arms in lockstep; rows of the four tables."""
    scenario = drawn(scenario, seed, number)
    control = scenario.arm(CONTROL).market(seed=seed, replicate=number)
    markets = {CONTROL: control}
    for arm in arms:
        markets[arm] = scenario.arm(arm).market(seed=seed, replicate=number, against=control)
    focal = control.names.index(scenario.focal)
    window, days = scenario.spec.market.window, scenario.spec.market.days
    people = control.customers.count
    tallies = {arm: Tally(focal, people, days, window) for arm in markets}
    cells = {arm: Cells(focal, len(control.names), people, window) for arm in arms}
    profits: dict[str, list[float]] = {arm: [] for arm in markets}
    for _ in range(control.ticks):
        for arm, market in markets.items():
            market.step()
            today = market.latest()
            tallies[arm].add(today)
            if arm == CONTROL:
                at_control = today
            else:
                cells[arm].add(today, at_control)
            profits[arm].append(market.ledger.profit(focal))
    tables: dict[str, list[dict[str, Any]]] = {"metrics": [], "attribution": [], "daily": [], "customers": []}
    for arm, market in markets.items():
        _report(tables, arm, number, market, control, focal, tallies, cells.get(arm), profits)
    for market in markets.values():
        market.close()
    return tables


def _report(
    tables: dict[str, list[dict[str, Any]]],
    arm: str,
    number: int,
    market: Market,
    control: Market,
    focal: int,
    tallies: dict[str, Tally],
    cells: Cells | None,
    profits: dict[str, list[float]],
) -> None:
    here = {"arm": arm, "replicate": number}
    mine, base = tallies[arm], tallies[CONTROL]
    rows = [] if cells is None else _attribution(cells, market, control, focal)
    groups = {
        "kept": int((mine.last & base.last).sum()),
        "won": int((mine.last & ~base.last).sum()),
        "lost": int((~mine.last & base.last).sum()),
        "never": int((~mine.last & ~base.last).sum()),
    }
    gained = np.array(profits[arm]) - np.array(profits[CONTROL])
    metrics = _metrics(market, control, focal, mine, groups, rows, gained, base)
    tables["metrics"] += [{**here, "metric": name, "value": value} for name, value in metrics.items()]
    tables["attribution"] += [{**here, **row} for row in rows]
    length = market.tick_length
    tables["daily"] += [
        {**here, "day": (k + 1) * length, "profit": p, "incremental_profit": g}
        for k, (p, g) in enumerate(zip(profits[arm], gained, strict=True))
    ]
    tables["customers"] += [{**here, "group": group, "count": count} for group, count in groups.items()]


def _attribution(cells: Cells, market: Market, control: Market, focal: int) -> list[dict[str, Any]]:
    """Rows of the attribution in currency units; their margins less rewards sum to the incremental profit."""
    rows = cells.table(market.names, market.ledger.by_source[focal])

    def balance(m: Market, accounts: Sequence[str]) -> int:
        return sum(int(m.ledger.money[name][focal]) for name in accounts)

    own = [name for name in (*COSTS, *INCOMES) if name not in ("revenue", "cost_of_goods", "discounts", "rewards")]
    empty = {"rival": "", "opportunities": 0, "margin": 0, "moved": 0}
    rows.append({"cell": "programme", **empty, "reward": balance(market, own) - balance(control, own)})
    running = balance(control, ("discounts", "rewards"))
    if running:
        rows.append({"cell": "control_programme", **empty, "reward": -running})
    for row in rows:
        row["margin"] /= MILLION
        row["reward"] /= MILLION
    return rows


def _metrics(
    market: Market,
    control: Market,
    focal: int,
    mine: Tally,
    groups: dict[str, int],
    rows: list[dict[str, Any]],
    gained: Any,
    base: Tally,
) -> dict[str, float]:
    def total(m: Market, name: str) -> int:
        return int(getattr(m.log.totals, name)[:, focal].sum())

    books = market.ledger
    reward = books.value("discounts", focal) + books.value("rewards", focal)
    by_cell = {cell: sum(row["reward"] for row in rows if row["cell"] == cell) for cell in ("kept", "won", "created", "unearned")}
    incremental = float(gained[-1])
    naive, true = _lifts(market, focal, mine, base)
    spent_more = reward - control.ledger.value("discounts", focal) - control.ledger.value("rewards", focal)
    return {
        "profit": books.profit(focal),
        "incremental_profit": incremental,
        "revenue": total(market, "paid") / MILLION,
        "incremental_revenue": (total(market, "paid") - total(control, "paid")) / MILLION,
        "purchases": float(total(market, "purchases")),
        "incremental_purchases": float(total(market, "purchases") - total(control, "purchases")),
        "retention": mine.retention(),
        "churn": mine.churn(),
        "share_of_requirements": mine.share_of_requirements(),
        "penetration": mine.penetration(),
        "reward_cost": reward,
        "return_on_reward": incremental / spent_more if spent_more > 0 else float("nan"),
        "break_even_day": break_even(gained, market.tick_length),
        "liability": books.value("liability", focal),
        "customers_kept": float(groups["kept"]),
        "customers_won": float(groups["won"]),
        "customers_lost": float(groups["lost"]),
        "caused": by_cell["won"] + by_cell["created"],
        "subsidised": by_cell["kept"],
        "uncaused": by_cell["unearned"],
        "naive_lift": naive,
        "true_lift": true,
        "selection_gap": naive - true,
    }


def _lifts(market: Market, focal: int, mine: Tally, base: Tally) -> tuple[float, float]:
    """Revenue per customer: members less non-members, and members less their own twins in the control."""
    joined = [m for s in market.firms[focal].strategies.values() if (m := s.members()) is not None]
    if not joined:
        return float("nan"), float("nan")
    members = np.logical_or.reduce(joined)
    if members.all() or not members.any():
        return float("nan"), float("nan")
    naive = (mine.spent[members].mean() - mine.spent[~members].mean()) / MILLION
    true = (mine.spent[members] - base.spent[members]).mean() / MILLION
    return float(naive), float(true)


def break_even(gained: Any, tick: float) -> float:
    """First day after a loss from which the cumulative gain stays at or above 0; 0 without a loss, NaN when never."""
    below = np.flatnonzero(np.asarray(gained) < 0)
    if below.size == 0:
        return 0.0
    last = int(below[-1])
    return float("nan") if last == len(gained) - 1 else (last + 2) * tick


def _interval(values: Any) -> dict[str, float]:
    nothing = float("nan")
    if len(values) == 0:
        return dict.fromkeys(("mean", "se", "low", "high", "p05", "p95"), nothing)
    mean = float(np.mean(values))
    if len(values) == 1:
        return {"mean": mean, "se": nothing, "low": nothing, "high": nothing, "p05": mean, "p95": mean}
    from scipy.special import stdtrit

    se = float(np.std(values, ddof=1) / np.sqrt(len(values)))
    reach = float(stdtrit(len(values) - 1, 0.975)) * se
    p05, p95 = (float(q) for q in np.quantile(values, [0.05, 0.95]))
    return {"mean": mean, "se": se, "low": mean - reach, "high": mean + reach, "p05": p05, "p95": p95}


def _check_paired(scenario: Scenario, arms: Sequence[str]) -> None:
    """Arms must leave the people and their opportunities alone, or nothing would be paired."""
    control = scenario.arm(CONTROL)
    for arm in arms:
        other = scenario.arm(arm)
        for part in PAIRED:
            if getattr(other.spec, part) != getattr(control.spec, part):
                raise RegularsError(
                    f"{scenario.name}: arms.{arm}.set changes [{part}]: the customers of an arm must be those of the "
                    "control; an arm may change what firms do ([firms], strategies, [search])"
                )
        if [f.name for f in other.spec.firms] != [f.name for f in control.spec.firms]:
            raise RegularsError(f"{scenario.name}: arms.{arm} has other firms than the control")
