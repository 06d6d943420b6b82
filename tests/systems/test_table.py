"""The table of systems tells the truth: each row has code, a scenario, a proof and a line of documentation, all of them there."""

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

from regulars.cli.systems import declarations, promises
from regulars.cli.systems.page import page
from regulars.cli.systems.rows import KINDS, rows

ROOT = Path(__file__).parents[2]
PACKAGE, TESTS, SCENARIOS = ROOT / "sim" / "regulars", ROOT / "tests", ROOT / "scenarios"
PAGE = ROOT / "docs" / "reference" / "systems.md"
PROMISED = [f"{letter}{n}" for letter, last in (("M", 20), ("P", 25), ("X", 15)) for n in range(1, last + 1)]


@cache
def whole(folder, name):
    """Every top-level `name = literal` under a folder by file, from the whole syntax tree of each file."""
    found = {}
    for file in sorted(folder.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        for node in ast.parse(text).body if name in text else ():
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            if any(getattr(target, "id", None) == name for target in targets):
                found[file] = ast.literal_eval(node.value)
    return found


@cache
def functions(file):
    """Tests of a file, those of classes as `Class::test`."""
    found = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        prefix = f"{node.name}::" if isinstance(node, ast.ClassDef) else ""
        found |= {prefix + f.name for f in inner if isinstance(f, (ast.FunctionDef, ast.AsyncFunctionDef))}
    return {name for name in found if name.split("::")[-1].startswith("test")}


def several(value):
    return [value] if isinstance(value, str) else list(value)


def systems_of(file):
    return tomllib.loads(file.read_text(encoding="utf-8")).get("about", {}).get("systems", [])


DECLARED = [
    (file, row, test)
    for file, table in whole(PACKAGE, "SYSTEMS").items()
    for row, tests in table.items()
    for test in several(tests)
]


def test_the_rows_are_those_promised():
    assert [id_ for id_ in rows() if id_[0] != "C"] == PROMISED
    assert len({row.title for row in rows().values()}) == len(rows())
    for row in rows().values():
        assert row.kind in KINDS and row.source.strip() and row.meaning.endswith((".", "?")), row.id
        assert not re.search(r"\n|  |\|", "".join((row.title, row.meaning, row.source, row.term))), row.id


@pytest.mark.parametrize(
    ("file", "row", "test"), DECLARED, ids=[f"{f.stem}-{row}-{t.split('::')[-1]}" for f, row, t in DECLARED]
)
def test_declared_tests_exist(file, row, test):
    place, _, name = test.partition("::")
    assert re.match(r"tests/[\w/]+\.py::\w", test), f"{file.name}: name a test as tests/FILE.py::TEST"
    assert (ROOT / place).is_file(), f"{file.name} says that {row} is proved by {place}, which is not there"
    assert name in functions(ROOT / place), f"{file.name}: {place} has no {name}"


def test_modules_that_prove_have_tests():
    for file in whole(TESTS, "PROVES"):
        assert file.name.startswith("test_") and functions(file), file


def test_only_known_rows_are_declared():
    declared = {row: file for file, row, _ in DECLARED}
    declared |= {row: file for file, ids in whole(TESTS, "PROVES").items() for row in several(ids)}
    declared |= {row: file for file in SCENARIOS.glob("*.toml") for row in systems_of(file)}
    assert {row: file.name for row, file in declared.items() if row not in rows()} == {}


def test_the_quick_reader_reads_what_is_there():
    """The command reads single statements; here the whole of every file is parsed."""
    code = declarations.in_code(PACKAGE)
    assert [
        (f, row, t) for row, files in code.items() for f, tests in files.items() for t in tests
    ] == sorted(DECLARED, key=lambda one: (list(code).index(one[1]), one[0]))
    tests = declarations.in_tests(TESTS)
    assert {file: several(ids) for file, ids in whole(TESTS, "PROVES").items()} == {
        file: [row for row, files in tests.items() if file in files]
        for files in tests.values()
        for file in files
    }
    shown = declarations.in_scenarios(SCENARIOS)
    for file in SCENARIOS.glob("*.toml"):
        assert sorted(systems_of(file)) == sorted(row for row, files in shown.items() if file in files)


@pytest.fixture(scope="module")
def found():
    return promises.gathered()[0]


@pytest.mark.parametrize("id_", PROMISED)
def test_row_works(id_, found):
    one = found[id_]
    assert (one.missing, one.lost) == ((), ()), f"{id_} {one.row.title} lacks {', '.join(one.missing)}"


@pytest.mark.parametrize("id_", PROMISED)
def test_row_is_documented(id_):
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith(f"| {id_} |")]
    assert len(lines) == 1
    cells = [cell.strip() for cell in lines[0].strip("|").split(" | ")]
    assert len(cells) == 6 and all(cells)


def test_the_page_is_up_to_date(found):
    again = "write it anew: regulars systems --markdown > page.md && mv page.md docs/reference/systems.md"
    wanted, written = page(found), PAGE.read_text(encoding="utf-8")
    differing = {*wanted.splitlines()} ^ {*written.splitlines()}
    assert sorted({line.split(" | ")[0].strip("| ") for line in differing}) == [], again
    assert wanted == written, again
