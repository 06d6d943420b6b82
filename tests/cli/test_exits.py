"""How the process ends: interrupted, unread, on a terminal that knows few letters."""

import contextlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys

import pytest

from regulars.cli import main

PATIENCE = 600  # seconds after which a process hangs, on however busy a machine

ODD = """
[about]
title = "Café 咖啡店"
[market]
currency = "元"
customers = 20
days = 7
[[firms]]
name = "老王咖啡"
"""


def test_exit_codes_of_the_process(spoken, tiny):
    assert spoken("check", tiny)[0] == 0
    code, out, err = spoken("run", "nosuch")
    assert (code, out) == (1, b"") and err.startswith(b"regulars: nosuch: there is no such scenario")
    assert spoken("lst")[0] == 2


def test_json_is_all_there_is_on_stdout(call, tiny, capfd):
    told = call("compare", tiny, "--replicates", 2, "--no-report", "--json", "--jobs", 2)
    assert told.exit_code == 0
    assert json.loads(told.stdout)["scenario"] == "tiny"
    assert "replicates" not in told.stderr  # no progress either
    assert capfd.readouterr() == ("", "")  # nor anything of the processes that did the work


@pytest.mark.skipif(os.name != "posix", reason="pipes and signals of Unix")
def test_a_reader_that_goes_away_is_no_error(start, tiny):
    reader, writer = os.pipe()
    os.close(reader)
    process = start("show", tiny, "--parameters", stdout=writer)
    os.close(writer)
    _, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err) == (0, b"")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_is_told(start, tiny):
    with open("/dev/full", "wb") as full:
        process = start("schema", stdout=full)
        _, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err) == (1, b"regulars: no space left on device\n")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_troubles_that_nobody_can_read_change_no_exit_code(start):
    with open("/dev/full", "wb") as full:
        process = start("run", "nosuch", stdout=full, stderr=full)
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 1


@pytest.mark.skipif(os.name != "posix", reason="closes what Unix opens")
@pytest.mark.parametrize("closed", [pytest.param((1, 2), marks=pytest.mark.slow), (0, 1, 2)])
def test_workers_do_without_what_is_closed(start, tiny, tmp_path, closed):
    words = ("compare", tiny, "--replicates", 2, "--jobs", 2, "--no-report", "--out", tmp_path / "o")
    closing = [os.close, *closed]
    process = start(
        *words, stdout=None, stderr=None, preexec_fn=lambda: [closing[0](fd) for fd in closing[1:]]
    )
    assert process.wait(timeout=PATIENCE) == 0 and list((tmp_path / "o").glob("*/metrics.parquet"))


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_terminals_that_know_few_letters(monkeypatch, tmp_path, encoding):
    file = tmp_path / "zürich.toml"
    file.write_text(ODD, encoding="utf-8")

    def said(*words):
        """What `main` says on a stream of this encoding."""
        out = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
        monkeypatch.setattr(sys, "stdout", out)
        with pytest.raises(SystemExit) as end:
            main(["run", str(file), *words])
        assert end.value.code in (0, None)
        out.flush()
        return out.buffer.getvalue().decode(encoding)

    assert ("老王咖啡" if encoding == "utf-8" else "\\u8001") in said()
    assert json.loads(said("--json"))["currency"] == "元"


def test_a_process_whose_terminal_knows_few_letters(spoken, tmp_path):
    file = tmp_path / "zürich.toml"
    file.write_text(ODD.replace("= 20", "= -1"), encoding="utf-8")
    code, out, err = spoken("check", file, env={"PYTHONIOENCODING": "ascii"})
    assert code == 1 and b"z\\xfcrich" in out + err and b"Traceback" not in err


@pytest.mark.skipif(os.name != "posix", reason="pipes and signals of Unix")
@pytest.mark.parametrize("jobs", [pytest.param(1, marks=pytest.mark.slow), 2])
def test_an_interrupted_sweep_goes_on_to_the_same_bytes(start, call, until, tiny, tmp_path, jobs):
    points, customers = tmp_path / "cut" / "points", 1000
    words = ["sweep", tiny, "--over", "arms.rebate.strategies.threshold_rebate.days=1:5", "--replicates", 2]
    words += ["--arms", "rebate", "--set"]
    while True:
        sized = [*words, f"market.customers={customers}"]
        process = start(*sized, "--jobs", jobs, "--out", tmp_path / "cut")
        until(lambda: list(points.glob("*.json")), process)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
        if process.returncode != 0:
            break
        shutil.rmtree(
            tmp_path / "cut"
        )  # it was over before it could be interrupted: once more, with more to do
        customers *= 4
    assert (process.returncode, out) == (130, b"")
    assert (
        err.splitlines()[-1]
        == b"regulars: interrupted; the finished points are kept, and the same command goes on from there"
    )
    assert until(lambda: not _living(process.pid))
    finished = {file.name: file.stat().st_mtime_ns for file in points.glob("*.json")}
    assert 1 <= len(finished) < 5 and os.listdir(tmp_path / "cut") == ["points"]
    assert call(*sized, "--jobs", 1, "--out", tmp_path / "cut").exit_code == 0
    assert call(*sized, "--jobs", 1, "--out", tmp_path / "whole").exit_code == 0
    assert all((points / name).stat().st_mtime_ns == when for name, when in finished.items())
    for folder in (tmp_path / "cut").glob("tiny-sweep-*"):
        twin = tmp_path / "whole" / folder.name
        assert (
            sorted(os.listdir(folder))
            == sorted(os.listdir(twin))
            == ["contents.json", "manifest.json", "points.parquet", "scenario.toml"]
        )
        for file in folder.iterdir():
            assert file.read_bytes() == (twin / file.name).read_bytes(), file.name


def _living(group):
    """Processes of a group that have not ended."""
    listed = subprocess.run(["ps", "-e", "-o", "pgid=,stat="], capture_output=True, text=True, check=True)
    rows = [line.split() for line in listed.stdout.splitlines()]
    return [state for pgid, state in rows if int(pgid) == group and not state.startswith("Z")]


@pytest.mark.skipif(os.name != "posix", reason="pipes and signals of Unix")
def test_an_interrupted_run_leaves_no_log(start, until, tiny, tmp_path):
    large = ("--days", 36500, "--set", "market.customers=3000")  # so that the log fills soon
    process = start("run", tiny, *large, "--log", "events.parquet")
    assert until(lambda: [f for f in tmp_path.glob(".regulars-*.parquet") if f.stat().st_size], process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130 and b"Traceback" not in err
    assert os.listdir(tmp_path) == ["tiny.toml"]


def test_whose_fault_an_error_is():
    from regulars.cli.say import OURS, WRONG, explain
    from regulars.ground.errors import RegularsError

    assert {
        explain(error) for error in (MemoryError(), OSError(5, "Input/output error"), RegularsError("no"))
    } == {WRONG}
    assert {explain(error) for error in (ValueError("odd"), KeyError("x"), RuntimeError())} == {OURS}


def test_a_fault_of_ours_leaves_with_its_code(monkeypatch, capsys):
    """Whatever a command lets through, the process says whose fault it is."""
    from regulars.cli.say import OURS

    def broken(**_):
        raise ZeroDivisionError("odd")

    monkeypatch.setattr("regulars.cli.app.app", broken)
    with pytest.raises(SystemExit) as end:
        main(["doctor"])
    assert end.value.code == OURS and "ZeroDivisionError: odd" in capsys.readouterr().err


def test_what_a_terminal_would_obey_is_written_out(call, tmp_path, monkeypatch):
    """Names of a log, of files and of options, wherever they are told."""
    import numpy as np
    import pandas as pd

    monkeypatch.chdir(tmp_path)
    n = 60
    rows = {
        "customer": np.repeat(np.arange(n), 2),
        "time": np.tile([1.0, 9.0], n),
        "firm": ["\x1b[31mred", "b"] * n,
        "amount": 1.0,
    }
    pd.DataFrame(rows).to_csv("l.csv", index=False)
    for words in (
        ["fit", "l.csv", "--out", "m.toml", "--focal", "redd"], ["run", "\x1b[2Jx"], ["check", "\x1b[2Jx"], ["show", "\x1b[2Jx"],
    ):  # fmt: skip
        ended = call(*words)
        assert ended.exit_code == 1
        assert "\x1b" not in ended.output and "\\x1b[" in ended.output
