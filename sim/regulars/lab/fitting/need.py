"""How often customers buy: counts of buyers, or the life of a cohort of one firm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regulars.lab.fitting.identify import Finding

if TYPE_CHECKING:
    from regulars.panels.panel import Panel


HERE = 0.5  # share of opportunities that end at the firm of a one-firm log: not identified, assumed


def fit_need(log: Panel, findings: list[Finding]) -> dict[str, dict[str, Any]]:
    """Sections `need` and `turnover`, and under `people` the number of customers behind the log."""
    if log.one_firm and log.dated:
        return _cohort(log, findings)
    return _category(log, findings)


def _category(log: Panel, findings: list[Finding]) -> dict[str, Any]:
    """Category purchases: negative binomial counts of buyers, zeros unseen."""
    from regulars.laws.truncated_nbd import fit_truncated_nbd

    counts = log.purchases.groupby("customer", sort=False).size().to_numpy()
    found = fit_truncated_nbd(counts)
    law, errors = found.law, found.standard_errors
    # in a log without dates a one-firm log's visits elsewhere are not seen either
    scale = 1 / HERE if log.one_firm else 1.0
    unit = "opportunities per customer in the window of the log"
    findings.append(
        Finding("need.mean", "mean purchase rate M", law.mean * scale, errors["mean"] * scale, unit, "fitted")
    )
    findings.append(
        Finding("need.shape", "spread of rates K", law.shape, errors["shape"], "gamma shape", "fitted")
    )
    need = {"process": "poisson", "mean": law.mean * scale, "shape": law.shape, "period": float(log.days)}
    return {"need": need, "turnover": {}, "people": {"count": len(counts) / law.buyers}}


def _cohort(log: Panel, findings: list[Finding]) -> dict[str, Any]:
    """One firm's customers from their first purchase on: they buy at gamma rates until they leave (Pareto/NBD)."""
    from regulars.laws.histories import recency_frequency
    from regulars.laws.pareto_nbd import fit_pareto_nbd

    found = fit_pareto_nbd(recency_frequency(log.purchases, log.days))
    e, se = found.estimates, found.standard_errors
    mean, hazard = e["r"] / e["alpha"], e["s"] / e["beta"] * 365.25 / 7
    mean_se = mean * float((se["r"] / e["r"]) ** 2 + (se["alpha"] / e["alpha"]) ** 2) ** 0.5
    hazard_se = hazard * float((se["s"] / e["s"]) ** 2 + (se["beta"] / e["beta"]) ** 2) ** 0.5
    note = "Pareto/NBD; errors of rate and spread are taken as independent, which widens them"
    findings += [
        Finding("need.mean", "mean rate of opportunities (twice the purchases)", mean / HERE, mean_se / HERE, "per week while a customer", "fitted", note),
        Finding("need.shape", "spread of rates r", e["r"], se["r"], "gamma shape", "fitted"),
        Finding("turnover.exit_rate", "mean hazard of leaving", hazard, hazard_se, "per year", "fitted"),
        Finding("turnover.exit_shape", "spread of hazards s", e["s"], se["s"], "gamma shape", "fitted"),
    ]  # fmt: skip
    need = {"process": "poisson", "mean": mean / HERE, "shape": e["r"], "period": 7.0}
    turnover = {"exit_rate": min(hazard, 100.0), "exit_shape": e["s"]}
    return {"need": need, "turnover": turnover, "people": {"count": float(found.n)}}
