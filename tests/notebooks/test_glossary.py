"""The glossary is true: what it names exists, every term is there once, and every strategy and process is found in it."""

import importlib
import importlib.util
import re
from dataclasses import dataclass

import pytest
from notebooks.pages import DOCS, ROOT, prose

from regulars.contract import process, strategy
from regulars.scenario import whole_spec

PAGE = DOCS / "reference" / "glossary.md"
HEAD = ["English", "Chinese", "definition", "symbol", "where"]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Term:
    """One row of the glossary."""

    english: str
    chinese: str
    definition: str
    symbol: str
    where: tuple[str, ...]


def terms():
    found = []
    for line in prose(PAGE).splitlines():
        if not line.startswith("|") or line.startswith("|---"):
            continue
        cells = [cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")]
        assert len(cells) == len(HEAD), line
        if cells != HEAD:
            found.append(Term(*cells[:4], tuple(re.findall(r"`([^`]+)`", cells[4]))))
    return found


def exists(place):
    """Whether a place is there: a file or folder, a section, a parameter, or a name in Python."""
    sections = whole_spec().model_fields
    if section := re.fullmatch(r"\[+(\w+)\]+", place):
        return section[1] in sections
    if "/" in place:
        return (ROOT / "sim" / "regulars" / place).exists()
    if place.startswith("regulars."):
        module, _, name = place.rpartition(".")
        return hasattr(importlib.import_module(module), name) or bool(importlib.util.find_spec(place))
    section, _, name = place.partition(".")
    field = sections.get(section)
    kinds = () if field is None else (field.annotation, *getattr(field.annotation, "__args__", ()))
    return any(name in getattr(kind, "model_fields", ()) for kind in kinds)


@pytest.mark.parametrize("term", terms(), ids=lambda term: term.english)
def test_every_row_is_whole(term):
    assert term.english
    assert CHINESE.search(term.chinese), "no Chinese"
    assert len(term.definition.split()) > 2, "no definition"
    assert term.where, "no place in the code"
    assert [place for place in term.where if not exists(place)] == []


def test_every_word_has_one_meaning():
    words = [term.english.lower() for term in terms()]
    assert [word for word in words if words.count(word) > 1] == []
    definitions = [term.definition for term in terms()]
    assert len(set(definitions)) == len(definitions)


@pytest.mark.parametrize(("folder", "room"), [("strategies", strategy), ("processes", process)])
def test_every_strategy_and_process_is_in_some_row(folder, room):
    named = {place for term in terms() for place in term.where}
    assert [name for name in room.names() if f"{folder}/{name}.py" not in named] == []


@pytest.mark.parametrize("place", ["strategies/none.py", "[none]", "need.none", "none.mean", "regulars.laws.none"])
def test_what_does_not_exist_is_noticed(place):
    assert not exists(place)
