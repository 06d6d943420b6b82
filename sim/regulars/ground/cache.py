"""Files that are kept between runs in a folder of this user alone: machine code, which is run when it is read.

Nothing is read that somebody else could have written: the folders are this user's own, closed to others and no
links, and so is every file. Every file carries a checksum: a damaged one counts as none. Files that have not been
used for a while are removed when new ones are written.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import stat
import time
from pathlib import Path

PARTS = ("regulars", "kernels")  # folders below the user's cache folder
SUFFIX = ".nbc"
CHECKSUM = 16  # bytes
DAY = 86_400.0  # seconds
UNUSED = 90 * DAY  # after so long without use a file is removed
READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


class NoCache(Exception):
    """Nothing can be kept; the message says why."""


def read(name: str) -> bytes | None:
    """What `write` kept under a name; None when there is nothing, or nothing that can be trusted."""
    try:
        file = _folder(_home()) / f"{name}{SUFFIX}"
        with open(os.open(file, READ), "rb") as opened:
            state = os.fstat(opened.fileno())
            if _stranger(state):
                return None
            content = opened.read()
    except (NoCache, OSError):
        return None
    if content[:CHECKSUM] != _checksum(content[CHECKSUM:]):
        return None
    if time.time() - state.st_mtime > DAY:
        with contextlib.suppress(OSError):
            os.utime(file)
    return content[CHECKSUM:]


def write(name: str, content: bytes) -> None:
    """Keep bytes under a name, whole or not at all.

    Errors: NoCache where nothing can be kept.
    """
    from regulars.ground.errors import RegularsError
    from regulars.ground.output import write_bytes

    folder = _folder(_home())
    file = folder / f"{name}{SUFFIX}"
    try:
        write_bytes(file, _checksum(content) + content, 0o600)
    except (RegularsError, OSError) as error:  # said of the folder: the same for all files, and so told once
        raise NoCache(str(error).replace(str(file), str(folder))) from None
    _prune(folder)


def check() -> None:
    """Errors: NoCache where nothing can be kept, as far as can be told without writing."""
    _folder(_home())


def _home() -> Path:
    told = os.environ.get("NUMBA_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME")
    try:
        return Path(told).absolute() if told else Path.home() / ".cache"
    except (RuntimeError, OSError) as error:  # no home at all, no working folder
        raise NoCache(str(error)) from None


def _folder(home: Path) -> Path:
    """The folder of our files, made when it is not there; that of the user's caches is taken as it is."""
    folder = home
    try:
        home.mkdir(0o700, parents=True, exist_ok=True)
        for part in PARTS:
            folder = folder / part
            with contextlib.suppress(FileExistsError):
                folder.mkdir(0o700)
            state = os.lstat(folder)
            if not stat.S_ISDIR(state.st_mode):
                raise NoCache(f"{folder} is no folder")
            if why := _stranger(state):
                raise NoCache(f"{folder} {why}")
            if hasattr(os, "geteuid") and state.st_mode & 0o077:
                folder.chmod(0o700)
    except OSError as error:
        raise NoCache(f"{folder}: {error.strerror or error}") from None
    return folder


def _stranger(state: os.stat_result) -> str:
    """Why somebody else could have written a file or to a folder; empty when nobody could."""
    if not hasattr(os, "geteuid"):  # where files have no modes, a user's folder is closed to others by itself
        return ""
    if state.st_uid != os.geteuid():
        return "belongs to somebody else"
    return "can be written to by others" if state.st_mode & 0o022 else ""


@functools.cache
def _prune(folder: Path) -> None:
    """Remove what has not been used for long; once a process."""
    old = time.time() - UNUSED
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder):
            with contextlib.suppress(OSError):
                if entry.stat(follow_symlinks=False).st_mtime < old:
                    os.unlink(entry)


def _checksum(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=CHECKSUM).digest()
