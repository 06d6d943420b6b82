"""Lagged-choice logit: inertia, told apart from lasting tastes, and its worth in money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.laws.choice_likelihood import ChoiceLikelihood
from regulars.laws.choice_table import choices
from regulars.laws.fitted import Fit
from regulars.laws.tastes import tastes

Array = np.ndarray
INITIAL = ("stationary", "given", "fresh")


@dataclass(frozen=True)
class LaggedChoice:
    """Utility of firm j: taste_ij + inertia * [j was bought last] + sum of coefficient * covariate + Gumbel noise.

    Attributes:
        inertia: gamma, in logits.
        coefficients: by covariate, in logits per unit.
        tastes: parameters of the distribution of tastes.
        heterogeneity: its kind.
        switching_cost: gamma / -(price coefficient), in the money of the prices; NaN without prices.
        cost_share_of_price: the switching cost over the mean offered price; NaN without prices.
    """

    inertia: float
    coefficients: dict[str, float]
    tastes: dict[str, float]
    heterogeneity: str
    switching_cost: float
    cost_share_of_price: float


def fit_lagged_choice(
    purchases: pd.DataFrame,
    offers: pd.DataFrame | None = None,
    *,
    heterogeneity: str = "dirichlet",
    covariates: Sequence[str] = ("price",),
    initial: str = "stationary",
    draws: int = 1024,
    classes: int = 3,
) -> Fit[LaggedChoice]:
    """Maximum (simulated) likelihood of the logit with lagged choice.

    Ignoring that tastes differ (``heterogeneity="none"``) overstates inertia: a customer who likes a firm buys it again.
    Source: Dubé, Hitsch & Rossi (2010), RAND 41(3), 417-445; Train (2009), Discrete Choice Methods with Simulation.

    Args:
        purchases: columns customer, time, firm; in order within each customer.
        offers: prices (and more) of all firms; see ``choice_table.choices``. Without them the switching cost stays in
            logits.
        heterogeneity: ``dirichlet`` (the market's null model), ``normal`` (random intercepts, correlated), ``classes``
            (latent classes) or ``none``.
        covariates: columns of ``offers``; money needs ``price`` among them.
        initial: what is known of a customer's state before the first purchase seen. ``stationary``: the log starts
            in mid-life, so the first purchase has the stationary probability given tastes (at mean prices);
            ``fresh``: it is the first ever; ``given``: it is left out of the likelihood (biased where tastes differ).
        draws: points that stand for the distribution of tastes, the same for all customers.
        classes: number of latent classes.

    Returns:
        Estimates of inertia, coefficients, tastes and, with prices, the switching cost, with standard errors from
        the Hessian (delta method).
    """
    if initial not in INITIAL:
        raise RegularsError(f"initial={initial!r}: choose one of {', '.join(INITIAL)}")
    data = choices(purchases, offers, covariates)
    same = _search(ChoiceLikelihood(data, tastes("none", len(data.firms), 1, 1), initial), None)
    kind = tastes(heterogeneity, len(data.firms), draws, classes)
    likelihood = ChoiceLikelihood(data, kind, initial)
    if heterogeneity == "none":
        theta = same
    else:
        common = same[: 1 + len(data.covariates)].copy()
        common[0] *= 0.6
        theta = _search(likelihood, np.concatenate([common, kind.start(likelihood.shares)]))
    return _fit(likelihood, theta, heterogeneity)


def _search(likelihood: ChoiceLikelihood, start: Array | None) -> Array:
    from scipy.optimize import minimize

    if start is None:
        common = np.zeros(1 + likelihood.x)
        start = np.concatenate([common, likelihood.kind.start(likelihood.shares)])
    scale = likelihood.scale()

    def cost(z: Array) -> tuple[float, Array]:
        value, slope = likelihood(z / scale)
        return -value / likelihood.n, -slope / scale / likelihood.n

    found = minimize(cost, start * scale, jac=True, method="BFGS", options={"gtol": 1e-5, "maxiter": 500})
    return found.x / scale


def _fit(likelihood: ChoiceLikelihood, theta: Array, heterogeneity: str) -> Fit[LaggedChoice]:
    value, _ = likelihood(theta)
    covariance = _covariance(likelihood, theta)

    def named(at: Array) -> dict[str, float]:
        return _named(likelihood, at)

    estimates = named(theta)
    jacobian = np.empty((len(estimates), len(theta)))
    for k in range(len(theta)):
        h = 1e-5 * max(1.0, abs(theta[k]))
        up, down = theta.copy(), theta.copy()
        up[k] += h
        down[k] -= h
        jacobian[:, k] = (np.array(list(named(up).values())) - np.array(list(named(down).values()))) / (2 * h)
    variance = np.einsum("ij,jk,ik->i", jacobian, covariance, jacobian)
    errors = np.sqrt(np.where(variance >= 0, variance, np.nan))
    names = likelihood.data.covariates
    coefficients = {name: estimates[name] for name in names}
    skip = {"inertia", "switching_cost", "cost_share_of_price", *names}
    notes = []
    if coefficients.get("price", -1.0) >= 0:
        notes.append("the price coefficient is not negative: no switching cost in money follows")
    if np.isnan(errors).any():
        notes.append(
            "the likelihood is flat in some direction: parameters without standard error are not identified"
        )
    law = LaggedChoice(
        estimates["inertia"],
        coefficients,
        {k: v for k, v in estimates.items() if k not in skip},
        heterogeneity,
        estimates.get("switching_cost", float("nan")),
        estimates.get("cost_share_of_price", float("nan")),
    )
    listed = dict(zip(estimates, map(float, errors), strict=True))
    return Fit(law, estimates, listed, value, likelihood.data.n, tuple(notes))


def _named(likelihood: ChoiceLikelihood, theta: Array) -> dict[str, float]:
    names = likelihood.data.covariates
    out = {"inertia": float(theta[0])}
    out |= {name: float(theta[1 + k]) for k, name in enumerate(names)}
    if "price" in names:
        out["switching_cost"] = -out["inertia"] / out["price"]
        out["cost_share_of_price"] = out["switching_cost"] / likelihood.mean_price
    return out | likelihood.kind.named(theta[1 + len(names) :], likelihood.data.firms)


def _covariance(likelihood: ChoiceLikelihood, theta: Array) -> Array:
    """Inverse of the negative Hessian, from central differences of the gradient."""
    k = len(theta)
    second = np.empty((k, k))
    steps = 1e-4 / likelihood.scale()
    for i in range(k):
        up, down = theta.copy(), theta.copy()
        up[i] += steps[i]
        down[i] -= steps[i]
        second[i] = (likelihood(up)[1] - likelihood(down)[1]) / (2 * steps[i])
    second = (second + second.T) / 2
    try:
        return np.linalg.inv(-second)
    except np.linalg.LinAlgError:
        return np.full((k, k), np.nan)
