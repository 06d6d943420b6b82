"""Tables as TOML could hold them, made of whatever Python tables a user hands over."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from pydantic import BaseModel

from regulars.ground.errors import shown
from regulars.ground.letters import NO_NAME, OBEYED
from regulars.ground.parameter import Problem
from regulars.ground.parsed import Parsed

DEEPEST = 50  # tables within tables; no scenario needs a quarter of it
MOST_BITS = 10_000  # of a whole number; Python writes no larger ones
HELD = "texts, numbers, true and false, dates, and lists and tables of these"
Place = tuple[str | int, ...]


def plain(value: Any, place: Place = ()) -> Any:
    """A copy of a table with nothing in it but texts, numbers, true and false, dates, None, lists and tables of these.

    Numbers and arrays of NumPy become Python's, tuples become lists.

    Errors: a value of another kind, None in a list, a name that is no text, tables within tables without end.
    """
    if len(place) > DEEPEST:
        raise Problem([(place[:12], f"tables and lists are nested more than {DEEPEST} deep here")])
    if isinstance(value, Parsed):
        value = value.table()
    if isinstance(value, Mapping):
        return {_name(name, place): plain(item, (*place, str(name))) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item, (*place, number)) for number, item in enumerate(value)]
    if isinstance(value, np.ndarray):
        return plain(value.tolist(), place)
    if isinstance(value, BaseModel):
        return plain(value.model_dump(), place)
    return _leaf(value, place)


def _leaf(value: Any, place: Place) -> Any:
    own = value
    if isinstance(value, np.datetime64):
        own = value.astype("datetime64[us]").item()
    elif isinstance(value, np.generic):
        own = value.item()
    elif isinstance(value, (Decimal, Fraction)):
        with contextlib.suppress(ValueError, OverflowError):
            own = float(value)
    if isinstance(own, bool):
        return own
    if isinstance(own, int) and own.bit_length() <= MOST_BITS:
        return int(own)
    if isinstance(own, float):
        return float(own)
    if isinstance(own, str) and _encodes(own):
        if found := OBEYED.search(own):
            raise Problem(
                [
                    (
                        place,
                        f"{shown(own)} will not do: {found[0]!r} in it is a control character; leave it out",
                    )
                ]
            )
        return str(own)
    if isinstance(own, (datetime.date, datetime.time)) and own == own:  # pandas' NaT is not
        return own
    if value is None and not (place and isinstance(place[-1], int)):
        return None
    raise Problem([(place, f"{shown(value)} will not do: a scenario holds {HELD}")])


def _name(name: Any, place: Place) -> str:
    if isinstance(name, str) and (found := NO_NAME.search(name)):
        raise Problem(
            [(place, f"{shown(name)} is no name: {found[0]!r} in it is a control character; leave it out")]
        )
    if isinstance(name, str) and _encodes(name):
        return str(name)
    raise Problem([(place, f"{shown(name)} is no name of a value: a name is a text")])


def _encodes(text: str) -> bool:
    """Whether a text can be written to a file; one with half of a surrogate pair cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
