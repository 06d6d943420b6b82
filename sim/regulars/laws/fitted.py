"""What every fit returns, and how likelihoods are maximised."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np
import pandas as pd

L = TypeVar("L")


@dataclass(frozen=True)
class Joint:
    """What is known of several numbers together: jointly normal in units in which they may be (Laplace's approximation).

    Attributes:
        names: of the K numbers.
        centre: [K] estimates, as logarithms, logits or plain numbers, as the law says.
        covariance: [K, K]; what a log does not tell has the variance of its prior.
    """

    names: tuple[str, ...]
    centre: np.ndarray
    covariance: np.ndarray

    def draws(self, z: np.ndarray) -> np.ndarray:
        """Draws [n, K] from standard normal z [n, K]."""
        value, vector = np.linalg.eigh((self.covariance + self.covariance.T) / 2)
        return np.asarray(self.centre + (z * np.sqrt(np.maximum(value, 0.0))) @ vector.T)


@dataclass(frozen=True)
class Fit(Generic[L]):
    """A law with the uncertainty of its parameters.

    Attributes:
        law: the fitted law; its methods predict.
        estimates: value of each parameter.
        standard_errors: of each parameter, from the curvature of the log-likelihood; NaN for fits by moments.
        log_likelihood: natural log, at the estimates; NaN for fits by moments.
        n: how many customers (or cohorts' members) the fit rests on.
        notes: what limits it.
        joint: what is known of the parameters together, where the law says so.
    """

    law: L
    estimates: Mapping[str, float]
    standard_errors: Mapping[str, float]
    log_likelihood: float
    n: int
    notes: tuple[str, ...] = field(default=())
    joint: Joint | None = field(default=None, repr=False, compare=False)

    def table(self) -> pd.DataFrame:
        """One row per parameter: ``estimate``, ``standard_error``, and the 95% interval ``low`` to ``high``."""
        value = pd.Series(dict(self.estimates), dtype=float)
        error = pd.Series(dict(self.standard_errors), dtype=float).reindex(value.index)
        frame = pd.DataFrame({"estimate": value, "standard_error": error})
        frame["low"] = value - 1.96 * error
        frame["high"] = value + 1.96 * error
        return frame.rename_axis("parameter")

    @property
    def aic(self) -> float:
        """Akaike's criterion, 2 k - 2 log L; smaller is better on the same data."""
        return 2.0 * len(self.estimates) - 2.0 * self.log_likelihood


LOW, HIGH = 1e-6, 1e6  # between which positive parameters are sought


def at_bounds(names: Sequence[str], values: np.ndarray, low: float = LOW, high: float = HIGH) -> list[str]:
    """A note that names the parameters within a thousandth of an end of the search; none where there are none."""
    there = [n for n, v in zip(names, values, strict=True) if not 1.001 * low < v < 0.999 * high]
    return [f"at the bound of the search and not identified: {', '.join(there)}"] if there else []


def maximise_positive(
    log_likelihood: Callable[[np.ndarray], float],
    start: Sequence[float],
    low: float = LOW,
    high: float = HIGH,
) -> tuple[np.ndarray, np.ndarray, float]:
    """Maximum over positive parameters: (estimates, standard errors, log-likelihood).

    Searches over logs from ``start``, first by the simplex and then by quasi-Newton steps; standard errors are those of the
    parameters themselves, from the Hessian by central differences.
    """
    from scipy.optimize import minimize

    bounds = (np.log(low), np.log(high))

    def cost(theta: np.ndarray) -> float:
        value = log_likelihood(np.exp(np.clip(theta, *bounds)))
        return -value if np.isfinite(value) else 1e300

    begin = np.log(np.asarray(start, dtype=float))
    rough = minimize(
        cost, begin, method="Nelder-Mead", options={"maxiter": 400 * len(begin), "fatol": 1e-6, "xatol": 1e-6}
    )
    fine = minimize(cost, rough.x, method="L-BFGS-B", bounds=[bounds] * len(begin), options={"ftol": 1e-14})
    best = np.exp(fine.x if fine.fun <= rough.fun else np.clip(rough.x, *bounds))
    return best, standard_errors(log_likelihood, best), float(log_likelihood(best))


def standard_errors(log_likelihood: Callable[[np.ndarray], float], at: np.ndarray) -> np.ndarray:
    """Square roots of the diagonal of the inverse negative Hessian; NaN where the likelihood is not curved."""
    return errors_from(hessian(log_likelihood, at))


def errors_from(curvature: np.ndarray) -> np.ndarray:
    """Standard errors from the Hessian of a log-likelihood at its maximum."""
    try:
        variance = np.diag(np.linalg.inv(-curvature))
    except np.linalg.LinAlgError:
        return np.full(len(curvature), np.nan)
    return np.sqrt(np.where(variance > 0, variance, np.nan))


def hessian(function: Callable[[np.ndarray], float], at: np.ndarray, step: float = 1e-3) -> np.ndarray:
    """Second derivatives by central differences with steps proportional to the parameters."""
    k = len(at)
    h = step * np.maximum(np.abs(at), 1e-6)
    out = np.empty((k, k))
    middle = function(at)
    for i in range(k):
        for j in range(i, k):
            ei, ej = np.zeros(k), np.zeros(k)
            ei[i], ej[j] = h[i], h[j]
            if i == j:
                value = (function(at + ei) - 2 * middle + function(at - ei)) / h[i] ** 2
            else:
                value = (
                    function(at + ei + ej)
                    - function(at + ei - ej)
                    - function(at - ei + ej)
                    + function(at - ei - ej)
                ) / (4 * h[i] * h[j])
            out[i, j] = out[j, i] = value
    return out
