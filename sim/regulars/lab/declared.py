"""Every parameter that a scenario declares, by dotted name, and changing them by that name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from regulars.ground.parameter import ParameterSet, Problem, Spread, field_extra
from regulars.scenario import Scenario
from regulars.world import policy
from regulars.world.strategy import find


@dataclass(frozen=True)
class Declared:
    """One parameter as it stands in a scenario."""

    name: str
    value: Any
    unit: str
    bounds: str
    meaning: str
    choices: tuple[str, ...] = ()
    spread: str = ""  # name of the distribution that this number belongs to


def declared(scenario: Scenario) -> dict[str, Declared]:
    """All parameters of the resolved scenario, strategies of firms and arms included, in the order of the scenario.

    A distribution over customers stands under its own name and with each of its numbers
    (`choice.price_sensitivity`, `choice.price_sensitivity.mean`, ...).
    """
    found: dict[str, Declared] = {}
    for parameter in _walk(scenario.spec, ()):
        if not parameter.name.startswith("about."):
            found[parameter.name] = parameter
    return found


def _walk(table: ParameterSet, place: tuple[str, ...]) -> Iterable[Declared]:
    for name, field in type(table).model_fields.items():
        value, here = getattr(table, name), (*place, name)
        extra = field_extra(field)
        about = (str(extra.get("unit", "")), str(extra.get("bounds", "")), field.description or "")
        if isinstance(value, Spread):
            yield Declared(".".join(here), value.model_dump(), *about)
            for part, number in value.model_dump().items():
                unit = about[0] if part != "distribution" else ""
                bounds = about[1] if part not in ("distribution", "sd") else ""
                yield Declared(".".join((*here, part)), number, unit, bounds, about[2], (), ".".join(here))
        elif isinstance(value, ParameterSet):
            yield from _walk(value, here)
        elif name == "strategies" and isinstance(value, Mapping):
            for strategy, written in value.items():
                yield from _walk(find(strategy).Parameters.read(written), (*here, strategy))
        elif name == "policy" and isinstance(value, Mapping):
            if value:
                yield Declared(".".join((*here, "kind")), value["kind"], *about, tuple(policy.names()))
                yield from _walk(policy.read(value)[1], here)
        elif isinstance(value, (tuple, list)) and value and isinstance(value[0], ParameterSet):
            for number, item in enumerate(value):
                yield from _walk(item, (*here, str(number)))
        elif isinstance(value, Mapping):
            for key, item in value.items():
                if isinstance(item, ParameterSet):
                    yield from _walk(item, (*here, str(key)))
        else:
            yield Declared(".".join(here), value, *about, choices_of(field.annotation))


def choices_of(annotation: Any) -> tuple[str, ...]:
    """The words that a parameter of a few words may be; none for any other."""
    words = getattr(annotation, "__args__", ())
    return tuple(words) if words and all(isinstance(word, str) for word in words) else ()


def targets(scenario: Scenario, name: str, known: Mapping[str, Declared] | None = None) -> list[str]:
    """The declared parameters that a name means; none when there is no such parameter.

    A firm may be called by its number or by its name. A strategy of the focal firm that stands only in arms is
    meant in every arm that has it.
    """
    known = declared(scenario) if known is None else known
    steps = name.split(".")
    firms = [firm.name for firm in scenario.spec.firms]
    if steps[0] == "firms" and len(steps) > 1 and steps[1] in firms:
        steps[1] = str(firms.index(steps[1]))
    full = ".".join(steps)
    if full in known:
        return [full]
    if (
        steps[0] == "firms"
        and steps[1:2] == [str(firms.index(scenario.focal))]
        and steps[2:3] == ["strategies"]
    ):
        places = [".".join(("arms", arm, *steps[2:])) for arm in scenario.spec.arms]
        return [place for place in places if place in known]
    return []


def nearest_parameter(name: str, known: Iterable[str]) -> str:
    """A hint with the declared name that is most like a wrong one, the last part of it counting most."""
    known = list(known)
    tails = sorted({full.rpartition(".")[2] for full in known})
    near = difflib.get_close_matches(name.rpartition(".")[2], tails, n=5, cutoff=0.6)
    pool = [full for full in known if full.rpartition(".")[2] in near] or known
    best = max(pool, key=lambda full: difflib.SequenceMatcher(None, full, name).ratio(), default="")
    return f"did you mean '{best}'?" if best else "this scenario declares no parameters"


def changed(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    """A copy of a scenario with values replaced by name; a number of a distribution leaves its other numbers alone.

    Names that are not declared yet are written as they are, so that a strategy can be added; the scenario itself
    refuses what it does not know.
    """
    known = declared(scenario)
    written: dict[str, Any] = {}
    parts: list[tuple[str, str]] = []
    for name, value in changes.items():
        for target in targets(scenario, name, known) or [name]:
            whole = known[target].spread if target in known else ""
            if whole:
                part = target.rpartition(".")[2]
                written[whole] = {**written.get(whole, known[whole].value), part: value}
                parts.append((whole, part))
            else:
                written[target] = value
    idle = []
    for whole, part in parts:
        kind = written[whole]["distribution"]
        if part not in counting(kind):
            hint = f"its numbers are {', '.join(counting(kind)[1:])}; set {whole}.distribution as well"
            idle.append(((f"{whole}.{part}",), f"changes nothing in a distribution that is '{kind}': {hint}"))
    if idle:
        raise Problem(idle)
    return scenario.set(written)


def counting(kind: Any) -> tuple[str, ...]:
    """The parts of a distribution that count: its kind and its numbers."""
    numbers = {"fixed": ("mean",), "uniform": ("low", "high")}.get(str(kind), ("mean", "sd"))
    return ("distribution", *numbers)
