"""What modules, scenarios and tests declare about the table of systems, read without importing any of them.

* a module of the package: `SYSTEMS = {"M1": "tests/oracles/test_satisfaction.py::test_two_thresholds"}`, row to the
  test that proves it (or several, in a tuple);
* a scenario: `systems = ["X4", "M14"]` in `[about]`;
* a test module: `PROVES = ("X4",)`.

Only the one statement is parsed: the whole source would take most of a second.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from regulars.ground.errors import RegularsError

IN_CODE, IN_TESTS = "SYSTEMS", "PROVES"


def in_code(package: Path) -> dict[str, dict[Path, tuple[str, ...]]]:
    """For each row the modules under `package` that carry it, with the tests that they name."""
    found: dict[str, dict[Path, tuple[str, ...]]] = {}
    for file, value in _literals(package, IN_CODE):
        if not isinstance(value, dict):
            raise RegularsError(f"{file}: {IN_CODE} is a table from row to test, not {value!r}")
        for row, tests in value.items():
            found.setdefault(str(row), {})[file] = _several(tests)
    return found


def in_tests(folder: Path) -> dict[str, list[Path]]:
    """For each row the test modules under `folder` that prove it."""
    found: dict[str, list[Path]] = {}
    for file, value in _literals(folder, IN_TESTS):
        for row in _several(value):
            found.setdefault(row, []).append(file)
    return found


def in_scenarios(folder: Path) -> dict[str, dict[Path, str]]:
    """For each row the scenarios in `folder` that show it, with their titles."""
    found: dict[str, dict[Path, str]] = {}
    for file in sorted(folder.glob("*.toml")):
        about = _about(file)
        for row in _several(about.get("systems", ())):
            found.setdefault(row, {})[file] = str(about.get("title", ""))
    return found


def on_page(page: Path) -> dict[str, int]:
    """For each row the line of `page` that documents it: a line of a table whose last cell, the source, is not empty."""
    found: dict[str, int] = {}
    if not page.is_file():
        return found
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        match = re.match(r"\| ([A-Z]\d+) \|.*\|([^|]*)\|$", line)
        if match and match[2].strip():
            found.setdefault(match[1], number)
    return found


def is_there(root: Path, test: str) -> bool:
    """Whether a test such as `tests/cli/test_run.py::test_x` exists under `root`; a file without `::` is a test too."""
    file, *names = test.partition("[")[0].split("::")
    place = root / file
    if not place.is_file():
        return False
    text = place.read_text(encoding="utf-8")
    return all(
        re.search(rf"^\s*(async )?(def|class) {re.escape(name)}\b", text, re.MULTILINE) for name in names
    )


def literal(text: str, name: str) -> Any:
    """The value of the statement `name = ...` at the top level of a source; None when there is none.

    Raises:
        ValueError: when it is no literal.
    """
    start = re.search(rf"^{name}(: [^=\n]+)? = ", text, re.MULTILINE)
    if start is None:
        return None
    after = re.compile(r"^[^\s)\]}#]", re.MULTILINE).search(text, start.end())
    try:
        statement = ast.parse(text[start.start() : after.start() if after else None]).body[0]
    except SyntaxError as error:
        raise ValueError(str(error)) from None
    return ast.literal_eval(statement.value)  # type: ignore[attr-defined]


def _literals(folder: Path, name: str) -> Iterator[tuple[Path, Any]]:
    for file in sorted(folder.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        if name not in text:
            continue
        try:
            value = literal(text, name)
        except ValueError:
            raise RegularsError(
                f"{file}: {name} has to be a literal; it is read, not run: "
                + ('{"M1": "tests/..."}' if name == IN_CODE else '("X1",)')
            ) from None
        if value is not None:
            yield file, value


def _about(file: Path) -> dict[str, Any]:
    """The table `[about]` of a scenario itself, without what it extends."""
    import tomllib

    text = file.read_text(encoding="utf-8")
    table = re.search(r"^\[about\].*?(?=^\[|\Z)", text, re.MULTILINE | re.DOTALL)
    for part in (*([table[0]] if table else []), text):  # the table alone is read ten times faster
        try:
            return dict(tomllib.loads(part).get("about", {}))
        except tomllib.TOMLDecodeError:
            continue
    return {}  # `regulars check` tells what is wrong with it


def _several(value: Any) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, (list, tuple)) else (str(value),)
