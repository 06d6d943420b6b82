"""Scenarios: a market written down as TOML, checked before anything runs.

A scenario may `extends` another one (path relative to the file): tables are merged, values replaced, and a list
of firms is merged firm by firm, by name. `arms` are alternatives for the focal firm, compared on paired worlds.
"""

from __future__ import annotations

import copy
import datetime
import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import model_validator

from regulars.behavior.bond import Bond
from regulars.behavior.choice import Choice
from regulars.behavior.experience import Experience
from regulars.behavior.foresight import Foresight
from regulars.behavior.need import Need
from regulars.behavior.search import Search
from regulars.behavior.spending import Spending
from regulars.behavior.switching import Switching
from regulars.behavior.taste import Taste
from regulars.behavior.taste import problem as taste_problem
from regulars.behavior.turnover import Turnover
from regulars.ground.errors import RegularsError
from regulars.ground.parameter import REQUIRED, ParameterSet, Problem, dotted, nearest, par
from regulars.world import policy
from regulars.world.strategy import find

if TYPE_CHECKING:
    from regulars.market import Market

CONTROL = "control"


class About(ParameterSet):
    """What the scenario is for, in words."""

    title: str = par("", "", "", "name of the market for people")
    question: str = par("", "", "", "what the scenario asks")
    expected: str = par("", "", "", "what to expect, and why")
    limits: str = par("", "", "", "what the scenario cannot tell")
    sources: tuple[str, ...] = par((), "", "", "where its numbers come from")


class MarketSize(ParameterSet):
    """How large, how long, in which money."""

    customers: int = par(1000, "customers", "[1, 100000000]", "customers at the start")
    days: float = par(364.0, "days", "(0, 36525]", "length of the run")
    tick: float = par(1.0, "days", "(0, 366]", "length of a step; results do not depend on it")
    start: datetime.date = par(datetime.date(2024, 1, 1), "date", "", "first day")
    currency: str = par("currency", "", "", "label of the currency unit")
    seed: int = par(1, "", "[0, 18446744073709551615]", "seed of all draws")
    focal: str = par("", "", "", "firm whose arms are compared; the first firm when empty")
    window: float = par(28.0, "days", "(0, 3660]", "window at the end in which a customer counts as kept, won or lost, and within which a purchase counts as moved in time")


class FirmOffer(ParameterSet):
    """One firm."""

    name: str = par(REQUIRED, "", "", "name of the firm")
    price: float = par(1.0, "currency per unit", "[0, inf)", "list price")
    cost: float = par(0.0, "currency per unit", "[0, inf)", "cost of goods")
    share: float = par(1.0, "weight", "(0, inf)", "taste weight: its market share when all else is equal, up to a common factor")
    appeal: float = par(0.0, "logits", "[-50, 50]", "pull of the firm on everybody, beyond taste, price and quality")
    quality: float = par(0.5, "performance", "[-10, 10]", "mean performance of a purchase")
    failure: float = par(0.0, "probability", "[0, 1]", "chance that a purchase goes wrong")
    severity: float = par(0.5, "performance", "[0, 10]", "performance lost when it does")
    position: float = par(0.5, "distance", "[0, 1]", "place on the line (hotelling tastes only)")
    rent: float = par(0.0, "currency per day", "[0, inf)", "fixed cost of the place")
    strategies: dict[str, Any] = par({}, "", "", "what the firm does to keep its customers, by name")
    policy: dict[str, Any] = par({}, "", "", "how the firm sets its price: a kind and its parameters; fixed when empty")


class Arm(ParameterSet):
    """One alternative for the focal firm."""

    description: str = par("", "", "", "what the arm is, in words")
    strategies: dict[str, Any] = par({}, "", "", "strategies of the focal firm in this arm, added to those it has")
    set: dict[str, Any] = par({}, "", "", "values of the scenario replaced in this arm, by dotted name")


class Spec(ParameterSet):
    """Everything a scenario can say."""

    about: About = par(About(), "", "", "what the scenario is for")
    market: MarketSize = par(MarketSize(), "", "", "size, length, money")
    need: Need = par(Need(), "", "", "when customers meet an opportunity")
    taste: Taste = par(Taste(), "", "", "what customers like")
    choice: Choice = par(Choice(), "", "", "how they choose")
    spending: Spending = par(Spending(), "", "", "how much they buy")
    switching: Switching = par(Switching(), "", "", "what changing firm costs them")
    experience: Experience = par(Experience(), "", "", "what a purchase does to satisfaction")
    bond: Bond = par(Bond(), "", "", "what satisfaction does to loyalty")
    search: Search = par(Search(), "", "", "whether they look around")
    foresight: Foresight = par(Foresight(), "", "", "how they value what is to come")
    turnover: Turnover = par(Turnover(), "", "", "who enters and leaves")
    firms: tuple[FirmOffer, ...] = par(REQUIRED, "", "", "the firms of the market")
    arms: dict[str, Arm] = par({}, "", "", "alternatives that are compared with doing nothing")
    uncertainty: dict[str, float] = par({}, "", "", "standard errors of values, by dotted name: drawn anew in each replicate")

    @model_validator(mode="after")
    def _fits_together(self) -> Spec:
        wrong: list[tuple[tuple[str | int, ...], str]] = []
        names = [firm.name for firm in self.firms]
        if not names:
            wrong.append((("firms",), "a market needs at least one firm"))
        for f, name in enumerate(names):
            if name in names[:f]:
                wrong.append((("firms", f, "name"), f"'{name}' is the name of another firm already"))
            if not name or "." in name:
                wrong.append((("firms", f, "name"), f"{name!r} will not do: a name is not empty and has no dot"))
        if self.market.focal and self.market.focal not in names:
            wrong.append((("market", "focal"), f"no firm is called '{self.market.focal}'; {nearest(self.market.focal, names)}"))
        if self.taste.kind == "normal" and (text := taste_problem(self.taste, len(names))):
            wrong.append((("taste", "correlations"), text))
        if self.search.on and not self.experience.on:
            wrong.append((("search", "on"), "commitment comes from satisfaction: set experience.on = true as well"))
        if self.bond.response != "off" and not self.experience.on:
            wrong.append((("bond", "response"), "the bond comes from satisfaction: set experience.on = true as well"))
        if CONTROL in self.arms:
            wrong.append((("arms", CONTROL), f"'{CONTROL}' is the name of doing nothing; call the arm something else"))
        for f, firm in enumerate(self.firms):
            wrong += self._strategy_problems(firm.strategies, ("firms", f, "strategies"))
            wrong += policy.problems(firm.policy, ("firms", f, "policy"), firm.name, names, self.market.tick)
        for name, arm in self.arms.items():
            wrong += self._strategy_problems(arm.strategies, ("arms", name, "strategies"))
        if wrong:
            raise Problem(wrong)
        return self

    def _strategy_problems(self, strategies: Mapping[str, Any], place: tuple[str | int, ...]) -> list[Any]:
        wrong: list[Any] = []
        for name, table in strategies.items():
            try:
                kind = find(name, place)
                parameters = kind.Parameters.read(table, (*place, name))
            except Problem as problem:
                wrong += problem.items
                continue
            for clock in kind.clock:
                ticks = getattr(parameters, clock) / self.market.tick
                if abs(ticks - round(ticks)) > 1e-9:
                    wrong.append(((*place, name, clock), f"{getattr(parameters, clock):g} days is no whole number of ticks of {self.market.tick:g} days"))
        return wrong


class Scenario:
    """A checked scenario: `spec` is everything with defaults, `table` what was written."""

    def __init__(self, table: Mapping[str, Any], path: Path | None = None, text: str = "") -> None:
        self.table = _sorted_firms(copy.deepcopy(dict(table)))
        self.path, self.text = path, text
        try:
            self.spec = Spec.read(self.table)
        except Problem as problem:
            raise Problem(self._placed(problem)) from None

    @property
    def name(self) -> str:
        """Name of the file, or of the market."""
        return self.path.stem if self.path else re.sub(r"\W+", "-", self.spec.about.title.lower()).strip("-") or "scenario"

    @property
    def focal(self) -> str:
        """Name of the firm whose arms are compared."""
        return self.spec.market.focal or str((self.table.get("firms") or [{}])[0].get("name"))

    @cached_property
    def hash(self) -> str:
        """Eight characters that change with any value of the resolved scenario."""
        return hashlib.blake2b(json.dumps(self.resolved(), sort_keys=True, default=str).encode(), digest_size=4).hexdigest()

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

        return tomli_w.dumps(_plain(self.resolved()))

    def set(self, changes: Mapping[str, Any]) -> Scenario:
        """A copy with values replaced by dotted name, such as `firms.0.strategies.threshold_rebate.days`.

        A firm may be named by its number in order of name or by its name.
        """
        if not changes:
            return self
        table = copy.deepcopy(self.table)
        for name, value in changes.items():
            self._put(table, name, value)
        return Scenario(table, self.path, self.text)

    def value(self, name: str) -> Any:
        """The resolved value of a dotted name."""
        here: Any = self.resolved()
        for depth, step in enumerate(name.split(".")):
            if isinstance(here, (list, tuple)):
                here = here[_firm_number(list(here), step, name)]
            elif isinstance(here, Mapping) and step in here:
                here = here[step]
            else:
                known = here if isinstance(here, Mapping) else ()
                raise Problem([(tuple(name.split(".")[: depth + 1]), f"no value of this name; {nearest(step, known)}")])
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

    def _put(self, table: dict[str, Any], name: str, value: Any) -> None:
        here: Any = table
        steps = name.split(".")
        for depth, step in enumerate(steps):
            last = depth == len(steps) - 1
            if isinstance(here, list):
                here = here[_firm_number(here, step, ".".join(steps[: depth + 1]))]
                continue
            if not isinstance(here, dict):
                raise Problem([((*steps[: depth + 1],), f"there is nothing inside '{'.'.join(steps[:depth])}'")])
            if last:
                here[step] = value
            else:
                here = here.setdefault(step, {})

    def _placed(self, problem: Problem) -> list[Any]:
        """Problems with the line of the file at which each stands."""
        items = []
        for path, text in problem.items:
            line = line_of(self.text, path, self.table) if self.text else 0
            where = f"{self.path.name if self.path else 'scenario'}, line {line}: " if line else ""
            items.append(((), f"{where}{dotted(path)}: {text}"))
        return items

    def __repr__(self) -> str:
        return f"Scenario({self.name!r}, {len(self.spec.firms)} firms, arms={list(self.spec.arms)})"


def load(path: str | Path) -> Scenario:
    """Read a scenario file, with all that it extends.

    Example:
        >>> from regulars import load
        >>> scenario = load("scenarios/community-supermarket.toml")  # doctest: +SKIP
    """
    file = Path(path)
    return Scenario(_read(file, ()), file, file.read_text(encoding="utf-8"))


def read_table(path: str | Path) -> dict[str, Any]:
    """The table of a scenario file with all that it extends, firms in order of name; nothing of it is checked yet."""
    return _sorted_firms(_read(Path(path), ()))


def as_scenario(thing: Any) -> Scenario:
    """A scenario from a scenario, a path or a table."""
    if isinstance(thing, Scenario):
        return thing
    return Scenario(thing) if isinstance(thing, Mapping) else load(thing)


def json_schema() -> dict[str, Any]:
    """JSON schema of scenario files, strategies included, for editors."""
    from regulars.world.strategy import names

    schema = Spec.model_json_schema()
    schema["properties"]["extends"] = {"type": "string", "description": "another scenario that this one builds on"}
    strategies: dict[str, Any] = {}
    for name in names():
        kind = find(name)
        own = kind.Parameters.model_json_schema(ref_template="#/$defs/{model}")
        schema["$defs"].update(own.pop("$defs", {}))
        strategies[name] = {**own, "description": (kind.__doc__ or "").strip().split("\n")[0]}
    schema["$defs"]["FirmOffer"]["properties"]["policy"] = policy.json_schema()
    schema["$defs"]["Spread"] = {"anyOf": [{"type": "number"}, schema["$defs"]["Spread"]]}
    for owner in ("FirmOffer", "Arm"):
        schema["$defs"][owner]["properties"]["strategies"] = {
            "type": "object", "properties": strategies, "additionalProperties": False
        }  # fmt: skip
    return schema


def line_of(text: str, path: tuple[str | int, ...], table: Mapping[str, Any] | None = None) -> int:
    """Line (from 1) at which a value stands in TOML text; of its table when it is not written; 0 when unknown."""
    best, header, counts = 0, [], {}
    wanted = [str(step) for step in path]
    if table is not None and len(wanted) > 1 and wanted[0] == "firms" and wanted[1].isdigit():
        wanted[1] = _written_number(text, table, int(wanted[1]))
    depth = -1
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if match := re.match(r"\[\[\s*([^\]]+?)\s*\]\]", bare):
            name = match[1]
            counts[name] = counts.get(name, -1) + 1
            header = [*_keys(name), str(counts[name])]
        elif match := re.match(r"\[\s*([^\]]+?)\s*\]", bare):
            header = _keys(match[1])
            if header and header[0] in counts:
                header.insert(1, str(counts[header[0]]))
        elif match := re.match(r"([A-Za-z0-9_.\"' -]+?)\s*=", bare):
            full = header + _keys(match[1])
            if full == wanted[: len(full)] and len(full) > depth:
                best, depth = number, len(full)
            continue
        else:
            continue
        if header == wanted[: len(header)] and len(header) > depth:
            best, depth = number, len(header)
    return best


def _written_number(text: str, table: Mapping[str, Any], sorted_number: int) -> str:
    """Number in the file of the firm that has `sorted_number` in order of name."""
    firms = table.get("firms", [])
    name = firms[sorted_number].get("name") if sorted_number < len(firms) else None
    try:
        written = [firm.get("name") for firm in tomllib.loads(text).get("firms", [])]
        return str(written.index(name))
    except (ValueError, tomllib.TOMLDecodeError):
        return str(sorted_number)


def _keys(name: str) -> list[str]:
    return [part.strip().strip("\"'") for part in name.split(".")]


def _read(file: Path, seen: tuple[Path, ...]) -> dict[str, Any]:
    place = file.resolve()
    if place in seen:
        raise RegularsError(f"{file}: a scenario cannot extend itself ({' -> '.join(p.name for p in (*seen, place))})")
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        near = [p.stem for p in file.parent.glob("*.toml")] if file.parent.is_dir() else []
        raise RegularsError(f"{file}: there is no such scenario" + (f"; {nearest(file.stem, near)}" if near else "")) from None
    except IsADirectoryError:
        raise RegularsError(f"{file}: this is a folder; a scenario is a .toml file") from None
    except UnicodeDecodeError as error:
        raise RegularsError(f"{file}: a scenario is UTF-8 text, this is not ({error.reason} at byte {error.start})") from None
    except tomllib.TOMLDecodeError as error:
        raise RegularsError(f"{file}: this is not TOML: {error}") from None
    base = table.pop("extends", None)
    if base is None:
        return table
    if not isinstance(base, str):
        raise RegularsError(f"{file}: extends = {base!r} is not the path of a scenario")
    return _merge(_read(file.parent / base, (*seen, place)), table)


def _merge(base: dict[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for name, value in over.items():
        old = merged.get(name)
        if name == "firms" and isinstance(value, list) and isinstance(old, list):
            merged[name] = _merge_firms(old, value)
        elif isinstance(old, dict) and isinstance(value, Mapping):
            merged[name] = _merge(old, value)
        else:
            merged[name] = value
    return merged


def _merge_firms(old: list[Any], new: list[Any]) -> list[Any]:
    by_name = {firm.get("name"): firm for firm in old}
    for firm in new:
        name = firm.get("name")
        by_name[name] = _merge(by_name[name], firm) if name in by_name else firm
    return list(by_name.values())


def _sorted_firms(table: dict[str, Any]) -> dict[str, Any]:
    """Firms in order of name, so that no result depends on the order in which they are written.

    The first firm written stays the focal one.
    """
    firms = table.get("firms")
    if isinstance(firms, (list, tuple)) and firms and all(isinstance(f, dict) and isinstance(f.get("name"), str) for f in firms):
        market = dict(table.get("market", {}))
        if isinstance(table.get("market", {}), dict):
            market.setdefault("focal", firms[0]["name"])
            table["market"] = market
        table["firms"] = sorted(firms, key=lambda firm: firm["name"])
    return table


def _firm_number(firms: list[Any], step: str, place: str) -> int:
    names = [firm.get("name") for firm in firms]
    if step in names:
        return names.index(step)
    if step.isdigit() and int(step) < len(firms):
        return int(step)
    raise Problem([((place,), f"no firm '{step}': use 0 to {len(firms) - 1} in order of name, or a name; {nearest(step, names)}")])


def _resolved_strategies(strategies: Mapping[str, Any]) -> dict[str, Any]:
    return {name: find(name).Parameters.read(table).model_dump(mode="python") for name, table in sorted(strategies.items())}


def _plain(value: Any) -> Any:
    """Tables that TOML can hold: no None, tuples as lists."""
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
