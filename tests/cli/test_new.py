"""`regulars new`: what it writes works at once, and nothing is overwritten."""

import importlib
import json
import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import regulars
from regulars.cli.new import ROOMS

PACKAGE = Path(regulars.__file__).parent
TESTS = Path(__file__).parents[1]


@pytest.fixture
def source(tmp_path):
    """A copy of the source, to add a strategy to."""
    root = tmp_path / "source"
    shutil.copytree(PACKAGE, root / "sim" / "regulars", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "scenarios").mkdir()
    (root / "pyproject.toml").write_text("[project]\nname = 'copy'\n")
    return root


def test_a_new_strategy_works_at_once(spoken, source):
    here = {"source": source / "sim", "cwd": source}
    code, out, err = spoken("new", "strategy", "thank-you_card", **here)
    assert (code, err) == (0, b"")
    written = [line.removeprefix("wrote ") for line in out.decode().splitlines() if line.startswith("wrote ")]
    assert [Path(path).relative_to(source).as_posix() for path in written] == [
        "sim/regulars/strategies/thank_you_card.py", "tests/strategies/test_thank_you_card.py", "scenarios/thank_you_card.toml",
    ]  # fmt: skip
    assert b"thank_you_card" in spoken("list", "strategies", **here)[1]
    assert spoken("check", "thank_you_card", **here)[0] == 0
    smaller = ("--set", "market.customers=200", "--set", "market.days=56", "--replicates", "2", "--no-report")
    _grown(source, "regulars", "compare", "thank_you_card", *smaller)
    tests = (source / "tests/strategies/test_thank_you_card.py", TESTS / "contract")
    quietly = ("-v", "-p", "no:cacheprovider", "--import-mode=importlib", "-m", "not slow")
    told = _grown(source, "pytest", *quietly, *tests, "-k", "thank_you_card and off")
    for test in ("test_off_changes_nothing", "test_off_is_exactly_off[thank_you_card]"):
        assert f"{test} PASSED" in told, told
    again = spoken("new", "strategy", "thank_you_card", **here)
    assert again[0] == 1 and b"exists already" in again[2]


GROWN = """
import runpy, sys
import regulars.strategies

regulars.strategies.__path__.append(sys.argv.pop(1))
sys.argv.pop(0)
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""


def _grown(source, module, *words):
    """What a module says, run with this source and the strategies of the copy: compiled loops are not compiled once more."""
    done = subprocess.run(
        [sys.executable, "-c", GROWN, source / "sim" / "regulars" / "strategies", module, *words],
        cwd=source,
        env={**os.environ, "PYTHONPATH": f"{PACKAGE.parent}{os.pathsep}{TESTS}"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture
def written(call, source, monkeypatch):
    """Write a part into a copy of the source: its file and its test."""
    monkeypatch.setattr("regulars.cli.new.checkout", lambda: source)

    def files(kind, name):
        told = call("new", kind, name, "--json")
        assert told.exit_code == 0, told.stderr
        return [Path(file) for file in json.loads(told.stdout)["written"] if file.endswith(".py")]

    return files


def test_what_is_written_is_tidy(written, source):
    shutil.copy(TESTS.parent / "pyproject.toml", source / "pyproject.toml")
    files = [
        file for kind in ROOMS for name in ("x2", f"a_rather_long_{kind}") for file in written(kind, name)
    ]
    assert len(files) == 16
    for check in (["check"], ["format", "--check"]):
        told = subprocess.run(
            [sys.executable, "-m", "ruff", *check, *files], cwd=source, capture_output=True, text=True
        )
        assert told.returncode == 0, told.stdout


@pytest.mark.parametrize("kind", [kind for kind in ROOMS if kind != "strategy"])
def test_a_new_part_passes_its_own_test(kind, written, monkeypatch):
    """Its file is looked for as if it lay in the source."""
    part, test = written(kind, f"brand_new_{kind}")
    (place := part.parents[3] / "alone" / part.parent.name).mkdir(parents=True)
    shutil.copy(part, place)
    room = importlib.import_module(f"regulars.{part.parent.name}")
    monkeypatch.setattr(room, "__path__", [*room.__path__, str(place)])
    importlib.invalidate_caches()
    tests = [one for name, one in runpy.run_path(str(test)).items() if name.startswith("test_")]
    assert len(tests) == 4
    for one in tests:
        if marks := getattr(one, "pytestmark", ()):
            word, values = marks[0].args
            for value in values:
                one(**{word: value})
        else:
            one()


@pytest.mark.parametrize("name", ["9lives", "class", "a/../b", "Größe", "", "a" * 300, "taken"])
def test_names_that_will_not_do(call, tmp_path, monkeypatch, name):
    (tmp_path / "sim/regulars/strategies").mkdir(parents=True)
    (tmp_path / "sim/regulars/strategies/taken.py").touch()
    monkeypatch.setattr("regulars.cli.new.checkout", lambda: tmp_path)
    before = sorted(tmp_path.rglob("*"))
    told = call("new", "strategy", name)
    assert (told.exit_code, told.stdout) == (1, "") and "Traceback" not in told.stderr
    assert 0 < len(told.stderr) < 1500 and before == sorted(tmp_path.rglob("*"))


@pytest.mark.parametrize("name", ["experience", "market"])
def test_a_behaviour_cannot_be_called_like_a_section_that_is_there(call, monkeypatch, source, name):
    monkeypatch.setattr("regulars.cli.new.checkout", lambda: source)
    told = call("new", "behaviour", name)
    assert told.exit_code == 1 and "a section of this name" in told.stderr
    assert call("new", "behaviour", f"{name}_of_ours").exit_code == 0


def test_a_new_scenario_lies_where_one_stands(call, tmp_path, monkeypatch):
    """In a folder of one's own it is not written into the source that the command runs from."""
    monkeypatch.chdir(tmp_path)
    told = call("new", "scenario", "my-shop")
    assert told.exit_code == 0 and (tmp_path / "my-shop.toml").is_file(), told.output
    assert not (PACKAGE.parents[1] / "scenarios" / "my-shop.toml").exists()


def test_a_new_scenario_checks_and_compares(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").mkdir()
    assert call("new", "scenario", "corner-shop").exit_code == 0
    assert (tmp_path / "scenarios" / "corner-shop.toml").is_file()
    assert call("check", "corner-shop").exit_code == 0
    words = ("--set", "market.customers=200", "--set", "market.days=28", "--replicates", 2, "--no-report")
    assert call("compare", "corner-shop", *words).exit_code == 0
    told = call("new", "scenario", "corner-shop")
    assert told.exit_code == 1 and "exists already" in told.stderr
    assert (
        call("new", "scenario", "deep/own.toml").exit_code == 0 and (tmp_path / "deep" / "own.toml").is_file()
    )
    assert call("new", "scenario", "no good").exit_code == 1
