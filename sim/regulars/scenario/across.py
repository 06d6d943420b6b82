"""Numbers that differ between the firms of a group: distributions across firms, at evenly spaced quantiles.

Firm k of n has the quantile (k - 1/2) / n of another k for each number: the values are those that the distribution
promises, whatever the seed, and two numbers of a group have nothing to do with one another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_origin

import numpy as np

from regulars.contract import pricing, strategy
from regulars.ground.chance import Chance, purpose
from regulars.ground.parameter import ParameterSet, Problem, Spread, kinds_of
from regulars.scenario.whole import whole_offer

DIGITS = 9  # of a drawn value: what libraries round differently is cut off
DRAWN_AS: dict[str | int, str] = {"pricing": "policy"}  # draws keep the key that they had under a former name
Place = tuple[str | int, ...]


def across(
    table: Mapping[str, Any], count: int
) -> tuple[dict[Place, list[float]], list[tuple[Place, Place, str]]]:
    """Values of `count` firms by path within a firm, for all distributions across firms that a table holds.

    What is wrong with a distribution comes second, as (path of the number, path within the distribution, message); there
    are no values of it then.
    """
    values: dict[Place, list[float]] = {}
    wrong: list[tuple[Place, Place, str]] = []
    for path, whole in found(table).items():
        try:
            spread = Spread.read(_at(table, path))
        except Problem as problem:
            wrong += [(path, rest, text) for rest, text in problem.items]
            values[path] = []
            continue
        drawn = spread.draw((_order(path, count) + 0.5) / count)
        values[path] = [round(v) if whole else float(f"{v:.{DIGITS}g}") for v in drawn.tolist()]
    return values, wrong


def found(firm: Mapping[str, Any]) -> dict[Place, bool]:
    """Paths within a firm at which a distribution stands for one number, and whether that is a whole one.

    A distribution that is one over customers, as of the effort of joining, is none across firms.
    """
    return dict(_walk(whole_offer(), firm, ()))


def _order(path: Place, count: int) -> Any:
    """Which quantile each firm of a group has: the numbers from 0, in an order of each number's own."""
    key = (DRAWN_AS.get(path[0], path[0]), *path[1:])
    draws = Chance(0).uniform(purpose("firms", *map(str, key)), np.arange(count))
    return np.argsort(np.argsort(draws, kind="stable"), kind="stable")


def _walk(kind: type[ParameterSet], table: Any, place: Place) -> Iterator[tuple[Place, bool]]:
    if not isinstance(table, Mapping):
        return
    for name, value in table.items():
        field, here = kind.model_fields.get(name), (*place, name)
        if field is None or not isinstance(value, Mapping):
            continue
        if kind is whole_offer() and name == "strategies":
            for one in sorted(value.keys() & set(strategy.names())):
                yield from _walk(strategy.find(one).Parameters, value[one], (*here, one))
        elif kind is whole_offer() and name == "pricing":
            if isinstance(value.get("kind"), str) and value["kind"] in pricing.names():
                yield from _walk(pricing.find(value["kind"]).Parameters, value, here)
        else:
            yield from _of_field(field.annotation, value, here)


def _of_field(annotation: Any, value: Any, place: Place) -> Iterator[tuple[Place, bool]]:
    """Distributions in the place of one field: a number, numbers by name, or a table."""
    kinds = kinds_of(annotation)
    tables = [one for one in kinds if isinstance(one, type) and issubclass(one, ParameterSet)]
    if Spread in kinds:
        return
    if tables:
        yield from _walk(tables[0], value, place)
    elif kinds & {int, float}:
        if get_origin(annotation) is dict:
            named = [name for name, item in value.items() if _is_distribution(item)]
            yield from (((*place, name), float not in kinds) for name in named)
        elif _is_distribution(value):
            yield place, float not in kinds


def _is_distribution(value: Any) -> bool:
    return isinstance(value, Mapping) and ("distribution" in value or "mean" in value)


def _at(table: Any, path: Place) -> Any:
    for step in path:
        table = table[step]
    return table
