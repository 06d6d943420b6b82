"""Distributions over customers: which numbers make one, and values for uniform draws, by inversion.

A number of a distribution is told by its mean and standard deviation, whatever the law, or by the ends of a uniform one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regulars.ground.interval import Interval

Law = Callable[[Any], Any]

SMALLEST, LARGEST = 1e-30, 1e30  # of the numbers of a distribution: columns are kept in single precision
ALL_BUT_NORMAL = 1e9  # a beta distribution of larger shapes is a normal one to all digits that matter
NEXT_TO_NOTHING = 1e-9
TINY = float(np.finfo(np.float32).tiny)
POSITIVE = ("lognormal", "gamma", "beta")


def problem(kind: str, mean: float, sd: float, low: float, high: float) -> str:
    """Why numbers make no distribution of a kind; empty when they do."""
    counting = {"low": low, "high": high} if kind == "uniform" else {"mean": mean, "sd": sd}
    for name, number in counting.items():
        if abs(number) > LARGEST:
            return f"{name} = {number:g} is too large for a value of customers: at most {LARGEST:g}"
    if kind == "fixed":
        return ""
    if kind == "uniform":
        return "" if low <= high else f"low = {low} is above high = {high}"
    if kind in ("lognormal", "gamma") and mean <= 0:
        return f"mean = {mean} must be above 0 for a {kind} distribution"
    if kind == "beta" and not (0 < mean < 1 and (sd == 0 or _size(mean, sd) > 0)):
        return f"mean = {mean}, sd = {sd} is no beta distribution: 0 < mean < 1 and sd^2 < mean (1 - mean)"
    if kind in POSITIVE and sd > 0 and min(mean, sd) < SMALLEST:
        return f"mean = {mean:g}, sd = {sd:g}: a {kind} distribution needs numbers of at least {SMALLEST:g}"
    return ""


def draws(
    kind: str, mean: float, sd: float, low: float, high: float, u: NDArray[Any], bounds: Interval
) -> NDArray[Any]:
    """Values of a distribution for uniform draws `u` in (0, 1), all of them inside `bounds`.

    What lies beyond a closed end is put onto it (censoring: somebody may be exactly there). Nobody is at an open
    end, so there the distribution is truncated: `u` is spread over the part of it that lies inside. A distribution that
    has nothing beyond an open end gives the values that it gives without bounds; one that has next to nothing inside
    is cut.
    """
    quantile, share_below = _law(kind, mean, sd, low, high)
    below = share_below(bounds.low) if bounds.low_open and math.isfinite(bounds.low) else 0.0
    above = share_below(bounds.high) if bounds.high_open and math.isfinite(bounds.high) else 1.0
    if (below > 0 or above < 1) and above - below > NEXT_TO_NOTHING:
        u = below + u * (above - below)
    least, most = float(bounds.low), float(bounds.high)
    if bounds.low_open:  # a draw may be rounded onto the end, here or in a column
        least = max(float(np.nextafter(np.float32(least), np.float32(np.inf))), least + TINY)
    if bounds.high_open:
        most = min(float(np.nextafter(np.float32(most), np.float32(-np.inf))), most - TINY)
    return np.asarray(np.clip(quantile(u), least, most))


def _law(kind: str, mean: float, sd: float, low: float, high: float) -> tuple[Law, Law]:
    """Quantiles of a distribution, and the share of it that lies below a number."""
    from scipy import special

    if kind == "uniform":
        width = high - low
        return lambda u: low + width * u, lambda x: min(max((x - low) / width, 0.0), 1.0)
    if kind == "lognormal":
        variance = math.log1p((sd / mean) ** 2)
        root = math.sqrt(variance)
        return (
            lambda u: mean * np.exp(root * special.ndtri(u) - variance / 2),
            lambda x: special.ndtr((math.log(x / mean) + variance / 2) / root) if x > 0 else 0.0,
        )
    if kind == "gamma":
        shape = (mean / sd) ** 2
        scale = mean / shape
        return (
            lambda u: special.gammaincinv(shape, u) * scale,
            lambda x: special.gammainc(shape, x / scale) if x > 0 else 0.0,
        )
    size = _size(mean, sd) if kind == "beta" else 0.0
    if kind == "beta" and min(mean, 1 - mean) * size < ALL_BUT_NORMAL:
        a, b = mean * size, (1 - mean) * size
        return lambda u: special.betaincinv(a, b, u), lambda x: special.betainc(a, b, min(max(x, 0.0), 1.0))
    return lambda u: mean + sd * special.ndtri(u), lambda x: special.ndtr((x - mean) / sd)


def _size(mean: float, sd: float) -> float:
    """Sum of the two shapes of a beta distribution."""
    return mean * (1 - mean) / sd**2 - 1 if sd**2 > 0 else math.inf
