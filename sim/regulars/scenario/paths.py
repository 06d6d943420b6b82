"""Every parameter that a scenario may hold, by its path without names of firms and arms: `strategies.points.redemption_rate`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from regulars.contract import pricing, strategy
from regulars.ground.parameter import ParameterSet, Spread
from regulars.scenario.declared import SAID_OF
from regulars.scenario.whole import whole_spec

FIRMS, ARMS = "firms", "arms"
OPEN = ("strategies", "pricing")  # tables of a firm whose kinds are told apart


def every_path() -> dict[str, Any]:
    """The declared field of every parameter, by path: sections, firms, strategies and pricing policies, lists by what an item holds."""
    passed = (*SAID_OF, ARMS, "posterior")
    found = {path: field for path, field in _walk(whole_spec(), "") if path.partition(".")[0] not in passed}
    found |= {
        f"strategies.{name}{rest}": field
        for name in strategy.names()
        for rest, field in _walk(strategy.find(name).Parameters, ".")
    }
    found |= {
        f"pricing.{name}{rest}": field
        for name in pricing.names()
        for rest, field in _walk(pricing.find(name).Parameters, ".")
    }
    return found


def plain_path(name: str) -> str:
    """The path of a dotted name, without what is particular: `arms.card.strategies.points.hassle` is `strategies.points.hassle`."""
    steps = name.split(".")
    for table in OPEN:
        if table in steps[1:]:
            return ".".join(steps[steps.index(table, 1) :])
    if steps[0] == FIRMS and len(steps) > 2:
        return ".".join([FIRMS, *steps[2:]])
    return name


def _walk(kind: type[ParameterSet], before: str) -> Iterator[tuple[str, Any]]:
    for name, field in kind.model_fields.items():
        inner = [
            one for one in _parts(field.annotation) if issubclass(one, ParameterSet) and one is not Spread
        ]
        path = f"{before}{name}"
        if not inner:
            yield path, field
        for one in inner:
            yield from _walk(one, f"{path}.")


def _parts(annotation: Any) -> Iterator[type]:
    """The classes of which a declared type is made."""
    if isinstance(annotation, type) and not get_args(annotation):
        yield annotation
    for part in get_args(annotation):
        yield from _parts(part)
