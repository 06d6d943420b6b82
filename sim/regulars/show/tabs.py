"""The tables of a comparison as rows of plain values: numbers as numbers, units in the headings; for CSV files and workbooks."""

from __future__ import annotations

import datetime
import math
import shlex
from dataclasses import dataclass
from typing import Any

from regulars.ground.lines import clean
from regulars.ground.numbers import unit_of
from regulars.ground.packages import OURS, version
from regulars.lab.forecast import against_log
from regulars.scenario.declared import declared
from regulars.show.assumptions import assumptions
from regulars.show.hanging import shares
from regulars.show.next_steps import next_steps, source
from regulars.show.reading import CONTROL, Estimate, Reading
from regulars.show.standing import checks, evidence_rows, untold
from regulars.show.words import answer

Value = str | float | int | None
MONEY = (  # measures in currency units, as people call them
    ("revenue", "sales"), ("profit_before_liability", "contribution before what is owed"), ("liability", "owed at the end"),
    ("profit", "contribution"), ("reward_cost", "rewards and discounts, owed included"), ("communication", "messages"), ("staff", "staff"),
    ("acquisition", "traffic"), ("deferred_revenue", "deferred revenue (IFRS 15)"),
)  # fmt: skip
WHOLE = 100_000  # letters: nothing is cut here


@dataclass(frozen=True)
class Tab:
    """One table: its name, its headings with units, and its rows."""

    name: str
    heads: list[str]
    rows: list[list[Value]]


def tabs(reading: Reading) -> list[Tab]:
    """All tables, the answer first."""
    return [
        _answer(reading), _arms(reading), _money(reading), _inputs(reading), _months(reading), _assumed(reading), _about(reading),
    ]  # fmt: skip


def _number(value: Any) -> Value:
    """A number, or nothing where there is none."""
    return float(value) if math.isfinite(value) else None


def _three(found: Estimate) -> list[Value]:
    return [_number(found.mean), _number(found.low), _number(found.high)]


def _answer(reading: Reading) -> Tab:
    unit, best = unit_of(reading.currency), reading.best
    sold = reading.estimate(CONTROL, "revenue")
    log = against_log(reading.comparison.scenario.spec, reading.comparison.focal)
    none: list[Value] = [None, None, None]
    rows: list[list[Value]] = [
        ["answer", answer(reading), *none, ""],
        ["best arm", best, *none, ""],
        ["incremental contribution of the best arm", "", *_three(reading.profit(best)), unit],
        ["return per 1 spent on rewards", "", *_three(reading.estimate(best, "return_on_reward")), f"{unit} per {unit}"],
        ["payback (break-even)", "", _number(reading.break_even(best).day), None, None, "day of the run"],
        ["probability that it is best", "", _number(reading.p_best(best)), None, None, "share"],
        ["probability that doing nothing is best", "", _nothing(reading), None, None, "share"],
        ["forecast of sales without a programme", "", *_three(sold), unit],
        ["sales of the log, for as many customers and days", "", log.sales if log else None, None, None, unit],
    ]  # fmt: skip
    rows += [
        [f"share of the interval: {source}", "", share, None, None, "share"]
        for source, share in shares(reading.hanging)
    ]
    rows += [["next", line, *none, ""] for line in next_steps(reading)]
    return Tab("answer", ["what", "in words", "mean", "95% interval from", "to", "unit"], rows)


def _nothing(reading: Reading) -> Value:
    return reading.comparison.p_control_best() if reading.replicates > 1 else None


def _arms(reading: Reading) -> Tab:
    unit = unit_of(reading.currency)
    heads = [
        "arm", f"change of profit, {unit}", f"95% interval from, {unit}", f"to, {unit}", f"5% point of the replicates, {unit}",
        "probability of being best, share", f"rewards, owed included, {unit}", "return per 1 spent", "return from", "return to",
        "retention, share", "change of retention, share", f"owed at the end, {unit}", "break-even, day of the run", "purchases",
    ]  # fmt: skip
    rows: list[list[Value]] = [
        [
            arm, *_three(reading.profit(arm)), _number(reading.ranked(arm, "p05")), _number(reading.p_best(arm)),
            _number(reading.estimate(arm, "reward_cost").mean), *_three(reading.estimate(arm, "return_on_reward")),
            _number(reading.estimate(arm, "retention").mean), _number(reading.difference(arm, "retention").mean),
            _number(reading.estimate(arm, "liability").mean), _number(reading.break_even(arm).day), _number(reading.estimate(arm, "purchases").mean),
        ]
        for arm in reading.arms
    ]  # fmt: skip
    return Tab("arms", heads, rows)


def _money(reading: Reading) -> Tab:
    unit = unit_of(reading.currency)
    heads = [
        "arm", "what", f"mean, {unit}", f"95% interval from, {unit}", f"to, {unit}", f"change from doing nothing, {unit}",
        f"change from, {unit}", f"change to, {unit}",
    ]  # fmt: skip
    rows: list[list[Value]] = []
    for arm in (CONTROL, *reading.arms):
        for metric, called in MONEY:
            change = [None] * 3 if arm == CONTROL else _three(reading.difference(arm, metric))
            rows.append([arm, called, *_three(reading.estimate(arm, metric)), *change])
    return Tab("money", heads, rows)


def _inputs(reading: Reading) -> Tab:
    unit = unit_of(reading.currency)
    heads = [
        "uncertain input", "meaning", "unit of the input", "5% point", "95% point", f"change of profit at the 5% point, {unit}",
        f"at the 95% point, {unit}", f"swing, {unit}", f"standard error of the swing, {unit}", "clearer than chance", "pays",
        "turns at", "turns from", "turns to",
    ]  # fmt: skip
    found = reading.hanging
    if found.tornado is None:
        return Tab("hangs on", heads, [[found.note, *[None] * (len(heads) - 1)]])
    known = declared(reading.comparison.scenario.spec)
    rows: list[list[Value]] = []
    for row in found.tornado.to_dict("records"):
        about = known.get(str(row["name"]))
        numbers = [_number(row[k]) for k in ("low", "high", "at_low", "at_high", "swing", "se")]
        turns = [_number(row[k]) for k in ("turns_at", "turns_low", "turns_high")]
        meaning, of = (about.meaning, about.unit) if about else ("", "")
        rows.append([str(row["input"]), meaning, of.replace("currency", unit), *numbers, "yes" if row["clear"] else "no", str(row["pays"]), *turns])  # fmt: skip
    return Tab("hangs on", heads, rows)


def _months(reading: Reading) -> Tab:
    """Month by month, a twelfth of a year each: contribution, sales and purchases, and what each arm adds to the control's."""
    unit = unit_of(reading.currency)
    of = {"profit": f"contribution, {unit}", "revenue": f"sales, {unit}", "purchases": "purchases"}
    heads = ["arm", "month", "first day", "last day"]
    for called in of.values():
        for told in (called, f"change of {called}"):
            heads += [told, f"{told}: 95% interval from", f"{told}: to"]
    rows: list[list[Value]] = []
    table = reading.comparison.by_month()
    for (arm, month, first, last), part in table.groupby(["arm", "month", "from_day", "to_day"], sort=False):
        found = {str(row["metric"]): row for row in part.to_dict("records")}
        row: list[Value] = [str(arm), int(month), _spelled_day(reading, first), _spelled_day(reading, last)]
        for metric in (name for one in of for name in (one, f"incremental_{one}")):
            row += [
                _number(found[metric][end]) if metric in found else None for end in ("mean", "low", "high")
            ]
        rows.append(row)
    return Tab("months", heads, rows)


def _spelled_day(reading: Reading, day: int) -> str:
    """The date of a day of the run, as spreadsheets sort it."""
    return str(reading.start + datetime.timedelta(days=int(day) - 1))


def _assumed(reading: Reading) -> Tab:
    rows: list[list[Value]] = [
        [one.kind, one.name, None, "", one.sentence, ""]
        for one in (*checks(reading), *untold(reading, WHOLE))
    ]
    rows += [
        [
            f"published, grade {row['grade']}",
            row["for"],
            row["estimate"],
            "",
            row["measures"],
            row["citation"],
        ]
        for row in evidence_rows(reading)
    ]
    rows += [
        ["set" if row.written else "default", f"{row.section}: {row.name}", _as_number(row.value), row.unit, row.meaning, row.source]
        for row in assumptions(reading.comparison.scenario)
        if row.active
    ]  # fmt: skip
    return Tab("assumptions", ["kind", "name", "value", "unit", "meaning", "source"], rows)


def _as_number(told: str) -> Value:
    try:
        return float(told.replace(",", "")) if "," not in told or told.replace(",", "").isdigit() else told
    except ValueError:
        return told


def command(reading: Reading) -> str:
    """The command that gives the same numbers, where the scenario lies in the current folder."""
    comparison = reading.comparison
    scenario = comparison.scenario
    words = ["regulars", "compare", source(scenario)]
    if tuple(comparison.arms) != tuple(scenario.spec.arms):
        words += ["--arms", ",".join(comparison.arms)]
    for line in scenario.spec.about.changed:
        name, sets, value = line.partition(" = ")
        given = line.split(" ", 1) if line.startswith("--") else []  # --customers 400, --sure margin = 0.31
        words += given or (["--set", f"{name}={value}"] if sets else line.split())
    words += ["--replicates", str(reading.replicates - comparison.added), "--seed", str(comparison.seed)]
    return shlex.join(words)


def _about(reading: Reading) -> Tab:
    comparison = reading.comparison
    spec = comparison.scenario.spec
    rows: list[list[Value]] = [
        ["title", spec.about.title or comparison.scenario.name], ["question", spec.about.question], ["firm", comparison.focal],
        ["scenario", comparison.scenario.name], ["hash of the scenario", comparison.scenario.hash], ["seed", str(comparison.seed)],
        ["replicates", reading.replicates], ["customers", spec.market.customers], ["days", spec.market.days], ["first day", str(reading.start)],
        ["currency", unit_of(reading.currency)], ["version of regulars", version(OURS) or "not installed as a package"], ["command", command(reading)],
    ]  # fmt: skip
    rows += [["source", clean(source)] for source in spec.about.sources]
    return Tab("about", ["what", "value"], rows)
