"""Changing the values of a scenario by name: what is written where."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from regulars.ground.parameter import Problem
from regulars.scenario.declared import Path
from regulars.scenario.names import ABSENT, meant
from regulars.scenario.renamed import is_now, name_now, note
from regulars.scenario.spec import Spec
from regulars.scenario.switched import switched_by_name


def written(spec: Spec, changes: Mapping[str, Any]) -> dict[Path, Any]:
    """Values to write, by path, for values by name; a number of a distribution leaves its other numbers alone.

    Raises:
        Problem: for names that mean nothing, or what another one means, and for numbers that would change nothing.
    """
    wrong: list[tuple[Path, str]] = []
    found: dict[Path, Any] = {}
    named: dict[Path, str] = {}
    parts: list[Path] = []
    told = [is_now(name) for name in changes if name_now(name) != name]
    changes, more = switched_by_name(
        {name_now(name): value for name, value in changes.items()}, lambda section: getattr(spec, section).on
    )
    if told or more:
        note([*told, *more])
    for name, value in changes.items():
        try:
            places = meant(spec, name)
        except Problem as problem:
            wrong += problem.items
            continue
        for place in places:
            path, twin = (
                place.path,
                next((p for p in named if p[: len(place.path)] == place.path[: len(p)]), None),
            )
            if twin is not None:
                wrong.append(((name,), f"this changes what '{named[twin]}' changes; give one of them"))
                break
            if place.value is ABSENT and not isinstance(value, Mapping):
                wrong.append(
                    ((name,), f"there is none; {value!r:.40} is not the whole table that would add it")
                )
                break
            named[path] = name
            if place.spread is None:
                found[path] = value
            else:
                parts.append(path)
                found[path[:-1]] = {**found.get(path[:-1], place.spread.model_dump()), path[-1]: value}
    for path in parts:
        kind = found[path[:-1]]["distribution"]
        if path[-1] not in counting(kind):
            whole = named[path].rpartition(".")[0]
            hint = f"its numbers are {', '.join(counting(kind)[1:])}; set {whole}.distribution as well"
            wrong.append(((named[path],), f"changes nothing in a distribution that is '{kind}': {hint}"))
    if wrong:
        raise Problem(wrong)
    return found


def put(table: dict[str, Any], path: Path, value: Any, resolved: Callable[[], Mapping[str, Any]]) -> None:
    """Write a value into a plain table; a list on the way that is not written yet is taken from the resolved table."""
    here: Any = table
    for depth, step in enumerate(path[:-1]):
        inner: Any = here[step] if isinstance(step, int) else here.get(step)
        if isinstance(inner, Mapping):
            inner = dict(inner)
        elif isinstance(inner, (list, tuple)):
            inner = list(inner)
        elif isinstance(path[depth + 1], str):
            inner = {}
        else:
            inner = list(copy.deepcopy(at(resolved(), path[: depth + 1])))
        here[step] = inner
        here = inner
    here[path[-1]] = value


def at(table: Any, path: Path) -> Any:
    """The value at a path of a table."""
    for step in path:
        table = table[step]
    return table


def counting(kind: Any) -> tuple[str, ...]:
    """The parts of a distribution that count: its kind and its numbers."""
    numbers = {"fixed": ("mean",), "uniform": ("low", "high")}.get(str(kind), ("mean", "sd"))
    return ("distribution", *numbers)
