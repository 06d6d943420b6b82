"""Shifted-beta-geometric: why retention rises with tenure although nobody changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from regulars.ground.errors import RegularsError
from regulars.laws.fitted import Fit, maximise_positive


@dataclass(frozen=True)
class SBG:
    """Customers of a contract leave at each renewal with their own constant chance theta ~ Beta(alpha, beta).

    Retention rises with tenure because those likely to leave leave first.
    Source: Fader & Hardie (2007), Journal of Interactive Marketing 21(1), 76-90; (2010), Marketing Science 29(1), 85-93.

    Attributes:
        alpha: of the beta distribution, without unit; alpha / (alpha + beta) is the mean chance to leave at the first renewal.
        beta: likewise; the smaller alpha + beta, the more customers differ.
    """

    alpha: float
    beta: float

    def __post_init__(self) -> None:
        if not (self.alpha > 0 and self.beta > 0):
            raise RegularsError(f"sBG needs alpha and beta above 0, not {self.alpha} and {self.beta}")

    def survival(self, t: np.ndarray | float) -> np.ndarray:
        """Share still customers after t renewals: S(t) = B(alpha, beta + t) / B(alpha, beta).

        Args:
            t: renewals, 0 or more, any shape.

        Returns:
            Shares from 0 to 1, in the shape of t.
        """
        from scipy.special import betaln

        return np.exp(
            betaln(self.alpha, self.beta + np.asarray(t, dtype=float)) - betaln(self.alpha, self.beta)
        )

    def retention(self, t: np.ndarray | float) -> np.ndarray:
        """Share of those left who make renewal t: (beta + t - 1) / (alpha + beta + t - 1).

        Args:
            t: number of the renewal, 1, 2, ..., any shape.

        Returns:
            Shares from 0 to 1, in the shape of t.
        """
        t = np.asarray(t, dtype=float)
        return (self.beta + t - 1) / (self.alpha + self.beta + t - 1)

    def lifetime(self, discount: float) -> float:
        """Discounted expected lifetime (DEL) of a new customer: 2F1(1, beta; alpha + beta; 1 / (1 + d)), the first margin at once.

        Args:
            discount: rate per period (d).

        Returns:
            Periods; times the margin of a period it is the customer's value.

        Raises:
            RegularsError: a rate that is not above 0.
        """
        return float(
            gauss_of_one(np.array(self.beta), np.array(self.alpha + self.beta), 1 / (1 + _rate(discount)))
        )

    def residual_lifetime(self, n: int | np.ndarray, discount: float) -> np.ndarray:
        """Discounted expected residual lifetime (DERL) of a customer just before a renewal.

        [(beta+n-1)/(alpha+beta+n-1)] 2F1(1, beta+n; alpha+beta+n; 1/(1+d)).

        Args:
            n: number of the renewal, 1, 2, ..., any shape.
            discount: rate per period (d).

        Returns:
            Periods, in the shape of n.

        Raises:
            RegularsError: a rate that is not above 0.
        """
        n = np.asarray(n, dtype=float)
        size = self.alpha + self.beta + n
        return self.retention(n) * gauss_of_one(self.beta + n, size, 1 / (1 + _rate(discount)))

    def aggregate_bias(self, discount: float, cohorts: int = 5) -> float:
        """What one retention rate for the whole base gives, as a share of the base's true residual value.

        The base holds cohorts of equal size at birth, before renewals 1, 2, ...; one rate overlooks that those who are left are
        the loyal ones. Source: Fader & Hardie (2010), Marketing Science 29(1), 85-93.

        Args:
            discount: rate per period, above 0.
            cohorts: how many.

        Returns:
            A ratio; below 1 where the one rate undervalues the base.
        """
        n = np.arange(1, cohorts + 1)
        left = self.survival(n - 1)
        true = float((left * self.residual_lifetime(n, discount)).sum())
        rate = float(self.survival(n).sum() / left.sum())
        return float(left.sum()) * rate * (1 + discount) / (1 + discount - rate) / true

    def churn_elasticity(self, discount: float) -> float:
        """Relative change of a new customer's value per relative change of everybody's chance to leave.

        Args:
            discount: rate per period (d).

        Returns:
            A number without unit, below 0.

        Raises:
            RegularsError: a rate that is not above 0.
        """
        from scipy.integrate import quad
        from scipy.stats import beta as beta_distribution

        theta = beta_distribution(self.alpha, self.beta)
        d = _rate(discount)

        def weighted(y: float) -> float:
            u = float(theta.ppf(y))
            return -u * (1 + d) / (d + u) ** 2

        value, _ = quad(weighted, 0, 1, limit=200)
        return value / self.lifetime(discount)


def fit_sbg(survivors: Sequence[float] | Sequence[Sequence[float]]) -> Fit[SBG]:
    """Maximum likelihood of the sBG from the number of customers left of one or several cohorts.

    Source: Fader & Hardie (2007), Journal of Interactive Marketing 21(1), 76-90.

    Args:
        survivors: per cohort the customers at birth, after renewal 1, 2, ...: ``[1000, 631, 468]``. Cohorts may have been
            watched for different lengths.

    Returns:
        ``alpha`` and ``beta``, without unit, with standard errors.

    Raises:
        RegularsError: a cohort that is empty at birth or grows, or cohorts of which nobody left.
    """
    first = survivors[0] if len(survivors) else None
    several = [survivors] if np.isscalar(first) else list(survivors)
    cohorts = [np.asarray(c, dtype=float) for c in several]
    for c in cohorts:
        if len(c) < 2 or (c < 0).any() or (np.diff(c) > 0).any() or c[0] <= 0:
            raise RegularsError("survivors of a cohort start above 0 and never rise, as in [1000, 631, 468]")
    if all(c[-1] == c[0] for c in cohorts):
        raise RegularsError("nobody left: the chance to leave cannot be told")

    def log_likelihood(theta: np.ndarray) -> float:
        law = SBG(*theta)
        total = 0.0
        for c in cohorts:
            left = law.survival(np.arange(len(c)))
            gone = -np.diff(c)
            lost = left[:-1] * (1 - law.retention(np.arange(1, len(c))))
            with np.errstate(divide="ignore", invalid="ignore"):
                total += float(np.where(gone > 0, gone * np.log(lost), 0.0).sum())
                total += float(c[-1] * np.log(left[-1])) if c[-1] > 0 else 0.0
        return total

    best, errors, value = maximise_positive(log_likelihood, (1.0, 1.0))
    notes = ["all customers leave alike: alpha and beta are poorly identified"] if best.sum() > 1e4 else []
    names = ("alpha", "beta")
    return Fit(
        SBG(*map(float, best)),
        dict(zip(names, map(float, best), strict=True)),
        dict(zip(names, map(float, errors), strict=True)),
        value,
        int(sum(c[0] for c in cohorts)),
        tuple(notes),
    )


def gauss_of_one(b: np.ndarray, c: np.ndarray, z: float) -> np.ndarray:
    """2F1(1, b; c; z) for c > b > 0; by its series where the library's own gives up (very large b and c)."""
    from scipy.special import hyp2f1

    value = np.asarray(hyp2f1(1.0, b, c, z))
    if np.isfinite(value).all():
        return value
    k = np.arange(int(np.ceil(np.log(1e-16) / np.log(z))))
    steps = (b[..., None] + k) / (c[..., None] + k) * z
    return 1 + np.cumprod(steps, axis=-1).sum(axis=-1)


def _rate(discount: float) -> float:
    if not discount > 0:
        raise RegularsError(f"a discount rate per period must be above 0, not {discount}")
    return discount
