"""Stocks that fade: warmth after a message, social credit, knowledge of a taste, anger.

A stock x with half-life h that stood at x0 at time t0 is x0 * 2 ** (-(t - t0) / h) at time t. It is worked out when it
is needed, so that nothing has to be done on the days between.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

SHORTEST = (
    1e-30  # days; a shorter half-life is none at all in single precision, and no time over it no number
)


def faded(value: NDArray[Any], since: NDArray[Any], now: Any, half_life: float) -> NDArray[np.float64]:
    """What is left of stocks that stood at `value` at `since` (days); a half-life of 0 means that they last for ever."""
    if half_life <= 0:
        return np.asarray(value, np.float64)
    return np.asarray(value * np.exp2(-np.maximum(now - since, 0.0) / max(half_life, SHORTEST)), np.float64)


def toward_one(value: NDArray[Any], share: Any) -> NDArray[np.float64]:
    """Stocks between 0 and 1 after `share` of what is missing was added: the fuller, the less it takes in."""
    return np.asarray(value + share * (1.0 - value), np.float64)
