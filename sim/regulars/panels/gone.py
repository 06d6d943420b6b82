"""What of a log does not count: how many rows, how much money, and what is said where nothing is left."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from regulars.ground.errors import RegularsError
from regulars.panels.account import Change, several, share
from regulars.panels.baskets import sum_of
from regulars.panels.column import Column
from regulars.panels.money import Money
from regulars.panels.numbers import read_numbers
from regulars.panels.problems import Problems
from regulars.panels.reading import Reading
from regulars.panels.rows import BLANK, LeftOut, trailing
from regulars.panels.ways import typed


def nothing_left(place: str, gone: Sequence[LeftOut], reading: Reading) -> RegularsError:
    """The error of a log all of whose rows are left out, by whom, and what was probably meant."""
    why = "" if all(p.kind == "blank" for p in gone) else f": {', '.join(p.why for p in gone)} are left out"
    listed = next(((name, v) for name, values in reading.only.items() for v in values if "," in v), None)
    if listed:
        name, values = listed
        why += f"; {typed('only', {name: values.split(',')})} asks for several values"
    return RegularsError(f"{place}: a header but no purchases below it{why}")


def what_changed(
    gone: list[LeftOut], columns: dict[str, Column], ours: dict[str, str], reading: Reading, money: Money,
    again: NDArray[np.bool_], before: NDArray[np.bool_],
) -> tuple[list[Change], float]:  # fmt: skip
    """What was left out, with its money, and the money of all rows that state a purchase."""
    turned = sum(c.money for c in money.changes)
    whole = sum_of(money.amount) - turned
    changes = []
    for part in gone:
        n = int(part.rows.sum())
        if part.kind == "blank":
            inside = n - trailing(part.rows)
            if inside:
                changes.append(Change("blank", inside, 0.0, f"{inside:,} {BLANK} were left out"))
            continue
        lost = 0.0 if part.kind == "total" else _money_of(part, columns, ours, reading)
        whole += lost
        changes.append(
            Change(
                part.kind,
                n,
                -lost,
                f"{several(n, 'row')} left out: {part.why}" + (f" ({lost:,.2f})" if lost else ""),
            )
        )
    if again.any():
        n, lost = int(again.sum()), sum_of(money.amount[again])
        changes.append(
            Change(
                "duplicates",
                n,
                -lost,
                f"{several(n, 'row that repeats', 'rows that repeat')} another were dropped ({share(lost, whole)} of the money)",
            )
        )
    if before.any():
        n, lost = int(before.sum()), sum_of(money.amount[before & ~again])
        said = " ".join(
            [f"before {reading.since}"] * bool(reading.since)
            + ["or"] * bool(reading.since and reading.until)
            + [f"after {reading.until}"] * bool(reading.until)
        )
        changes.append(
            Change(
                "outside",
                n,
                -lost,
                f"{several(n, 'row')} {said} left out ({share(lost, whole)} of the money)",
            )
        )
    return [*changes, *money.changes], whole


def _money_of(part: LeftOut, columns: dict[str, Column], ours: dict[str, str], reading: Reading) -> float:
    """Money of rows that do not count, as far as it can be read."""
    scratch = Problems("", np.arange(int(part.rows.sum())))
    values = [
        read_numbers(
            columns[ours[f]].where(part.rows),
            f,
            scratch,
            decimal=reading.decimal,
            thousands=reading.thousands,
            unreadable=np.nan,
        ).values
        for f in (("amount",) if "amount" in ours else ("price", "quantity"))
    ]
    amounts = np.prod(values, axis=0)
    return sum_of(amounts[np.isfinite(amounts)])
