"""Words of a closed set: told apart at the door, a mistyped one with the nearest right one; names of classes in words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar

from regulars.ground.alike import nearest
from regulars.ground.errors import RegularsError, shown

Word = TypeVar("Word", bound=StrEnum)
STARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")  # of the words of a name


def in_words(kind: type, between: str = " ") -> str:
    """The name of a class in small letters, `PricingPolicy` as `pricing policy`."""
    return STARTS.sub(between, kind.__name__).lower()


_RENAMED: dict[type[StrEnum], dict[str, str]] = {}  # words of one version ago, and what they are now


def renamed(kind: type[StrEnum], names: dict[str, str]) -> None:
    """Say which members of an enumeration had other names one version ago, so that whoever still writes those is told."""
    _RENAMED[kind] = names


def right(kind: type[StrEnum], given: str, names: Iterable[str]) -> str:
    """What would be right instead of a word that there is not: its name of today, or the nearest of `names`."""
    now = _RENAMED.get(kind, {}).get(given.lower())
    if now is None:
        return nearest(given, names)
    return f"it is called '{now.upper() if given.isupper() else now}' now"


def word(kind: type[Word], given: object, what: str = "") -> Word:
    """The member of an enumeration that is meant.

    Args:
        kind: the enumeration.
        given: a member, or its value.
        what: how to call its members in a message; the name of the enumeration when left out.

    Raises:
        RegularsError: for anything else, with the nearest member.
    """
    try:
        return kind(given)  # type: ignore[arg-type]  # anything else is answered below
    except ValueError:
        names = [str(member) for member in kind]
        raise RegularsError(
            f"there is no {what or kind.__name__.lower()} {shown(given)}; {right(kind, str(given), names)} (known: {', '.join(names)})"
        ) from None
