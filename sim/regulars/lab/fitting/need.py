"""How often customers buy, by which clock, and who comes and goes: counts of buyers, or the life of one firm's customers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from regulars.lab.fitting.elsewhere import ends_here
from regulars.lab.fitting.identify import Finding
from regulars.lab.fitting.process import Rhythm, rhythm
from regulars.lab.fitting.season import uneven
from regulars.laws.fitted import Joint
from regulars.world.calendar import DAYS_A_YEAR

if TYPE_CHECKING:
    from regulars.laws.arrivals import Arrivals
    from regulars.panels.panel import Panel

YEAR = 364.0  # days, whole weeks
MOST_ENTRY = 90.0  # newcomers a year, times those who are there
CERTAIN = 0.2  # share of the window without anybody new from which the log is that of a cohort


@dataclass(frozen=True)
class Life:
    """What a log tells of need and turnover.

    need, turnover: sections of the scenario. people: customers at the start. window: days at the end of the log that the
    market repeats. cohort: whether all customers came before the log was over, and nobody comes any more. here: share of
    opportunities that end here, in a one-firm log. a_day: purchases of the market that are one purchase, a day's, of the log. joint: what is known of rates and leaving together.
    """

    need: dict[str, Any]
    turnover: dict[str, Any]
    people: float
    window: float
    here: float = 1.0
    a_day: float = 1.0
    cohort: bool = False
    rhythm: Rhythm = field(default_factory=Rhythm)
    law: Arrivals | None = None
    joint: Joint | None = None

    def newcomers(self) -> float:
        """Customers who come within the window."""
        return self.people * float(self.turnover.get("entry_rate", 0.0)) * self.window / DAYS_A_YEAR


def fit_need(log: Panel, findings: list[Finding]) -> Life:
    """Need and turnover of a log with one row per purchase."""
    if log.one_firm and log.dated:
        return _alone(log, findings)
    return _category(log, findings)


def _category(log: Panel, findings: list[Finding]) -> Life:
    """Category purchases: negative binomial counts of buyers, zeros unseen."""
    from regulars.laws.truncated_nbd import fit_truncated_nbd

    counts = log.purchases.groupby("customer", sort=False).size().to_numpy()
    found = fit_truncated_nbd(counts)
    law, errors = found.law, found.standard_errors
    # in a log without dates a one-firm log's visits elsewhere are not seen either
    here = ends_here(log, "poisson").estimate if log.one_firm else 1.0
    unit = "opportunities per customer in the window of the log"
    note = "; ".join(found.notes)
    findings += [
        Finding("need.mean", "mean purchase rate M", law.mean / here, errors["mean"] / here, unit, "fitted"),
        Finding("need.shape", "spread of rates K", law.shape, errors["shape"], "gamma shape", "fitted", note),
    ]
    if log.opportunities is not None and not log.one_firm:
        n = float((~log.opportunities["bought"]).sum())
        findings.append(Finding("", "opportunities without a purchase", n, None, "opportunities", "not used", "in a log of several firms the market is fitted to purchases"))  # fmt: skip
    if log.dated:
        _told_of_time(log, findings, lambda low, high: high - low)
        clock = rhythm(log.purchases, log.days)
        if clock.kind != "poisson":
            told = (
                "the market buys by chance all the same: in a log of several firms only the counts are fitted"
            )
            findings.append(Finding("", "rhythm of purchases", clock.gain, None, "log-likelihood", "not used", f"{clock.sentence()}; {told}"))  # fmt: skip
    need = {"process": "poisson", "mean": law.mean / here, "shape": law.shape, "period": float(log.days)}
    return Life(need, {}, len(counts) / law.buyers, float(log.days), here, joint=found.joint)


def _alone(log: Panel, findings: list[Finding]) -> Life:
    """One firm's customers: some were there, some come, all buy at their own rates until they leave."""
    from regulars.laws.arrivals import fit_arrivals

    days = log.purchases.assign(day=np.floor(log.purchases["time"]))
    groups = days.groupby("customer", sort=True)["day"]
    histories = groups.agg(["size", "min", "max"]).set_axis(["purchases", "first", "last"], axis=1)
    found = fit_arrivals(histories, log.days)
    law, clock = found.law, rhythm(log.purchases, log.days)
    cohort = law.until < (1 - CERTAIN) * log.days
    window = float(log.days if cohort else min(log.days, YEAR))
    here = ends_here(log, clock.kind).estimate
    people, entry = _who(law, window, cohort)
    turnover: dict[str, Any] = {"exit_rate": min(law.hazard * DAYS_A_YEAR, 100.0)} if law.hazard else {}
    if law.hazard and np.isfinite(law.hazard_shape):
        turnover["exit_shape"] = law.hazard_shape
    if entry:
        turnover["entry_rate"] = entry
    _findings(found, clock, here, people, entry, cohort, findings)
    _told_of_time(log, findings, law.purchases)
    need = {**_clocked(clock, law, here), "period": 7.0}
    a_day = law.a_day if clock.kind != "calendar" else 1.0
    return Life(need, turnover, people, window, here, a_day, cohort, clock, law, found.joint)


def _who(law: Arrivals, window: float, cohort: bool) -> tuple[float, float]:
    """Customers at the start of the window, and newcomers a year, times those.

    Newcomers of the market wait for their first purchase. Where those of the law come with it, so many more come to the market
    that they buy as much.
    """
    if cohort:
        return law.starters + law.newcomers * law.until, 0.0
    start = law.days - window
    grid = np.linspace(0, window, 41)
    spent = float(np.trapezoid(law.spent(grid), grid))
    come = law.newcomers if law.waits else law.newcomers * (1 + window / (law.rate * spent))
    people = max(float(law.there(start)), come * DAYS_A_YEAR / MOST_ENTRY, 1.0)
    entry = come * DAYS_A_YEAR / people
    return people, entry if entry > 0.005 else 0.0


def _clocked(clock: Rhythm, law: Arrivals, here: float) -> dict[str, Any]:
    """The section `need` of a rhythm, at the mean rate of the law."""
    mean = law.rate * 7 / here
    if clock.kind == "calendar":
        kept = min(clock.attendance / here, 1.0)
        spread = {"distribution": "beta", "mean": min(kept, 0.99), "sd": clock.spread / here}
        attendance: Any = spread if clock.spread > 0.01 else kept
        return {
            "process": "calendar",
            "interval": clock.interval,
            "attendance": attendance,
            "together": clock.interval == 1,
        }
    regular = {"regularity": clock.stages} if clock.kind == "erlang" else {}
    return {"process": clock.kind, "mean": mean, "shape": law.shape, **regular}


def _findings(found: Any, clock: Rhythm, here: float, people: float, entry: float, cohort: bool, findings: list[Finding]) -> None:  # fmt: skip
    """What was found of rates, leaving and coming."""
    law, se = found.law, found.standard_errors
    note = "; ".join(["customers who were there, came and left (Pareto/NBD)", *found.notes])
    dated = clock.kind == "calendar"
    findings += [
        Finding("" if dated else "need.mean", "mean rate of opportunities", law.rate * 7 / here, se["rate"] * 7 / here, "per week while a customer", "fitted", note),
        Finding("" if dated else "need.shape", "spread of rates r", law.shape, se["shape"], "gamma shape", "fitted"),
    ]  # fmt: skip
    if law.hazard:
        findings.append(Finding("turnover.exit_rate", "mean hazard of leaving", law.hazard * DAYS_A_YEAR, se["hazard"] * DAYS_A_YEAR, "per year", "fitted"))  # fmt: skip
        if np.isfinite(law.hazard_shape):
            findings.append(Finding("turnover.exit_shape", "spread of hazards s", law.hazard_shape, se["hazard_shape"], "gamma shape", "fitted"))  # fmt: skip
    if clock.kind != "poisson":
        findings.append(Finding("", "rhythm of purchases", clock.gain, None, "log-likelihood", "fitted", clock.sentence()))  # fmt: skip
    if cohort:
        told = f"nobody new is seen from day {law.until:.0f} on: all customers are there from the first day and nobody comes"
    else:
        told = f"about {float(law.there(law.days)):,.0f} customers are there at the end of the log ({found.n:,} were seen in it); {law.newcomers * DAYS_A_YEAR:,.0f} new customers arrive a year"
    findings.append(
        Finding("", "customers at the start of the market", people, None, "customers", "worked out", told)
    )
    if entry:
        findings.append(Finding("turnover.entry_rate", "newcomers", entry, None, "of the starting customers per year", "worked out"))  # fmt: skip


def _told_of_time(log: Panel, findings: list[Finding], expected: Any) -> None:
    """Name a season."""
    if told := uneven(log.purchases, log.days, expected):
        findings.append(Finding("", "calendar", float("nan"), None, "", "not in the model", told))
