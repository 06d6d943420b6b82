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
    tasks: SimpleQueue[Any] = SimpleQueue()
    threading.Thread(target=_listen, args=(tasks,), daemon=True).start()
    while True:
        results.write(_outcome(*tasks.get()))
        results.flush()


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
