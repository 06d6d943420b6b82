"""The folder is the registry: one module, one class, its name the name of the file. Others come from outside (`registered`)."""

from __future__ import annotations

import importlib
import importlib.util
import os
import pkgutil
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from regulars.ground import registered
from regulars.ground.errors import RegularsError, cut
from regulars.ground.words import in_words

Kind = TypeVar("Kind")


def part_rooms() -> list[Path]:
    """The folders of the package that hold parts of a market, a file each."""
    package = Path(__file__).absolute().parents[1]
    return [package / room for room in ("strategies", "processes", "pricing", "recommenders")]


def modules(package: str) -> list[str]:
    """Names of all parts of a package, in order: its modules, and what comes from outside."""
    return sorted({*_files(package), *registered.names(package)})


def _files(package: str) -> tuple[str, ...]:
    """Names of the modules of a package; a folder is read anew once a file has come or gone."""
    folders = tuple(importlib.import_module(package).__path__)
    changed = tuple(os.stat(folder).st_mtime_ns if os.path.isdir(folder) else 0 for folder in folders)
    return _listed(folders, changed)


@lru_cache(maxsize=16)
def _listed(folders: tuple[str, ...], changed: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(sorted(module.name for module in pkgutil.iter_modules(folders)))


def only_class(package: str, name: str, base: type[Kind]) -> type[Kind]:
    """The one subclass of `base` that the module `name` of a package defines, or that comes from outside under this name.

    Errors: an installed package offers another one of this name, or something else.
    """
    if name not in _files(package):
        outside = registered.find(package, name)
        if not (isinstance(outside, type) and issubclass(outside, base)):
            raise RegularsError(
                f"{name}: {registered.giver(package, name)} offers it, and it is no {in_words(base)}"
            )
        return outside
    if giver := registered.giver(package, name):
        raise RegularsError(
            f"{name}: {giver} offers another one of this name; uninstall it, or have it call its own otherwise"
        )
    module = _imported(f"{package}.{name}")
    own = [
        thing
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, base) and thing.__module__ == module.__name__
    ]
    if len(own) != 1:
        raise TypeError(f"{module.__name__} must define exactly one {in_words(base)}, not {len(own)}")
    return own[0]


def _imported(name: str) -> ModuleType:
    """The module of a part.

    Errors: it cannot be imported; names the file and the line.
    """
    found = importlib.util.find_spec(name)
    with told_where(str(found.origin) if found is not None else name):
        return importlib.import_module(name)


@contextmanager
def told_where(file: str) -> Iterator[None]:
    """Tell what goes wrong in a file of Python with its line; what is told already stays as it is."""
    try:
        yield
    except RegularsError:
        raise
    except Exception as error:
        line = error.lineno if isinstance(error, SyntaxError) else None
        for frame, number in traceback.walk_tb(error.__traceback__):
            line = number if frame.f_code.co_filename == file else line
        place = f"{file}, line {line}" if line else file
        raise RegularsError(f"{place}: {cut(f'{type(error).__name__}: {error}', 500)}") from error
