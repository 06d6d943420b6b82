"""Compiled loops: `@kernel` turns a plain function into machine code at its first call.

numba is imported at the first call, not at import, so that `--help` and `check` stay fast. Its disk
cache does not notice an edit in a kernel that another one calls, so every kernel gets a cache folder
named by a hash of its code and of all the kernels and constants it uses: an edit gives a fresh folder.
With `NUMBA_DISABLE_JIT=1` every kernel is the plain Python function.
"""

from __future__ import annotations

import functools
import hashlib
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np

SMALLEST_SLICE = 4096  # rows; below this a second thread costs more than it brings


class Kernel:
    """A function compiled at its first call; calling other kernels inside it is fine."""

    def __init__(self, function: Callable[..., Any], inline: bool = False) -> None:
        functools.update_wrapper(self, function)
        self.function = function
        self.inline = inline
        self._compiled: Callable[..., Any] | None = None

    def __call__(self, *args: Any) -> Any:
        """Run the loop."""
        compiled = self._compiled
        return (compiled if compiled is not None else self.compile())(*args)

    def compile(self) -> Callable[..., Any]:
        """Return the compiled function, building it when needed."""
        if self._compiled is None:
            import numba

            settings: Any = numba.config
            if settings.DISABLE_JIT:
                self._compiled = self.function
            elif self.inline:
                self._compiled = numba.njit(error_model="numpy", inline="always")(self._resolved())
            else:
                if "NUMBA_CACHE_DIR" not in os.environ:
                    settings.CACHE_DIR = str(_cache_folder(self.key()))
                self._compiled = numba.njit(error_model="numpy", cache=True, nogil=True)(self._resolved())
        return self._compiled

    def key(self) -> str:
        """Hash of the code, of the constants it names and of the kernels it calls."""
        code = self.function.__code__
        digest = hashlib.blake2b(code.co_code + repr(code.co_consts).encode(), digest_size=8)
        for name, value in self._named().items():
            digest.update(f"{name}={value.key() if isinstance(value, Kernel) else value!r};".encode())
        return digest.hexdigest()

    def _named(self) -> dict[str, Any]:
        """The kernels and the plain constants that the function names."""
        outside = self.function.__globals__
        named = {name: outside[name] for name in sorted(self.function.__code__.co_names) if name in outside}
        plain = (Kernel, int, float, tuple, np.generic)
        return {name: value for name, value in named.items() if isinstance(value, plain)}

    def _resolved(self) -> Callable[..., Any]:
        """The same function with the kernels it names replaced by what numba can call."""
        calls = {name: value.compile() for name, value in self._named().items() if isinstance(value, Kernel)}
        if not calls:
            return self.function
        plain = self.function
        copy = FunctionType(
            plain.__code__, {**plain.__globals__, **calls}, plain.__name__, plain.__defaults__
        )
        copy.__qualname__ = plain.__qualname__
        copy.__module__ = plain.__module__
        return copy


def kernel(function: Callable[..., Any] | None = None, *, inline: bool = False) -> Any:
    """Mark a function as a compiled loop (`inline=True` for small scalar pieces used inside loops)."""
    if function is None:
        return lambda f: Kernel(f, inline)
    return Kernel(function, inline)


def side_by_side(function: Kernel, calls: Sequence[tuple[Any, ...]]) -> None:
    """Run several calls of a kernel at once, one thread each; they must not write to the same places."""
    if len(calls) == 1:
        function(*calls[0])
        return
    function.compile()
    pool = _pool(len(calls))
    for job in [pool.submit(function, *call) for call in calls]:
        job.result()


def _cache_folder(key: str) -> Path:
    import numba

    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "regulars"
    folder = home / f"kernels-{sys.implementation.cache_tag}-numba{numba.__version__}" / key
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(folder)
    except OSError:
        folder = Path(tempfile.gettempdir()) / "regulars-kernels" / key
        folder.mkdir(parents=True, exist_ok=True)
    if not any(folder.iterdir()):
        _say_compiling()
    return folder


@functools.cache
def _say_compiling() -> None:
    print("regulars: compiling its loops for this machine, once (some 20 seconds)", file=sys.stderr)


@functools.cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix="regulars")
