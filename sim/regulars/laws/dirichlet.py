"""The NBD-Dirichlet: every measure of repeat buying in a stationary market, from three numbers and the shares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.laws.nbd import NBD


@dataclass(frozen=True)
class Dirichlet:
    """A market whose customers buy the category as an NBD and choose among firms as a Dirichlet-multinomial.

    Source: Goodhardt, Ehrenberg & Chatfield (1984), JRSS A 147(5), 621-655. ``t`` below is the length of the window in
    base periods; rates are purchases per buyer in the window.

    Attributes:
        mean: category purchases per customer and base period, buyers or not (M).
        shape: of the gamma distribution of category rates (K).
        diversity: sum of the Dirichlet parameters (S); infinite where all customers have the same tastes.
        shares: market share of each firm in purchases.
    """

    mean: float
    shape: float
    diversity: float
    shares: Mapping[str, float]

    def __post_init__(self) -> None:
        share = np.array(list(self.shares.values()), dtype=float)
        if not len(share) or (share <= 0).any() or share.sum() > 1 + 1e-9:
            raise RegularsError(f"shares must be above 0 and sum to at most 1, not {dict(self.shares)}")
        if not (self.mean > 0 and self.shape > 0 and self.diversity > 0):
            raise RegularsError("a Dirichlet market needs mean, shape and diversity above 0")

    @property
    def polarisation(self) -> float:
        """Phi = 1 / (1 + S): 0 where tastes are equal, 1 where everyone has one firm."""
        return 1.0 / (1.0 + self.diversity)

    def category(self, t: float = 1.0) -> NBD:
        """The category purchases of a customer in the window: NBD of mean M t and shape K."""
        return NBD(self.mean, self.shape).over(t)

    def penetration(self, t: float = 1.0) -> pd.Series:
        """Share of customers who buy the firm at least once in the window of t base periods.

        b = 1 - sum over n of P(n) p(0 | n), where n, the purchases of the category, is NBD and, with G the gamma function,
        p(0 | n) = G(S) G(S (1-s) + n) / [G(S (1-s)) G(S + n)].

        Returns:
            By ``firm``, 0 to 1.
        """
        return self._series(self._penetration(self._share, t))

    def purchase_rate(self, t: float = 1.0) -> pd.Series:
        """Purchases of the firm per buyer of it in the window of t base periods, by ``firm``: w = M t s / b."""
        return self._series(self.mean * t * self._share / self._penetration(self._share, t))

    def category_rate(self, t: float = 1.0) -> pd.Series:
        """Purchases of the whole category per buyer of the firm in the window, by ``firm``: sum over n of n P(n) [1 - p(0 | n)] / b."""
        n, p = self._window(t)
        bought = 1 - _none(self._share, self.diversity, n)
        return self._series((n * p) @ bought / (p @ bought))

    def requirements_share(self, t: float = 1.0) -> pd.Series:
        """Share of their category purchases that buyers of the firm give to it in the window, by ``firm``: SCR = w / category rate."""
        return self.purchase_rate(t) / self.category_rate(t)

    def sole_buyers(self, t: float = 1.0) -> pd.Series:
        """Share of the firm's buyers who buy no other firm in the window (100% loyal), by ``firm``: sum over n >= 1 of P(n) p(n | n) / b."""
        n, p = self._window(t)
        only = _none(1 - self._share, self.diversity, n)
        only[n == 0] = 0.0
        return self._series(p @ only / self._penetration(self._share, t))

    def period_repeat(self, t: float = 1.0) -> pd.Series:
        """Share of a window's buyers who buy again in the next, equally long: (2 b(t) - b(2t)) / b(t)."""
        b = self._penetration(self._share, t)
        return self._series(2 - self._penetration(self._share, 2 * t) / b)

    def next_repeat(self) -> pd.Series:
        """Probability that the next purchase is of the same firm: (1 + S s) / (1 + S)."""
        return self._series(1 - self._switching)

    def switch_out(self) -> pd.Series:
        """Probability that the next purchase is of another firm: (1 - s) S / (1 + S)."""
        return self._series(self._switching)

    def duplication(self, t: float = 1.0) -> pd.DataFrame:
        """Duplication of purchase in the window: (b_j + b_k - b_m) / b_j, m the two firms taken as one (closure).

        Args:
            t: length of the window, base periods.

        Returns:
            A table, shape (firms, firms): P(buys the column's firm | buys the row's firm), 0 to 1; 1 on the diagonal. The index is
            named ``buys`` and the columns ``also``.
        """
        share = self._share
        b = self._penetration(share, t)
        merged = self._penetration((share[:, None] + share[None, :]).ravel(), t).reshape(len(share), -1)
        both = b[:, None] + b[None, :] - merged
        given = both / b[:, None]
        np.fill_diagonal(given, 1.0)
        names = list(self.shares)
        return pd.DataFrame(given, index=pd.Index(names, name="buys"), columns=pd.Index(names, name="also"))

    def duplication_coefficient(self, t: float = 1.0) -> float:
        """D of the duplication law P(k | j) = D b_k in the window of t base periods, averaged over all pairs; NaN for a single firm."""
        if len(self.shares) < 2:
            return float("nan")
        b = self._penetration(self._share, t)
        ratio = self.duplication(t).to_numpy() / b[None, :]
        return float(ratio[~np.eye(len(b), dtype=bool)].mean())

    def purchases(self, t: float = 1.0, up_to: int = 5) -> pd.DataFrame:
        """Distribution of the purchases of each firm over customers, buyers of the category or not.

        P(r) = sum over n >= r of P(n) p(r | n), where n, the purchases of the category, is NBD and r among n Beta-binomial
        with alpha = S s and beta = S (1 - s).

        Args:
            t: length of the window, base periods.
            up_to: largest number of purchases with a column of its own.

        Returns:
            A table by firm with the columns 0, 1, ..., ``up_to`` and, as text, the rest (``"6+"``): shares of customers; rows sum to 1.
        """
        from scipy.stats import betabinom, binom

        n, p = self._window(t)
        r = np.arange(up_to + 1)[:, None]
        table = np.empty((len(self.shares), up_to + 2))
        for row, share in zip(table, self._share, strict=True):
            if np.isinf(self.diversity) or share >= 1:
                given = binom.pmf(r, n, share)
            else:
                given = betabinom.pmf(r, n, self.diversity * share, self.diversity * (1 - share))
            row[:-1] = given @ p
            row[-1] = max(1 - row[:-1].sum(), 0.0)
        columns = [*range(up_to + 1), f"{up_to + 1}+"]
        return pd.DataFrame(table, index=pd.Index(list(self.shares), name="firm"), columns=columns)

    def by_heaviness(self, low: int = 1, high: int | None = None, t: float = 1.0) -> pd.DataFrame:
        """Penetration and purchase rate of each firm among customers who buy the category ``low`` to ``high`` times.

        Light and heavy buyers of the category differ in how many firms they use, which is all there is to it: the law has
        no other difference between them.

        Args:
            low: fewest purchases of the category in the window.
            high: most of them; no upper end by default.
            t: length of the window, base periods.

        Returns:
            A table by firm: ``penetration`` (share of these customers) and ``purchase_rate`` (purchases per buyer of the firm).

        Raises:
            RegularsError: nobody buys the category that often.
        """
        n, p = self._window(t)
        among = (n >= low) & (n <= (n[-1] if high is None else high))
        if low < 0 or not p[among].sum() > 0:
            raise RegularsError(f"nobody buys the category {low} to {high} times in the window")
        bought = 1 - _none(self._share, self.diversity, n[among])
        buyers = p[among] @ bought
        rate = (p[among] @ n[among]) * self._share / buyers
        return pd.DataFrame(
            {
                "penetration": self._series(buyers / p[among].sum()),
                "purchase_rate": self._series(rate),
            }
        )

    def table(self, t: float = 1.0) -> pd.DataFrame:
        """All measures by firm, as in the tables of the literature, for a window of t base periods.

        Returns:
            A table by firm. Shares, 0 to 1: ``share``, ``penetration``, ``requirements_share``, ``period_repeat``, ``sole_buyers``,
            ``next_repeat``. Purchases per buyer of the firm: ``purchase_rate``, ``jeopardy`` (w (1 - b)), ``category_rate``.
        """
        b, w = self.penetration(t), self.purchase_rate(t)
        return pd.DataFrame(
            {
                "share": self._series(self._share),
                "penetration": b,
                "purchase_rate": w,
                "jeopardy": w * (1 - b),
                "category_rate": self.category_rate(t),
                "requirements_share": self.requirements_share(t),
                "period_repeat": self.period_repeat(t),
                "sole_buyers": self.sole_buyers(t),
                "next_repeat": self.next_repeat(),
            }
        )

    def merge(self, firms: Iterable[str], name: str) -> Dirichlet:
        """The market in which these firms are one; M, K and S stay as they are (closure).

        Args:
            firms: names of those that become one.
            name: what it is called.

        Raises:
            RegularsError: a firm that is not in the market.
        """
        joined = list(firms)
        unknown = [f for f in joined if f not in self.shares]
        if unknown:
            raise RegularsError(f"no firm {', '.join(unknown)}; there are {', '.join(self.shares)}")
        rest = {f: s for f, s in self.shares.items() if f not in joined}
        return Dirichlet(
            self.mean, self.shape, self.diversity, rest | {name: sum(self.shares[f] for f in joined)}
        )

    @property
    def _share(self) -> np.ndarray:
        return np.array(list(self.shares.values()), dtype=float)

    @property
    def _switching(self) -> np.ndarray:
        taste = 1.0 if np.isinf(self.diversity) else self.diversity / (1 + self.diversity)
        return taste * (1 - self._share)

    def _window(self, t: float) -> tuple[np.ndarray, np.ndarray]:
        return _counts(self.mean * t, self.shape)

    def _penetration(self, share: np.ndarray, t: float) -> np.ndarray:
        n, p = self._window(t)
        return 1 - p @ _none(share, self.diversity, n)

    def _series(self, values: np.ndarray) -> pd.Series:
        return pd.Series(values, index=pd.Index(list(self.shares), name="firm"), dtype=float)


@lru_cache(maxsize=64)
def _counts(mean: float, shape: float) -> tuple[np.ndarray, np.ndarray]:
    law = NBD(mean, shape)
    n = np.arange(law.reach() + 1)
    p = law.pmf(n)
    last = int(np.flatnonzero(p > 1e-17)[-1]) + 1
    return n[:last], p[:last]


def _none(share: np.ndarray, diversity: float, n: np.ndarray) -> np.ndarray:
    """P(no purchase goes to a firm of this share | n category purchases), as [n, firm]."""
    from scipy.special import gammaln

    s = np.asarray(share, dtype=float)[None, :]
    n = np.asarray(n, dtype=float)[:, None]
    if np.isinf(diversity):
        return (1 - s) ** n
    rest = diversity * np.maximum(1 - s, 0.0)
    everything = rest <= 1e-12 * diversity
    rest = np.where(everything, 1.0, rest)
    log = gammaln(diversity) - gammaln(rest) + gammaln(rest + n) - gammaln(diversity + n)
    return np.where(everything, n == 0, np.exp(log))
