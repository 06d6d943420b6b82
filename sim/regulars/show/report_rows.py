"""Rows of the tables in the report: ranking, books, activity, arms, assumptions, and how to repeat the run."""

from __future__ import annotations

from typing import Any

from regulars.ground.lines import clean, short
from regulars.ground.numbers import brief, cents, chance, count, interval, money, number, percent, points
from regulars.ground.packages import ABSENT, versions
from regulars.show import tables
from regulars.show.assumptions import Assumption, assumptions, told
from regulars.show.reading import CONTROL, Reading
from regulars.show.words import break_even, reached

ENOUGH = 20  # replicates from which one in twenty of them is one


def ranking_rows(reading: Reading) -> list[dict[str, str]]:
    """Rows of the ranking table."""
    rows = []
    for arm in reading.arms:
        profit = reading.profit(arm)
        kept = reading.difference(arm, "retention")
        rows.append({
            "arm": short(arm, 60), "sign": "gain" if profit.low > 0 else "loss" if profit.high < 0 else "unsure",
            "profit": brief(profit.mean, sign=True), "interval": interval(profit.low, profit.high),
            "bad": brief(reading.ranked(arm, "p05"), sign=True) if reading.replicates >= ENOUGH else "n/a",
            "best": chance(reading.p_best(arm), reading.replicates), "spent": brief(reading.estimate(arm, "reward_cost").mean),
            "back": number(reading.estimate(arm, "return_on_reward").mean, sign=True), "even": break_even(reading, arm), "reached": reached(reading, arm).removeprefix("on average; reached in ").partition(";")[0],
            "kept": points(kept.mean), "owed": brief(reading.estimate(arm, "liability").mean),
        })  # fmt: skip
    return rows


def cell_rows(reading: Reading, arm: str) -> tuple[list[Any], tuple[float, float, float]]:
    """Cells of the attribution of one arm, and the sums of their margins, rewards and what is left."""
    found = tables.attribution_rows(reading, arm)
    return found, (sum(row[2] for row in found), sum(row[3] for row in found), sum(row[4] for row in found))


def book_rows(reading: Reading) -> list[dict[str, Any]]:
    """Reconciliation of every arm: margin and costs by cell, their sum, and the incremental profit."""
    rows = []
    for arm in reading.arms:
        cells = reading.cells(arm)
        total, profit = tables.reconciled(reading, arm)
        margin = sum(cell.margin for cell in cells.values())
        gap = total - profit
        rows.append({
            "arm": short(arm, 60), "margin": cents(margin, sign=True), "reward": cents(margin - total), "sum": cents(total, sign=True),
            "profit": cents(profit, sign=True), "same": abs(gap) < 0.005, "gap": cents(gap, sign=True) if abs(gap) >= 0.005 else "0.00",
        })  # fmt: skip
    return rows


def part_rows(reading: Reading) -> list[dict[str, str]]:
    """Incremental profit of every arm, taken apart into customers, loyalty and value."""
    names = ("customers", "loyalty", "value", "other", "total")
    table = reading.comparison.decomposition().set_index("arm")
    return [
        {"arm": short(arm, 60), **{name: brief(float(table.loc[arm, name]), sign=True) for name in names}}
        for arm in reading.arms
    ]


def money_rows(reading: Reading) -> list[dict[str, str]]:
    """What each arm changes in the accounts: before what is owed at the end, what is owed, after it, and what IFRS 15 would defer."""
    rows = []
    for arm in reading.arms:
        change = {
            m: reading.difference(arm, m)
            for m in ("profit_before_liability", "liability", "deferred_revenue", "reward_cost")
        }
        running = sum(reading.difference(arm, m).mean for m in ("communication", "staff", "acquisition"))
        rows.append({
            "arm": short(arm, 60), "before": brief(change["profit_before_liability"].mean, sign=True),
            "owed": brief(change["liability"].mean, sign=True), "after": brief(reading.profit(arm).mean, sign=True),
            "deferred": brief(change["deferred_revenue"].mean, sign=True), "rewards": brief(change["reward_cost"].mean, sign=True),
            "running": brief(running, sign=True),
        })  # fmt: skip
    return rows


def activity_rows(reading: Reading) -> list[dict[str, str]]:
    """Counts that show how busy an arm is, not how well it does."""
    rows = []
    for arm in (CONTROL, *reading.arms):
        groups = reading.customers(arm)
        rows.append({
            "arm": short(arm, 60) if arm != CONTROL else "control (doing nothing)", "purchases": count(reading.estimate(arm, "purchases").mean),
            "revenue": brief(reading.estimate(arm, "revenue").mean), "reach": percent(reading.estimate(arm, "penetration").mean),
            **{group: count(groups.get(group, 0.0)) for group in ("kept", "won", "lost", "never")},
        })  # fmt: skip
    return rows


def arm_rows(reading: Reading) -> list[dict[str, Any]]:
    """What each arm is, in the scenario's words and as its strategies are set; changes of the command line are told beside the words."""
    rows = []
    spec = reading.comparison.scenario.spec
    listed = assumptions(reading.comparison.scenario)
    for name in reading.arms:
        arm = spec.arms.get(name)
        changes = [f"{path} = {told(value)}" for path, value in arm.set.items()] if arm else []
        own = [
            line for line in spec.about.changed
            if line.startswith((f"arms.{name}.", "arms.*.", *(f"strategies.{one}." for one in (arm.strategies if arm else ()))))
        ]  # fmt: skip
        rows.append({
            "arm": short(name, 60), "text": arm.description if arm else "", "changes": changes, "changed": own,
            "does": [
                (clean(one), [row for row in listed if row.section == f"arm {name}: {one}" and row.written])
                for one in (arm.strategies if arm else ())
            ],
        })  # fmt: skip
    return rows


def control_row(reading: Reading) -> dict[str, str]:
    """What doing nothing means here."""
    firm = next(
        (f for f in reading.comparison.scenario.spec.firms if f.name == reading.comparison.focal), None
    )
    running = ", ".join(clean(name) for name in firm.strategies) if firm else ""
    return {
        "firm": clean(reading.comparison.focal),
        "runs": f"goes on running {running}" if running else "runs no programme at all",
        "profit": money(reading.estimate(CONTROL, "profit").mean, reading.currency),
    }


def assumption_rows(reading: Reading, *, written: bool) -> list[tuple[str, list[Assumption]]]:
    """Parameters of what is switched on that the scenario wrote, or those it left at their defaults, by section."""
    sections: dict[str, list[Assumption]] = {}
    for row in assumptions(reading.comparison.scenario):
        if row.written == written and row.active:
            sections.setdefault(row.section, []).append(row)
    return list(sections.items())


def switched_off(reading: Reading) -> list[str]:
    """Names of the features that are switched off, whose parameters count for nothing."""
    rows = assumptions(reading.comparison.scenario)
    return list(dict.fromkeys(clean(row.section) for row in rows if not row.active))


def run_rows(reading: Reading) -> list[tuple[str, str]]:
    """What is needed to repeat the run."""
    here = [f"{name} {version}" for name, version in versions().items() if version != ABSENT]
    scenario = reading.comparison.scenario
    window = (
        f"{scenario.spec.market.window:g} days at the end, in which a customer counts as kept, won or lost"
    )
    return [
        ("scenario", f"{scenario.name}, hash {scenario.hash}"), ("firm", clean(reading.comparison.focal)),
        ("replicates", f"{reading.replicates}, paired with the control"), ("seed", str(reading.comparison.seed)), ("window", window),
        ("versions", ", ".join(here)),
    ]  # fmt: skip
