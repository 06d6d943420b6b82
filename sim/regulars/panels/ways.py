"""How to name an option to the reader of a message: as it is typed on the command line, and as Python writes it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any

FEW = 3


def typed(option: str, value: Any) -> str:
    """An option as one types it: ``--leave-out type=RETURN``."""
    name = f"--{option.replace('_', '-')}"
    if isinstance(value, Mapping):
        pairs = [
            (key, v) for key, vs in value.items() for v in (vs if isinstance(vs, (list, tuple)) else [vs])
        ]
        return " ".join(f"{name} {_quoted(f'{key}={v}')}" for key, v in pairs)
    if isinstance(value, (list, tuple)):
        return " ".join(f"{name} {_quoted(str(v))}" for v in value)
    if isinstance(value, bool):
        return name if value else f"--no-{option.replace('_', '-')}"
    return f"{name} {_quoted(str(value))}"


def way(option: str, value: Any) -> str:
    """An option for both kinds of user: ``--returns net (in Python returns='net')``."""
    written = str(value) if isinstance(value, dt.date) else value
    return f"{typed(option, value)} (in Python {option}={written!r})"


def ways(option: str, *values: Any) -> str:
    """Several values to choose from: ``--returns net or --returns drop (in Python returns='net' or 'drop')``."""
    typed_ones = " or ".join(typed(option, value) for value in values)
    return f"{typed_ones} (in Python {option}={' or '.join(repr(value) for value in values)})"


def leaving_out(column: str, values: Iterable[object]) -> str:
    """How to leave out rows that hold one of a few values; nothing where there are many, which must be mended in the file."""
    words = list(dict.fromkeys(str(v) for v in values))
    given = words[0] if len(words) == 1 else words
    return f"{way('leave_out', {column: given})} leaves such rows out" if 0 < len(words) <= FEW else ""


def _quoted(text: str) -> str:
    """A word as a shell takes it."""
    return text if re.fullmatch(r"[\w@%+=:,./-]+", text) else "'" + text.replace("'", "'\"'\"'") + "'"
