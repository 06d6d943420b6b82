"""An interrupted `make validate` goes on where it was."""

from pathlib import Path

import pytest

TESTS = """
import pathlib, pytest

def ran(name):
    with open("ran.txt", "a") as file:
        file.write(name)

@pytest.mark.slow
@pytest.mark.parametrize("part", ["a", "b [@]"])
def test_parts(part):
    ran(part[0])

@pytest.mark.slow
def test_fails_at_first():
    ran("c")
    assert pathlib.Path("mended").exists()

def test_quick():
    ran("q")
"""


@pytest.fixture
def validate(pytester, monkeypatch):
    """Run the slow tests: what ran, and how it ended."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
    pytester.makeini("[pytest]\nmarkers = slow: minutes")
    (pytester.mkdir("tests") / "test_it.py").write_text(TESTS)

    def validated(*words, run=pytester.runpytest_inprocess):
        log = pytester.path / "ran.txt"
        log.write_text("")
        ended = run("-p", "validate.resume", "-p", "no:cacheprovider", "-m", "slow", *words)
        return "".join(sorted(log.read_text())), ended

    return validated


def test_what_passed_is_not_run_again(validate, pytester):
    ran, ended = validate("--validate=resume")
    assert (ran, ended.ret) == ("abc", 1)
    ended.stdout.fnmatch_lines("validate: 2 slow tests passed now, 0 passed before*, 1 failed, 0 skipped*")
    (pytester.path / "mended").touch()
    ran, ended = validate("--validate=resume")
    assert (ran, ended.ret) == ("c", 0)
    ran, ended = validate("--validate=resume")
    assert (ran, ended.ret) == ("", 0)
    ended.stdout.fnmatch_lines("validate: 0 slow tests passed now, 3 passed before on the same source*")
    assert validate("--validate=fresh")[0] == "abc"
    assert validate()[0] == "abc"


def test_another_source_is_another_matter(validate, pytester):
    (pytester.path / "mended").touch()
    assert validate("--validate=resume")[0] == "abc"
    (pytester.mkdir("sim") / "new.py").write_text("x = 1\n")
    assert validate("--validate=resume")[0] == "abc"
    (pytester.path / "sim" / "new.py").write_text("x = 2\n")
    assert validate("--validate=resume")[0] == "abc"
    assert validate("--validate=resume")[0] == ""


def test_a_line_that_was_cut_off_has_not_passed(validate, pytester):
    (pytester.path / "mended").touch()
    validate("--validate=resume")
    (kept,) = (pytester.path / ".pytest_cache" / "validate").iterdir()
    kept.write_text(kept.read_text()[:-1])
    assert len(validate("--validate=resume")[0]) == 1


def test_nothing_selected_and_skipped_are_no_success(validate, pytester):
    assert validate("--validate=resume", "-k", "nosuch")[1].ret == pytest.ExitCode.NO_TESTS_COLLECTED
    (pytester.path / "tests" / "test_it.py").write_text(
        "import pytest\n@pytest.mark.slow\n@pytest.mark.skip(reason='no data')\ndef test_a(): pass\n"
    )
    for _ in range(2):
        ended = validate("--validate=resume")[1]
        assert ended.ret == pytest.ExitCode.TESTS_FAILED
        ended.stdout.fnmatch_lines("validate: 0 slow*0 failed, 1 skipped*")


def test_workers_are_told(validate, pytester):
    (pytester.path / "mended").touch()
    assert validate("--validate=resume", "-k", "parts")[0] == "ab"
    ran, ended = validate("--validate=resume", "-n", "1", run=pytester.runpytest_subprocess)
    assert (ran, ended.ret) == ("c", 0)
    ended.stdout.fnmatch_lines("validate: 1 slow tests passed now, 2 passed before*")
