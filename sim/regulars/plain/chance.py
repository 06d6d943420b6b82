"""Chance in plain Python: every draw is a formula of who draws, when, and what for.

There is no stream of random numbers here, hence nothing that one customer could use up for another. A draw is
looked up, as in a book of random digits: page = (seed, replicate), line = (customer, occasion, purpose).
"""

from __future__ import annotations

import hashlib
import math
from statistics import NormalDist
from typing import Protocol

MASK = 0xFFFFFFFF  # 32 bits
SMALLEST = 2.0**-126  # number of single precision with all its digits
BELL = NormalDist()
Words = tuple[int, int, int, int]


class Spread(Protocol):
    """What a scenario says of a trait: one number for all, or a distribution over customers."""

    @property
    def distribution(self) -> str:
        """`fixed`, `uniform`, `normal` or `lognormal`."""

    @property
    def mean(self) -> float:
        """Mean m over customers."""

    @property
    def sd(self) -> float:
        """Standard deviation s over customers."""

    @property
    def low(self) -> float:
        """Lower end, uniform only."""

    @property
    def high(self) -> float:
        """Upper end, uniform only."""

    @property
    def same_for_all(self) -> bool:
        """Whether every customer has the same value."""

    @property
    def centre(self) -> float:
        """That value."""


def philox(counter: Words, key: tuple[int, int]) -> Words:
    """The four 32-bit words of one line of the book: Philox4x32-10 (Salmon et al. 2011), ten rounds of mixing.

    In each round, with the high and the low half of two products,

        (a, b, c, d) <- (hi(M1 c) ^ b ^ x, lo(M1 c), hi(M0 a) ^ d ^ y, lo(M0 a)),   M0 = D2511F53, M1 = CD9E8D57
        (x, y)       <- (x + 9E3779B9, y + BB67AE85)   modulo 2^32
    """
    a, b, c, d = counter
    x, y = key
    for _ in range(10):
        p, q = a * 0xD2511F53, c * 0xCD9E8D57
        a, b, c, d = (q >> 32) ^ b ^ x, q & MASK, (p >> 32) ^ d ^ y, p & MASK
        x, y = (x + 0x9E3779B9) & MASK, (y + 0xBB67AE85) & MASK
    return a, b, c, d


def purpose(*names: str) -> int:
    """What a draw is for, as a 32-bit number."""
    return int.from_bytes(hashlib.blake2b("/".join(names).encode(), digest_size=4).digest(), "little")


def gumbel(u: float) -> float:
    """A standard Gumbel value, -log(-log u): the largest of (liking + Gumbel) is chosen with logit probability."""
    return -math.log(-math.log(u))


def bell(u: float, v: float) -> float:
    """A standard normal value of two uniforms, sqrt(-2 log u) cos(2 pi v) (Box & Muller 1958)."""
    return math.sqrt(-2 * math.log(u)) * math.cos(2 * math.pi * v)


class Dice:
    """All draws of one world."""

    def __init__(self, seed: int, replicate: int = 0) -> None:
        page = hashlib.blake2b(f"{seed}/{replicate}".encode(), digest_size=8).digest()
        self.key = int.from_bytes(page[:4], "little"), int.from_bytes(page[4:], "little")

    def four(self, what: int, customer: int, occasion: int = 0, block: int = 0) -> list[float]:
        """Four uniform numbers strictly between 0 and 1: u = (word + 1/2) / 2^32."""
        words = philox((customer, occasion, block, what), self.key)
        return [(word + 0.5) / 2**32 for word in words]

    def uniform(self, what: int, customer: int, occasion: int = 0, slot: int = 0) -> float:
        """One uniform number: slot 5 is the second word of block 1."""
        return self.four(what, customer, occasion, slot // 4)[slot % 4]

    def exponential(self, what: int, customer: int, occasion: int = 0, slot: int = 0) -> float:
        """Waiting time of mean 1: E = -log u."""
        return -math.log(self.uniform(what, customer, occasion, slot))

    def normal(self, what: int, customer: int, slot: int = 0) -> float:
        """Standard normal value, by inversion."""
        return BELL.inv_cdf(self.uniform(what, customer, 0, slot))

    def log_gamma(self, what: int, customer: int, shape: float, slot: int = 0) -> float:
        """Logarithm of a Gamma(shape, 1) value (Marsaglia & Tsang 2000): propose a cube, accept or try again.

        With d = shape - 1/3 and z normal, d (1 + z / sqrt(9 d))^3 is nearly gamma, and a test with one more uniform number
        makes it exactly so. A shape k below 1 takes a gamma of shape k + 1 times u^(1/k).
        """
        raised = shape if shape >= 1 else shape + 1
        d = raised - 1 / 3
        for trial in range(1000):
            u, v, w, boost = self.four(what, customer, 0, 1000 * slot + trial)
            x = bell(u, v)
            cube = (1 + x / math.sqrt(9 * d)) ** 3
            if cube > 0 and math.log(w) < x * x / 2 + d - d * cube + d * math.log(cube):
                break
        value = math.log(d * cube)
        return value if shape >= 1 else value + math.log(boost) / shape

    def spread(
        self,
        spread: Spread,
        what: int,
        customer: int,
        low: float = -math.inf,
        high: float = math.inf,
        above: float | None = None,
    ) -> float:
        """A customer's value of a trait that is fixed, uniform, normal or lognormal over customers.

        By inversion of one uniform number u: low + (high - low) u, m + s z, or m exp(s' z - s'^2 / 2) with z the normal
        value of u and s'^2 = log(1 + (s / m)^2). Whoever would be below `low` or over `high` is there; what lies not
        `above` an open end is nobody's value.
        """
        kind, mean, sd = spread.distribution, spread.mean, spread.sd
        u = self.uniform(what, customer)
        if above is not None and kind == "normal" and sd > 0:  # no other kind reaches an open end
            share = BELL.cdf(
                (above - mean) / sd
            )  # of those who would lie below: the others are drawn in their place
            u = (
                share + u * (1 - share) if share < 1 - 1e-9 else u
            )  # where next to nobody is left, all are cut
        if spread.same_for_all:
            value = spread.centre
        elif kind == "uniform":
            value = spread.low + (spread.high - spread.low) * u
        elif kind == "normal":
            value = mean + sd * BELL.inv_cdf(u)
        else:  # lognormal: `limits` has refused the others
            variance = math.log(1 + (sd / mean) ** 2)
            value = mean * math.exp(math.sqrt(variance) * BELL.inv_cdf(u) - variance / 2)
        return min(max(value, low if above is None else above + SMALLEST), high)
