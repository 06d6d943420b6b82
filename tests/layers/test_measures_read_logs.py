"""Measures read logs, and totals of the firm or the market: whoever reads a customer's own columns belongs to `minds`."""

import ast

import pytest
from layers.test_layers import ROOT, imports

from regulars.contract.process import columns
from regulars.world.customers import COLUMNS

# no firm sees any of them: what it sees is a row of the log, or its own books
HIDDEN = {*COLUMNS, *columns()}
KNOWN = ("regulars.ground", "regulars.measures", "regulars.world.calendar")  # in which there are no customers
READERS = ("getattr", "has", "attrgetter")  # take an attribute by its name


def own(tree):
    """Names that the file gives to its own things: fields and methods of its classes, and what they set on themselves."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield from (part.target.id for part in node.body if isinstance(part, ast.AnnAssign))
            yield from (part.name for part in node.body if isinstance(part, ast.FunctionDef))
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            if getattr(node.value, "id", "") == "self":
                yield node.attr


def looks_inside(file):
    """Where a file reads what only a customer knows, or could: line and name."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    mine = set(own(tree))
    for module, _ in imports(file):
        if module.startswith("regulars") and not module.startswith(KNOWN):
            yield 0, module
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in HIDDEN - mine:
            yield node.lineno, node.attr
        elif isinstance(node, ast.Subscript) and getattr(node.value, "attr", "") == "columns":
            if isinstance(node.slice, ast.Constant) and node.slice.value in HIDDEN:
                yield node.lineno, node.slice.value
        elif isinstance(node, ast.Call):
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            told = {part.value for part in node.args if isinstance(part, ast.Constant)}
            if called in READERS and told & HIDDEN:
                yield node.lineno, *sorted(told & HIDDEN)


@pytest.mark.parametrize("file", sorted((ROOT / "measures").rglob("*.py")), ids=lambda file: file.stem)
def test_measures_read_logs_only(file):
    assert list(looks_inside(file)) == [], "move it to regulars.minds"


def test_there_is_something_to_hide():
    assert {"satisfaction", "expectation", "upper_threshold", "taste", "blame", "social"} <= HIDDEN


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("def f(market):\n    return market.customers.satisfaction.mean()", "satisfaction"),
        ("def f(customers):\n    return customers.columns['expectation']", "expectation"),
        ("def f(c):\n    return c.has('upper_threshold')", "upper_threshold"),
        ("def f(c):\n    return getattr(c, 'blame')", "blame"),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from regulars.market import Market", "regulars.market"),
        ("def f():\n    from regulars.minds.attitude import in_mind", "regulars.minds.attitude"),
        ("class A:\n    satisfaction: float\ndef f(a):\n    return a.satisfaction", None),
        ("def f(answers):\n    return answers['satisfaction']", None),  # a column of a survey's table
    ],
)  # fmt: skip
def test_a_look_inside_is_found(tmp_path, code, found):
    file = tmp_path / "planted.py"
    file.write_text(code + "\n")
    assert [name for _, name in looks_inside(file)] == ([found] if found else [])


def test_those_that_moved_do_look_inside():
    """Negative control: what stands in `minds` could not stand in `measures`."""
    for name in ("attitude", "survey", "delivered_value"):
        assert list(looks_inside(ROOT / "minds" / f"{name}.py")), name
