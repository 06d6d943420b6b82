"""Counter-based draws: every draw is a pure function of who draws it, when, and what for.

A draw is keyed by (seed, replicate, purpose, customer, occasion, slot) through Philox4x32-10 (Salmon et
al. 2011, SC '11). So results do not depend on the number of threads or on the order of evaluation, and two
arms of a comparison meet the same people with the same moods: what differs is caused by the policy.

One Philox block gives four 32-bit words; slot `s` of a draw is word `s % 4` of block `s // 4`.
"""

from __future__ import annotations

import hashlib
import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from regulars.ground.kernel import kernel

MASK = np.uint64(0xFFFFFFFF)
MULTIPLY_A, MULTIPLY_B = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
WEYL_A, WEYL_B = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
HALF = np.uint64(32)
UNIT = 2.0**-32


@kernel(inline=True)
def philox(customer: Any, occasion: Any, block: Any, purpose: Any, key_a: Any, key_b: Any) -> Any:
    """Four 32-bit words for one counter (Philox4x32-10), as uint64."""
    a, b, c, d = np.uint64(customer), np.uint64(occasion), np.uint64(block), np.uint64(purpose)
    x, y = np.uint64(key_a), np.uint64(key_b)
    for _ in range(10):
        p = a * MULTIPLY_A
        q = c * MULTIPLY_B
        a = (q >> HALF) ^ b ^ x
        b = q & MASK
        c = (p >> HALF) ^ d ^ y
        d = p & MASK
        x = (x + WEYL_A) & MASK
        y = (y + WEYL_B) & MASK
    return a, b, c, d


@kernel(inline=True)
def unit(word: Any) -> Any:
    """A 32-bit word as a number strictly between 0 and 1."""
    return (np.float64(np.int64(word)) + 0.5) * UNIT


@kernel(inline=True)
def ln(x: Any) -> Any:
    """Natural logarithm of a positive normal double, to the last digit or two; loops over it vectorise."""
    bits = np.float64(x).view(np.int64)
    exponent = np.float64((bits >> np.int64(52)) - np.int64(1023))
    mantissa = np.int64((bits & np.int64(0x000FFFFFFFFFFFFF)) | np.int64(0x3FF0000000000000)).view(np.float64)
    large = mantissa > 1.4142135623730951
    mantissa = mantissa * 0.5 if large else mantissa
    exponent = exponent + 1.0 if large else exponent
    f = mantissa - 1.0
    s = f / (2.0 + f)
    z = s * s
    r = z * (
        6.666666666666735130e-01
        + z
        * (
            3.999999999940941908e-01
            + z
            * (
                2.857142874366239149e-01
                + z
                * (
                    2.222219843214978396e-01
                    + z
                    * (
                        1.818357216161805012e-01
                        + z * (1.531383769920937332e-01 + z * 1.479819860511658591e-01)
                    )
                )
            )
        )
    )
    h = 0.5 * f * f
    return exponent * 6.93147180369123816490e-01 - (
        (h - (s * (h + r) + exponent * 1.90821492927058770002e-10)) - f
    )


@kernel(inline=True)
def gumbel(u: Any) -> Any:
    """Standard Gumbel value of a uniform `u`."""
    return -ln(-ln(u))


@kernel(inline=True)
def cos_turn(u: Any) -> Any:
    """cos(2 pi u) for u in [0, 1], to the last digit or two; loops over it vectorise."""
    x = 3.141592653589793 * (u - 0.5)
    z = x * x
    sine = x * (
        1.0
        + z
        * (
            -1.66666666666666667e-1
            + z
            * (
                8.33333333333333333e-3
                + z
                * (
                    -1.98412698412698413e-4
                    + z
                    * (
                        2.75573192239858907e-6
                        + z
                        * (
                            -2.50521083854417188e-8
                            + z
                            * (
                                1.60590438368216146e-10
                                + z
                                * (
                                    -7.64716373181981648e-13
                                    + z
                                    * (
                                        2.81145725434552076e-15
                                        + z * (-8.22063524662432972e-18 + z * 1.95729410633912613e-20)
                                    )
                                )
                            )
                        )
                    )
                )
            )
        )
    )
    return 2.0 * sine * sine - 1.0


@kernel(inline=True)
def normal(u: Any, v: Any) -> Any:
    """Standard normal value of two uniforms (Box & Muller 1958)."""
    return math.sqrt(-2.0 * ln(u)) * cos_turn(v)


@kernel
def _fill(customers: Any, occasions: Any, slot: Any, purpose: Any, key_a: Any, key_b: Any, out: Any) -> None:
    block = slot // 4
    word = slot % 4
    for o in range(customers.size):
        w = philox(customers[o], occasions[o], block, purpose, key_a, key_b)
        chosen = w[0]
        if word == 1:
            chosen = w[1]
        elif word == 2:
            chosen = w[2]
        elif word == 3:
            chosen = w[3]
        out[o] = unit(chosen)


@kernel
def _fill_gamma(
    customers: Any, occasions: Any, slot: Any, shapes: Any, purpose: Any, key_a: Any, key_b: Any, out: Any
) -> None:
    """Logarithms of Gamma(shape, 1) draws by Marsaglia & Tsang (2000); trial t reads block 1000*slot + t.

    Logarithms, because a Dirichlet taste of a very small brand underflows as a plain number.
    """
    for o in range(customers.size):
        shape = shapes[o]
        boosted = shape if shape >= 1.0 else shape + 1.0
        d = boosted - 1.0 / 3.0
        c = 1.0 / math.sqrt(9.0 * d)
        value = math.log(d)
        boost = 1.0
        for trial in range(1000):
            w = philox(customers[o], occasions[o], 1000 * slot + trial, purpose, key_a, key_b)
            x = math.sqrt(-2.0 * math.log(unit(w[0]))) * math.cos(6.283185307179586 * unit(w[1]))
            boost = unit(w[3])
            cube = 1.0 + c * x
            if cube <= 0.0:
                continue
            cube = cube * cube * cube
            if math.log(unit(w[2])) < 0.5 * x * x + d - d * cube + d * math.log(cube):
                value = math.log(d * cube)
                break
        if shape < 1.0:
            value += math.log(boost) / shape
        out[o] = value


def purpose(*names: str) -> int:
    """The 32-bit code of a purpose, a function of its names alone, so that order of declaration is nothing."""
    return int.from_bytes(hashlib.blake2b("/".join(names).encode(), digest_size=4).digest(), "little")


class Chance:
    """All draws of one world: the same seed and replicate give the same draws, whoever asks first."""

    def __init__(self, seed: int, replicate: int = 0) -> None:
        self.seed, self.replicate = int(seed), int(replicate)
        digest = hashlib.blake2b(f"{self.seed}/{self.replicate}".encode(), digest_size=8).digest()
        self.key_a = int.from_bytes(digest[:4], "little")
        self.key_b = int.from_bytes(digest[4:], "little")

    def uniform(
        self, what: int, customers: ArrayLike, occasions: ArrayLike = 0, slot: int = 0
    ) -> NDArray[Any]:
        """Uniform (0, 1) draws, one for each customer and occasion.

        Args:
            what: the purpose of the draw, of `purpose`.
            customers: numbers of customers, any shape.
            occasions: which time of each customer it is, in a shape that broadcasts with the customers.
            slot: further draws of the same customer, occasion and purpose.

        Returns:
            In the shape of the two together.
        """
        who, when = _counters(customers, occasions)
        out = np.empty(who.shape, np.float64)
        _fill(who.ravel(), when.ravel(), slot, what, self.key_a, self.key_b, out.reshape(-1))
        return out

    def normal(
        self, what: int, customers: ArrayLike, occasions: ArrayLike = 0, slot: int = 0
    ) -> NDArray[Any]:
        """Standard normal draws, by inversion of `uniform`.

        Args:
            what: as of `uniform`, and so are `customers`, `occasions` and `slot`.
            customers: any shape.
            occasions: in a shape that broadcasts with it.
            slot: further draws.

        Returns:
            In the shape of the two together.
        """
        from scipy.special import ndtri

        return np.asarray(ndtri(self.uniform(what, customers, occasions, slot)))

    def exponential(
        self, what: int, customers: ArrayLike, occasions: ArrayLike = 0, slot: int = 0
    ) -> NDArray[Any]:
        """Exponential draws of mean 1, by inversion of `uniform`.

        Args:
            what: as of `uniform`, and so are `customers`, `occasions` and `slot`.
            customers: any shape.
            occasions: in a shape that broadcasts with it.
            slot: further draws.

        Returns:
            In the shape of the two together.
        """
        return -np.log(self.uniform(what, customers, occasions, slot))

    def log_gamma(
        self, what: int, customers: ArrayLike, shapes: ArrayLike, occasions: ArrayLike = 0, slot: int = 0
    ) -> NDArray[Any]:
        """Natural logarithms of Gamma(shape, 1) draws.

        Args:
            what: as of `uniform`, and so are `customers`, `occasions` and `slot`.
            customers: any shape.
            shapes: of the distributions, above 0, in a shape that broadcasts with it.
            occasions: likewise.
            slot: further draws.

        Returns:
            In the shape of all together.
        """
        who, when = _counters(customers, occasions)
        shape = np.array(np.broadcast_to(np.asarray(shapes, np.float64), who.shape))
        out = np.empty(who.shape, np.float64)
        _fill_gamma(
            who.ravel(), when.ravel(), slot, shape.ravel(), what, self.key_a, self.key_b, out.reshape(-1)
        )
        return out


def _counters(customers: ArrayLike, occasions: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
    who, when = np.broadcast_arrays(np.asarray(customers, np.int64), np.asarray(occasions, np.int64))
    return np.array(who), np.array(when)  # copies: a view of a broadcast scalar may not be written to
