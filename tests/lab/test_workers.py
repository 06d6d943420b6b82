"""Workers: in order or as they come, a window at a time, and what happens when one of them dies."""

import math
import operator
import os
import signal
import time

import pytest

from regulars import Scenario, compare
from regulars.ground.errors import RegularsError
from regulars.lab import workers
from regulars.lab.workers import enough_memory, processes, results

TWO = """
class Two(Exception):
    def __init__(self, first, second):
        super().__init__("needs two")
__import__("builtins").Two = Two
Two.__module__ = "builtins"
Two.__qualname__ = "Two"
raise Two(1, 2)
"""
SHOPS = Scenario(
    {
        "market": {"customers": 20, "days": 7},
        "firms": [{"name": "ours", "cost": 0.7}, {"name": "theirs", "cost": 0.7}],
        "arms": {"cheap": {"strategies": {"everyday_low_price": {"discount": 0.05}}}},
    }
)


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_order_and_all_of_them(jobs):
    tasks = [(2, k) for k in range(9)]
    with results(operator.pow, iter(tasks), jobs) as found:
        assert list(found) == [2**k for k in range(9)]
    with results(operator.pow, tasks, jobs, ordered=False) as found:
        assert sorted(found) == [2**k for k in range(9)]
    with results(operator.pow, [], jobs) as found:  # as when all points of a sweep are kept
        assert list(found) == []


@pytest.fixture
def crew(monkeypatch):
    """The workers that are started."""
    started = []
    real = workers._started
    monkeypatch.setattr(workers, "_started", lambda: started.append(real()) or started[-1])
    return started


def test_the_quick_one_does_not_wait_for_the_slow_one_which_is_ended(crew):
    begun = time.monotonic()
    with results(time.sleep, [(3600.0,), (0.0,)], 2, ordered=False) as found:
        next(found)
        assert [worker.poll() for worker in crew] == [None, None]
    assert time.monotonic() - begun < 600 and all(worker.poll() is not None for worker in crew)


@pytest.mark.skipif(os.name != "posix", reason="signals of Unix")
def test_a_worker_that_was_killed_is_told_as_lack_of_memory():
    with pytest.raises(RegularsError, match="killed, most likely for lack of memory"):
        with results(signal.raise_signal, [(signal.SIGKILL,), (signal.SIGKILL,)], 2) as found:
            list(found)


def test_what_a_worker_raises_is_raised():
    with pytest.raises(ValueError, match="math domain"), results(math.sqrt, [(-1.0,)], 2) as found:
        list(found)


def test_an_end_in_the_middle_ends_the_workers(crew):
    with pytest.raises(ZeroDivisionError):
        compare(SHOPS, replicates=8, jobs=2, progress=lambda done, total: 1 / 0)
    assert len(crew) == 2 and all(worker.poll() is not None for worker in crew)


def test_a_wrong_list_of_tasks_is_told_and_what_is_printed_disturbs_nobody():
    with pytest.raises(ZeroDivisionError), results(operator.pow, ((2, 1 // k) for k in (1, 0)), 2) as found:
        list(found)
    with results(print, [("loud",), ("louder",)], 2) as found:
        assert list(found) == [None, None]


def test_an_error_that_cannot_travel_is_told_in_words():
    for odd in (
        "e = ValueError('odd'); e.lock = __import__('threading').Lock(); raise e",
        "raise UnicodeError('odd')",
    ):
        told = RuntimeError if "lock" in odd else UnicodeError
        with pytest.raises(told, match="odd"), results(exec, [(odd,)], 2) as found:
            list(found)
    with pytest.raises(RuntimeError, match="needs two"), results(exec, [(TWO,)], 2) as found:
        list(found)


def test_a_worker_imports_nothing_from_the_current_folder(tmp_path, monkeypatch):
    (tmp_path / "pickle.py").write_text("raise SystemExit('not mine')")
    monkeypatch.chdir(tmp_path)
    with results(operator.pow, [(2, 2)], 2) as found:
        assert list(found) == [4]


def test_processes_that_pay():
    assert processes(None, 50, workers.SMALL - 1) == 1
    assert processes(3, 2, 0) == 2 and processes(3, 50, 0) == 3 and processes(5, 0, 0) == 1
    assert processes(None, 1, 1e12) == 1 <= processes(None, 50, 1e12)


def test_too_little_memory_is_told_with_what_was_asked_for(monkeypatch):
    with (
        pytest.raises(RegularsError, match="20 customers in 3 markets side by side"),
        enough_memory(SHOPS, 3),
    ):
        raise MemoryError

    def starved(*_):
        raise MemoryError

    monkeypatch.setattr("regulars.lab.compare.replicate", starved)
    with pytest.raises(RegularsError, match="not enough memory for 20 customers in 2 markets"):
        compare(SHOPS, replicates=1, jobs=1)
