"""Laws of what is not known: a value for standard normal draws, with the mean and the spread that are stated, inside its ends.

A prior is told by its family, mean and standard deviation, and by the ends it cannot pass:

    fixed       the mean
    uniform     from low to high
    normal      mean + sd z; with ends, the normal distribution cut there whose mean and sd *after the cut* are those stated
    lognormal   low + exp(mu + sigma z), low being 0 when not told; with a higher end cut there in the same way
    beta        low + (high - low) B(a, b), from 0 to 1 when no ends are told; a + b = m (1 - m) / s^2 - 1 for m, s on [0, 1]

So nothing piles up at an end, where clipping a draw puts a share of all draws and moves their mean. A larger z gives a
value at least as large, so that z decides which quantile is drawn, and correlated z make correlated values (a Gaussian copula).
What moves its customers' spread with its mean is in `carried`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regulars.ground.cut import between, cut_exponential, cut_lognormal, mills, one_end, power_law, two_ends
from regulars.ground.interval import Interval

Array = NDArray[Any]
Law = Callable[[Any], Array]

FAMILIES = ("fixed", "uniform", "normal", "lognormal", "beta")
FAR = 8.0  # standard deviations beyond which an end cuts nothing off that counts
NOTHING = 1e-9  # share of a distribution that is next to nothing
INF = math.inf


def problem(family: str, mean: float, sd: float, low: float = -INF, high: float = INF) -> str:
    """Why numbers make no prior of a family; empty when they do."""
    if family not in FAMILIES:
        return f"{family} is no family; there are {', '.join(FAMILIES)}"
    if not low < high:
        return f"low = {low:g} is not below high = {high:g}"
    if sd < 0:
        return f"sd = {sd:g} must be 0 or above"
    if family == "uniform":
        return "" if math.isfinite(high - low) else "a uniform prior needs low and high"
    if family in ("lognormal", "beta"):
        low, high = _ends(family, low, high)
    if sd == 0 or family == "fixed":
        return "" if low <= mean <= high else f"mean = {mean:g} is outside {low:g} to {high:g}"
    if not low < mean < high:
        return f"mean = {mean:g} is not inside {low:g} to {high:g}"
    most = largest_sd(family, mean, low, high)
    if sd >= most:
        more = "; a beta prior can have more" if family == "normal" and math.isfinite(high - low) else ""
        return f"sd = {sd:g} is more than a {family} prior of mean {mean:g} from {low:g} to {high:g} can have ({most:.4g}){more}"
    return ""


def largest_sd(family: str, mean: float, low: float = -INF, high: float = INF) -> float:
    """The standard deviation that a prior of this family, mean and ends stays below.

    That of a beta distribution is sqrt((mean - low) (high - mean)), when everything lies at the ends; that of a normal one cut
    at one end is the distance of its mean from there (an exponential distribution), cut at two that of an exponential cut at both;
    that of a lognormal one cut at its higher end is that of a power law.
    """
    if family == "beta":
        low, high = _ends(family, low, high)
        return math.sqrt((mean - low) * (high - mean))
    if family == "lognormal":
        low, high = _ends(family, low, high)
        return INF if math.isinf(high) else power_law((mean - low) / (high - low)) * (high - low)
    if family != "normal" or (math.isinf(low) and math.isinf(high)):
        return INF
    if math.isinf(low) or math.isinf(high):
        return min(mean - low, high - mean)
    return cut_exponential((mean - low) / (high - low)) * (high - low)


def law(family: str, mean: float, sd: float, low: float = -INF, high: float = INF) -> Law:
    """Values of a prior for standard normal draws z.

    Errors: ValueError when the numbers make no such prior (`problem`).
    """
    if told := problem(family, mean, sd, low, high):
        raise ValueError(told)
    if family == "uniform":
        return lambda z: low + (high - low) * _share(z)
    if family == "fixed" or sd == 0:
        return lambda z: np.full(np.shape(z), float(mean))
    return {"normal": _normal, "lognormal": _lognormal, "beta": _beta}[family](mean, sd, low, high)


def usual(mean: float, sd: float, ends: Interval) -> Law:
    """The law of a value of which only its error and its ends are known.

    It is lognormal where 0 is the lower end, else normal, as long as next to nothing of that lies beyond the ends. Otherwise it is
    beta between two ends, and lognormal from the one end that there is. A value that stands at an end goes as far from there as a
    normal one, to the inside only.

    Errors: ValueError when no such law has this error.
    """
    from scipy import special

    low, high = float(ends.low), float(ends.high)
    if sd == 0:
        return law("fixed", mean, 0.0)
    if mean in (low, high):
        inward = 1.0 if mean == low else -1.0
        return lambda z: np.clip(
            mean + inward * sd * special.ndtri(0.5 + _share(inward * np.asarray(z)) / 2), low, high
        )
    if low == 0:
        root = math.sqrt(math.log1p((sd / mean) ** 2))
        if math.isinf(high) or special.ndtr(-(math.log(high / mean) + root**2 / 2) / root) < NOTHING:
            return _lognormal(mean, sd, 0.0, INF)
    elif special.ndtr((low - mean) / sd) + special.ndtr((mean - high) / sd) < NOTHING:
        return _normal(mean, sd, -INF, INF)
    if math.isfinite(low) and math.isfinite(high):
        return law("beta", mean, sd, low, high)
    if math.isfinite(low):
        return law("lognormal", mean, sd, low)
    mirrored = _lognormal(high - mean, sd, 0.0, INF)
    return lambda z: high - mirrored(-np.asarray(z, float))


def carried(kind: str, mean: float, sd: float, drawn: float, low: float = -INF) -> float:
    """The spread between customers of a distribution whose mean has been drawn.

    A beta distribution keeps its concentration a + b, so that sd^2 stays in proportion to m (1 - m) and a mean that can be drawn
    can be had; a lognormal and a gamma one, and a normal one that cannot be negative, keep their coefficient of variation; a
    normal one of either sign is moved as it is.
    """
    if sd == 0 or kind in ("fixed", "uniform"):
        return sd
    if kind == "beta":
        return sd * math.sqrt(drawn * (1 - drawn) / (mean * (1 - mean)))
    if kind in ("lognormal", "gamma") or (low >= 0 and mean > 0):
        return sd * drawn / mean
    return sd


def together(z: Array, correlations: Array) -> Array:
    """Standard normal draws [K] made of independent ones, with these correlations [K, K] (Gaussian copula).

    Errors: ValueError when the numbers are no matrix of correlations.
    """
    try:
        return np.asarray(np.linalg.cholesky(correlations) @ z)
    except np.linalg.LinAlgError:
        raise ValueError("these correlations do not go together: no draws have all of them") from None


def _ends(family: str, low: float, high: float) -> tuple[float, float]:
    """Where a lognormal or beta prior ends when it is not told."""
    return (0.0 if math.isinf(low) else low), (1.0 if family == "beta" and math.isinf(high) else high)


def _share(z: Any) -> Array:
    from scipy import special

    return np.asarray(special.ndtr(np.asarray(z, float)))


def _beta(mean: float, sd: float, low: float, high: float) -> Law:
    from scipy import special

    low, high = _ends("beta", low, high)
    width = high - low
    m, s = (mean - low) / width, sd / width
    size = m * (1 - m) / s**2 - 1
    return lambda z: low + width * special.betaincinv(m * size, (1 - m) * size, _share(z))


def _lognormal(mean: float, sd: float, low: float, high: float) -> Law:
    low, high = _ends("lognormal", low, high)
    variance = math.log1p((sd / (mean - low)) ** 2)
    root = math.sqrt(variance)
    mu = math.log(mean - low) - variance / 2
    if math.isinf(high) or (math.log(high - low) - mu) / root > FAR:
        return lambda z: low + (mean - low) * np.exp(root * np.asarray(z, float) - variance / 2)
    mu, root, top = cut_lognormal((mean - low) / (high - low), sd / (high - low))
    from scipy import special

    return lambda z: low + (high - low) * np.exp(np.minimum(mu + root * special.ndtri(_share(z) * top), 0.0))


def _normal(mean: float, sd: float, low: float, high: float) -> Law:
    near_low, near_high = mean - low < FAR * sd, high - mean < FAR * sd
    if not near_low and not near_high:
        return lambda z: mean + sd * np.asarray(z, float)
    if near_high and not near_low:
        mirrored = _normal(-mean, sd, -high, INF)
        return lambda z: -mirrored(-np.asarray(z, float))
    if near_low and not near_high:
        alpha = one_end((sd / (mean - low)) ** 2)
        scale = (mean - low) / (mills(alpha) - alpha)
        return lambda z: np.maximum(low + scale * (between(z, alpha, INF) - alpha), low)
    m, s = two_ends((mean - low) / (high - low), sd / (high - low))
    return lambda z: np.clip(low + (high - low) * (m + s * between(z, -m / s, (1 - m) / s)), low, high)
