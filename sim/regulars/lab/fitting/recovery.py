"""Recovery: the fitted market makes logs of the user's own size, these are fitted, and the known truth is looked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from regulars.lab.fitting.estimate import estimated
from regulars.lab.fitting.health import FAIL, PASS, REVIEW, UNTRIED, Check
from regulars.lab.fitting.posterior import posterior
from regulars.lab.fitting.purchases import as_bought
from regulars.panels.panel import Panel

if TYPE_CHECKING:
    import pandas as pd

    from regulars.lab.fitting.identify import Finding
    from regulars.lab.fitting.need import Life
    from regulars.scenario import Scenario

TRUTHS = 2_000_003  # first of the replicates that make the logs
MOST = 5_000  # customers of a log
WITHIN = 1.645  # standard errors of a 90% interval
BIASED, WRONG = 0.2, 0.5  # of the truth, from which a parameter is not recovered
FEW_COVERED = 0.6
BEFORE = 182.0  # days that a market of several firms lives before its log begins: a fit takes a log to begin in mid-life
ENOUGH = 5  # logs, below which chance grades


def recovered(
    scenario: Scenario, log: Panel, life: Life, times: int, seed: int,
    step: Callable[[str], None] = lambda _: None,
) -> pd.DataFrame:  # fmt: skip
    """Fit the fitted market's own logs: columns parameter, truth, mean, bias, sd, covered, fits.

    covered: share of the 90% intervals that hold the truth.

    Args:
        scenario: the fitted market, which is the truth here.
        log: the log behind it: whether it is dated and how long.
        life: the window.
        times: logs that are made and fitted.
        seed: of the logs.
        step: called with the name of each log's step.
    """
    import pandas as pd

    rows = []
    size = min(scenario.spec.market.customers, MOST)
    days = float(np.ceil(life.window))
    before = 0.0 if log.one_firm else BEFORE
    truth = scenario.set({"market.customers": size, "market.days": before + days, "arms": {}, "uncertainty": {}, "posterior": {}})  # fmt: skip
    for k in range(times):
        step(f"fitting log {k + 1} of {times} that the market made")
        bought = truth.market(seed=seed, replicate=TRUTHS + k, log="memory").run().log.purchases()
        bought = bought[bought["time"] >= before]
        bought = bought.assign(firm=bought["firm"].astype(str), time=bought["time"] - before)
        told = intervals(Panel(bought, name=log.name, dated=log.dated, days=days), seed)
        told = told[(told["name"] != "") & ~told["name"].map(lambda name: bool(name) and isinstance(truth.value(name), dict))]  # fmt: skip
        rows += [(str(r.name), float(truth.value(str(r.name))), r.estimate, r.low, r.high) for r in told.itertuples(index=False)]  # fmt: skip
    table = pd.DataFrame(rows, columns=["parameter", "truth", "estimate", "low", "high"])
    found = []
    for name, part in table.groupby("parameter", sort=False):
        off = part["estimate"] - part["truth"]
        inside = part["truth"].between(part["low"], part["high"]).mean()
        found.append((name, part["truth"].iloc[0], part["estimate"].mean(), off.mean(), off.std(ddof=1), float(inside), len(part)))  # fmt: skip
    return pd.DataFrame(found, columns=["parameter", "truth", "mean", "bias", "sd", "covered", "fits"])


def intervals(log: Panel, seed: int) -> pd.DataFrame:
    """What a fit to a log tells, without a simulation: columns name, label, estimate, se, low, high.

    low, high: 90% interval. Where a comparison draws the value together with others (ADR 17), that of the draws; else, and for a mean
    rate that is drawn so that the level of sales stays, the estimate and 1.645 standard errors.
    """
    import pandas as pd

    findings: list[Finding] = []
    log = as_bought(log, None, findings)
    found = estimated(log, findings)
    spec = {**found.sections, "firms": [{"name": firm} for firm in log.firms]}
    draws = posterior(found.life, found.chosen, spec, findings, seed)
    if found.life.law is not None:
        draws.pop("need.mean", None)
    rows = []
    for f in findings:
        if f.source != "fitted" or f.se is None:
            continue
        drawn = draws.get(f.name) or draws.get(f.label.replace("taste weight of ", "firms.", 1) + ".share")
        # draws stand in the middle of equally likely stretches (`posterior`), hence the definition of a quantile
        low, high = np.quantile(drawn[1:], (0.05, 0.95), method="hazen") if drawn else (f.estimate - WITHIN * f.se, f.estimate + WITHIN * f.se)  # fmt: skip
        rows.append((f.name, f.label, f.estimate, f.se, float(low), float(high)))
    return pd.DataFrame(rows, columns=["name", "label", "estimate", "se", "low", "high"])


def of_recovery(table: pd.DataFrame) -> Check:
    """Whether the log's size and window tell the parameters that were fitted to it."""
    told, grades = [], [PASS]
    for row in table.to_dict("records"):
        scale = max(abs(row["truth"]), 0.2)
        noise = 2 * row["sd"] / np.sqrt(row["fits"]) if row["fits"] > 1 else np.inf
        bias = abs(row["bias"])
        if bias > BIASED * scale and bias > noise:
            told.append(
                f"{row['parameter']} comes back as {row['mean']:.3g} where {row['truth']:.3g} is true"
            )
            grades.append(FAIL if bias > WRONG * scale else REVIEW)
        elif row["covered"] < FEW_COVERED:
            told.append(
                f"90% intervals of {row['parameter']} hold the truth in {row['covered']:.0%} of {row['fits']} logs"
            )
            grades.append(REVIEW)
    n = int(table["fits"].max()) if len(table) else 0
    covered = float(table["covered"].mean()) if len(table) else float("nan")
    grade = next(g for g in (FAIL, REVIEW, PASS) if g in grades)
    well = f"of {n} logs of this size, made by the fitted market, {covered:.0%} of the 90% intervals hold the truth"
    if n < ENOUGH:
        return Check(
            "recovery", UNTRIED, covered, f"{well}; that is too few logs to grade: `--recover 20` tells more"
        )
    return Check("recovery", grade, covered, "; ".join([well, *told]))
