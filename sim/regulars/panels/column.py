"""A column of a log as its distinct values and which of them each row holds: every value is read once, however often it occurs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as compute
from numpy.typing import NDArray

WHOLE = 1e15  # below which a float without decimals is a whole number for sure


@dataclass(frozen=True)
class Column:
    """``words[codes[k]]`` is what stands in row k; a code of -1 is an empty cell."""

    name: str
    codes: NDArray[np.int32]
    words: pa.Array

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, row: int) -> str:
        """What stands in a row, as text."""
        code = int(self.codes[row])
        return "" if code < 0 else str(self.texts.iloc[code])

    @cached_property
    def texts(self) -> pd.Series:
        """The distinct values as text, without outer blanks."""
        if pa.types.is_string(self.words.type) or pa.types.is_large_string(self.words.type):
            return pd.Series(self.words.to_pandas(), dtype="str").str.strip()
        return pd.Series(_written(self.words).to_pandas(), dtype="str")

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """How many rows hold each value."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.words))

    @property
    def is_text(self) -> bool:
        """Whether the values are text, not numbers or times of a typed file."""
        return pa.types.is_string(self.words.type) or pa.types.is_large_string(self.words.type)

    def spread(self, values: Any, missing: Any = None) -> NDArray[Any]:
        """Values of the words, by row; ``missing`` in empty cells (NaN for numbers, False for marks)."""
        by_word = np.asarray(values)
        if missing is None:
            missing = False if by_word.dtype == bool else np.nan
        return np.append(
            by_word, np.array([missing], dtype=by_word.dtype if by_word.dtype != object else object)
        )[self.codes]

    @cached_property
    def blank(self) -> NDArray[np.bool_]:
        """Rows in which nothing stands."""
        return self.spread((self.texts == "").to_numpy(dtype=bool), True)

    def where(self, keep: NDArray[np.bool_]) -> Column:
        """These rows alone."""
        return Column(self.name, self.codes[keep], self.words)

    def holding(self, values: tuple[str, ...]) -> NDArray[np.bool_]:
        """Rows that hold one of these values, whatever its case; ``""`` is an empty cell."""
        wanted = [v.strip().casefold() for v in values]
        found = self.texts.str.casefold().isin(wanted) | self.texts.str.replace(r"\.0$", "", regex=True).isin(
            wanted
        )
        return self.spread(found.to_numpy(dtype=bool), "" in wanted)


def _written(words: pa.Array) -> pa.Array:
    """Values of a typed file as text; whole numbers without a decimal point."""
    if pa.types.is_floating(words.type):
        words = words.cast(pa.float64())
        values = words.to_numpy(zero_copy_only=False)
        whole = pa.array((np.abs(values) < WHOLE) & (values == np.floor(values)))
        digits = pa.array(np.where(whole, np.nan_to_num(values), 0.0).astype(np.int64)).cast(pa.string())
        return compute.if_else(whole, digits, words.cast(pa.string()))
    try:
        return words.cast(pa.string())
    except pa.ArrowException:  # kinds that Arrow does not write
        return pa.array([str(value).strip() for value in words.to_pylist()], pa.string())


def matching(texts: pd.Series, pattern: str) -> NDArray[np.bool_]:
    """Which texts hold a pattern somewhere, whatever the case; the pattern is one of RE2, which knows no look-around."""
    found = compute.match_substring_regex(pa.array(texts, pa.string()), pattern, ignore_case=True)
    return found.fill_null(False).to_numpy(zero_copy_only=False)


def named(labels: NDArray[Any], codes: NDArray[np.int64]) -> Any:
    """The names of coded rows: whole numbers as they are, texts as pandas keeps them."""
    if labels.dtype.kind == "i":
        return labels[codes]
    return pd.array(pa.array(labels, pa.string()).take(pa.array(codes)), dtype="str")


def column_of(name: str, values: pa.ChunkedArray | pa.Array) -> Column:
    """A column of Arrow as distinct values and codes.

    Raises:
        pa.ArrowException: for values that cannot be told apart, such as lists.
    """
    chunked = values if isinstance(values, pa.ChunkedArray) else pa.chunked_array([values])
    if pa.types.is_dictionary(chunked.type) and not pa.types.is_string(chunked.type.value_type):
        chunked = chunked.cast(chunked.type.value_type)
    if pa.types.is_boolean(chunked.type):
        chunked = chunked.cast(pa.string())
    if not pa.types.is_dictionary(chunked.type):
        chunked = chunked.dictionary_encode()
    if chunked.num_chunks == 0:
        return Column(name, np.empty(0, np.int32), pa.array([], chunked.type.value_type))
    chunked = chunked.unify_dictionaries()
    codes = [
        part.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
        for part in chunked.chunks
    ]
    return Column(name, codes[0] if len(codes) == 1 else np.concatenate(codes), chunked.chunk(0).dictionary)
