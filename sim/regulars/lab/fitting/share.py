"""A share that is known with an error: the beta law."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from regulars.ground.prior import law

Array = NDArray[Any]


@dataclass(frozen=True)
class Share:
    """A share, by a beta law of this mean and standard deviation."""

    mean: float
    sd: float

    def draws(self, normal: Array) -> Array:
        """Draws at the quantiles of standard normal draws."""
        return law("beta", self.mean, self.sd)(normal)
