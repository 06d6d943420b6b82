"""How far a long task is: a bar with the time left, or the step underway, on a terminal; a plain line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from typing import Any, Self, TextIO


class Progress:
    """Callable as `progress(done, total)`; writes to stderr only, and nothing at all when `quiet`.

    Args:
        what: the word in front, such as "compare".
        unit: what is counted, such as "replicates".
        quiet: say nothing.
        every: seconds between two plain lines, where stderr is no terminal.
        stream: where to write; stderr when left out.
    """

    def __init__(
        self, what: str, unit: str, quiet: bool = False, every: float = 10.0, stream: TextIO | None = None
    ) -> None:
        self.what, self.unit, self.quiet, self.every = what, unit, quiet, every
        self.stream = sys.stderr if stream is None else stream
        self._bar: Any = None
        self._task: Any = None
        self._first: tuple[float, int] | None = None
        self._last = 0.0

    def __enter__(self) -> Self:
        return self

    def __call__(self, done: int, total: int) -> None:
        """Tell that `done` of `total` are finished."""
        if self.quiet:
            return
        if self._first is None:
            self._last = time.monotonic()
            self._first = self._last, done
        if self.stream.isatty():
            self._draw(done, total)
        elif time.monotonic() - self._last >= self.every and done < total:
            self._last = time.monotonic()
            print(self.line(done, total), file=self.stream, flush=True)

    def line(self, done: int, total: int) -> str:
        """One plain line, with the time left when it can be told."""
        begun, before = self._first or (time.monotonic(), done)
        left = ""
        if done > before:
            left = f", about {spoken((time.monotonic() - begun) / (done - before) * (total - done))} left"
        return f"{self.what}: {done} of {total} {self.unit}{left}"

    def _draw(self, done: int, total: int) -> None:
        if self._bar is None:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Bar

            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn(self.unit),
            )
            self._bar = Bar(
                *columns, TimeRemainingColumn(), console=Console(file=self.stream), transient=True
            )
            self._task = self._bar.add_task(self.what, total=total)
            self._bar.start()
        self._bar.update(self._task, completed=done, total=total)

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


class Steps:
    """Callable as `step(name)` when a step begins; writes to stderr only, and nothing at all when `quiet`.

    For tasks whose steps are unlike, so that how many are done says nothing of the time left.

    Args:
        what: the word in front, such as "fit".
        quiet: say nothing.
        every: seconds between two plain lines, where stderr is no terminal.
        stream: where to write; stderr when left out.
    """

    def __init__(
        self, what: str, quiet: bool = False, every: float = 10.0, stream: TextIO | None = None
    ) -> None:
        self.what, self.quiet, self.every = what, quiet, every
        self.stream = sys.stderr if stream is None else stream
        self._bar: Any = None
        self._last = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __call__(self, step: str) -> None:
        """Tell that a step begins."""
        if self.quiet:
            return
        if self.stream.isatty():
            self._draw(f"{self.what}: {step}")
        elif time.monotonic() - self._last >= self.every:
            self._last = time.monotonic()
            print(f"{self.what}: {step}", file=self.stream, flush=True)

    def _draw(self, line: str) -> None:
        from rich.console import Console
        from rich.progress import Progress as Bar
        from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

        if self._bar is not None:
            self._bar.stop()
        columns = (SpinnerColumn("line"), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
        self._bar = Bar(*columns, console=Console(file=self.stream), transient=True)
        self._bar.add_task(line, total=None)
        self._bar.start()

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def spoken(seconds: float) -> str:
    """A duration in the words of a person: `40 s`, `12 min`, `3 h 5 min`."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
