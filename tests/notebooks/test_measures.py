"""Every measure that is printed, written into a table or drawn is defined on one page, and everything defined there exists."""

import ast
import re
from pathlib import Path

import pytest
from notebooks.pages import DOCS

import regulars
from regulars import compare
from regulars.cli.run import books
from regulars.lab.decision.one_at_a_time import one_at_a_time
from regulars.lab.metrics import OF_SEGMENTS, UNITS
from regulars.scenario import Scenario
from regulars.world.ledger import MONEY, POINTS

PAGE = (DOCS / "reference" / "measures.md").read_text(encoding="utf-8")
SOURCE = Path(regulars.__file__).parent
NAMED = ("estimate", "difference", "wide")  # what reads a metric of a comparison by its name
SHOPS = {
    "market": {"customers": 40, "days": 35}, "choice": {"price_sensitivity": 2.0},
    "firms": [{"name": "ann", "cost": 0.5}, {"name": "bob", "cost": 0.5}], "uncertainty": {"choice.price_sensitivity": 0.3},
    "arms": {"dearer": {"set": {"firms.ann.price": 1.1}}},
}  # fmt: skip


def section(title):
    """Names in the first column of the tables of a section, as they stand in backticks."""
    text = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)[1]
    cells = (line.split("|")[1] for line in text.splitlines() if line.startswith("|"))
    return {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}


@pytest.fixture(scope="module")
def columns():
    """Columns of every table that a comparison has or makes."""
    found = compare(SHOPS, replicates=10, jobs=1)
    tables = [value for value in vars(found).values() if hasattr(value, "columns")]
    made = ("summary", "ranking", "decomposition", "by_month", "by_segment", "value_of_information")
    tables += [getattr(found, name)() for name in made]
    tables += [found.hangs_on("dearer"), found.interval_from("dearer"), one_at_a_time(SHOPS, "dearer", 1, jobs=1)]
    assert len(tables) > 12
    return {str(name) for table in tables for name in table.columns}


def test_columns_of_tables(columns):
    metrics = set(UNITS) | set(OF_SEGMENTS)
    assert columns - metrics == section("Columns of its tables") - metrics


def test_every_table_that_a_comparison_makes_is_looked_at():
    from regulars.lab.comparison import Comparison

    makes = {
        name for name, what in vars(Comparison).items()
        if callable(what) and not name.startswith("_") and "DataFrame" in str(what.__annotations__.get("return", ""))
    }  # fmt: skip
    assert makes == {"summary", "ranking", "decomposition", "hangs_on", "interval_from", "value_of_information", "wide"}


def test_accounts():
    told = section("Accounts of the books")
    assert told == set(MONEY) | set(POINTS)
    printed = set(books(Scenario(SHOPS).market().run(), 0))
    assert printed - {"firm", "share"} <= told | set(UNITS) and "`share`" in PAGE


def test_metrics_by_segment():
    assert {name for name in section("By month and by segment") if "contribution" in name} == set(OF_SEGMENTS)


@pytest.mark.parametrize("room", ["show", "cli", "lab", "yardsticks"])
def test_what_is_printed_or_drawn_is_a_metric(room):
    """Names of metrics in the text of figures, reports and commands."""
    for file in sorted((SOURCE / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in NAMED:
                words = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                assert set(words) <= set(UNITS), f"{file}, line {node.lineno}"


def test_names_in_sentences_and_on_axes_are_those_of_metrics():
    """What `Reading` is asked for in the report is spelled as on the page, all of it; a name that moved would be left behind."""
    used = {
        word for file in (SOURCE / "show").rglob("*.py") for word in re.findall(r'"(\w+)"', file.read_text(encoding="utf-8"))
    }  # fmt: skip
    assert len(used & set(UNITS)) > 12 and all(f"`{name}`" in PAGE for name in used & set(UNITS))
