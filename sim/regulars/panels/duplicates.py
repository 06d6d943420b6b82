"""Rows that repeat an earlier row in every column of the file, used or not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from regulars.panels.column import Column
from regulars.panels.sources import Source


def repeated(columns: dict[str, Column], source: Source, kept: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of the kept rows repeat an earlier one; ``columns`` hold them already, ``kept`` are their places in the file."""
    n = len(kept)
    key = _combined(list(columns.values()), n)
    seen = _after_first(key)
    if seen.any() and set(source.header) - set(columns):
        among = np.isin(key, np.unique(key[seen]))
        rest = source.columns([c for c in source.header if c not in columns])
        others = [Column(c.name, c.codes[kept[among]], c.words) for c in rest.values()]
        both = _combined([*others, Column("", key[among].astype(np.int64), np.empty(0))], int(among.sum()))
        seen = np.zeros(n, bool)
        seen[np.flatnonzero(among)[_after_first(both)]] = True
    return seen


def _combined(columns: list[Column], n: int) -> NDArray[np.int64]:
    """One whole number a row, equal where all columns are."""
    key = np.zeros(n, np.int64)
    reach = 1.0
    for column in columns:
        codes = column.codes.astype(np.int64) + 1
        size = int(codes.max(initial=0)) + 1
        if reach * size > 2.0**62:
            key = np.unique(key, return_inverse=True)[1].astype(np.int64)
            reach = float(n)
        key, reach = key * size + codes, reach * size
    return key


def _after_first(key: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which values occurred before."""
    order = np.argsort(key, kind="stable")
    same = np.zeros(len(key), bool)
    same[order[1:]] = key[order[1:]] == key[order[:-1]]
    return same
