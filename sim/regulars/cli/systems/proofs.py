"""Which tests have run and passed with the code as it is: what `make test` has written down, in a checkout of the source."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from regulars.ground.output import write_text

KEPT = Path("build", "proofs.json")
NEVER = "has not run here"


def fingerprint(root: Path) -> str:
    """Hash of the package: a proof counts for the code with which it ran."""
    found = hashlib.blake2b(digest_size=12)
    for file in sorted((root / "sim" / "regulars").rglob("*.py")):
        found.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes())
    return found.hexdigest()


def write(root: Path, passed: Mapping[str, bool]) -> None:
    """Write down which tests (`tests/room/test_file.py::test_name`, or whole files) have passed now, beside what was known."""
    file = root / KEPT
    known = _known(root)
    code = fingerprint(root)
    for test, fine in passed.items():
        known[test] = {"passed": fine, "code": code, "test": _of_file(root, test)}
    write_text(file, json.dumps(known, indent=0, sort_keys=True))


def unproved(root: Path, tests: Iterable[str]) -> dict[str, str]:
    """Of these tests those that have not passed with the code as it is, and why not."""
    known, code = _known(root), fingerprint(root)
    told = {}
    for test in tests:
        one = known.get(test)
        if one is None:
            told[test] = NEVER
        elif one["code"] != code or one["test"] != _of_file(root, test):
            told[test] = "has not run since the code changed"
        elif not one["passed"]:
            told[test] = "failed"
    return told


def _of_file(root: Path, test: str) -> str:
    file = root / test.partition("::")[0]
    return hashlib.blake2b(file.read_bytes(), digest_size=12).hexdigest() if file.is_file() else ""


def _known(root: Path) -> dict[str, Any]:
    try:
        known: dict[str, Any] = json.loads((root / KEPT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known
