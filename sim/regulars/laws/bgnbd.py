"""BG/NBD: customers buy at their own rate until, after some purchase, they quietly leave."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.laws.fitted import Fit, L
from regulars.laws.leaving import Leaving, fit_leaving
from regulars.laws.leaving_integrals import FALL, gauss, steps

Array = np.ndarray


@dataclass(frozen=True)
class BetaLeaving(Leaving):
    """What BG/NBD and MBG/NBD share: rates Gamma(r, alpha) and chances to leave after a purchase Beta(a, b) over customers."""

    title: ClassVar[str]  # name of the law, for messages
    r: float
    alpha: float
    a: float
    b: float

    def __post_init__(self) -> None:
        if not all(v > 0 for v in asdict(self).values()):
            raise RegularsError(f"{self.title} needs r, alpha, a, b above 0, not {asdict(self)}")

    def mean(self, t: Array | float) -> Array:
        """Expected repeats of a random new customer in (0, t], those who leave at once included; in the shape of t."""
        return self.conditional_mean(t, *np.zeros((3, 1)))


@dataclass(frozen=True)
class BGNBD(BetaLeaving):
    """Poisson purchases at rates Gamma(r, alpha); after each repeat a customer leaves with chance p ~ Beta(a, b).

    Those without repeats are alive for sure.
    Source: Fader, Hardie & Lee (2005), Marketing Science 24(2), 275-284: equations 6 (likelihood), 9 and 10 (means).

    Attributes:
        r: shape of the distribution of rates, without unit; small where customers differ.
        alpha: its scale, in the unit of time of the histories: r / alpha is the mean rate of a customer who is there.
        a: of the distribution of the chance to leave, without unit: a / (a + b) is its mean.
        b: likewise.
    """

    title = "BG/NBD"

    def _parts(self, x: Array, tx: Array, whole: Array) -> tuple[Array, Array]:
        from scipy.special import betaln, gammaln

        both = gammaln(self.r + x) - gammaln(self.r) + self.r * np.log(self.alpha) - betaln(self.a, self.b)
        alive = both + betaln(self.a, self.b + x) - (self.r + x) * np.log(self.alpha + whole)
        shape = np.maximum(self.b + x - 1, 1e-300)
        left = both + betaln(self.a + 1, shape) - (self.r + x) * np.log(self.alpha + tx)
        return alive, np.where(x > 0, left, -np.inf)

    def _here(self, x: Array, whole: Array) -> BetaHere:
        return BetaHere(self.r + x, self.alpha + whole, self.a, self.b + x)


@dataclass(frozen=True)
class BetaHere:
    """Customers who have not left: rates Gamma(r, alpha), chances to leave after each purchase Beta(a, b); arrays but for a.

    Euler's transformation of the papers' hypergeometric functions, whose large parameters then nearly cancel (b and r grow alike
    with the purchases made), keeps them from overflowing for heavy buyers.
    """

    r: Array
    alpha: Array
    a: float
    b: Array

    def expected(self, t: Array) -> Array:
        """Expected purchases in the next t.

        With z = t / (alpha + t), c = a + b - 1: c/(a-1) [1 - (1-z)^r 2F1(r, b; c; z)], the latter as
        (1-z)^(a-1) 2F1(c-r, a-1; c; z).
        """
        a = self.a if abs(self.a - 1) > 1e-6 else 1 + 1e-6
        last = a + self.b - 1
        last = np.where(np.abs(last - np.round(last)) + (last > 0.5) < 1e-9, last + 1e-7, last)
        z = t / (self.alpha + t)
        tail = np.power(1 - z, a - 1) * gauss(a + self.b - 1 - self.r, a - 1, last, z)
        return last / (a - 1) * (1 - tail)

    def counts(self, n: Array, t: Array) -> Array:
        """Probability of n purchases in the next t: n and stayed after each, or left after the n-th of n or more."""
        from scipy.special import betainc, betaln, gammaln, xlogy

        z = t / (self.alpha + t)
        log = gammaln(self.r + n) - gammaln(self.r) - gammaln(n + 1) + self.r * np.log1p(-z) + xlogy(n, z)
        whole = betaln(self.a, self.b)
        stayed = np.exp(log + betaln(self.a, self.b + n) - whole)
        some = np.maximum(n, 1.0)
        left = np.exp(betaln(self.a + 1, self.b + some - 1) - whole) * betainc(some, self.r, z)
        return stayed + np.where(n > 0, left, 0.0)

    def stays(self, t: Array) -> Array:
        """Probability not to leave in the next t, the mean of exp(-rate p t): 2F1(r, a; a+b; -t/alpha)."""
        z = t / (self.alpha + t)
        return np.power(1 - z, self.a) * gauss(self.a, self.a + self.b - self.r, self.a + self.b, z)

    def discounted(self, discount: float) -> Array:
        """Expected purchases from now on, discounted: the integral of exp(-d t) over their density in time.

        The density t ahead is the mean of rate exp(-rate p t), (r/alpha) 2F1(r+1, a; a+b; -t/alpha). By Gauss-Legendre in
        v = log(1 + t/alpha), relative error below 1e-10.
        """
        r, alpha, b = np.broadcast_arrays(self.r, self.alpha, self.b)
        each, back = np.unique(
            np.column_stack([r.ravel(), alpha.ravel(), b.ravel()]), axis=0, return_inverse=True
        )
        first, second, third = (each[:, k : k + 1] for k in range(3))
        value = np.zeros(len(each))
        for v, weight in steps(np.log1p(FALL / (discount * each[:, 1])), 2.0):
            density = np.exp((1 - self.a) * v - discount * second * np.expm1(v))
            density *= gauss(self.a, self.a + third - first - 1, self.a + third, -np.expm1(-v))
            value += (density * weight).sum(axis=-1)
        return r * value[back.ravel()].reshape(r.shape)


def fit_bgnbd(histories: pd.DataFrame, start: Sequence[float] | None = None) -> Fit[BGNBD]:
    """Maximum likelihood of the BG/NBD from histories; see ``recency_frequency``.

    Source: Fader, Hardie & Lee (2005), Marketing Science 24(2), 275-284.

    Args:
        histories: one row per customer: repeats, recency, exposure; the unit of time is free and is that of alpha.
        start: r, alpha, a, b to begin the search with; by default from how often customers buy.

    Returns:
        ``r``, ``a`` and ``b``, without unit, and ``alpha`` in the unit of time, with standard errors.

    Raises:
        RegularsError: no histories, or some that cannot be (recency above exposure, repeats without recency ...).
    """
    return fit_beta_leaving(BGNBD, histories, start)


def fit_beta_leaving(
    kind: Callable[..., L], histories: pd.DataFrame, start: Sequence[float] | None
) -> Fit[L]:
    """Maximum likelihood of one of the laws with r, alpha, a and b."""
    names = ("r", "alpha", "a", "b")
    return fit_leaving(kind, names, ("alpha",), histories, start, (0.5, 0.1, 0.7, 2.0), 1e6, doubts)


def doubts(best: Array, longest: float) -> list[str]:
    """What stands against parameters r, alpha, a, b, where the longest exposure is this."""
    if best[2] / (best[2] + best[3]) < 1e-3 or best[2] > 1e4:
        return ["hardly anybody leaves, or all leave alike: a and b are poorly identified"]
    return []
