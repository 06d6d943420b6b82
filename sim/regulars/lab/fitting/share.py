"""A share that is known with an error: the beta law."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True)
class Share:
    """A share, by a beta law of this mean and standard deviation."""

    mean: float
    sd: float

    def draws(self, normal: Array) -> Array:
        """Draws at the quantiles of standard normal draws."""
        from scipy import stats

        total = self.mean * (1 - self.mean) / self.sd**2 - 1
        law = stats.beta(self.mean * total, (1 - self.mean) * total)
        return np.asarray(law.ppf(stats.norm.cdf(normal)), np.float64)
