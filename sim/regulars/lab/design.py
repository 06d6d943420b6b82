"""Which points a sweep visits: grids and Latin hypercubes over declared parameters."""

from __future__ import annotations

import datetime
import itertools
import json
import math
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from regulars.ground.errors import RegularsError, shown

NUMBER = r"[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
RANGE = re.compile(rf"\s*({NUMBER})\s*:\s*({NUMBER})\s*(?::\s*({NUMBER})\s*)?(?:#\s*(\d+)\s*)?")
FORMS = "write 2:7 (whole numbers), 0.1:0.5:0.1 (steps), 0.1:0.5#9 (points) or a,b,c (values)"
LARGEST = 1_000_000  # values of one axis, points of one design
LONGEST_RANGE = 200  # letters
FARTHEST = 1e30  # from 0, of an end of a range; no number of a scenario is farther
FINEST = 1e-30  # step or end of a range other than 0


@dataclass(frozen=True)
class Axis:
    """The values of one parameter: `levels`, or everything from `low` to `high` when there are none."""

    name: str
    levels: tuple[Any, ...] = ()
    low: float = math.nan
    high: float = math.nan

    def described(self) -> Any:
        """The axis as a manifest tells it."""
        return list(self.levels) if self.levels else f"{self.low:g}:{self.high:g}"

    def at(self, u: float) -> Any:
        """The value at a share `u` in [0, 1) of the axis."""
        if self.levels:
            return self.levels[min(int(u * len(self.levels)), len(self.levels) - 1)]
        return self.low + u * (self.high - self.low)


def axis(name: str, values: Any, now: Any, grid: bool = True) -> Axis:
    """Read the values of one parameter.

    Args:
        name: the parameter, for messages.
        values: text such as `2:7`, `0.1:0.5:0.1`, `0.1:0.5#9` or `a,b,c`; or a sequence of values; or one value.
        now: its value in the scenario, which says whether it is whole, a number, a switch or a word.
        grid: a grid needs levels; a hypercube also takes everything between two numbers.

    Raises:
        RegularsError: says which part cannot be read and what would be right.
    """
    if not isinstance(values, str):
        several = isinstance(values, Iterable) and not isinstance(values, Mapping)
        levels = list(values) if several else [values]
    elif match := RANGE.fullmatch(values):
        if len(values) > LONGEST_RANGE:
            raise RegularsError(f"{name}: {values[:40]}... has too many digits for a range; {FORMS}")
        for part in filter(None, match.group(1, 2, 3)):
            size = abs(float(part))
            if (
                size > FARTHEST
                or (0 < size < FINEST)
                or (size == 0 and re.search("[1-9]", re.split("[eE]", part)[0]))
            ):
                raise RegularsError(
                    f"{name}: {part} in {values!r} is too {'large' if size > 1 else 'small'} for a range, which holds 0 and "
                    f"numbers from {FINEST:g} to {FARTHEST:g}, of either sign"
                )
        low, high, step = (None if t is None else Fraction(t.replace("_", "")) for t in match.group(1, 2, 3))
        return _range(name, values, low, high, step, match[4], now, grid)
    else:
        levels = [literal(part) for part in _parts(values)]
    if not levels:
        raise RegularsError(f"{name}: no values; {FORMS}")
    return _once(Axis(name, tuple(_typed(name, level, now) for level in levels)))


def _once(axis: Axis) -> Axis:
    """An axis of which every value makes a point of its own."""
    seen: set[str] = set()
    for level in axis.levels:
        told = (
            repr(float(level))
            if isinstance(level, (int, float)) and not isinstance(level, bool)
            else repr(level)
        )
        if told in seen:
            raise RegularsError(
                f"{axis.name}: {shown(level)} is given twice; every value makes a point, so give it once"
            )
        seen.add(told)
    return axis


def _range(
    name: str, text: str, low: Any, high: Any, step: Fraction | None, count: str | None, now: Any, grid: bool
) -> Axis:
    whole = isinstance(now, int) and not isinstance(now, bool)
    if isinstance(now, (bool, str)):
        raise RegularsError(
            f"{name}: {text!r} is a range of numbers, but this is {now!r} in the scenario; list the values, as in a,b"
        )
    if low > high:
        raise RegularsError(f"{name}: {text!r} runs backwards: {float(low):g} is above {float(high):g}")
    if step is not None and count is not None:
        raise RegularsError(f"{name}: {text!r} gives a step and a number of points; give one of them")
    if step is not None and step <= 0:
        raise RegularsError(f"{name}: a step of {float(step):g} leads nowhere; it must be above 0")
    if count is not None:
        n = int(count)
        if n < 1 or (n == 1 and low != high):
            raise RegularsError(f"{name}: {text!r} asks for {n} points; a range needs at least 2")
        gap = (high - low) / (n - 1) if n > 1 else Fraction(0)
    elif step is not None:
        gap, n = step, math.floor((high - low) / step) + 1
    elif not grid and not whole:
        return Axis(name, (), float(low), float(high))
    elif low.denominator == high.denominator == 1 and (whole or "." not in text):
        gap, n = Fraction(1), int(high - low) + 1
    else:
        raise RegularsError(f"{name}: how many values of {text}? {FORMS}")
    if n > LARGEST:
        raise RegularsError(f"{name}: {text!r} has {n:,} values; {LARGEST:,} at most")
    exact = [low + k * gap for k in range(n)]
    return _once(
        Axis(name, tuple(_typed(name, int(v) if v.denominator == 1 else float(v), now) for v in exact))
    )


def _typed(name: str, value: Any, now: Any) -> Any:
    """A value with the type that the parameter has; what makes no sense is left for the scenario to refuse."""
    if hasattr(value, "item") and getattr(value, "shape", None) == ():
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < 1e300:
        return value
    if isinstance(now, int) and not isinstance(now, bool):
        if value != int(value):
            raise RegularsError(
                f"{name}: {value:g} is no whole number, and this parameter is one ({now} in the scenario)"
            )
        return int(value)
    return float(value) if isinstance(now, (float, dict)) else value


def literal(text: str) -> Any:
    """A TOML literal (number, string, boolean, date, list, inline table), or a bare word taken as a string.

    Raises:
        RegularsError: for text that opens a quote, a list or a table and does not close it, and for numbers too long to read.
    """
    bare = text.strip()
    try:
        read = tomllib.loads(f"value = {bare}")
    except tomllib.TOMLDecodeError as error:
        if bare[:1] in ("[", "{", '"', "'"):
            raise RegularsError(f"{text!r} is no TOML value: {error}") from None
        return bare
    except (ValueError, RecursionError) as error:  # thousands of digits, thousands of brackets
        raise RegularsError(f"{text[:40]!r}... is no TOML value: {error}") from None
    return read["value"] if list(read) == ["value"] else bare


def _parts(text: str) -> list[str]:
    """Text split at commas outside quotes, brackets and braces."""
    parts, depth, quote = [""], 0, ""
    for sign in text:
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        else:
            depth += (sign in "[{") - (sign in "]}")
        if sign == "," and not quote and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return [part for part in parts if part.strip()]


def grid(axes: Sequence[Axis]) -> list[dict[str, Any]]:
    """Every combination of the levels, the first axis changing slowest."""
    if (count := math.prod(len(a.levels) for a in axes)) > LARGEST:
        raise RegularsError(
            f"this grid has {count:,} points; {LARGEST:,} at most: use fewer values, or a Latin hypercube"
        )
    return [
        dict(zip((a.name for a in axes), values, strict=True))
        for values in itertools.product(*(a.levels for a in axes))
    ]


def hypercube(axes: Sequence[Axis], points: int, seed: int) -> list[dict[str, Any]]:
    """A Latin hypercube: each axis is cut into `points` equal slices and every slice is met once.

    Levels are met equally often. Source: McKay, Beckman & Conover 1979, Technometrics 21:239-245.
    """
    import inspect

    from scipy.stats import qmc

    word = "rng" if "rng" in inspect.signature(qmc.LatinHypercube).parameters else "seed"
    sampler = qmc.LatinHypercube(d=len(axes), **{word: seed})
    return [
        {a.name: a.at(float(u)) for a, u in zip(axes, row, strict=True)} for row in sampler.random(points)
    ]


def column(values: Sequence[Any]) -> list[Any]:
    """Values of one kind as they are, dates as text; tables, and values of several kinds, as JSON."""
    values = [v.isoformat() if isinstance(v, (datetime.date, datetime.time)) else v for v in values]
    shown = [v if isinstance(v, (bool, int, float, str)) else json.dumps(v, default=str) for v in values]
    kinds = {type(v) if isinstance(v, (bool, str)) else float for v in shown}
    return shown if len(kinds) == 1 else [v if isinstance(v, str) else json.dumps(v) for v in shown]
