"""Which firm customers buy from: tastes, inertia and price sensitivity, or what stands for them in a one-firm log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from regulars.lab.fitting.identify import Finding

if TYPE_CHECKING:
    from regulars.panels.panel import Panel

ELASTICITY, ELASTICITY_SE = 2.62, 0.8  # mean own-price elasticity of 1,851 estimates, and our doubt about it
ELASTICITY_SOURCE = "Bijmolt, van Heerde & Pieters 2005, Journal of Marketing Research 42:141-156"


def fit_choice(log: Panel, prices: dict[str, float], findings: list[Finding]) -> dict[str, Any]:
    """Tastes, inertia and price sensitivity from the choices between firms."""
    if log.one_firm:
        return _alone(log, prices, findings)
    from regulars.laws.choice_table import shelf_prices
    from regulars.laws.lagged_choice import fit_lagged_choice

    offers = None
    if log.has_prices:
        offers = log.offers if log.offers is not None else shelf_prices(log.purchases)
    found = fit_lagged_choice(log.purchases, offers)
    slope, error = found.estimates.get("price", 0.0), found.standard_errors.get("price", np.nan)
    if offers is not None and slope < -2 * error:
        sensitivity, appeal = -slope, dict.fromkeys(prices, 0.0)
        findings.append(
            Finding(
                "choice.price_sensitivity",
                "price sensitivity b",
                -slope,
                error,
                "logits per unit price",
                "fitted",
            )
        )
    else:
        if offers is not None:
            found = fit_lagged_choice(log.purchases)
        sensitivity = _assumed_sensitivity(log, prices, findings, offers is not None)
        middle = float(np.mean(list(prices.values())))
        # the fitted tastes already hold the effect of the usual prices: only changes of price shall count
        appeal = {firm: sensitivity * (price - middle) for firm, price in prices.items()}
    e, se = found.estimates, found.standard_errors
    inertia = max(e["inertia"], 0.0)
    findings.append(
        Finding("taste.concentration", "taste concentration S", e["diversity"], se["diversity"], "", "fitted")
    )
    findings.append(
        Finding(
            "switching.relation",
            "inertia: bonus of the firm bought last",
            inertia,
            se["inertia"],
            "logits",
            "fitted",
        )
    )
    if e["inertia"] < 0:
        findings.append(
            Finding(
                "",
                "variety seeking",
                e["inertia"],
                se["inertia"],
                "logits",
                "set to 0",
                "customers avoid the firm bought last; the market has no variety seeking and uses no inertia",
            )
        )
    firms = {firm: {"share": e[f"preference {firm}"], "appeal": appeal[firm]} for firm in log.firms}
    for firm in log.firms:
        findings.append(
            Finding(
                "",
                f"taste weight of {firm}",
                e[f"preference {firm}"],
                se[f"preference {firm}"],
                "share",
                "fitted",
            )
        )
    return {
        "sections": {
            "taste": {"kind": "dirichlet", "concentration": e["diversity"]},
            "switching": {"form": "premium", "relation": inertia, "initial": "share"},
            "choice": {"price_sensitivity": sensitivity},
        },
        "firms": firms,
    }  # fmt: skip


def _assumed_sensitivity(log: Panel, prices: dict[str, float], findings: list[Finding], tried: bool) -> float:
    """Price sensitivity from a published mean elasticity: -b p (1 - share)."""
    shares = log.shares()
    scale = (
        float(np.mean([prices[firm] * (1 - shares.get(firm, 0.5)) for firm in log.firms]))
        if not log.one_firm
        else prices[log.firms[0]] * 0.5
    )
    why = (
        "the log's prices do not explain choices (their estimated effect is not negative)"
        if tried
        else "the log has no prices"
    )
    note = f"{why}; taken from a mean elasticity of -{ELASTICITY} ({ELASTICITY_SOURCE})"
    findings.append(
        Finding(
            "choice.price_sensitivity",
            "price sensitivity b",
            ELASTICITY / scale,
            ELASTICITY_SE / scale,
            "logits per unit price",
            "assumed",
            note,
        )
    )
    return ELASTICITY / scale


def _alone(log: Panel, prices: dict[str, float], findings: list[Finding]) -> dict[str, Any]:
    """One firm's log: the outside option stands for rivals and for buying nothing."""
    sensitivity = _assumed_sensitivity(log, prices, findings, False)
    firm = log.firms[0]
    note = "one firm's log does not show what its customers buy elsewhere; half of all opportunities are taken to end elsewhere"
    findings.append(Finding("", "share of opportunities that end here", 0.5, None, "share", "assumed", note))
    return {
        "sections": {
            "taste": {"kind": "homogeneous"},
            "switching": {},
            "choice": {"price_sensitivity": sensitivity, "outside": True, "outside_utility": 0.0},
        },
        "firms": {firm: {"share": 1.0, "appeal": sensitivity * prices[firm]}},
    }  # fmt: skip
