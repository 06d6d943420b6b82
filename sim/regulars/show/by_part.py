"""Short tables for the terminal of results by month, by segment and by uncertain input: the best arm against the control."""

from __future__ import annotations

from typing import Any

import pandas as pd
from rich import box
from rich.table import Table
from rich.text import Text

from regulars.ground.lines import clean, short
from regulars.ground.numbers import brief, count, interval, precise, unit_of
from regulars.show.reading import Reading

MOST = 15  # uncertain inputs told one by one; all are in the file
ONE_WAY = {"by_month": "month", "by_segment": "segment"}


def drawn(name: str, table: pd.DataFrame, reading: Reading) -> Table:
    """One table of `regulars compare --by` or `--tornado`, of the best arm; the file of this name has all arms.

    Args:
        name: by_month, by_segment or tornado.
        table: as of `Comparison.by_month`, `Comparison.by_segment` or `lab.decision.one_at_a_time.beside`.
        reading: of the comparison.
    """
    arm, unit = short(reading.best, 40), unit_of(reading.currency)
    if name == "tornado":
        return _tornado(table, arm, unit)
    of_arm = table[table["arm"] == reading.best]
    money = "contribution" if name == "by_segment" else "profit"
    terms: Any = table.iloc[0]
    shown = _empty(f"{arm} against the control by {ONE_WAY[name]}, {unit}", _terms(terms, name))
    shown.add_column(ONE_WAY[name])
    for head in ("customers",) if name == "by_segment" else ("days",):
        shown.add_column(head, justify="right", no_wrap=True)
    for head in (f"change of\n{money}", "95% interval", "of\nrevenue", "of\npurchases"):
        shown.add_column(head, justify="right")
    place = ["by", "segment"] if name == "by_segment" else ["month"]
    for at, rows in of_arm.groupby(place, sort=False):
        values: Any = rows.set_index("metric").T
        gain = values[f"incremental_{money}"]
        where = ": ".join(map(str, at)) if name == "by_segment" else str(at[0])
        size = (
            count(gain["customers"], plain=True)
            if name == "by_segment"
            else f"{gain['from_day']}-{gain['to_day']}"
        )
        changes = (values.get(f"incremental_{metric}") for metric in ("revenue", "purchases"))
        more = ["" if change is None else _told(change["mean"]) for change in changes]
        band = interval(gain["low"], gain["high"], plain=True)
        shown.add_row(Text(clean(where)), size, _told(gain["mean"]), band, *more)
    return shown


def _tornado(table: pd.DataFrame, arm: str, unit: str) -> Table:
    shown = _empty(
        f"{arm}: change of profit with one input at its 5% and 95% point, {unit}",
        "All others at their means, same seeds. By regression: over the replicates, all others as drawn.",
    )
    shown.add_column("input", overflow="fold", ratio=1)
    for head in ("from", "to", "profit there", "and there", "swing", "by regression"):
        shown.add_column(head, justify="right", no_wrap=head != "by regression")
    for row in table.head(MOST).to_dict("records"):
        other = row["swing_by_regression"]
        shown.add_row(
            Text(clean(row["input"])), precise(row["low"], plain=True), precise(row["high"], plain=True), _told(row["at_low"]),
            _told(row["at_high"]), _told(row["swing"]), _told(other) if other == other else "",
        )  # fmt: skip
    return shown


def _terms(row: Any, name: str) -> str:
    """On what terms the numbers are: chain, discounting."""
    chain = f"{row['scale']:g} stores, taken to be all like this one. " if row["scale"] != 1 else ""
    if name == "by_segment":
        return f"{chain}The same people in all arms, told apart by the first part of the control's run. Not discounted."
    rate = row["discount_rate"]
    return f"{chain}Months of 30.4 days. " + (
        f"Discounted at {100 * rate:g}% a year." if rate else "Not discounted."
    )


def _told(value: float) -> str:
    return brief(value, sign=True, plain=True)


def _empty(title: str, caption: str) -> Table:
    return Table(
        title=Text(title), title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False,
        caption=Text(caption), caption_justify="left",
    )  # fmt: skip
