"""The end of a log that is held out: how much of it, and what a market fitted to the rest foretells of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.ground.errors import RegularsError, shown
from regulars.lab.fitting.assembled import assembled, market_section
from regulars.lab.fitting.assumed import MARGIN
from regulars.lab.fitting.estimate import estimated
from regulars.lab.fitting.health import UNTRIED, Check
from regulars.lab.fitting.holdout import Forecast, foretold, of_holdout, parts
from regulars.lab.fitting.need import YEAR

if TYPE_CHECKING:
    from regulars.lab.fitting.identify import Finding
    from regulars.panels.panel import Panel

USUAL = "usual"
SHORTEST = 182.0  # days of a log that is tried by itself: half a year
MOST_WEEKS = 26  # of them that are held out
ENOUGH = 100  # customers who must have bought before, so that what is fitted to them means something
FEWEST = 50  # customers below which nothing is fitted


def days_held_out(log: Panel, asked: float | str | None) -> tuple[float | None, str]:
    """How many days at the end are held out, or None and why not.

    `usual` is the last quarter, in whole weeks and at most 26 of them, of a log of half a year or more, if 100 customers
    bought before.

    Raises:
        RegularsError: for days that this log does not have, and for a word that means nothing.
    """
    if asked is None:
        return None, ""
    if isinstance(asked, str):
        if asked != USUAL:
            raise RegularsError(f"holdout={shown(asked)}: give days, '{USUAL}' or None")
        return _usual(log)
    parts(log, asked)
    return asked, ""


def _usual(log: Panel) -> tuple[float | None, str]:
    if not log.dated:
        return None, "the log only numbers the purchases, so it has no end that could be held out"
    if log.days < SHORTEST:
        return None, f"the log is shorter than {SHORTEST / 7:.0f} weeks"
    days = 7.0 * min(round(log.days / 4 / 7), MOST_WEEKS)
    known = len(parts(log, days)[0].customers)
    if known < ENOUGH:
        return None, f"only {known} customers bought before its last {days:g} days, where {ENOUGH} are needed"
    return days, ""


def tried(
    log: Panel, asked: float | str | None, focal: str, seed: int
) -> tuple[Forecast | None, Check | None]:
    """The forecast of what is held out, and the check that it makes; the check says why where nothing is.

    What was asked for and cannot be done is an error; what was only usual is left, with the reason.

    Raises:
        RegularsError: as `days_held_out`, and where too few customers bought before.
    """
    days, why = days_held_out(log, asked)
    if days is None:
        return None, _untried(why) if why else None
    try:
        forecast = _forecast(log, days, focal, seed)
    except RegularsError as error:
        if asked != USUAL:
            raise
        return None, _untried(f"no market could be fitted without the last {days:g} days ({error})")
    return forecast, of_holdout(forecast.table, days)


def _untried(why: str) -> Check:
    return Check("holdout", UNTRIED, float("nan"), f"no part of the log was held out: {why}")


def _forecast(log: Panel, days: float, focal: str, seed: int) -> Forecast:
    """What a market fitted to the log before its last `days` foretells of these."""
    before, after = parts(log, days)
    if len(before.customers) < FEWEST:
        raise RegularsError(f"{log.name}: before the last {days:g} days are {len(before.customers)} customers, too few to fit; hold out less")  # fmt: skip
    findings: list[Finding] = []
    found = estimated(before, findings)
    focal = focal if focal in before.firms else before.firms[0]
    about = {
        "market": market_section(before, focal, YEAR, seed)
    }  # its length does not move what it foretells
    market = assembled(before, found, findings, about, MARGIN, focal, seed)
    scenario = market.scenario.set({"market.customers": max(round(market.people), 1)})
    return foretold(scenario, before, after, found.life, seed)
