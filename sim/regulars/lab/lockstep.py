"""One replicate: the control and all arms step together, day by day, over the same opportunities."""

from __future__ import annotations

from collections.abc import Sequence
from math import nan
from typing import TYPE_CHECKING, Any

import numpy as np

from regulars.lab import segments
from regulars.lab.over_replicates import break_even
from regulars.lab.uncertainty import drawn_and_told
from regulars.market.pairing import Lockstep
from regulars.measures.attribution import Cells
from regulars.measures.tally import Tally
from regulars.scenario import CONTROL, Scenario
from regulars.world.ledger import COSTS, INCOMES, MILLION
from regulars.world.ports import Complaints

if TYPE_CHECKING:
    from regulars.market import Market

IN_CELLS = (
    "gross_sales",
    "cost_of_goods",
    "discounts",
    "rewards",
)  # accounts that opportunities are priced at
RETURNED = ("refunds", "restocking")  # accounts of goods that came back


def replicate(
    scenario: Scenario, arms: tuple[str, ...], seed: int, number: int, columns: tuple[str, ...] = ()
) -> dict[str, list[dict[str, Any]]]:
    """One replicate: control and arms in lockstep; rows of the six tables, customers told apart by these columns of theirs, too."""
    scenario, known = drawn_and_told(scenario, seed, number)
    scenario = scenario.set({"market.tick": 1.0})  # paired day by day, however long a tick
    control = scenario.arm(CONTROL).market(seed=seed, replicate=number)
    others = {arm: scenario.arm(arm).market(seed=seed, replicate=number, against=control) for arm in arms}
    both, markets = Lockstep(control, others), {CONTROL: control, **others}
    focal = control.names.index(scenario.focal)
    window, days = scenario.spec.market.window, scenario.spec.market.days
    people = control.customers.count
    groups = {name: segments.by_column(control.customers, focal, name) for name in columns}
    tallies = {arm: Tally(focal, people, days, window) for arm in markets}
    for market in markets.values():
        market.firms[focal].rewarded = np.zeros(people, np.int64)
    cells = {arm: Cells(focal, len(control.names), people, window) for arm in arms}
    profits: dict[str, list[float]] = {arm: [] for arm in markets}
    for _ in range(control.ticks):
        both.step()
        today = control.latest()
        for arm, market in markets.items():
            tallies[arm].add(market.latest())
            if arm != CONTROL:
                cells[arm].add(market.latest(), today)
            profits[arm].append(market.ledger.profit(focal))
    tables: dict[str, list[dict[str, Any]]] = {"metrics": [], "attribution": [], "daily": [], "customers": []}
    tables["inputs"] = [{"replicate": number, **row} for row in known]
    groups = segments.by_early_purchases(tallies[CONTROL]) | groups
    tables["segments"] = [
        {"arm": arm, "replicate": number, **row}
        for arm, market in markets.items()
        for row in segments.rows_of(
            groups, tallies[arm], market.firms[focal].rewarded, market.ledger.profit(focal)
        )
    ]
    for arm, market in markets.items():
        _report(tables, arm, number, market, control, focal, tallies, cells.get(arm), profits)
    for market in markets.values():
        market.ledger.check(market.totals.arrays())
    both.close()
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
    totals = market.totals
    revenue, purchases = (np.cumsum(table[:, focal]) for table in (totals.paid, totals.purchases))
    days = zip(profits[arm], gained, revenue.tolist(), purchases.tolist(), strict=True)
    tables["daily"] += [
        {
            **here,
            "day": float(k + 1),
            "profit": p,
            "incremental_profit": g,
            "revenue": r / MILLION,
            "purchases": n,
        }
        for k, (p, g, r, n) in enumerate(days)
    ]
    tables["customers"] += [{**here, "group": group, "count": count} for group, count in groups.items()]


def _attribution(cells: Cells, market: Market, control: Market, focal: int) -> list[dict[str, Any]]:
    """Rows of the attribution in currency units; their margins less rewards sum to the incremental profit."""
    rows = cells.table(market.names, market.ledger.by_source[focal])

    def balance(m: Market, accounts: Sequence[str]) -> int:
        return sum(m.ledger.balance(name, focal) for name in accounts)

    def returned(m: Market) -> int:
        """What goods that came back have cost: refunds and handling, less what the goods are worth again."""
        goods = int(m.log.totals.cost[:, focal].sum()) - m.ledger.balance("cost_of_goods", focal)
        return balance(m, RETURNED) - goods

    own = [name for name in (*COSTS, *INCOMES) if name not in (*IN_CELLS, *RETURNED)]
    empty = {"rival": "", "opportunities": 0, "margin": 0, "moved": 0}
    if (here := returned(market)) or returned(control):
        rows.append({"cell": "returned", **empty, "margin": returned(control) - here, "reward": 0})
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

    def sales(m: Market) -> int:
        return total(m, "paid") - m.ledger.balance("refunds", focal)

    books = market.ledger
    reward = books.value("discounts", focal) + books.value("rewards", focal)
    by_cell = {
        cell: sum(row["reward"] for row in rows if row["cell"] == cell)
        for cell in ("kept", "won", "created", "unearned")
    }
    incremental = float(gained[-1])
    naive, true = _lifts(market, focal, mine, base)
    spent_more = reward - control.ledger.value("discounts", focal) - control.ledger.value("rewards", focal)
    return {
        "profit": books.profit(focal),
        "incremental_profit": incremental,
        "revenue": sales(market) / MILLION,
        "incremental_revenue": (sales(market) - sales(control)) / MILLION,
        "purchases": float(total(market, "purchases")),
        "incremental_purchases": float(total(market, "purchases") - total(control, "purchases")),
        "retention": mine.retention(base),
        "churn": mine.churn(base),
        # where no rival is known, nobody knows what its customers buy elsewhere
        "share_of_requirements": mine.share_of_requirements() if len(market.firms) > 1 else nan,
        "penetration": mine.penetration(),
        "buyers": float(mine.bought.sum()),
        "members": float(market.firms[focal].members().sum()),
        # where nobody can complain, the till counts dissatisfied customers, which is something else
        "complaints": nan
        if type(market.port(Complaints)) is Complaints
        else float(total(market, "complaints")),
        **{name: books.value(name, focal) for name in ("communication", "acquisition", "staff")},
        "reward_cost": reward,
        "return_on_reward": incremental / spent_more if spent_more > 0 else nan,
        "break_even_day": break_even(gained),
        "liability": books.value("liability", focal),
        "profit_before_liability": books.profit(focal) + books.value("liability", focal),
        "deferred_revenue": market.firms[focal].deferred_revenue(),
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
    joined = [m for s in market.firms[focal].strategies.values() if (m := s.participants()) is not None]
    if not joined:
        return nan, nan
    members = np.logical_or.reduce(joined)
    if members.all() or not members.any():
        return nan, nan
    naive = (mine.spent[members].mean() - mine.spent[~members].mean()) / MILLION
    true = (mine.spent[members] - base.spent[members]).mean() / MILLION
    return float(naive), float(true)
