"""Parts from outside the package: classes that users register, and those that installed packages offer.

An installed package offers a part as an entry point: its group is the package of ours that holds such parts, such as
`regulars.strategies`, its name that of the part in scenarios. None is imported before a scenario names it.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from importlib import metadata
from typing import Any

from regulars.ground.errors import RegularsError, cut
from regulars.ground.moved import MOVED, note

MARK = "_called"  # attribute of a class from outside: its name in scenarios
_own: dict[tuple[str, str], type] = {}  # by package and name
_groups: set[str] = set()  # packages that were asked for parts


def add(package: str, name: str, kind: type) -> None:
    """Register a class of a user under a name, in place of the same class from before, as when a cell is run again."""
    _own[package, name] = kind
    type.__setattr__(kind, MARK, name)


def everything() -> dict[tuple[str, str], type]:
    """All classes that users have registered, by package and name."""
    return dict(_own)


def names(package: str) -> list[str]:
    """Names of all parts of a package that come from outside it."""
    return [name for place, name in _own if place == package] + list(_offered(package))


def find(package: str, name: str) -> type | None:
    """The class of this name that a user has registered or an installed package offers; None when there is none.

    Errors: what is offered cannot be imported, or two packages offer it.
    """
    if (package, name) in _own:
        return _own[package, name]
    offers = _offered(package).get(name, ())
    if not offers:
        return None
    if len({offer.value for offer in offers}) > 1:
        raise RegularsError(f"{name}: {giver(package, name)} both offer it; uninstall one of them")
    try:
        kind = offers[0].load()
    except Exception as error:
        told = cut(f"{type(error).__name__}: {error}", 300)
        raise RegularsError(
            f"{name}: {giver(package, name)} offers it and it cannot be imported ({told})"
        ) from error
    if isinstance(kind, type):
        type.__setattr__(kind, MARK, name)
    return kind


def packages() -> list[str]:
    """Installed packages that offer parts of any kind that was looked up, with their versions."""
    known = {
        offer.dist
        for group in _groups
        for offers in _offered(group).values()
        for offer in offers
        if offer.dist
    }
    return sorted(f"{dist.name} {dist.version}" for dist in known)


def giver(package: str, name: str) -> str:
    """Which installed packages offer a part of this name; nothing when none does."""
    return " and ".join(
        f"the package '{offer.dist.name}'" for offer in _offered(package).get(name, ()) if offer.dist
    )


def title(kind: type) -> str:
    """The name of a part in scenarios: under which it was registered or is offered, else that of its file."""
    return kind.__dict__.get(MARK) or kind.__module__.rpartition(".")[2]


def is_same(one: type | None, other: type) -> bool:
    """Whether two classes are one and the same, perhaps defined again."""
    return one is not None and (one.__module__, one.__qualname__) == (other.__module__, other.__qualname__)


def _offered(package: str) -> dict[str, tuple[Any, ...]]:
    _groups.add(package)
    return _looked_up(package, tuple(sys.path))


@lru_cache(maxsize=16)
def _looked_up(package: str, path: tuple[str, ...]) -> dict[str, tuple[Any, ...]]:
    """Entry points by name; looked up anew where modules are found in other places."""
    found: dict[str, tuple[Any, ...]] = {}
    for group in (package, *(old for old, now in MOVED.items() if now == package)):
        for offer in metadata.entry_points(group=group):
            if group != package:
                note(f"{offer.name}: the group of entry points {group}", package)
            found[offer.name] = (*found.get(offer.name, ()), offer)
    return found
