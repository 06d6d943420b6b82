"""The outcome of a pilot: read from a small table, a row a customer or a row a group."""

from __future__ import annotations

import csv
import io
import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from regulars.ground.alike import nearest
from regulars.ground.errors import RegularsError, shown
from regulars.lab.pilot.takings import MEASURES

TREATMENT, HOLDOUT = "treatment", "holdout"
GROUPS = (TREATMENT, HOLDOUT)
BY_CUSTOMER = ("customer", "group", "value")
BY_GROUP = ("group", "customers", "mean", "sd")
WANTED = f"wanted: a row a customer ({', '.join(BY_CUSTOMER)}) or a row a group ({', '.join(BY_GROUP)}), and perhaps a column measure"


@dataclass(frozen=True)
class Group:
    """One group of a pilot: how many customers, mean and standard deviation between them, per customer over the whole pilot."""

    customers: int
    mean: float
    sd: float


@dataclass(frozen=True)
class Outcome:
    """What a pilot has found: both groups, per customer in the unit of the measure."""

    treatment: Group
    holdout: Group

    @property
    def difference(self) -> float:
        """Mean of those treated less mean of those held out."""
        return self.treatment.mean - self.holdout.mean

    @property
    def variance(self) -> float:
        """Of the difference: s_t^2 / n_t + s_h^2 / n_h."""
        return sum(group.sd**2 / group.customers for group in (self.treatment, self.holdout))


def outcome(table: Any, measure: str) -> Outcome:
    """The outcome of a pilot from a CSV file or a table with its columns.

    Args:
        table: path of a CSV file in UTF-8, or a pandas DataFrame.
        measure: which rows to take where there is a column `measure`.

    Raises:
        RegularsError: with the row (the line of the file) that is wrong, what stands there and what would be right.
    """
    name, rows = _rows(table)
    head = list(rows[0][1]) if rows else []
    if not rows:
        raise RegularsError(f"{name}: there is no row in it; {WANTED}")
    whole = next((kind for kind in (BY_CUSTOMER, BY_GROUP) if set(kind) <= set(head)), None)
    if whole is None:
        near = min((BY_CUSTOMER, BY_GROUP), key=lambda kind: len(set(kind) - set(head)))
        missing = [column for column in near if column not in head]
        raise RegularsError(
            f"{name}: there is no column {shown(missing[0])}; {nearest(missing[0], head)}; {WANTED}"
        )
    rows = _of_measure(name, rows, measure)
    return _by_customer(name, rows) if whole is BY_CUSTOMER else _by_group(name, rows)


Row = tuple[str, Mapping[str, Any]]  # where it stands, and its cells


def _rows(table: Any) -> tuple[str, list[Row]]:
    """The name of a table, and its rows with the place of each."""
    if hasattr(table, "to_dict") and hasattr(table, "columns"):
        records = table.to_dict("records")
        return "pilot", [(f"row {k}", row) for k, row in enumerate(records)]
    if not isinstance(table, (str, os.PathLike)):
        raise RegularsError(
            f"pilot = {shown(table)} will not do: the path of a CSV file or a table is needed"
        )
    path = Path(table)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise RegularsError(f"{path}: there is no such file; {WANTED}") from None
    except UnicodeDecodeError:
        raise RegularsError(f"{path}: a CSV file in UTF-8 is needed, this is not") from None
    except OSError as error:
        raise RegularsError(f"{path}: {(error.strerror or str(error)).lower()}") from None
    reader = csv.DictReader(io.StringIO(text, newline=""), skipinitialspace=True)
    found: list[Row] = []
    try:
        for row in reader:
            place = f"line {reader.line_num}"
            if None in row or None in row.values():
                raise RegularsError(
                    f"{path}, {place}: this row has not as many cells as the first line has names ({', '.join(reader.fieldnames or ())})"
                )
            found.append((place, {str(key).strip(): value for key, value in row.items()}))
    except csv.Error as error:
        raise RegularsError(f"{path}, line {reader.line_num}: no row of a CSV file ({error})") from None
    return str(path), found


def _of_measure(name: str, rows: list[Row], measure: str) -> list[Row]:
    """The rows of one measure."""
    if "measure" not in rows[0][1]:
        return rows
    for place, row in rows:
        if row["measure"] not in MEASURES:
            raise RegularsError(
                f"{name}, {place}: measure = {shown(row['measure'])} is none; {nearest(str(row['measure']), MEASURES)}"
            )
    found = [(place, row) for place, row in rows if row["measure"] == measure]
    if not found:
        there = ", ".join(dict.fromkeys(str(row["measure"]) for _, row in rows))
        raise RegularsError(
            f"{name}: there is no row of the measure {measure}; there is {there} (measure=..., --measure)"
        )
    return found


def _group(name: str, place: str, row: Mapping[str, Any]) -> str:
    group = str(row["group"]).strip()
    if group not in GROUPS:
        raise RegularsError(
            f"{name}, {place}: group = {shown(row['group'])} is none; {nearest(group, GROUPS)}"
        )
    return group


def _number(name: str, place: str, row: Mapping[str, Any], column: str, low: float = -math.inf) -> float:
    try:
        value = float(row[column])
    except (TypeError, ValueError):
        value = math.nan
    if not (math.isfinite(value) and value >= low) or isinstance(row[column], bool):
        bound = "" if math.isinf(low) else f" of {low:g} or above"
        raise RegularsError(f"{name}, {place}: {column} = {shown(row[column])}; a number{bound} is needed")
    return value


def _by_customer(name: str, rows: Iterable[Row]) -> Outcome:
    """Groups from a row a customer."""
    values: dict[str, list[float]] = {group: [] for group in GROUPS}
    known: dict[str, str] = {}
    for place, row in rows:
        customer = str(row["customer"])
        if customer in known:
            raise RegularsError(
                f"{name}, {place}: customer {shown(customer)} stands in {known[customer]} already; one row a customer is needed, "
                "with all that they brought over the pilot"
            )
        known[customer] = place
        values[_group(name, place, row)].append(_number(name, place, row, "value"))
    for group, found in values.items():
        if len(found) < 2:
            raise RegularsError(
                f"{name}: the group {group} has {len(found)} customers; two or more are needed, and of both groups"
            )
    made = [Group(len(v), float(np.mean(v)), float(np.std(v, ddof=1))) for v in values.values()]
    return _varying(name, Outcome(*made))


def _by_group(name: str, rows: Iterable[Row]) -> Outcome:
    """Groups from a row a group."""
    found: dict[str, Group] = {}
    for place, row in rows:
        group = _group(name, place, row)
        if group in found:
            raise RegularsError(
                f"{name}, {place}: there is a row of {group} already; one row a group is needed"
            )
        customers = _number(name, place, row, "customers", 2.0)
        if customers != int(customers):
            raise RegularsError(
                f"{name}, {place}: customers = {customers:g}; a whole number of 2 or above is needed"
            )
        mean, sd = _number(name, place, row, "mean"), _number(name, place, row, "sd", 0.0)
        found[group] = Group(int(customers), mean, sd)
    for group in GROUPS:
        if group not in found:
            raise RegularsError(f"{name}: there is no row of the group {group}; both groups are needed")
    return _varying(name, Outcome(found[TREATMENT], found[HOLDOUT]))


def _varying(name: str, found: Outcome) -> Outcome:
    """An outcome with an error; one without could not be weighed."""
    if found.variance == 0:
        raise RegularsError(
            f"{name}: all customers of both groups have the same value, so that nothing tells how sure the difference is"
        )
    return found
