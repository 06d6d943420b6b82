"""Help answers at once, everywhere, and says how commands end."""

import subprocess
import sys
import time

import pytest

COMMANDS = (
    [],
    ["list"],
    ["show"],
    ["check"],
    ["run"],
    ["compare"],
    ["sweep"],
    ["fit"],
    ["schema"],
    ["systems"],
    ["doctor"],
    ["new"],
    ["new", "strategy"],
    ["new", "scenario"],
)
HEAVY = (
    "numpy",
    "pandas",
    "pydantic",
    "numba",
    "mesa",
    "matplotlib",
    "scipy",
    "pyarrow",
    "joblib",
    "rich",
    "regulars.scenario",
)
TARGET = 0.3  # seconds; three times that here, since the machine of the tests may be busy


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_help_tells_the_exit_codes(call, words):
    told = call(*words, "--help")
    assert told.exit_code == 0
    assert "Exit codes: 0 fine; 1 wrong input" in told.stdout
    assert "130" in told.stdout


@pytest.mark.parametrize("words", [[], ["sweep"]], ids=" ".join)
def test_help_is_fast(spoken, words):
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        code, out, _ = spoken(*words, "--help")
        times.append(time.perf_counter() - begun)
        assert code == 0 and b"Usage: regulars" in out
    assert min(times) < 3 * TARGET


def test_check_is_fast(spoken, tiny):
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        assert spoken("check", tiny)[0] == 0
        times.append(time.perf_counter() - begun)
    assert min(times) < 3.0


def test_help_loads_nothing_heavy():
    code = f"import sys, regulars.cli.app; print([m for m in {HEAVY!r} if m in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_version(call):
    import regulars

    assert call("--version").stdout == f"regulars {regulars.__version__}\n"


def test_no_command_is_wrong_usage(call):
    assert call().exit_code == 2
    told = call("lst")
    assert told.exit_code == 2
    assert "No such command 'lst'" in told.stderr
