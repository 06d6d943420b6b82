"""The negative binomial distribution of purchases: who buys how often, and how much of that is chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from regulars.ground.errors import RegularsError


@dataclass(frozen=True)
class NBD:
    """Purchases per customer in a period: Poisson counts whose rates are gamma distributed over customers.

    Source: Ehrenberg (1959), Applied Statistics 8; Goodhardt & Ehrenberg (1967) for the conditional trend.

    Attributes:
        mean: purchases per customer and period, buyers and non-buyers alike (m).
        shape: of the gamma distribution of rates (K); small means unequal customers, infinite means equal ones.
    """

    mean: float
    shape: float

    def __post_init__(self) -> None:
        if not (self.mean > 0 and self.shape > 0):
            raise RegularsError(
                f"NBD needs mean > 0 and shape > 0, not mean {self.mean} and shape {self.shape}"
            )

    def over(self, periods: float) -> NBD:
        """The same customers watched for ``periods`` periods: the mean is ``periods`` x m, the shape stays K."""
        return NBD(self.mean * periods, self.shape)

    def pmf(self, n: np.ndarray | int) -> np.ndarray:
        """Probability of n purchases in a period: Gamma(K + n) / (Gamma(K) n!) (K / (K + m))^K (m / (K + m))^n.

        Args:
            n: whole numbers of purchases, any shape.

        Returns:
            Probabilities, in the shape of n.
        """
        return probability(n, self.mean, self.shape)

    def reach(self, tail: float = 1e-13) -> int:
        """A number of purchases beyond which less than ``tail`` of the customers lie."""
        n = int(self.mean + 20 * np.sqrt(self.mean * (1 + self.mean / self.shape)) + 40)
        while self.pmf(n) > tail * min(1.0, self.shape / (self.shape + self.mean)) and n < 2_000_000:
            n *= 2
        return n

    @property
    def buyers(self) -> float:
        """Share of customers who buy at least once in the period: 1 - (1 + m / K)^-K."""
        return float(1 - self.pmf(0))

    def conditional_mean(self, x: np.ndarray | float) -> np.ndarray:
        """Conditional trend: expected purchases in the next, equally long period of those with x in this, (K + x) m / (K + m).

        Args:
            x: purchases in this period, any shape.

        Returns:
            Purchases per customer, in the shape of x.
        """
        x = np.asarray(x, dtype=float)
        if np.isinf(self.shape):
            return np.full_like(x, self.mean)
        return (self.shape + x) * self.mean / (self.shape + self.mean)

    def sales_from_nonbuyers(self) -> float:
        """Share of the next period's purchases that come from those who bought nothing in this one: P(0) K / (K + m)."""
        return float(self.pmf(0) * self.conditional_mean(0.0) / self.mean)

    def expected_change(self, low: int, high: int | None = None) -> float:
        """Relative change of those with low..high purchases in the next period, though nothing happens to them.

        This is what an uncontrolled before-and-after comparison shows for a programme without effect.

        Args:
            low: fewest purchases in this period, 1 or more.
            high: most of them; no upper end by default.

        Returns:
            Purchases in the next period over those in this one, less 1.

        Raises:
            RegularsError: a class that holds customers without purchases.
        """
        n = np.arange(low, (self.reach() if high is None else high) + 1)
        weight = self.pmf(n)
        before = float(weight @ n)
        if before == 0:
            raise RegularsError(
                "customers without purchases have no relative change; use conditional_mean(0)"
            )
        return float(weight @ self.conditional_mean(n)) / before - 1

    def top_share(self, top: float = 0.2) -> float:
        """Share of purchases made by the heaviest ``top`` of buyers; ties at the edge are split."""
        n, buyers, heavy = self._heavy(top)
        return float((heavy * buyers * n).sum() / (buyers * n).sum())

    def top_share_next(self, top: float = 0.2) -> float:
        """Share of the next period's purchases made by those who are this period's heaviest ``top`` of buyers."""
        n, buyers, heavy = self._heavy(top)
        return float((heavy * buyers * self.conditional_mean(n)).sum() / self.mean)

    def top_again(self, top: float = 0.2) -> float:
        """Share of the heaviest ``top`` of buyers who are among the heaviest ``top`` in the next period, too."""
        n, buyers, heavy = self._heavy(top)
        likely = heavy * buyers > 1e-14
        again = 0.0
        for x, weight in zip(n[likely], (heavy * buyers)[likely], strict=True):
            if np.isinf(self.shape):
                later = self
            else:
                later = NBD(float(self.conditional_mean(x)), self.shape + x)
            again += weight * float((later.pmf(n) * heavy).sum())
        return again / float((heavy * buyers).sum())

    def _heavy(self, top: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Counts n >= 1, the share of customers with each, and what fraction of them belongs to the top."""
        if not 0 < top < 1:
            raise RegularsError(f"top={top}: give a share of the buyers between 0 and 1, as 0.2")
        n = np.arange(1, self.reach() + 1)
        p = self.pmf(n)
        above = np.cumsum(p[::-1])[::-1] - p
        with np.errstate(divide="ignore", invalid="ignore"):
            heavy = np.clip((top * p.sum() - above) / p, 0.0, 1.0)
        return n, p, np.where(p > 0, heavy, 1.0)


def probability(n: np.ndarray | int, mean: np.ndarray | float, shape: float) -> np.ndarray:
    """P(n) of the NBD with this mean (or means, that broadcast with n) and shape, which may be infinite."""
    from scipy.special import betaln, gammaln, xlogy

    n = np.asarray(n, dtype=float)
    if np.isinf(shape):
        return np.exp(xlogy(n, mean) - mean - gammaln(n + 1))
    # Gamma(K+n) / (Gamma(K) n!) = 1 / (n B(n, K)), which keeps its digits for large K
    some = np.maximum(n, 1.0)
    ways = np.where(n > 0, -np.log(some) - betaln(some, shape), 0.0)
    return np.exp(ways - shape * np.log1p(mean / shape) + xlogy(n, mean / (shape + mean)))
