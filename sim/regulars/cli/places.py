"""Scenarios as the command line names them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from regulars.cli.say import shortened
from regulars.ground.alike import alike
from regulars.ground.errors import RegularsError
from regulars.ground.folder import part_rooms
from regulars.ground.shelf import is_there, scenario_files

LONGEST = 100  # letters of a name that becomes a file


def scenario_file(name: str) -> Path:
    """The file of a scenario, from a path or a name.

    Raises:
        RegularsError: when there is none; names the nearest.
    """
    path, known = Path(name), scenario_files()
    if len(name) < 4096 and is_file(path):
        return path
    if name in known:
        return known[name]
    if told := _folder(path):
        raise RegularsError(f"{shortened(name)}: {told}")
    beside = {str(path.parent / file): file for file in _beside(path)}
    near = alike(path.name, beside.values())
    near = near or alike(path.stem, known)
    if near:
        right = next((full for full, file in beside.items() if file == near[0]), near[0])
        hint = f"did you mean '{right}'?"
    else:
        hint = f"known here: {', '.join(known)}" if known else "there is no folder 'scenarios' here"
    raise RegularsError(f"{shortened(name)}: there is no such scenario; {hint}")


def _folder(path: Path) -> str:
    """What a folder in the place of a scenario is; nothing when it is no folder."""
    if not is_there(path, "is_dir"):
        return ""
    inside = path / "scenario.toml"
    if is_file(inside):
        return f"this is a folder of results; the scenario that they are of is {inside}"
    files = _beside(inside)
    there = f"; in it are {', '.join(files[:10])}{' ...' if len(files) > 10 else ''}" if files else ""
    return f"this is a folder; a scenario is a .toml file{there}"


def _beside(path: Path) -> list[str]:
    """Names of the scenarios in the folder of a file that is not there."""
    try:
        return sorted(file.name for file in path.parent.glob("*.toml"))
    except (OSError, ValueError):
        return []


def is_file(path: Path) -> bool:
    """Whether this is a file; a name that no file can have is none."""
    return is_there(path, "is_file")


def scenario_names(incomplete: str) -> Iterable[str]:
    """Scenarios for completion on the command line."""
    return [name for name in scenario_files() if name.startswith(incomplete)]


def known_names(incomplete: str) -> Iterable[str]:
    """Parts and scenarios for completion, without importing any."""
    names = sorted({file.stem for room in part_rooms() for file in room.glob("[a-z]*.py")})
    return [name for name in (*names, *scenario_files()) if name.startswith(incomplete)]
