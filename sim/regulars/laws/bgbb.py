"""BG/BB: customers who may buy at each of a number of opportunities (years, events, mailings) until they quietly leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.laws.fitted import Fit
from regulars.laws.leaving import Leaving, fit_leaving
from regulars.laws.leaving_integrals import spent
from regulars.laws.sbg import gauss_of_one
from regulars.panels.histories import checked

Array = np.ndarray


@dataclass(frozen=True)
class BGBB(Leaving):
    """Purchases at each opportunity with chance p ~ Beta(alpha, beta), until customers leave, at each with chance theta ~ Beta(gamma, delta).

    Histories count opportunities: ``repeats`` of them with a purchase, ``recency`` that of the last purchase (0 without), ``exposure``
    how many there were, all whole numbers; leaving comes before buying. ``recency_frequency`` makes them of a log whose times are
    numbers of opportunities (``unit=1``); the first purchase is not counted. Being alive is being there at the last opportunity:
    the paper's P(alive at n + 1) is ``p_alive(..., ahead=1)``. Discount rates are continuous, per opportunity: log(1 + 0.1) for 10%.
    Source: Fader, Hardie & Shang (2010), Marketing Science 29(6), 1086-1108.

    Attributes:
        alpha: of the distribution of the chance to buy, without unit: alpha / (alpha + beta) is its mean.
        beta: likewise.
        gamma: of the distribution of the chance to leave, without unit: gamma / (gamma + delta) is its mean.
        delta: likewise.
    """

    alpha: float
    beta: float
    gamma: float
    delta: float

    def __post_init__(self) -> None:
        if not all(v > 0 for v in asdict(self).values()):
            raise RegularsError(f"BG/BB needs alpha, beta, gamma, delta above 0, not {asdict(self)}")

    def mean(self, t: Array | float) -> Array:
        """Expected purchases of a random new customer at the first t opportunities, in the shape of t."""
        return self.conditional_mean(t, *np.zeros((3, 1)))

    @staticmethod
    def _read(repeats: Array, recency: Array, exposure: Array) -> tuple[Array, Array, Array]:
        x, tx, n = checked(repeats, recency, exposure)
        wrong = (tx != np.floor(tx)) | (n != np.floor(n)) | (x > tx)
        if wrong.any():
            k = int(np.flatnonzero(wrong.ravel())[0])
            raise RegularsError(
                "recency and exposure must count opportunities, with at most one repeat at each; customer "
                f"{k} has repeats {x.flat[k]:g}, recency {tx.flat[k]:g}, exposure {n.flat[k]:g}"
            )
        return x, tx, n

    def _ahead(self, t: Array | float) -> Array:
        t = super()._ahead(t)
        if not (t == np.floor(t)).all():
            raise RegularsError("opportunities ahead must be whole numbers")
        return t

    def _parts(self, x: Array, tx: Array, whole: Array) -> tuple[Array, Array]:
        from scipy.special import betaln

        both = betaln(self.alpha, self.beta) + betaln(self.gamma, self.delta)
        alive = betaln(self.alpha + x, self.beta + whole - x) + betaln(self.gamma, self.delta + whole) - both
        # left before opportunity tx + i + 1, for i = 0, 1, ...: each term from the one before
        log = betaln(self.alpha + x, self.beta + tx - x) + betaln(self.gamma + 1, self.delta + tx) - both
        left = np.full_like(alive, -np.inf)
        for i in range(int((whole - tx).max(initial=0))):
            left = np.where(i < whole - tx, np.logaddexp(left, log), left)
            log = log + np.log((self.beta + tx - x + i) / (self.alpha + self.beta + tx + i))
            log = log + np.log((self.delta + tx + i) / (self.gamma + 1 + self.delta + tx + i))
        return alive, left

    def _here(self, x: Array, whole: Array) -> OpportunitiesHere:
        return OpportunitiesHere(self.alpha + x, self.beta + whole - x, self.gamma, self.delta + whole)


@dataclass(frozen=True)
class OpportunitiesHere:
    """Customers who have not left: chances to buy Beta(alpha, beta), to leave Beta(gamma, delta); arrays but for gamma."""

    alpha: Array
    beta: Array
    gamma: float
    delta: Array

    def expected(self, t: Array) -> Array:
        """Expected purchases at the next t opportunities: the mean chance to buy times the expected number of them attended.

        The latter, the mean of (1-theta) [1 - (1-theta)^t] / theta, is delta / (gamma-1) [1 - S(t) (delta+t)/delta], S = ``stays``,
        and has a limit at gamma = 1.
        """
        from scipy.special import gammaln, polygamma

        excess, first = self.gamma - 1, 1 + self.delta
        if abs(excess) > 1e-4:
            growth = gammaln(first + excess + t) - gammaln(first + t)
            growth = (growth - gammaln(first + excess) + gammaln(first)) / excess
        else:
            growth = polygamma(0, first + t) - polygamma(0, first)
            growth = growth + excess / 2 * (polygamma(1, first + t) - polygamma(1, first))
        return self.alpha / (self.alpha + self.beta) * self.delta * spent(self.gamma, growth)

    def stays(self, t: Array) -> Array:
        """Probability to be there at the t-th opportunity from now: B(gamma, delta + t) / B(gamma, delta)."""
        from scipy.special import betaln

        return np.exp(betaln(self.gamma, self.delta + t) - betaln(self.gamma, self.delta))

    def counts(self, n: Array, t: Array) -> Array:
        """Probability of n purchases at the next t opportunities: there at all, or left before the (i + 1)-th, i >= n."""
        from scipy.special import betaln, gammaln

        n, t, alpha, beta, delta = np.broadcast_arrays(n, t, self.alpha, self.beta, self.delta)

        def chosen(of: Array) -> Array:
            rest = np.maximum(of - n, 0.0)
            ways = gammaln(of + 1) - gammaln(n + 1) - gammaln(rest + 1)
            return np.where(of >= n, np.exp(ways + betaln(alpha + n, beta + rest) - betaln(alpha, beta)), 0.0)

        value = chosen(t) * self.stays(t)
        for i in range(int(t.max(initial=0))):
            gone = np.exp(betaln(self.gamma + 1, delta + i) - betaln(self.gamma, delta))
            value = value + np.where(i < t, chosen(np.full(t.shape, float(i))) * gone, 0.0)
        return value

    def discounted(self, discount: float) -> Array:
        """Expected purchases from now on, discounted: with w = exp(-d), the sum over k >= 1 of w^k S(k) times the chance to buy.

        S(1) w 2F1(1, delta + 1; gamma + delta + 1; w).
        """
        w = float(np.exp(-discount))
        last = self.gamma + self.delta
        attended = self.delta / last * w * gauss_of_one(self.delta + 1, last + 1, w)
        return self.alpha / (self.alpha + self.beta) * attended


def fit_bgbb(histories: pd.DataFrame, start: Sequence[float] = (1.0, 1.0, 1.0, 2.0)) -> Fit[BGBB]:
    """Maximum likelihood of the BG/BB from histories that count opportunities; see ``BGBB``.

    Source: Fader, Hardie & Shang (2010), Marketing Science 29(6), 1086-1108.

    Args:
        histories: one row per customer: repeats, recency, exposure, in opportunities.
        start: alpha, beta, gamma, delta to begin the search with.

    Returns:
        The four parameters, without unit, with standard errors.

    Raises:
        RegularsError: no histories, or some that cannot be (recency above exposure, parts of opportunities ...).
    """
    BGBB._read(*(histories[name].to_numpy() for name in ("repeats", "recency", "exposure")))
    names = ("alpha", "beta", "gamma", "delta")
    return fit_leaving(BGBB, names, (), histories, start, start, 1e4, _doubts)


def _doubts(best: Array, longest: float) -> list[str]:
    notes = []
    if best[2] / (best[2] + best[3]) < 1e-3:
        notes.append("hardly anybody leaves: gamma and delta are poorly identified")
    if best[:2].sum() > 1e3 or best[2:].sum() > 1e3:
        notes.append(
            "customers hardly differ: only the mean chance is identified of those parameters above 1,000"
        )
    return notes
