"""Intervals in the usual notation, such as `"(0, 1]"`: what a number may be."""

from __future__ import annotations

import functools
from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """Numbers from `low` to `high`; an end that is open does not belong to it. Whole ends are kept exactly."""

    low: int | float
    high: int | float
    low_open: bool
    high_open: bool

    def __contains__(self, value: float) -> bool:
        """Whether a number lies in the interval, exactly, also where whole numbers are too large for a double."""
        above = value > self.low if self.low_open else value >= self.low
        return above and (value < self.high if self.high_open else value <= self.high)


@functools.cache
def interval(text: str) -> Interval:
    """The interval that a text such as `"[0, inf)"` means.

    Errors: ValueError when the text is no interval.
    """
    body = text.strip()
    ends = body[1:-1].split(",")
    if len(ends) != 2 or body[0] not in "[(" or body[-1] not in "])":
        raise ValueError(f"not an interval: {text!r}")
    return Interval(_number(ends[0]), _number(ends[1]), body[0] == "(", body[-1] == ")")


def _number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        return float(text)
