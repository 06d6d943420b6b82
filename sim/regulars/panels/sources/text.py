"""Text files: CSV, TSV and their like, plain or packed."""

from __future__ import annotations

import mmap
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from regulars.ground.errors import RegularsError
from regulars.panels.column import Column, column_of
from regulars.panels.headings import is_heading, spelled, total
from regulars.panels.reading import Reading
from regulars.panels.sources.encoding import SHOWN, as_utf8
from regulars.panels.sources.memory import enough_memory
from regulars.panels.sources.sniff import DELIMITERS, Layout, layout
from regulars.panels.sources.source import GLANCE, Source

TEXT = (".csv", ".tsv", ".txt")
HEAD = 1 << 20


class Text(Source):
    """A text file in memory, or mapped into it."""

    def __init__(self, place: str, kind: str, header: Sequence[str], content: Any, form: Layout) -> None:
        super().__init__(place, kind, header)
        self.content, self.form = content, form

    def table(self, names: Sequence[str]) -> pa.Table:
        """These columns as text; sets ``rows`` and tells rows that lack fields."""
        table, ragged = self._read(self.content, list(names), True)
        if ragged:  # their numbers are known only where one thread reads
            table, ragged = self._read(self.content, list(names), False)
        first = self.form.line + 2
        skipped = np.array([number for number, *_ in ragged], dtype=np.int64)
        self.rows = np.arange(first, first + len(table) + len(skipped))
        if ragged:
            self.rows = np.setdiff1d(self.rows, skipped)
            self._tell(ragged)
        return table

    def glance(self) -> dict[str, Column]:
        """All columns in the first rows."""
        head = bytes(memoryview(self.content)[:HEAD])
        if len(self.content) > HEAD:
            head = head[: head.rfind(b"\n") + 1] or head
        table, _ = self._read(head, self.header, False)
        return {name: column_of(name, table.column(name)[:GLANCE].cast(pa.string())) for name in self.header}

    def _read(
        self, content: Any, names: list[str], threads: bool
    ) -> tuple[pa.Table, list[tuple[int, int, str]]]:
        from pyarrow import csv

        ragged: list[tuple[int, int, str]] = []

        def note(row: csv.InvalidRow) -> str:
            ragged.append((row.number or 0, row.actual_columns, row.text[:200]))
            return "skip"

        words = pa.dictionary(pa.int32(), pa.string())
        try:
            table = csv.read_csv(
                pa.BufferReader(content),
                read_options=csv.ReadOptions(use_threads=threads, column_names=self.header, skip_rows=self.form.line + 1, block_size=1 << 24),
                parse_options=csv.ParseOptions(
                    delimiter=self.form.delimiter, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=note
                ),
                convert_options=csv.ConvertOptions(
                    column_types=dict.fromkeys(self.header, words), include_columns=names, strings_can_be_null=False
                ),
            )  # fmt: skip
        except pa.ArrowException as error:
            if isinstance(error, MemoryError):
                raise
            raise RegularsError(
                f"{self.place}: cannot be read as text with {self._fields()} ({str(error).splitlines()[0]})"
            ) from None
        return table, ragged

    def _tell(self, ragged: list[tuple[int, int, str]]) -> None:
        """Rows of totals at the end may lack fields; others may not."""
        ends = [
            r
            for r in ragged
            if r[2].strip(f' {self.form.delimiter}"') and total(r[2].split(self.form.delimiter)[0])
        ]
        if ends:
            said = f"{len(ends)} {'row' if len(ends) == 1 else 'rows'} of totals left out (row {', '.join(str(r[0]) for r in ends[:5])})"
            if said not in self.notes:
                self.notes.append(said)
        faulty = [r for r in ragged if r not in ends]
        if faulty:
            shown = "; ".join(f"row {n}: {k} fields" for n, k, _ in faulty[:5])
            more = f" and {len(faulty) - 5:,} more" if len(faulty) > 5 else ""
            fault = (
                f"{len(faulty):,} rows do not have the {len(self.header)} fields of the header ({shown}{more}); "
                "put values that contain the separator in double quotes"
            )
            if fault not in self.faults:
                self.faults.append(fault)

    def _fields(self) -> str:
        return DELIMITERS.get(self.form.delimiter, repr(self.form.delimiter))


def open_text(place: Path, reading: Reading) -> Text:
    """Open a text file: its letters, its header and its delimiter are found by looking, unless the reading says them."""
    content, name = _unpacked(place)
    if not bytes(content[:HEAD]).strip():
        raise RegularsError(f"{place}: the file is empty; it needs a header line and one line per purchase")
    enough_memory(len(content), str(place))
    content, encoding, guessed = as_utf8(content, str(place), reading.encoding)
    lines = (
        bytes(content[:HEAD])
        .decode("utf-8", errors="ignore")
        .replace("\r\n", "\n")
        .replace("\r", "\n")
        .split("\n")
    )
    form = layout(lines, reading.delimiter, reading.columns.values())
    header, twice = _named(form.header, reading.columns.values())
    if twice:
        shown = ", ".join(repr(c) for c in twice)
        raise RegularsError(
            f"{place}: the header (row {form.line + 1}) names {shown} more than once; rename one of them"
        )
    packed = {".gz": "gz", ".zip": "zip"}.get(place.suffix.lower())
    separated = DELIMITERS.get(form.delimiter, repr(form.delimiter))
    kind = f"text, {separated}, {SHOWN.get(encoding, encoding)}" + (f", from a .{packed}" if packed else "")
    source = Text(str(place), kind, header, content, form)
    usual = "\t" if name.endswith(".tsv") else ","
    if guessed:
        source.notes.append(guessed)
        source.settled["encoding"] = encoding
    if form.delimiter != usual:
        source.notes.append(f"fields are separated by {separated}")
        source.settled["delimiter"] = form.delimiter
    if form.above:
        source.notes.append(
            f"{form.above} {'line' if form.above == 1 else 'lines'} above the header (row {form.line + 1}) left out"
        )
    return source


def _named(cells: Sequence[str], used: Collection[str]) -> tuple[list[str], list[str]]:
    """Names of the columns, and those that stand twice though they matter."""
    header: list[str] = []
    twice = []
    wanted = {spelled(u) for u in used}
    for k, cell in enumerate(cells):
        name = cell or f"(column {k + 1})"
        if name in header:
            if is_heading(name) or spelled(name) in wanted:
                twice.append(name)
            number = 2
            while f"{name} ({number})" in header:
                number += 1
            name = f"{name} ({number})"
        header.append(name)
    return header, sorted(set(twice))


def _unpacked(place: Path) -> tuple[Any, str]:
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
        with place.open("rb") as file:
            return (
                mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if place.stat().st_size else b""
            ), name
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error, RuntimeError, ValueError) as error:
        if isinstance(error, RegularsError):
            raise
        raise RegularsError(f"{place}: cannot be opened ({error})") from error
