"""A checked scenario: values set, arms taken, markets built."""

from __future__ import annotations

import copy
import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from regulars.ground.errors import RegularsError, cut, shown
from regulars.ground.parameter import Problem, dotted, nearest
from regulars.scenario.files import read_file, read_text, shown_path, sorted_firms, with_ties
from regulars.scenario.lines import line_of
from regulars.scenario.spec import CONTROL, Spec
from regulars.scenario.tables import plain
from regulars.world import policy
from regulars.world.strategy import find

if TYPE_CHECKING:
    from regulars.market import Market

LONGEST_NAME = 100  # letters of a title in the name of a scenario
MOST_PLACED = 50  # problems of which the line is looked up


class Scenario:
    """A checked scenario: `spec` is everything with defaults, `table` what was written."""

    def __init__(self, table: Mapping[str, Any], path: Path | None = None, text: str = "") -> None:
        if not isinstance(table, Mapping):
            raise Problem(
                [((), f"a scenario is made of a table, not of {shown(table)}; load(path) reads a file")]
            )
        self.table: dict[str, Any] = {}
        self.path, self.text = path, text
        try:
            self.table = sorted_firms(plain(table))
            self.table = with_ties(self.table, path.parent if path else Path())
            self.spec = Spec.read(self.table)
        except Problem as problem:
            raise Problem(self._placed(problem)) from None

    @property
    def name(self) -> str:
        """Name of the file, or of the market."""
        if self.path:
            return self.path.stem
        return re.sub(r"\W+", "-", self.spec.about.title[:LONGEST_NAME].lower()).strip("-") or "scenario"

    @property
    def focal(self) -> str:
        """Name of the firm whose arms are compared."""
        return self.spec.market.focal or str((self.table.get("firms") or [{}])[0].get("name"))

    @cached_property
    def hash(self) -> str:
        """Eight characters that change with any value of the resolved scenario."""
        return hashlib.blake2b(
            json.dumps(self.resolved(), sort_keys=True, default=str).encode(), digest_size=4
        ).hexdigest()

    def resolved(self) -> dict[str, Any]:
        """The whole scenario as a table, defaults written out, strategies' parameters included."""
        table = self.spec.model_dump(mode="python")
        for f, firm in enumerate(self.spec.firms):
            table["firms"][f]["strategies"] = _resolved_strategies(firm.strategies)
            table["firms"][f]["policy"] = policy.resolved(firm.policy)
        for name, arm in self.spec.arms.items():
            table["arms"][name]["strategies"] = _resolved_strategies(arm.strategies)
        return table

    def toml(self) -> str:
        """The resolved scenario as TOML."""
        import tomli_w

        return tomli_w.dumps(_without_none(self.resolved()))

    def set(self, changes: Mapping[str, Any]) -> Scenario:
        """A copy with values replaced by dotted name, such as `firms.0.strategies.threshold_rebate.days`.

        A firm may be named by its number in order of name or by its name.
        """
        if not isinstance(changes, Mapping):
            raise Problem(
                [((), f"values are changed by a table from name to value, not by {shown(changes)}")]
            )
        if not changes:
            return self
        table = copy.deepcopy(self.table)
        for name, value in changes.items():
            _put(table, _steps(name), value)
        return Scenario(table, self.path, self.text)

    def value(self, name: str) -> Any:
        """The resolved value of a dotted name."""
        here: Any = self.resolved()
        steps = _steps(name)
        for depth, step in enumerate(steps):
            if isinstance(here, (list, tuple)):
                here = here[_item_number(here, steps[: depth + 1])]
            elif isinstance(here, Mapping) and step in here:
                here = here[step]
            else:
                known = here if isinstance(here, Mapping) else ()
                raise Problem([(steps[: depth + 1], f"no value of this name; {nearest(step, known)}")])
        return here["mean"] if isinstance(here, Mapping) and here.get("distribution") == "fixed" else here

    def arm(self, name: str) -> Scenario:
        """The scenario of one arm; `control` is the scenario as it stands."""
        if name == CONTROL:
            return Scenario({**self.table, "arms": {}}, self.path, self.text)
        if name not in self.spec.arms:
            raise Problem([(("arms", name), f"no arm of this name; {nearest(name, self.spec.arms)}")])
        arm = self.spec.arms[name]
        table = copy.deepcopy({**self.table, "arms": {}})
        for firm in table["firms"]:
            if firm["name"] == self.focal:
                firm["strategies"] = {**firm.get("strategies", {}), **copy.deepcopy(arm.strategies)}
        return Scenario(table, self.path, self.text).set(arm.set)

    def market(self, **options: Any) -> Market:
        """Build the market; options as of `Market` (seed, replicate, log, threads, ...)."""
        from regulars.market import Market

        options.setdefault("collect", False)
        return Market(self, **options)

    def _placed(self, problem: Problem) -> list[Any]:
        """Problems with the line of the file at which each stands."""
        items = []
        file = shown_path(self.path.name) if self.path else "scenario"
        for number, (path, text) in enumerate(problem.items):
            line = line_of(self.text, path, self.table) if self.text and number < MOST_PLACED else 0
            where = f"{file}, line {line}: " if line else ""
            items.append(((), f"{where}{dotted(path)}: {text}" if path else text))
        return items

    def __repr__(self) -> str:
        return f"Scenario({self.name!r}, {len(self.spec.firms)} firms, arms={list(self.spec.arms)})"


def load(path: str | os.PathLike[str]) -> Scenario:
    """Read a scenario file, with all that it extends.

    Example:
        >>> from pathlib import Path
        >>> from regulars import load
        >>> _ = Path("shops.toml").write_text("firms = [{name = 'ann'}, {name = 'bob'}]")
        >>> load("shops.toml").focal
        'ann'
    """
    if not isinstance(path, (str, os.PathLike)):
        raise RegularsError(f"the path of a scenario file is needed, not {shown(path)}")
    file = Path(path)
    return Scenario(read_file(file, ()), file, read_text(file))


def as_scenario(thing: Any) -> Scenario:
    """A scenario from a scenario, a path or a table."""
    if isinstance(thing, Scenario):
        return thing
    if isinstance(thing, Mapping):
        return Scenario(thing)
    if isinstance(thing, (str, os.PathLike)):
        return load(thing)
    raise RegularsError(f"a scenario is needed, its table or the path of its file, not {shown(thing)}")


def _steps(name: Any) -> tuple[str, ...]:
    if not isinstance(name, str):
        raise Problem([((), f"{shown(name)} is no name of a value, such as 'market.days'")])
    return tuple(name.split("."))


def _put(table: dict[str, Any], steps: tuple[str, ...], value: Any) -> None:
    here: Any = table
    for depth, step in enumerate(steps):
        if not isinstance(here, (dict, list)):
            raise Problem([(steps[: depth + 1], f"there is nothing inside '{dotted(steps[:depth])}'")])
        at: Any = _item_number(here, steps[: depth + 1]) if isinstance(here, list) else step
        if depth == len(steps) - 1:
            here[at] = value
        elif isinstance(here, dict):
            here = here.setdefault(at, {})
        else:
            here = here[at]


def _item_number(items: Sequence[Any], place: tuple[str, ...]) -> int:
    """Which item of a list the last step of a name means, by its number or by the name that it has."""
    step = place[-1]
    names = [item.get("name") if isinstance(item, Mapping) else None for item in items]
    if step in names:
        return names.index(step)
    if step.isdecimal() and len(step) < 10 and int(step) < len(items):
        return int(step)
    what = "firm" if place[:-1] == ("firms",) else "item"
    told = (
        f"no {what} '{cut(step, 80)}': use 0 to {len(items) - 1}"
        if items
        else "there is nothing in this list"
    )
    if known := [name for name in names if isinstance(name, str)]:
        told += f" in order of name, or a name; {nearest(step, known)}"
    raise Problem([(place, told)])


def _resolved_strategies(strategies: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: find(name).Parameters.read(table).model_dump(mode="python")
        for name, table in sorted(strategies.items())
    }


def _without_none(value: Any) -> Any:
    """Tables that TOML can hold: no None, tuples as lists."""
    if isinstance(value, Mapping):
        return {str(name): _without_none(item) for name, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [_without_none(item) for item in value]
    return value
