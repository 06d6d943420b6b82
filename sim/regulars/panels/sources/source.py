"""A log that has been opened: its header, and its columns on demand."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regulars.panels.column import Column, column_of

GLANCE = 1000  # rows that are looked at to see what a column holds


class Source(ABC):
    """A log of some kind.

    Attributes:
        place: what to call it in messages.
        kind: what it is, as in ``CSV, semicolons, UTF-8``.
        header: names of its columns.
        notes: how it was opened, as far as that was not plain.
        faults: what is wrong with its rows.
        rows: the numbers under which the user finds the rows; known once columns were read.
        settled: options of a reading that the file has answered.
        private: whether values of columns that are not used must not be shown.
    """

    private = False

    def __init__(self, place: str, kind: str, header: Sequence[str]) -> None:
        self.place, self.kind, self.header = place, kind, list(header)
        self.notes: list[str] = []
        self.faults: list[str] = []
        self.settled: dict[str, str] = {}
        self.rows: NDArray[np.int64] = np.empty(0, np.int64)

    @abstractmethod
    def table(self, names: Sequence[str]) -> pa.Table:
        """These columns; sets ``rows``."""

    @abstractmethod
    def glance(self) -> dict[str, Column]:
        """All columns in the first rows."""

    def columns(self, names: Sequence[str]) -> dict[str, Column]:
        """These columns as distinct values and codes."""
        wanted = list(dict.fromkeys(names))
        table, found = self.table(wanted), {}
        for name in wanted:
            try:
                found[name] = column_of(name, table.column(name))
            except pa.ArrowException:
                self.faults.append(
                    f"column {name} holds {table.column(name).type}, where one value per row is needed"
                )
                found[name] = Column(name, np.full(len(table), -1, np.int32), pa.array([], pa.string()))
        return found
