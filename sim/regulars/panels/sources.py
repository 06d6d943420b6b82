"""Opens a log on disk: CSV, TSV, their compressed forms, and Parquet."""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError

TEXT = (".csv", ".tsv", ".txt")
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}


@dataclass
class Source:
    """A log that has been opened: its header, and its columns on demand."""

    place: str
    header: list[str]
    content: bytes | Path
    delimiter: str | None = None
    skip: int = 0
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    rows: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=int))

    def columns(self, names: Sequence[str]) -> pd.DataFrame:
        """These columns; text files give strings. Sets ``rows``, the row numbers of the file."""
        wanted = list(dict.fromkeys(names))
        if isinstance(self.content, Path):
            frame = pd.read_parquet(self.content, columns=wanted).reset_index(drop=True)
            self.rows = np.arange(1, len(frame) + 1)
            return frame
        return self._text_columns(wanted)

    def _text_columns(self, wanted: list[str]) -> pd.DataFrame:
        import pyarrow as pa
        from pyarrow import csv as arrow

        ragged: list[tuple[int, int]] = []

        def note_ragged(row: arrow.InvalidRow) -> str:
            ragged.append((row.number, row.actual_columns))
            return "skip"

        assert isinstance(self.content, bytes)
        table = arrow.read_csv(
            io.BytesIO(self.content),
            # one thread: only then does Arrow tell the numbers of ragged rows
            read_options=arrow.ReadOptions(
                use_threads=False, column_names=self.header, skip_rows=self.skip + 1, block_size=1 << 24
            ),
            parse_options=arrow.ParseOptions(
                delimiter=self.delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=note_ragged,
            ),
            convert_options=arrow.ConvertOptions(
                column_types={name: pa.string() for name in self.header},
                include_columns=wanted,
                strings_can_be_null=False,
            ),
        )
        frame = table.to_pandas()
        first = self.skip + 2
        skipped = np.array([number for number, _ in ragged], dtype=int)
        self.rows = np.setdiff1d(np.arange(first, first + len(frame) + len(skipped)), skipped)
        if ragged:
            shown = "; ".join(f"row {n}: {k} fields" for n, k in ragged[:5])
            more = f" and {len(ragged) - 5:,} more" if len(ragged) > 5 else ""
            fault = (
                f"{len(ragged):,} rows do not have the {len(self.header)} fields of the header ({shown}{more}); "
                "put values that contain the separator in double quotes"
            )
            if fault not in self.faults:
                self.faults.append(fault)
        return frame


def open_source(path: str | Path, delimiter: str | None = None) -> Source:
    """Open a file of purchases; every way in which this can fail is told by name."""
    place = Path(path).expanduser()
    if place.is_dir():
        inside = sorted(p.name for p in place.iterdir() if p.suffix in (*TEXT, ".gz", ".zip", ".parquet"))
        hint = f"; name one of its files: {', '.join(inside[:5])}" if inside else " without logs in it"
        raise RegularsError(f"{place} is a directory{hint}")
    if not place.exists():
        raise RegularsError(f"{place}: no such file{_neighbours(place)}")
    name = place.name.lower()
    if name.endswith((".parquet", ".pq")):
        return _open_parquet(place)
    if name.endswith((".xlsx", ".xls", ".ods")):
        raise RegularsError(f"{place}: a spreadsheet; save it as CSV (UTF-8) and read that")
    if not name.endswith((*TEXT, ".gz", ".zip")):
        raise RegularsError(
            f"{place}: unknown kind of file; give .csv, .tsv, .txt (also .gz or .zip) or .parquet"
        )
    return _open_text(place, delimiter)


def _open_parquet(place: Path) -> Source:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        header = [str(n) for n in parquet.read_schema(place).names if not str(n).startswith("__index_level_")]
    except (pa.ArrowInvalid, OSError) as error:
        raise RegularsError(f"{place}: not a readable Parquet file ({str(error).splitlines()[0]})") from error
    return Source(str(place), header, place)


def _open_text(place: Path, delimiter: str | None) -> Source:
    content, name = _unpack(place)
    if not content.strip():
        raise RegularsError(f"{place}: the file is empty; it needs a header line and one line per purchase")
    content, notes = _as_utf8(content, str(place))
    lines = content[: 1 << 20].decode("utf-8", errors="ignore").splitlines()
    skip = next(k for k, line in enumerate(lines) if line.strip())
    expected = delimiter or ("\t" if name.endswith(".tsv") else ",")
    header = [c.strip() for c in next(csv.reader([lines[skip]], delimiter=expected))]
    if len(header) == 1:
        other = {d: lines[skip].count(d) for d in DELIMITERS if d != expected and d in lines[skip]}
        if other:
            best = max(other, key=lambda d: other[d])
            raise RegularsError(
                f"{place}: fields seem to be separated by {DELIMITERS[best]}, not "
                f"{DELIMITERS.get(expected, repr(expected))}; pass delimiter={best!r} or save the file with "
                f"{DELIMITERS[expected] if expected in DELIMITERS else 'commas'}"
            )
    twice = sorted({c for c in header if header.count(c) > 1})
    if twice:
        shown = ", ".join(repr(c) for c in twice)
        raise RegularsError(
            f"{place}: the header (row {skip + 1}) names {shown} more than once; rename one of them"
        )
    return Source(str(place), header, content, expected, skip, notes)


def _unpack(place: Path) -> tuple[bytes, str]:
    import gzip
    import zipfile
    import zlib

    name = place.name.lower()
    try:
        if name.endswith(".gz"):
            return gzip.decompress(place.read_bytes()), name.removesuffix(".gz")
        if name.endswith(".zip"):
            with zipfile.ZipFile(place) as archive:
                inside = [m for m in archive.namelist() if m.lower().endswith(TEXT) and "__MACOSX" not in m]
                if len(inside) != 1:
                    found = ", ".join(archive.namelist()[:5]) or "nothing"
                    raise RegularsError(
                        f"{place}: the archive must hold exactly one .csv or .tsv; it holds {found}"
                    )
                return archive.read(inside[0]), inside[0].lower()
        return place.read_bytes(), name
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error, RuntimeError) as error:
        if isinstance(error, RegularsError):
            raise
        raise RegularsError(f"{place}: cannot be opened ({error})") from error


def _as_utf8(content: bytes, place: str) -> tuple[bytes, list[str]]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16").encode(), ["read as UTF-16"]
    content = content.removeprefix(b"\xef\xbb\xbf")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError:
            raise RegularsError(
                f"{place}: row {row} is neither UTF-8 nor GB18030 text (byte {content[error.start]:#04x}); "
                "save the file as UTF-8"
            ) from None
        return text.encode(), [
            f"not UTF-8 (first seen in row {row}); read as GB18030: check that names look right"
        ]
    if b"\x00" in content[: 1 << 16]:
        raise RegularsError(f"{place}: holds binary data, not text; export it as CSV (UTF-8) or Parquet")
    return content, []


def _neighbours(place: Path) -> str:
    folder = place.parent
    if not folder.is_dir():
        return f" (nor is there a directory {folder})"
    near = difflib.get_close_matches(place.name, [p.name for p in folder.iterdir()], 3, 0.6)
    return f"; nearest in {folder}: {', '.join(near)}" if near else f" in {folder}"
