"""Distributions cut at their ends: of which one, uncut, what is left has a stated mean and standard deviation."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

LEAST = -16.0  # where a normal distribution is cut that loses nothing
STEEP = 100.0  # where one is cut that is exponential from there on, but for 1 in 10,000
EXACT = 1e-7  # to which mean and sd after a cut are solved for, in parts of the sd


def between(z: Any, alpha: float, beta: float) -> Array:
    """The normal distribution cut at alpha and beta, at the quantiles of z; exact in its tails."""
    from scipy import special

    if alpha + beta > 0:
        return -between(-np.asarray(z, float), -beta, -alpha)
    low, high = special.log_ndtr(alpha), special.log_ndtr(beta)
    inside = high + np.log1p(-np.exp(low - high))
    return np.asarray(special.ndtri_exp(np.logaddexp(low, inside + special.log_ndtr(np.asarray(z, float)))))


def mills(alpha: float) -> float:
    """Mean of a standard normal draw above alpha."""
    from scipy import special

    return float(np.exp(-(alpha**2) / 2 - special.log_ndtr(-alpha)) / math.sqrt(2 * math.pi))


def one_end(wanted: float) -> float:
    """Where a standard normal draw is cut so that what is left has this squared coefficient of variation from the cut on."""
    from scipy import optimize

    def off(alpha: float) -> float:
        above = mills(alpha)
        return (1 + alpha * above - above**2) / (above - alpha) ** 2 - wanted

    return STEEP if off(STEEP) < 0 else float(optimize.brentq(off, LEAST, STEEP))


@functools.lru_cache(maxsize=256)
def two_ends(mean: float, sd: float) -> tuple[float, float]:
    """Mean and sd, before it is cut at 0 and 1, of the normal distribution that has these afterwards.

    The density is exp(p x + q x^2) on [0, 1]; p and q make a convex problem, solved by Newton's method with halved steps.
    """
    x, weight = _nodes()
    aim = np.array([mean, mean**2 + sd**2])
    features = np.stack([x, x**2])
    at = np.array([mean / sd**2, -0.5 / sd**2])
    for _ in range(200):
        value, moments, spread = _moments(at, features, weight)
        step = np.linalg.solve(spread, aim - moments)
        if np.abs(aim - moments).max() < EXACT * sd**2:
            break
        reach = 1.0
        while (
            reach > 1e-9
            and _moments(at + reach * step, features, weight)[0] - (at + reach * step) @ aim
            > value - at @ aim
        ):
            reach /= 2
        at = at + reach * step
    return float(-at[0] / (2 * at[1])), float(math.sqrt(-0.5 / at[1]))


@functools.cache
def _nodes() -> tuple[Array, Array]:
    x, weight = np.polynomial.legendre.leggauss(200)
    return (x + 1) / 2, weight / 2


def _moments(at: Array, features: Array, weight: Array) -> tuple[float, Array, Array]:
    """Logarithm of the mass, means and covariances of x and x^2."""
    power = at @ features
    most = power.max()
    mass = weight * np.exp(power - most)
    total = mass.sum()
    share = mass / total
    means = features @ share
    return float(most + math.log(total)), means, (features * share) @ features.T - np.outer(means, means)


def cut_exponential(mean: float) -> float:
    """Standard deviation of the distribution exp(p x) on [0, 1] of this mean: the largest that a normal one cut there can have."""
    from scipy import optimize

    x, weight = _nodes()

    def moments(p: float) -> tuple[float, float]:
        mass = weight * np.exp(p * x - max(p, 0.0))
        first = float(mass @ x / mass.sum())
        return first, math.sqrt(float(mass @ x**2 / mass.sum()) - first**2)

    side = min(mean, 1 - mean)
    if side < 0.01:
        return side  # an exponential distribution that the other end does not reach
    found = float(optimize.brentq(lambda p: moments(p)[0] - mean, -500, 500))
    return moments(found)[1]


def power_law(mean: float) -> float:
    """Standard deviation of x ** (c - 1) on [0, 1] of this mean: the largest that a lognormal one cut there can have."""
    c = mean / (1 - mean)
    return math.sqrt(c / (c + 2)) / (c + 1)


@functools.lru_cache(maxsize=256)
def cut_lognormal(mean: float, sd: float) -> tuple[float, float, float]:
    """mu, sigma and the share kept of the lognormal distribution that, cut at 1, has this mean and sd."""
    from scipy import optimize, special

    def moments(mu: float, sigma: float) -> tuple[float, float]:
        logs = [k * mu + (k * sigma) ** 2 / 2 + special.log_ndtr(-mu / sigma - k * sigma) for k in (0, 1, 2)]
        first, second = (math.exp(log - logs[0]) for log in logs[1:])
        return first, math.sqrt(max(second - first**2, 0.0))

    def off(at: Array) -> Array:
        first, spread = moments(float(at[0]), math.exp(float(at[1])))
        return np.array([first - mean, spread - sd]) / sd

    variance = math.log1p((sd / mean) ** 2)
    start = np.array([math.log(mean) - variance / 2, math.log(variance) / 2])
    found = optimize.least_squares(off, start, xtol=1e-14, ftol=1e-14, gtol=1e-14, max_nfev=2000)
    if np.abs(found.fun).max() > 1e-6:
        raise ValueError(
            f"no lognormal prior cut at its end has mean {mean:g} and sd {sd:g} of the way there"
        )
    mu, sigma = float(found.x[0]), math.exp(float(found.x[1]))
    return mu, sigma, float(special.ndtr(-mu / sigma))
