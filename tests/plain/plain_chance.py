"""Chance in plain Python: every draw is a formula of who draws, when, and what for.

There is no stream of random numbers here, hence nothing that one customer could use up for another. A draw is
looked up, as in a book of random digits: page = (seed, replicate), line = (customer, occasion, purpose).

Everything below comes from the standard library.
"""

import hashlib
import math
from statistics import NormalDist

MASK = 0xFFFFFFFF  # 32 bits
SMALLEST = 2.0**-126  # number of single precision with all its digits
BELL = NormalDist()


def philox(counter, key):
    """The four 32-bit words of one line of the book: Philox4x32-10 (Salmon et al. 2011), ten rounds of mixing."""
    a, b, c, d = counter
    x, y = key
    for _ in range(10):
        p, q = a * 0xD2511F53, c * 0xCD9E8D57
        a, b, c, d = (q >> 32) ^ b ^ x, q & MASK, (p >> 32) ^ d ^ y, p & MASK
        x, y = (x + 0x9E3779B9) & MASK, (y + 0xBB67AE85) & MASK
    return a, b, c, d


def purpose(*names):
    """What a draw is for, as a 32-bit number."""
    return int.from_bytes(hashlib.blake2b("/".join(names).encode(), digest_size=4).digest(), "little")


def gumbel(u):
    """A standard Gumbel value: the largest of (liking + Gumbel) is chosen with logit probability."""
    return -math.log(-math.log(u))


def bell(u, v):
    """A standard normal value of two uniforms (Box & Muller 1958)."""
    return math.sqrt(-2 * math.log(u)) * math.cos(2 * math.pi * v)


class Dice:
    """All draws of one world."""

    def __init__(self, seed, replicate=0):
        page = hashlib.blake2b(f"{seed}/{replicate}".encode(), digest_size=8).digest()
        self.key = int.from_bytes(page[:4], "little"), int.from_bytes(page[4:], "little")

    def four(self, what, customer, occasion=0, block=0):
        """Four uniform numbers strictly between 0 and 1."""
        words = philox((customer, occasion, block, what), self.key)
        return [(word + 0.5) / 2**32 for word in words]

    def uniform(self, what, customer, occasion=0, slot=0):
        """One uniform number: slot 5 is the second word of block 1."""
        return self.four(what, customer, occasion, slot // 4)[slot % 4]

    def exponential(self, what, customer, occasion=0, slot=0):
        """Waiting time of mean 1."""
        return -math.log(self.uniform(what, customer, occasion, slot))

    def normal(self, what, customer, slot=0):
        """Standard normal value, by inversion."""
        return BELL.inv_cdf(self.uniform(what, customer, 0, slot))

    def log_gamma(self, what, customer, shape, slot=0):
        """Logarithm of a Gamma(shape, 1) value (Marsaglia & Tsang 2000): propose a cube, accept or try again."""
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

    def spread(self, spread, what, customer, low=-math.inf, high=math.inf, above=None):
        """A customer's value of a trait that is fixed, uniform, normal or lognormal over customers.

        Whoever would be below `low` or over `high` is there; what lies not `above` an open end is nobody's value.
        """
        kind, mean, sd = spread.distribution, spread.mean, spread.sd
        u = self.uniform(what, customer)
        if above is not None and kind in ("uniform", "normal"):
            width = spread.high - spread.low
            share = (
                BELL.cdf((above - mean) / sd)
                if kind == "normal"
                else min(max((above - spread.low) / width, 0), 1)
            )
            u = (
                share + u * (1 - share) if share < 1 - 1e-9 else u
            )  # where next to nobody is left, all are cut
        if kind == "fixed":
            value = mean
        elif kind == "uniform":
            value = spread.low + (spread.high - spread.low) * u
        elif kind == "normal":
            value = mean + sd * BELL.inv_cdf(u)
        elif kind == "lognormal":
            variance = math.log(1 + (sd / mean) ** 2)
            value = mean * math.exp(math.sqrt(variance) * BELL.inv_cdf(u) - variance / 2)
        else:
            raise ValueError(f"the plain day knows no {kind} distribution")
        return min(max(value, low if above is None else above + SMALLEST), high)
