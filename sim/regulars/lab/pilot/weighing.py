"""Replicates weighed by how well each foretold the outcome of a pilot: importance weights, what they are worth, and what follows.

A replicate that expects the difference d, known in its simulated market with the variance t^2, foretells an observed difference D
with variance s^2 with the density N(D; d, s^2 + t^2). Weights are these densities, which add up to 1 (Rubin 1988, Bayesian Statistics 3:
395-402). They are worth as many replicates as 1 / sum w^2 (Kish 1965, Survey Sampling).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regulars.ground.chance import Chance, purpose
from regulars.lab.over_replicates import reach

Floats = NDArray[np.float64]
AGAIN = purpose("pilot", "draws")
FEWEST = 2.0  # replicates of equal weight, below which no spread can be told


@dataclass(frozen=True)
class Weighted:
    """A weighted mean, the standard deviation around it, and the 95% interval of one further market; NaN where replicates are worth too few."""

    mean: float
    sd: float
    low: float
    high: float


def weights(expected: Floats, variance: Floats, observed: float) -> Floats:
    """Weights of replicates for an observed difference, shape (replicates,); they add up to 1.

    Args:
        expected: difference that each replicate expects, shape (replicates,).
        variance: of the observed difference around it, in squares of its unit, shape (replicates,), above 0.
        observed: the difference.
    """
    logs = -0.5 * ((observed - expected) ** 2 / variance + np.log(variance))
    found = np.exp(logs - logs.max())
    return np.asarray(found / found.sum())


def effective(weight: Floats) -> float:
    """How many replicates of equal weight these are worth: 1 / sum w^2."""
    return 1.0 / float(weight @ weight)


def weighted(values: Floats, weight: Floats) -> Weighted:
    """Mean, sd and interval of a quantity over weighted replicates; with equal weights those of a comparison.

    All but the mean is NaN where the replicates are worth fewer than two: a t quantile of hardly any degrees of freedom has no end.

    values: one a replicate, in any unit; weight: adding up to 1.
    """
    mean, worth = float(weight @ values), effective(weight)
    if not spread_is_known(worth):
        return Weighted(mean, math.nan, math.nan, math.nan)
    sd = math.sqrt(float(weight @ (values - mean) ** 2) / (1.0 - 1.0 / worth))
    half = sd * reach(worth, of_one=True)
    return Weighted(mean, sd, mean - half, mean + half)


def spread_is_known(worth: float) -> bool:
    """Whether replicates that are worth so many of equal weight tell a spread, and how often something happens."""
    return worth >= FEWEST * (1 - 1e-9)  # two of equal weight may lack a rounding


def drawn_again(weight: Floats, seed: int) -> NDArray[np.int64]:
    """Numbers of replicates, as many as there are weights, each about as often as its weight says; in an order of chance.

    One draw from each of equal stretches (systematic resampling, Kitagawa 1996, J. Computational and Graphical Statistics 5:1-25).
    """
    count = len(weight)
    chance = Chance(seed)
    first = float(chance.uniform(AGAIN, [0])[0])
    edges = np.cumsum(weight)
    taken = np.searchsorted(edges / edges[-1], (first + np.arange(count)) / count, side="right")
    order = np.argsort(chance.uniform(AGAIN, 1 + np.arange(count)), kind="stable")
    return np.minimum(taken, count - 1)[order].astype(np.int64)
