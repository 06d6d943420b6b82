"""What is public says what it does: every argument, shapes of arrays, columns of tables, errors, and the source of what is known.

Read from the code: which arguments there are, which of them are arrays or tables, what is raised. Words cannot be checked for
being right, only for being there.
"""

import ast
import functools
import inspect
import re
import textwrap

import pytest
from face.test_public import PACKAGES

ARRAYS = ("NDArray", "ArrayLike", "ndarray")
TABLES = ("DataFrame",)
SHAPE = re.compile(
    r"\b(shapes?|scalars?|by customer|of each|one (row )?per|for (each|every))\b", re.IGNORECASE
)
ROWS = re.compile(r"\b(by|per|rows?|columns?|index|tables?)\b")
QUOTED = re.compile(r"`(\w+)`")
YEAR = re.compile(r"[A-Z][\w.'’-]+[^.\n]* \(?(1[89]|20)\d\d\b")
PLAIN = {  # laws that nobody published: they find, fit or hold another one, which has its source
    "Fit", "LawOfLog", "fit_law", "law_class", "law_names", "tracking", "frequency_fit",
    "calibration_holdout", "recency_frequency", "repeats_between",
}  # fmt: skip


def ours(thing):
    return (getattr(thing, "__module__", None) or "").startswith("regulars.")


def functions():
    """Name and function of all that is public: functions, and public methods of public classes as far as they are ours."""
    for package, module in PACKAGES.items():
        for name in module.__all__:
            value = getattr(module, name)
            if inspect.isfunction(value) and ours(value):
                yield f"{package}.{name}", value
            elif inspect.isclass(value) and ours(value):
                for part, method in vars(value).items():
                    inner = (
                        getattr(method, "fget", None)
                        or getattr(method, "func", None)
                        or getattr(method, "__func__", method)
                    )
                    if not part.startswith("_") and inspect.isfunction(inner) and ours(inner):
                        yield f"{package}.{name}.{part}", inner


FUNCTIONS = dict(functions())
every = pytest.mark.parametrize("name", FUNCTIONS)


def plain(function):
    return inspect.unwrap(function)


def doc_of(function):
    return inspect.getdoc(plain(function)) or ""


def arguments(function):
    found = inspect.signature(plain(function)).parameters
    return {n: str(p.annotation) for n, p in found.items() if n not in ("self", "cls")}


@functools.cache
def tree(function):
    return ast.parse(textwrap.dedent(inspect.getsource(function)))


def raises(function):
    """Names of the errors that a function raises itself, or through a private function of its file that it calls by name."""
    home = plain(function)
    found = set()
    for one in (home, *helpers(home)):
        for node in ast.walk(tree(one)):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                found.add(ast.unparse(node.exc.func))
    return found


def helpers(function):
    named = {
        node.func.id
        for node in ast.walk(tree(function))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    there = function.__globals__
    return [
        v
        for n in sorted(named)
        if n.startswith("_") and inspect.isfunction(v := inspect.unwrap(there.get(n))) and ours(v)
    ]


def is_said(name, doc):
    """Whether a docstring tells of an argument: in `Args:`, or by name in its text."""
    return bool(
        re.search(rf"^\s*\*?{name}(, \w+)*: ", doc, re.MULTILINE)
        or re.search(rf"`[^`]*\b{name}\b[^`]*`", doc)
    )
