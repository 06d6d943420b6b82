"""From readings to figures: speeds, ratios within a round, growth with size; always a median with its spread."""

from collections.abc import Iterable
from statistics import median
from typing import NamedTuple

import numpy as np

from bench.rounds import Reading


class Spread(NamedTuple):
    """Median, smallest and largest over the rounds."""

    median: float
    low: float
    high: float


def spread(values: Iterable[float]) -> Spread | None:
    """Median and range; None where there is nothing."""
    numbers = list(values)
    return Spread(median(numbers), min(numbers), max(numbers)) if numbers else None


def cell(readings: list[Reading], engine: str, customers: int) -> dict[int, Reading]:
    """The readings of one engine at one size, by round."""
    return {one.round: one for one in readings if (one.engine, one.customers) == (engine, customers)}


def speed(readings: list[Reading], engine: str, customers: int) -> Spread | None:
    """Customer-opportunities per CPU second."""
    return spread(1 / one.cpu_per_tick for one in cell(readings, engine, customers).values())


def ratio(readings: list[Reading], engine: str, against: str, customers: int) -> Spread | None:
    """CPU time per customer-tick of `engine` over that of `against` in the same round."""
    mine, theirs = cell(readings, engine, customers), cell(readings, against, customers)
    return spread(mine[k].cpu_per_tick / theirs[k].cpu_per_tick for k in sorted(mine.keys() & theirs.keys()))


def weight(readings: list[Reading], engine: str, customers: int) -> Spread | None:
    """Bytes per customer; None below 10,000 customers, where an allocator's leftovers hide them."""
    found = cell(readings, engine, customers).values() if customers >= 10_000 else []
    return spread(one.bytes_per_customer for one in found)


def exponent(readings: list[Reading], engine: str) -> float | None:
    """Slope of log CPU seconds per tick on log customers, over the medians: 1 is linear; None with one size."""
    sizes = sorted({one.customers for one in readings if one.engine == engine})
    if len(sizes) < 2:
        return None
    cost = [median(n * r.cpu_per_tick for r in cell(readings, engine, n).values()) for n in sizes]
    return float(np.polyfit(np.log(sizes), np.log(cost), 1)[0])


def summary(readings: list[Reading], engines: list[str], sizes: list[int]) -> list[dict]:
    """One row per engine and size that was measured."""
    return [
        {
            "engine": engine,
            "customers": customers,
            "rounds": len(cell(readings, engine, customers)),
            "opportunities_per_cpu_s": speed(readings, engine, customers),
            "cpu_over_scalar_c": ratio(readings, engine, "c", customers),
            "times_faster_than_mesa": ratio(readings, "mesa", engine, customers),
            "bytes_per_customer": weight(readings, engine, customers),
        }
        for customers in sizes
        for engine in engines
        if cell(readings, engine, customers)
    ]
