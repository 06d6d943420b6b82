"""Is a simulated number the one that theory says? Within four standard errors, and the error must be small."""

import numpy as np


def agrees(simulated, theory, error, sharp=0.05, errors=4.0):
    """Assert |simulated - theory| <= `errors` standard errors, where these are at most `sharp` of the value.

    The second condition keeps the test able to fail.
    """
    simulated, theory, error = (np.asarray(x, float) for x in (simulated, theory, error))
    scale = np.maximum(np.abs(theory), 1e-12)
    assert (errors * error <= sharp * scale).all(), f"too noisy to judge: {errors * error / scale}"
    apart = np.abs(simulated - theory)
    assert (apart <= errors * error + 1e-12).all(), f"{simulated} is not {theory} +- {error}"


def vanishes(simulated, error, size, errors=3.0):
    """Assert that an effect is nothing: within three standard errors, where `size` could not have hidden."""
    error = np.asarray(error, float)
    assert np.all(errors * error <= size), f"too noisy to judge: {errors * error} against {size}"
    assert np.all(np.abs(simulated) <= errors * error), f"{simulated} +- {error} is not nothing"


def share_error(share, n):
    """Standard error of a share of n independent cases."""
    share = np.asarray(share, float)
    return np.sqrt(share * (1 - share) / n)


def groups_of(customers, groups=25):
    """Groups of customers, who are independent of one another: the spread between groups gives the error."""
    return np.asarray(customers) % groups


def grouped(statistic, group, *columns, groups=25):
    """Value of `statistic(*columns)` over all rows, and its standard error from disjoint groups of customers."""
    parts = []
    for g in range(groups):
        mine = group == g
        parts.append(statistic(*(column[mine] for column in columns)))
    return statistic(*columns), np.std(parts, axis=0, ddof=1) / np.sqrt(groups)
