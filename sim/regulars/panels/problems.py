"""Collects everything that is wrong with a log, so that it is told at once and not one fault per run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from regulars.ground.errors import RegularsError

SHOWN = 5


class Problems:
    """The faults found in one log.

    Row numbers are those of the file: in a text file the header is line 1, in a Parquet file the first record is row 1.
    """

    def __init__(self, place: str, rows: np.ndarray) -> None:
        self.place = place
        self.rows = rows
        self.told: list[str] = []

    def add(self, what: str) -> None:
        """A fault of the file as a whole."""
        self.told.append(what)

    def where(self, wrong: np.ndarray, values: Sequence[object] | Any = None) -> str:
        """Which rows are marked, and what stands there, in parentheses; five are shown."""
        where = np.flatnonzero(np.asarray(wrong, dtype=bool))
        shown = []
        for k in where[:SHOWN]:
            row = int(self.rows[k])
            shown.append(f"row {row}" if values is None else f"row {row}: {_brief(values[int(k)])}")
        more = f" and {len(where) - SHOWN:,} more" if len(where) > SHOWN else ""
        return f"({'; '.join(shown)}{more})"

    def rows_where(
        self, wrong: np.ndarray, what: str, values: Sequence[object] | Any = None, advice: str = ""
    ) -> None:
        """A fault of some rows: ``wrong`` marks them, ``values`` holds what stands there, ``advice`` is what helps."""
        if np.any(wrong):
            self.told.append(f"{what} {self.where(wrong, values)}" + (f": {advice}" if advice else ""))

    def raise_if_any(self) -> None:
        """Raise one error with all faults, if there are any."""
        if not self.told:
            return
        if len(self.told) == 1:
            raise RegularsError(f"{self.place}: {self.told[0]}")
        faults = "\n".join(f"  - {fault}" for fault in self.told)
        raise RegularsError(f"{self.place}: {len(self.told)} kinds of problems\n{faults}")


def _brief(value: object) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 40 else text[:37] + "..."
