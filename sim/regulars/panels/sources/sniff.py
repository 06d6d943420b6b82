"""Where the header of a text file is, and what separates its fields."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection
from dataclasses import dataclass

from regulars.panels.headings import is_heading, spelled

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
ABOVE = 30  # lines in which a header may stand
SEP = re.compile(r'^"?sep=(.)"?$', re.IGNORECASE)


@dataclass(frozen=True)
class Layout:
    """The header's line (from 0), its cells, what separates fields, and the lines above it that were not blank."""

    line: int
    header: list[str]
    delimiter: str
    above: int


def layout(lines: list[str], asked: str | None, named: Collection[str] = ()) -> Layout:
    """How the file is laid out, from its first lines.

    The header is the first line with at least two known headings (or names of the caller's); without any, the first line that
    is not blank. The delimiter is the one that gives the most known headings, then the most fields.
    """
    first = next((k for k, line in enumerate(lines) if line.strip()), 0)
    if stated := SEP.match(lines[first].strip()) if lines else None:
        asked, first = asked or stated[1], first + 1
        while first < len(lines) - 1 and not lines[first].strip():
            first += 1
    mine = {spelled(name) for name in named}
    found: list[tuple[int, int, int, str]] = []
    for k in range(first, min(len(lines), first + ABOVE)):
        for rank, delimiter in enumerate([asked] if asked else DELIMITERS):
            cells = split(lines[k], delimiter)
            known = sum(is_heading(cell) or spelled(cell) in mine for cell in cells if cell)
            found.append((known if len(cells) > 1 else 0, -k, -rank, delimiter))
    good = [f for f in found if f[0] >= 2]
    if good:
        line = -max(good, key=lambda f: (f[1], f[0]))[1]  # the first such line, and there the best delimiter
        delimiter = max((f for f in good if -f[1] == line), key=lambda f: (f[0], f[2]))[3]
    else:
        line = first
        delimiter = asked or max(DELIMITERS, key=lambda d: (len(split(lines[line], d)), d == ","))
    above = sum(bool(text.strip()) for text in lines[first:line])
    return Layout(line, split(lines[line], delimiter), delimiter, above)


def split(line: str, delimiter: str) -> list[str]:
    """The cells of a line, without outer blanks."""
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:  # a field without end
        return [line]
