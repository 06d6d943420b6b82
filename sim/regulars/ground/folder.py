"""The folder is the registry: one module, one class, its name the name of the file."""

from __future__ import annotations

import importlib
import os
import pkgutil
from functools import lru_cache
from typing import TypeVar

Kind = TypeVar("Kind")


def modules(package: str) -> list[str]:
    """Names of all modules of a package, in order; a folder is read anew once a file has come or gone."""
    folders = tuple(importlib.import_module(package).__path__)
    return list(
        _listed(
            folders, tuple(os.stat(folder).st_mtime_ns if os.path.isdir(folder) else 0 for folder in folders)
        )
    )


@lru_cache(maxsize=16)
def _listed(folders: tuple[str, ...], changed: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(sorted(module.name for module in pkgutil.iter_modules(folders)))


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
