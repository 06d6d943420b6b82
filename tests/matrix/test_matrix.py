"""The matrix takes interpreters that really start, and the mesas that pyproject.toml allows."""

import os
import sys
import tomllib
from pathlib import Path

import pytest

from matrix import __main__ as runner
from matrix.__main__ import ROOT, mesas
from matrix.pythons import candidates, find, starts, wanted

HERE = "{}.{}".format(*sys.version_info[:2])
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def program(place: Path, text: str) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(f"#!/bin/sh\n{text}\n")
    place.chmod(0o755)
    return place


def test_what_is_asked_for():
    assert "3.11" in wanted(PROJECT) and all(version.startswith("3.") for version in wanted(PROJECT))
    asked = {"project": {"dependencies": ["numpy>=2", "mesa>=3.3,<3.6"]}}
    assert mesas(asked) == {"newest": "mesa>=3.3,<3.6", "oldest": "mesa==3.3"}
    assert set(mesas(PROJECT)) == {"newest", "oldest"}


@pytest.mark.skipif(os.name != "posix", reason="the programs of this test are shell scripts")
def test_a_program_that_does_not_start_is_passed_over(tmp_path, monkeypatch):
    broken = program(tmp_path / "shims" / f"python{HERE}", "echo 'command not found' >&2; exit 127")
    other = program(tmp_path / "other" / f"python{HERE}", "echo 2.7")
    right = program(
        tmp_path / ".pyenv" / "versions" / f"{HERE}.9" / "bin" / "python", f'exec {sys.executable} "$@"'
    )
    monkeypatch.setenv("PATH", f"{broken.parent}{os.pathsep}{other.parent}{os.pathsep}{tmp_path / 'none'}")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("PYENV_ROOT", raising=False)
    assert [starts(one, HERE) for one in (broken, other, right)] == [False, False, True]
    assert list(candidates(HERE))[:2] == [broken, other] and find(HERE) == right
    assert find("3.99") is None


def test_what_has_passed_is_kept_and_what_has_not_is_told(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(runner, "BUILD", tmp_path)
    monkeypatch.setattr(runner, "find", lambda version: Path("python") if version == HERE else None)
    tried = []

    def attempt(version, python, which, mesa, mark):
        tried.append(which)
        good = which == "newest" or len(tried) > 2
        return {"python": version, "which": which, "mark": mark, "passed": good, "seconds": 1, "numpy": "2.0"}

    monkeypatch.setattr(runner, "attempt", attempt)
    assert runner.main() == 1 and tried == ["newest", "oldest"]
    assert " NO " in capsys.readouterr().out
    assert runner.main() == 0 and tried == ["newest", "oldest", "oldest"]  # the one that had not passed
    assert runner.main() == 0 and len(tried) == 3
    monkeypatch.setattr(runner, "fingerprint", lambda: "another source")
    assert runner.main() == 0 and len(tried) == 5
    monkeypatch.setattr(runner, "find", lambda version: None)
    assert runner.main() == 1 and "no such interpreter here" in capsys.readouterr().out
