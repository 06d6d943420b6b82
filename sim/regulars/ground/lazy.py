"""Public packages that import what they name at its first use, so that `import regulars` and `--help` stay fast."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from regulars.ground import moved
from regulars.ground.alike import nearest
from regulars.ground.moved_names import NAMES, moved_name


def face(
    package: str, homes: Mapping[str, str], others: Iterable[str] = ()
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` of a public package.

    Args:
        package: its name.
        homes: name to the module that defines it, or `module:name` where it is called otherwise there; a module of the
            package's own names a package of which the name itself is the module.
        others: further public names, which the package defines itself.
    """
    names = sorted({*homes, *others})

    def find(name: str) -> Any:
        if name in NAMES.get(package, ()):
            return moved_name(package, name)
        if (now := moved.CALLED.get(name)) in homes and now is not None:
            moved.note(f"{package}.{name}", f"{package}.{now}")
            name = now
        if name not in homes:
            raise AttributeError(f"module '{package}' has no attribute '{name}'; {nearest(name, names)}")
        home, _, called = homes[name].partition(":")
        if home == f"{package}.{name}":
            return importlib.import_module(home)
        return getattr(importlib.import_module(home), called or name)

    return find, lambda: names
