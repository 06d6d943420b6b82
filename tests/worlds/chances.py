"""Log odds, chances, and how far shares of draws may be from them."""

import math

import numpy as np


def logit(p):
    """Log odds of a chance."""
    return math.log(p / (1 - p))


def chance(logits):
    """The chance of these log odds."""
    return 1 / (1 + np.exp(-np.asarray(logits)))


def near(share, p, n):
    """Whether a share of n draws is within four standard errors of its chance."""
    return abs(share - p) <= 4 * math.sqrt(p * (1 - p) / n)


def within(hits, p):
    """Assert that yes-or-no draws are within four standard errors of their chance."""
    assert near(hits.mean(), p, hits.size), (hits.mean(), p, hits.size)


def enough(p, percent=1.0):
    """Draws for which four standard errors of a chance are `percent` of it."""
    return math.ceil(16 * (1 - p) / p / (percent / 100) ** 2)


def share(hits):
    """A share and its standard error."""
    p = float(np.mean(hits))
    return p, math.sqrt(max(p * (1 - p), 1e-9) / len(hits))
