"""Problems of the firms of a scenario, told where the user wrote what causes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from regulars.ground.errors import shown
from regulars.scenario.groups import DEFAULTS, Firms, name_of

Place = tuple[str | int, ...]


@dataclass
class _Told:
    """A problem, the first firm that has it (none where it stands in that firm itself), and how many more have it."""

    text: str
    firm: str | None = None
    more: int = 0


def as_written(
    table: Mapping[str, Any], made: Mapping[str, Any], problems: Iterable[tuple[Place, str]]
) -> list[tuple[Place, str]]:
    """Problems of the plain firms `made` of a table, each at the place at which it is written there, and once.

    What a firm says itself keeps its path, with the number of the firm in order of name. What a group, the defaults or
    another firm says stands under the name of that one, with the name of the firm in which it is wrong.
    """
    written = Firms(table)
    names = [name_of(firm) for firm in made["firms"]] if isinstance(made.get("firms"), list) else []
    told: dict[Place, _Told] = {}
    for path, text in problems:
        place = _place(written, names, path)
        if place not in told:
            told[place] = _Told(text, None if place == path else names[int(path[1])])
        elif place != path:
            told[place].more += 1
    return [
        (place, one.text if one.firm is None else f"{one.text} ({_firms(one)})")
        for place, one in told.items()
    ]


def _place(written: Firms, names: list[str | None], path: Place) -> Place:
    """Where it is written what stands at a path of the plain firms."""
    number = path[1] if len(path) > 2 and path[0] == "firms" else None
    name = names[number] if isinstance(number, int) and number < len(names) else None
    if name is None:
        return path
    source = written.origin(name, path[2:])
    if source[-1] == name:
        return path
    if source[-1] in names:  # a firm, and no group
        return ("firms", names.index(str(source[-1])), *path[2:])
    return (*source, *path[2:]) if source == (DEFAULTS,) or source[-1] in written.written else path


def _firms(one: _Told) -> str:
    return f"{shown(one.firm)} and {one.more} more" if one.more else shown(one.firm)
