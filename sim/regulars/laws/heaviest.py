"""Customers so heavy that chance gives them to nobody under the law of the others, so that they bend a law fitted to all."""

from __future__ import annotations

import numpy as np

RARE = 1e-3  # customers so heavy that are expected among all of them, below which nobody is believed to be one by chance
MOST = 0.01  # of the customers may be set apart; more of them are what the customers are like


def beyond_the_others(counts: np.ndarray) -> tuple[str, ...]:
    """A note that names the customers whose purchases are beyond the NBD of all others; none where there are none.

    The heaviest hundredth is left out, and comes back one by one, lightest first, as long as the law of those who are in, fitted
    by moments, expects more than a thousandth of a customer so heavy among as many as these. Two giants do not hide one another.
    """
    from scipy.stats import nbinom, poisson

    x = np.sort(np.asarray(counts, dtype=float))
    size, total = len(x), x.sum()
    sums, squares = np.cumsum(x), np.cumsum(x**2)
    apart = np.arange(min(max(1, int(MOST * size)), size - 2), 0, -1)
    if not len(apart):
        return ()
    mean = sums[size - apart - 1] / (size - apart)
    spread = squares[size - apart - 1] / (size - apart) - mean**2 - mean
    shape = np.where(spread > 0, mean**2 / np.maximum(spread, 1e-300), 1.0)
    heavy = x[size - apart]
    chance = np.where(
        (spread > 0) & (mean > 0),
        nbinom.sf(heavy - 1, shape, shape / (shape + mean)),
        poisson.sf(heavy - 1, mean),
    )
    surprising = apart[chance * size < RARE]
    if not len(surprising):
        return ()
    apart, mean = surprising[0], mean[apart == surprising[0]][0]
    share = x[size - apart :].sum() / total
    part = f"{share:.0%}" if share >= 0.01 else "less than 1%"
    who = "1 customer makes" if apart == 1 else f"{apart} customers make"
    return (
        f"{who} {part} of all purchases, {x[size - apart]:,.0f} or more each against {mean:.3g} on average of the "
        "others, which chance gives to nobody: they bend the law of all; fit it without them as well",
    )
