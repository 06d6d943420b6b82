"""Whether a randomised pilot can see what is there: standard error, power, minimum detectable effect, assurance.

The test is the usual one of two means, two-sided at 5%: an effect D with standard error s is told from none where |D| > 1.96 s.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

Floats = NDArray[np.float64]
LEVEL = 0.05  # of the two-sided test
USUAL_POWER = 0.8  # at the minimum detectable effect
REACH = float(ndtri(1 - LEVEL / 2))


@dataclass(frozen=True)
class Power:
    """What a pilot can see.

    Attributes:
        se: standard error of the difference, root mean square over worlds, in the unit of the measure.
        at_median: chance that the test tells the median effect from none.
        assurance: the same, averaged over all effects that are thought possible (O'Hagan, Stevens & Campbell 2005, Pharmaceutical
            Statistics 4:187-201).
        detectable: minimum detectable effect: told from none with a chance of 80%.
    """

    se: float
    at_median: float
    assurance: float
    detectable: float


def standard_errors(sd_treated: Floats, sd_held_out: Floats, treated: int, held_out: int) -> Floats:
    """Standard error of the difference of two means in each world: sqrt(s_t^2 / n_t + s_h^2 / n_h)."""
    return np.asarray(np.sqrt(sd_treated**2 / treated + sd_held_out**2 / held_out))


def power(effect: Floats, se: Floats) -> Floats:
    """Chance that the test tells an effect from none: Phi(|effect| / se - 1.96) + Phi(-|effect| / se - 1.96).

    effect, se: in one unit, shape (worlds,); where nothing varies between customers, any effect is told and none is not.
    """
    effect, se = np.abs(np.asarray(effect, float)), np.asarray(se, float)
    far = np.divide(effect, se, out=np.where(effect > 0, np.inf, 0.0), where=se > 0)
    return np.asarray(ndtr(far - REACH) + ndtr(-far - REACH))


def told_by(effect: Floats, se: Floats) -> Power:
    """What a pilot can see over the worlds that are thought possible.

    effect, se: in one unit, shape (worlds,).
    """
    typical = math.sqrt(float(np.mean(np.square(se))))
    middle = np.array([np.median(effect)])
    return Power(
        typical,
        float(power(middle, np.array([typical]))[0]),
        float(power(effect, se).mean()),
        (REACH + float(ndtri(USUAL_POWER))) * typical,
    )
