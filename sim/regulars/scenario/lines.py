"""At which line of a TOML text a value stands."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from regulars.scenario.groups import DEFAULTS, Firms, name_of
from regulars.scenario.renamed import as_of_today, place_now

SEVERAL = ('"""', "'''")  # quotes around texts of several lines
Place = tuple[str | int, ...]


def line_of(text: str, path: tuple[str | int, ...], table: Mapping[str, Any] | None = None) -> int:
    """Line (from 1) at which a value stands in TOML text; of its table when it is not written; 0 when unknown."""
    best = 0
    header: list[str] = []
    counts: dict[str, int] = {}
    wanted = [part for step in path for part in _keys(str(step))]  # a step may be a dotted name in quotes
    if len(path) > 1 and path[0] == "firms":
        wanted = [part for step in _written_place(text, path, table) for part in _keys(str(step))]
    now = list(place_now(tuple(wanted)))  # a file may have the names of the version before
    depth = -1
    within = ""  # quotes of a text of several lines
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        bare = line.strip()
        if within:
            within = "" if within in bare else within
            continue
        within = next((quotes for quotes in SEVERAL if bare.count(quotes) % 2), "")
        key, equals, _ = bare.partition("=")
        if match := re.match(r"\[\[\s*([^\]]+?)\s*\]\]", bare):
            name = match[1]
            counts[name] = counts.get(name, -1) + 1
            header = [*_keys(name), str(counts[name])]
        elif match := re.match(r"\[\s*([^\]]+?)\s*\]", bare):
            header = _keys(match[1])
            if header and header[0] in counts:
                header.insert(1, str(counts[header[0]]))
        elif equals and re.fullmatch(r"[\w.\"' -]+", key):
            full = list(place_now((*header, *_keys(key))))
            if full == now[: len(full)] and len(full) > depth:
                best, depth = number, len(full)
            continue
        else:
            continue
        if list(place_now(tuple(header))) == now[: len(header)] and len(header) > depth:
            best, depth = number, len(header)
    return best


def _written_place(text: str, path: Place, table: Mapping[str, Any] | None) -> Place:
    """Where it stands in the file what a firm has that a path names, by number in order of name or by name.

    Its firm stands there by number as written; a number that nothing in the file has when it stands in another file.
    """
    name = path[1]
    if isinstance(name, int):
        try:
            name = table["firms"][name]["name"] if table is not None else name
        except (LookupError, TypeError):  # no firms, or one without a name
            return path
    written = _written(text)
    if not isinstance(name, str) or written is None:
        return path
    source = written.origin(name, path[2:])
    if source == (DEFAULTS,):
        return (*source, *path[2:])
    numbers = [k for k, firm in enumerate(written.list) if name_of(firm) == source[1]]
    return ("firms", numbers[0] if numbers else len(written.list), *path[2:])


@functools.lru_cache(maxsize=1)  # all problems of a file are looked up one after another
def _written(text: str) -> Firms | None:
    """The firms of a file; none when it cannot be read."""
    try:
        return Firms(as_of_today(tomllib.loads(text.removeprefix("\ufeff")))[0])
    except (ValueError, RecursionError):
        return None


def _keys(name: str) -> list[str]:
    return [part.strip().strip("\"'") for part in name.split(".")]
