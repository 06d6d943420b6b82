"""Writing results: whole or not at all, and never over what is not ours.

An output may take the place of nothing, or of what this program wrote and nobody has changed since. A text file tells
so by a checksum in its head, a Parquet file by its metadata, a results folder by `contents.json`, the list of its files
with their checksums; whatever else lies in such a folder stays where it is. Inputs are never replaced.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
import tomllib
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from regulars.ground.errors import RegularsError

SIGN = "Written by regulars, checksum "
SIGNED = re.compile(re.escape(SIGN) + "([0-9a-f]{16})")
HEAD = 1000  # letters of a text file in which its checksum stands
CONTENTS = "contents.json"
_drafts: set[Path] = set()


# ------------------------------------------------------------------ files


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
    place = _place(Path(final), tuple(inputs), overwrite)
    with _draft(place, lambda draft: draft.open("xb").close()) as draft:
        yield draft
        try:
            os.replace(draft, _place(place, (), overwrite))
        except (OSError, RegularsError) as error:  # it came in the way meanwhile
            _drafts.discard(draft)
            told = (
                error
                if isinstance(error, RegularsError)
                else f"{final}: cannot be written ({_reason(error)})"
            )
            raise RegularsError(f"{told}; the result is in {draft}") from None


def write_text(final: Path | str, text: str) -> Path:
    """Write a text file whole or not at all, whatever is there."""
    with _draft(Path(final), lambda draft: draft.open("xb").close()) as draft:
        draft.write_bytes(text.encode())
        os.replace(draft, final)
    return Path(final)


def signed(text: str) -> str:
    """A text that holds `SIGN` and 16 zeros in its head, with its checksum in their place."""
    return text.replace(SIGN + "0" * 16, SIGN + _checksum(text.encode()), 1)


def _place(final: Path, inputs: tuple[Path, ...], overwrite: bool) -> Path:
    """Where to write, links followed; refuses what is in the way."""
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

        from regulars.world.log import TAG

        try:
            return TAG in (pq.read_schema(file).metadata or {})
        except Exception:  # no Parquet file, whatever its beginning says
            return False
    found = SIGNED.search(head.decode(errors="replace"))
    if found is None:
        return False
    whole = file.read_bytes()
    return _checksum(whole.replace(found[0].encode(), (SIGN + "0" * 16).encode(), 1)) == found[1]


# ------------------------------------------------------------------ folders


@contextmanager
def whole_folder(final: Path | str, inputs: Iterable[Path] = ()) -> Iterator[Path]:
    """A folder to write into, which becomes `final` when all went well and vanishes when not.

    Raises:
        RegularsError: when it cannot be written, or would replace what is not ours; before anything else happens.
    """
    final = Path(final)
    _check_folder(final, tuple(inputs))
    with _draft(final, Path.mkdir) as draft:
        yield draft
        sums = {file.name: [_checksum(file.read_bytes())] for file in sorted(draft.iterdir())}
        (draft / CONTENTS).write_text(_listed(sums), encoding="utf-8")
        try:
            draft.rename(final)
        except OSError:
            if not final.is_dir() or final.is_symlink():
                _drafts.discard(draft)
                raise RegularsError(
                    f"{final}: something came in the way; the results are in {draft}"
                ) from None
            _merge(draft, final, sums)


def _check_folder(final: Path, inputs: tuple[Path, ...]) -> None:
    if final.is_symlink():
        raise RegularsError(
            f"{final}: this is a link to elsewhere; results need a folder of this name of their own"
        )
    if not final.exists():
        return
    if not final.is_dir():
        raise RegularsError(f"{final}: results need a folder of this name, but a file is in the way")
    within = [file for file in inputs if file.exists() and final.resolve() in file.resolve().parents]
    if within:
        raise RegularsError(f"{within[0]}: this input lies where the results would go; choose another --out")
    listed = _contents(final)
    way_out = "rename it, delete it, or choose another --out"
    if listed is None and any(final.iterdir()):
        raise RegularsError(f"{final}: there is a folder of this name that regulars did not write; {way_out}")
    for name, sums in (listed or {}).items():
        file = final / name
        if os.path.lexists(file) and not _unchanged(file, sums):
            raise RegularsError(f"{file}: this was changed since it was written; {way_out}")


def _merge(draft: Path, final: Path, new: dict[str, list[str]]) -> None:
    """Put the files of a draft into a folder; what is not ours there is kept, and what of ours is no longer written goes.

    At every moment the list of the folder knows every file of ours in it, so that an interruption does no harm.
    """
    old = _contents(final) or {}
    both = {name: [*old.get(name, []), *new.get(name, [])] for name in {**old, **new}}
    write_text(final / CONTENTS, _listed(both))
    for name, sums in both.items():
        file = final / name
        if os.path.lexists(file) and not _unchanged(file, sums):
            number = next(n for n in range(1, 10**9) if not os.path.lexists(_kept(file, n)))
            file.rename(_kept(file, number))
            warnings.warn(f"{file} was not ours and is now {_kept(file, number)}", stacklevel=4)
        if name in new:
            os.replace(draft / name, file)
        else:
            file.unlink(missing_ok=True)
    write_text(final / CONTENTS, _listed(new))


def _kept(file: Path, number: int) -> Path:
    return file.with_name(f"{file.stem}-kept-{number}{file.suffix}")


def _unchanged(file: Path, sums: list[str]) -> bool:
    return file.is_file() and not file.is_symlink() and _checksum(file.read_bytes()) in sums


def _listed(sums: dict[str, list[str]]) -> str:
    return json.dumps({"written_by": "regulars", "files": sums}, indent=2) + "\n"


def _contents(folder: Path) -> dict[str, list[str]] | None:
    """Checksums of the files that this program wrote into a folder, by name; None when it did not write the folder."""
    try:
        files = json.loads((folder / CONTENTS).read_text(encoding="utf-8"))["files"]
        return {name: [str(one) for one in sums] for name, sums in files.items() if name == Path(name).name}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


# ------------------------------------------------------------------ both


def inputs_of(file: Path | None) -> list[Path]:
    """The file of a scenario, with all that it extends and the tables that these read."""
    found: list[Path] = []
    while file is not None and file not in found:
        found.append(file)
        try:
            table: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8-sig"))
        except (OSError, ValueError, RecursionError):
            break
        base = table.get("extends")
        ties = network.get("file") if isinstance(network := table.get("network"), dict) else None
        found += [file.parent / ties] if ties and isinstance(ties, str) else []
        file = file.parent / base if isinstance(base, str) else None
    return found


def abandon() -> None:
    """Remove every draft that is underway: the program ends without finishing them."""
    for draft in list(_drafts):
        _remove(draft)


@contextmanager
def _draft(final: Path, make: Callable[[Path], Any]) -> Iterator[Path]:
    """A file or folder beside `final` for as long as it is being written; new folders around it go where nothing came of it."""
    around = [folder for folder in (final.parent, *final.parent.parents) if not folder.exists()]
    draft = final.with_name(f".regulars-{secrets.token_hex(6)}{final.suffix}")
    _drafts.add(draft)
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
        if draft in _drafts:
            _remove(draft)
        with suppress(OSError):
            for folder in around:
                folder.rmdir()


def _remove(draft: Path) -> None:
    _drafts.discard(draft)
    with suppress(OSError):
        if draft.is_dir():
            shutil.rmtree(draft, ignore_errors=True)
        else:
            draft.unlink(missing_ok=True)


def _checksum(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=8).hexdigest()


def _reason(error: BaseException) -> str:
    return str(getattr(error, "strerror", None) or error).lower()
