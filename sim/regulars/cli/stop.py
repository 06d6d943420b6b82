"""Being told to stop: Ctrl-C, SIGTERM and SIGHUP end a command alike, with what it had begun removed."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from types import FrameType

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
GRACE = 3.0  # seconds for an orderly end; one step of a large market in compiled code can take longer
NOTHING = "nothing was written; the same command begins from the start"
POINTS = "the finished points are kept, and the same command goes on from there"
_heard: list[int] = []
_left = [NOTHING]


def heed() -> None:
    """Let signals interrupt the command; one that is ignored stays so, as `nohup` has it."""
    if os.name == "posix":
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        threading.Thread(target=_watch, args=(reader,), daemon=True).start()
    for name in SIGNALS:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)


def heard() -> bool:
    """Whether a signal came to end the command."""
    return bool(_heard)


def leaves(what: str = NOTHING) -> None:
    """Say what is left when the command is interrupted from now on, and how to go on."""
    _left[0] = what


def message() -> str:
    """What is told of an interruption: what is left, and how to go on."""
    return f"interrupted; {_left[0]}"


def code() -> int:
    """Exit code of a command that was interrupted: 128 and the number of the signal, 130 for Ctrl-C."""
    return 128 + (_heard[0] if _heard else signal.SIGINT)


def _interrupt(number: int, _: FrameType | None) -> None:
    """Interrupt once; only a person who insists interrupts the cleaning up."""
    _heard.append(number)
    if len(_heard) == 1 or number == signal.SIGINT:
        raise KeyboardInterrupt


def _watch(reader: int) -> None:
    """End the process when it does not do so itself in time: compiled code does not see signals."""
    number = os.read(reader, 1)[0]
    while signal.getsignal(number) is not _interrupt:  # a window that changed its size, and the like
        number = os.read(reader, 1)[0]
    time.sleep(GRACE)
    from regulars.ground.output import abandon

    abandon()
    try:
        print(f"regulars: {message()}", file=sys.stderr, flush=True)
    finally:
        os._exit(128 + number)
