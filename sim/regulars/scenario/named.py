"""What firms, arms and other things of a scenario may be called, so that a dotted name can mean each of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from regulars.ground.errors import shown
from regulars.ground.letters import NO_NAME
from regulars.ground.parameter import ParameterSet

EVERY = "*"
Place = tuple[str | int, ...]


def problems(spec: Any) -> list[tuple[Place, str]]:
    """What is wrong with the names of firms, arms, categories, occasions and kinds of households: (path, message)."""
    wrong = [
        ((*place, number, "name"), told)
        for place, items in _lists(spec, ())
        for number, item in enumerate(items)
        if (told := _unfit(item.name, place == ("firms",)))
    ]
    return wrong + [(("arms", name), told) for name in spec.arms if (told := _unfit(name, False))]


def _lists(table: ParameterSet, place: Place) -> Iterator[tuple[Place, Any]]:
    """All lists of things that have a name."""
    for field in type(table).model_fields:
        value, here = getattr(table, field), (*place, field)
        if isinstance(value, ParameterSet):
            yield from _lists(value, here)
        elif isinstance(value, tuple) and value and hasattr(value[0], "name"):
            yield here, value


def _unfit(name: str, is_firm: bool) -> str:
    """Why a name will not do; nothing when it does, or when others say so."""
    if is_firm and (not name or "." in name):
        way = f"; write {name.replace('.', '_')}" if name.strip(".") else ""
        return f"{shown(name)} will not do: a name is not empty and has no dot, which parts the steps of a dotted name{way}"
    if name == EVERY:
        return "'*' will not do: in a dotted name it means every one, so that nothing could mean this one; call it something else"
    if found := NO_NAME.search(name):
        return f"{shown(name)} will not do: {found[0]!r} in it is a control character; leave it out"
    return ""
