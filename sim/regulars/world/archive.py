"""A tree of arrays and plain values in one file, written whole or not at all, and readable without running anything.

The file is a zip: `about.json` (format, version), `tree.json` (the values, arrays by number) and `arrays/N.npy`.
Nothing in it is code. The zip's checksums tell a damaged file; members carry no date, so that the same tree gives
the same bytes.
"""

from __future__ import annotations

import io
import json
import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from regulars.ground.errors import RegularsError

FORMAT, VERSION = "regulars market", 1
DATE = (1980, 1, 1, 0, 0, 0)
TAG = "$"
DAMAGE = (  # what reading a damaged zip can come to
    KeyError, ValueError, IndexError, TypeError, EOFError, OSError, OverflowError, MemoryError, RuntimeError,
    struct.error, zlib.error,
)  # fmt: skip
PLAIN = (str, int, float, bool, type(None))


def write(path: str | Path, tree: Mapping[str, Any], made_by: str) -> Path:
    """Write `tree` to `path`, in place of what is there; `made_by` says which program did.

    Values may be arrays, numbers, texts, None, and tables, lists and tuples of these.

    Errors: a value of another kind, or a path that cannot be written.
    """
    final = Path(path)
    arrays: list[np.ndarray] = []
    plain = _written(tree, arrays, "")
    about = {"format": FORMAT, "version": VERSION, "made_by": made_by, "arrays": len(arrays)}
    draft = None
    try:
        handle, draft = tempfile.mkstemp(prefix=f".{final.name}-", dir=final.parent)
        with os.fdopen(handle, "wb") as file:
            with zipfile.ZipFile(file, "w") as box:
                _put(box, "about.json", json.dumps(about).encode())
                _put(box, "tree.json", json.dumps(plain).encode())
                for number, array in enumerate(arrays):
                    content = io.BytesIO()
                    np.lib.format.write_array(content, array, allow_pickle=False)
                    _put(box, f"arrays/{number}.npy", content.getbuffer())
            file.flush()
            os.fsync(file.fileno())
        os.chmod(draft, 0o644)
        os.replace(draft, final)
        draft = None
    except OSError as error:
        raise RegularsError(f"{final}: the market cannot be saved here ({error.strerror or error})") from None
    finally:
        if draft is not None:
            os.unlink(draft)
    return final


def read(path: str | Path) -> dict[str, Any]:
    """The tree that `write` wrote.

    Errors: no such file, a file of another kind or version, a damaged file.
    """
    file = Path(path)
    if file.is_dir():
        raise RegularsError(f"{file}: this is a folder; a saved market is a file")
    if not file.exists():
        raise RegularsError(f"{file}: there is no such saved market")
    try:
        with zipfile.ZipFile(file) as box:
            about = _about(box, file)
            plain = json.loads(box.read("tree.json"))
            arrays = [_array(box, number) for number in range(about["arrays"])]
        tree = _read(plain, arrays)
    except zipfile.BadZipFile as error:
        foreign = not file.read_bytes()[:2] == b"PK"
        what = (
            "no saved market: it was not written by Market.save"
            if foreign
            else f"a damaged saved market ({error})"
        )
        raise RegularsError(f"{file}: this is {what}") from None
    except DAMAGE as error:
        if isinstance(error, RegularsError):
            raise
        raise RegularsError(f"{file}: this is a damaged saved market ({error})") from None
    if not isinstance(tree, dict):
        raise RegularsError(f"{file}: this is a damaged saved market (it holds no table)")
    return tree


def _about(box: zipfile.ZipFile, file: Path) -> dict[str, Any]:
    if "about.json" not in box.namelist():
        raise RegularsError(f"{file}: this is no saved market: it was not written by Market.save")
    about = json.loads(box.read("about.json"))
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise RegularsError(f"{file}: this is no saved market: it was not written by Market.save")
    if about["version"] != VERSION:
        raise RegularsError(
            f"{file}: this market was saved by {about.get('made_by', 'another program')} in version {about['version']} "
            f"of the format; this program reads version {VERSION}. Load it with the program that saved it"
        )
    return about


def _put(box: zipfile.ZipFile, name: str, content: bytes | memoryview) -> None:
    box.writestr(zipfile.ZipInfo(name, DATE), content, zipfile.ZIP_DEFLATED, 1)


def _array(box: zipfile.ZipFile, number: int) -> np.ndarray:
    content = io.BytesIO(box.read(f"arrays/{number}.npy"))
    return np.lib.format.read_array(content, allow_pickle=False)


def _written(value: Any, arrays: list[np.ndarray], place: str) -> Any:
    """`value` as JSON, its arrays put aside into `arrays`."""
    if isinstance(value, (np.ndarray, np.generic)):
        array = np.asarray(value)
        if array.dtype.hasobject:
            raise RegularsError(f"{place}: an array of Python objects cannot be saved")
        arrays.append(array)
        return {TAG: "array", "at": len(arrays) - 1}
    if isinstance(value, PLAIN):
        return value
    if isinstance(value, (list, tuple)):
        items = [_written(item, arrays, f"{place}.{k}") for k, item in enumerate(value)]
        return {TAG: "tuple", "of": items} if isinstance(value, tuple) else items
    if isinstance(value, Mapping):
        inside = f"{place}." if place else ""
        if all(isinstance(key, str) for key in value) and TAG not in value:
            return {key: _written(item, arrays, f"{inside}{key}") for key, item in value.items()}
        pairs = [[_written(k, arrays, place), _written(v, arrays, f"{inside}{k}")] for k, v in value.items()]
        return {TAG: "table", "of": pairs}
    raise RegularsError(
        f"{place}: a {type(value).__name__} cannot be saved; arrays, numbers, texts and tables can"
    )


def _read(value: Any, arrays: list[np.ndarray]) -> Any:
    """The value that `_written` gave."""
    if isinstance(value, list):
        return [_read(item, arrays) for item in value]
    if not isinstance(value, dict):
        return value
    kind = value.get(TAG)
    if kind is None:
        return {key: _read(item, arrays) for key, item in value.items()}
    if kind == "array":
        array = arrays[value["at"]]
        return array if array.ndim else array[()]
    items = _read(value["of"], arrays)
    return tuple(items) if kind == "tuple" else dict(items)
