"""A tiny scenario and two ways to call the command line: in this process, and as a user does."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import regulars

TINY = """
[about]
title = "Tiny"
question = "Does it pay?"
expected = "No."
limits = "Invented."

[market]
customers = 60
days = 28

[need]
process = "calendar"
attendance = 0.6

[choice]
outside = true
price_sensitivity = { distribution = "lognormal", mean = 1.0, sd = 0.3 }

[[firms]]
name = "ours"
price = 1.0
cost = 0.7

[[firms]]
name = "theirs"
price = 1.0
cost = 0.7

[arms.rebate.strategies.threshold_rebate]
days = 3
rate = 0.1

[arms.cheap.strategies.everyday_low_price]
discount = 0.05
"""
SOURCE = Path(regulars.__file__).parents[1]


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """The path of a tiny scenario, in an empty folder that is also the current one."""
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "tiny.toml"
    file.write_text(TINY, encoding="utf-8")
    return file


@pytest.fixture
def call():
    """Call a command in this process: `call("run", path)` gives exit_code, stdout and stderr."""
    from regulars.cli.app import app

    return lambda *words: CliRunner().invoke(app, [str(word) for word in words], prog_name="regulars")


@pytest.fixture
def start(tmp_path):
    """Start `python -m regulars.cli ...` as a process of its own."""

    def started(*words, source=SOURCE, env=(), **options):
        command = [sys.executable, "-m", "regulars.cli", *map(str, words)]
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": tmp_path, **options}
        if os.name == "posix":  # a suite started in the background ignores interrupts; its children must not
            options.setdefault("preexec_fn", lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
        return subprocess.Popen(
            command, env={**os.environ, "PYTHONPATH": str(source), **dict(env)}, **options
        )

    return started


@pytest.fixture
def spoken(start):
    """Run `python -m regulars.cli ...` to its end: (exit code, stdout, stderr) as bytes."""

    def ended(*words, **options):
        process = start(*words, **options)
        out, err = process.communicate(timeout=120)
        return process.returncode, out, err

    return ended
