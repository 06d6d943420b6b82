"""A worker process: takes tasks from its parent, sends back results, and dies with it.

Tasks come in through stdin, which ends when the parent does, however that ends: a thread that waits there sees it at once.
Results go out through the pipe that was stdout; what anybody prints goes to stderr.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import traceback
from queue import SimpleQueue
from typing import Any, NoReturn

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


def main() -> NoReturn:
    """Compute tasks until there are no more."""
    for name in SIGNALS:  # the parent hears them, and ends its workers
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    results = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    elsewhere = os.open(os.devnull, os.O_WRONLY) if sys.stderr is None else sys.stderr.fileno()
    os.dup2(elsewhere, sys.stdout.fileno())
    trouble = _take(pickle.load(sys.stdin.buffer))
    tasks: SimpleQueue[Any] = SimpleQueue()
    threading.Thread(target=_listen, args=(tasks,), daemon=True).start()
    while True:
        function, task = tasks.get()
        results.write(_outcome(function, task) if trouble is None else _outcome(_fail, (trouble,)))
        results.flush()


def _take(parcel: bytes) -> Exception | None:
    """Register the parts of the user; what went wrong with that is the outcome of every task."""
    from regulars.lab.parcel import unpack

    try:
        unpack(parcel)
    except Exception as error:
        return RuntimeError(
            f"a registered part cannot be built in a worker process ({type(error).__name__}: {error}); use jobs=1"
        )
    return None


def _fail(error: Exception) -> NoReturn:
    raise error


def _listen(tasks: SimpleQueue[Any]) -> NoReturn:
    """Hand on what the parent sends, and end the process when it sends no more, in the middle of a task or not."""
    try:
        while True:
            tasks.put(pickle.load(sys.stdin.buffer))
    finally:
        os._exit(0)


def _outcome(function: Any, task: tuple[Any, ...]) -> bytes:
    """Whether a task was done, and its result or what went wrong."""
    try:
        return pickle.dumps((True, function(*task)))
    except BaseException as error:
        error.add_note(traceback.format_exc())
        try:
            told = pickle.dumps((False, error))
            pickle.loads(told)
            return told
        except Exception:  # an error that cannot travel
            return pickle.dumps((False, RuntimeError(f"{type(error).__name__}: {error}")))
