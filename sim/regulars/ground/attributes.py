"""Attributes of public objects: a mistyped one is answered with the nearest right name, whether it is read or set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regulars.ground.alike import nearest

OURS = __name__.partition(".")[0]


class NoSuch(AttributeError):
    """There is no such attribute; what may have been meant is looked up only when somebody reads the message.

    Whether an attribute is there is asked many times a run (`hasattr`), and nobody reads those messages.
    """

    def __init__(self, thing: object, name: str, why: str = "") -> None:
        super().__init__(name)
        self.thing, self.wanted, self.why = thing, name, why

    def __str__(self) -> str:
        hint = nearest(self.wanted, _public(self.thing))
        return f"{type(self.thing).__name__} has no '{self.wanted}'{self.why}; {hint}"

    def __reduce__(self) -> tuple[Any, ...]:
        """Let a worker process hand the error back: as its words, for the object itself need not travel."""
        return AttributeError, (str(self),)


class Known:
    """Mixin of an object whose attributes are all there once it is built: others are refused, with the nearest right name.

    `self._built()` says that it is built. Names with an underscore in front, and classes that users derive, are left alone.
    """

    def _built(self) -> None:
        """From now on no new attribute can be set."""
        self.__dict__["_whole"] = True

    if not TYPE_CHECKING:  # a type checker would take any name for one that is there

        def __getattr__(self, name: str) -> Any:
            if hasattr(type(self), name):  # a property that failed: its own error says more
                return object.__getattribute__(self, name)
            raise NoSuch(self, name)

        def __setattr__(self, name: str, value: Any) -> None:
            if "_whole" in self.__dict__ and not name.startswith("_"):
                _refuse(self, name)
            super().__setattr__(name, value)


def _refuse(thing: object, name: str) -> None:
    """Refuse to set what is not there, and what can only be read."""
    kind = type(thing)
    there = getattr(kind, name, None)
    if isinstance(there, property) and there.fset is None:
        raise AttributeError(f"'{name}' of {kind.__name__} can be read, not set")
    if there is None and name not in vars(thing) and kind.__module__.partition(".")[0] == OURS:
        raise NoSuch(thing, name, " to set, and setting it would do nothing")


def _public(thing: object) -> list[str]:
    return [name for name in dir(thing) if not name.startswith("_")]
