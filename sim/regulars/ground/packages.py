"""Which packages this one asks for, as its own metadata say, and which versions of them are here.

Nothing here needs a package that may be missing.
"""

from __future__ import annotations

import importlib
import importlib.metadata
from typing import Any

OURS = "regulars"
ABSENT = "not installed as a package"


def asked() -> list[tuple[Any, str]]:
    """What regulars asks for on this Python, and which extra wants it ("" for all), those first; empty where it was never installed."""
    try:
        about = importlib.metadata.metadata(OURS)
        wanted = [requirement(text) for text in importlib.metadata.requires(OURS) or ()]
    except importlib.metadata.PackageNotFoundError:
        return []
    found = []
    for extra in ["", *(about.get_all("Provides-Extra") or ())]:
        for one in wanted:
            always = one.marker is None or one.marker.evaluate({"extra": ""})
            if always if not extra else not always and one.marker.evaluate({"extra": extra}):
                found.append((one, extra))
    return found


def versions() -> dict[str, str]:
    """Versions of regulars and of all that it cannot do without: what a number may depend on."""
    return {
        name: version(name) or ABSENT for name in (OURS, *(one.name for one, extra in asked() if not extra))
    }


def version(name: str) -> str | None:
    """The version of a package; None when it is not installed."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def requirement(text: str) -> Any:
    """A requirement as the metadata write it, read by `packaging` or, where that is missing, by pip's own copy of it."""
    try:
        home: Any = importlib.import_module("packaging.requirements")
    except ImportError:
        home = importlib.import_module("pip._vendor.packaging.requirements")
    return home.Requirement(text)
