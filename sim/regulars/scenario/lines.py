"""At which line of a TOML text a value stands."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping
from typing import Any


def line_of(text: str, path: tuple[str | int, ...], table: Mapping[str, Any] | None = None) -> int:
    """Line (from 1) at which a value stands in TOML text; of its table when it is not written; 0 when unknown."""
    best = 0
    header: list[str] = []
    counts: dict[str, int] = {}
    wanted = [part for step in path for part in _keys(str(step))]  # a step may be a dotted name in quotes
    if table is not None and len(wanted) > 1 and wanted[0] == "firms" and wanted[1].isdigit():
        wanted[1] = _written_number(text, table, int(wanted[1]))
    depth = -1
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        bare = line.strip()
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
            full = header + _keys(key)
            if full == wanted[: len(full)] and len(full) > depth:
                best, depth = number, len(full)
            continue
        else:
            continue
        if header == wanted[: len(header)] and len(header) > depth:
            best, depth = number, len(header)
    return best


def _written_number(text: str, table: Mapping[str, Any], sorted_number: int) -> str:
    """Number in the file of the firm that has `sorted_number` in order of name."""
    try:
        return str(_written_names(text).index(table["firms"][sorted_number]["name"]))
    except (LookupError, TypeError, ValueError):  # not in this file, or no firms
        return str(sorted_number)


@functools.lru_cache(maxsize=1)  # all problems of a file are looked up one after another
def _written_names(text: str) -> list[Any]:
    return [firm["name"] for firm in tomllib.loads(text)["firms"]]


def _keys(name: str) -> list[str]:
    return [part.strip().strip("\"'") for part in name.split(".")]
