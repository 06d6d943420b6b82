"""What falls due on a later day: rows of whole numbers, such as who gets how much back, kept until their day comes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Agenda:
    """Rows of int64 columns, each due in the morning of a day.

    Args:
        columns: names of the columns, in order.
    """

    def __init__(self, *columns: str) -> None:
        self.columns = columns
        self.days = np.zeros(0, np.int64)
        self.rows = np.zeros((len(columns), 0), np.int64)

    def __len__(self) -> int:
        return self.days.size

    def note(self, days: NDArray[Any], *columns: Any) -> None:
        """Add rows that are due on `days`, with a value, or one value each, for every column."""
        if days.size:
            new = [np.broadcast_to(np.asarray(column, np.int64), days.shape) for column in columns]
            self.days = np.concatenate([self.days, days.astype(np.int64)])
            self.rows = np.concatenate([self.rows, np.stack(new)], axis=1)

    def due(self, day: float) -> dict[str, NDArray[np.int64]]:
        """Take out what is due on a day, in the order in which it was noted: columns by name."""
        now = self.days <= int(day)
        rows = self.rows[:, now]
        if rows.size:
            self.days, self.rows = self.days[~now], self.rows[:, ~now]
        return dict(zip(self.columns, rows, strict=True))

    def state(self) -> dict[str, Any]:
        """All rows, for saving."""
        return {"days": self.days, "rows": self.rows}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take back what `state` gave."""
        self.days, self.rows = np.array(saved["days"]), np.array(saved["rows"])
