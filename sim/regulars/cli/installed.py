"""What regulars asks for and what is installed of it, as the metadata of the packages say.

Nothing here needs a package that may be missing: all of them are imported to see whether they can be.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import re
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from regulars.ground.packages import OURS, asked, requirement, version


@dataclass(frozen=True)
class Package:
    """A package that regulars asks for: `extra` is the part that wants it ("" for all), `trouble` is "" when it is fine."""

    name: str
    wanted: str
    extra: str
    version: str | None
    trouble: str

    @property
    def asked(self) -> str:
        """Name and versions as pip takes them."""
        return f'"{self.name}{self.wanted}"' if self.wanted else self.name

    def told(self) -> dict[str, Any]:
        """As a table for machines, with the command that gets it when it is not fine."""
        return {**asdict(self), "get": command([self]) if self.trouble else None}


def command(packages: Iterable[Package]) -> str:
    """What to type to get these packages."""
    return f"{sys.executable} -m pip install {' '.join(package.asked for package in packages)}"


def packages() -> list[Package]:
    """Every package that this regulars asks for on this Python, required ones first; empty where it was never installed."""
    return [_package(one, extra) for one, extra in asked()]


def python_wanted() -> tuple[str, bool]:
    """Versions of Python that this regulars takes, and whether this is one; all where it was never installed."""
    try:
        wanted = str(importlib.metadata.metadata(OURS)["Requires-Python"] or "")
    except importlib.metadata.PackageNotFoundError:
        return "", True
    here = ".".join(str(part) for part in sys.version_info[:3])
    return wanted, requirement(f"python{wanted}").specifier.contains(here, prereleases=True)


def told_missing(error: ImportError) -> bool:
    """Tell on stderr which required packages an import failed for and what gets them; False when none is missing."""
    lacking = [package for package in packages() if package.trouble and not package.extra]
    if lacking:
        print(f"regulars: {error}: required packages are missing or broken", file=sys.stderr)
        for package in lacking:
            print(f"  {package.name}{package.wanted}: {package.trouble}", file=sys.stderr)
        print(f"get them: {command(lacking)}", file=sys.stderr)
    return bool(lacking)


def _package(one: Any, extra: str) -> Package:
    wanted = ",".join(sorted(str(one.specifier).split(","), reverse=True))
    here = version(one.name)
    if here is None:
        return Package(one.name, wanted, extra, None, "missing")
    if not one.specifier.contains(here, prereleases=True):
        return Package(one.name, wanted, extra, here, f"version {here} will not do")
    return Package(one.name, wanted, extra, here, _import_trouble(one.name, extra))


def _import_trouble(name: str, extra: str) -> str:
    """Why a package cannot be imported; optional ones are looked for, required ones are imported."""
    modules = [m for m in _modules().get(_plain(name), ()) if m.isidentifier() and not m.startswith("_")]
    own = name.replace("-", "_").lower()
    module = own if own in modules else next(iter(sorted(modules)), None)
    if module is None:  # types only, or a program
        return ""
    try:
        if importlib.util.find_spec(module) is None:
            return "installed, but not where Python looks"
        if not extra:
            importlib.import_module(module)
    except Exception as error:  # whatever a broken package does
        return f"cannot be imported ({type(error).__name__}: {error})"
    return ""


@cache
def _modules() -> dict[str, list[str]]:
    """Modules by package."""
    found: dict[str, list[str]] = {}
    for module, owners in importlib.metadata.packages_distributions().items():
        for owner in owners:
            found.setdefault(_plain(owner), []).append(module)
    return found


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
