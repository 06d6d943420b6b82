"""Which letters the bytes of a text file are."""

from __future__ import annotations

import codecs
from typing import Any

import numpy as np

from regulars.ground.errors import RegularsError
from regulars.panels.ways import ways

BLOCK = 1 << 23
MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8"))
WORKBOOK, OLD_WORKBOOK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
SHOWN = {"utf-8": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "gb18030": "GB18030", "cp1252": "Windows-1252"}  # fmt: skip


def as_utf8(content: Any, place: str, asked: str | None) -> tuple[Any, str, str | None]:
    """The content as UTF-8 without a mark, its encoding, and what to say when that was found out by looking.

    UTF-8 is recognised by its rules, UTF-16 by its mark or by its zero bytes. Otherwise letters beyond ASCII decide: in Chinese
    text (GB18030) they come in pairs, in Western European text (Windows-1252) mostly alone.

    Raises:
        RegularsError: for bytes that are no text, or no text of the encoding asked for.
    """
    head = bytes(content[: 1 << 16])
    if head.startswith((WORKBOOK, OLD_WORKBOOK)):
        kind = (
            "an Excel workbook or another zip file"
            if head.startswith(WORKBOOK)
            else "an old Excel workbook (.xls)"
        )
        raise RegularsError(
            f"{place}: holds {kind}, not text; rename a workbook to .xlsx, or save it as CSV (UTF-8)"
        )
    if asked is not None:
        return _decoded(content, place, asked), asked, None
    for mark, name in MARKS:
        if head.startswith(mark):
            return (
                (memoryview(content)[3:], name, None)
                if name == "utf-8"
                else (_decoded(content, place, name), name, None)
            )
    if wide := _two_bytes(head):
        return _decoded(content, place, wide), wide, "read as UTF-16 without a byte-order mark"
    if b"\x00" in head:
        raise RegularsError(
            f"{place}: holds binary data (NUL bytes), not text; export it as CSV (UTF-8) or Parquet"
        )
    bad = first_bad_byte(content)
    if bad is None:
        return content, "utf-8", None
    row = bytes(content[:bad]).count(b"\n") + 1
    some = bytes(content[max(0, bad - BLOCK // 2) : bad + BLOCK // 2])
    for name in ("cp1252", "gb18030") if _mostly_alone(some) else ("gb18030", "cp1252"):
        try:
            text = bytes(content).decode(name).encode()
        except UnicodeDecodeError:
            continue
        said = f"not UTF-8 (first seen in row {row}): read as {SHOWN[name]}; see whether names look right"
        return text, name, said
    raise RegularsError(
        f"{place}: row {row} is neither UTF-8 nor GB18030 nor Windows-1252 text (byte {content[bad]:#04x}); save the file as "
        f"UTF-8, or say what it is, as in {ways('encoding', 'big5', 'shift_jis')}"
    )


def first_bad_byte(content: Any) -> int | None:
    """Where the content breaks the rules of UTF-8; None if nowhere."""
    decoder, view = codecs.getincrementaldecoder("utf-8")(), memoryview(content)
    for start in range(0, len(view), BLOCK):
        try:
            decoder.decode(view[start : start + BLOCK], final=start + BLOCK >= len(view))
        except UnicodeDecodeError as error:
            held = len(error.object) - len(
                view[start : start + BLOCK]
            )  # bytes of a letter that began in the block before
            return start + error.start - held
    return None


def _two_bytes(head: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of Western text is zero."""
    sample = np.frombuffer(head[: len(head) // 2 * 2], np.uint8).reshape(-1, 2)
    if len(sample) < 4:
        return None
    first, second = (sample == 0).mean(axis=0)
    return (
        "utf-16-le"
        if second > 0.3 and first < 0.05
        else "utf-16-be"
        if first > 0.3 and second < 0.05
        else None
    )


def _mostly_alone(some: bytes) -> bool:
    """Whether bytes beyond ASCII mostly stand alone between ASCII letters."""
    high = np.frombuffer(some, np.uint8) >= 0x80
    edges = np.flatnonzero(np.diff(np.concatenate([[0], high.astype(np.int8), [0]])))
    runs = edges[1::2] - edges[::2]
    return bool(len(runs)) and float((runs == 1).mean()) > 0.5


def _decoded(content: Any, place: str, name: str) -> bytes:
    try:
        return bytes(content).decode(name).removeprefix("\ufeff").encode()
    except LookupError:
        raise RegularsError(
            f"{place}: no encoding is called {name!r}; {ways('encoding', 'utf-8', 'gb18030', 'cp1252')}"
        ) from None
    except UnicodeDecodeError as error:
        row = bytes(content[: error.start]).count(b"\n") + 1
        raise RegularsError(
            f"{place}: row {row} is no {name} text (byte {content[error.start]:#04x})"
        ) from None
