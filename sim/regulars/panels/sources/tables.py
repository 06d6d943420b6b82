"""Tables that know their types: Parquet files, and frames of pandas, polars and Arrow."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from regulars.ground.errors import RegularsError
from regulars.panels.column import Column, column_of
from regulars.panels.sources.source import GLANCE, Source

IN_MEMORY = "the table"  # what a table without a file is called


class Table(Source):
    """A table in memory."""

    first = 1

    def __init__(self, place: str, kind: str, table: pa.Table) -> None:
        super().__init__(place, kind, table.column_names)
        self.whole = table

    def table(self, names: Sequence[str]) -> pa.Table:
        """These columns; the first record is row 1."""
        self.rows = np.arange(self.first, self.first + len(self.whole))
        return self.whole.select(list(names))

    def glance(self) -> dict[str, Column]:
        """All columns in the first rows that can be told apart."""
        return _glance(self.whole.slice(0, GLANCE))


class ParquetFile(Source):
    """A Parquet file; only the columns asked for are read."""

    def table(self, names: Sequence[str]) -> pa.Table:
        """These columns; the first record is row 1."""
        from pyarrow import parquet

        try:
            table = parquet.read_table(self.place, columns=list(names))
        except (pa.ArrowException, OSError) as error:
            if isinstance(error, MemoryError):
                raise
            raise RegularsError(
                f"{self.place}: a damaged Parquet file ({str(error).splitlines()[0]})"
            ) from None
        self.rows = np.arange(1, 1 + len(table))
        return table

    def glance(self) -> dict[str, Column]:
        """All columns in the first rows."""
        from pyarrow import parquet

        try:
            with parquet.ParquetFile(self.place) as file:
                batch = next(file.iter_batches(GLANCE), None)
        except (pa.ArrowException, OSError) as error:
            raise RegularsError(
                f"{self.place}: a damaged Parquet file ({str(error).splitlines()[0]})"
            ) from None
        return {} if batch is None else _glance(pa.Table.from_batches([batch]))


def _glance(table: pa.Table) -> dict[str, Column]:
    found = {}
    for name in table.column_names:
        try:
            found[name] = column_of(name, table.column(name))
        except pa.ArrowException:
            continue
    return found


def open_parquet(place: Path) -> ParquetFile:
    """Open a Parquet file."""
    from pyarrow import parquet

    try:
        names = parquet.read_schema(place).names
    except (pa.ArrowException, OSError) as error:
        raise RegularsError(f"{place}: not a readable Parquet file ({str(error).splitlines()[0]})") from error
    return ParquetFile(
        str(place), "Parquet", [str(n) for n in names if not str(n).startswith("__index_level_")]
    )


def open_frame(frame: Any, place: str = IN_MEMORY) -> Table:
    """Open a table in memory: of Arrow, of pandas, or whatever turns itself into one of them.

    Raises:
        RegularsError: for what is no table.
    """
    if isinstance(frame, (pa.Table, pa.RecordBatch)):
        table = pa.Table.from_batches([frame]) if isinstance(frame, pa.RecordBatch) else frame
        return Table(place, "Arrow table", _unique(table, place))
    if isinstance(frame, pd.DataFrame):
        return Table(place, "pandas frame", _from_pandas(frame, place))
    for name in ("to_arrow", "to_pandas"):
        turn = getattr(frame, name, None)
        if callable(turn):
            kind = f"frame of {type(frame).__module__.split('.')[0]}"
            opened = open_frame(turn(), place)
            opened.kind = kind
            return opened
    if hasattr(frame, "__arrow_c_stream__"):
        return Table(place, "Arrow stream", _unique(pa.table(frame), place))
    raise RegularsError(
        f"a log is the path of a file or a table of pandas, polars or Arrow, not a {type(frame).__name__}"
    )


def _from_pandas(frame: pd.DataFrame, place: str) -> pa.Table:
    named = frame.index.names if any(n is not None for n in frame.index.names) else None
    if named:
        frame = frame.reset_index()
    columns = {}
    for k, name in enumerate(frame.columns):
        if str(name) in columns:
            raise RegularsError(f"{place}: two columns are called {str(name)!r}; rename one of them")
        values = frame.iloc[:, k]
        try:
            columns[str(name)] = pa.array(values, from_pandas=True)
        except (pa.ArrowException, TypeError, ValueError, OverflowError):  # values of several kinds
            columns[str(name)] = pa.array(["" if _is_nothing(v) else str(v) for v in values])
    return pa.table(columns)


def _is_nothing(value: Any) -> bool:
    return value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and value != value)


def _unique(table: pa.Table, place: str) -> pa.Table:
    twice = sorted({n for n in table.column_names if table.column_names.count(n) > 1})
    if twice:
        raise RegularsError(f"{place}: two columns are called {twice[0]!r}; rename one of them")
    return table
