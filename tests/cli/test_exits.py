"""How the process ends: interrupted, unread, on a terminal that knows few letters."""

import os
import signal
import subprocess
import time

import pytest

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


def test_json_is_all_there_is_on_stdout(spoken, tiny):
    import json

    code, out, err = spoken("compare", tiny, "--replicates", 2, "--no-report", "--json", "--jobs", 2)
    assert code == 0
    assert json.loads(out)["scenario"] == "tiny"
    assert b"replicates" not in err  # no progress either


@pytest.mark.skipif(os.name != "posix", reason="pipes and signals of Unix")
def test_a_reader_that_goes_away_is_no_error(start, tiny):
    reader, writer = os.pipe()
    os.close(reader)
    process = start("show", tiny, "--parameters", stdout=writer)
    os.close(writer)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_is_told(start, tiny):
    with open("/dev/full", "wb") as full:
        process = start("schema", stdout=full)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (1, b"regulars: no space left on device\n")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_troubles_that_nobody_can_read_change_no_exit_code(start):
    with open("/dev/full", "wb") as full:
        process = start("run", "nosuch", stdout=full, stderr=full)
        process.communicate(timeout=60)
    assert process.returncode == 1


@pytest.mark.skipif(os.name != "posix", reason="closes what Unix opens")
@pytest.mark.parametrize("closed", [(0,), (1, 2), (0, 1, 2)])
def test_workers_do_without_what_is_closed(start, tiny, tmp_path, closed):
    words = ("compare", tiny, "--replicates", 2, "--jobs", 2, "--no-report", "--out", tmp_path / "o")
    closing = [os.close, *closed]
    process = start(
        *words, stdout=None, stderr=None, preexec_fn=lambda: [closing[0](fd) for fd in closing[1:]]
    )
    assert process.wait(timeout=120) == 0 and list((tmp_path / "o").glob("*/metrics.parquet"))


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_terminals_that_know_few_letters(spoken, tmp_path, encoding):
    import json

    file = tmp_path / "zürich.toml"
    file.write_text(ODD, encoding="utf-8")
    env = {"PYTHONIOENCODING": encoding}
    code, out, err = spoken("run", file, env=env)
    assert (code, b"Traceback" in err) == (0, False)
    assert ("老王咖啡" if encoding == "utf-8" else "\\u8001") in out.decode(encoding)
    code, out, _ = spoken("run", file, "--json", env=env)
    assert code == 0 and json.loads(out.decode(encoding))["currency"] == "元"


@pytest.mark.skipif(os.name != "posix", reason="pipes and signals of Unix")
@pytest.mark.parametrize("jobs", [1, 2])
def test_an_interrupted_sweep_goes_on_to_the_same_bytes(start, spoken, tiny, tmp_path, jobs):
    words = ["sweep", tiny, "--over", "arms.rebate.strategies.threshold_rebate.days=1:7", "--replicates", 2]
    words += ["--set", "market.customers=3000", "--set", "market.days=56", "--jobs", jobs]
    process = start(*words, "--out", tmp_path / "cut", start_new_session=True)
    points, deadline = tmp_path / "cut" / "points", time.monotonic() + 100
    while len(list(points.glob("*.json"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, b"")
    assert (
        err.splitlines()[-1]
        == b"regulars: interrupted; the finished points are kept, and the same command goes on from there"
    )
    finished = {file.name: file.stat().st_mtime_ns for file in points.glob("*.json")}
    assert 2 <= len(finished) < 7 and os.listdir(tmp_path / "cut") == ["points"]
    assert spoken(*words, "--out", tmp_path / "cut")[0] == 0
    assert spoken(*words[:-1], 1, "--out", tmp_path / "whole")[0] == 0
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
    left = subprocess.run(["pgrep", "-g", str(process.pid)], capture_output=True, text=True).stdout.split()
    assert all(_dead(pid) for pid in left)


def _dead(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@pytest.mark.skipif(os.name != "posix", reason="pipes and signals of Unix")
def test_an_interrupted_run_leaves_no_log(start, tiny, tmp_path):
    process = start(
        "run", tiny, "--set", "market.customers=300000", "--days", 3650, "--log", "events.parquet"
    )
    time.sleep(4)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130 and b"Traceback" not in err
    assert os.listdir(tmp_path) == ["tiny.toml"]


def test_whose_fault_an_error_is():
    from regulars.cli.say import OURS, WRONG, explain
    from regulars.ground.errors import RegularsError

    assert {
        explain(error) for error in (MemoryError(), OSError(5, "Input/output error"), RegularsError("no"))
    } == {WRONG}
    assert {explain(error) for error in (ValueError("odd"), KeyError("x"), RuntimeError())} == {OURS}
