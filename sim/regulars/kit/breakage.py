"""Which part of the points that customers hold will be redeemed, and at what cost: breakage, estimated from how customers buy.

A customer who buys r times a day, each purchase earning e points, and who needs N points for the reward aimed for, redeems points that last
another t days if the purchases that are lacking come in time, n = max(1, ceil((N - H) / e)) of them, with H what is held and lasts as long,
or earlier, before an older lot expires; and if one gets round to it, with chance rho at each purchase from the n-th on. With K ~ Poisson(m), m = r t, and q = 1 - rho:

    P = 1 - Pr(K < n) - sum_{k >= n} Pr(K = k) q^(k-n+1) = G(n, m) - q^(1-n) exp(-rho m) G(n, q m)

with G the regularised lower incomplete gamma function (points are spent oldest first); of the ends at which the reward could be reached the
likeliest counts. Points that do not expire are looked at for ten years
ahead. The estimate is made anew every four weeks on what customers then hold, so that it is trued up by what they have really redeemed,
lost and earned; IFRS 15, B44 to B47, asks for as much of a loyalty programme's unexercised rights. It takes the purchase rates of today
as they are without programmes, and leaves out that customers leave for good: points of those who do are released when they go.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

HORIZON = 3652.5  # days that points without expiry are looked ahead (assumption)
EVERY = 28.0  # days between two estimates
Floats = NDArray[np.float64]


def redeemed_share(
    lots: Floats, needed: Floats, earned: Floats, pace: Floats, left: Floats, rho: float
) -> Floats:
    """Chance that points are redeemed, by customer and lot, shape (customers, lots).

    Args:
        lots: points that each customer holds of each lot and can use for the reward aimed for, shape (customers, lots).
        needed: points of that reward, one per customer; infinite for those who aim for none.
        earned: points that a purchase earns on average, one per customer.
        pace: purchases a day, one per customer.
        left: days that the points of each lot still last, infinite for ever; shape (lots,), or (customers, lots).
        rho: chance, per purchase with enough points, of getting round to redeeming.
    """
    from scipy.special import gammainc

    left = np.broadcast_to(np.minimum(left, HORIZON), lots.shape)
    order = np.argsort(left, axis=1, kind="stable")
    ends, held = (np.take_along_axis(values, order, axis=1) for values in (left, lots))
    still = np.cumsum(held[:, ::-1], axis=1)[:, ::-1]  # what has not expired before each end
    lacking = np.maximum(needed[:, None] - still, 0.0)
    never = ~np.isfinite(lacking) | ((lacking > 0) & (earned <= 0)[:, None]) | (pace <= 0)[:, None]
    steps = np.where(earned > 0, earned, 1.0)[:, None]
    n = np.maximum(np.ceil(np.where(never, 1.0, lacking) / steps - 1e-9), 1.0)
    mean = pace[:, None] * ends
    come = gammainc(n, mean)
    if rho < 1.0:
        come = come - _not_round_to_it(n, mean, come, 1.0 - rho)
    best = np.maximum.accumulate(
        np.where(never, 0.0, come), axis=1
    )  # by its own end, or by that of an older lot
    out = np.empty_like(best)
    np.put_along_axis(out, order, best, axis=1)
    return out


def _not_round_to_it(n: Floats, mean: Floats, come: Floats, q: float) -> Floats:
    """Chance that the purchases come and none of those from the n-th on is used: at most q times that they come."""
    from scipy.special import gammainc

    some = gammainc(n, q * mean)
    with np.errstate(divide="ignore"):
        told = np.exp(np.minimum((1.0 - n) * np.log(q) - (1.0 - q) * mean + np.log(some), 0.0))
    return np.minimum(np.where(some > 0, told, q * come), q * come)


def expected(lots: NDArray[Any], share: Floats, each: Floats) -> float:
    """Mean of `each` over all points that are out, times the chance that they are redeemed, per point; 0 where there are none.

    Args:
        lots: points, shape (customers, lots), in any one unit.
        share: chance that they are redeemed, same shape.
        each: what a point redeemed costs or is worth with the reward that the customer aims for, currency units per point.
    """
    held = lots.astype(np.float64)
    total = float(held.sum())
    return float((held * share * each[:, None]).sum() / total) if total > 0 else 0.0
