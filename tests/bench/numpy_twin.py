"""The reference model in tuned NumPy: firm-major vectors in cache-sized blocks, ziggurat draws, one log per Gumbel."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.meter import peak_mb, reset_peak, stopwatch
from bench.reference import (
    BETA,
    FIRMS,
    MEMORY,
    NEED,
    NOISE,
    PRICE,
    QUALITY,
    SATISFACTION,
    START,
    SWITCHING,
    TASTE_SPREAD,
    THRESHOLD,
    Measured,
    outcome,
)

BLOCK = 16_384
Floats = NDArray[np.float64]


@dataclass
class Block:
    """Some customers: columns by customer `i`, and by firm and customer where two-dimensional."""

    base: Floats
    satisfaction: Floats
    switching: Floats
    threshold: Floats
    last: NDArray[np.intp]

    def __post_init__(self) -> None:
        shape = self.base.shape
        self.value, self.shock = np.empty(shape), np.empty(shape)
        self.customers = np.arange(shape[1])


def draw_block(rng: np.random.Generator, customers: int) -> Block:
    """Draw customers; `base` is what of utility never changes, in logits, shaped (firms, customers)."""
    taste = np.array(QUALITY)[:, None] + TASTE_SPREAD * rng.standard_normal((FIRMS, customers))
    beta = rng.uniform(*BETA, customers)
    return Block(
        base=taste - beta * np.array(PRICE)[:, None] - SATISFACTION * START,
        satisfaction=np.full((FIRMS, customers), START),
        switching=rng.uniform(*SWITCHING, customers),
        threshold=rng.uniform(*THRESHOLD, customers),
        last=rng.integers(0, FIRMS, customers),
    )


def step(rng: np.random.Generator, block: Block) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """One tick of a block; returns purchases and complaints by firm."""
    # A standard Gumbel is minus the log of a standard exponential. Staying is worth the switching cost: the same order.
    value, shock = block.value, block.shock
    rng.standard_exponential(out=shock)
    np.log(shock, out=shock)
    np.multiply(block.satisfaction, SATISFACTION, out=value)
    value += block.base
    value -= shock
    value[block.last, block.customers] += block.switching
    # The best of four by a small tournament: argmax along the short axis costs several times more.
    later = np.maximum(value[2], value[3]) > np.maximum(value[0], value[1])
    best = np.where(later, 2 + (value[3] > value[2]), value[1] > value[0])

    buyers = np.flatnonzero(rng.random(len(best)) < NEED)
    firm = best[buyers]
    block.last[buyers] = firm
    experience = np.array(QUALITY)[firm] + NOISE * rng.standard_normal(len(buyers))
    satisfaction = block.satisfaction[firm, buyers]
    satisfaction += MEMORY * (experience - satisfaction)
    block.satisfaction[firm, buyers] = satisfaction
    unhappy = firm[satisfaction < block.threshold[buyers]]
    return np.bincount(firm, minlength=FIRMS), np.bincount(unhappy, minlength=FIRMS)


def run(customers: int, ticks: int, seed: int, threads: int = 1) -> Measured:
    """One market; NumPy's element-wise loops have one thread whatever is asked."""
    before = reset_peak()
    rng = np.random.Generator(np.random.SFC64(seed))
    purchases = np.zeros((ticks, FIRMS), dtype=np.int64)
    complaints = np.zeros((ticks, FIRMS), dtype=np.int64)
    with stopwatch() as setup:
        blocks = [draw_block(rng, min(BLOCK, customers - at)) for at in range(0, customers, BLOCK)]
    with stopwatch() as stepping:
        for tick in range(ticks):
            for block in blocks:
                bought, unhappy = step(rng, block)
                purchases[tick] += bought
                complaints[tick] += unhappy
    return Measured(
        cpu_s=stepping.cpu_s,
        wall_s=stepping.wall_s,
        setup_s=setup.wall_s,
        peak_mb=peak_mb() - before,
        **outcome(purchases, complaints),
    )
