"""Every problem of a scenario at once, each with its place.

The scenario stops at the first table that it cannot read; here the wrong values are taken out and the rest is read
again, until nothing new is found, so that one look shows all there is to mend.
"""

from __future__ import annotations

import copy
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from regulars.cli.values import with_changes
from regulars.ground.errors import RegularsError
from regulars.ground.parameter import Problem, dotted
from regulars.lab.misfits import misfits
from regulars.scenario import Scenario, line_of, read_table, whole_spec
from regulars.scenario.as_written import as_written
from regulars.scenario.files import sorted_firms
from regulars.scenario.groups import plain_firms

ROUNDS = 100


@dataclass(frozen=True)
class Wrong:
    """One problem: `line` of the file (None when it is not written there), the parameter, and what is wrong with it."""

    line: int | None = None
    parameter: str = ""
    message: str = ""

    def told(self) -> dict[str, Any]:
        """As a table for machines."""
        return asdict(self)

    def __str__(self) -> str:
        where = f", line {self.line}" if self.line else ""
        return f"{where}: {self.parameter}{': ' if self.parameter else ''}{self.message}"


def problems_of(
    file: Path, changes: list[str] | None = None, customers: int | None = None
) -> tuple[Scenario | None, list[Wrong]]:
    """The scenario without its wrong values (None when too little is left), and all that is wrong with it.

    Looks at the file, at the values of `--set`, at what the arms add and replace, and at what is uncertain.
    """
    written = read_table(file)
    text = file.read_text(encoding="utf-8")
    made, found = plain_firms(written)
    table = sorted_firms(made)
    in_firms, clean = _read_all(table)
    found += as_written(written, table, in_firms)
    wrong = [Wrong(line_of(text, path, table) or None, dotted(path), message) for path, message in found]
    wrong.sort(key=lambda one: one.line or 0)
    try:
        scenario = Scenario(clean, file, text)
    except RegularsError:
        return None, wrong
    try:
        scenario = with_changes(scenario, changes, customers=customers)
    except RegularsError as error:
        wrong += [Wrong(message=line) for line in str(error).splitlines()]
    return scenario, wrong + _in_comparison(scenario, text)


def _read_all(table: dict[str, Any]) -> tuple[list[tuple[Any, str]], dict[str, Any]]:
    """All problems as (path, message), one a path, and the table without what causes them."""
    clean = copy.deepcopy(table)
    found: dict[str, tuple[Any, str]] = {}
    for _ in range(ROUNDS):
        try:
            whole_spec().read(clean)
            break
        except Problem as problem:
            fresh = {dotted(path): (path, text) for path, text in problem.items if dotted(path) not in found}
        if not fresh:
            break
        found |= fresh
        for name in fresh:
            _take_out(clean, name.split("."))
    return list(found.values()), clean


def _take_out(table: Any, steps: list[str]) -> None:
    """Remove the wrong value, or the nearest table around it that is there; a firm keeps some name."""
    if steps[0] == "firms" and steps[2:3] == ["name"] and isinstance(table.get("firms"), list):
        table["firms"][int(steps[1])]["name"] = f"firm-{steps[1]}"
        return
    here, last = table, None
    for step in steps:
        inside = (
            here[int(step)] if isinstance(here, list) and step.isdigit() and int(step) < len(here) else None
        )
        if isinstance(here, dict) and step in here:
            last, here = (here, step), here[step]
        elif isinstance(inside, dict):
            here = inside
        else:
            break
    if last is not None:
        del last[0][last[1]]
    if steps[0] == "firms" and not table.get("firms"):
        table["firms"] = [{"name": "firm-0"}]


def _in_comparison(scenario: Scenario, text: str) -> list[Wrong]:
    """What `compare` would refuse: in the arms, and in what is uncertain."""
    return [
        Wrong(line_of(text, path, scenario.table) or None, dotted(path), message)
        for path, message in misfits(scenario, tuple(scenario.spec.arms))
    ]
