"""Reads a transaction log from a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.panels.columns import find_columns
from regulars.panels.panel import Panel
from regulars.panels.problems import Problems
from regulars.panels.sources import Source, open_source
from regulars.panels.times import Times, read_times
from regulars.panels.values import read_names, read_numbers

OWN = "own"
DUPLICATES = ("error", "drop", "keep")


def read(
    path: str | Path,
    columns: Mapping[str, str] | None = None,
    *,
    currency: str | None = None,
    name: str | None = None,
    date_format: str | None = None,
    delimiter: str | None = None,
    duplicates: str = "error",
) -> Panel:
    """Read a log of purchases: CSV or TSV (plain, .gz or .zip) or Parquet.

    Needed are a customer, a time and an amount per purchase; a firm (or brand), a unit price and a quantity are used
    where present. Columns are found under their usual names, whatever the case, or mapped by the caller. A log without
    a firm column is one firm's and names it ``own``. Nothing is left out silently: ``Panel.notes`` counts it.

    Args:
        path: the file.
        columns: our name to the file's, as in ``{"customer": "household", "amount": "net_sales"}``.
        currency: label of the money, as in ``"EUR"``.
        name: what to call the panel; the file's name by default.
        date_format: a ``strptime`` format, or ``"unix"`` for seconds since 1970; ISO 8601 needs none.
        delimiter: what separates fields; a comma by default, a tab in .tsv files.
        duplicates: what to do with rows that repeat another row in every column: ``"error"``, ``"drop"`` or ``"keep"``.

    Returns:
        The panel: time in days since midnight of the first date, amounts in ``currency``.

    Raises:
        RegularsError: names every kind of problem at once, each with up to five row numbers and values. Rows are those
            of the file: the header is line 1 (in Parquet, the first record is row 1).
    """
    if duplicates not in DUPLICATES:
        raise RegularsError(f"duplicates={duplicates!r}: choose one of {', '.join(DUPLICATES)}")
    source = open_source(path, delimiter)
    found, notes, faults = find_columns(source.header, columns, source.place)
    if faults:
        problems = Problems(source.place, np.empty(0, dtype=int))
        problems.told = faults
        problems.raise_if_any()
    notes = [*source.notes, *notes]
    raw = source.columns(list(found.values()))
    raw, rows = _without_blank_lines(raw, source.rows, notes)
    if not len(raw) and not source.faults:
        raise RegularsError(f"{source.place}: a header but no purchases below it")
    problems = Problems(source.place, rows)
    problems.told += source.faults
    table, times = _table(raw, found, date_format, problems, notes)
    repeated = _repeated(raw, source, notes) if duplicates != "keep" else np.zeros(len(raw), dtype=bool)
    if duplicates == "error":
        advice = "rows repeat an earlier row in every column: pass duplicates='drop' if they are copies, or 'keep' if they are separate purchases"
        problems.rows_where(repeated, advice)
    problems.raise_if_any()
    if duplicates == "drop" and repeated.any():
        table = table[~repeated]
        notes.append(f"{int(repeated.sum()):,} rows that repeat another were dropped")
    _remark(table, notes)
    return Panel(
        table,
        name=name or Path(path).name.split(".")[0],
        currency=currency,
        dated=times.dated,
        start=times.start,
        notes=(*notes, *times.notes),
    )


def _without_blank_lines(
    raw: pd.DataFrame, rows: np.ndarray, notes: list[str]
) -> tuple[pd.DataFrame, np.ndarray]:
    blank = np.ones(len(raw), dtype=bool)
    for column in raw.columns:
        if not blank.any():
            break
        blank &= (raw[column].isna() | (raw[column].astype("str").str.strip() == "")).to_numpy()
    if not blank.any():
        return raw, rows
    trailing = blank[::-1].argmin() if not blank.all() else len(blank)
    inside = int(blank.sum()) - int(trailing)
    if inside:
        notes.append(f"{inside:,} lines without any value were left out")
    return raw[~blank].reset_index(drop=True), rows[~blank]


def _table(
    raw: pd.DataFrame, found: Mapping[str, str], date_format: str | None, problems: Problems, notes: list[str]
) -> tuple[pd.DataFrame, Times]:
    customer = read_names(raw[found["customer"]], "customer", found["customer"], problems)
    times = read_times(raw[found["time"]], found["time"], date_format, problems)
    if "firm" in found:
        firm = read_names(raw[found["firm"]], "firm", found["firm"], problems)
    else:
        firm = pd.Series(OWN, index=raw.index, dtype="str")
        notes.append(f"no column names a firm: taken as one firm's log, firm {OWN!r}")
    table = pd.DataFrame({"customer": customer, "time": times.values, "firm": firm})
    for field in ("amount", "price", "quantity"):
        if field in found:
            column = found[field]
            table[field] = read_numbers(
                raw[column], field, column, problems, required=field == "amount", positive=field != "amount"
            )
    if "amount" not in found:
        table.insert(3, "amount", table["price"] * table["quantity"])
        problems.rows_where(table["amount"].isna().to_numpy(), "no amount: price or quantity is missing")
        notes.append(f"amount = {found['price']} x {found['quantity']}")
    if "quantity" in found and "price" not in found:
        table["price"] = table["amount"] / table["quantity"]
        notes.append(f"price = {found['amount']} / {found['quantity']}")
    return table, times


def _repeated(raw: pd.DataFrame, source: Source, notes: list[str]) -> np.ndarray:
    """Rows that repeat an earlier one in every column of the file, also in the columns that are not used."""
    repeated = raw.duplicated().to_numpy()
    if repeated.any() and len(source.header) > raw.shape[1]:
        whole = source.columns(source.header)
        whole, _ = _without_blank_lines(whole, source.rows, [])
        if len(whole) == len(raw):
            repeated = whole.duplicated().to_numpy()
    return repeated


def _remark(table: pd.DataFrame, notes: list[str]) -> None:
    free = int((table["amount"] == 0).sum())
    if free:
        notes.append(f"{free:,} purchases have amount 0")
    names = pd.Series(table["firm"].unique())
    alike = names[names.str.casefold().duplicated(keep=False)]
    if len(alike):
        notes.append(f"firms that differ only in case are taken as different: {', '.join(sorted(alike)[:6])}")
    ties = table.groupby(["customer", "time"], sort=False)["firm"].nunique()
    tied = int((ties > 1).sum())
    if tied:
        notes.append(
            f"{tied:,} times a customer buys from several firms at the same time; their order in the file is taken as "
            "the order of purchase (sorted files then fake switching)"
        )
