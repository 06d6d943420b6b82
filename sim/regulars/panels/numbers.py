"""Numbers as people write them: decimal commas, thousands, currency signs, minus signs at the end."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from regulars.panels.column import Column, matching
from regulars.panels.headings import CODES, SIGNS
from regulars.panels.problems import Problems
from regulars.panels.ways import leaving_out, way, ways

PLAIN = 3  # whole numbers below a thousand without any mark, from which on a comma before three digits is no decimal one
MISSING = frozenset(("", "None", "<NA>", "-", "–", "—"))
NOTHING = re.compile(r"(?i)nan|n/?a|null|none|<na>|#n/a|#nv|nat")
MINUS = str.maketrans({"−": "-", "–": "-", "’": "'", "\u00a0": " ", "\u202f": " ", "\u2009": " "})
_SIGN = "|".join(re.escape(s) for s in SIGNS)
MONEY = re.compile(rf"^([-+(]*)\s*({_SIGN}|[A-Z]{{3}})?\s*([-+]?[\d.,' ]*\d[.,]?(?:[eE][-+]?\d+)?|[-+]?[.,]\d+)\s*({_SIGN}|[A-Z]{{3}})?\s*(\)?[-+]?|-|cr|dr)\s*$", re.IGNORECASE)  # fmt: skip
GROUPS = {mark: re.compile(rf"\d{{1,3}}(?:{re.escape(mark)}\d{{3}})+") for mark in ".,' "}


LARGEST = 9e15  # whole numbers up to here have a number of their own in double precision


@dataclass
class Numbers:
    """A column of numbers by row; NaN where the cell is empty.

    ``marks`` is what was found out about how they are written, ``signs`` which currency signs stand beside them.
    """

    values: NDArray[np.float64]
    notes: list[str] = field(default_factory=list)
    settled: dict[str, str] = field(default_factory=dict)
    signs: tuple[str, ...] = ()


def read_numbers(
    column: Column,
    what: str,
    problems: Problems,
    *,
    required: bool = False,
    decimal: str | None = None,
    thousands: str | None = None,
    unreadable: float = 1.0,
) -> Numbers:
    """Money or quantities by row, `unreadable` where a value is none: that is told, and whatever comes after must not tell it again. The decimal mark is the same in all of a column, found from values that leave no doubt."""
    called = f"{what} (column {column.name})" if column.name != what else what
    found = Numbers(np.empty(0))
    if column.is_text:
        by_word, missing = _from_text(column, called, problems, decimal, thousands, unreadable, found)
    elif (
        pa.types.is_integer(column.words.type)
        or pa.types.is_floating(column.words.type)
        or pa.types.is_decimal(column.words.type)
    ):
        by_word = np.array([np.nan if v is None else float(v) for v in column.words.to_pylist()])
        missing = np.isnan(by_word)
    else:
        problems.add(f"{called} holds {column.words.type}, not numbers")
        by_word, missing = np.ones(len(column.words)), np.zeros(len(column.words), bool)
    if required:
        empty = column.spread(missing, True)
        words = sorted(str(t) for t in column.texts[missing & (column.counts > 0)] if t)
        gone = way(
            "leave_out",
            {column.name: ["", *words] if (column.codes < 0).any() or column.blank.any() else words},
        )
        shown = column if words else None
        problems.rows_where(empty, f"no {called}", shown, f"{gone} leaves such rows out")
    endless = np.isinf(by_word) & (column.counts > 0)
    problems.rows_where(
        column.spread(endless), f"infinite {called}", column, leaving_out(column.name, column.texts[endless])
    )
    huge = np.isfinite(by_word) & (np.abs(by_word) > LARGEST) & (column.counts > 0)
    problems.rows_where(
        column.spread(huge),
        f"{called} beyond {LARGEST:g}, of which single units cannot be told apart any more",
        column,
        leaving_out(column.name, column.texts[huge]),
    )
    found.values = column.spread(by_word)
    return found


def _from_text(
    column: Column,
    called: str,
    problems: Problems,
    decimal: str | None,
    thousands: str | None,
    unreadable: float,
    found: Numbers,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    texts = column.texts
    values = (
        pd.to_numeric(texts.where(~matching(texts, "[^0-9.e+-]"), ""), errors="coerce")
        .to_numpy(dtype=float)
        .copy()
    )
    values[matching(texts, "^[+-]?inf(inity)?$")] = np.inf
    missing = texts.isin(MISSING).to_numpy(dtype=bool)
    there = column.counts > 0
    if decimal is None and thousands is None and not (np.isnan(values) & ~missing & there).any():
        return values, missing
    points = bool((there & ~np.isnan(values) & matching(texts, r"\.(\d{0,2}|\d{4,})$")).any())
    left = [
        k
        for k in np.flatnonzero(~missing & there).tolist()
        if decimal or thousands or np.isnan(values[k]) or "." in texts.iloc[k]
    ]
    parts = {k: _parts(texts.iloc[k]) for k in left}
    bodies = {k: p[1] for k, p in parts.items() if p is not None}
    mark, doubt = (decimal, []) if decimal else _decimal_mark(bodies, points, thousands)
    whole = values[there & ~np.isnan(values)]
    if (
        doubt and len(whole) >= PLAIN and np.abs(whole).max() < 1000
    ):  # what is below a thousand has no mark, so it sets thousands apart
        doubt = []
    if doubt:
        wrong = column.spread(np.isin(np.arange(len(texts)), doubt))
        problems.rows_where(
            wrong,
            f"{called}: thousands or decimals?",
            column,
            f"{ways('decimal', ',', '.')} says which mark is the decimal one",
        )
    signs: set[str] = set()
    turned = 0
    for k in left:
        part = parts[k]
        number = None if part is None else _number(part[1], mark, thousands)
        if number is None:
            if np.isnan(values[k]) or decimal or thousands:
                values[k] = np.nan
            continue
        turned += 1
        values[k] = -number if part is not None and part[0] else number
        if part is not None and part[2]:
            signs.add(part[2])
    unread = np.isnan(values) & ~missing & there & ~np.isin(np.arange(len(texts)), doubt)
    _tell_unreadable(column, texts, unread, bodies, mark, called, problems)
    values[np.isnan(values) & ~missing] = unreadable
    commas = mark == ","
    if commas:
        found.notes.append(f"column {column.name}: decimal comma")
        found.settled["decimal"] = ","
    grouped = [b for b in bodies.values() if any(g in b for g in ("." if commas else ",", "'", " "))]
    if grouped and not doubt:
        found.notes.append(
            f"column {column.name}: thousands set apart, as in {texts.iloc[next(k for k in bodies if bodies[k] in grouped)]!r}"
        )
    found.signs = tuple(sorted(signs))
    return values, missing


def _parts(text: str) -> tuple[bool, str, str] | None:
    """Whether negative, the digits with their marks, and the currency beside them; None for what is no number."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text.translate(MINUS)).translate(MINUS)
    match = MONEY.match(plain)
    if match is None:
        return None
    before, sign, body, after, end = match.groups()
    currency = sign or after or ""
    if currency.isalpha() and len(currency) == 3 and currency.isascii() and currency.upper() not in CODES:
        return None
    if currency.upper() in CODES:
        currency = currency.upper()
    else:
        currency = SIGNS.get(currency, currency)
    negative = (
        "-" in (before or "")
        or "(" in (before or "")
        or "-" in (end or "")
        or body.startswith("-")
        or (end or "").casefold() == "cr"
    )
    return negative, body.lstrip("+-").strip(), currency


def _decimal_mark(bodies: dict[int, str], points: bool, thousands: str | None) -> tuple[str, list[int]]:
    """The decimal mark of a column, and the words that could be read in two ways (one comma before three digits)."""
    commas: list[int] = []
    dots: list[int] = []
    doubtful: list[int] = []
    for k, body in bodies.items():
        comma, dot = body.rfind(","), body.rfind(".")
        if comma >= 0 and dot >= 0:
            (commas if comma > dot else dots).append(k)
        elif comma >= 0:
            if body.count(",") > 1:
                dots.append(k)
            elif GROUPS[","].fullmatch(body):
                doubtful.append(k)
            else:
                commas.append(k)
        elif dot >= 0 and body.count(".") > 1:
            commas.append(k)
        elif dot >= 0 and not GROUPS["."].fullmatch(body):
            dots.append(k)
    if thousands in (",", "."):
        return ("," if thousands == "." else "."), []
    points = points or bool(dots)
    if commas and points:  # both in one column: the rarer ones are told as faults
        return ("," if len(commas) > max(len(dots), 1) else "."), []
    if commas:
        return ",", []
    return ".", [] if points else doubtful


def _number(body: str, mark: str, thousands: str | None) -> float | None:
    """A number written with this decimal mark; None if it is not."""
    other = "." if mark == "," else ","
    whole, _, rest = body.partition(mark)
    for group in {thousands} if thousands else {other, "'", " "}:
        if group in whole:
            if not GROUPS.get(group, GROUPS["'"]).fullmatch(whole):
                return None
            whole = whole.replace(group, "")
            break
    try:
        return float(
            f"{whole or '0'}.{rest or '0'}" if "e" not in body.casefold() else body.replace(mark, ".")
        )
    except ValueError:
        return None


def _tell_unreadable(
    column: Column,
    texts: pd.Series,
    unread: NDArray[np.bool_],
    bodies: dict[int, str],
    mark: str,
    called: str,
    problems: Problems,
) -> None:
    """Values that are no numbers, by what the user must do about them."""
    if not unread.any():
        return
    other = "," if mark == "." else "."
    nothing = texts.str.fullmatch(NOTHING).to_numpy(dtype=bool)
    turned = [k for k, body in bodies.items() if _number(body, other, None) is not None]
    written = np.isin(np.arange(len(texts)), turned)
    name = {",": "comma", ".": "point"}
    kinds = (
        (nothing, f"{called} not a number"),
        (written, f"{called} with a decimal {name[other]}, where the others have a decimal {name[mark]}"),
        (np.ones(len(texts), bool), f"{called} that is not a number"),
    )
    for kind, what in kinds:
        here = unread & kind
        unread = unread & ~kind
        problems.rows_where(column.spread(here), what, column, leaving_out(column.name, texts[here]))
