"""Calls with wrong arguments, told in the words of the function: which there are, and which may have been meant."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from regulars.ground.alike import nearest
from regulars.ground.errors import RegularsError, shown

P = ParamSpec("P")
T = TypeVar("T")
C = TypeVar("C", bound=type)


class WrongCall(RegularsError, TypeError):
    """An argument is unknown, missing or one too many."""


def well_called(function: Callable[P, T]) -> Callable[P, T]:
    """A function of the public face that answers a wrong call with the nearest right name of an argument."""

    @wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return function(*args, **kwargs)
        except TypeError:
            told = _problem(function, args, kwargs)  # nothing when the fault lies deeper
            if not told:
                raise
        raise WrongCall(told)

    return called


def well_built(kind: C) -> C:
    """A class of the public face that answers a wrong call likewise."""
    kind.__init__ = well_called(kind.__init__)  # type: ignore[misc]
    return kind


def optional_call(name: str, value: object) -> None:
    """Refuse what is neither None nor something that can be called."""
    if value is not None and not callable(value):
        raise RegularsError(f"{name} = {shown(value)} will not do: a function is needed, or None")


def _problem(function: Callable[..., object], args: tuple[object, ...], kwargs: dict[str, object]) -> str:
    """What is wrong with the arguments of a call; nothing when they fit."""
    signature = inspect.signature(function)
    try:
        signature.bind(*args, **kwargs)
    except TypeError:
        pass
    else:
        return ""
    takes = {name: p for name, p in signature.parameters.items() if name != "self"}
    given = len(args) - (len(takes) < len(signature.parameters))
    called = function.__qualname__.removesuffix(".__init__")
    open_end = any(p.kind is p.VAR_KEYWORD for p in takes.values())
    named = [name for name, p in takes.items() if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    unknown = [name for name in kwargs if name not in named and not open_end]
    if unknown:
        return f"{called} has no argument '{unknown[0]}'; {nearest(unknown[0], named)}"
    places = [name for name, p in takes.items() if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if given > len(places):
        rest = [name for name in named if name not in places]
        how = f"in order it takes {', '.join(places) or 'none'}"
        by_name = f"; by name also {', '.join(rest)}" if rest else ""
        return f"{called} takes no {_ordinal(len(places) + 1)} argument ({shown(args[-1])}): {how}{by_name}"
    twice = [name for name in places[:given] if name in kwargs]
    if twice:
        return f"{called}: '{twice[0]}' is given twice, by its place and by its name"
    lacks = [
        n for n in named if n not in kwargs and n not in places[:given] and takes[n].default is takes[n].empty
    ]
    return f"{called} needs {' and '.join(repr(name) for name in lacks)}; it takes {', '.join(named)}"


def _ordinal(number: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(number, f"{number}th")
