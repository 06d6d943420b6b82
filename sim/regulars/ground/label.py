"""What an object says of itself: a few lines of text at a prompt, a small table in a notebook.

The HTML takes the colours of the page it stands on, light or dark, needs nothing but itself, and escapes every name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from regulars.ground.letters import visible
from regulars.ground.lines import columns, head

ROWS = 8  # of a table that are shown
WIDTH = 60  # columns of a cell, from which on it is cut
CELL = "padding: 0 0.8em 0 0; border: 0; background: none; color: inherit; text-align: "


@dataclass(frozen=True)
class Label:
    """A line on what an object is, a table of its main numbers, and what has to be known to read them.

    Attributes:
        what: the kind of the object and its name.
        facts: its size, day and the like, a few words each.
        headings: of the table; none for rows of a name and a value.
        rows: of the table; the first eight are shown, and how many more there are is said.
        notes: sentences below it.
    """

    what: str
    facts: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    rows: Sequence[Sequence[str]] = ()
    notes: tuple[str, ...] = ()

    def text(self) -> str:
        """As lines of text, columns under one another."""
        lines = [_line(": ".join(filter(None, (self.what, ", ".join(self.facts)))))]
        table = [list(map(_cell, row)) for row in self._table()]
        widths = [max(map(columns, column)) for column in zip(*table, strict=True)]
        for row in table:
            cells = [
                cell + pad if k == 0 or not self.headings else pad + cell
                for k, (cell, width) in enumerate(zip(row, widths, strict=True))
                for pad in [" " * (width - columns(cell))]
            ]
            lines.append("  " + "  ".join(cells).rstrip())
        return "\n".join([*lines, *(f"  {_line(note)}" for note in self._notes())])

    def html(self) -> str:
        """As a small table of HTML."""
        facts = ", ".join(self.facts)
        lines = [f"<div><strong>{_escaped(self.what)}</strong>{': ' if facts else ''}{_escaped(facts)}"]
        lines += ['<table style="border-collapse: collapse; background: none">'] if self.rows else []
        for number, row in enumerate(self._table()):
            kind = "th" if self.headings and number == 0 else "td"
            sides = ["left", *["right" if self.headings else "left"] * (len(row) - 1)]
            cells = (
                f'<{kind} style="{CELL}{side}">{_escaped(_cell(cell))}</{kind}>'
                for cell, side in zip(row, sides, strict=True)
            )
            lines.append(f'<tr style="background: none">{"".join(cells)}</tr>')
        lines += ["</table>"] if self.rows else []
        return "\n".join([*lines, *(f"<div>{_escaped(note)}</div>" for note in self._notes()), "</div>"])

    def _table(self) -> Iterable[Sequence[str]]:
        return [self.headings, *self.rows[:ROWS]] if self.headings and self.rows else self.rows[:ROWS]

    def _notes(self) -> list[str]:
        more = len(self.rows) - ROWS
        return [*([f"... and {more:,} more"] if more > 0 else []), *self.notes]


class Labelled:
    """Mixin of an object that says what it is by its `_label`."""

    def _label(self) -> Label:
        raise NotImplementedError

    def __repr__(self) -> str:
        return self._told().text()

    def _repr_html_(self) -> str:
        """What notebooks show."""
        return self._told().html()

    def _told(self) -> Label:
        try:
            return self._label()
        except Exception:  # half built, as in the middle of an error: a debugger looks at it all the same
            return Label(f"{type(self).__name__} that is not whole")


def listed(names: Iterable[object], most: int = 6) -> str:
    """Names in a row, the first of them and how many more there are."""
    known = [str(name) for name in names]
    more = f" and {len(known) - most:,} more" if len(known) > most else ""
    return f"{', '.join(known[:most])}{more}" if known else "none"


def counted(number: int, one: str, several: str = "") -> str:
    """A count with its noun: 1 firm, 2,000 customers."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def _cell(text: str) -> str:
    line = _line(text)
    return line if columns(line) <= WIDTH else f"{head(line, WIDTH - 1).rstrip()}…"


def _line(text: str) -> str:
    return visible(" ".join(str(text).split()))


def _escaped(text: str) -> str:
    return escape(_line(text))
