"""Compiled loops: `@kernel` turns a plain function into machine code at its first call.

numba is imported at the first call, not at import, so that `--help` and `check` stay fast. Its own disk cache does
not notice an edit in a kernel that another one calls, nor damage, nor who wrote a file; so machine code is kept in
`regulars.ground.cache`, under a hash of everything that it is made of. With `NUMBA_DISABLE_JIT=1` every kernel is
the plain Python function.
"""

from __future__ import annotations

import functools
import hashlib
import os
import pickle
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from types import CellType, FunctionType
from typing import Any

import numpy as np

from regulars.ground import cache
from regulars.ground.fingerprint import fingerprint, named

SMALLEST_SLICE = 4096  # rows; below this a second thread costs more than it brings
_building = threading.RLock()  # a kernel builds those that it calls


class Kernel:
    """A function compiled at its first call; calling other kernels inside it is fine."""

    def __init__(self, function: Callable[..., Any], inline: bool = False, allocates: bool = True) -> None:
        functools.update_wrapper(self, function)
        self.function: Any = function
        self.inline, self.allocates = inline, allocates
        self._compiled: Callable[..., Any] | None = None

    def __call__(self, *args: Any) -> Any:
        """Run the loop."""
        compiled = self._compiled
        return (compiled if compiled is not None else self.compile())(*args)

    def compile(self) -> Callable[..., Any]:
        """Return the compiled function, building it when needed."""
        with _building:
            if self._compiled is None:
                self._compiled = self._built()
        return self._compiled

    def key(self) -> str:
        """Hash of the code, of everything that is frozen in it, and of the kernels it calls."""
        return fingerprint(self.function, f"inline={self.inline}", f"allocates={self.allocates}")

    def _built(self) -> Callable[..., Any]:
        import numba

        settings: Any = numba.config
        if settings.DISABLE_JIT:
            return self.function
        if self.inline:
            return numba.njit(error_model="numpy", inline="always")(self._resolved())
        counting: Any = {
            "_nrt": self.allocates
        }  # numba's own name for counting references, not among its types
        compiled: Any = numba.njit(error_model="numpy", nogil=True, **counting)(self._resolved())
        compiled._cache = MachineCode(f"{self.function.__name__}-{self.key()}")
        return compiled

    def _resolved(self) -> Callable[..., Any]:
        """The same function with the kernels it names replaced by what numba can call."""
        plain = self.function
        outside = plain.__globals__
        globals_ = {name: outside[name] for name in named(plain.__code__) if name in outside}
        cells = plain.__closure__ or ()
        calls = {name: new for name, value in globals_.items() if (new := _callable(value)) is not value}
        inner = tuple(CellType(_callable(cell.cell_contents)) for cell in cells)
        same = all(new.cell_contents is cell.cell_contents for new, cell in zip(inner, cells, strict=True))
        if not calls and same:
            return plain
        copy = FunctionType(
            plain.__code__, {**outside, **calls}, plain.__name__, plain.__defaults__, inner or None
        )
        copy.__kwdefaults__ = plain.__kwdefaults__
        copy.__qualname__ = plain.__qualname__
        copy.__module__ = plain.__module__
        return copy


class MachineCode:
    """The machine code of one kernel on disk, one file for each types of arguments: what numba asks for and gives.

    It stands in for numba's own `numba.core.caching.FunctionCache`.
    """

    cache_path = None

    def __init__(self, name: str) -> None:
        self.name = name

    def load_overload(self, signature: Any, context: Any) -> Any:
        """The compiled function for the types of arguments, None when it has to be compiled."""
        from numba.core.compiler import CompileResult

        context.refresh()
        kept = cache.read(self._file(signature, context.codegen()))
        if kept is not None:
            try:
                return CompileResult._rebuild(context, *pickle.loads(kept))
            except Exception:  # whatever it is, it is compiled anew
                pass
        _say_compiling()
        return None

    def save_overload(self, signature: Any, compiled: Any) -> None:
        """Keep a compiled function for the runs to come."""
        from numba.core.serialize import dumps

        if compiled.library.has_dynamic_globals or compiled.lifted:
            return
        try:
            cache.write(self._file(signature, compiled.codegen), dumps(compiled._reduce()))
        except cache.NoCache as why:
            _say_lost(str(why))

    def enable(self) -> None:
        """Part of numba's contract; there is nothing to do."""

    def disable(self) -> None:
        """Part of numba's contract; there is nothing to do."""

    def flush(self) -> None:
        """Part of numba's contract; there is nothing to do."""

    def _file(self, signature: Any, codegen: Any) -> str:
        """Name of the file for the types of arguments, this machine, and the programs that compile."""
        import numba

        settings: Any = numba.config
        records = [record for kind in signature for record in _records(kind)]
        options = [getattr(settings, name, None) for name in ("OPT", "BOUNDSCHECK", "USING_SVML")]
        made_by = (sys.version, numba.__version__, np.__version__, options)
        words = repr((signature, records, codegen.magic_tuple(), made_by)).encode()
        return f"{self.name}-{hashlib.blake2b(words, digest_size=8).hexdigest()}"


def _records(kind: Any) -> list[tuple[str, ...]]:
    """Fields of the named tuples in a type: numba calls two of one name and of the same types the same, in whatever order."""
    inside = [record for item in getattr(kind, "types", ()) for record in _records(item)]
    return [*inside, kind.fields] if hasattr(kind, "fields") and hasattr(kind, "instance_class") else inside


def kernel(
    function: Callable[..., Any] | None = None, *, inline: bool = False, allocates: bool = True
) -> Any:
    """Mark a function as a compiled loop.

    Args:
        function: what is marked, where there are no options: ``@kernel``.
        inline: for small scalar pieces that are used inside loops.
        allocates: whether it makes arrays of its own. Where it does not, nobody counts who holds which array; pieces that take
            records of many arrays would spend much of their time on that.
    """
    if function is None:
        return lambda f: Kernel(f, inline, allocates)
    return Kernel(function, inline, allocates)


def side_by_side(function: Kernel, calls: Sequence[tuple[Any, ...]]) -> None:
    """Run several calls of a kernel at once, on as many cores as there are; they must not write to the same places.

    An error in one of them is raised when all have ended, so that nobody writes behind the caller's back.
    """
    if len(calls) == 1:
        function(*calls[0])
        return
    function.compile()
    jobs: list[Future[Any]] = []
    try:
        jobs.extend(_pool().submit(function, *call) for call in calls)
    finally:
        wait(jobs)
    for job in jobs:
        job.result()


def _callable(value: Any) -> Any:
    return value.compile() if isinstance(value, Kernel) else value


@functools.cache
def _say_compiling() -> None:
    try:
        cache.check()
    except cache.NoCache as why:
        _say_lost(str(why))
    else:
        _say("compiling its loops for this machine, once (some 20 seconds)")


@functools.cache
def _say_lost(why: str) -> None:
    _say(
        f"its compiled loops cannot be kept ({why}), every start takes some 20 seconds; "
        "name a folder of your own in NUMBA_CACHE_DIR"
    )


def _say(text: str) -> None:
    if sys.stderr is not None:
        print(f"regulars: {text}", file=sys.stderr)


@functools.cache
def _pool() -> ThreadPoolExecutor:
    """Threads for all calls: as many as there are cores, more would only wait for one another."""
    return ThreadPoolExecutor(max(os.cpu_count() or 1, 2), thread_name_prefix="regulars")


if hasattr(os, "register_at_fork"):  # a forked process has none of the threads
    os.register_at_fork(after_in_child=_pool.cache_clear)
