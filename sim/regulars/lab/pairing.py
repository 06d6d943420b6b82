"""Whether common random numbers narrow the interval of an effect."""

from __future__ import annotations

import math

import numpy as np

from regulars.lab.decision.regression import Floats


def factor(arm: Floats, control: Floats) -> float:
    """How many times smaller the standard error of mean(arm) - mean(control) is than with as many worlds of their own for each.

    sqrt(var(arm) + var(control)) / sd(arm - control), below 1 where arm and control go against one another.

    Args:
        arm: of each replicate, shape (replicates,), in any unit.
        control: of the same replicates, in the same unit.

    Returns:
        The factor; infinite where the difference is the same in all replicates, NaN with fewer than two.
    """
    if len(arm) < 2:
        return math.nan
    paired = float(np.std(arm - control, ddof=1))
    apart = math.hypot(float(np.std(arm, ddof=1)), float(np.std(control, ddof=1)))
    return apart / paired if paired > 0 else math.inf
