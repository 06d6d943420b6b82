"""The plain day is worth something only while it takes nothing from what it is held against: the standard library, and a scenario."""

import sys

import pytest
from layers.test_layers import MODULES, ROOT, imports

PAGES = sorted((ROOT / "plain").glob("*.py"))
SCENARIO = ("regulars.scenario", "regulars.plain")
WORDS = {
    "alike",
    "attributes",
    "calls",
    "errors",
    "label",
    "lazy",
    "numbers",
}  # of `ground`: what is said to people
NUMBERS = ("numpy", "numba", "scipy", "pandas")


def borrowed(file):
    """What a page takes from elsewhere, type checkers' imports included."""
    for module, _ in imports(file):
        of_scenario = module in SCENARIO or module.startswith(tuple(f"{name}." for name in SCENARIO))
        words = module.startswith("regulars.ground.") and module.rpartition(".")[2] in WORDS
        if module.partition(".")[0] not in sys.stdlib_module_names and not of_scenario and not words:
            yield module


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.stem)
def test_it_takes_nothing_from_the_engine(file):
    assert list(borrowed(file)) == []


@pytest.mark.parametrize("name", sorted(WORDS))
def test_what_it_says_to_people_needs_no_numbers(name):
    """Draws and compiled loops live in `ground` as well: what the plain day may take from there knows nothing of them."""
    assert [
        module for module, _ in imports(ROOT / "ground" / f"{name}.py") if module.startswith(NUMBERS)
    ] == []


def test_there_are_pages_and_nobody_of_the_house_leans_on_them():
    assert len(PAGES) > 10
    leaning = {
        file.relative_to(ROOT).as_posix()
        for file in MODULES
        if file not in PAGES and any(module.startswith("regulars.plain") for module, _ in imports(file))
    }
    assert leaning == {"__init__.py"}


@pytest.mark.parametrize(
    "code",
    ["import numpy", "from regulars.ground.chance import philox", "from regulars.behavior import choice", "from regulars.market import day",
     "def f():\n    from regulars import Market", "from regulars.world.board import Board", "from regulars.scenarios import x"],
)  # fmt: skip
def test_what_is_borrowed_is_found(tmp_path, code):
    file = tmp_path / "planted.py"
    file.write_text(f"import math\nfrom regulars.scenario import Scenario\n{code}\n")
    assert len(list(borrowed(file))) == 1
