"""Tables for the terminal: ranking, attribution, moments; and the ranking as markdown.

All text from scenarios is shown as it is written: square brackets are no markup here.
"""

from __future__ import annotations

import io
from typing import Any

import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from regulars.ground.lines import clean, short
from regulars.ground.numbers import MINUS, brief, cents, chance, count, interval, number, precise, unit_of
from regulars.show.fitness import FAR, message, ordered, score
from regulars.show.placing import wrap
from regulars.show.reading import RARE, Reading, read
from regulars.show.words import answer, break_even, doubt

NARROW = 14  # columns that a name always gets
CELL_NAMES = {
    "kept": "would have happened anyway", "won": "won from rivals", "created": "new purchases", "lost": "lost to rivals",
    "foregone": "purchases foregone", "unearned": "tied to no purchase", "programme": "programme costs", "returned": "goods that came back",
    "control_programme": "rewards the control pays too",
}  # fmt: skip


def ranking(comparison: Any) -> Table:
    """Arms, best first: change of profit, interval, probability of being best, rewards, return, break-even."""
    reading = read(comparison)
    table = Table(
        title=_line(answer(reading)),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        caption=_line(_foot(reading)),
        caption_justify="left",
    )
    heads = _ranking_heads(reading)
    table.add_column(heads[0], overflow="fold", ratio=1, min_width=NARROW)
    for head in heads[1:]:
        table.add_column(_line(head), justify="right", no_wrap=head != "break-even")
    for k, row in enumerate(_ranking_rows(reading)):
        low, high = reading.profit(reading.arms[k]).low, reading.profit(reading.arms[k]).high
        colour = "green" if low > 0 else "red" if high < 0 else "yellow"
        table.add_row(
            Text(row[0], style="bold" if k == 0 else ""), Text(row[1], style=colour), *map(Text, row[2:])
        )
    return table


def markdown(comparison: Any) -> str:
    """The ranking as a plain markdown table, with the answer above and a note below."""
    reading = read(comparison)
    heads = [_escaped(head.replace("\n", " ")) for head in _ranking_heads(reading)]
    lines = [_escaped(answer(reading)), "", f"| {' | '.join(heads)} |", "|---|" + "---:|" * (len(heads) - 1)]
    lines += [f"| {' | '.join([_escaped(row[0]), *row[1:]])} |" for row in _ranking_rows(reading)]
    return "\n".join([*lines, "", _escaped(_foot(reading))]) + "\n"


def attribution(comparison: Any, arm: str | None = None) -> Table:
    """Cells of one arm (the best by default): purchases, margin, rewards and what is left; the sum is the incremental profit."""
    reading = read(comparison)
    arm = arm or reading.best
    unit = unit_of(reading.currency)
    table = Table(
        title=Text(f"{short(arm, 60)}: where the change of profit comes from, {unit}"),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    table.add_column("against the control", ratio=1, min_width=NARROW)
    for head in ("purchases", "margin", "rewards and costs", "left"):
        table.add_column(head, justify="right", no_wrap=True)
    for name, purchases, margin, reward, left in attribution_rows(reading, arm):
        table.add_row(
            Text(name),
            count(purchases, plain=True),
            cents(margin, plain=True),
            cents(reward, plain=True),
            cents(left, plain=True),
        )
    total, profit = reconciled(reading, arm)
    table.add_section()
    table.add_row(
        Text("sum of cells", style="bold"), "", "", "", Text(cents(total, plain=True), style="bold")
    )
    same = abs(total - profit) < 0.005
    told = cents(profit, plain=True) if same else f"{cents(profit, plain=True)} (differs!)"
    table.add_row(Text("incremental profit"), "", "", "", Text(told, style="green" if same else "red"))
    return table


def attribution_rows(comparison: Any, arm: str) -> list[tuple[str, float, float, float, float]]:
    """(cell, purchases, margin, reward, margin less reward), mean over replicates; empty cells of the control are left out."""
    cells = read(comparison).cells(arm)
    return [
        (CELL_NAMES.get(name, clean(name)), c.opportunities, c.margin, c.reward, c.margin - c.reward)
        for name, c in cells.items()
        if name not in RARE or c.reward or c.margin
    ]


def reconciled(comparison: Any, arm: str) -> tuple[float, float]:
    """(sum over cells of margin less reward, incremental profit): equal to the cent, or the books are wrong."""
    reading = read(comparison)
    return sum(c.margin - c.reward for c in reading.cells(arm).values()), reading.profit(arm).mean


def moments(table: pd.DataFrame) -> Table:
    """Observed and simulated moments with their z-scores, worst first; columns as of `fitness.ordered`."""
    shown = Table(
        title=_line(message(table)),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    shown.add_column("moment", overflow="fold", ratio=1, min_width=NARROW)
    for head in ("observed", "simulated", "standard error", "z", "used in fit"):
        shown.add_column(head, justify="right", no_wrap=True)
    for row in ordered(table):
        z = Text(score(row["z"], plain=True), style="red" if abs(row["z"]) > FAR else "")
        values = (precise(float(row[name]), plain=True) for name in ("observed", "simulated", "se"))
        shown.add_row(Text(clean(row["moment"])), *values, z, "yes" if row["used"] else "no")
    return shown


def text(table: Table, width: int = 100) -> str:
    """A table as plain text, without colours, at most `width` columns wide."""
    stream = io.StringIO()
    Console(file=stream, width=width, force_terminal=False, color_system=None, legacy_windows=False).print(
        table
    )
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def _ranking_heads(reading: Reading) -> list[str]:
    unit = wrap(unit_of(reading.currency), 10, 2)
    spread = ["95% interval", "best with\nprobability"] if reading.replicates > 1 else []
    return [
        "arm",
        f"change of\nprofit,\n{unit}",
        *spread,
        "rewards,\nowed\nincluded",
        "return\nper 1\nspent",
        "break-even",
    ]


def _ranking_rows(reading: Reading) -> list[list[str]]:
    rows = []
    for arm in reading.arms:
        profit = reading.profit(arm)
        row = [short(arm, 40), brief(profit.mean, sign=True, plain=True)]
        if reading.replicates > 1:
            row += [
                interval(profit.low, profit.high, plain=True),
                chance(reading.p_best(arm), reading.replicates),
            ]
        back = reading.estimate(arm, "return_on_reward").mean
        row += [
            brief(reading.estimate(arm, "reward_cost").mean, plain=True),
            number(back, plain=True),
            break_even(reading, arm),
        ]
        rows.append(row)
    return rows


def _foot(reading: Reading) -> str:
    if reading.replicates < 2:
        return "One replicate: no intervals and no probabilities."
    return f"95% intervals over {reading.replicates} paired replicates{doubt(reading)}; best: more than every other arm and than doing nothing."


def _line(words: str) -> Text:
    """Text that is no markup, with the hyphen of the keyboard for a minus."""
    return Text(words.replace(MINUS, "-"))


def _escaped(line: str) -> str:
    """Text that markdown does not take for a table, a link or HTML."""
    for mark in "\\|`*[]":
        line = line.replace(mark, f"\\{mark}")
    return line.replace(MINUS, "-").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
