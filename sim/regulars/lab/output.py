"""Results folders: written whole or not at all, and never over what is not ours.

A folder of results tells what in it is ours by `contents.json`, the list of its files with their checksums; whatever else
lies in such a folder stays where it is. Inputs are never replaced.
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from regulars.ground.errors import RegularsError
from regulars.ground.output import checksum, draft_of, kept_for_its_owner, write_text

CONTENTS = "contents.json"


@contextmanager
def whole_folder(final: Path | str, inputs: Iterable[Path] = ()) -> Iterator[Path]:
    """A folder to write into, which becomes `final` when all went well and vanishes when not.

    Raises:
        RegularsError: when it cannot be written, or would replace what is not ours; before anything else happens.
    """
    final = Path(final)
    _check_folder(final, tuple(inputs))
    with draft_of(final, Path.mkdir) as draft:
        yield draft
        sums = {file.name: [checksum(file.read_bytes())] for file in sorted(draft.iterdir())}
        (draft / CONTENTS).write_text(_listed(sums), encoding="utf-8")
        try:
            draft.rename(final)
        except OSError:
            if not final.is_dir() or final.is_symlink():
                kept_for_its_owner(draft)
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
    return file.is_file() and not file.is_symlink() and checksum(file.read_bytes()) in sums


def _listed(sums: dict[str, list[str]]) -> str:
    return json.dumps({"written_by": "regulars", "files": sums}, indent=2) + "\n"


def _contents(folder: Path) -> dict[str, list[str]] | None:
    """Checksums of the files that this program wrote into a folder, by name; None when it did not write the folder."""
    try:
        files = json.loads((folder / CONTENTS).read_text(encoding="utf-8"))["files"]
        return {name: [str(one) for one in sums] for name, sums in files.items() if name == Path(name).name}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
