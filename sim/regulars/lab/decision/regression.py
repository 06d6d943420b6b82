"""The mean of an outcome given uncertain inputs, by regression over the replicates of a comparison.

Each replicate draws other values of the inputs and other customers, so that an outcome is a function of the inputs plus what
chance adds. The function is taken as a polynomial (linear, and squares where there are replicates enough); what it leaves is
chance. Fitted values follow chance a little, too, which would count as knowledge: their spread is scaled back to the share of
variance that the adjusted R2 leaves them (Theil 1961, Economic Forecasts and Policy; Strong, Oakley & Brennan 2014, Medical Decision
Making 34:311-326, for regression in place of nested simulation).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regulars.ground.chance import Chance, purpose

AGAIN = purpose("decision", "resample")
RESAMPLES = 200
Floats = NDArray[np.float64]
PER_TERM = 5  # replicates that each term of a regression needs
SMALLEST = np.finfo(np.float64).tiny
TINY = 1e-12  # of the mean square: below, a column does not vary


@dataclass(frozen=True)
class Regression:
    """A fitted mean.

    Attributes:
        mean: fitted values scaled back as above, shape (replicates,), about the plain mean of the outcome.
        explained: variance of the outcome that the inputs explain, adjusted; in squares of the unit of the outcome.
        variance: of the outcome.
        slopes: change of the outcome by one standard deviation of each input, shape (inputs,); 0 for one that does not vary.
        errors: standard errors of the slopes.
    """

    mean: Floats
    explained: float
    variance: float
    slopes: Floats
    errors: Floats


def enough(replicates: int, inputs: int) -> bool:
    """Whether there are replicates enough to tell what `inputs` inputs do: 5 for each, and 5 for the mean."""
    return replicates >= PER_TERM * (inputs + 1)


def needed(inputs: int) -> int:
    """Replicates that so many inputs need."""
    return PER_TERM * (inputs + 1)


def regress(inputs: Floats, outcome: Floats) -> Regression:
    """Regress an outcome on inputs.

    Args:
        inputs: shape (replicates, inputs); `enough` says how many replicates are needed.
        outcome: shape (replicates,), in any unit.

    Returns:
        The fitted mean. With no inputs, or none that varies, nothing is explained.
    """
    z, varies = standardised(inputs)
    centre = float(outcome.mean())
    y, n = outcome - centre, len(outcome)
    total = float(y @ y)
    slopes, errors = np.zeros(inputs.shape[1]), np.zeros(inputs.shape[1])
    if not varies.any() or total == 0 or n < 3:
        return Regression(np.full(n, centre), 0.0, total / max(n - 1, 1), slopes, errors)
    linear = z[:, varies]
    coefficients, _, rank, _ = np.linalg.lstsq(linear, y, rcond=None)
    left = y - linear @ coefficients
    noise = float(left @ left) / max(n - 1 - int(rank), 1)
    slopes[varies] = coefficients
    errors[varies] = np.sqrt(noise * np.diag(np.linalg.pinv(linear.T @ linear)))
    best = _scaled_back(linear @ coefficients, y, int(rank), total)
    curved = np.column_stack([linear, _squares(linear)])
    if enough(n, curved.shape[1]):  # squares are kept where they tell more than they cost
        coefficients, _, rank, _ = np.linalg.lstsq(curved, y, rcond=None)
        other = _scaled_back(curved @ coefficients, y, int(rank), total)
        best = other if other[1] > best[1] else best
    fitted, share = best
    variance = total / (n - 1)
    return Regression(centre + fitted, share * variance, variance, slopes, errors)


def resamples(replicates: int, seed: int) -> NDArray[np.int64]:
    """Replicates drawn again with replacement, shape (RESAMPLES, replicates): what they give tells the standard errors."""
    u = Chance(seed).uniform(AGAIN, np.arange(RESAMPLES * replicates))
    return np.asarray(u * replicates, np.int64).reshape(RESAMPLES, replicates)


def standardised(inputs: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Inputs less their means in standard deviations, and which of them vary."""
    centred = inputs - inputs.mean(axis=0)
    sd = centred.std(axis=0, ddof=1) if len(inputs) > 1 else np.zeros(inputs.shape[1])
    varies = sd > TINY * np.maximum(np.abs(inputs).max(axis=0), SMALLEST)
    return np.where(varies, centred / np.where(varies, sd, 1.0), 0.0), np.asarray(varies)


def _squares(z: Floats) -> Floats:
    """Squares of standardised inputs, free of their means and of what the inputs themselves explain."""
    squares = z**2 - (z**2).mean(axis=0)
    return np.asarray(squares - z @ np.linalg.lstsq(z, squares, rcond=None)[0])


def _scaled_back(fitted: Floats, y: Floats, rank: int, total: float) -> tuple[Floats, float]:
    """Fitted values with the variance that the adjusted R2 leaves them, and that R2."""
    n, raw = len(y), float(fitted @ fitted) / total
    degrees = n - 1 - rank
    share = max(1.0 - (1.0 - raw) * (n - 1) / degrees, 0.0) if degrees > 0 else 0.0
    return fitted * (np.sqrt(share / raw) if raw > 0 else 0.0), share
