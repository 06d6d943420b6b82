"""Choices of customers who differ in how much they mind prices: the likelihood averaged over a lognormal sensitivity as well."""

from __future__ import annotations

import numpy as np

from regulars.laws.choice_likelihood import ChoiceLikelihood
from regulars.laws.choice_table import Choices
from regulars.laws.tastes import Tastes

Array = np.ndarray
NODES = 5  # of Gauss-Hermite
NARROW = 0.5  # spread of the logarithm with which the search begins


class WithSpread:
    """Tastes, and the spread of the logarithm of price sensitivity, as the logarithm of it, after them."""

    def __init__(self, inner: Tastes) -> None:
        self.inner, self.size = inner, inner.size + 1

    def start(self, shares: Array) -> Array:
        """Parameters to begin the search with."""
        return np.append(self.inner.start(shares), np.log(NARROW))

    def points(self, theta: Array) -> tuple[Array, Array]:
        """The taste points and their log weights."""
        return self.inner.points(theta[:-1])

    def slope(self, theta: Array, by_taste: Array, by_log_weight: Array) -> Array:
        """Gradient by the tastes' own parameters."""
        return self.inner.slope(theta[:-1], by_taste, by_log_weight)

    def named(self, theta: Array, firms: tuple[str, ...]) -> dict[str, float]:
        """The parameters in words; the spread of sensitivity as a coefficient of variation."""
        return self.inner.named(theta[:-1], firms) | {"price spread": spread_of(theta[-1])}


def spread_of(log_sigma: float) -> float:
    """Coefficient of variation of a lognormal whose logarithm has this standard deviation, itself given as a logarithm."""
    return float(np.sqrt(np.expm1(np.exp(2 * min(log_sigma, 1.0)))))


class ChoiceMixture(ChoiceLikelihood):
    """As `ChoiceLikelihood`, with the coefficient of `price` b_i = b exp(s z_i - s^2 / 2), z_i standard normal over customers."""

    def __init__(self, data: Choices, kind: WithSpread, initial: str) -> None:
        super().__init__(data, kind, initial)
        self.place = data.covariates.index("price")
        self.z, weight = np.polynomial.hermite_e.hermegauss(NODES)
        self.log_node = np.log(weight / weight.sum())

    def __call__(self, theta: Array) -> tuple[float, Array]:
        """Log-likelihood and gradient."""
        inertia, slopes, own = theta[0], theta[1 : 1 + self.x], theta[1 + self.x :]
        sigma = float(np.exp(min(own[-1], 1.0)))
        times = np.exp(sigma * self.z - sigma**2 / 2)
        by_sigma = times * (self.z - sigma)
        taste, log_weight = self.kind.points(own)
        points = []
        for factor in times:
            own_slopes = slopes.copy()
            own_slopes[self.place] *= factor
            points.append(self.at(inertia, own_slopes, taste))
        total, by_taste, by_weight = 0.0, np.zeros_like(taste), np.zeros_like(log_weight)
        by_common, by_spread = np.zeros(1 + self.x), 0.0
        for block in self.blocks:
            found = [at.each(block) for at in points]
            each = np.stack(
                [e + log_weight + node for (e, _), node in zip(found, self.log_node, strict=True)]
            )
            highest = each.max(axis=(0, 2), keepdims=True)
            weight = np.exp(each - highest)
            summed = weight.sum(axis=(0, 2), keepdims=True)
            total += float((highest + np.log(summed)).sum())
            weight /= summed
            by_weight += weight.sum(axis=(0, 1))
            for g, at in enumerate(points):
                taste_part, common = at.slopes(block, weight[g], *found[g][1])
                by_taste += taste_part
                by_spread += common[1 + self.place] * slopes[self.place] * by_sigma[g]
                common[1 + self.place] *= times[g]
                by_common += common
        of_tastes = self.kind.slope(own, by_taste, by_weight)
        return total, np.concatenate([by_common, of_tastes, [by_spread * sigma if own[-1] < 1.0 else 0.0]])
