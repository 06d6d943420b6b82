"""Opens a log, whatever it is; every way in which this can fail is told by name."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from regulars.ground.alike import alike
from regulars.ground.errors import RegularsError
from regulars.panels.reading import Reading
from regulars.panels.sources.source import Source
from regulars.panels.sources.tables import open_frame, open_parquet
from regulars.panels.sources.text import TEXT, open_text
from regulars.panels.sources.workbook import KINDS, open_workbook

PARQUET = (".parquet", ".pq")


def open_source(log: Any, reading: Reading) -> Source:
    """Open a file or a table of purchases.

    Raises:
        RegularsError: says what is wrong with the file as a whole.
    """
    if not isinstance(log, (str, os.PathLike)):
        return open_frame(log)
    place = Path(
        os.path.expanduser(log)
    )  # unlike Path's own it leaves ~$book.xlsx, the lock of an open workbook, as it is
    if place.is_dir():
        kinds = (*TEXT, ".gz", ".zip", *PARQUET, *KINDS)
        inside = sorted(p.name for p in place.iterdir() if p.suffix.lower() in kinds)
        hint = f"; name one of its files: {', '.join(inside[:5])}" if inside else " without logs in it"
        raise RegularsError(f"{place} is a directory{hint}")
    if not place.exists():
        raise RegularsError(f"{place}: no such file{_neighbours(place)}")
    name = place.name.lower()
    if name.endswith(PARQUET):
        return open_parquet(place)
    if name.endswith(KINDS):
        return open_workbook(place, reading)
    if not name.endswith((*TEXT, ".gz", ".zip")):
        raise RegularsError(
            f"{place}: unknown kind of file; give .csv, .tsv, .txt (also .gz or .zip), .parquet or .xlsx"
        )
    return open_text(place, reading)


def _neighbours(place: Path) -> str:
    folder = place.parent
    if not folder.is_dir():
        return f" (nor is there a directory {folder})"
    near = alike(place.name, [p.name for p in folder.iterdir()], 3)
    return f"; nearest in {folder}: {', '.join(near)}" if near else f" in {folder}"
