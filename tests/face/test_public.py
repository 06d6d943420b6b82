"""The public packages: what they name is there, and notebooks and guides use nothing else."""

import ast
import inspect
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from notebooks.pages import fences, pages

import regulars

ROOT = Path(__file__).parents[2]
BOOKS = sorted(
    path for path in (ROOT / "notebooks").rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts
)
PACKAGES = {  # by what stands in `regulars.__all__`, and nothing else
    "regulars": regulars,
    **{
        f"regulars.{name}": value
        for name in regulars.__all__
        if inspect.ismodule(value := getattr(regulars, name))
    },
}


def code_of(path):
    """The Python of a notebook or a page, piece by piece; what a page writes into the source is source."""
    if path.suffix == ".ipynb":
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return [fence.text for fence in fences(path) if fence.language == "python" and len(fence.mark) < 2]


def deeper(code):
    """What a piece of Python takes from regulars that is not public."""
    named, found = {}, []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.partition(".")[0] == "regulars":
                    found += [] if alias.name in PACKAGES else [alias.name]
                    named[alias.asname or "regulars"] = "regulars" if alias.asname is None else alias.name
        elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "regulars":
            known = getattr(PACKAGES.get(node.module), "__all__", ())
            found += [f"{node.module}.{alias.name}" for alias in node.names if alias.name not in known]
            named |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            package = named.get(node.value.id)
            if package in PACKAGES and node.attr not in PACKAGES[package].__all__:
                found.append(f"{package}.{node.attr}")
    return found


@pytest.mark.parametrize("name", PACKAGES)
def test_all_that_is_named_is_there(name):
    package = PACKAGES[name]
    assert dir(package) == sorted(package.__all__) and len(set(package.__all__)) == len(package.__all__)
    for thing in package.__all__:
        assert getattr(package, thing) is not None
    with pytest.raises(AttributeError, match=rf"module '{name}' has no attribute 'zork'"):
        package.zork  # noqa: B018


@pytest.mark.parametrize("name", PACKAGES)
def test_what_is_public_is_documented(name):
    """A word at least on every function and class, and no module where something else is meant."""
    for thing in PACKAGES[name].__all__:
        value = getattr(PACKAGES[name], thing)
        if inspect.isclass(value) or inspect.isfunction(value):
            assert inspect.getdoc(value), thing
        if inspect.ismodule(value):
            assert f"{name}.{thing}" in {*PACKAGES, "regulars.show.tables"}


def test_there_are_the_packages_that_are_promised():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    names = re.findall(
        r"`(\w+)`", re.search(r"`regulars` and its packages (.*?), as their `__all__`", text)[1]
    )
    assert len(names) > 4 and set(PACKAGES) == {"regulars", *(f"regulars.{name}" for name in names)}


@pytest.mark.parametrize(
    "path", [*BOOKS, *pages(), ROOT / "README.md"], ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_it_takes_only_what_is_public(path):
    assert [name for code in code_of(path) for name in deeper(code)] == []


def test_the_look_at_code_finds_what_is_not_public():
    for code, found in {
        "from regulars.lab.sweep import sweep": ["regulars.lab.sweep.sweep"],
        "from regulars import lab": ["regulars.lab"],
        "import regulars.world.firms": ["regulars.world.firms"],
        "from regulars import show\nshow.style": ["regulars.show.style"],
        "from regulars import show as s\ns.ranking(1)": [],
        "import regulars\nregulars.compar": ["regulars.compar"],
        "from regulars.measures import rfm\nimport pandas.api": [],
    }.items():
        assert deeper(code) == found


def test_modules_do_not_hide_functions_of_their_name():
    """`measures.funnel` is the function, whichever was imported first."""
    for first in ("import regulars.measures.funnel", "from regulars.measures.rfm import rfm", "pass"):
        code = f"{first}\nfrom regulars.measures import dick_basu, funnel, moments, rfm\nfrom regulars.minds import delivered_value, survey\nprint(all(map(callable, (dick_basu, funnel, moments, rfm, delivered_value, survey))))"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "True"
