"""The health card of a fit: may its results be trusted? One grade, one number and one sentence for each check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from regulars.lab.fitting.identify import BAD, NEAR

if TYPE_CHECKING:
    import pandas as pd

    from regulars.lab.fitting.identify import Finding
    from regulars.lab.fitting.need import Life
    from regulars.panels.oddity import Oddity
    from regulars.panels.panel import Panel

PASS, REVIEW, FAIL, UNTRIED = "PASS", "REVIEW", "FAIL", "NOT TRIED"
COUNT = "count"
GRADES = (PASS, REVIEW, FAIL)
MONEY = 0.02  # how far money of the market may be from that of the log
CROWD = 0.2  # how far the number of customers may be from those behind the log
WIDE = 0.5  # standard error of a parameter, relative, from which the log hardly tells it
HALF = 0.5  # of its value by which a moment may be off, if that is no chance
OFF = 0.25  # how far a moment may be off, relative, before results that depend on it are wrong
MOVED, BROKEN = 0.15, 0.5  # change between halves, relative to a steady market


@dataclass(frozen=True)
class Check:
    """One check of a fit: its name, PASS, REVIEW, FAIL or NOT TRIED, the number it rests on (a share or a count), and what that means."""

    name: str
    grade: str
    number: float
    sentence: str
    unit: str = "share"

    def row(self) -> dict[str, Any]:
        """The check as a row of a table."""
        return {"check": self.name, "grade": self.grade, "number": self.number, "sentence": self.sentence}


def card(
    log: Panel, life: Life, findings: Sequence[Finding], moments: pd.DataFrame, sold: tuple[float, float], oddities: Sequence[Oddity],
    crowd: float = 1.0,
) -> tuple[Check, ...]:  # fmt: skip
    """All checks of a fit that cost no further fit.

    sold: money of the fitted market over that of the log, and the error of the simulation. crowd: customers with whom it sells
    that, over those behind the log.
    """
    untried = "the market was not fitted to a part of the log and held against the rest; `--holdout 13w` does"
    unknown = "no market of known parameters was fitted back; `--recover 20` does"
    return (
        money(*sold, life.window, crowd, log.days, log.dated),
        of_moments(moments),
        Check("holdout", UNTRIED, float("nan"), untried),
        Check("recovery", UNTRIED, float("nan"), unknown),
        identification(findings),
        stability(log, life),
        of_oddities(oddities),
    )


def worst(checks: Sequence[Check]) -> str:
    """The grade of a card: that of its worst check."""
    tried = [GRADES.index(c.grade) for c in checks if c.grade in GRADES]
    return GRADES[max(tried, default=1)]


def money(
    ratio: float, error: float, days: float, crowd: float = 1.0, length: float = 0.0, dated: bool = True
) -> Check:
    """Whether the market sells what the log sold in the `days` that it repeats.

    crowd: customers with whom it does, over those behind the log. length: of the whole log, days. dated: whether it has days.
    """
    off = ratio - 1
    span = (
        f"the log's last {days:.0f} days"
        if length > days
        else f"all {days:.0f} days of the log"
        if dated
        else "the log"
    )
    told = f"the fitted market sells {abs(off):.1%} {'more' if off > 0 else 'less'} than was sold in {span} (simulation error {error:.1%})"
    if abs(off) <= max(MONEY, 2 * error):
        grade = PASS if 2 * error <= 2 * MONEY else REVIEW
        if abs(crowd - 1) > CROWD:
            told += f", but with {crowd:.2f} times the customers behind it, since first purchases are much of its sales"
            return Check("money level", REVIEW, off, told)
        return Check("money level", grade, off, told if grade == PASS else f"{told}: too rough to be sure of {MONEY:.0%}")  # fmt: skip
    return Check("money level", FAIL, off, f"{told}: totals of any result are off by as much")


def of_moments(moments: pd.DataFrame) -> Check:
    """Whether the market looks like the log in what was not used to fit it, too."""
    z = moments["z"].abs()
    off = ((moments["simulated"] - moments["observed"]) / moments["observed"].abs().clip(lower=1e-9)).abs()
    missed = (z > BAD) | ((z > NEAR) & (off > HALF))
    share = float(missed.sum() / max(int(z.notna().sum()), 1))
    if not missed.any():
        return Check(
            "moments",
            PASS,
            0.0,
            f"all {int(z.notna().sum())} moments lie within {BAD:.0f} standard errors, and none surely is off by half",
        )
    row = moments.iloc[int(np.nanargmax(z.where(missed).to_numpy(float)))]
    told = f"{int(missed.sum())} of {int(z.notna().sum())} moments are missed by more than {BAD:.0f} standard errors or by half, worst: {row['moment']} ({row['observed']:.3g} in the log, {row['simulated']:.3g} in the market)"
    grave = bool((missed & (off > OFF) & moments["used"]).any())
    return Check("moments", FAIL if grave else REVIEW, share, told)


def identification(findings: Sequence[Finding]) -> Check:
    """Whether the log tells the parameters that decide the answer."""
    fitted = [f for f in findings if f.name and f.source == "fitted" and f.se is not None]
    unknown = [f for f in fitted if not np.isfinite(float(f.se or np.nan))]
    vague = [
        f for f in fitted if f not in unknown and f.se is not None and f.se > WIDE * max(abs(f.estimate), 0.2)
    ]
    assumed = [f for f in findings if f.source == "assumed"]
    parts = []
    if unknown:
        parts.append(f"no standard error, so not identified: {_labels(unknown)}")
    if vague:
        parts.append(f"known only within a factor of two: {_labels(vague)}")
    if assumed:
        parts.append(f"assumed, not seen in the log: {_labels(assumed)}")
    number = float(len(unknown) + len(vague) + len(assumed))
    if not parts:
        return Check(
            "identification",
            PASS,
            number,
            f"the log tells all {len(fitted)} parameters that were fitted",
            COUNT,
        )
    few = len(unknown) > len(fitted) / 2
    return Check("identification", FAIL if few else REVIEW, number, "; ".join(parts), COUNT)


def stability(log: Panel, life: Life) -> Check:
    """Whether the second half of the log sells what a steady market would, given the first."""
    if not log.dated:
        return Check("stability over halves", UNTRIED, float("nan"), "the log has no dates, so no halves")
    half = log.days / 2
    late = log.purchases["time"].to_numpy(float) >= half
    if life.law is None:
        wanted = 0.5
    else:
        wanted = life.law.purchases(half, log.days) / life.law.purchases(0.0, log.days)
    who = np.unique(log.purchases["customer"].to_numpy(), return_inverse=True)[1]
    each, second = np.bincount(who).astype(float), np.bincount(who, weights=late)
    share = float(second.sum() / each.sum())
    left = second - share * each
    error = float(np.sqrt(left @ left) / each.sum())
    change = (share / (1 - share)) / (wanted / (1 - wanted)) - 1 if 0 < share < 1 else float("inf")
    told = f"the second half of the log, its last {log.days - half:.0f} days, holds {share:.1%} of purchases, where the fitted market expects {wanted:.1%}"
    if abs(change) <= MOVED or abs(share - wanted) <= 3 * error:
        return Check("stability over halves", PASS, change, told)
    grade = FAIL if abs(np.log1p(max(change, -0.999))) > np.log1p(BROKEN) else REVIEW
    return Check("stability over halves", grade, change, f"{told}: a trend that the market does not have")


def of_oddities(oddities: Sequence[Oddity]) -> Check:
    """What looked odd when the log was read."""
    grave = [o for o in oddities if o.grade == "fail"]
    look = [o for o in oddities if o.grade == "review"]
    if not grave and not look:
        return Check("oddities of the log", PASS, 0.0, "nothing odd was seen when the log was read", COUNT)
    shown = [*grave, *look]
    more = f"; and {len(shown) - 3} more" if len(shown) > 3 else ""
    told = "; ".join(o.sentence for o in shown[:3]) + more
    return Check("oddities of the log", FAIL if grave else REVIEW, float(len(shown)), told, COUNT)


def _labels(findings: Sequence[Finding]) -> str:
    return ", ".join(f.label for f in findings)
