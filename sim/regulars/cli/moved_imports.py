"""Imports of public names that stand in another package now, rewritten, and what is used of the package by its name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import accumulate, groupby

from regulars.ground.errors import RegularsError
from regulars.ground.moved_names import NAMES

Edit = tuple[int, int, str]  # bytes from, to, and what stands there instead


def imports_now(text: str) -> str:
    """The text with the names of today; comments and layout stay.

    Raises:
        RegularsError: it is no Python, or an import that holds a moved name has a comment within it, and cannot be split.
    """
    for package, names in NAMES.items():
        for name, now in names.items():
            text = re.sub(rf"\b{re.escape(package)}\.{name}\b", f"{now}.{name}", text)
    if not any(package.rpartition(".")[2] in text for package in NAMES):
        return text
    data = text.encode()
    for start, end, now in sorted(_edits(text), reverse=True):
        data = data[:start] + now.encode() + data[end:]
    return data.decode()


def _edits(text: str) -> Iterator[Edit]:
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise RegularsError(f"line {error.lineno}: this is no Python: {error.msg}") from None
    lines = text.encode().splitlines(keepends=True)
    begins = [0, *accumulate(map(len, lines))]

    def span(node: ast.stmt | ast.expr) -> tuple[int, int]:
        last = node.end_lineno or node.lineno
        return begins[node.lineno - 1] + node.col_offset, begins[last - 1] + (node.end_col_offset or 0)

    bound: dict[
        str, tuple[str, ast.stmt]
    ] = {}  # by what it is called here: the package, and where it is imported
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in NAMES:
            yield from _split(node, span(node), text)
        if isinstance(node, ast.ImportFrom) and node.module:
            bound |= {a.asname or a.name: (f"{node.module}.{a.name}", node) for a in node.names}
        elif isinstance(node, ast.Import):
            bound |= {a.asname: (a.name, node) for a in node.names if a.asname}
    wanted = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            package, where = bound.get(node.value.id, ("", tree.body[0]))
            if now := NAMES.get(package, {}).get(node.attr):
                yield (*span(node.value), now.rpartition(".")[2])
                wanted.add((span(where), " " * where.col_offset, now))
    for (_, end), indent, now in wanted:
        package, _, name = now.rpartition(".")
        yield end, end, f"\n{indent}from {package} import {name}"


def _split(node: ast.ImportFrom, span: tuple[int, int], text: str) -> Iterator[Edit]:
    """One import of names that stand in several packages now, as one import of each."""
    moved = NAMES[node.module or ""]
    if not any(alias.name in moved for alias in node.names):
        return
    was = text.encode()[slice(*span)].decode()
    if "#" in was:
        raise RegularsError(
            f"line {node.lineno}: this import has a comment within it, so it is left as it is; "
            f"{', '.join(f'{a.name} is in {moved[a.name]}' for a in node.names if a.name in moved)} now"
        )
    homes = [(moved.get(a.name, node.module or ""), ast.unparse(a)) for a in node.names]
    homes.sort(key=lambda home: home[0])
    parts = [
        f"from {home} import {', '.join(name for _, name in names)}"
        for home, names in groupby(homes, key=lambda home: home[0])
    ]
    yield (*span, f"\n{' ' * node.col_offset}".join(parts))
