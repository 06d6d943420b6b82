"""Interpreters of this machine that really start and can make environments; found by trying them."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

MANAGED = (  # where managers of Pythons keep them, below the home folder
    ".pyenv/versions/{version}*/bin/python",
    ".asdf/installs/python/{version}*/bin/python",
    ".local/share/uv/python/*-{version}*/bin/python",
)
ASK = "import ensurepip, sys, venv; print(*sys.version_info[:2], sep='.')"


def wanted(project: dict) -> list[str]:
    """Versions such as `3.11` that the classifiers of a pyproject name."""
    text = "\n".join(project["project"]["classifiers"])
    return re.findall(r"^Programming Language :: Python :: (\d+\.\d+)$", text, re.MULTILINE)


def candidates(version: str) -> Iterator[Path]:
    """Programs that may be Python `version`: of the path, then of managers of Pythons."""
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        yield Path(folder or ".") / f"python{version}"
    if root := os.environ.get("PYENV_ROOT"):
        yield from sorted(Path(root).glob(f"versions/{version}*/bin/python"))
    for pattern in MANAGED:
        yield from sorted(Path.home().glob(pattern.format(version=version)))


def starts(python: Path, version: str) -> bool:
    """Whether a program is there, starts, is of this version and has what an environment is made with."""
    if not python.exists():
        return False
    try:
        told = subprocess.run([python, "-c", ASK], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return told.returncode == 0 and told.stdout.strip() == version


def find(version: str) -> Path | None:
    """The first interpreter of a version that starts; None when there is none."""
    return next((python for python in candidates(version) if starts(python, version)), None)
