"""What a pilot is worth in money before it has begun: the expected value of its information, less what it costs.

What is not known moves both what a pilot sees, d, and what the programme earns, g. Both are regressed on the uncertain inputs, so
that chance in one simulated market counts as no knowledge (`lab.decision.regression`), and g on d. A pilot sees d with the error s of a
sample of customers. Where all is normal, the expected earnings given its outcome spread as those given d do, times the root of the
reliability var(d) / (var(d) + s^2) (Jalal & Alarid-Escudero 2018, Medical Decision Making 38:174-188). The value is the mean
of the best choice then less the best choice now (Raiffa & Schlaifer 1961, Applied Statistical Decision Theory).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from regulars.lab.decision.regression import Floats, regress, resamples


@dataclass(frozen=True)
class Worth:
    """What the outcome of a pilot is worth.

    Attributes:
        value: expected value of sample information, in currency units.
        changes: chance that another choice is made afterwards than now.
        reliability: share of the variance between outcomes that comes from what is not known, and not from which customers took part.
    """

    value: float
    changes: float
    reliability: float


def worth(inputs: Floats, effect: Floats, se: Floats, gains: Floats) -> Worth:
    """The expected value of sample information of a pilot, before choosing an arm or none.

    Args:
        inputs: uncertain inputs, shape (worlds, inputs).
        effect: what a pilot without error would see, shape (worlds,).
        se: its standard error in each world, in the same unit, shape (worlds,).
        gains: earnings of each arm that may be chosen, shape (worlds, arms); doing nothing earns 0.
    """
    seen = regress(inputs, effect)
    error = float(np.mean(np.square(se)))
    now = gains.mean(axis=0)
    if seen.explained <= 0:
        return Worth(0.0, 0.0, 0.0)
    reliability = seen.explained / (seen.explained + error)
    known = np.column_stack([regress(seen.mean[:, None], regress(inputs, arm).mean).mean for arm in gains.T])
    then = _with_nothing(now + (known - now) * math.sqrt(reliability))
    choice = int(_with_nothing(now[None, :])[0].argmax())
    value = max(float(then.max(axis=1).mean() - then.mean(axis=0).max()), 0.0)
    return Worth(value, float((then.argmax(axis=1) != choice).mean()), reliability)


def error_of(inputs: Floats, effect: Floats, se: Floats, gains: Floats, seed: int) -> float:
    """Standard error of `worth(...).value` over the worlds that were drawn, by drawing among them again."""
    again = [
        worth(inputs[rows], effect[rows], se[rows], gains[rows]).value
        for rows in resamples(len(effect), seed)
    ]
    return float(np.std(again))


def _with_nothing(gains: Floats) -> Floats:
    """Earnings with those of doing nothing before them, shape (worlds, 1 + arms)."""
    return np.column_stack([np.zeros(len(gains)), gains])
