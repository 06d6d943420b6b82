"""How a chance of a prize is felt: prospect theory, in the frame of gains or of the price paid.

Value v(x) = x^alpha, weight w(p) = p^gamma / (p^gamma + (1-p)^gamma)^(1/gamma) (Tversky & Kahneman 1992). In the
gain frame a lottery beats the same money for sure only when the chance is small. In the price frame the customer
evaluates what is paid: diminishing sensitivity to prices makes a chance of paying nothing beat the same discount
for sure (Mazar, Shampanier & Ariely 2017, Management Science 63:250-266).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Frame = Literal["expected", "gain", "price"]


def weight(p: ArrayLike, gamma: ArrayLike) -> NDArray[Any]:
    """Decision weight of a probability; gamma = 1 is no weighting."""
    p, gamma = np.asarray(p, np.float64), np.asarray(gamma, np.float64)
    return p**gamma / (p**gamma + (1 - p) ** gamma) ** (1 / gamma)


def certainty_equivalent(
    frame: Frame, chances: Sequence[float], shares: Sequence[float], alpha: ArrayLike, gamma: ArrayLike
) -> NDArray[Any]:
    """Sure rebate, as a share of the money spent, that feels as good as a draw.

    Args:
        frame: `expected` for the expected value; `gain` for the prize as a gain; `price` for the price paid after it.
        chances: probability of each prize; the rest wins nothing.
        shares: share of the spending that each prize returns, 0..1.
        alpha: value curvature, one per customer or one for all.
        gamma: probability weighting, likewise.

    Returns:
        Certainty equivalents, shape of `alpha` and `gamma` broadcast together.
    """
    alpha, gamma = np.broadcast_arrays(np.asarray(alpha, np.float64), np.asarray(gamma, np.float64))
    p, x = np.asarray(chances, np.float64), np.asarray(shares, np.float64)
    if frame == "expected":
        return np.full(alpha.shape, float(p @ x))
    order = np.argsort(-x)
    p, x = p[order], x[order]
    if frame == "gain":
        felt = np.zeros(alpha.shape)
        for weight_k, x_k in zip(_cumulative(p, gamma), x, strict=True):
            felt += weight_k * x_k**alpha
        return felt ** (1 / alpha)
    # the price frame: losses 1 - x, worst first; the sure rebate r is felt as (1 - r)^alpha
    worst = np.append(1 - x, 1.0)[::-1]
    chance = np.append(p, 1 - p.sum())[::-1]
    felt = np.zeros(alpha.shape)
    for weight_k, loss in zip(_cumulative(chance, gamma), worst, strict=True):
        felt += weight_k * loss**alpha
    return 1 - felt ** (1 / alpha)


def _cumulative(chances: NDArray[Any], gamma: NDArray[Any]) -> list[NDArray[Any]]:
    """Rank-dependent decision weights of outcomes listed from the most extreme on."""
    reached = np.minimum(np.cumsum(chances), 1.0)
    total = [np.zeros(gamma.shape), *(weight(q, gamma) for q in reached)]
    return [b - a for a, b in pairwise(total)]
