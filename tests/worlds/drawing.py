"""Draws a value of any declared parameter from its type, its bounds and its default, so that none has to be named.

Every draw is keyed by its own path in the scenario, so that what is declared later moves nothing else in a world.
"""

import datetime
import math
import types
from typing import Any, Literal, Union, get_args, get_origin
from zlib import crc32

import numpy as np

from regulars.ground.parameter import ParameterSet, Problem, Spread, field_extra, inside, limits
from regulars.ground.parsed import Parsed

DEAREST = 2000.0  # currency units; how large numbers of money may be is for others to try
FURTHEST = 400.0  # of any other unit, where nothing bounds it
WILD = (
    0.01,
    0.01,
    0.05,
    0.2,
)  # chance that a number is an end of its range or far off: one of these in each world
TRIES = 8  # for a table whose values have to fit together


class Dice:
    """Draws keyed by (world, path, try)."""

    def __init__(self, *key: int) -> None:
        self.key = key
        self.wild = float(self.at("wild").choice(WILD))

    def at(self, path: str) -> np.random.Generator:
        """The generator of one path."""
        return np.random.default_rng([*self.key, crc32(path.encode())])


def rounded(value: float) -> float:
    """A number that somebody might write: three digits."""
    return float(f"{value:.3g}")


def number(
    rng, bounds: str, default: float, unit: str = "", wild: float = WILD[0], whole: bool = False
) -> float:
    """A number within `bounds`: mostly of the size of its default, sometimes an end of the range or a size far off."""
    low, high = limits(bounds) if bounds else (-math.inf, math.inf)
    most = min(high, DEAREST if "currency" in unit else max(FURTHEST, 4 * abs(default)))
    least = max(low, -most)
    for _ in range(50):
        value = _number(rng, least, most, default, wild)
        value = float(round(value)) if whole else rounded(value)
        if not bounds or inside(value, bounds):
            return int(value) if whole else value
    return default


def _number(rng, low: float, high: float, default: float, wild: float) -> float:
    kind = rng.random()
    if kind < wild / 2:
        return float(rng.choice([low, high]))
    sign = -1.0 if low < 0 and rng.random() < 0.5 else 1.0
    if kind < wild:
        return sign * high * 10.0 ** rng.uniform(-4.0, 0.0)
    if default == 0 and kind > 0.7:
        return 0.0
    if high - low <= 2.0:
        return rng.uniform(low, high) if kind < 0.6 else min(max(default + rng.normal(0, 0.1), low), high)
    size = abs(default) or min(0.3, high)
    return sign * min(size * 10.0 ** rng.uniform(-1.0, 0.6), high)


def spread(rng, bounds: str, default: Spread, unit: str, wild: float) -> Any:
    """A value for all, or a distribution over customers, of any kind that is declared."""
    kinds = get_args(Spread.model_fields["distribution"].annotation)
    value = {"distribution": str(rng.choice(kinds))}
    if value["distribution"] == "uniform":
        low, high = sorted(number(rng, bounds, default.centre, unit, wild) for _ in range(2))
        return {**value, "low": low, "high": high}
    mean = number(rng, bounds, default.centre, unit, wild)
    if value["distribution"] == "fixed":
        return mean
    part = rng.choice([0.0, 0.05, 0.3, 1.0, 3.0])
    if value["distribution"] == "beta" and 0 < mean < 1:
        return {**value, "mean": mean, "sd": rounded(0.9 * min(part, 1.0) * math.sqrt(mean * (1 - mean)))}
    return {**value, "mean": mean, "sd": rounded(part * abs(mean) or part)}


def needed(name: str, field: Any) -> bool:
    """Whether a parameter has to be written: those without a default, and the switch of a section."""
    return name == "on" or field.is_required()


class Walk:
    """Walks declared parameters and draws a table of them.

    special: makers of values by dotted path (numbers of a list left out), for what sizes a world or is tied to it.
    words: pools of words by the name of a parameter; others take any of them.
    """

    def __init__(self, dice: Dice, special: dict[str, Any], words: dict[str, list[str]]) -> None:
        self.dice, self.special, self.words = dice, special, words
        self.any_word = sorted({word for pool in words.values() for word in pool})

    def table(
        self, kind: type[ParameterSet], path: str, plain: str = "", written: float = 0.6
    ) -> dict[str, Any]:
        """A table of parameters of which a part is `written`, and all that are required; what is wrong is drawn again.

        plain: the path without numbers.
        """
        drawn: dict[str, Any] = {}
        chosen = {
            name
            for name, field in kind.model_fields.items()
            if needed(name, field) or self.dice.at(f"{path}.{name} written").random() < written
        }
        again = chosen
        for attempt in range(2 * TRIES):
            for name in again:
                here, bare = (f"{before}.{name}" if before else name for before in (path, plain))
                drawn[name] = self.value(
                    self.dice.at(f"{here} {attempt}"), kind.model_fields[name], here, bare, name
                )
            try:
                kind.read({name: drawn[name] for name in chosen})
            except Problem as problem:
                again = chosen & {str(place[0]) for place, _ in problem.items if place}
            else:
                break
            if attempt >= TRIES or not again:  # they do not come together: fewer of them
                rng = self.dice.at(f"{path} fewer {attempt}")
                chosen = {n for n in sorted(chosen) if needed(n, kind.model_fields[n]) or rng.random() < 0.7}
                again = chosen
        else:
            chosen = {name for name in chosen if needed(name, kind.model_fields[name])}
        return {name: drawn[name] for name in kind.model_fields if name in chosen}

    def value(self, rng, field: Any, path: str, plain: str, name: str) -> Any:
        """A value of one parameter."""
        if plain in self.special:
            return self.special[plain](rng)
        extra = {"unit": "", "bounds": "", **field_extra(field)}
        return self.of(rng, field.annotation, extra, field.default, path, plain, name)

    def of(
        self, rng, kind: Any, extra: dict[str, Any], default: Any, path: str, plain: str, name: str
    ) -> Any:
        """A value of a type."""
        origin, inner = get_origin(kind), get_args(kind)
        bounds, unit = extra["bounds"], extra["unit"]
        if origin in (Union, types.UnionType):
            some = [part for part in inner if part is not type(None)]
            if len(some) < len(inner) and rng.random() < 0.4:
                return None
            return self.of(rng, some[-1], extra, default, path, plain, name)
        if origin is Literal:
            return str(rng.choice(inner))
        if origin is tuple:
            return self._rows(rng, inner, extra, default, path, plain, name)
        if origin is dict:
            keys = rng.permutation(self.pool(name))[: int(rng.integers(0, 4))]
            return (
                {str(key): number(rng, bounds, 0.0, unit, self.dice.wild) for key in keys}
                if inner[1] is float
                else {}
            )
        if isinstance(kind, type) and issubclass(kind, Parsed):  # put together elsewhere
            return {}
        if kind is Spread:
            return spread(rng, bounds, default, unit, self.dice.wild)
        if isinstance(kind, type) and issubclass(kind, ParameterSet):
            return self.table(kind, path, plain)
        if kind is bool:
            return bool(rng.random() < (0.7 if name == "on" else 0.5))
        if kind in (int, float):
            usual = default if isinstance(default, (int, float)) else 1.0
            return number(rng, bounds, float(usual), unit, self.dice.wild, whole=kind is int)
        if kind is datetime.date:
            return datetime.date(2020, 1, 1) + datetime.timedelta(days=int(rng.integers(0, 3000)))
        if kind is str:
            return str(rng.choice(self.pool(name)))
        raise NotImplementedError(f"{path}: nothing is drawn for a {kind} yet")

    def pool(self, name: str) -> list[str]:
        """Words that a parameter of this name may be."""
        return self.words.get(name, self.any_word)

    def _rows(
        self,
        rng,
        inner: tuple[Any, ...],
        extra: dict[str, Any],
        default: Any,
        path: str,
        plain: str,
        name: str,
    ) -> list[Any]:
        """Some rows of a table; numbers in order, one way or the other, as most of them have to be."""
        if inner[-1] is not Ellipsis:
            size = default if isinstance(default, tuple) else (1.0,) * len(inner)
            return [self.of(rng, kind, extra, size[k], path, plain, name) for k, kind in enumerate(inner)]
        usual = len(default) if isinstance(default, tuple) and default else 1
        count = usual if rng.random() < 0.5 else int(rng.integers(0, usual + 2))
        rows = []
        for k in range(count):
            typical = default[k] if isinstance(default, tuple) and k < len(default) else 1.0
            rows.append(self.of(rng, inner[0], extra, typical, f"{path}.{k}", plain, name))
        if not (isinstance(inner[0], type) and issubclass(inner[0], ParameterSet)):
            return sorted(rows, reverse=bool(rng.random() < 0.5))
        fields = inner[0].model_fields.items()
        ranks = [n for n, field in fields if field.is_required() and field.annotation in (int, float)]
        rows.sort(key=lambda row: [row[n] for n in ranks])
        return [{**row, "name": f"{row['name']}{k}"} if "name" in row else row for k, row in enumerate(rows)]
