"""A tree of arrays and plain values in one file, written whole or not at all, and readable without running anything.

The file is a zip: `about.json` (format, version), `tree.json` (the values, arrays by number) and `arrays/N.npy`.
Nothing in it is code. The zip's checksums tell a damaged file; members carry no date, so that the same tree gives
the same bytes. A file is read as if a stranger had made it: only members that `write` writes, none larger than it says
or than memory, and arrays of plain numbers and texts as long as they say.
"""

from __future__ import annotations

import io
import json
import math
import os
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from regulars.ground.errors import RegularsError, cut, shown
from regulars.ground.output import LONGEST_SHEET, MARKET, SHEET, whole_file

FORMAT, VERSION = MARKET, 1
DATE = (1980, 1, 1, 0, 0, 0)
TAG = "$"
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
NUMBERS = "biufSUmM"  # kinds of arrays: truth values, numbers, texts, times
FOREIGN = "this is no saved market: it was not written by Market.save"
PLAIN = (str, int, float, bool, type(None))


def write(
    path: str | Path,
    tree: Mapping[str, Any],
    made_by: str,
    inputs: Iterable[Path] = (),
    overwrite: bool = False,
) -> Path:
    """Write `tree` to `path`, whole or not at all; `made_by` says which program did.

    Values may be arrays, numbers, texts, None, and tables, lists and tuples of these. What is in the way is judged as by
    `ground.output.whole_file`: another saved market is replaced, `inputs` never, anything else with `overwrite` only.

    Errors: a value of another kind, a path that cannot be written, a file that is in the way.
    """
    final = _path(path)
    arrays: list[np.ndarray] = []
    plain = _written(tree, arrays, "")
    about = {"format": FORMAT, "version": VERSION, "made_by": made_by, "arrays": len(arrays)}
    if not _is_folder(final.parent):
        raise RegularsError(f"{final}: the market cannot be saved here (there is no folder '{final.parent}')")
    with whole_file(final, inputs, overwrite) as draft:
        try:
            with draft.open("wb") as file:
                with zipfile.ZipFile(file, "w") as box:
                    _put(box, SHEET, json.dumps(about).encode())
                    _put(box, "tree.json", json.dumps(plain).encode())
                    for number, array in enumerate(arrays):
                        content = io.BytesIO()
                        np.lib.format.write_array(content, array, allow_pickle=False)
                        _put(box, f"arrays/{number}.npy", content.getbuffer())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            why = error.strerror or error
            raise RegularsError(f"{final}: the market cannot be saved here ({why})") from None
    return final


def read(path: str | Path) -> dict[str, Any]:
    """The tree that `write` wrote.

    Errors: no such file, a file of another kind or version, a damaged file, one larger than memory.
    """
    file = _path(path)
    try:
        with open(file, "rb") as opened:
            foreign = opened.read(2) != b"PK"
    except IsADirectoryError:
        raise RegularsError(f"{file}: this is a folder; a saved market is a file") from None
    except FileNotFoundError:
        raise RegularsError(f"{file}: there is no such saved market") from None
    except (OSError, ValueError) as error:  # a ValueError for a character that no path has
        raise RegularsError(f"{file}: {getattr(error, 'strerror', None) or error}") from None
    if foreign:
        raise RegularsError(f"{file}: {FOREIGN}")
    try:
        with zipfile.ZipFile(file) as box:
            about = _about(box, file)
            _check_members(box, about["arrays"], file)
            plain = json.loads(box.read("tree.json"))
            arrays = [_array(box.read(f"arrays/{number}.npy")) for number in range(about["arrays"])]
        tree = _read(plain, arrays)
        if not isinstance(tree, dict):
            raise ValueError("it holds no table")
    except RegularsError:
        raise
    except MemoryError:
        raise RegularsError(f"{file}: this market does not fit into memory") from None
    except Exception as error:  # a zip, JSON or array of a stranger's making can come to anything
        told = cut(str(error) or type(error).__name__, 300)
        raise RegularsError(f"{file}: this is a damaged saved market ({told})") from error
    return tree


def _path(path: Any) -> Path:
    if not isinstance(path, (str, os.PathLike)):
        raise RegularsError(f"the path of a file is needed, not {shown(path)}")
    return Path(path)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # a name that no folder can have
        return False


def _about(box: zipfile.ZipFile, file: Path) -> dict[str, Any]:
    if SHEET not in box.namelist():
        raise RegularsError(f"{file}: {FOREIGN}")
    info = box.getinfo(SHEET)
    about = json.loads(box.read(info)) if info.file_size < LONGEST_SHEET else None
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise RegularsError(f"{file}: {FOREIGN}")
    if about["version"] != VERSION:
        raise RegularsError(
            f"{file}: this market was saved by {cut(str(about.get('made_by', 'another program')), 80)} in version "
            f"{shown(about['version'])} of the format; this program reads version {VERSION}. Load it with the program "
            "that saved it"
        )
    return about


def _check_members(box: zipfile.ZipFile, arrays: int, file: Path) -> None:
    """Refuse a zip that holds anything but what `write` writes, or more than can be read."""
    members = box.infolist()
    needed = {SHEET, "tree.json", *(f"arrays/{number}.npy" for number in range(len(members) - 2))}
    if arrays != len(members) - 2 or {info.filename for info in members} != needed:
        raise ValueError("its parts are not those of a saved market")
    if any(info.compress_type not in METHODS for info in members):
        raise ValueError("it is compressed in another way than Market.save does")
    size, memory = sum(info.file_size for info in members), _memory()
    if size > memory:
        raise RegularsError(
            f"{file}: this market takes {size / 2**30:,.1f} GiB, more than the {memory / 2**30:,.1f} GiB of memory here"
        )


def _memory() -> float:
    """Bytes of memory of this machine; infinite where it does not say."""
    try:
        return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, ValueError, OSError):
        return math.inf


def _put(box: zipfile.ZipFile, name: str, content: bytes | memoryview) -> None:
    box.writestr(zipfile.ZipInfo(name, DATE), content, zipfile.ZIP_DEFLATED, 1)


def _array(content: bytes) -> np.ndarray:
    """The array of an .npy file, exactly as long as it says."""
    file = io.BytesIO(content)
    version = np.lib.format.read_magic(file)
    if version == (1, 0):
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(file)
    else:
        shape, fortran, dtype = np.lib.format.read_array_header_2_0(file)
    if (
        dtype.kind not in NUMBERS
        or not dtype.itemsize
        or math.prod(shape) * dtype.itemsize != len(content) - file.tell()
    ):
        raise ValueError("an array is not as long as it says, or no array of numbers or texts")
    array = np.ndarray(shape, dtype, content, file.tell(), order="F" if fortran else "C")
    return array.astype(dtype.newbyteorder("="), order="F" if fortran else "C")


def _written(value: Any, arrays: list[np.ndarray], place: str) -> Any:
    """`value` as JSON, its arrays put aside into `arrays`."""
    if isinstance(value, (np.ndarray, np.generic)):
        array = np.asarray(value)
        if array.dtype.kind not in NUMBERS:
            kind = "Python objects" if array.dtype.hasobject else f"the type {array.dtype}"
            raise RegularsError(f"{place}: an array of {kind} cannot be saved")
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
    if kind == "array" and type(at := value["at"]) is int and 0 <= at < len(arrays):
        return arrays[at] if arrays[at].ndim else arrays[at][()]
    if kind == "tuple" and isinstance(value["of"], list):
        return tuple(_read(value["of"], arrays))
    if kind == "table" and isinstance(value["of"], list):
        return dict(_read(value["of"], arrays))
    raise ValueError("a value in it is of no known kind")
