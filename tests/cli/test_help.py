"""Help answers at once, everywhere, and says how commands end."""

import json
import subprocess
import sys

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
HEAVY = {"numpy", "pandas", "numba", "mesa", "matplotlib", "scipy", "pyarrow", "joblib", "rich"}
LOADED = """
import contextlib, json, os, sys
from regulars.cli.app import app

with contextlib.redirect_stdout(open(os.devnull, "w")):
    for words in json.loads(sys.argv[1]):
        with contextlib.suppress(SystemExit):
            app(words)
print(json.dumps(sorted(sys.modules)))
"""


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_help_tells_the_exit_codes(call, words):
    told = call(*words, "--help")
    assert told.exit_code == 0
    assert "Exit codes: 0 fine; 1 wrong input" in told.stdout
    assert "130" in told.stdout


def loaded(*commands):
    """Modules in memory after these commands, in a process of their own: what makes a short command slow."""
    told = subprocess.run(
        [sys.executable, "-c", LOADED, json.dumps(commands)], capture_output=True, text=True, check=True
    )
    return set(json.loads(told.stdout))


def test_help_answers_at_once():
    """A third of a second, of which most is loading modules."""
    modules = loaded(*([*words, "--help"] for words in COMMANDS))
    assert not HEAVY & modules and "regulars.scenario" not in modules
    assert "regulars.cli.new" in modules and len(modules) < 400


def test_check_does_not_wait_for_what_it_does_not_need(tiny):
    modules = loaded(["check", str(tiny)])
    assert HEAVY & modules == {"numpy"}
    assert "regulars.scenario" in modules and len(modules) < 600


def test_version(call):
    import regulars

    assert call("--version").stdout == f"regulars {regulars.__version__}\n"


def test_no_command_is_wrong_usage(call):
    assert call().exit_code == 2
    told = call("lst")
    assert told.exit_code == 2
    assert "No such command 'lst'" in told.stderr
