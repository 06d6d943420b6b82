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
# a replicate takes a quarter of an hour, so that whoever did not stop would be late
LARGE = [
    "--set",
    "market.customers=20000",
    "--set",
    "market.days=36500",
    "--set",
    "need.attendance=0.9",
    "--replicates",
    12,
]
SOON = 300.0  # seconds, on however busy a machine


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


def at_work(session, workers):
    """Whether so many workers are in the middle of a task: they have loaded the compiler."""
    found = [number for number, line in living(session).items() if "worker" in line]
    return sum("llvmlite" in Path(f"/proc/{number}/maps").read_text() for number in found) >= workers


@pytest.mark.parametrize(
    ("command", "number"),
    [
        ("compare", signal.SIGINT), ("sweep", signal.SIGHUP), ("compare", signal.SIGKILL),
        pytest.param("compare", signal.SIGTERM, marks=pytest.mark.slow), pytest.param("sweep", signal.SIGKILL, marks=pytest.mark.slow),
    ],
)  # fmt: skip
def test_a_signal_ends_the_command_and_its_workers(start, until, tiny, tmp_path, command, number):
    words = [command, tiny, *LARGE, "--jobs", 2, "--out", tmp_path / "o"]
    words += ["--over", "firms.ours.price=1,2,3"] if command == "sweep" else []
    process = start(*words)
    assert until(lambda: at_work(process.pid, 2), process)
    process.send_signal(number)
    _, err = process.communicate(timeout=SOON)  # ends when the last worker lets go of its output
    assert until(lambda: not living(process.pid))
    if number == signal.SIGKILL:
        return
    assert process.returncode == 128 + number and b"Traceback" not in err
    kept = {"compare": "nothing was written; the same command begins from the start",
            "sweep": "the finished points are kept, and the same command goes on from there"}  # fmt: skip
    assert err.decode().splitlines()[-1] == f"regulars: interrupted; {kept[command]}"
    assert not (tmp_path / "o").exists()


def test_an_ignored_signal_stays_ignored(start, until, tiny, tmp_path):
    """As `nohup` wants it."""
    process = start(
        "run", tiny, "--set", "market.customers=5000", "--set", "market.days=84", "--log", "l.parquet",
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    )  # fmt: skip
    until(lambda: list(tmp_path.glob(".regulars-*")), process)
    process.send_signal(signal.SIGHUP)
    process.communicate(timeout=SOON)
    assert process.returncode == 0 and (tmp_path / "l.parquet").exists()


def test_a_long_step_in_compiled_code_does_not_hold_up_the_end(launch, tmp_path):
    code = """
import hashlib
from regulars.cli import stop
from regulars.ground.output import whole_file
stop.heed()
with whole_file("x.toml"):
    print("busy", flush=True)
    hashlib.pbkdf2_hmac("sha256", b"", b"", 2**31 - 1)  # a quarter of an hour in which no Python runs
"""
    process = launch([sys.executable, "-c", code])
    assert process.stdout.readline() == b"busy\n" and list(tmp_path.iterdir())
    time.sleep(0.5)  # until it is; were it not yet, it would end as well
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=SOON)
    assert process.returncode == 128 + signal.SIGTERM
    assert err == b"regulars: interrupted; nothing was written; the same command begins from the start\n"
    assert list(tmp_path.iterdir()) == []


def test_in_python_an_interrupt_leaves_no_workers(launch, tiny):
    code = f"""
import sys
from regulars import compare
try:
    compare({str(tiny)!r}, replicates=50, jobs=2, progress=lambda done, total: print(done, flush=True))
except KeyboardInterrupt:
    print("stopped", flush=True)
    sys.stdin.read()
"""
    process = launch([sys.executable, "-c", code], text=True, stdin=subprocess.PIPE, stderr=None)
    assert process.stdout.readline() == "1\n"
    process.send_signal(signal.SIGINT)
    while process.stdout.readline() not in ("stopped\n", ""):
        pass
    left = living(process.pid)
    process.communicate("", timeout=SOON)
    assert list(left) == [process.pid] and process.returncode == 0


@pytest.mark.parametrize(
    ("words", "where", "told"),
    [
        (["compare"], "regulars.lab.compare.compare", "nothing was written; the same command begins from the start"),
        (["run"], "regulars.scenario.Scenario.market", "nothing was written; the same command begins from the start"),
        (["fit", "--out", "m.toml"], "regulars.panels.resolve", "nothing was written; the same command begins from the start"),
        (["check"], "regulars.cli.problems.problems_of", "nothing was written; the same command begins from the start"),
        (["sweep", "--over", "firms.ours.price=1,2"], "regulars.lab.sweep.sweep", "the finished points are kept, and the same command goes on from there"),
        (["compare", "--replicates", "1", "--no-report"], "regulars.show.tables.ranking", "the results are whole in "),
        (["run", "--log", "l.parquet"], "regulars.ground.numbers.percent", "the log is whole in l.parquet"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)  # fmt: skip
def test_an_interruption_says_what_is_left_and_how_to_go_on(call, tiny, monkeypatch, words, where, told):
    """The sentence once ended after `interrupted; `."""

    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(where, interrupt)
    ended = call(words[0], tiny, *words[1:])
    assert ended.exit_code == 130 and "Traceback" not in ended.stderr
    assert ended.stderr.splitlines()[-1].startswith(f"regulars: interrupted; {told}")
