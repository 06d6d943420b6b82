"""What is public says what it does: every argument, shapes of arrays, columns of tables, errors, and the source of what is known.

Read from the code: which arguments there are, which of them are arrays or tables, what is raised. Words cannot be checked for
being right, only for being there.
"""

import ast
import dataclasses
import functools
import inspect
import re
import textwrap

import pytest
from face.test_public import PACKAGES
from numpy.typing import NDArray
from pandas import DataFrame

ARRAYS = ("Array", "ndarray")
ELSEWHERE = (
    "regulars.world.firms",
    "regulars.world.desk",
    "regulars.world.ports",
    "regulars.contract",
    "regulars.kit",
)  # ADR 20 tells of parts
SHAPE = re.compile(r"\b(shapes?|one (row |value )?per|by customer)\b", re.IGNORECASE)
COLUMNS = re.compile(r"`\w+`|shape \(|columns that")
ERRORS = re.compile(r"^\s*(Raises|Errors):|RegularsError|Problem", re.MULTILINE)
UNITS = re.compile(
    r"\b(shares?|chances?|probabilit\w+|(0|1) to 1|ratio|without unit|per(cent)?|points?|logits?|days?|unit of time|periods?|"
    r"purchases|customers|friends|money|currency|categor(y|ies)|shape \(pairs,\)|the log)\b",
    re.IGNORECASE,
)
YEAR = re.compile(r"[A-Z][\w.'’-]+[^.\n]* \(?(1[89]|20)\d\d\b")
PLAIN = {  # laws that nobody published: they find, fit or hold another one, which has its source
    "Fit", "LawOfLog", "fit_law", "law_class", "law_names", "tracking", "frequency_fit",
    "calibration_holdout", "recency_frequency", "repeats_between",
}  # fmt: skip


def ours(thing):
    return (getattr(thing, "__module__", None) or "").startswith("regulars.")


def doc_of(thing):
    return inspect.cleandoc(getattr(thing, "__doc__", None) or "")


def functions():
    """Name and function of all that is public: functions, and public methods of public classes as far as they are ours."""
    for package, module in PACKAGES.items():
        for name in module.__all__:
            value = getattr(module, name)
            if inspect.isfunction(value) and ours(value):
                yield f"{package}.{name}", value, doc_of(value)
            elif inspect.isclass(value) and ours(value):
                for part in dir(value):
                    method = inspect.getattr_static(value, part)
                    inner = (
                        getattr(method, "fget", None)
                        or getattr(method, "func", None)
                        or getattr(method, "__func__", method)
                    )
                    if not part.startswith("_") and inspect.isfunction(inner) and ours(inner):
                        yield f"{package}.{name}.{part}", inner, doc_of(method) or doc_of(inner)


FUNCTIONS = {
    name: (one, doc)
    for name, one, doc in functions()
    if not inspect.unwrap(one).__module__.startswith(ELSEWHERE)
}


def plain(function):
    return inspect.unwrap(function)


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
        if n.startswith("_")
        and not n.startswith("__")
        and inspect.isfunction(v := inspect.unwrap(there.get(n)))
        and ours(v)
    ]


def is_said(name, docs):
    """Whether a docstring tells of an argument: in `Args:`, or by name in its text."""
    listed, word = re.compile(rf"^\s*{name}: ", re.MULTILINE), re.compile(rf"\b{name}\b")
    return any(listed.search(doc) or word.search(" ".join(re.findall(r"`+([^`]+)`+", doc))) for doc in docs)


def home_of(name):
    """The package that a public name is of."""
    return max((one for one in PACKAGES if name.startswith(f"{one}.")), key=len)


def lacking(name, function, doc):
    """What the docstring of a public function does not say, though the code shows that it should."""
    asked = arguments(function)
    given = str(inspect.signature(plain(function)).return_annotation)
    package = PACKAGES[home_of(name)].__doc__ or ""
    found = [] if doc else ["anything"]
    if len(asked) > 1:
        found += [f"what {one} is" for one in asked if not is_said(one, (doc, package))]
    if any(kind in told for told in (*asked.values(), given) for kind in ARRAYS) and not SHAPE.search(doc):
        found.append("the shape of its arrays")
    if "DataFrame" in given and not COLUMNS.search(doc):
        found.append("the columns of its table")
    if raises(function) and not ERRORS.search(doc):
        found.append(f"when it raises {', '.join(sorted(raises(function)))}")
    home, _, last = name.rpartition(".")
    if home == "regulars.laws" and last not in PLAIN and not YEAR.search(doc):
        found.append("the source: author and year")
    if home in ("regulars.measures", "regulars.minds") and not UNITS.search(doc.partition("Returns:")[2]):
        found.append("the unit of what it returns")
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_what_is_public_says_what_it_must(package):
    lack = {name: lacking(name, *told) for name, told in FUNCTIONS.items() if home_of(name) == package}
    assert len(lack) > 3
    assert not (wrong := {name: found for name, found in lack.items() if found}), wrong


def fields():
    """Public dataclasses by name, and what of them is told by no word: fields without `Attributes:`, name or meaning."""
    for package, module in PACKAGES.items():
        for name in module.__all__:
            value = getattr(module, name)
            if (
                inspect.isclass(value)
                and dataclasses.is_dataclass(value)
                and not value.__module__.startswith(ELSEWHERE)
            ):
                shown = [
                    one
                    for one in dataclasses.fields(value)
                    if not one.name.startswith("_") and "meaning" not in one.metadata
                ]
                yield (
                    f"{package}.{name}",
                    [one.name for one in shown if not is_said(one.name, (doc_of(value),))],
                )


def test_every_field_of_what_is_public_is_told():
    found = dict(fields())
    assert len(found) > 20 and not {name: lack for name, lack in found.items() if lack}


def test_every_law_that_is_a_class_names_its_source():
    laws = [getattr(PACKAGES["regulars.laws"], name) for name in PACKAGES["regulars.laws"].__all__]
    lack = [
        one.__name__
        for one in laws
        if inspect.isclass(one) and one.__name__ not in PLAIN and not YEAR.search(inspect.getdoc(one))
    ]
    assert not lack


def test_the_exceptions_are_laws():
    assert set(PLAIN) <= set(PACKAGES["regulars.laws"].__all__)


def test_what_a_docstring_lacks_is_found():
    """Planted: a public function that says nothing of what it should."""
    for text, said in PLANTED.items():
        assert lacking("regulars.measures.planted", planted, inspect.cleandoc(text)) == said


def planted(values: NDArray, top: float) -> DataFrame:
    if top < 0:
        raise ValueError("top")
    return values


ALL = [
    "what values is",
    "what top is",
    "the shape of its arrays",
    "the columns of its table",
    "when it raises ValueError",
    "the unit of what it returns",
]
WHOLE = """A measure.

Args:
    values: shape (customers,).
    top: a share.

Returns:
    A table with `share`, 0 to 1.

Raises:
    ValueError: below 0.
"""
PLANTED = {
    "": ["anything", *ALL],
    "A measure.": ALL,
    WHOLE: [],
    WHOLE.replace("shape (customers,)", "numbers"): ["the shape of its arrays"],
    WHOLE.replace("Raises", "Note"): ["when it raises ValueError"],
    WHOLE.replace("`share`, 0 to 1", "`it`"): ["the unit of what it returns"],
    WHOLE.replace("top: a share.", "..."): ["what top is"],
}
