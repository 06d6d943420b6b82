"""Whether common random numbers narrow the interval of an effect, and how many replicates make up for it where they widen it.

An arm that changes everything (a rebate of 100%) loses most where the control would have earned most: the two go against one another, and
their difference varies more than that of two worlds apart. Nothing that is read off the same replicates can mend that: the mean of
the control is not known beside them, so that every unbiased weight on it is 1 (docs/adr/0028). More replicates can.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from regulars.lab.decision.regression import Floats

WORSE = 1.05  # times the error of as many worlds apart, above which replicates are added
LEAST = 10  # replicates from which on the factor is known well enough to act on it
MOST = 2  # times as many replicates as were asked for, at most


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


def replicates_needed(arms: Iterable[Floats], control: Floats) -> int:
    """How many replicates give every arm's effect the error that as many worlds apart as there are would give.

    With a factor f below 1 / 1.05 of any arm: n / f^2 of the worst, rounded up, at most twice as many; otherwise as many as there are, and
    always so with fewer than 10. The rule looks at spreads only and never at the effect itself, which for normal values is independent of
    them (as Stein 1945, Annals of Mathematical Statistics 16:243-258), so that intervals over all replicates cover as stated.

    Args:
        arms: profit of each arm in each replicate, shape (replicates,), currency units.
        control: the same of the control.
    """
    count = len(control)
    if count < LEAST:
        return count
    worst = min((factor(arm, control) for arm in arms), default=math.inf)
    return count if worst >= 1 / WORSE else min(math.ceil(count / worst**2), MOST * count)
