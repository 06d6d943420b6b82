"""Sums of whole numbers that never wrap.

A 64-bit word holds some 9.2e18; beyond it NumPy and compiled loops begin again at the other end and say nothing. So
what grows without end is kept in two words, low and high: a number is low + high * 2**32. Loops add to the low words
and `carry` once in a while. Read outside of loops it is one of Python's own whole numbers, which have no end.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regulars.ground.kernel import kernel

HALF = np.int64(32)
LOW = np.int64(0xFFFFFFFF)
FEW = 256  # numbers that are summed one by one at no more cost than by NumPy


def words(*shape: int) -> NDArray[np.int64]:
    """Zeros in two words, shape (2, ...)."""
    return np.zeros((2, *shape), np.int64)


@kernel(inline=True)
def carry(sums: Any) -> None:
    """Move what lies above half a word from the low words of `sums` (2, ...) to the high ones.

    A loop calls this before a low word can wrap.
    """
    flat = sums.reshape((2, sums.size // 2))
    for k in range(flat.shape[1]):
        flat[1, k] += flat[0, k] >> HALF
        flat[0, k] &= LOW


def add(sums: NDArray[np.int64], place: int, amount: int) -> None:
    """Add to one of the numbers that `sums` (2, n) holds, outside of loops."""
    sums[0, place] += amount & 0xFFFFFFFF
    sums[1, place] += amount >> 32


def split(numbers: Any) -> NDArray[np.int64]:
    """Python's whole numbers, or lists of them, in two words, shape (2, ...)."""
    whole_numbers = np.array(numbers, np.object_)
    return np.stack([whole_numbers & 0xFFFFFFFF, whole_numbers >> 32]).astype(np.int64)


def whole(sums: NDArray[np.int64]) -> NDArray[Any]:
    """The numbers that `sums` (2, ...) holds, as an array of Python's whole numbers, which NumPy adds as any others."""
    return np.asarray(sums[0].astype(np.object_) + sums[1].astype(np.object_) * 2**32)


def listed(sums: NDArray[np.int64]) -> list[int]:
    """The numbers that `sums` (2, n) holds."""
    low, high = sums.tolist()
    return [a + (b << 32) for a, b in zip(low, high, strict=True)]


def total(amounts: NDArray[np.int64]) -> int:
    """Exact sum of all numbers of an array."""
    if amounts.size <= FEW:
        return sum(amounts.ravel().tolist())
    return int((amounts & LOW).sum()) + (int((amounts >> HALF).sum()) << 32)


def totals(rows: NDArray[np.int64]) -> list[int]:
    """Exact sum of each row of an array."""
    return [total(row) for row in rows]


def totals_by(keys: ArrayLike, amounts: NDArray[np.int64], size: int) -> list[int]:
    """Exact sums of `amounts` by their `keys` (0 to size - 1)."""
    sums, keys = words(size), np.asarray(keys, np.intp)
    np.add.at(sums[0], keys, amounts & LOW)
    np.add.at(sums[1], keys, amounts >> HALF)
    return listed(sums)
