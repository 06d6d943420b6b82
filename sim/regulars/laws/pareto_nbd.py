"""Pareto/NBD: customers buy at their own rate until they quietly leave, at any time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.laws.fitted import Fit
from regulars.laws.leaving import Leaving, fit_leaving
from regulars.laws.leaving_integrals import log_integral, spent, steps, tricomi

Array = np.ndarray
SLOW = 0.9  # argument of the hypergeometric series from which on quadrature takes less time


@dataclass(frozen=True)
class ParetoNBD(Leaving):
    """Poisson purchases at rates Gamma(r, alpha) over lifetimes that are exponential at rates Gamma(s, beta).

    Source: Schmittlein, Morrison & Colombo (1987), Management Science 33(1), 1-24; Fader, Hardie & Lee (2005),
    Journal of Marketing Research 42, 415-430, for the discounted residual purchases.

    Attributes:
        r: shape of the distribution of rates, without unit; small where customers differ.
        alpha: its scale, in the unit of time of the histories: r / alpha is the mean rate of a customer who is there.
        s: shape of the distribution of hazards of leaving, without unit.
        beta: its scale, in the unit of time of the histories: s / beta is the mean hazard.
    """

    r: float
    alpha: float
    s: float
    beta: float

    def __post_init__(self) -> None:
        if not all(v > 0 for v in asdict(self).values()):
            raise RegularsError(f"Pareto/NBD needs r, alpha, s, beta above 0, not {asdict(self)}")

    def mean(self, t: Array | float) -> Array:
        """Expected repeats of a random new customer in (0, t]: r beta / (alpha (s-1)) [1 - (beta/(beta+t))^(s-1)]; in the shape of t."""
        t = np.asarray(t, dtype=float)
        return self._here(np.zeros(1), np.zeros(1)).expected(t).reshape(t.shape)

    def _parts(self, x: Array, tx: Array, whole: Array) -> tuple[Array, Array]:
        """Logs of the two terms of the likelihood: alive at the end, and gone somewhere in (t_x, T].

        The second is s * integral of (alpha+u)^-(r+x) (beta+u)^-(s+1) over that stretch.
        """
        from scipy.special import gammaln

        both = (
            gammaln(self.r + x) - gammaln(self.r) + self.r * np.log(self.alpha) + self.s * np.log(self.beta)
        )
        alive = -(self.r + x) * np.log(self.alpha + whole) - self.s * np.log(self.beta + whole)
        both_left = both + np.log(self.s)
        left = np.empty_like(alive)
        # the usual difference of two hypergeometric functions, but by quadrature where their series are slow
        slow = abs(self.alpha - self.beta) / (max(self.alpha, self.beta) + tx) > SLOW
        quick = ~slow
        near, far = self._tail(x[quick], tx[quick]), self._tail(x[quick], whole[quick])
        with np.errstate(divide="ignore"):
            left[quick] = near + np.log(-np.expm1(np.minimum(far - near, 0.0)))
        if slow.any():
            one, two = (self.alpha, self.r + x[slow]), (self.beta, np.full(int(slow.sum()), self.s + 1))
            ends = (one, two) if self.alpha <= self.beta else (two, one)
            left[slow] = log_integral(ends[0], ends[1], tx[slow], whole[slow])
        return both + alive, both_left + left

    def _here(self, x: Array, whole: Array) -> GammaHere:
        return GammaHere(self.r + x, self.alpha + whole, self.s, self.beta + whole)

    def _tail(self, x: Array, t: Array) -> Array:
        """Log of the integral from t to infinity of (alpha+u)^-(r+x) (beta+u)^-(s+1) du.

        Closed form with 2F1(1, .; r+s+x+1; z), z in [0, 1): Euler's transformation of the usual one, so that nothing
        cancels or overflows for heavy buyers.
        """
        from scipy.special import hyp2f1

        power = self.r + self.s + x
        if self.alpha >= self.beta:
            z = (self.alpha - self.beta) / (self.alpha + t)
            series = hyp2f1(1.0, self.r + x, power + 1, z)
            body = -self.s * np.log1p(-z) - power * np.log(self.alpha + t)
        else:
            z = (self.beta - self.alpha) / (self.beta + t)
            series = hyp2f1(1.0, self.s + 1, power + 1, z)
            body = (1 - self.r - x) * np.log1p(-z) - power * np.log(self.beta + t)
        return -np.log(power) + body + np.log(series)


@dataclass(frozen=True)
class GammaHere:
    """Customers who have not left: rates Gamma(r, alpha), hazards of leaving Gamma(s, beta); arrays but for s."""

    r: Array
    alpha: Array
    s: float
    beta: Array

    def expected(self, t: Array) -> Array:
        """Expected purchases in the next t: the mean rate times the expected time until the customer leaves."""
        return self.r / self.alpha * self.beta * spent(self.s, np.log1p(t / self.beta))

    def stays(self, t: Array) -> Array:
        """Probability not to leave in the next t: (beta / (beta + t))^s."""
        return np.exp(-self.s * np.log1p(t / self.beta))

    def counts(self, n: Array, t: Array) -> Array:
        """Probability of n purchases in the next t: negative binomial until t, or until the customer leaves.

        The second by Gauss-Legendre over the moment of leaving u, in log(1 + u / min(alpha, beta)); absolute error below 1e-9.
        """
        from scipy.special import gammaln

        n, t, r, alpha, beta = np.broadcast_arrays(n, t, self.r, self.alpha, self.beta)
        ways = gammaln(r + n) - gammaln(r) - gammaln(n + 1)
        small = np.minimum(alpha, beta)
        value = np.where(
            t > 0, np.exp(ways + n * np.log(np.maximum(t, 1e-300) / (alpha + t)) - r * np.log1p(t / alpha)), n == 0
        )  # fmt: skip
        value = value * self.stays(t)
        n, ways, r, alpha, beta, small = (v[..., None] for v in (n, ways, r, alpha, beta, small))
        for v, weight in steps(np.log1p(t / small[..., 0])):
            u = small * np.expm1(v)
            log = ways + n * np.log(np.maximum(u, 1e-300) / (alpha + u)) - r * np.log1p(u / alpha)
            log -= self.s * np.log1p(u / beta)
            value = value + (np.exp(log) * self.s * (small + u) / (beta + u) * weight).sum(axis=-1)
        return value

    def discounted(self, discount: float) -> Array:
        """Expected purchases from now on, discounted: r/alpha times beta U(1, 2 - s, d beta), U Tricomi's function.

        Equal to the paper's d^(s-1) beta^s U(s, s, d beta), without its overflow; relative error below 1e-10.
        """
        return self.r / self.alpha * self.beta * tricomi(self.s, discount * self.beta)


def fit_pareto_nbd(histories: pd.DataFrame, start: Sequence[float] | None = None) -> Fit[ParetoNBD]:
    """Maximum likelihood of the Pareto/NBD from histories; see ``recency_frequency``.

    Source: Schmittlein, Morrison & Colombo (1987), Management Science 33(1), 1-24.

    Args:
        histories: one row per customer: repeats, recency, exposure; the unit of time is free and is that of alpha and beta.
        start: r, alpha, s, beta to begin the search with; by default from how often customers buy.

    Returns:
        ``r`` and ``s``, without unit, ``alpha`` and ``beta`` in the unit of time, with standard errors.

    Raises:
        RegularsError: no histories, or some that cannot be (recency above exposure, repeats without recency ...).
    """
    names = ("r", "alpha", "s", "beta")
    return fit_leaving(
        ParetoNBD, names, ("alpha", "beta"), histories, start, (0.6, 0.3, 0.6, 1.0), 1e4, _doubts
    )


def _doubts(best: Array, longest: float) -> list[str]:
    gone = -np.expm1(-best[2] * np.log1p(longest / best[3]))
    if gone < 0.01:
        return ["hardly anybody leaves: s and beta are poorly identified"]
    if best[3] > 1e3 * longest:
        return ["customers hardly differ in how soon they leave: s / beta is identified, s and beta are not"]
    return []
