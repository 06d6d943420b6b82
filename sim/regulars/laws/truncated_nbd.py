"""The negative binomial law of buyers only: customers who never bought are not in the log."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from regulars.ground.errors import RegularsError
from regulars.laws.fitted import Fit, Joint, hessian, maximise_positive
from regulars.laws.heaviest import beyond_the_others
from regulars.laws.nbd import NBD


def fit_truncated_nbd(counts: Sequence[int] | np.ndarray) -> Fit[NBD]:
    """Maximum likelihood of NBD(mean, shape) from purchases per buyer: P(n | n >= 1) = NBD(n) / (1 - NBD(0)).

    Source: Ehrenberg (1988), Repeat-Buying, 2nd ed.; Anscombe (1950), Biometrika 37, 358-382.

    Args:
        counts: purchases of each buyer in the period, whole numbers >= 1, shape (buyers,).

    Returns:
        ``mean`` in purchases per period of all customers, those who were not seen among them, and ``shape``, with standard errors.

    Raises:
        RegularsError: a count below 1, or one that is no whole number.
    """
    from scipy.special import gammaln

    n = np.asarray(counts, dtype=np.float64)
    if n.size == 0 or n.min() < 1:
        raise RegularsError("the truncated law is for buyers: every count must be at least 1")
    values, times = np.unique(n, return_counts=True)

    def log_likelihood(theta: np.ndarray) -> float:
        mean, shape = theta
        log_zero = -shape * np.log1p(mean / shape)
        terms = (
            gammaln(shape + values)
            - gammaln(shape)
            - gammaln(values + 1)
            + log_zero
            + values * np.log(mean / (shape + mean))
        )
        return float(times @ (terms - np.log(-np.expm1(log_zero))))

    best, errors, value = maximise_positive(log_likelihood, (float(n.mean()), 1.0), low=1e-3, high=1e4)
    notes = beyond_the_others(n)
    if best[1] > 1e3:
        notes += ("nearly all shapes fit: the counts hardly vary beyond chance",)
    estimates = {"mean": float(best[0]), "shape": float(best[1])}
    named = {"mean": float(errors[0]), "shape": float(errors[1])}
    curved = -hessian(lambda free: log_likelihood(np.exp(free)), np.log(best))
    value_of, vector = np.linalg.eigh((curved + curved.T) / 2)
    curved = (vector * np.maximum(value_of, 0.0)) @ vector.T + np.eye(2)  # a prior of a factor of e
    joint = Joint(("mean", "shape"), np.log(best), np.linalg.inv(curved))
    return Fit(NBD(*map(float, best)), estimates, named, value, int(n.size), notes, joint)
