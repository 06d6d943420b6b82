"""`regulars systems`: what is promised, and what shows that it works."""

import fnmatch
import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import regulars
from regulars.cli.systems import declarations, page, promises, proofs, rows

PACKAGE = Path(regulars.__file__).parent
WORDS = """
[M1]
title = "first"
meaning = "What it means."
term = "一"
source = "Somebody 1995; Nobody 2004"
[P1]
title = "second"
meaning = "What it does."
source = "Somebody 1995"
[X1]
title = "third"
meaning = "Where it is."
source = "Somebody 1995"
[C1]
title = "fourth"
meaning = "What is said."
source = "Somebody 1995"
"""
FILES = {
    "sim/regulars/behavior/one.py": 'import os\n\nSYSTEMS = {"M1": "tests/test_a.py::test_one"}\nOTHER = {}\n',
    "sim/regulars/strategies/two.py": 'SYSTEMS = {\n    "P1": (\n        "tests/test_a.py::test_one",\n        "tests/test_a.py::Two::test_two",\n    ),\n}',
    "sim/regulars/strategies/three.py": '"""About SYSTEMS."""\n\nRULES = {"SYSTEMS": 1}\n',
    "scenarios/shop.toml": '[about]\ntitle = "Shop"\nsystems = [\n  "M1",\n  "X1",\n]\n[[firms]]\nname = "a"\n',
    "scenarios/odd.toml": 'about.systems = ["P1"]\n[[firms]]\nname = "a"\n',
    "tests/test_a.py": "def test_one():\n    pass\n\n\nclass Two:\n    def test_two(self):\n        pass\n",
    "tests/inner/test_b.py": 'import os\nPROVES = ("X1", "C1")\n\n\ndef test_three():\n    pass\n',
    "docs/reference/systems.md": "# Systems\n\n"
    + "".join(f"| {i} | what | source |\n" for i in ("M1", "P1", "X1")),
}


@pytest.fixture
def source(tmp_path, monkeypatch):
    """A small source in which M1, P1 and X1 have everything, and C1 neither scenario nor line."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "words.toml").write_text(WORDS, encoding="utf-8")
    monkeypatch.setattr(rows, "WORDS", tmp_path / "words.toml")
    monkeypatch.setattr(promises, "PACKAGE", tmp_path / "sim" / "regulars")
    for module in (promises, page):
        monkeypatch.setattr(module, "checkout", lambda: tmp_path)
    rows.rows.cache_clear()
    yield tmp_path
    rows.rows.cache_clear()


def told(call, *words):
    return {row["id"]: row for row in json.loads(call("systems", *words, "--json").stdout)}


def test_a_row_is_proved_when_its_tests_have_run_and_passed(call, source):
    """With this code and this test; the name of a test in a file proves nothing."""
    one = "tests/test_a.py::test_one"
    proofs.write(source, {one: True, "tests/inner/test_b.py": True})
    found = told(call)
    assert found["M1"]["proved"] is True and found["M1"]["unproved"] == {} and found["X1"]["proved"] is True
    assert found["P1"]["unproved"] == {"tests/test_a.py::Two::test_two": "has not run here"}
    assert "3 of 4 rows are proved" in call("systems").stdout
    done = call("systems", "--unproved")
    assert done.exit_code == 1 and "test_two" in done.stdout and "M1" not in done.stdout
    proofs.write(source, {one: False})
    assert told(call)["M1"]["unproved"] == {one: "failed"}
    proofs.write(source, {one: True})
    for file in ("sim/regulars/behavior/one.py", "tests/test_a.py"):
        text = (source / file).read_text()
        (source / file).write_text(text + "\n# changed\n")
        assert told(call)["M1"]["unproved"] == {one: "has not run since the code changed"}
        (source / file).write_text(text)
        assert told(call)["M1"]["proved"] is True
    (source / proofs.KEPT).write_text("damaged")
    assert told(call)["M1"]["proved"] is False


def test_in_a_fresh_checkout_nothing_is_known_to_fail(call, source):
    """No test has run: that is no alarm. Once one has, rows are counted, and one that failed is told."""
    yet = "which rows are proved is not known here yet: `make test` runs their tests and writes it down"
    assert yet in call("systems").stdout and "rows are proved:" not in call("systems").stdout
    done = call("systems", "--unproved")
    assert done.exit_code == 1 and yet in done.stdout
    proofs.write(source, {"tests/test_a.py::test_one": False})
    assert "0 of 4 rows are proved" in call("systems").stdout and yet not in call("systems").stdout
    proofs.write(source, {"tests/test_a.py::test_one": True})
    assert "1 of 4 rows are proved" in call("systems").stdout


def test_every_row_with_its_evidence(call, source):
    found = told(call)
    assert list(found) == ["M1", "P1", "X1", "C1"]
    first = {
        "id": "M1", "title": "first", "term": "一", "meaning": "What it means.", "source": "Somebody 1995; Nobody 2004",
        "code": ["sim/regulars/behavior/one.py"], "scenarios": ["scenarios/shop.toml"],
        "proofs": ["tests/test_a.py::test_one"], "tests_not_there": [],
        "documentation": "docs/reference/systems.md:3", "missing": [],
        "proved": False, "unproved": {"tests/test_a.py::test_one": "has not run here"},
    }  # fmt: skip
    assert found["M1"] == first
    assert found["P1"]["proofs"] == ["tests/test_a.py::test_one", "tests/test_a.py::Two::test_two"]
    assert found["P1"]["scenarios"] == ["scenarios/odd.toml"]
    assert found["X1"]["code"] == ["scenarios/shop.toml"] and found["X1"]["missing"] == []
    assert found["X1"]["proofs"] == ["tests/inner/test_b.py"]
    assert found["C1"]["missing"] == ["scenario", "documentation"]


def test_the_table_is_for_people(call, source):
    text = call("systems").stdout
    headings = ["HOW CUSTOMERS BEHAVE", "WHAT FIRMS CAN DO", "WHERE IT HAPPENS", "WHAT IS CLAIMED"]
    assert [line for line in text.splitlines() if line in headings] == headings
    line = next(line for line in text.splitlines() if line.startswith("M1"))
    assert line.split() == ["M1", "first", "behavior/one", "shop", "test_a.py::test_one"]
    assert "3 of 4 rows have code, scenario, proof and documentation" in text


def test_rows_in_full(call, source):
    text = call("systems", "m1", "X").stdout
    for part in (
        "M1  first  一\n    What it means.",
        "code       sim/regulars/behavior/one.py",
        "scenario   scenarios/shop.toml  Shop",
        "proof      tests/test_a.py::test_one",
        "page       docs/reference/systems.md, line 3",
        "source     Somebody 1995\n               Nobody 2004",
        "\nX1  third\n",
    ):
        assert part in text, part
    assert "missing" not in text and "P1" not in text
    assert list(told(call, "x", "p1")) == ["X1", "P1"]
    wrong = call("systems", "M2")
    assert (wrong.exit_code, wrong.stdout) == (1, "")
    assert "M2: there is no such row; there are M1 to M1, P1 to P1, X1 to X1" in wrong.stderr


LOSSES = {
    "code": ("M1", "sim/regulars/behavior/one.py", "SYSTEMS = ", "RULES = "),
    "scenario": ("P1", "scenarios/odd.toml", '"P1"', ""),
    "proof": ("P1", "tests/test_a.py", "def test_two", "def check_two"),
    "documentation": ("M1", "docs/reference/systems.md", "| M1 | what | source |", "| M1 | what |  |"),
}


@pytest.mark.parametrize("part", LOSSES)
def test_what_is_lost_is_missing(call, source, part):
    id_, name, old, new = LOSSES[part]
    assert call("systems", "--missing", id_).stdout == "nothing is missing\n"
    file = source / name
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    done = call("systems", "--missing", id_)
    assert done.exit_code == 1 and part in done.stdout
    assert part in told(call, id_)[id_]["missing"]
    if part == "proof":
        assert "proof (not there: tests/test_a.py::Two::test_two)" in done.stdout


def test_missing_rows_end_with_a_failure(call, source):
    done = call("systems", "--missing")
    assert done.exit_code == 1
    assert [line.split() for line in done.stdout.splitlines() if line[:2] in ("M1", "P1", "X1", "C1")] == [
        ["C1", "fourth", "scenario,", "documentation"]
    ]
    assert "1 of 4 rows lack something" in done.stdout
    assert list(told(call, "--missing")) == ["C1"]
    assert call("systems").exit_code == 0
    done = call("systems", "--missing", "--json", "M")
    assert (done.exit_code, json.loads(done.stdout)) == (0, [])


def test_declarations_that_cannot_be(call, source):
    file = source / "sim" / "regulars" / "behavior" / "one.py"
    file.write_text('SYSTEMS = {"M9": "tests/test_a.py::test_one"}\n')
    done = call("systems")
    assert done.exit_code == 0 and "sim/regulars/behavior/one.py: M9 is no row of the table" in done.stderr
    for text in ("SYSTEMS = dict(M1=3)\n", "SYSTEMS = {'M1': \n"):
        file.write_text(text)
        done = call("systems")
        assert done.exit_code == 1 and "one.py: SYSTEMS has to be a literal" in done.stderr
    file.write_text('SYSTEMS = ["M1"]\n')
    assert "one.py: SYSTEMS is a table from row to test" in call("systems").stderr


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('PROVES = ("X1",)', ("X1",)),
        ('a = 1\nPROVES: tuple[str, ...] = (\n    "X1",\n    # why\n    "X2",\n)\nb = 2\n', ("X1", "X2")),
        ('PROVES = "X1"  # one\n@mark\ndef test():\n    pass\n', "X1"),
        ('def test():\n    PROVES = ("X1",)\n', None),
        ("PROVES_MORE = 3\n", None),
        ("", None),
    ],
)
def test_one_statement_is_read(text, value):
    assert declarations.literal(text, "PROVES") == value


def test_without_the_source(call, source, monkeypatch):
    """Installed as a package: the rows and their modules are known, proofs and scenarios are not here to be judged."""
    for module in (promises, page):
        monkeypatch.setattr(module, "checkout", lambda: None)
    text = call("systems").stdout
    line = next(line for line in text.splitlines() if line.startswith("M1"))
    assert line.split(maxsplit=3)[2:] == ["behavior/one", "in the repository   proved in the repository"]
    assert "rows have" not in text
    assert "proof      proved in the repository" in call("systems", "M1").stdout
    assert told(call)["X1"] | {"scenarios": None, "proofs": None, "missing": []} == told(call)["X1"]
    assert call("systems", "--missing").stdout == "nothing is missing\n"
    (source / "sim" / "regulars" / "behavior" / "one.py").unlink()
    assert list(told(call, "--missing")) == ["M1"]
    done = call("systems", "--markdown")
    assert done.exit_code == 1 and "in a checkout of the source" in done.stderr


def test_the_page(call, source):
    text = call("systems", "--markdown").stdout
    line = next(line for line in text.splitlines() if line.startswith("| M1 "))
    assert line == (
        "| M1 | **first** (一). What it means. | [behavior/one.py](../../sim/regulars/behavior/one.py) "
        "| [shop.toml](../../scenarios/shop.toml) | [test_one](../../tests/test_a.py) | Somebody 1995; Nobody 2004 |"
    )
    assert (
        "| C1 | **fourth**. What is said. | none | none | [test_b.py](../../tests/inner/test_b.py) |" in text
    )
    (source / "docs" / "reference" / "systems.md").write_text(text, encoding="utf-8")
    assert told(call)["C1"]["missing"] == ["scenario"]  # the page documents every row that has a source
    assert call("systems", "--markdown", "M1").exit_code == 2


def test_installed_it_answers(spoken, tmp_path):
    """A copy of the package alone, without tests, scenarios and documentation."""
    shutil.copytree(
        PACKAGE, tmp_path / "site" / "regulars", ignore=shutil.ignore_patterns("__pycache__", "*.pyc")
    )
    code, out, err = spoken("systems", source=tmp_path / "site")
    assert (code, err) == (0, b"") and b"proved in the repository" in out and b"M20" in out
    settings = tomllib.loads((PACKAGE.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    shipped = settings["tool"]["setuptools"]["package-data"]["regulars"]
    others = [
        file.relative_to(PACKAGE).as_posix()
        for file in PACKAGE.rglob("*")
        if file.is_file() and file.suffix not in (".py", ".pyc")
    ]
    assert "cli/systems/rows.toml" in others and "panels/data/bakery.csv.gz" in others
    assert [name for name in others if not any(fnmatch.fnmatch(name, pattern) for pattern in shipped)] == []


def test_nothing_is_imported_to_be_listed():
    heavy = ("numpy", "pandas", "numba", "mesa", "regulars.world", "regulars.strategies", "regulars.scenario")
    code = (
        "import sys\nfrom regulars.cli.app import app\n"
        f"app(['systems'], standalone_mode=False)\nprint([m for m in {heavy!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
