"""Texts with the names of today in place of those of the version before: nothing else in them changes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from regulars.ground import moved
from regulars.scenario.renamed import FIRMS, OF_FIRM, SECTIONS, name_now

ASIDE = re.compile(  # comments and texts of TOML
    r'#[^\n]*|"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'', re.DOTALL
)
HEADER = re.compile(r"(?m)^\s*\[\[?\s*([^\[\]\n]+?)\s*\]\]?")
IS_KEY = re.compile(r"\s*=")
OWN = {
    ("", 1),
    *((table, 0) for table in FIRMS),
}  # table, and braces within it, in which a key is one of a firm
Edit = tuple[int, int, str]  # where it begins and ends, and what takes its place


def scenario_now(text: str) -> str:
    """A scenario as written, its sections, keys and dotted names called as they are today; comments and texts stay."""
    edits: list[Edit] = []
    for found in ASIDE.finditer(text):
        name = found[0][1:-1]
        if IS_KEY.match(text, found.end()) and name_now(name) != name:  # "old.value" = ..., a dotted name
            edits.append((found.start() + 1, found.end() - 1, name_now(name)))
    bare = ASIDE.sub(lambda found: re.sub(r"[^\n]", "~", found[0]), text)
    headers = [(found.start(), found[1]) for found in HEADER.finditer(bare)]
    for old, now in SECTIONS.items():  # [old.inner], old = ..., old.value = ...
        for found in re.finditer(rf"(?m)^\s*(?:\[\[?\s*)?({old})(?=\s*[.=\]])", bare):
            if "[" in found[0] or _header(headers, found.start(1)) == "":
                edits.append((*found.span(1), now))
    for old, now in OF_FIRM.items():  # [firms.old], old = ..., firms = [{ old = ... }]
        begin = rf"^\s*|[{{,]\s*|\[\s*(?:{'|'.join(FIRMS)})\s*\.\s*"
        for found in re.finditer(rf"(?m)({begin})({old})(?=\s*[.=\]])", bare):
            place = found.start(2)
            inside = bare.count("{", 0, place) - bare.count("}", 0, place)
            if "[" in found[1] or (_header(headers, place), inside) in OWN:
                edits.append((*found.span(2), now))
    return _edited(text, edits)


def part_now(text: str) -> str:
    """A file of Python, the modules and classes of ours that it names called as they are today."""
    for old, now in moved.MOVED.items():
        text = re.sub(rf"\b{re.escape(old)}\b", now, text)
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return text
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    lines = text.splitlines()

    def edit(line: int, column: int, old: str) -> Edit:
        begin = starts[line - 1] + len(lines[line - 1].encode()[:column].decode())
        return begin, begin + len(old), moved.CALLED[old]

    return _edited(text, [edit(*place) for place in _classes(tree)])


def _classes(tree: ast.AST) -> Iterator[tuple[int, int, str]]:
    """Where classes stand that are called otherwise now: line, column in bytes, old name."""
    ours, packages = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("regulars"):
            for alias in node.names:
                if alias.name in moved.CALLED:
                    yield alias.lineno, alias.col_offset, alias.name
                    ours |= set() if alias.asname else {alias.name}
                else:
                    packages.add(alias.asname or alias.name)
        elif isinstance(node, ast.Import):
            packages |= {
                alias.asname or alias.name for alias in node.names if alias.name.startswith("regulars")
            }
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in ours:
            yield node.lineno, node.col_offset, node.id
        elif (
            isinstance(node, ast.Attribute)
            and node.attr in moved.CALLED
            and ast.unparse(node.value) in packages
        ):
            yield node.end_lineno or 0, (node.end_col_offset or 0) - len(node.attr), node.attr


def _header(headers: list[tuple[int, str]], place: int) -> str:
    """The table that a place of a text lies in; nothing before the first one."""
    return next((name for begin, name in reversed(headers) if begin <= place), "")


def _edited(text: str, edits: list[Edit]) -> str:
    for begin, end, now in sorted(set(edits), reverse=True):
        text = text[:begin] + now + text[end:]
    return text
