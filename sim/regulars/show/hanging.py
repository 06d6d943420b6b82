"""What an answer hangs on, in words and rows: uncertain inputs that move it, where its interval comes from, what knowing would be worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.ground.numbers import brief, interval, money, percent, precise, unit_of
from regulars.lab.decision.information import EVERYTHING
from regulars.lab.said import FIXED, assumed_in_words
from regulars.world.calendar import DAYS_A_YEAR

if TYPE_CHECKING:
    from regulars.show.reading import Reading

MOST = 8  # inputs told one by one
CENT = 0.005  # currency units a year that would be told as nothing


@dataclass(frozen=True)
class Hanging:
    """What the answer on one arm hangs on.

    Attributes:
        arm: its name.
        message: the finding in one sentence.
        note: why nothing can be told; empty where it can.
        tornado, sources, worth: as `Comparison.hangs_on`, `interval_from` and `value_of_information` give them, firms by name (`name` has
            the input's own); None where nothing can be told.
        assumed: what the answer assumes, in sentences.
    """

    arm: str
    message: str
    note: str = ""
    tornado: pd.DataFrame | None = None
    sources: pd.DataFrame | None = None
    worth: pd.DataFrame | None = None
    assumed: tuple[str, ...] = ()


def hanging(reading: Reading) -> Hanging:
    """What the answer on the best arm hangs on, or why that cannot be told."""
    comparison, arm = reading.comparison, reading.best
    assumed = tuple(assumed_in_words(comparison.scenario, comparison.arms))
    if comparison.inputs.empty:
        return Hanging(arm, FIXED, FIXED, assumed=assumed[1:])
    try:
        found = comparison.hangs_on(arm)
        sources, worth = comparison.interval_from(arm), comparison.value_of_information()
    except RegularsError as error:
        why = f"{str(error)[0].upper()}{str(error)[1:]}."
        return Hanging(arm, "What the answer hangs on cannot be told yet", why, assumed=assumed)
    firms = [firm.name for firm in comparison.scenario.spec.firms]
    found = found.assign(name=found["input"], input=[called(str(name), firms) for name in found["input"]])
    worth = worth.assign(what=[called(str(what), firms) for what in worth["what"]])
    return Hanging(arm, message(found), "", found, sources, worth, assumed)


def called(name: str, firms: Sequence[str]) -> str:
    """A dotted name with the firm's own name in place of its number, which `--set` takes as well."""
    steps = name.split(".")
    if steps[0] == "firms" and len(steps) > 2 and steps[1].isdigit() and int(steps[1]) < len(firms):
        steps[1] = firms[int(steps[1])]
    return ".".join(steps)


def message(tornado: pd.DataFrame) -> str:
    """The input that moves the answer most, and where it turns; nothing is named that cannot be told from chance."""
    clear = tornado[tornado["clear"]]
    if clear.empty:
        return "No single uncertain input moves the answer by more than chance"
    first: Any = clear.iloc[0]
    told = f"The answer hangs most on {first['input']}"
    if first["pays"]:
        return f"{told}: it pays {first['pays']} {precise(first['turns_at'])}{_between(first)}, on average"
    return (
        f"{told}, and pays on average at all its likely values"
        if first["at_low"] > 0 and first["at_high"] > 0
        else told
    )


def _between(row: Any) -> str:
    if not np.isfinite([row["turns_low"], row["turns_high"]]).all():
        return ""
    return f" (95% interval {precise(row['turns_low'])} to {precise(row['turns_high'])})"


def sides(found: Hanging) -> list[str]:
    """Where the mean change passes zero, input by input: `where NAME is above 0.42`; only what can be told from chance."""
    if found.tornado is None:
        return []
    return [
        f"where {row['input']} is {row['pays']} {precise(row['turns_at'])}"
        for row in found.tornado.to_dict("records")
        if row["pays"]
    ]


def shares(found: Hanging) -> list[tuple[str, float]]:
    """Shares of the interval by source, the largest first."""
    if found.sources is None:
        return []
    rows = [(str(row["source"]), max(float(row["share"]), 0.0)) for row in found.sources.to_dict("records")]
    return sorted(rows, key=lambda row: -row[1])


def input_rows(reading: Reading, found: Hanging) -> list[dict[str, str]]:
    """Rows of the inputs that move the answer most: range, profit at its ends, and where it turns."""
    from regulars.scenario.declared import declared

    if found.tornado is None:
        return []
    known = declared(reading.comparison.scenario.spec)
    rows = []
    for row in found.tornado.head(MOST).to_dict("records"):
        about = known.get(str(row["name"]))
        turns = f"{row['pays']} {precise(row['turns_at'])}{_between(row)}" if row["pays"] else ""
        rows.append({
            "input": str(row["input"]), "meaning": about.meaning if about else "", "unit": about.unit.replace("currency", unit_of(reading.currency)) if about else "",
            "range": f"{precise(row['low'])} to {precise(row['high'])}",
            "low": brief(row["at_low"], sign=True), "high": brief(row["at_high"], sign=True),
            "pays": turns or ("" if row["clear"] else "within chance"),
        })  # fmt: skip
    return rows


def source_rows(found: Hanging) -> list[tuple[str, str]]:
    """Where the interval comes from: source and share."""
    if found.sources is None:
        return []
    return [
        (str(row["source"]), f"{percent(row['share'])} (±{percent(1.96 * row['se'])})")
        for row in found.sources.to_dict("records")
    ]


def worth_lines(reading: Reading, found: Hanging) -> list[str]:
    """What it would be worth to know, a year, for everything and for the inputs that are worth most."""
    if found.worth is None:
        return []
    yearly = DAYS_A_YEAR / float(reading.comparison.scenario.spec.market.days)
    lines = []
    for row in found.worth.to_dict("records"):
        value, error = row["value"] * yearly, row["se"] * yearly
        what = "all uncertain inputs" if row["what"] == EVERYTHING else str(row["what"])
        if row["kind"] == "group" or (row["kind"] == "input" and value <= max(2 * error, CENT)):
            continue
        if row["what"] == EVERYTHING and value <= 0:
            return [
                "Knowing the uncertain inputs would not change what to do, as far as these replicates tell."
            ]
        span = interval(max(value - 1.96 * error, 0.0), value + 1.96 * error)
        lines.append(
            f"Knowing {what} before deciding is worth up to {money(value, reading.currency)} a year (95% interval {span})."
        )
    return lines[: MOST // 2]
