"""BG/NBD: customers buy at their own rate until, after some purchase, they quietly leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.laws.fitted import Fit
from regulars.laws.histories import checked
from regulars.laws.leaving import fit_leaving

Array = np.ndarray


@dataclass(frozen=True)
class BGNBD:
    """Poisson purchases at rates Gamma(r, alpha); after each repeat a customer leaves with chance p ~ Beta(a, b).

    Time is in the unit of the histories the law was fitted to; alpha has that unit, too.
    Source: Fader, Hardie & Lee (2005), Marketing Science 24(2), 275-284.
    """

    r: float
    alpha: float
    a: float
    b: float

    def __post_init__(self) -> None:
        if not all(v > 0 for v in asdict(self).values()):
            raise RegularsError(f"BG/NBD needs r, alpha, a, b above 0, not {asdict(self)}")

    def log_likelihood(self, repeats: Array, recency: Array, exposure: Array) -> Array:
        """Log-likelihood of each history (equation 6, in logs)."""
        x, tx, whole = checked(repeats, recency, exposure)
        alive, left = self._parts(x, tx, whole)
        return np.logaddexp(alive, left)

    def p_alive(self, repeats: Array, recency: Array, exposure: Array) -> Array:
        """Probability that a customer has not left at the end of the exposure; 1 for those without repeats."""
        x, tx, whole = checked(repeats, recency, exposure)
        alive, left = self._parts(x, tx, whole)
        return np.exp(alive - np.logaddexp(alive, left))

    def mean(self, t: Array | float) -> Array:
        """Expected repeats of a random new customer in (0, t] (equation 9)."""
        return self._expected(np.zeros(1), np.zeros(1), np.asarray(t, dtype=float))

    def conditional_mean(self, t: Array | float, repeats: Array, recency: Array, exposure: Array) -> Array:
        """Expected purchases in the t after the exposure, given the history (equation 10)."""
        x, tx, whole = checked(repeats, recency, exposure)
        return self._expected(x, whole, np.asarray(t, dtype=float)) * self.p_alive(x, tx, whole)

    def _parts(self, x: Array, tx: Array, whole: Array) -> tuple[Array, Array]:
        """Logs of the two terms of the likelihood: still here, and gone after the last purchase."""
        from scipy.special import betaln, gammaln

        both = gammaln(self.r + x) - gammaln(self.r) + self.r * np.log(self.alpha) - betaln(self.a, self.b)
        alive = both + betaln(self.a, self.b + x) - (self.r + x) * np.log(self.alpha + whole)
        shape = np.maximum(self.b + x - 1, 1e-300)
        left = both + betaln(self.a + 1, shape) - (self.r + x) * np.log(self.alpha + tx)
        return alive, np.where(x > 0, left, -np.inf)

    def _expected(self, x: Array, whole: Array, t: Array) -> Array:
        """Expected further purchases of those alive.

        With z = t / (alpha + T + t), Euler's transformation turns the paper's 2F1(r+x, b+x; a+b+x-1; z) into
        (1-z)^(a-1-r-x) 2F1(a+b-1-r, a-1; a+b+x-1; z), whose small arguments do not overflow for heavy buyers.
        """
        from scipy.special import hyp2f1

        a = self.a if abs(self.a - 1) > 1e-6 else 1 + 1e-6
        last = a + self.b + x - 1
        last = np.where(np.abs(last - np.round(last)) + (last > 0.5) < 1e-9, last + 1e-7, last)
        z = t / (self.alpha + whole + t)
        tail = np.power(1 - z, a - 1) * hyp2f1(a + self.b - 1 - self.r, a - 1, last, z)
        return last / (a - 1) * (1 - tail)


def fit_bgnbd(histories: pd.DataFrame, start: Sequence[float] | None = None) -> Fit[BGNBD]:
    """Maximum likelihood from histories (columns repeats, recency, exposure; see ``recency_frequency``).

    Args:
        histories: one row a customer; the unit of time is free and is that of alpha.
        start: r, alpha, a, b to begin the search with; by default from how often customers buy.
    """
    names = ("r", "alpha", "a", "b")
    return fit_leaving(BGNBD, names, ("alpha",), histories, start, (0.5, 0.1, 0.7, 2.0), 1e6, _doubts)


def _doubts(best: Array, longest: float) -> list[str]:
    if best[2] / (best[2] + best[3]) < 1e-3 or best[2] > 1e4:
        return ["hardly anybody leaves, or all leave alike: a and b are poorly identified"]
    return []
