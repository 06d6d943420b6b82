"""What to show to whom: one recommender a file, strangers to one another. The folder is the registry.

Here is what they share: how far a customer's purchases are to be trusted, and along which directions customers differ.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from regulars.ground.kernel import kernel

MOST = 0.95  # of the variance of single purchases can lie between customers
POINTS = 2000  # of the curve of what chance does to eigenvalues


@kernel
def weigh(rows: Any, profiles: Any, loadings: Any, out: Any) -> None:
    """Add profiles[rows[o]] . loadings to out[o, p]; the same to the bit whoever else is scored."""
    for o in range(rows.size):
        for k in range(loadings.shape[0]):
            weight = profiles[rows[o], k]
            for p in range(loadings.shape[1]):
                out[o, p] += weight * loadings[k, p]


def credibility(count: NDArray[Any], variance: Any) -> NDArray[Any]:
    """Weight v / (1 + (n - 1) v) of the sum of a customer's n purchases in the estimate of its mean (Buhlmann 1967).

    `variance` v is the share of the variance of a purchase that lies between customers.
    """
    return variance / (1.0 + (np.maximum(count, 1) - 1.0) * variance)


def differences(pairs: NDArray[Any], count: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], float]:
    """Along which directions customers differ lastingly, and how much: directions (d, d), variances (d,), the common one.

    `pairs` (d, d) is the sum of z_m z_n' over all ordered pairs of different purchases of one customer, `count` (i,) the
    purchases of each; z are features of a product with mean 0 and variance 1 over all purchases. Divided by the number
    of pairs its mean is the covariance between customers of their mean features: 0 when all are alike. Directions (the
    columns) whose variance sticks out of what chance does, at about 1% (Johnstone 2001, Annals of Statistics
    29:295-327), have their own, less what chance added to it; all others have the common one, which is 0 unless it is
    above two standard errors.
    """
    size, number = len(pairs), float((count * (count - 1.0)).sum())
    if size == 0 or number <= 0:
        return np.eye(size), np.zeros(size), 0.0
    values, vectors = np.linalg.eigh((pairs + pairs.T) / (2 * number))
    middle = float(np.median(values))
    scale = 1.0 + max(middle, 0.0) * number / float(count.sum())  # customers who all differ make more noise
    inverse, seen = _curve(size, count, 2.0 * max(float(values[-1]), 1e-12))
    edge = float(seen[-1]) + 2.0 * np.sqrt(size / number) * size ** (-2.0 / 3.0)
    common = min(float(values[values - middle <= edge * scale].mean()), MOST)
    common *= max(0.0, 1.0 - 8.0 / (number * size * common**2)) if common > 1e-9 else 0.0
    above = np.maximum((values - common) / scale, edge)
    # how much of the direction found lies along the true one
    known = -(inverse**2) * np.gradient(seen, inverse)
    g, part = (np.interp(above, seen[::-1], curve[::-1]) for curve in (inverse, known))
    own = np.minimum(common + scale * part / g, MOST)
    return vectors, np.where(above > edge, own, common), common


def _curve(size: int, count: NDArray[Any], largest: float) -> tuple[NDArray[Any], NDArray[Any]]:
    """Where an eigenvalue 1/g is seen once chance is added to it: g and seen = 1/g + R(g), from `largest` to the edge.

    A customer with n purchases adds to the mean of the pairs, when all are alike, a matrix with one eigenvalue (n - 1) c and
    n - 1 eigenvalues -c, c = d / number of pairs; R is the sum of their R-transforms. Outliers of a sum with such noise
    follow this curve down to its minimum, the edge of chance (Benaych-Georges & Nadakuditi 2011, Advances in
    Mathematics 227:494-521). With many customers it is Wigner's half circle, radius 2 sqrt(c).
    """
    n, many = np.unique(count[count > 1], return_counts=True)
    back = size / float((many * n * (n - 1.0)).sum())
    jump = (n - 1.0) * back
    start = 0.01 / max(largest, float(np.sqrt(back)), float(jump.max()))
    g = np.geomspace(start, (1.0 - 1e-9) / float(jump.max()), POINTS)
    there = jump / (1.0 - np.multiply.outer(g, jump)) - jump / (1.0 + back * g)[:, None]
    seen = 1.0 / g + there @ (many / size)
    lowest = int(seen.argmin()) + 1
    return g[:lowest], seen[:lowest]
