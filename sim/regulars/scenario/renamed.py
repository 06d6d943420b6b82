"""Names of scenarios that were others one version ago: still read, with a note; `regulars migrate` rewrites files."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from regulars.contract import recommender, strategy
from regulars.ground import moved
from regulars.ground.parameter import Problem
from regulars.scenario.switched import switched, switched_by_name

SECTIONS = {"loyalty": "devotion", "talk": "word_of_mouth", "handling": "cost_to_serve"}  # until version 0.3
STRATEGIES = moved.PARTS["strategies"]
OF_FIRM = {"policy": "pricing"}  # what a firm says, also until version 0.3
FIRMS = {
    "firms": 2,
    "firm_defaults": 1,
}  # sections of firms, and the step of a dotted name that is a word of a firm
NAMED = ("uncertainty", "posterior")  # tables whose keys are dotted names
DOING = FIRMS | {"arms": 2}  # sections of what has strategies, and the step of a dotted name that says so
Place = tuple[str | int, ...]


def name_now(name: str) -> str:
    """A dotted name as it is written today; what is no text is no name, and others say so."""
    return ".".join(map(str, place_now(tuple(name.split("."))))) if isinstance(name, str) else name


def place_now(place: Place) -> Place:
    """A path of a scenario as it is written today."""
    steps = list(place)
    steps[0] = SECTIONS.get(str(steps[0]), steps[0])
    step = FIRMS.get(str(steps[0]), len(steps))
    if step < len(steps):
        steps[step] = OF_FIRM.get(str(steps[step]), steps[step])
    step = DOING.get(str(steps[0]), len(steps))
    if steps[step : step + 1] == ["strategies"] and len(steps) > step + 1:
        steps[step + 1] = strategy_now(str(steps[step + 1]))
    return tuple(steps)


def strategy_now(name: str) -> str:
    """The name of a strategy as it is today; one of the user's own may have the name that another one had."""
    return STRATEGIES[name] if name in STRATEGIES and name not in strategy.names() else name


def up_to_date(table: Mapping[str, Any]) -> dict[str, Any]:
    """A table of a scenario with the names of today, which is all there is to it; a note says what was read under an old one.

    Raises:
        Problem: where something stands under both of its names.
    """
    made, told, wrong = as_of_today(table)
    if wrong:
        raise Problem(wrong)
    if told:
        note(told)
    return made


def as_of_today(table: Mapping[str, Any]) -> tuple[dict[str, Any], list[str], list[tuple[Place, str]]]:
    """A table with the names and switches of today, what to tell of old ones, and what stands under both of its names: (path, message)."""
    wrong: list[tuple[Place, str]] = []
    old: list[str] = []
    made = _renamed(table, SECTIONS, (), "[{}]", wrong)
    old += [name for name in table if name in SECTIONS]
    if isinstance(firms := made.get("firms"), list):
        made["firms"] = [_firm(firm, ("firms", _called(firm, k)), old, wrong) for k, firm in enumerate(firms)]
    if "firm_defaults" in made:
        made["firm_defaults"] = _firm(made["firm_defaults"], ("firm_defaults",), old, wrong)
    for name in NAMED:
        if isinstance(made.get(name), Mapping):
            made[name], found = _keys(made[name])
            old += found
    if isinstance(made.get("arms"), Mapping):
        arms = dict(made["arms"])
        for name, arm in arms.items():
            if isinstance(arm, Mapping) and isinstance(arm.get("set"), Mapping):
                changed, found = _keys(arm["set"])
                arms[name] = {**arm, "set": changed}
                old += found
            arms[name] = _does(arms[name], ("arms", name), old, wrong)
        made["arms"] = arms
    made, told = _switched(made)
    made, more = _of_recommenders(made)
    told += more
    return made, [*map(is_now, dict.fromkeys(old)), *told], wrong


def is_now(name: str) -> str:
    """What to tell of a name that is another one now."""
    return f"'{name}' is '{name_now(name)}' now"


def note(told: list[str]) -> None:
    """Tell what was read in an old way."""
    warnings.warn(
        f"{', '.join(told)} (the old way is read until version 0.3); `regulars migrate FILE` rewrites a file",
        FutureWarning,
        stacklevel=2,
    )


def _switched(table: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """A table with `on` where something else switched a section; of a file that extends another one, arms may do so there."""
    made, told = switched(table)

    def is_on(section: str) -> bool:
        return "extends" in made or bool(
            isinstance(one := made.get(section), Mapping) and one.get("on") is True
        )

    if isinstance(made.get("arms"), Mapping):
        arms = dict(made["arms"])
        for name, arm in arms.items():
            if isinstance(arm, Mapping) and isinstance(arm.get("set"), Mapping):
                changed, more = switched_by_name(arm["set"], is_on)
                if more:
                    arms[name] = {**arm, "set": changed}
                    told += more
        made["arms"] = arms
    return made, list(dict.fromkeys(told))


def _firm(firm: Any, place: Place, old: list[str], wrong: list[tuple[Place, str]]) -> Any:
    """What a firm says, under the names of today; what is no firm stays for others to tell."""
    firm = _does(firm, place, old, wrong)
    if not isinstance(firm, Mapping) or not any(name in firm for name in OF_FIRM):
        return firm
    every = ".".join(["firm_defaults"] if place == ("firm_defaults",) else ["firms", "*"])
    old += [f"{every}.{name}" for name in firm if name in OF_FIRM]
    return _renamed(firm, OF_FIRM, place, "'{}'", wrong)


def _of_recommenders(table: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """A table whose recommendations name recommenders as they are called today."""
    told: list[str] = []

    def now(name: Any) -> Any:
        if not isinstance(name, str) or recommender.is_now(name) == name:
            return name
        told.append(f"the recommender '{name}' is '{recommender.is_now(name)}'")
        return recommender.is_now(name)

    def walk(one: Any, within: str = "") -> Any:
        if isinstance(one, list):
            return [walk(part, within) for part in one]
        if not isinstance(one, Mapping):
            return one
        return {
            key: now(value)
            if (key == "kind" and within == "recommendation") or str(key).endswith("recommendation.kind")
            else walk(value, str(key))
            for key, value in one.items()
        }

    made = {key: walk(table[key]) if key in DOING else table[key] for key in table}
    return (made, list(dict.fromkeys(told))) if told else (table, [])


def _does(one: Any, place: Place, old: list[str], wrong: list[tuple[Place, str]]) -> Any:
    """A firm or an arm with its strategies under the names of today."""
    does = one.get("strategies") if isinstance(one, Mapping) else None
    names = {n: now for n in does if (now := strategy_now(str(n))) != n} if isinstance(does, Mapping) else {}
    if not names or not isinstance(does, Mapping):
        return one
    every = ".".join(["firms", "*"] if place[0] == "firms" else map(str, place))
    old += [f"{every}.strategies.{name}" for name in names]
    return {**one, "strategies": _renamed(does, names, (*place, "strategies"), "'{}'", wrong)}


def _renamed(
    table: Mapping[str, Any],
    names: Mapping[str, str],
    place: Place,
    shape: str,
    wrong: list[tuple[Place, str]],
) -> dict[str, Any]:
    wrong += [
        ((*place, old), f"this is called {shape.format(now)} now, which stands here as well; keep one")
        for old, now in names.items()
        if old in table and now in table
    ]
    return {names.get(name, name): value for name, value in table.items()}


def _called(firm: Any, number: int) -> str | int:
    """How a path calls a firm: by its name, or by its number as written where it has none."""
    name = firm.get("name") if isinstance(firm, Mapping) else None
    return name if isinstance(name, str) else number


def _keys(table: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    old = [name for name in table if name_now(name) != name]
    return {name_now(name): value for name, value in table.items()}, old
