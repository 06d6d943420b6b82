"""Every parameter that a scenario declares, by dotted name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, get_args, get_origin

from regulars.contract import pricing
from regulars.contract.pricing import Pricing
from regulars.ground.alike import alike
from regulars.ground.parameter import ParameterSet, Spread, field_extra
from regulars.scenario.spec import Spec

LONGEST_NAME = 200  # letters of a name that are compared with others
SAID_OF = (
    "about",
    "uncertainty",
    "correlations",
    "evidence",
)  # sections that speak of the scenario and its parameters
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Declared:
    """One parameter as it stands in a scenario."""

    path: Path
    name: str
    value: Any
    unit: str
    bounds: str
    meaning: str
    choices: tuple[str, ...] = ()
    spread: str = ""  # name of the distribution that this number belongs to
    whole: bool = False  # whether it is a whole number
    total: bool = False  # whether it is a total over all customers
    source: str = ""  # what is declared of where it comes from


def declared(spec: Spec) -> Mapping[str, Declared]:
    """All parameters of a scenario, defaults too, strategies of firms and arms included, in the order of the scenario.

    A distribution over customers stands under its own name and with each of its numbers
    (`choice.price_sensitivity`, `choice.price_sensitivity.mean`, ...). The scenario that was asked for last is remembered: each replicate
    of a comparison asks for the same one several times.
    """
    return _walked(spec)[0]


def by_path(spec: Spec) -> Mapping[Path, Declared]:
    """The same parameters by their paths."""
    return _walked(spec)[1]


def _walked(spec: Spec) -> tuple[Mapping[str, Declared], Mapping[Path, Declared]]:
    global _latest
    if _latest is None or _latest[0] is not spec:
        found = [one for one in _walk(spec, (), ()) if one.path[0] not in SAID_OF]
        names, paths = {one.name: one for one in found}, {one.path: one for one in found}
        _latest = spec, (MappingProxyType(names), MappingProxyType(paths))
    return _latest[1]


def _walk(table: ParameterSet, path: Path, steps: tuple[str, ...]) -> Iterable[Declared]:
    for field, about in type(table).model_fields.items():
        value, here, name = getattr(table, field), (*path, field), (*steps, field)
        extra = field_extra(about)
        told = (str(extra.get("unit", "")), str(extra.get("bounds", "")), about.description or "")
        if isinstance(value, Spread):
            whole = ".".join(name)
            source = str(extra.get("source", ""))
            yield Declared(here, whole, value.model_dump(), *told, source=source)
            for part, number in value.model_dump().items():
                unit = told[0] if part != "distribution" else ""
                bounds = {"distribution": "", "sd": "[0, inf)"}.get(part, told[1])
                yield Declared((*here, part), f"{whole}.{part}", number, unit, bounds, told[2], (), whole)
        elif isinstance(value, ParameterSet):
            yield from _walk(value, here, name)
        elif isinstance(value, Pricing):
            if value:
                kinds = tuple(pricing.names())
                yield Declared((*here, "kind"), ".".join((*name, "kind")), value.kind, *told, kinds)
                yield from _walk(value.parameters, here, name)
        elif isinstance(value, (tuple, list)) and value and isinstance(value[0], ParameterSet):
            for number, item in enumerate(value):
                yield from _walk(item, (*here, number), (*name, step_of(value, number)))
        elif isinstance(value, Mapping):
            for key, item in value.items():
                if isinstance(item, ParameterSet):
                    yield from _walk(item, (*here, key), (*name, key))
        else:
            yield Declared(
                here, ".".join(name), value, *told, choices_of(about.annotation),
                whole=_is_whole(about), total=bool(extra.get("total")), source=str(extra.get("source", "")),
            )  # fmt: skip


_latest: tuple[Spec, tuple[Mapping[str, Declared], Mapping[Path, Declared]]] | None = None


def step_of(items: Sequence[Any], number: int) -> str:
    """How a dotted name calls an item of a list: by its number, or by its name where another one is named like the number."""
    others = [getattr(item, "name", None) for k, item in enumerate(items) if k != number]
    return str(items[number].name) if str(number) in others else str(number)


def _is_whole(field: Any) -> bool:
    """Whether a parameter is a whole number, or one or nothing."""
    kinds = {field.annotation, *get_args(field.annotation)}
    return int in kinds and float not in kinds


def choices_of(annotation: Any) -> tuple[str, ...]:
    """The words that a parameter of a few words may be; none for any other."""
    return get_args(annotation) if get_origin(annotation) is Literal else ()


def nearest_parameter(name: str, known: Iterable[str]) -> str:
    """A hint with the declared name that is most like a wrong one in its last part; where none is, where all names stand."""
    known, name = [full[-LONGEST_NAME:] for full in known], name[-LONGEST_NAME:]
    tails = sorted({full.rpartition(".")[2] for full in known})
    near = alike(name.rpartition(".")[2], tails, 5)
    pool = [full for full in known if full.rpartition(".")[2] in near]
    best = alike(name, pool, at_least=0.0)
    return (
        f"did you mean '{best[0]}'?" if best else "`regulars show SCENARIO --parameters` lists all there are"
    )
