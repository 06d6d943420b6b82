"""The points of a sweep and their results on disk, one file each, written whole or not at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from regulars.ground.output import write_text
from regulars.lab.store import environment
from regulars.scenario import Scenario

LOOKS_ONLY = (
    "cli",
    "scaffold",
    "show",
    "app",
    "panels",
    "laws",
    "minds",
)  # parts that no comparison depends on


@dataclass(frozen=True)
class Point:
    """One point of a design: its values, its scenario and the name under which its result is kept."""

    number: int
    values: dict[str, Any]
    scenario: Scenario
    key: str


def key_of(scenario: Scenario, asked: Mapping[str, Any]) -> str:
    """Name under which the result of a point is kept: a hash of all that the result depends on."""
    inputs = [scenario.resolved(), dict(asked), code()]
    return hashlib.blake2b(
        json.dumps(inputs, sort_keys=True, default=str).encode(), digest_size=16
    ).hexdigest()


@cache
def code() -> str:
    """Hash of the packages' versions and of the source that results depend on."""
    root = Path(__file__).parents[1]
    digest = hashlib.blake2b(json.dumps(environment()["packages"], sort_keys=True).encode(), digest_size=16)
    for file in sorted(root.rglob("*.py")):
        part = file.relative_to(root).parts
        if part[0] not in LOOKS_ONLY:
            digest.update("/".join(part).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


class Kept:
    """Finished points on disk, one file each, written whole or not at all; in memory only without a folder.

    A file says of which point it is and holds a checksum of all that is in it: one that was cut short, emptied, edited or
    copied over another is not believed. `damaged` counts those.
    """

    def __init__(self, folder: Path | None, fresh: bool = False) -> None:
        self.folder, self.fresh, self.damaged = folder, fresh, 0

    def find(self, key: str) -> list[dict[str, Any]] | None:
        """Rows of a finished point, or None."""
        if self.folder is None or self.fresh:
            return None
        try:
            found = json.loads((self.folder / f"{key}.json").read_text(encoding="utf-8"))
            told = found.pop("checksum")
            if told == _checksum(found) and found["key"] == key:
                return list(found["rows"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            pass
        self.damaged += 1
        return None

    def keep(self, point: Point, rows: list[dict[str, Any]]) -> None:
        """Write the rows of a finished point."""
        if self.folder is None:
            return
        found: dict[str, Any] = {
            "key": point.key,
            "values": point.values,
            "scenario_hash": point.scenario.hash,
        }
        found["rows"] = rows
        text = json.dumps({**found, "checksum": _checksum(found)}, default=str) + "\n"
        write_text(self.folder / f"{point.key}.json", text)


def _checksum(found: dict[str, Any]) -> str:
    text = json.dumps(found, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
