"""Told to stop, a command ends soon with all its workers, says so, and leaves nothing half-written."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="looks at processes as Linux has them"
)
LARGE = [
    "--set",
    "market.customers=20000",
    "--set",
    "market.days=364",
    "--set",
    "need.attendance=0.9",
    "--replicates",
    12,
]
SOON = 20.0  # seconds, on a busy machine


def living(session):
    """Processes of a session that run, by number, with their command lines."""
    found = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            fields = (place / "stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) == session and fields[0] not in "ZX":
                found[int(place.name)] = (place / "cmdline").read_bytes().decode().replace("\0", " ")
        except OSError:
            continue
    return found


def gone(session):
    """Wait for the end of a session; what is left of it after a while."""
    deadline = time.monotonic() + SOON
    while (left := living(session)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def at_work(session, workers):
    """Wait until so many workers run."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if sum("worker" in line for line in living(session).values()) >= workers:
            return time.sleep(0.5)
        time.sleep(0.05)
    pytest.fail("no workers were started")


@pytest.mark.parametrize(
    ("command", "number"),
    [("compare", signal.SIGINT), ("compare", signal.SIGTERM), ("compare", signal.SIGKILL), ("sweep", signal.SIGHUP), ("sweep", signal.SIGKILL)],
)  # fmt: skip
def test_a_signal_ends_the_command_and_its_workers(start, tiny, tmp_path, command, number):
    words = [command, tiny, *LARGE, "--jobs", 2, "--out", tmp_path / "o"]
    words += ["--over", "firms.ours.price=1,2,3"] if command == "sweep" else []
    process = start(*words, start_new_session=True)
    at_work(process.pid, 2)
    process.send_signal(number)
    begun = time.monotonic()
    _, err = process.communicate(timeout=SOON)  # ends when the last worker lets go of its output
    assert gone(process.pid) == {} and time.monotonic() - begun < SOON
    if number == signal.SIGKILL:
        return
    assert process.returncode == 128 + number and b"Traceback" not in err
    assert b"regulars: interrupted; " in err
    assert not (tmp_path / "o").exists()


def test_an_ignored_signal_stays_ignored(start, tiny, tmp_path):
    """As `nohup` wants it."""
    process = start(
        "run", tiny, "--set", "market.customers=5000", "--set", "market.days=84", "--log", "l.parquet",
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    )  # fmt: skip
    while not list(tmp_path.glob(".regulars-*")) and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGHUP)
    process.communicate(timeout=60)
    assert process.returncode == 0 and (tmp_path / "l.parquet").exists()


def test_a_long_step_in_compiled_code_does_not_hold_up_the_end(tmp_path):
    code = """
import hashlib
from regulars.cli import stop
from regulars.lab.output import whole_file
stop.heed()
with whole_file("x.toml"):
    print("busy", flush=True)
    hashlib.pbkdf2_hmac("sha256", b"", b"", 10**9)  # minutes, in which no Python runs
"""
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout.readline() == b"busy\n" and list(tmp_path.iterdir())
    time.sleep(0.5)  # until it is
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=SOON)
    assert process.returncode == 128 + signal.SIGTERM and b"interrupted" in err
    assert list(tmp_path.iterdir()) == []


def test_in_python_an_interrupt_leaves_no_workers(tiny, tmp_path):
    code = f"""
import sys
from regulars import compare
try:
    compare({str(tiny)!r}, replicates=50, jobs=2, progress=lambda done, total: print(done, flush=True))
except KeyboardInterrupt:
    print("stopped", flush=True)
    sys.stdin.read()
"""
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=tmp_path, text=True, start_new_session=True, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    assert process.stdout.readline() == "1\n"
    begun = time.monotonic()
    process.send_signal(signal.SIGINT)
    while process.stdout.readline() not in ("stopped\n", ""):
        pass
    assert time.monotonic() - begun < SOON
    left = living(process.pid)
    process.communicate("", timeout=SOON)
    assert list(left) == [process.pid] and process.returncode == 0
