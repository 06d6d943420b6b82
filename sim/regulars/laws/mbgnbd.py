"""MBG/NBD: as BG/NBD, but customers may also leave right after their first purchase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from regulars.laws.bgnbd import BetaHere, BetaLeaving, fit_beta_leaving
from regulars.laws.fitted import Fit

Array = np.ndarray


@dataclass(frozen=True)
class MBGNBD(BetaLeaving):
    """Poisson purchases at rates Gamma(r, alpha); after each purchase, the first too, a customer leaves with chance p ~ Beta(a, b).

    Customers who never came back need not be alive, other than under BG/NBD. Those who have made x repeats and are still here stayed x + 1
    times, so that p is Beta(a, b + x + 1).
    Source: Batislam, Denizel & Filiztekin (2007), International Journal of Research in Marketing 24, 201-209; Hoppe & Wagner (2007),
    Marketing - Journal of Research and Management 3(2), 75-90 (there: CBG/NBD).

    Attributes:
        r: shape of the distribution of rates, without unit; small where customers differ.
        alpha: its scale, in the unit of time of the histories: r / alpha is the mean rate of a customer who is there.
        a: of the distribution of the chance to leave, without unit: a / (a + b) is its mean.
        b: likewise.
    """

    title = "MBG/NBD"

    def _parts(self, x: Array, tx: Array, whole: Array) -> tuple[Array, Array]:
        from scipy.special import betaln, gammaln

        both = gammaln(self.r + x) - gammaln(self.r) + self.r * np.log(self.alpha) - betaln(self.a, self.b)
        alive = both + betaln(self.a, self.b + x + 1) - (self.r + x) * np.log(self.alpha + whole)
        left = both + betaln(self.a + 1, self.b + x) - (self.r + x) * np.log(self.alpha + tx)
        return alive, left

    def _here(self, x: Array, whole: Array) -> BetaHere:
        return BetaHere(self.r + x, self.alpha + whole, self.a, self.b + x + 1)


def fit_mbgnbd(histories: pd.DataFrame, start: Sequence[float] | None = None) -> Fit[MBGNBD]:
    """Maximum likelihood of the MBG/NBD from histories; see ``recency_frequency``.

    Source: Batislam, Denizel & Filiztekin (2007), International Journal of Research in Marketing 24, 201-209.

    Args:
        histories: one row per customer: repeats, recency, exposure; the unit of time is free and is that of alpha.
        start: r, alpha, a, b to begin the search with; by default from how often customers buy.

    Returns:
        ``r``, ``a`` and ``b``, without unit, and ``alpha`` in the unit of time, with standard errors.

    Raises:
        RegularsError: no histories, or some that cannot be (recency above exposure, repeats without recency ...).
    """
    return fit_beta_leaving(MBGNBD, histories, start)
