"""The newsvendor: how much stock to hold for demand that is not known beforehand.

Daily demand with mean mu and standard deviation sd is met from a stock of mu + z sd. With normal demand

units short per day = sd L(z),   units left over = sd (z + L(z)),   L(z) = phi(z) - z (1 - Phi(z))

and the best z, where a unit short loses the margin m and a unit left over costs h, has Phi(z) = m / (m + h), the
critical fractile (Arrow, Harris & Marschak 1951, Econometrica 19:250-272; Porteus 2002, Foundations of Stochastic
Inventory Theory).
"""

from __future__ import annotations

import math
from statistics import NormalDist

MOST = 10.0  # standard deviations: beyond it nothing is ever short


def loss(z: float) -> float:
    """L(z): units short per day, in standard deviations of demand."""
    above = 0.5 * math.erfc(z / math.sqrt(2.0))
    return max(math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi) - z * above, 0.0)


def left_over(z: float) -> float:
    """Units left over per day, in standard deviations of demand."""
    return z + loss(z)


def safety_of(short: float) -> float:
    """The z at which `short` standard deviations of demand are not met, at most 10: the inverse of L."""
    if short <= loss(MOST):
        return MOST
    low, high = -short - 1.0, MOST  # L(z) is at least -z, and more than that by less than 1
    for _ in range(80):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if loss(middle) > short else (low, middle)
    return 0.5 * (low + high)


def best_safety(margin: float, left_over_cost: float) -> float:
    """The z of the critical fractile, within 10 standard deviations; -10 where selling earns nothing."""
    if margin <= 0:
        return -MOST
    if left_over_cost <= 0:
        return MOST
    fractile = margin / (margin + left_over_cost)
    if not 0 < fractile < 1:
        return MOST if fractile >= 1 else -MOST
    return min(max(NormalDist().inv_cdf(fractile), -MOST), MOST)
