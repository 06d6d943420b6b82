"""How a log was read, told whole: what each column was taken for, what was left out, merged or changed, and the money of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from regulars.panels.oddity import Oddity
from regulars.panels.reading import Reading

LINE = 100


@dataclass(frozen=True)
class ColumnUse:
    """What a column of the file was taken for.

    Attributes:
        name: as the file has it.
        taken_for: our name for it; "" where it is not used.
        how: how it was read, or why it is not used.
    """

    name: str
    taken_for: str
    how: str


@dataclass(frozen=True)
class Change:
    """Something done to rows.

    Attributes:
        kind: what, in a word.
        rows: to how many.
        money: by which it changed the total of the log.
        sentence: what was done and why.
    """

    kind: str
    rows: int
    money: float
    sentence: str


@dataclass(frozen=True)
class Account:
    """The whole account of a reading: the money of the file less that of the panel is the sum of the money of ``changes``, to the cent.

    Attributes:
        place: where the log came from.
        kind: of file or table.
        rows: of the file.
        money_read: sum of all amounts in the file.
        purchases: of the panel.
        money: that of the panel.
        customers: of the panel.
        firms: of the panel.
        days: length of its window.
        start: its first day, where it has a calendar.
        currency: label of the money, where it is known.
        columns: what each was taken for.
        changes: what was done to rows.
        remarks: what was assumed, in sentences.
        reading: all that was decided, so that the next file can be read alike.
        oddities: what looks odd.
    """

    place: str
    kind: str
    rows: int
    money_read: float
    purchases: int
    money: float
    customers: int
    firms: int
    days: float
    start: dt.date | None
    currency: str | None
    columns: tuple[ColumnUse, ...]
    changes: tuple[Change, ...]
    remarks: tuple[str, ...]
    reading: Reading
    oddities: tuple[Oddity, ...] = field(default=())

    @property
    def unused(self) -> tuple[ColumnUse, ...]:
        """The columns that are not used."""
        return tuple(c for c in self.columns if not c.taken_for)

    def notes(self) -> tuple[str, ...]:
        """One sentence for each thing that was done, assumed or passed over, and for each that looks odd."""
        passed = [f"column {c.name} is not used: {c.how}" for c in self.unused]
        return (
            *[c.sentence for c in self.changes],
            *self.remarks,
            *passed,
            *[o.sentence for o in self.oddities],
        )

    def to_dict(self) -> dict[str, Any]:
        """The account as plain data, for JSON."""
        return {
            "log": self.place, "kind": self.kind, "rows": self.rows, "money_read": self.money_read, "purchases": self.purchases,
            "money": self.money, "customers": self.customers, "firms": self.firms, "days": self.days,
            "start": self.start and self.start.isoformat(), "currency": self.currency,
            "columns": [{"name": c.name, "taken_for": c.taken_for or None, "how": c.how} for c in self.columns],
            "changes": [{"kind": c.kind, "rows": c.rows, "money": c.money, "sentence": c.sentence} for c in self.changes],
            "remarks": list(self.remarks), "reading": _plain(self.reading.table()),
            "oddities": [{"kind": o.kind, "grade": o.grade, "sentence": o.sentence} for o in self.oddities],
        }  # fmt: skip

    def text(self) -> str:
        """The account as text, for people."""
        money = f" {self.currency}" if self.currency else ""
        lines = [
            f"{self.place}: {self.kind}",
            f"{self.rows:,} rows, {self.money_read:,.2f}{money}  ->  {self.purchases:,} purchases, {self.money:,.2f}{money}",
            f"{self.customers:,} customers, {self.firms:,} {'firm' if self.firms == 1 else 'firms'}, {self.window()}",
            "",
            "Columns",
            *(
                f"  {c.name}: {c.taken_for}{f' ({c.how})' if c.how else ''}"
                for c in self.columns
                if c.taken_for
            ),
            *(f"  {c.name}: not used; {c.how}" for c in self.unused),
        ]
        if self.changes:
            lines += ["", "Done to rows", *(f"  {c.sentence}" for c in self.changes)]
        if self.remarks:
            lines += ["", "How it was read", *(f"  {r}" for r in self.remarks)]
        lines += ["", "What looks odd", *(f"  {o.grade.upper()}  {o.sentence}" for o in self.oddities)]
        if not self.oddities:
            lines.append("  nothing")
        return "\n".join(lines)

    def window(self) -> str:
        """The time that the log covers, in words."""
        if self.start is None:
            return f"a window of {self.days:g}"
        last = self.start + dt.timedelta(days=int(self.days) - 1)
        return f"{self.start} to {last} ({self.days:g} days)"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    return value.isoformat() if isinstance(value, dt.date) else value


def share(part: float, whole: float) -> str:
    """A share in percent, as precise as it is small."""
    if not whole or not part:
        return "0%"
    percent = 100 * part / whole
    if 99.5 <= abs(percent) < 100:
        return f"{percent:.2f}%"
    return f"{percent:.0f}%" if abs(percent) >= 10 else f"{percent:.2g}%"


def several(n: int, one: str, many: str = "") -> str:
    """A number with its noun: ``1 row``, ``2,000 rows``."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"
