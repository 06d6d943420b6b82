"""Where scenarios and the source of the package lie."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

from regulars.cli.say import shortened
from regulars.ground.errors import RegularsError

LONGEST = 100  # letters of a name that becomes a file


def checkout() -> Path | None:
    """The folder of the source that this package runs from; None when it was installed as a package."""
    root = Path(__file__).absolute().parents[3]
    return root if (root / "pyproject.toml").is_file() and (root / "sim" / "regulars").is_dir() else None


def scenario_folders() -> list[Path]:
    """Folders in which scenarios are looked up by name: `scenarios` here, and that of the source."""
    root = checkout()
    found = [Path("scenarios"), *([root / "scenarios"] if root else [])]
    unique = {folder.resolve(): folder for folder in reversed(found) if folder.is_dir()}
    return list(reversed(unique.values()))


def scenario_files() -> dict[str, Path]:
    """Scenarios by name; the nearer folder wins."""
    files: dict[str, Path] = {}
    for folder in scenario_folders():
        for file in sorted(folder.glob("*.toml")):
            files.setdefault(file.stem, file)
    return dict(sorted(files.items()))


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
    near = difflib.get_close_matches(path.stem, known, n=1, cutoff=0.6)
    if near:
        hint = f"did you mean '{near[0]}'?"
    else:
        hint = f"known here: {', '.join(known)}" if known else "there is no folder 'scenarios' here"
    raise RegularsError(f"{shortened(name)}: there is no such scenario; {hint}")


def is_file(path: Path) -> bool:
    """Whether this is a file; a name that no file can have is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def scenario_names(incomplete: str) -> Iterable[str]:
    """Scenarios for completion on the command line."""
    return [name for name in scenario_files() if name.startswith(incomplete)]


def known_names(incomplete: str) -> Iterable[str]:
    """Strategies, policies and scenarios for completion, without importing any."""
    package = Path(__file__).absolute().parents[1]
    names = sorted(
        file.stem for room in ("strategies", "policies") for file in (package / room).glob("[a-z]*.py")
    )
    return [name for name in (*names, *scenario_files()) if name.startswith(incomplete)]
