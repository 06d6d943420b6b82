"""A checked scenario: values set, arms taken, markets built."""

from __future__ import annotations

import copy
import hashlib
import json
import os
import re
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from regulars.ground.alike import nearest
from regulars.ground.attributes import Known
from regulars.ground.calls import well_built, well_called
from regulars.ground.errors import RegularsError, shown
from regulars.ground.label import Label, Labelled
from regulars.ground.parameter import Problem, dotted
from regulars.ground.shelf import by_name
from regulars.scenario.again import with_known
from regulars.scenario.as_written import as_written
from regulars.scenario.changes import at, put, written
from regulars.scenario.files import (
    inputs_of,
    read_file,
    read_text,
    shown_path,
    sorted_firms,
    ties_file,
    with_draws,
    with_ties,
)
from regulars.scenario.groups import plain_firms
from regulars.scenario.label import of_scenario
from regulars.scenario.lines import line_of
from regulars.scenario.names import ABSENT, meant
from regulars.scenario.published import with_published
from regulars.scenario.renamed import up_to_date
from regulars.scenario.spec import CONTROL, Spec
from regulars.scenario.tables import plain
from regulars.scenario.whole import whole_spec

if TYPE_CHECKING:
    from regulars.market import Market

LONGEST_NAME = 100  # letters of a title in the name of a scenario
MOST_PLACED = 50  # problems of which the line is looked up


@well_built
class Scenario(Labelled, Known):
    """A checked scenario: `spec` is everything with defaults, `table` what was written."""

    def __init__(self, table: Mapping[str, Any], path: Path | None = None, text: str = "") -> None:
        if not isinstance(table, Mapping):
            raise Problem(
                [((), f"a scenario is made of a table, not of {shown(table)}; load(path) reads a file")]
            )
        if path is not None and not isinstance(path, Path):
            raise Problem(
                [
                    (
                        (),
                        f"path = {shown(path)} will not do: a Path is needed, of the file that the table is from",
                    )
                ]
            )
        self._make(table, path, text)

    @classmethod
    def _again(
        cls, table: Mapping[str, Any], path: Path | None, text: str, known: Callable[..., Mapping[str, Any]]
    ) -> Self:
        """The scenario of a table of which much is known; `known` puts it in its place."""
        made = cls.__new__(cls)
        made._make(table, path, text, known)
        return made

    def _make(
        self,
        table: Mapping[str, Any],
        path: Path | None,
        text: str,
        known: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None,
    ) -> None:
        self.table: dict[str, Any] = {}
        self.path, self.text = path, text
        try:
            own = up_to_date(plain(table))
            made, wrong = plain_firms(own)
            if wrong:
                raise Problem(wrong)
            self.table = sorted_firms(made)
            folder = path.parent if path else Path()
            self.table = with_published(with_draws(with_ties(self.table, folder), folder))
            self.spec = self._read(own, known or dict)
        except Problem as problem:
            raise Problem(self._placed(problem)) from None
        self._built()

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel as what was written: a worker process reads it with the parts that it has."""
        return type(self), (self.table, self.path, self.text)

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

    @property
    def inputs(self) -> list[Path]:
        """Files that the scenario was read from: its own, those that it extends, and tables of ties; none is written over."""
        return inputs_of(self.path) + ties_file(self.table, self.path.parent if self.path else Path())

    @cached_property
    def hash(self) -> str:
        """Eight characters that change with any value of the resolved scenario."""
        return hashlib.blake2b(
            json.dumps(self.resolved(), sort_keys=True, default=str).encode(), digest_size=4
        ).hexdigest()

    def resolved(self) -> dict[str, Any]:
        """The whole scenario as a table, defaults written out, strategies' parameters included."""
        return self.spec.model_dump(mode="python")

    def toml(self) -> str:
        """The resolved scenario as TOML."""
        import tomli_w

        return tomli_w.dumps(_without_none(self.resolved()))

    @well_called
    def set(self, changes: Mapping[str, Any]) -> Scenario:
        """A copy with values replaced by dotted name, such as `firms.0.price` or `choice.price_sensitivity.mean`.

        Names are those of `regulars show SCENARIO --parameters` and mean the same as in `--set`, `--over` and sweeps: a
        firm by its number in order of name or by its name, `arms.NAME.strategies...` for one arm, `arms.*...` for every
        arm that has the rest. A strategy is added as a whole table.

        Raises:
            RegularsError: for names that mean nothing here and for values that will not do.
        """
        if not isinstance(changes, Mapping):
            raise Problem(
                [((), f"values are changed by a table from name to value, not by {shown(changes)}")]
            )
        return self._changed(self.table, self.spec, changes) if changes else self

    def resized(self, customers: int) -> Scenario:
        """The same market with so many customers: rent, visitors on sale and other totals in proportion.

        Raises:
            RegularsError: for a number that will not do.
        """
        from regulars.scenario.size import resized

        return resized(self, customers)

    def without(self, *sections: str) -> Scenario:
        """The same scenario with nothing said in some sections, such as the draws of a posterior once one of them was taken."""
        table = {name: value for name, value in self.table.items() if name not in sections}
        gone = [(name,) for name in sections]
        return Scenario._again(table, self.path, self.text, partial(with_known, spec=self.spec, changed=gone))

    def without_lines(self) -> Scenario:
        """The same scenario, whose errors name no lines: of changes that stand elsewhere than in its file."""
        made = type(self).__new__(type(self))
        made.__dict__.update(self.__dict__, text="")
        return made

    @well_called
    def value(self, name: str) -> Any:
        """The resolved value of a dotted name; of one with a `*`, that on which all agree.

        Raises:
            Problem: there is no such name, or a `*` under which values differ.
        """
        places, resolved = meant(self.spec, name), self.resolved()
        if any(place.value is ABSENT for place in places):
            raise Problem([((name,), "there is none here")])
        found = [at(resolved, place.path) for place in places]
        if any(value != found[0] for value in found):
            raise Problem([((name,), f"this has several values: {', '.join(map(repr, found))}")])
        value = found[0]
        return value["mean"] if isinstance(value, Mapping) and value.get("distribution") == "fixed" else value

    @well_called
    def arm(self, name: str) -> Scenario:
        """The scenario of one arm; `control` is the scenario as it stands.

        Raises:
            Problem: there is no such arm.
        """
        if isinstance(name, str) and name == CONTROL:
            return self._changed({**self.table, "arms": {}}, self.spec.model_copy(update={"arms": {}}), {})
        if not isinstance(name, str) or name not in self.spec.arms:
            told = f"no arm of this name; {nearest(str(name), self.spec.arms)}"
            raise Problem([(("arms", shown(name) if not isinstance(name, str) else name), told)])
        arm, added = self.spec.arms[name], self.table["arms"][name].get("strategies", {})
        table = copy.deepcopy({**self.table, "arms": {}})
        firms = list(self.spec.firms)
        for f, firm in enumerate(table["firms"]):
            if firm["name"] == self.focal and added:
                firm["strategies"] = {**firm.get("strategies", {}), **copy.deepcopy(added)}
                firms[f] = firms[f].model_copy(update={"strategies": firms[f].strategies | arm.strategies})
        # names of `set` may mean these strategies; whether all of it fits together is seen at the end
        return self._changed(table, self.spec.model_copy(update={"arms": {}, "firms": tuple(firms)}), arm.set)

    def _read(self, own: Mapping[str, Any], known: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> Spec:
        """The meaning of the table; what is wrong is told where the table of the user has it."""
        try:
            return whole_spec().read(known(self.table))
        except Problem as problem:
            raise Problem(as_written(own, self.table, problem.items)) from None

    def _changed(self, table: dict[str, Any], spec: Spec, changes: Mapping[str, Any]) -> Scenario:
        """The scenario of a table, of which `spec` is the meaning, with values replaced by name."""
        table, new = copy.deepcopy(table), written(spec, changes)
        for path, value in new.items():
            put(table, path, value, lambda: spec.model_dump(mode="python"))
        return Scenario._again(table, self.path, self.text, partial(with_known, spec=spec, changed=new))

    @well_called
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

    def _label(self) -> Label:
        return of_scenario(self)


@well_called
def load(path: str | os.PathLike[str]) -> Scenario:
    """Read a scenario file, with all that it extends: by its path, or by its name in a folder `scenarios`.

    Raises:
        RegularsError: no path, or a file that is not there.
        Problem: a file that says what cannot be, with every problem in it.

    Example:
        >>> from pathlib import Path
        >>> from regulars import load
        >>> _ = Path("shops.toml").write_text("firms = [{name = 'ann'}, {name = 'bob'}]")
        >>> load("shops.toml").focal
        'ann'
    """
    if not isinstance(path, (str, os.PathLike)):
        raise RegularsError(f"the path of a scenario file is needed, not {shown(path)}")
    file = by_name(Path(path))
    return Scenario(read_file(file, ()), file, read_text(file))


def as_scenario(thing: Any) -> Scenario:
    """A scenario from a scenario, a path or a table; one that was read with other parts than there are now is read again."""
    if isinstance(thing, Scenario):
        is_current = type(thing.spec) is whole_spec()
        return thing if is_current else Scenario(thing.table, thing.path, thing.text)
    if isinstance(thing, Mapping):
        return Scenario(thing)
    if isinstance(thing, (str, os.PathLike)):
        return load(os.fspath(thing))
    raise RegularsError(f"a scenario is needed, its table or the path of its file, not {shown(thing)}")


def _without_none(value: Any) -> Any:
    """Tables that TOML can hold: no None, tuples as lists."""
    if isinstance(value, Mapping):
        return {str(name): _without_none(item) for name, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [_without_none(item) for item in value]
    return value
