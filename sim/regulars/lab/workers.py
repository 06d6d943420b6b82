"""Worker processes: started, watched and stopped in one place.

Workers die with their parent however it ends, and leave signals to it; whatever interrupts the parent ends them at once.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from typing import Any

from regulars.ground.errors import RegularsError
from regulars.lab.parcel import packed
from regulars.scenario import Scenario

SMALL = 20_000_000  # customer-days, a second or two, below which starting processes costs more than it brings
BEGIN = "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); from regulars.lab.worker import main; main()"
THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
)  # one process a core, not many threads each
KILLED = -9  # exit code of a process that the system killed


def processes(jobs: int | None, tasks: int, work: float) -> int:
    """How many processes to use for so many tasks of so much `work` (customer-days) in all; 1 is this one."""
    if jobs is None and work < SMALL:
        return 1
    if jobs is None:
        import joblib

        jobs = int(joblib.cpu_count())
    return max(1, min(jobs, tasks))


@contextmanager
def results(
    function: Callable[..., Any], tasks: Iterable[tuple[Any, ...]], jobs: int, ordered: bool = True
) -> Iterator[Iterator[Any]]:
    """Results of `function(*task)` for all tasks, computed by so many processes while they are asked for.

    Args:
        function: at the top level of a module, so that a worker finds it.
        tasks: arguments.
        jobs: processes; 1 computes here.
        ordered: in order of tasks, or each as soon as it is there.

    Raises:
        RegularsError: when a worker was killed, as systems do that run out of memory; when a part of the user cannot be sent.
    """
    if jobs == 1:
        yield (function(*task) for task in tasks)
        return
    parts = packed()  # refused before anything is started
    crew: list[subprocess.Popen[bytes]] = []
    try:
        for _ in range(jobs):
            crew.append(_started())
            with suppress(OSError):  # who reads its results sees that it is gone
                _send(crew[-1], parts)
        yield _computed(crew, function, tasks, ordered)
    finally:
        for worker in crew:
            worker.kill()
        for worker in crew:
            worker.wait()
            for pipe in (worker.stdin, worker.stdout):
                with suppress(OSError):
                    pipe.close()  # type: ignore[union-attr]


@contextmanager
def enough_memory(scenario: Scenario, markets: int = 1) -> Iterator[None]:
    """Tell that there is too little memory in terms of what was asked for."""
    try:
        yield
    except MemoryError:
        several = f" in {markets} markets side by side" if markets > 1 else ""
        raise RegularsError(
            f"{scenario.name}: there is not enough memory for {scenario.spec.market.customers:,} customers{several}; "
            "use fewer customers, fewer arms or fewer --jobs"
        ) from None


def _started() -> subprocess.Popen[bytes]:
    """A worker that finds the same modules as this process, and nothing of the current folder."""
    environment = {**dict.fromkeys(THREADS, "1"), **os.environ}
    worker = subprocess.Popen(
        [sys.executable, "-P", "-c", BEGIN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    )
    with suppress(OSError):
        _send(worker, sys.path)
    return worker


def _computed(
    crew: list[subprocess.Popen[bytes]],
    function: Callable[..., Any],
    tasks: Iterable[tuple[Any, ...]],
    ordered: bool,
) -> Iterator[Any]:
    """Results as workers give them, each of whom takes the next task when it has done one."""
    todo, taking = enumerate(tasks), threading.Lock()
    found: SimpleQueue[tuple[int, bool, Any]] = SimpleQueue()

    def serve(worker: subprocess.Popen[bytes]) -> None:
        number = -1
        try:
            while True:
                with taking:
                    number, task = next(todo, (-1, ()))
                if number < 0:
                    break
                _send(worker, (function, task))
                found.put((number, *pickle.load(worker.stdout)))  # type: ignore[arg-type]
        except (EOFError, OSError, pickle.UnpicklingError):
            found.put((number, False, _ended(worker.wait())))
        except BaseException as error:  # of the tasks themselves
            found.put((number, False, error))
        finally:
            found.put((-1, True, None))

    for worker in crew:
        threading.Thread(target=serve, args=(worker,), daemon=True).start()
    early: dict[int, Any] = {}
    wanted, busy = 0, len(crew)
    while busy:
        try:  # again and again: a wait without end could not be interrupted everywhere
            number, fine, result = found.get(timeout=1.0)
        except Empty:
            continue
        if not fine:
            raise result
        if number < 0:
            busy -= 1
        elif ordered:
            early[number] = result
            while wanted in early:
                yield early.pop(wanted)
                wanted += 1
        else:
            yield result


def _send(worker: subprocess.Popen[bytes], thing: Any) -> None:
    assert worker.stdin is not None
    worker.stdin.write(pickle.dumps(thing))
    worker.stdin.flush()


def _ended(code: int) -> Exception:
    """What it means that a worker ended by itself."""
    if code == KILLED:
        return RegularsError(
            "a worker process was killed, most likely for lack of memory; use fewer --jobs or fewer customers"
        )
    return RuntimeError(f"a worker process ended by itself, with code {code}")
