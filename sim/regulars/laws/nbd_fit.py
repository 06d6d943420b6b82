"""Fitting the NBD: from the share of non-buyers, or by maximum likelihood from purchases per customer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from regulars.ground.errors import RegularsError
from regulars.laws.fitted import Fit, maximise_positive
from regulars.laws.heaviest import beyond_the_others
from regulars.laws.nbd import NBD, probability


def nbd_from_zeros(mean: float, nonbuyers: float) -> NBD:
    """The NBD with this mean and this share of non-buyers: solves (1 + m/K)^-K = P(0) for K.

    K is the same for every length of the period if the law holds (its time invariance).
    Source: Ehrenberg (1988), Repeat-Buying: Facts, Theory and Applications, 2nd ed. (fitting by mean and zeros).

    Args:
        mean: purchases per customer and period, buyers or not (m).
        nonbuyers: share of customers who buy nothing in the period, 0 to 1.

    Returns:
        The law of one such period.

    Raises:
        RegularsError: numbers that no NBD has: no purchases, or fewer non-buyers than chance alone leaves (exp(-m)).
    """
    from scipy.optimize import brentq

    if not mean > 0 or not 0 < nonbuyers < 1:
        raise RegularsError(
            f"needs mean > 0 and a share of non-buyers between 0 and 1, not {mean} and {nonbuyers}"
        )
    if nonbuyers <= np.exp(-mean):
        raise RegularsError(
            f"a mean of {mean:g} with only {nonbuyers:.3f} non-buyers is more regular than chance "
            f"(Poisson gives {np.exp(-mean):.3f}); no NBD fits"
        )

    def gap(log_k: float) -> float:
        k = np.exp(log_k)
        return float(-k * np.log1p(mean / k) - np.log(nonbuyers))

    return NBD(mean, float(np.exp(brentq(gap, -30.0, 30.0, xtol=1e-13))))


def fit_nbd(
    counts: Sequence[int] | np.ndarray,
    customers: int | None = None,
    exposure: Sequence[float] | np.ndarray | None = None,
) -> Fit[NBD]:
    """Maximum likelihood of the NBD from purchases per customer; the law is that of one period.

    Source: Ehrenberg (1959), Applied Statistics 8, 26-41; Anscombe (1950), Biometrika 37, 358-382 for the likelihood.

    Args:
        counts: purchases of each customer in the time it was watched, shape (customers,).
        customers: size of the population; those not in ``counts`` bought nothing. Not with ``exposure``.
        exposure: how many periods each customer was watched, above 0, in the shape of the counts; one period for all when left out. A
            customer watched for t periods buys as NBD(t mean, shape).

    Returns:
        ``mean`` in purchases per period and ``shape``, with standard errors.

    Raises:
        RegularsError: counts that are no whole numbers of 0 or more, or all 0; fewer customers than counts; exposures of another shape, or
            not above 0.
    """
    x = _counts(counts, customers)
    time = _exposures(exposure, len(x), customers)
    grouped, often = np.unique(np.column_stack([x, time]), axis=0, return_counts=True)
    values, watched = grouped.T
    rate = float(x.sum() / time.sum())

    def log_likelihood(theta: np.ndarray) -> float:
        with np.errstate(divide="ignore"):
            return float(often @ np.log(probability(values, theta[0] * watched, theta[1])))

    expected = rate * time
    beyond_chance = float(((x - expected) ** 2 - x).sum())
    if beyond_chance <= 0:
        law = NBD(rate, np.inf)
        value = float(often @ np.log(probability(values, rate * watched, np.inf)))
        known = {"mean": float(np.sqrt(rate / time.sum())), "shape": float("nan")}
        note = "purchases vary no more than chance alone: the shape is infinite (Poisson)"
        return Fit(law, {"mean": rate, "shape": np.inf}, known, value, len(x), (note,))
    start = (rate, float((expected**2).sum()) / beyond_chance)
    best, errors, value = maximise_positive(log_likelihood, start)
    law = NBD(float(best[0]), float(best[1]))
    names = ("mean", "shape")
    return Fit(
        law,
        dict(zip(names, map(float, best), strict=True)),
        dict(zip(names, map(float, errors), strict=True)),
        value,
        len(x),
        beyond_the_others(x / time * np.median(time)),
    )


def _counts(counts: Sequence[int] | np.ndarray, customers: int | None) -> np.ndarray:
    x = np.asarray(counts)
    if x.ndim != 1 or (len(x) and (x.min() < 0 or not np.all(x == np.floor(x)))):
        raise RegularsError("purchases per customer must be whole numbers, 0 or more")
    if customers is not None:
        if customers < len(x):
            raise RegularsError(f"customers={customers} is fewer than the {len(x)} customers with counts")
        x = np.concatenate([x, np.zeros(customers - len(x), dtype=x.dtype)])
    if not x.sum():
        raise RegularsError("nobody bought anything: there is no NBD to fit")
    return x.astype(float)


def _exposures(exposure: Sequence[float] | np.ndarray | None, size: int, customers: int | None) -> np.ndarray:
    if exposure is None:
        return np.ones(size)
    if customers is not None:
        raise RegularsError(
            "with exposure, customers without purchases are counts of 0 with their own exposure: leave out customers"
        )
    time = np.asarray(exposure, dtype=float)
    if time.shape != (size,):
        raise RegularsError(f"exposure has the shape {time.shape}; there are {size} counts")
    wrong = np.flatnonzero(~(np.isfinite(time) & (time > 0)))
    if len(wrong):
        k = int(wrong[0])
        raise RegularsError(f"exposures must be finite and above 0, in periods; customer {k} has {time[k]:g}")
    return time
