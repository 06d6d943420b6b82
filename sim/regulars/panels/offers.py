"""Prices of all firms, bought or not: the offers among which customers chose."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.panels.headings import FIELDS, spelled
from regulars.panels.ids import Hashed, Ids
from regulars.panels.names import read_names, tidy
from regulars.panels.numbers import read_numbers
from regulars.panels.problems import Problems
from regulars.panels.reading import Reading
from regulars.panels.sources import open_source
from regulars.panels.times import read_times
from regulars.panels.ways import way

if TYPE_CHECKING:
    from regulars.panels.interpret import Interpreted


MOST = 100_000_000  # rows of a table of offers


def at_purchases(prices: pd.DataFrame, purchases: pd.DataFrame) -> pd.DataFrame:
    """The price of every firm at each time a customer buys: the last one before, or the first where there is none before.

    Raises:
        RegularsError: where that would be more rows than fit into memory.
    """
    trips = purchases[["customer", "time"]].drop_duplicates()
    firms = prices["firm"].unique()
    if len(trips) * len(firms) > MOST:
        raise RegularsError(
            f"offers: {len(trips):,} purchases times {len(firms):,} firms are too many; give fewer firms, or a part of the log"
        )
    whole = trips.merge(pd.DataFrame({"firm": pd.array(firms, dtype="str")}), how="cross").sort_values(
        "time", kind="stable"
    )
    by = [name for name in ("customer", "firm") if name in prices]
    known = prices.sort_values("time", kind="stable")
    found = pd.merge_asof(whole, known, on="time", by=by, direction="backward")
    later = pd.merge_asof(whole, known, on="time", by=by, direction="forward")["price"]
    found["price"] = found["price"].fillna(later)
    return found.dropna(subset="price").sort_values(
        ["customer", "time", "firm"], kind="stable", ignore_index=True
    )


def read_offers(
    offers: Any,
    log: Interpreted,
    start: dt.date | None,
    shift: float,
    reading: Reading,
    ids: Ids | None = None,
) -> pd.DataFrame:
    """A table with ``customer`` (where the file has one), ``time`` on the clock of the log, ``firm`` and ``price``.

    Raises:
        RegularsError: names what is missing or cannot be read, and firms that the log does not know under this name.
    """
    source = open_source(offers, Reading(encoding=None))
    ours: dict[str, str] = {}
    for field in ("customer", "time", "firm", "price"):
        names = [n for tier in FIELDS[field] for n in tier]
        here = [c for c in source.header if spelled(c) in names and c not in ours.values()]
        if here:
            ours[field] = here[0]
        elif field != "customer":
            raise RegularsError(
                f"{source.place}: offers need a time, a firm and a price; there is no {field} among {', '.join(source.header)}"
            )
    if ids is not None and "customer" in ours:
        source = Hashed(source, ours["customer"], ids)
    columns = source.columns(list(ours.values()))
    problems = Problems(source.place, source.rows)
    problems.told += source.faults
    times = read_times(
        columns[ours["time"]], reading if log.times.unit == "order" else reading.but(), problems
    )
    firm = read_names(columns[ours["firm"]], "firm", reading.spellings, problems)
    price = read_numbers(columns[ours["price"]], "price", problems, required=True).values
    problems.rows_where(price <= 0, "price that is not above 0", columns[ours["price"]])
    table = {}
    if "customer" in ours:
        who = read_names(columns[ours["customer"]], "customer", reading.spellings, problems)
        problems.raise_if_any()
        table["customer"] = who.by_row()
    problems.raise_if_any()
    known = {tidy(str(f)).casefold(): str(f) for f in log.firms}
    labels = np.array([known.get(tidy(str(v)).casefold(), str(v)) for v in firm.labels], object)
    strange = sorted(set(labels) - set(log.firms))
    missing = sorted(set(log.firms) - set(labels))
    if missing:
        raise RegularsError(
            f"{source.place}: no prices of {', '.join(map(repr, missing[:5]))}; offers must hold every firm of the log"
            + (f" (they name {', '.join(map(repr, strange[:5]))}, who sold nothing in it)" if strange else "")
        )
    if (times.start is None) != (log.zero is None):
        raise RegularsError(
            f"{source.place}: its times and those of the log are not of one kind (dates, or numbers); write both alike, or {way('unit', 'order')}"
        )
    moved = times.values + (
        (times.start - start).days if times.start is not None and start is not None else 0.0
    )
    frame = pd.DataFrame(
        {**table, "time": moved, "firm": pd.array(labels[firm.codes], dtype="str"), "price": price}
    )
    return frame[frame["firm"].isin(log.firms)].sort_values(
        [*table, "time", "firm"], kind="stable", ignore_index=True
    )
