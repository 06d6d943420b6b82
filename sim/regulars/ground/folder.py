"""The folder is the registry: one module, one class, its name the name of the file."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TypeVar

Kind = TypeVar("Kind")


def modules(package: str) -> list[str]:
    """Names of all modules of a package, in order."""
    return sorted(module.name for module in pkgutil.iter_modules(importlib.import_module(package).__path__))


def only_class(package: str, name: str, base: type[Kind]) -> type[Kind]:
    """The one subclass of `base` that the module `name` of a package defines."""
    module = importlib.import_module(f"{package}.{name}")
    own = [
        thing
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, base) and thing.__module__ == module.__name__
    ]
    if len(own) != 1:
        raise TypeError(f"{module.__name__} must define exactly one {base.__name__.lower()}, not {len(own)}")
    return own[0]
