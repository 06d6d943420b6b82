"""Lagged-choice logit: inertia, told apart from lasting tastes, and its worth in money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.ground.threads import one_thread
from regulars.laws.choice_likelihood import ChoiceLikelihood
from regulars.laws.choice_mixture import ChoiceMixture, WithSpread
from regulars.laws.choice_table import choices
from regulars.laws.fitted import Fit, Joint
from regulars.laws.tastes import tastes

Array = np.ndarray
INITIAL = ("stationary", "given", "fresh")
BY_INERTIA = ("inertia", "switching_cost", "cost_share_of_price")
PRIOR = 1.0  # logits, or a factor of e: what is known of a direction of which the log tells nothing
FLAT = (
    1e-9  # curvature of a direction, relative to that of its parameters, below which nothing is known of it
)


@dataclass(frozen=True)
class LaggedChoice:
    """Utility of firm j: taste_ij + inertia * [j was bought last] + sum of coefficient * covariate + Gumbel noise.

    Source: Dubé, Hitsch & Rossi (2010), RAND Journal of Economics 41(3), 417-445.

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


@one_thread
def fit_lagged_choice(
    purchases: pd.DataFrame,
    offers: pd.DataFrame | None = None,
    *,
    heterogeneity: str = "dirichlet",
    covariates: Sequence[str] = ("price",),
    initial: str = "stationary",
    draws: int = 1024,
    classes: int = 3,
    inertia: bool = True,
    absent: Mapping[str, Sequence[tuple[float, float]]] | None = None,
    price_spread: bool = False,
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
        inertia: False fixes inertia at 0, as where nobody is seen to choose twice; it is no estimate then.
        absent: by firm, stretches of time (start, end) in which it was not on sale. A firm that is offered where it was not
            looks as if its buyers clung to what they bought last.
        price_spread: let customers differ in how much they mind prices, lognormally; ``price`` is then the mean over customers and
            ``price spread`` the coefficient of variation. One coefficient for all lies below that mean where they differ much.

    Returns:
        Estimates of inertia, coefficients, tastes and, with prices, the switching cost, with standard errors from
        the Hessian (delta method); NaN for those alone that the log does not identify. With ``dirichlet`` tastes what is known
        of inertia, coefficients and the logarithms of the firms' gamma shapes together (``joint``), flat directions as unknown
        as weak priors leave them.
    """
    found = search(
        purchases, offers, heterogeneity=heterogeneity, covariates=covariates, initial=initial, draws=draws, classes=classes,
        inertia=inertia, absent=absent, price_spread=price_spread,
    )  # fmt: skip
    return found.fit()


@dataclass(frozen=True)
class Search:
    """Where the likelihood is highest, before anything is worked out of how sharply it falls off there, which takes as long.

    theta: all parameters at the maximum. inertia: False where it was held at 0.
    """

    likelihood: ChoiceLikelihood
    theta: Array
    heterogeneity: str
    inertia: bool

    @property
    def estimates(self) -> dict[str, float]:
        """The parameters by name."""
        every = _named(self.likelihood, self.theta)
        return every if self.inertia else {k: v for k, v in every.items() if k not in BY_INERTIA}

    def fit(self) -> Fit[LaggedChoice]:
        """The fit, with standard errors."""
        return _fit(self.likelihood, self.theta, self.heterogeneity, self.inertia)


def search(
    purchases: pd.DataFrame,
    offers: pd.DataFrame | None,
    *,
    heterogeneity: str = "dirichlet",
    covariates: Sequence[str] = ("price",),
    initial: str = "stationary",
    draws: int = 1024,
    classes: int = 3,
    inertia: bool = True,
    absent: Mapping[str, Sequence[tuple[float, float]]] | None = None,
    price_spread: bool = False,
) -> Search:
    """The maximum of the likelihood; arguments are those of ``fit_lagged_choice``."""
    if initial not in INITIAL:
        raise RegularsError(f"initial={initial!r}: choose one of {', '.join(INITIAL)}")
    data = choices(purchases, offers, covariates, absent)
    same = _search(ChoiceLikelihood(data, tastes("none", len(data.firms), 1, 1), initial), None, inertia)
    kind = tastes(heterogeneity, len(data.firms), draws, classes)
    likelihood = ChoiceLikelihood(data, kind, initial)
    if price_spread:
        if "price" not in data.covariates or heterogeneity == "none":
            raise RegularsError("price_spread=True needs offers with a price, and tastes that differ")
        likelihood = ChoiceMixture(data, WithSpread(kind), initial)
        kind = likelihood.kind
    if heterogeneity == "none":
        theta = same
    else:
        common = same[: 1 + len(data.covariates)].copy()
        common[0] *= 0.6
        theta = _search(likelihood, np.concatenate([common, kind.start(likelihood.shares)]), inertia)
    return Search(likelihood, theta, heterogeneity, inertia)


def _search(likelihood: ChoiceLikelihood, start: Array | None, inertia: bool) -> Array:
    from scipy.optimize import minimize

    common = np.zeros(1 + likelihood.x)
    first = np.concatenate([common, likelihood.kind.start(likelihood.shares)]) if start is None else start
    scale = likelihood.scale()
    free = slice(0 if inertia else 1, None)

    def cost(z: Array) -> tuple[float, Array]:
        theta = first.copy()
        theta[free] = z / scale[free]
        value, slope = likelihood(theta)
        return -value / likelihood.n, -(slope / scale)[free] / likelihood.n

    begin = (first * scale)[free]
    found = minimize(cost, begin, jac=True, method="BFGS", options={"gtol": 1e-5, "maxiter": 500})
    best = first.copy()
    best[free] = found.x / scale[free]
    return best


def _fit(likelihood: ChoiceLikelihood, theta: Array, heterogeneity: str, inertia: bool) -> Fit[LaggedChoice]:
    value, _ = likelihood(theta)
    covariance, flat = _covariance(likelihood, theta, inertia)

    def named(at: Array) -> dict[str, float]:
        return Search(likelihood, at, heterogeneity, inertia).estimates

    estimates = named(theta)
    jacobian = np.empty((len(estimates), len(theta)))
    for k in range(len(theta)):
        h = 1e-5 * max(1.0, abs(theta[k]))
        up, down = theta.copy(), theta.copy()
        up[k] += h
        down[k] -= h
        jacobian[:, k] = (np.array(list(named(up).values())) - np.array(list(named(down).values()))) / (2 * h)
    variance = np.einsum("ij,jk,ik->i", jacobian, covariance, jacobian)
    scaled = jacobian / likelihood.scale()
    along = np.linalg.norm(scaled @ flat, axis=1) > 1e-4 * np.linalg.norm(scaled, axis=1)
    errors = np.sqrt(np.where(along, np.nan, variance))
    names = likelihood.data.covariates
    coefficients = {name: estimates[name] for name in names}
    skip = {*BY_INERTIA, *names}
    notes = []
    if coefficients.get("price", -1.0) >= 0:
        notes.append("the price coefficient is not negative: no switching cost in money follows")
    if np.isnan(errors).any():
        unknown = ", ".join(k for k, e in zip(estimates, errors, strict=True) if np.isnan(e))
        notes.append(f"the likelihood is flat in some direction, which leaves unidentified: {unknown}")
    every = _named(likelihood, theta)
    law = LaggedChoice(
        every["inertia"],
        coefficients,
        {k: v for k, v in estimates.items() if k not in skip},
        heterogeneity,
        every.get("switching_cost", float("nan")),
        every.get("cost_share_of_price", float("nan")),
    )
    listed = dict(zip(estimates, map(float, errors), strict=True))
    joint = _joint(likelihood, theta, covariance, flat, inertia) if heterogeneity == "dirichlet" else None
    return Fit(law, estimates, listed, value, likelihood.data.n, tuple(notes), joint)


def _joint(
    likelihood: ChoiceLikelihood, theta: Array, covariance: Array, flat: Array, inertia: bool
) -> Joint:
    """What is known of the parameters together; along a flat direction as little as a prior of one unit of scale says."""
    scale = likelihood.scale()
    whole = covariance + (flat / scale[:, None]) @ (flat / scale[:, None]).T * PRIOR**2
    names = ("inertia", *likelihood.data.covariates, *(f"shape {firm}" for firm in likelihood.data.firms))
    names += ("price spread",) if isinstance(likelihood, ChoiceMixture) else ()
    free = slice(0 if inertia else 1, None)
    return Joint(names[free], theta[free], whole[free, free])


def _named(likelihood: ChoiceLikelihood, theta: Array) -> dict[str, float]:
    names = likelihood.data.covariates
    out = {"inertia": float(theta[0])}
    out |= {name: float(theta[1 + k]) for k, name in enumerate(names)}
    if "price" in names:
        out["switching_cost"] = -out["inertia"] / out["price"]
        out["cost_share_of_price"] = out["switching_cost"] / likelihood.mean_price
    return out | likelihood.kind.named(theta[1 + len(names) :], likelihood.data.firms)


def _covariance(likelihood: ChoiceLikelihood, theta: Array, inertia: bool = True) -> tuple[Array, Array]:
    """Inverse of the negative Hessian [k, k] on what is identified, and the directions [k, f] in which the likelihood is flat.

    The Hessian is from central differences of the gradient. Directions are in the units of ``likelihood.scale()``.
    """
    k, scale = len(theta), likelihood.scale()
    second = np.zeros((k, k))
    for i in range(0 if inertia else 1, k):
        up, down = theta.copy(), theta.copy()
        up[i] += 1e-4 / scale[i]
        down[i] -= 1e-4 / scale[i]
        second[i] = (likelihood(up)[1] - likelihood(down)[1]) / 2e-4 / scale
    second[~np.isfinite(second)] = 0.0  # where a choice is all but certain the likelihood tells nothing
    used = slice(0 if inertia else 1, None)
    curved = -(second + second.T)[used, used] / 2
    length = np.sqrt(np.maximum(np.diag(curved), FLAT * max(float(np.diag(curved).max()), 1e-12)))
    value, vector = np.linalg.eigh(curved / np.outer(length, length))
    known = value > FLAT
    root = np.zeros((k, int(known.sum())))
    root[used] = vector[:, known] / np.sqrt(value[known]) / length[:, None]
    flat = np.zeros((k, int((~known).sum())))
    flat[used] = vector[:, ~known] / length[:, None]
    root, flat = root / scale[:, None], flat / np.maximum(np.linalg.norm(flat, axis=0), 1e-300)
    return root @ root.T, flat
