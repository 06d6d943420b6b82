"""Texts with the names of today in place of those of the version before: nothing else in them changes."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from regulars.ground import moved
from regulars.scenario.renamed import FIRMS, OF_FIRM, SECTIONS, STRATEGIES, name_now
from regulars.scenario.switched import GONE, SWITCHES, is_off

ASIDE = re.compile(  # comments and texts of TOML
    r'#[^\n]*|"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'', re.DOTALL
)
HEADER = re.compile(r"(?m)^\s*\[\[?\s*([^\[\]\n]+?)\s*\]\]?")
IS_KEY = re.compile(r"\s*=")
VALUE = re.compile(r"\s*(\{[^}]*\}|\[[^\]]*\]|\"[^\"\n]*\"|'[^'\n]*'|[^\s,}#]+)")
OWN = {
    ("", 1),
    *((table, 0) for table in FIRMS),
}  # table, and braces within it, in which a key is one of a firm
RECOMMENDERS = moved.PARTS["recommenders"]
Edit = tuple[int, int, str]  # where it begins and ends, and what takes its place


def scenario_now(text: str) -> str:
    """A scenario as written, with the names and switches of today; comments and texts stay."""
    return _switched(_renamed(text))


def _renamed(text: str) -> str:
    edits: list[Edit] = []
    for found in ASIDE.finditer(text):
        name = found[0][1:-1]
        if IS_KEY.match(text, found.end()) and name_now(name) != name:  # "old.value" = ..., a dotted name
            edits.append((found.start() + 1, found.end() - 1, name_now(name)))
    bare, headers = _bare(text)
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
    edits += _parts(text, bare, headers)
    return _edited(text, edits)


def _parts(text: str, bare: str, headers: list[tuple[int, str]]) -> Iterator[Edit]:
    """Strategies that have other names now, wherever they stand, and recommenders in what a recommendation says."""
    for (
        old,
        now,
    ) in STRATEGIES.items():  # [arms.x.strategies.old], strategies.old = ..., strategies = { old = ... }
        for pattern in (
            rf"strategies\s*\.\s*({old})(?=\s*[.=\]])",
            rf"strategies\s*=\s*\{{(?:[^{{}}]|\{{[^{{}}]*\}})*?\b({old})(?=\s*[.=])",
        ):
            for found in re.finditer(pattern, bare):
                yield (*found.span(1), now)
        for found in re.finditer(rf"(?m)^[ \t]*({old})(?=\s*[.=])", bare):  # under [arms.x.strategies]
            if _header(headers, found.start(1)).replace(" ", "").split(".")[-1:] == ["strategies"]:
                yield (*found.span(1), now)
    for old, now in RECOMMENDERS.items():
        pattern = rf"recommendation(?:\.kind\"?\s*=|[\"\s]*[=\]][^\[\]]*?\bkind\s*=)\s*([\"'])({old})\1"
        for found in re.finditer(pattern, text):
            yield (*found.span(2), now)


def _switched(text: str) -> str:
    """A scenario with `on` beside what switched a section by itself, and in place of what switched it off."""
    edits: list[Edit] = []
    bare, headers = _bare(text)
    table = tomllib.loads(text)
    for section, (parameter, _) in SWITCHES.items():
        is_there = "extends" in table or _says_on(table, section)
        for found in ASIDE.finditer(text):  # "section.parameter" = ..., a dotted name
            name = found[0][1:-1]
            if f'"{section}.on"' in _around(text, bare, found.start()):
                continue
            if name.split(".")[:2] == [section, parameter] and (is_key := IS_KEY.match(text, found.end())):
                edits += _switch(text, found.span(), is_key.end(), section, f'"{section}.on"', is_there)
        if _says_on(table, section, at_all=True):
            continue
        edits += _before_table(text, headers, section, parameter, table)
        within, inside = (
            rf"^[ \t]*({parameter})\s*=",
            rf"^[ \t]*{section}\s*=\s*\{{[^}}]*?\b({parameter})\s*=",
        )
        for pattern, header, switch in (
            (within, section, "on"),
            (rf"^[ \t]*({section}\s*\.\s*{parameter})\s*=", "", f"{section}.on"),
            (inside, "", "on"),
        ):
            for found in re.finditer(rf"(?m){pattern}", bare):
                if _header(headers, found.start(1)) == header:
                    edits += _switch(text, found.span(1), found.end(), section, switch, False)
    return _edited(text, edits)


def _around(text: str, bare: str, place: int) -> str:
    """The table that a key stands in: that of its braces, else that of its header."""
    begin, end = bare.rfind("{", 0, place), bare.find("}", place)
    if bare.rfind("}", 0, place) < begin:
        return text[begin:end]
    begin, end = bare.rfind("\n[", 0, place), bare.find("\n[", place)
    return text[max(begin, 0) : end if end > 0 else len(text)]


def _before_table(
    text: str, headers: list[tuple[int, str]], section: str, parameter: str, table: Mapping[str, Any]
) -> list[Edit]:
    """The switch of a section whose parameter is a table of its own, under the header of the section or under one put in."""
    place = {name.replace(" ", ""): text.index("[", begin) for begin, name in headers}
    at = place.get(f"{section}.{parameter}")
    if at is None or is_off(section, table[section][parameter]):
        return []
    if section not in place:
        return [(at, at, f"[{section}]\non = true\n\n")]
    end = text.find("\n", place[section])
    return [(end, end, "\non = true")]


def _switch(
    text: str, key: tuple[int, int], begin: int, section: str, switch: str, is_there: bool
) -> list[Edit]:
    """What to write for a parameter that switched a section: its key, where its value begins, and whether `on` is there already."""
    value = VALUE.match(text, begin)
    if value is None:
        return []
    read = tomllib.loads(f"value = {value[1]}")["value"]
    if is_off(section, read):
        return [(key[0], value.end(1), f"{switch} = false")] if section in GONE else []
    if is_there:
        return []
    line = text.rfind("\n", 0, key[0]) + 1
    before = text[line : key[0]]
    return [(key[0], key[0], f"{switch} = true" + (f"\n{before}" if not before.strip() else ", "))]


def _says_on(table: Mapping[str, Any], section: str, at_all: bool = False) -> bool:
    """Whether a section says that it is on; whether it says anything of it."""
    one = table.get(section)
    return isinstance(one, Mapping) and "on" in one and (at_all or one["on"] is True)


def part_now(text: str) -> str:
    """A file of Python, the modules and classes of ours that it names called as they are today."""
    for old, now in moved.MOVED.items():
        text = re.sub(rf"\b{re.escape(old)}\b", now, text)
    for old, now in moved.ACCOUNTS.items():
        text = re.sub(rf"\bAccount\.{old.upper()}\b", f"Account.{now.upper()}", text)
        doors = r"(\.(?:value|balance|post|reward)\([^()\n]*)"
        text = re.sub(rf"{doors}([\"']){old}\2", rf"\g<1>\g<2>{now}\g<2>", text)
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


def _bare(text: str) -> tuple[str, list[tuple[int, str]]]:
    """A scenario with comments and texts blotted out, and its headers: where each begins, and its name."""
    bare = ASIDE.sub(lambda found: re.sub(r"[^\n]", "~", found[0]), text)
    return bare, [(found.start(), found[1]) for found in HEADER.finditer(bare)]


def _header(headers: list[tuple[int, str]], place: int) -> str:
    """The table that a place of a text lies in; nothing before the first one."""
    return next((name for begin, name in reversed(headers) if begin <= place), "")


def _edited(text: str, edits: list[Edit]) -> str:
    for begin, end, now in sorted(set(edits), reverse=True):
        text = text[:begin] + now + text[end:]
    return text
