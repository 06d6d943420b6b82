"""What comparisons, sweeps and fits say of themselves: no estimate without its interval or its error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.ground.label import Label, counted
from regulars.ground.numbers import UNKNOWN, chance, interval, number, precise, unit_of

if TYPE_CHECKING:
    from regulars.lab.comparison import Comparison
    from regulars.lab.fit import Fitted
    from regulars.lab.swept import Sweep

ONE = "One replicate gives no interval: what it shows may be chance."


def of_comparison(comparison: Comparison) -> Label:
    """What each arm brings, best first, with its interval."""
    market = comparison.scenario.spec.market
    rows = [
        (
            str(row["arm"]), number(row["incremental_profit"], sign=True, plain=True), interval(row["low"], row["high"], plain=True),
            chance(row["p_best"], comparison.replicates),
        )
        for row in comparison.ranking().to_dict("records")
    ]  # fmt: skip
    of = "one market whose parameters are in doubt" if comparison.doubtful else "the mean over replicates"
    nothing = chance(comparison.p_control_best(), comparison.replicates)
    notes = (f"Intervals are of {of}; doing nothing was best in {nothing} of replicates.",)
    return Label(
        f"Comparison of {counted(len(comparison.arms), 'arm')} of {comparison.focal} with doing nothing",
        (
            counted(comparison.replicates, "replicate"), counted(market.customers, "customer"), f"{market.days:g} days",
            f"seed {comparison.seed}",
        ),
        ("arm", f"incremental profit, {unit_of(market.currency)}", "95% interval", "best in"), rows,
        notes if comparison.replicates > 1 else (ONE,),
    )  # fmt: skip


def of_sweep(sweep: Sweep) -> Label:
    """The best arm at each point, with its interval."""
    unit, failed = unit_of(sweep.scenario.spec.market.currency), len(sweep.failed)
    rows = [
        (
            *(value if isinstance(value, str) else f"{value:g}" for value in (row[name] for name in sweep.over)), str(row["arm"]),
            number(row["mean"], sign=True, plain=True), interval(row["low"], row["high"], plain=True),
        )
        for row in sweep.best().to_dict("records")
    ]  # fmt: skip
    asked = sweep.manifest
    return Label(
        f"Sweep of {sweep.scenario.name!r} over {', '.join(sweep.over)}",
        (
            counted(asked["points"], "point"), counted(len(asked["arms"]), "arm"), f"{counted(asked['replicates'], 'replicate')} a point",
            *((f"{failed} failed (.failed)",) if failed else ()),
        ),
        (*sweep.over, "highest mean", f"incremental profit, {unit}", "95% interval"), rows, (ONE,) if asked["replicates"] == 1 else (),
    )  # fmt: skip


def of_fit(fitted: Fitted) -> Label:
    """What was found with its standard errors, and how far it can be trusted."""
    market = fitted.scenario.spec.market
    grades = [check.grade for check in fitted.health]
    health = ", ".join(f"{grades.count(grade)} {grade}" for grade in dict.fromkeys(grades))
    rows = [
        (str(row["parameter"]), precise(row["estimate"], plain=True), _error(row["se"]), str(row["source"]))
        for row in fitted.estimates.to_dict("records")
    ]
    wanting = tuple(
        f"{check.grade} {check.name}: {check.sentence}"
        for check in fitted.health
        if check.grade in ("FAIL", "REVIEW")
    )
    return Label(
        f"Market fitted to {fitted.panel.name!r}",
        (
            counted(len(fitted.scenario.spec.firms), "firm"), counted(market.customers, "customer"), f"{market.days:g} days",
            f"checks of the fit: {health or 'none'}",
        ),
        ("parameter", "estimate", "standard error", "how known"), rows, wanting[:3],
    )  # fmt: skip


def _error(value: float) -> str:
    return UNKNOWN if value != value else precise(value, plain=True)
