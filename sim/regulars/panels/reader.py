"""Reads a log of purchases, whatever it is, into a panel with an account of how that was done."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import NoneType
from typing import Any

import numpy as np
import pandas as pd

from regulars.ground.calls import well_called
from regulars.ground.errors import RegularsError, shown
from regulars.panels.account import Account, Change, several, share
from regulars.panels.baskets import add_up, sum_of, within_periods
from regulars.panels.column import named
from regulars.panels.ids import Ids
from regulars.panels.interpret import interpret
from regulars.panels.odd import look
from regulars.panels.offers import at_purchases, read_offers
from regulars.panels.panel import Panel
from regulars.panels.problems import Problems
from regulars.panels.reading import Reading
from regulars.panels.returns import net
from regulars.panels.sources import open_source
from regulars.panels.ways import way, ways
from regulars.panels.window import settled

OWN = "own"


@well_called
def read(
    log: Any,
    columns: Mapping[str, str] | None = None,
    *,
    reading: Reading | str | Path | None = None,
    offers: Any = None,
    name: str | None = None,
    hash_ids: str | None = None,
    **options: Any,
) -> Panel:
    """Read a log of purchases: CSV and its like (plain, .gz or .zip), Parquet, Excel, or a table in memory.

    Needed are a customer, a time and an amount per line; a firm (or brand), a unit price, a quantity and a receipt are used where
    present. Columns are found under their usual English, Chinese and German names, or mapped. Lines of one customer, time (or
    receipt) and firm are one purchase. Nothing is left out, merged or guessed silently: ``Panel.account`` tells it whole,
    ``Panel.notes`` in sentences, and ``Panel.oddities`` what looks odd.

    Args:
        log: path of a file, or a table of pandas, polars or Arrow.
        columns: our name to the file's, as in ``{"customer": "household", "amount": "net_sales"}``; ``""`` for no column.
        reading: choices made before, a ``Reading`` or the path of one.
        offers: prices of all firms at each purchase, a path or a table with time, firm and price, and customer where they differ.
        name: what to call the panel; the file's name by default.
        hash_ids: a key with which customers' ids are replaced by a hash, before anything is told of them.
        options: choices of a ``Reading``, such as ``currency="EUR"``, ``returns="net"``, ``duplicates="drop"``, ``date_format="unix"``.

    Returns:
        The panel: time in days since midnight of the first date, amounts in ``currency``.

    Raises:
        RegularsError: names every kind of problem at once, each with up to five row numbers and values, and the options that help.
            Rows are those of the file: the header is line 1 (in Parquet, the first record is row 1).
    """
    if columns is not None and not isinstance(columns, Mapping):
        raise RegularsError(
            f"columns = {shown(columns)} will not do: a table from our name to the file's is needed, as in {{'amount': 'net_sales'}}"
        )
    if reading is not None and not isinstance(reading, (Reading, str, os.PathLike)):
        raise RegularsError(
            f"reading = {shown(reading)} will not do: a Reading is needed, or the path of one"
        )
    if not isinstance(name, (str, NoneType)):
        raise RegularsError(f"name = {shown(name)} will not do: a text is needed")
    chosen = (
        reading if isinstance(reading, Reading) else Reading() if reading is None else Reading.load(reading)
    )
    if columns:
        options["columns"] = {**chosen.columns, **columns}
    chosen = chosen.but(**options)
    source = open_source(log, chosen)
    ids = None if hash_ids is None else Ids(hash_ids)
    found = interpret(source, chosen, ids)
    changes = list(found.changes)
    lines = found.lines
    amounts = lines.amount
    lines = add_up(lines, chosen.purchase)
    if len(lines) < len(amounts):
        what = {
            "receipt": "receipt (or time) and firm" if found.receipts else "time and firm",
            "day": "day and firm",
        }[chosen.purchase]
        changes.append(
            Change("lines", len(amounts) - len(lines), 0.0, f"{several(len(amounts), 'line')} are {several(len(lines), 'purchase')}: lines of one customer, {what} add up; {ways('purchase', 'line')} takes each line as one")
        )  # fmt: skip
    problems = Problems(source.place, found.numbers)
    lines, returned = _without_returns(lines, chosen, problems)
    changes += returned
    problems.raise_if_any()
    lines, zeros, remarks = _zeros(lines, chosen)
    changes += zeros
    if not len(lines):
        raise RegularsError(f"{source.place}: no purchases are left once all that does not count is left out")
    times = found.times
    times.values, times.period = lines.time, lines.period
    start, shift, days = settled(times, np.ones(len(lines), bool), chosen)
    time = within_periods(lines) - shift if lines.period is not None else lines.time - shift
    table = pd.DataFrame(
        {"customer": named(found.customers.labels, lines.customer), "time": time, "firm": named(found.firms, lines.firm), "amount": lines.amount}
    )  # fmt: skip
    for field in ("price", "quantity"):
        if getattr(lines, field) is not None:
            table[field] = getattr(lines, field)
    if lines.price is None and lines.quantity is not None:
        table["price"] = table["amount"] / table["quantity"].where(table["quantity"] > 0)
    panel = Panel(
        table, name=name or found.name, currency=found.currency, dated=times.dated, start=start, days=days,
        offers=None if offers is None else at_purchases(read_offers(offers, found, start, shift, chosen, ids), table),
    )  # fmt: skip
    if found.opportunities is not None:
        every = found.opportunities.assign(time=found.opportunities["time"] - shift)
        every = every[(every["time"] >= 0) & (every["time"] < panel.days)]
        if pd.api.types.is_integer_dtype(table["customer"]):
            every["customer"] = every["customer"].astype(table["customer"].dtype)
        panel = replace(panel, opportunities=every)
        remarks = [
            *remarks,
            f"{several(len(every), 'opportunity', 'opportunities')}, {int((~every['bought']).sum()):,} of them without a purchase",
        ]
    if panel.offers is not None:
        remarks = [*remarks, "prices of all firms are those of the offers: each holds until the next one"]
    if found.currency is None:
        remarks = [*remarks, f"nothing names the currency of the amounts; {way('currency', 'EUR')} does"]
    if ids is not None:
        remarks = [*remarks, "ids of customers are replaced by a keyed hash"]
    odd = look(panel, found)
    account = Account(
        source.place, source.kind, found.rows, found.money, len(panel), sum_of(lines.amount), len(panel.customers),
        len(panel.firms), panel.days, start, found.currency, found.uses, tuple(changes), (*found.remarks, *remarks), found.settled, odd,
    )  # fmt: skip
    return panel.told(account)


def _without_returns(lines: Any, reading: Reading, problems: Problems) -> tuple[Any, list[Change]]:
    """Purchases whose money is below zero are returns."""
    back = lines.amount < 0
    if not back.any():
        return lines, []
    money = sum_of(lines.amount[back])
    n = int(back.sum())
    sold = sum_of(lines.amount[~back])
    if reading.returns == "refuse":
        rows = np.isin(problems.rows, lines.row[back])
        shown = pd.Series("", index=range(len(problems.rows)))
        shown[rows] = np.array(_money_at(lines, back, problems.rows[rows]), dtype=object)
        problems.rows_where(
            rows,
            f"{several(n, 'negative amount')} ({share(-money, sold)} of the money): returns?",
            shown,
            f"{ways('returns', 'net', 'drop')}; net takes them out of the purchases they belong to, drop leaves them out",
        )
        return lines, []
    if reading.returns == "drop":
        return lines.take(~back), [
            Change(
                "returns",
                n,
                -money,
                f"{several(n, 'return')} left out ({-money:,.2f}, {share(-money, sold)} of the money)",
            )
        ]
    netted = net(lines)
    sentence = (
        f"{several(n, 'return')} taken out of the purchases they belong to ({-money - netted.unmatched_money:,.2f}): "
        f"{several(netted.cancelled, 'purchase')} cancelled, {netted.lowered:,} lowered"
    )
    changes = [Change("returns", n - netted.unmatched, 0.0, sentence)]
    if netted.unmatched:
        changes.append(
            Change("unmatched returns", netted.unmatched, netted.unmatched_money, f"{several(netted.unmatched, 'return')} left out ({netted.unmatched_money:,.2f}): their purchases lie before the log, or with other customers")
        )  # fmt: skip
    return netted.lines, changes


def _money_at(lines: Any, back: Any, rows: Any) -> list[str]:
    by_row = dict(zip(lines.row[back].tolist(), lines.amount[back].tolist(), strict=True))
    return [f"{by_row[int(r)]:g}" for r in rows]


def _zeros(lines: Any, reading: Reading) -> tuple[Any, list[Change], list[str]]:
    zero = lines.amount == 0
    n = int(zero.sum())
    if not n:
        return lines, [], []
    if reading.zero_amounts == "drop":
        return (
            lines.take(~zero),
            [
                Change(
                    "zero amounts",
                    n,
                    0.0,
                    f"{several(n, 'purchase')} of amount 0 left out ({share(n, len(lines))})",
                )
            ],
            [],
        )
    return (
        lines,
        [],
        [f"{several(n, 'purchase has', 'purchases have')} amount 0 ({share(n, len(lines))} of them)"],
    )
