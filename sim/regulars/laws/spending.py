"""Gamma-gamma: what customers spend per purchase, and how much a few purchases tell about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.laws.fitted import Fit, at_bounds, maximise_positive

Array = np.ndarray
TIED = 0.3  # correlation of frequency and spending from which on the law's independence is doubted


@dataclass(frozen=True)
class GammaGamma:
    """Amounts of a customer's purchases are Gamma(p, nu), and nu is Gamma(q, gamma) over customers.

    Spending is independent of how often customers buy.
    Source: Fader & Hardie (2013), "The Gamma-Gamma Model of Monetary Value"; Fader, Hardie & Lee (2005), Journal of Marketing
    Research 42, 415-430.

    Attributes:
        p: shape of the amounts of one customer, without unit; the larger, the more alike they are.
        q: shape of the distribution over customers, without unit; the larger, the more alike customers are.
        gamma: its scale, in the unit of the amounts.
    """

    p: float
    q: float
    gamma: float

    def __post_init__(self) -> None:
        if not all(v > 0 for v in asdict(self).values()):
            raise RegularsError(f"gamma-gamma needs p, q, gamma above 0, not {asdict(self)}")

    @property
    def mean(self) -> float:
        """Mean amount of a purchase over all customers: p gamma / (q - 1); infinite for q <= 1."""
        return self.p * self.gamma / (self.q - 1) if self.q > 1 else float("inf")

    def log_likelihood(self, repeats: Array, spend: Array) -> Array:
        """Log density of each customer's mean amount.

        Args:
            repeats: purchases that the mean is of, 1 or more, shape (customers,).
            spend: the mean amount, above 0, in the unit of gamma, in the same shape.

        Returns:
            Natural logs, in the same shape.

        Raises:
            RegularsError: a customer without repeats, or a mean amount that is not above 0.
        """
        from scipy.special import betaln

        x, z = _checked(repeats, spend)
        if (x < 1).any():
            raise RegularsError("customers without repeats have no mean amount")
        px, total = self.p * x, x * z
        shape = self.q * np.log(self.gamma / (self.gamma + total))
        return shape + px * np.log(total / (self.gamma + total)) - np.log(z) - betaln(px, self.q)

    def conditional_mean(self, repeats: Array, spend: Array) -> Array:
        """Expected amount of a customer's next purchase: p (gamma + x z) / (p x + q - 1).

        Lies between the mean of all customers (x = 0, whatever ``spend``) and the customer's own; infinite where
        p x + q <= 1.

        Args:
            repeats: x, purchases that the mean is of, 0 or more, shape (customers,).
            spend: z, the mean amount, in the unit of gamma, in the same shape.

        Returns:
            Amounts in the unit of gamma, in the same shape.

        Raises:
            RegularsError: repeats that are no whole numbers, or a mean amount that is not above 0.
        """
        x, z = _checked(repeats, spend)
        below = self.p * x + self.q - 1
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(below > 0, self.p * (self.gamma + x * z) / below, np.inf)


def fit_gamma_gamma(histories: pd.DataFrame, start: Sequence[float] = (2.0, 3.0, 1.0)) -> Fit[GammaGamma]:
    """Maximum likelihood of the gamma-gamma from the mean amounts of those with repeats.

    Source: Fader, Hardie & Lee (2005), Journal of Marketing Research 42, 415-430; Fader & Hardie (2013), "The Gamma-Gamma Model".

    Args:
        histories: columns ``repeats`` and ``spend`` (``recency_frequency(..., money=True)``); customers without repeats, or who
            paid nothing, are left out.
        start: p, q and gamma to begin with, gamma in mean amounts.

    Returns:
        ``p`` and ``q``, without unit, and ``gamma`` in the money of the histories, with standard errors.

    Raises:
        RegularsError: nobody paid anything at a repeat purchase.
    """
    x, z = histories["repeats"].to_numpy(dtype=float), histories["spend"].to_numpy(dtype=float)
    use = (x > 0) & (z > 0)
    free = int(((x > 0) & (z <= 0)).sum())
    x, z = x[use], z[use]
    if not len(x):
        raise RegularsError("nobody paid anything at a repeat purchase: there is no spending to describe")
    unit = float(z.mean())

    def log_likelihood(theta: Array) -> float:
        return float(GammaGamma(*theta).log_likelihood(x, z / unit).sum())

    best, errors, value = maximise_positive(log_likelihood, start)
    size = np.array([1.0, 1.0, unit])
    names = ("p", "q", "gamma")
    bound = at_bounds(names, best)
    best, errors = best * size, errors * size
    notes = []
    if free:
        notes.append(f"{free:,} customers with repeats paid nothing and are left out")
    tie = float(np.corrcoef(x, z)[0, 1]) if np.ptp(x) > 0 and np.ptp(z) > 0 else 0.0
    if abs(tie) > TIED:
        notes.append(f"spending and frequency go together (correlation {tie:.2f}); the law takes them apart")
    if best[1] <= 1:
        notes.append("q is at most 1: the mean amount over customers is infinite")
    notes += bound
    return Fit(
        GammaGamma(*map(float, best)),
        dict(zip(names, map(float, best), strict=True)),
        dict(zip(names, map(float, errors), strict=True)),
        value - len(x) * float(np.log(unit)),
        len(x),
        tuple(notes),
    )


def _checked(repeats: Array, spend: Array) -> tuple[Array, Array]:
    x, z = (np.atleast_1d(np.asarray(v, dtype=float)) for v in (repeats, spend))
    x, z = np.broadcast_arrays(x, z)
    if not (np.isfinite(x) & (x >= 0) & (x == np.floor(x))).all():
        raise RegularsError("repeats must be whole numbers, 0 or more")
    if not (np.isfinite(z) & (z > 0))[x > 0].all():
        raise RegularsError("the mean amount of repeat purchases must be above 0")
    return x, np.where(x > 0, z, 0.0)
