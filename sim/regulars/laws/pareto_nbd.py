"""Pareto/NBD: customers buy at their own rate until they quietly leave, at any time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.laws.fitted import Fit
from regulars.laws.histories import checked
from regulars.laws.leaving import fit_leaving, log_integral

Array = np.ndarray
SLOW = 0.9  # argument of the hypergeometric series from which on quadrature takes less time


@dataclass(frozen=True)
class ParetoNBD:
    """Poisson purchases at rates Gamma(r, alpha) over lifetimes that are exponential at rates Gamma(s, beta).

    alpha and beta have the time unit of the histories.
    Source: Schmittlein, Morrison & Colombo (1987), Management Science 33(1), 1-24.
    """

    r: float
    alpha: float
    s: float
    beta: float

    def __post_init__(self) -> None:
        if not all(v > 0 for v in asdict(self).values()):
            raise RegularsError(f"Pareto/NBD needs r, alpha, s, beta above 0, not {asdict(self)}")

    def log_likelihood(self, repeats: Array, recency: Array, exposure: Array) -> Array:
        """Log-likelihood of each history."""
        x, tx, whole = checked(repeats, recency, exposure)
        alive, left = self._parts(x, tx, whole)
        return np.logaddexp(alive, left)

    def p_alive(self, repeats: Array, recency: Array, exposure: Array) -> Array:
        """Probability that a customer has not left at the end of the exposure."""
        x, tx, whole = checked(repeats, recency, exposure)
        alive, left = self._parts(x, tx, whole)
        return np.exp(alive - np.logaddexp(alive, left))

    def mean(self, t: Array | float) -> Array:
        """Expected repeats of a random new customer in (0, t]: r beta / (alpha (s-1)) [1 - (beta/(beta+t))^(s-1)]."""
        t = np.asarray(t, dtype=float)
        return self.r / self.alpha * self.beta * _spent(self.s, np.log1p(t / self.beta))

    def conditional_mean(self, t: Array | float, repeats: Array, recency: Array, exposure: Array) -> Array:
        """Expected purchases in the t after the exposure, given the history."""
        x, tx, whole = checked(repeats, recency, exposure)
        t = np.asarray(t, dtype=float)
        rate = (self.r + x) / (self.alpha + whole)
        ahead = (self.beta + whole) * _spent(self.s, np.log1p(t / (self.beta + whole)))
        return rate * ahead * self.p_alive(x, tx, whole)

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
            left[slow] = log_integral(*ends, tx[slow], whole[slow])
        return both + alive, both_left + left

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


def _spent(s: float, log_growth: Array) -> Array:
    """[1 - exp(-(s-1) g)] / (s-1), with its limit g at s = 1."""
    if abs(s - 1) < 1e-9:
        return log_growth
    return -np.expm1(-(s - 1) * log_growth) / (s - 1)


def fit_pareto_nbd(histories: pd.DataFrame, start: Sequence[float] | None = None) -> Fit[ParetoNBD]:
    """Maximum likelihood from histories (columns repeats, recency, exposure; see ``recency_frequency``).

    Args:
        histories: one row a customer; the unit of time is free and is that of alpha and beta.
        start: r, alpha, s, beta to begin the search with; by default from how often customers buy.
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
