"""Errors that are told to people, and values as they are shown in them."""

from __future__ import annotations

import reprlib
from typing import Any

LONGEST_MESSAGE = 2000  # characters
LONGEST_VALUE = 80


class RegularsError(ValueError):
    """Something in the user's input is wrong; the message names the place, the value, the unit and what would be right.

    A message is cut at 2,000 characters.
    """

    def __init__(self, message: str = "") -> None:
        super().__init__(cut(message, LONGEST_MESSAGE))


def cut(text: str, longest: int) -> str:
    """A text, or its beginning and three dots."""
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def shown(value: Any, longest: int = LONGEST_VALUE) -> str:
    """A value as Python writes it, cut short where it is long, whatever it is."""
    try:
        text = _short.repr(value)
        return cut(" ".join(text.split()) if "\n" in text else text, longest)
    except Exception:  # a value that cannot even be written down
        return f"a value of type {type(value).__name__}"


class _Short(reprlib.Repr):
    """Only as much of a value as can be shown is written at all."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlist = self.maxtuple = self.maxdict = self.maxset = self.maxarray = LONGEST_VALUE // 2
        self.maxstring = self.maxother = 2 * LONGEST_VALUE

    def repr_int(self, value: int, level: int) -> str:
        """Python refuses to write a number of thousands of digits."""
        digits = int(value.bit_length() * 0.30103)
        return repr(value) if digits < LONGEST_VALUE else f"a whole number of some {digits:,} digits"

    def repr_time(self, value: Any, level: int) -> str:
        """A date or a time as scenarios write it."""
        return str(value.isoformat())

    repr_date = repr_datetime = repr_time


_short = _Short()


def counted(value: float) -> str:
    """A number with its thousands apart, or in powers of ten where it has very many digits."""
    return f"{value:,.0f}" if abs(value) < 1e15 else f"{value:.3g}"


def is_ours(error: BaseException) -> bool:
    """Whether an error is a fault of the program, and none of the input, of files or of too little memory."""
    return not isinstance(error, (RegularsError, OSError, MemoryError))
