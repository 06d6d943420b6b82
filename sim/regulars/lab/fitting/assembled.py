"""A market put together from estimates, so that it sells what its log sold."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from regulars.lab.fitting.assumed import GOODS, foresight_section
from regulars.lab.fitting.designs import arms_for
from regulars.lab.fitting.level import people_for, size_for, with_level, with_shares
from regulars.lab.fitting.names import safe
from regulars.lab.fitting.posterior import posterior, told_by_log
from regulars.lab.fitting.prices import common_window
from regulars.scenario import Scenario
from regulars.scenario.published import PUBLISHED
from regulars.scenario.sure import MARGIN

if TYPE_CHECKING:
    from regulars.lab.fitting.estimate import Estimates
    from regulars.lab.fitting.identify import Finding
    from regulars.panels.panel import Panel


@dataclass(frozen=True)
class Assembled:
    """A market that sells what the log sold.

    people: customers at the start. size: of a simulation for the fit. since: day from which all firms of today were on sale.
    """

    scenario: Scenario
    people: float
    size: int
    since: float


def assembled(
    log: Panel, found: Estimates, findings: list[Finding], about: dict[str, Any], margin: float, focal: str, seed: int,
) -> Assembled:  # fmt: skip
    """The scenario of the estimates, with its draws, its firms' shares and its level of sales those of the log."""
    prices, chosen, life = found.prices, found.chosen, found.life
    spec: dict[str, Any] = {
        **about, **found.sections, "foresight": foresight_section(),
        "firms": [
            {"name": safe(firm), "price": prices[firm], "cost": prices[firm] * (1 - margin), **chosen.firms[firm]}
            for firm in log.firms
        ],
        "arms": arms_for(log, focal),
        "uncertainty": {f.name: f.se for f in findings if f.drawn},
        "evidence": {"priors": PUBLISHED, "sure": [MARGIN for f in findings if f.label == GOODS and f.source == "asked for"]},
    }  # fmt: skip
    people = people_for(log, life, spec, prices)
    size = size_for(log, life, people)
    since = common_window(chosen.absent, log.days)[0]
    if (
        log.start is not None and life.window < log.days
    ):  # the market repeats the end of the log, on its dates
        begin = log.start + dt.timedelta(days=round(log.days - life.window))
        spec["market"] = {**spec["market"], "start": begin}
    spec["posterior"] = posterior(life, chosen, spec, findings, seed)
    spec["about"] = {**spec.get("about", {}), "told_by_log": told_by_log(life, chosen, spec, findings, seed)}
    scenario = Scenario(spec)
    if not log.one_firm:
        scenario = with_shares(scenario, log, life, size, seed, since)
    return Assembled(scenario, with_level(scenario, log, life, people, size, seed), size, since)


def market_section(log: Panel, focal: str, days: float, seed: int) -> dict[str, Any]:
    """The section `market`; customers are found later."""
    start = {} if log.start is None else {"start": log.start}
    return {
        "customers": 1, "days": days, "currency": log.currency or "currency", "seed": seed, "focal": safe(focal),
        "window": float(min(84.0, days / 4)), **start,
    }  # fmt: skip
