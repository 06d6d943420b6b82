"""A tiny scenario and two ways to call the command line: in this process, and as a user does."""

import os
import signal
import subprocess
import sys
import time
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


PATIENCE = 600  # seconds after which a process hangs, on however busy a machine


@pytest.fixture
def launch(tmp_path):
    """Start a process with a session of its own; it is gone at the end of the test, and its children are."""
    begun = []

    def launched(command, env=(), **options):
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": tmp_path, **options}
        options.setdefault("start_new_session", True)
        if os.name == "posix":  # a suite started in the background ignores interrupts; its children must not
            options.setdefault("preexec_fn", lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
        env = {**os.environ, **dict(env)}
        begun.append(subprocess.Popen(command, env=env, **options))
        return begun[-1]

    yield launched
    for process in begun:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL) if os.name == "posix" else process.kill()
        with process:  # waits, and closes its pipes
            pass


@pytest.fixture
def start(launch):
    """Start `python -m regulars ...` as a process of its own."""

    def started(*words, source=SOURCE, env=(), **options):
        command = [sys.executable, "-m", "regulars", *map(str, words)]
        return launch(command, {"PYTHONPATH": str(source), **dict(env)}, **options)

    return started


@pytest.fixture
def until():
    """Wait for something to happen, while a process runs if there is one; False where it ended before."""

    def happened(event, process=None):
        deadline = time.monotonic() + PATIENCE
        while not event():
            if process and process.poll() is not None:
                return False
            assert time.monotonic() < deadline, "nothing happens"
            time.sleep(0.01)
        return True

    return happened


@pytest.fixture
def spoken(start):
    """Run `python -m regulars ...` to its end: (exit code, stdout, stderr) as bytes."""

    def ended(*words, **options):
        process = start(*words, **options)
        out, err = process.communicate(timeout=PATIENCE)
        return process.returncode, out, err

    return ended
