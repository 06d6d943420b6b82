"""Whether a log fits into memory, asked before it is read: a reader that runs out of it may take the process with it."""

from __future__ import annotations

import os
from pathlib import Path

from regulars.ground.errors import RegularsError

NEED = 3.0  # bytes of memory for each byte of text, the text itself left out


def enough_memory(size: int, place: str) -> None:
    """Refuse a text that is too large for the memory that is free.

    Raises:
        RegularsError: with the memory that it would take.
    """
    need, free = NEED * size, room()
    if free is not None and need > free:
        raise RegularsError(
            f"{place}: {size / 1e9:.1f} GB of text are too large for the {free / 1e9:.1f} GB of memory that are free "
            f"(about {need / 1e9:.1f} GB are needed); leave columns or years out of the file, or give it as Parquet"
        )


def room() -> float | None:
    """Bytes of memory that this process may still take; None where the system does not tell."""
    free: list[float] = []
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        free += [float(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable")]
    except (OSError, ValueError, IndexError):
        pass
    try:
        import resource

        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        if limit != resource.RLIM_INFINITY:
            used = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
            free.append(float(limit - used))
    except (ImportError, OSError, ValueError, IndexError):
        pass
    return min(free, default=None)
