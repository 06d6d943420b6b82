"""Tables by name that answer a wrong name with the nearest right one."""

from __future__ import annotations

from typing import TypeVar

from regulars.ground.alike import nearest
from regulars.ground.errors import RegularsError, shown

T = TypeVar("T")


class NoSuchName(RegularsError, KeyError):
    """There is nothing of this name."""

    __str__ = RegularsError.__str__  # a KeyError would write the message as Python writes a value


class ByName(dict[str, T]):
    """A dictionary by name, of things of one `kind`, such as strategies."""

    def __init__(self, kind: str, *contents: dict[str, T]) -> None:
        super().__init__(*contents)
        self.kind = kind

    def __missing__(self, name: object) -> T:
        raise NoSuchName(f"no {self.kind} is called {shown(name)}; {nearest(str(name), self)}")

    def __reduce__(self) -> tuple[object, ...]:
        """Copies keep the kind."""
        return type(self), (self.kind, dict(self))
