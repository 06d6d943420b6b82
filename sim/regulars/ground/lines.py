"""Names and texts on one line: made harmless, measured and cut."""

from __future__ import annotations

import unicodedata

LOOKED_AT = 40  # letters of a text for each column it may take


def clean(text: object) -> str:
    """One line of printable text: control characters dropped, white space collapsed, underscores as spaces."""
    kept = "".join(" " if c.isspace() or c == "_" else c for c in str(text) if c.isspace() or _drawable(c))
    return " ".join(kept.split()) or "(unnamed)"


def _drawable(character: str) -> bool:
    return (
        unicodedata.category(character) not in ("Cc", "Cs", "Co", "Cn")
        and character not in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"
    )


def columns(text: str) -> int:
    """Width on a terminal: East Asian wide characters and emoji count twice."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def short(text: object, width: int = 28) -> str:
    """The text on one line of at most `width` columns, cut with an ellipsis."""
    whole = str(text)
    part = whole[: LOOKED_AT * (width + 10)]  # a name may be a file that went wrong, of millions of letters
    line = clean(part)
    if len(part) == len(whole) and columns(line) <= width:
        return line
    start = head(line, width - 1)
    return (start if columns(start) < width else "").rstrip() + "…"


def phrase(text: object, width: int) -> str:
    """A sentence on one line of at most `width` columns, cut at the end of a word where that leaves half of the line or more."""
    cut = short(text, width)
    start = cut.removesuffix("…")
    rest = clean(str(text)[: LOOKED_AT * (width + 10)])[len(start) :]
    if not rest or rest == "…" or rest.startswith(" "):
        return cut
    words = start.rpartition(" ")[0].rstrip(" ,;:(`")
    return f"{words}…" if 2 * columns(words) >= width else cut


def head(word: str, width: int) -> str:
    """The beginning of a text that takes at most so many columns; one letter at least."""
    taken = 0
    for k, character in enumerate(word):
        taken += columns(character)
        if taken > width:
            return word[: max(k, 1)]
    return word
