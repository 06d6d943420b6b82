"""Writing a file: whole or not at all, and never over what is not ours.

An output may take the place of nothing, or of what this program wrote and nobody has changed since. A text file tells
so by a checksum in its head, a Parquet file and a picture by their metadata, a saved market by the sheet that says what it is. Inputs are
never replaced. The command line and Python write alike, all through here.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import re
import secrets
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from regulars.ground.errors import RegularsError, shown

SIGN = "Written by regulars, checksum "
SIGNED = re.compile(re.escape(SIGN) + "([0-9a-f]{16})")
HEAD = 1000  # letters of a text file in which its checksum stands
TABLE = b"regulars"  # in the metadata of the Parquet files that are written here: whose they are
PICTURE = b"regulars"  # the software that a PNG names as its maker
SHEET, MARKET = (
    "about.json",
    "regulars market",
)  # of a saved market: the member that says so, and what it says
LONGEST_SHEET = 10_000  # bytes
_drafts: dict[Path, int] = {}  # and the process that writes it: one that was forked off leaves it alone


@contextmanager
def whole_file(final: Path | str, inputs: Iterable[Path] = (), overwrite: bool = False) -> Iterator[Path]:
    """A file to write into, which becomes `final` when all went well and vanishes when not.

    Args:
        final: the file; one in its place must be ours, and unchanged.
        inputs: files that are never replaced, and folders in which none is.
        overwrite: replace any file but an input.

    Raises:
        RegularsError: when it cannot be written; before anything else happens.
    """
    if not isinstance(final, (str, os.PathLike)) or not os.fspath(final):
        raise RegularsError(f"the path of a file is needed, not {shown(final)}")
    place = place_for(Path(final), inputs, overwrite)
    with draft_of(place, lambda draft: draft.open("xb").close()) as draft:
        yield draft
        try:
            os.replace(draft, place_for(place, (), overwrite))
        except (OSError, RegularsError) as error:  # it came in the way meanwhile
            kept_for_its_owner(draft)
            told = (
                error
                if isinstance(error, RegularsError)
                else f"{final}: cannot be written ({_reason(error)})"
            )
            raise RegularsError(f"{told}; the result is in {draft}") from None


def write_text(final: Path | str, text: str) -> Path:
    """Write a text file whole or not at all, whatever is there."""
    return write_bytes(final, text.encode())


def write_bytes(final: Path | str, content: bytes, mode: int = 0o666) -> Path:
    """Write a file whole or not at all, whatever is there; `mode` is who may read and write it, less what the user's mask takes away."""
    with draft_of(Path(final), lambda draft: draft.touch(mode, exist_ok=False)) as draft:
        draft.write_bytes(content)
        os.replace(draft, final)
    return Path(final)


def signed(text: str) -> str:
    """A text that holds `SIGN` and 16 zeros in its head, with its checksum in their place."""
    return text.replace(SIGN + "0" * 16, SIGN + checksum(text.encode()), 1)


def place_for(final: Path, inputs: Iterable[Path] = (), overwrite: bool = False) -> Path:
    """Where to write, links followed; arguments as of `whole_file`.

    Raises:
        RegularsError: says what is in the way.
    """
    try:
        place = final.resolve()
        for file in inputs:
            if place.exists() and file.exists() and (file.samefile(place) or file.resolve() in place.parents):
                raise RegularsError(f"{final}: this is an input ({file}); choose another name")
        free = not place.exists() or (place.is_file() and (overwrite or _is_ours(place)))
    except (
        OSError,
        RuntimeError,
        ValueError,
    ) as error:  # a name too long, a circle of links, a letter that no name has
        if isinstance(error, RegularsError):
            raise
        raise RegularsError(f"{str(final)[:200]}: cannot be written ({_reason(error)})") from None
    if free:
        return place
    if not place.is_file():
        kind = "a folder" if place.is_dir() else "what is no ordinary file"
        raise RegularsError(f"{final}: {kind} is in the way; choose another name")
    raise RegularsError(
        f"{final}: there is a file of this name that regulars did not write, or that was changed since; choose another "
        "name, delete it, or give --overwrite (in Python overwrite=True)"
    )


def _is_ours(file: Path) -> bool:
    """Whether there is nothing in a file, or what this program wrote, unchanged."""
    if not file.stat().st_size:
        return True
    with file.open("rb") as stream:
        head = stream.read(HEAD)
    if head.startswith(b"PAR1"):
        import pyarrow.parquet as pq

        try:
            return TABLE in (pq.read_schema(file).metadata or {})
        except Exception:  # no Parquet file, whatever its beginning says
            return False
    if head.startswith(b"\x89PNG"):
        return b"Software\0" + PICTURE in head
    if head.startswith(b"PK"):
        return _is_market(file)
    found = SIGNED.search(head.decode(errors="replace"))
    if found is None:
        return False
    whole = file.read_bytes()
    return checksum(whole.replace(found[0].encode(), (SIGN + "0" * 16).encode(), 1)) == found[1]


@atexit.register
def abandon() -> None:
    """Remove every draft that is underway: the program ends without finishing them."""
    for draft, process in list(_drafts.items()):
        if process == os.getpid():
            _remove(draft)


def kept_for_its_owner(draft: Path) -> None:
    """Leave a draft where it is: nothing else holds the result."""
    _drafts.pop(draft, None)


@contextmanager
def draft_of(final: Path, make: Callable[[Path], Any]) -> Iterator[Path]:
    """A file or folder beside `final` for as long as it is being written; new folders around it go where nothing came of it."""
    around = [folder for folder in (final.parent, *final.parent.parents) if not folder.exists()]
    draft = final.with_name(f".regulars-{secrets.token_hex(6)}{final.suffix}")
    _drafts[draft] = os.getpid()
    try:
        try:
            final.parent.mkdir(parents=True, exist_ok=True)
            make(draft)
        except OSError as error:
            raise RegularsError(f"{final}: cannot be written ({_reason(error)})") from None
        try:
            yield draft
        except OSError as error:
            name = None if error.filename is None else Path(os.fsdecode(error.filename))
            if isinstance(error, BrokenPipeError) or not (name is None or draft in (name, *name.parents)):
                raise  # it is about something else
            raise RegularsError(f"{final}: cannot be written ({_reason(error)})") from None
    finally:
        if _drafts.get(draft) == os.getpid():
            _remove(draft)
        with suppress(OSError):
            for folder in around:
                folder.rmdir()


def _remove(draft: Path) -> None:
    kept_for_its_owner(draft)
    with suppress(OSError):
        if draft.is_dir():
            shutil.rmtree(draft, ignore_errors=True)
        else:
            draft.unlink(missing_ok=True)


def _is_market(file: Path) -> bool:
    """Whether a zip says that it is a saved market, of whatever version."""
    try:
        with zipfile.ZipFile(file) as box:
            sheet = box.getinfo(SHEET)
            about = json.loads(box.read(sheet)) if sheet.file_size < LONGEST_SHEET else None
    except Exception:  # a zip of anybody's, or none at all
        return False
    return isinstance(about, dict) and about.get("format") == MARKET


def checksum(content: bytes) -> str:
    """Sixteen characters that change with the content."""
    return hashlib.blake2b(content, digest_size=8).hexdigest()


def _reason(error: BaseException) -> str:
    return str(getattr(error, "strerror", None) or error).lower()
