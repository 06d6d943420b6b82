"""A date whose year, month, day or week stand in columns of their own, as one column."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from regulars.panels.column import Column
from regulars.panels.headings import FIELDS, spelled
from regulars.panels.sources.source import Source

PARTS = {  # headings, and the numbers that such a part may hold
    "year": ("year yr jahr 年 年份".split(), 1900, 2100),
    "month": ("month monat mon 月 月份".split(), 1, 12),
    "day": ("day tag dayofmonth 日".split(), 1, 31),
    "week": ("week weekno weeknumber isoweek weekofyear kw woche kalenderwoche 周 周次".split(), 1, 53),
}
FORMS = {
    ("year", "month", "day"): "{}-{:02d}-{:02d}",
    ("year", "month"): "{}-{:02d}",
    ("year", "week"): "{}-W{:02d}",
}


class Joined(Source):
    """A source in which some columns are one."""

    def __init__(self, inner: Source, parts: dict[str, str], form: str) -> None:
        self.inner, self.parts, self.form = inner, parts, form
        self.name = " + ".join(parts.values())
        header: list[str] = []
        for name in inner.header:
            if name not in parts.values():
                header.append(name)
            elif self.name not in header:
                header.append(self.name)
        super().__init__(inner.place, inner.kind, header)
        self.notes, self.faults, self.settled = inner.notes, inner.faults, inner.settled
        self.notes.append(f"columns {', '.join(parts.values())} are one date")

    def table(self, names: Sequence[str]) -> pa.Table:
        """Columns of the file itself."""
        return self.inner.table(names)

    def glance(self) -> dict[str, Column]:
        """All columns in the first rows."""
        found = self.inner.glance()
        whole = self._join([found[name] for name in self.parts.values()])
        return {
            name: whole if name == self.name else found[name]
            for name in self.header
            if name == self.name or name in found
        }

    def columns(self, names: Sequence[str]) -> dict[str, Column]:
        """These columns as distinct values and codes."""
        wanted = [n for name in names for n in (self.parts.values() if name == self.name else [name])]
        found = self.inner.columns(wanted)
        self.rows = self.inner.rows
        whole = self._join([found[name] for name in self.parts.values()]) if self.name in names else None
        return {
            name: whole if whole is not None and name == self.name else found[name]
            for name in dict.fromkeys(names)
        }

    def _join(self, columns: list[Column]) -> Column:
        key = np.zeros(len(columns[0]), np.int64)
        for column in columns:
            key = key * (len(column.words) + 1) + column.codes.astype(np.int64) + 1
        _, first, codes = np.unique(key, return_index=True, return_inverse=True)
        words = [self._written([column[int(row)] for column in columns]) for row in first]
        return Column(self.name, codes.astype(np.int32), pa.array(words, pa.string()))

    def _written(self, parts: list[str]) -> str:
        try:
            return self.form.format(*(int(float(part)) for part in parts))
        except ValueError:
            return "-".join(parts) if any(parts) else ""


def with_dates_joined(source: Source, mapped: Collection[str]) -> Source:
    """The source with year, month and day (or week) as one column, where no other column holds the date."""
    if "time" in mapped:
        return source
    parts: dict[str, str] = {}
    glance: dict[str, Column] | None = None
    for part, (names, low, high) in PARTS.items():
        for name in source.header:
            if spelled(name) in names and part not in parts:
                glance = source.glance() if glance is None else glance
                if name in glance and _within(glance[name], low, high):
                    parts[part] = name
    others = {n for tier in FIELDS["time"][:3] for n in tier}
    if any(spelled(name) in others and name not in parts.values() for name in source.header):
        return source
    for needed, form in FORMS.items():
        if all(part in parts for part in needed):
            return Joined(source, {part: parts[part] for part in needed}, form)
    return source


def _within(column: Column, low: int, high: int) -> bool:
    values: Any = pd.to_numeric(column.texts[(column.texts != "") & (column.counts > 0)], errors="coerce")
    return (
        bool(len(values)) and bool(values.between(low, high).all()) and bool((values == values.round()).all())
    )
