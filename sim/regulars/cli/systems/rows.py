"""The table of systems that Regulars promises: how customers behave (M), what firms can do (P), where it happens (X).

The words are in `rows.toml`; what the code, the scenarios and the tests say about each row is in `declarations.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from regulars.cli.say import shortened
from regulars.ground.errors import RegularsError

KINDS = {
    "M": "How customers behave",
    "P": "What firms can do",
    "X": "Where it happens",
    "C": "What is claimed",
}
SCENARIO_IS_CODE = ("X", "C")  # kinds of rows that live in a scenario and not in a module
WORDS = Path(__file__).with_name("rows.toml")


@dataclass(frozen=True)
class Row:
    """One system: its id, title, one-line meaning, literature source, and the Chinese term where there is one."""

    id: str
    title: str
    meaning: str
    source: str
    term: str = ""

    @property
    def kind(self) -> str:
        """The letter of its part of the table."""
        return self.id[0]


@cache
def rows() -> dict[str, Row]:
    """All rows by id, in the order of the table."""
    import tomllib

    with WORDS.open("rb") as file:
        return {id_: Row(id_, **words) for id_, words in tomllib.load(file).items()}


def chosen(names: Sequence[str] | None) -> list[Row]:
    """The rows of these ids, in any case; a letter stands for all of its kind, no name for all there are.

    Raises:
        RegularsError: when there is no such row; names the nearest.
    """
    known = rows()
    if not names:
        return list(known.values())
    wanted: dict[str, Row] = {}
    for name in names:
        plain = name.strip().upper()
        found = {id_: row for id_, row in known.items() if plain in (id_, row.kind)}
        if not found:
            last = {row.kind: row.id for row in known.values()}
            there = ", ".join(f"{kind}1 to {id_}" for kind, id_ in last.items())
            raise RegularsError(f"{shortened(name)}: there is no such row; there are {there}")
        wanted |= found
    return list(wanted.values())


def named(ids: Sequence[str]) -> list[str]:
    """Each id with its title; an id that is no row stands alone."""
    known = rows()
    return [f"{id_} {known[id_].title}" if id_ in known else id_ for id_ in ids]
