"""Pairs of customers as people write them: lists of two numbers, or text with one pair per line.

Text may come from a file, whose name is then its first line (`# ties.csv`), so that a mistake is told with file and
line. One line of words at the top is taken for the header; numbers are parted by a comma, semicolon, tab or blank.
"""

from __future__ import annotations

import functools
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regulars.ground.errors import cut, shown

Path = tuple[str | int, ...]
NUMBER = r"[+-]?\d{1,18}"
PAIR = re.compile(rf"({NUMBER})[,;\s]+({NUMBER})")
LARGEST = 2**63 - 1
WANTED = "two numbers of customers are needed, such as"


def plain(edges: Any) -> tuple[tuple[tuple[int, int], ...], list[tuple[Path, str]]]:
    """Pairs as tuples, and what is no pair: (path, message)."""
    if not isinstance(edges, (list, tuple)):
        return (), [((), f"{shown(edges)} will not do: pairs are needed, such as [[0, 1], [1, 2]]")]
    wrong: list[tuple[Path, str]] = [
        ((k,), f"{shown(pair)} will not do: {WANTED} [0, 1]")
        for k, pair in enumerate(edges)
        if not (isinstance(pair, (list, tuple)) and len(pair) == 2 and all(type(end) is int for end in pair))
    ]
    return () if wrong else tuple((pair[0], pair[1]) for pair in edges), wrong


def numbers(edges: str | tuple[tuple[int, int], ...]) -> NDArray[np.int64]:
    """Pairs as an array, shape (pairs, 2); ValueError where a line of the text holds no pair."""
    return _read(edges) if isinstance(edges, str) else np.array(edges, np.int64).reshape(-1, 2)


def first_problem(edges: str | tuple[tuple[int, int], ...], customers: int) -> str:
    """The first pair that will not do among customers 0 to customers - 1, with its place; empty when all will."""
    try:
        pairs = numbers(edges)
    except (ValueError, OverflowError):
        return _first_odd_line(edges) if isinstance(edges, str) else _first_too_large(edges)
    if isinstance(edges, str) and not pairs.size:
        return f"{_name(edges)}no pair of customers in it"
    outside = np.asarray(((pairs < 0) | (pairs >= customers)).any(axis=1))
    wrong = np.flatnonzero(outside | (pairs[:, 0] == pairs[:, 1]))
    if not wrong.size:
        return ""
    k = int(wrong[0])
    pair = pairs[k].tolist()
    more = f" (and {wrong.size - 1} more)" if wrong.size > 1 else ""
    if outside[k]:
        return (
            f"{_place(edges, k)}{pair} names a customer who is not there: they are 0 to {customers - 1}{more}"
        )
    return f"{_place(edges, k)}{pair} ties customer {pair[0]} to itself{more}"


@functools.lru_cache(maxsize=2)  # a scenario is checked once an arm, its text is always the same
def _read(text: str) -> NDArray[np.int64]:
    found = [PAIR.fullmatch(line) for _, line in _lines(text)]
    if not all(found):
        raise ValueError("a pair is two numbers")
    ends = [int(end) for match in found if match for end in match.groups()]
    pairs = np.array(ends, np.int64).reshape(-1, 2)
    pairs.flags.writeable = False
    return pairs


def _lines(text: str) -> list[tuple[int, str]]:
    """(number in the file, line) of all lines that should hold a pair."""
    first = 0 if text.startswith("#") else 1
    lines = [(k, line.strip()) for k, line in enumerate(text.splitlines(), first)]
    lines = [(k, line) for k, line in lines if line and not line.startswith("#")]
    if lines and not any(re.fullmatch(NUMBER, word) for word in re.split(r"[,;\s]+", lines[0][1])):
        del lines[0]
    return lines


def _place(edges: str | tuple[tuple[int, int], ...], k: int) -> str:
    """Where pair `k` stands."""
    if not isinstance(edges, str):
        return f"pair {k}: "
    return f"{_name(edges)}line {_lines(edges)[k][0]}: "


def _name(text: str) -> str:
    """Name of the file that the text came from, with a comma."""
    return cut(text.partition("\n")[0].lstrip("# ").strip(), 300) + ", " if text.startswith("#") else ""


def _first_odd_line(text: str) -> str:
    for k, (_, line) in enumerate(_lines(text)):
        if not PAIR.fullmatch(line):
            return f"{_place(text, k)}{shown(line)} will not do: {WANTED} 0,1"
    return "the text holds no pairs of customers"


def _first_too_large(edges: tuple[tuple[int, int], ...]) -> str:
    k = next(k for k, pair in enumerate(edges) if max(map(abs, pair)) > LARGEST)
    return f"{_place(edges, k)}{shown(list(edges[k]))} names a customer who is not there"
