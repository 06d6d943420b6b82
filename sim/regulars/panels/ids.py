"""Ids of customers replaced by a keyed hash as soon as a file is opened, so that nothing written or told later holds one."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa

from regulars.ground.errors import RegularsError
from regulars.panels.column import Column
from regulars.panels.headings import TOTAL
from regulars.panels.names import BROKEN, MISSING, tidy
from regulars.panels.odd.customers import WORDS
from regulars.panels.sources.source import Source

if TYPE_CHECKING:
    from regulars.panels.panel import Panel
    from regulars.panels.reading import Reading

MARK = re.compile(r"c[0-9a-f]{16}")
LONGEST = 64  # bytes of a key
IN_TOTALS = re.compile(TOTAL, re.IGNORECASE)


class Ids:
    """Replaces ids by `c` and 16 hexadecimal digits (BLAKE2b with a key); the same key gives the same id the same name.

    What is no person stays as it is: empty cells, rows of totals, and ids that guests share (`0`, `guest`, 散客). Without the key a name
    cannot be traced back; anyone who has the key can try out ids.

    Args:
        key: any text, at most 64 bytes of it in UTF-8.

    Raises:
        RegularsError: for no key, or one that is too long.
    """

    def __init__(self, key: str) -> None:
        self._key = str(key).encode()
        if not 0 < len(self._key) <= LONGEST:
            raise RegularsError(
                f"the key of hashed ids has {len(self._key)} bytes; give 1 to {LONGEST}, as in 2f8c90d1b7"
            )

    def __call__(self, text: str) -> str:
        """The name of one id; a name that was made so already stays."""
        word = tidy(text)
        if word in MISSING or MARK.fullmatch(word) or WORDS.match(word) or IN_TOTALS.search(word):
            return text
        return "c" + hashlib.blake2b(word.encode(), key=self._key, digest_size=8).hexdigest()

    def column(self, column: Column) -> Column:
        """A column with names for its ids; e-mail addresses are the same in capitals and not."""
        words = [str(text) for text in column.texts]
        if words and all("@" in word for word in words if word and word not in MISSING):
            words = [word.casefold() for word in words]
        return Column(column.name, column.codes, pa.array([self(word) for word in words], pa.string()))

    def reading(self, reading: Reading, of_customers: Callable[[str], bool]) -> Reading:
        """A reading whose conditions on the column of customers hold names for ids; `of_customers` knows its names."""

        def hidden(conditions: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
            return {
                column: tuple(map(self, values)) if of_customers(column) else tuple(values)
                for column, values in conditions.items()
            }

        return replace(
            reading, leave_out=hidden(reading.leave_out), only=hidden(reading.only), returned=hidden(reading.returned)
        )  # fmt: skip

    def panel(self, panel: Panel) -> Panel:
        """A panel with names for its ids, looked at once more."""
        from regulars.panels.odd import look

        def hidden(table):  # type: ignore[no-untyped-def]
            ids = {who: self(str(who)) for who in table["customer"].unique()}
            return table.assign(customer=table["customer"].map(ids).astype("str"))

        offers = (
            panel.offers if panel.offers is None or "customer" not in panel.offers else hidden(panel.offers)
        )
        panel = replace(panel, purchases=hidden(panel.purchases), offers=offers)
        return panel if panel.account else replace(panel, oddities=look(panel))


def are_hashed(panel: Panel) -> bool:
    """Whether customers have such names; guests and the like keep theirs."""
    ids = panel.purchases["customer"].unique()
    return sum(bool(MARK.fullmatch(str(who))) for who in ids) > len(ids) / 2


class Hashed(Source):
    """A source whose customers have names in the place of ids; what other columns hold is not shown either."""

    private = True

    def __init__(self, inner: Source, name: str, ids: Ids) -> None:
        super().__init__(inner.place, inner.kind, inner.header)
        self.inner, self.name, self.ids = inner, name, ids
        self.notes, self.faults, self.settled = inner.notes, inner.faults, inner.settled

    def table(self, names: Sequence[str]) -> pa.Table:
        """Columns of the file itself."""
        return self.inner.table(names)

    def glance(self) -> dict[str, Column]:
        """All columns in the first rows."""
        return self._hidden(self.inner.glance())

    def columns(self, names: Sequence[str]) -> dict[str, Column]:
        """These columns as distinct values and codes."""
        found = self.inner.columns(names)
        self.rows = self.inner.rows
        if self.name in found and any(BROKEN.fullmatch(str(text)) for text in found[self.name].texts):
            note = f"column {self.name}: ids were shortened by a spreadsheet, so that different customers may share one; export the ids as text"
            self.notes += [note] * (note not in self.notes)
        return self._hidden(found)

    def _hidden(self, columns: dict[str, Column]) -> dict[str, Column]:
        return {name: self.ids.column(c) if name == self.name else c for name, c in columns.items()}
