"""Fitting the NBD-Dirichlet: from published summaries, or by maximum likelihood from who bought what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError
from regulars.laws.dirichlet import Dirichlet
from regulars.laws.fitted import Fit, errors_from
from regulars.laws.nbd_fit import fit_nbd, nbd_from_zeros

LARGEST = 1e4


def fit_dirichlet_from_summaries(
    category_penetration: float,
    category_rate: float,
    shares: Mapping[str, float],
    penetrations: Mapping[str, float],
    outliers: Literal["keep", "notch"] = "keep",
) -> Fit[Dirichlet]:
    """The classic fit from a published table: M = B W, K from the non-buyers, S as the share-weighted mean over firms.

    Each firm's own S is the one at which its predicted penetration is the observed one. Published penetrations are rounded, so
    that those of small firms are far off; what is done about it moves S (of the toothpaste of 1973 from 1.55 to 1.30).
    Source: Goodhardt, Ehrenberg & Chatfield (1984); weighting by share and the rule ``notch`` as in the R package NBDdirichlet.

    Args:
        category_penetration: share of customers who bought the category in the period (B).
        category_rate: category purchases per category buyer (W).
        shares: market share of each firm.
        penetrations: share of customers who bought each firm.
        outliers: ``keep`` takes the S of all firms; ``notch`` leaves out those beyond the whiskers of their box plot (1.5 times
            its length beyond the hinges) and those above its upper notch (median + 1.58 lengths / root of the number of firms).

    Returns:
        ``mean`` M in purchases per customer and period, ``shape`` K, ``diversity`` S; no likelihood and no standard errors.

    Raises:
        RegularsError: another rule for outliers, or numbers that no Dirichlet market has.
    """
    if outliers not in ("keep", "notch"):
        raise RegularsError(f"outliers={outliers!r}: choose 'keep' or 'notch'")
    mean = category_penetration * category_rate
    shape = nbd_from_zeros(mean, 1 - category_penetration).shape
    each = diversity_by_firm(mean, shape, shares, penetrations)
    usable = each.dropna()
    if usable.empty:
        raise RegularsError(
            "no firm's penetration can be met by any diversity; check shares and penetrations"
        )
    notes = ["fitted to summaries: no likelihood, no standard errors"]
    if len(usable) < len(each):
        left_out = ", ".join(map(str, each.index[each.isna()]))
        notes.append(f"no diversity meets the penetration of {left_out}; left out of S")
    if outliers == "notch":
        far = _beyond_notch(usable)
        if far.any():
            shown = ", ".join(f"{firm} ({value:.3g})" for firm, value in usable[far].items())
            notes.append(f"outliers left out of S: {shown}")
        usable = usable[~far]
    weight = pd.Series(dict(shares), dtype=float).reindex(usable.index)
    diversity = float((usable * weight).sum() / weight.sum())
    law = Dirichlet(mean, shape, diversity, dict(shares))
    values = _estimates(law)
    return Fit(law, values, dict.fromkeys(values, float("nan")), float("nan"), 0, tuple(notes))


def _beyond_notch(values: pd.Series) -> pd.Series:
    """Which values a box plot with Tukey's hinges sets apart, or lie above its upper notch."""
    ordered = np.sort(values.to_numpy(dtype=float))
    half = (len(ordered) + 1) // 2
    low, middle, high = np.median(ordered[:half]), np.median(ordered), np.median(ordered[-half:])
    length = high - low
    notch = middle + 1.58 * length / np.sqrt(len(ordered))
    return (values < low - 1.5 * length) | (values > min(high + 1.5 * length, notch))


def diversity_by_firm(
    mean: float, shape: float, shares: Mapping[str, float], penetrations: Mapping[str, float]
) -> pd.Series:
    """The S at which each firm's predicted penetration is the observed one.

    Source: Goodhardt, Ehrenberg & Chatfield (1984), JRSS A 147(5), 621-655.

    Args:
        mean: category purchases per customer and period (M).
        shape: of the gamma distribution of category rates (K).
        shares: market share of each firm, 0 to 1.
        penetrations: share of customers who bought each firm, 0 to 1.

    Returns:
        By firm, without unit; NaN where there is no such S.

    Raises:
        RegularsError: a firm without a penetration.
    """
    from scipy.optimize import brentq

    found = {}
    for firm, share in shares.items():
        if firm not in penetrations:
            raise RegularsError(
                f"no penetration given for {firm}; given are {', '.join(map(str, penetrations))}"
            )
        target = penetrations[firm]

        def gap(log_s: float, share: float = share, target: float = target) -> float:
            law = Dirichlet(mean, shape, float(np.exp(log_s)), {"firm": share})
            return float(law.penetration().iloc[0]) - target

        low, high = np.log(1e-4), np.log(LARGEST)
        found[firm] = float(np.exp(brentq(gap, low, high))) if gap(low) * gap(high) < 0 else float("nan")
    return pd.Series(found, name="diversity", dtype=float)


def fit_dirichlet(counts: pd.DataFrame, customers: int | None = None) -> Fit[Dirichlet]:
    """Maximum likelihood of the Dirichlet from a customer x firm table of purchase counts.

    The choice part is Dirichlet-multinomial given each customer's category purchases; the category part is an NBD.
    Standard errors come from the Hessian (exact for the choice part).
    Source: Goodhardt, Ehrenberg & Chatfield (1984), JRSS A 147(5), 621-655; likelihood as in Rungie (2003), Marketing Bulletin 14.

    Args:
        counts: rows are customers, columns firms, values purchases in one period.
        customers: size of the population, for the non-buyers; without it those in ``counts`` are all there are.

    Returns:
        ``mean`` M in purchases per customer and period, ``shape`` K, ``diversity`` S and the shares of firms, with standard errors.

    Raises:
        RegularsError: where nothing identifies tastes: fewer than two firms, or nobody who bought twice.
    """
    x = counts.to_numpy(dtype=float)
    if x.ndim != 2 or (x < 0).any() or not np.all(x == np.floor(x)):
        raise RegularsError(
            "counts must be whole numbers, 0 or more, with a row per customer and a column per firm"
        )
    bought = x.sum(axis=0) > 0
    firms = [str(c) for c in counts.columns[bought]]
    x = x[:, bought]
    if len(firms) < 2:
        raise RegularsError(
            "one firm's log says nothing about tastes between firms; a Dirichlet needs two firms"
        )
    n = x.sum(axis=1)
    if n.max() < 2:
        raise RegularsError("nobody bought twice: tastes cannot be told from chance")
    category = fit_nbd(n.astype(int), customers)
    alpha, curvature, choice = _choice_part(x)
    diversity = float(alpha.sum())
    share = alpha / diversity
    notes = list(category.notes)
    if diversity > LARGEST:
        notes.append("tastes do not differ beyond chance: S is infinite")
        diversity, share = float("inf"), x.sum(axis=0) / x.sum()
        errors = np.array([np.nan, *np.sqrt(share * (1 - share) / x.sum())])
    else:
        # delta method: S = sum(alpha), s_j = alpha_j / S
        jacobian = np.vstack([np.ones(len(alpha)), (np.eye(len(alpha)) - share[:, None]) / diversity])
        errors = np.sqrt(np.clip(np.diag(jacobian @ _inverse(curvature) @ jacobian.T), 0, None))
    law = Dirichlet(
        category.law.mean, category.law.shape, diversity, dict(zip(firms, map(float, share), strict=True))
    )
    values = _estimates(law)
    listed = [category.standard_errors["mean"], category.standard_errors["shape"], *map(float, errors)]
    total = choice + category.log_likelihood
    size = int(customers if customers is not None else len(x))
    return Fit(law, values, dict(zip(values, listed, strict=True)), total, size, tuple(notes))


def _choice_part(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Dirichlet parameters, Hessian and log-likelihood of the choices given the category purchases.

    With N_j(k) = number of customers who bought j more than k times and N(k) likewise for the category,
    log L = sum_j sum_k N_j(k) log(alpha_j + k) - sum_k N(k) log(S + k) + const: no pass over customers is needed.
    """
    from scipy.optimize import minimize
    from scipy.special import gammaln

    n = x.sum(axis=1)
    steps = np.arange(int(n.max()))
    more = np.stack([_above(x[:, j], len(steps)) for j in range(x.shape[1])])
    total = _above(n, len(steps))
    constant = float((gammaln(n + 1) - gammaln(x + 1).sum(axis=1)).sum())

    def terms(alpha: np.ndarray) -> tuple[float, np.ndarray]:
        size = alpha.sum()
        each = alpha[:, None] + steps
        value = (more * np.log(each)).sum() - (total * np.log(size + steps)).sum()
        return float(value), (more / each).sum(axis=1) - (total / (size + steps)).sum()

    def cost(log_alpha: np.ndarray) -> tuple[float, np.ndarray]:
        alpha = np.exp(log_alpha)
        value, slope = terms(alpha)
        return -value, -slope * alpha

    start = np.log(np.maximum(x.sum(axis=0) / x.sum(), 1e-6) * 1.5)
    bounds = [(np.log(1e-8), np.log(1e6))] * len(start)
    found = minimize(
        cost,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"ftol": 1e-15, "gtol": 1e-8, "maxiter": 2000},
    )
    alpha = np.exp(found.x)
    each = alpha[:, None] + steps
    curvature = (total / (alpha.sum() + steps) ** 2).sum() - np.diag((more / each**2).sum(axis=1))
    return alpha, curvature, terms(alpha)[0] + constant


def _above(values: np.ndarray, length: int) -> np.ndarray:
    often = np.bincount(values.astype(int), minlength=length + 1)
    return (often[::-1].cumsum()[::-1])[1 : length + 1].astype(float)


def _inverse(curvature: np.ndarray) -> np.ndarray:
    if np.isnan(errors_from(curvature)).any():
        return np.full_like(curvature, np.nan)
    return np.linalg.inv(-curvature)


def _estimates(law: Dirichlet) -> dict[str, float]:
    own = {"mean": law.mean, "shape": law.shape, "diversity": law.diversity}
    return own | {f"share {firm}": share for firm, share in law.shares.items()}
