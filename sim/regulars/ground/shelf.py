"""Scenarios that are known by name: those in a folder `scenarios` here, and those of the source."""

from __future__ import annotations

from pathlib import Path


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


def by_name(path: Path) -> Path:
    """The file that a word means: the file of this path, or else the scenario of this name; the path itself when neither is there."""
    if path.suffix or path.name != str(path) or is_there(path, "is_file"):
        return path
    return scenario_files().get(path.name, path)


def is_there(path: Path, kind: str) -> bool:
    """Whether a path is a thing of a kind, `is_file` or `is_dir`; a name that nothing can have is none."""
    try:
        return bool(getattr(path, kind)())
    except (OSError, ValueError):
        return False
