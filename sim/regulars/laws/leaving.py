"""What fits of customers who quietly leave share: a unit of time of their own, and the chance to have left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.laws.fitted import Fit, maximise_positive
from regulars.laws.histories import grouped

Array = np.ndarray
L = TypeVar("L")
POINTS = 40  # of the Gauss-Legendre rule: exact to 1e-12 for integrands that fall by up to e^-FALL
FALL = 40.0  # where the integrand has fallen by e^-40, its tail is left out


def fit_leaving(
    kind: Callable[..., L],
    names: Sequence[str],
    in_time: Sequence[str],
    histories: pd.DataFrame,
    start: Sequence[float] | None,
    usual: Sequence[float],
    high: float,
    doubts: Callable[[Array, float], list[str]],
) -> Fit[L]:
    """Maximum likelihood with time counted in longest exposures, so that the result is the same in any unit.

    A density of x moments of purchase: in a unit c times as long, the log-likelihood is higher by x log c.

    Args:
        kind: the law, called with its parameters; its ``_parts(x, tx, T)`` are the logs of the two terms of the likelihood.
        names: of the parameters, in order.
        in_time: those of them that are counted in the unit of time.
        histories: columns repeats, recency, exposure.
        start: where the search begins, in the unit of the histories; None for ``usual``, with the first of ``in_time``
            such that customers buy as often as these.
        usual: parameters to begin with, time in longest exposures.
        high: largest value of a parameter that is tried, time in longest exposures.
        doubts: notes on parameters (time in the unit of the histories), given the longest exposure.
    """
    x, tx, whole, often = grouped(histories)
    if x.max() == 0:
        raise RegularsError("nobody bought twice: rates and leaving cannot be told apart")
    unit = float(whole.max())
    if unit == 0:
        raise RegularsError("nobody was watched for any time: every exposure is 0")
    size = np.array([unit if name in in_time else 1.0 for name in names])
    if start is None:
        begin = np.array(usual, dtype=float)
        begin[list(names).index(in_time[0])] = begin[0] * float(often @ whole) / unit / float(often @ x)
    else:
        begin = np.asarray(start, dtype=float) / size
    tx, whole = tx / unit, whole / unit

    def log_likelihood(theta: Array) -> float:
        law: Any = kind(*theta)
        alive, left = law._parts(x, tx, whole)
        return float(often @ np.logaddexp(alive, left))

    low = 1e-6
    best, errors, value = maximise_positive(log_likelihood, begin, low=low, high=high)
    bound = [n for n, v in zip(names, best, strict=True) if not 1.001 * low < v < high / 1.001]
    best, errors = best * size, errors * size
    notes = doubts(best, unit)
    if bound:
        notes.append(f"at the bound of the search and not identified: {', '.join(bound)}")
    return Fit(
        kind(*map(float, best)),
        dict(zip(names, map(float, best), strict=True)),
        dict(zip(names, map(float, errors), strict=True)),
        value - float(often @ x) * float(np.log(unit)),
        int(often.sum()),
        tuple(notes),
    )


def log_integral(first: tuple[float, Array], second: tuple[float, Array], low: Array, high: Array) -> Array:
    """Log of the integral from low to high of (a + u)^-p (b + u)^-q du, for a <= b and p, q >= 0.

    By Gauss-Legendre in v = log((a + u) / (a + low)), in which the integrand is smooth and its logarithm concave; cut off where
    it has fallen by e^-40. Relative error below 1e-10.

    Args:
        first: a > 0 and p, an array like ``low``.
        second: b >= a and q, an array like ``low``.
        low: lower ends, 0 or more.
        high: upper ends; -inf is returned where they do not exceed ``low``.
    """
    (a, p), (b, q) = first, second
    base, ratio = a + low, (a + low) / (b + low)
    end = np.log1p((high - low) / base)
    rate = p - 1 + q * ratio  # the fall per v at the lower end; it only grows from there
    with np.errstate(divide="ignore", invalid="ignore"):
        cut = np.where(rate > 0, np.minimum(end, FALL / rate), end)
    for _ in range(6):  # Newton's steps from the right towards a fall of FALL, which is convex in v
        grown = np.expm1(cut)
        fall = (p - 1) * cut + q * np.log1p(ratio * grown)
        slope = p - 1 + q * ratio * (1 + grown) / (1 + ratio * grown)
        with np.errstate(divide="ignore", invalid="ignore"):
            cut = np.where(fall > FALL, cut - (fall - FALL) / slope, cut)
    node, weight = np.polynomial.legendre.leggauss(POINTS)
    v = 0.5 * cut[:, None] * (1 + node)
    log = (1 - p)[:, None] * v - q[:, None] * np.log1p(ratio[:, None] * np.expm1(v))
    with np.errstate(divide="ignore"):
        return (1 - p) * np.log(base) - q * np.log(b + low) + np.log(0.5 * cut * (np.exp(log) @ weight))
