"""The estimates of a fit, without any simulation: what is fitted again and again where a fit is itself put to the test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from regulars.lab.fitting.choice import Chosen, fit_choice
from regulars.lab.fitting.need import Life, fit_need
from regulars.lab.fitting.spending import fit_spending

if TYPE_CHECKING:
    from regulars.lab.fitting.identify import Finding
    from regulars.lab.fitting.pooling import Pooling
    from regulars.panels.panel import Panel


@dataclass(frozen=True)
class Estimates:
    """What a log tells: need and turnover, baskets, prices by firm, choices."""

    life: Life
    spending: dict[str, Any]
    prices: dict[str, float]
    chosen: Chosen

    @property
    def sections(self) -> dict[str, Any]:
        """The sections of a scenario that follow."""
        return {
            "need": self.life.need,
            "turnover": self.life.turnover,
            "spending": self.spending,
            **self.chosen.sections,
        }


def estimated(log: Panel, findings: list[Finding], pooling: Pooling | None = None) -> Estimates:
    """Estimates from a log with one row per purchase; what is found of each number is added to `findings`.

    pooling: of what the log tells with what was known before.
    """
    life = fit_need(log, findings)
    if pooling is not None:
        life = pooling.life(life, findings)
    spending, prices = fit_spending(log, findings, life.a_day)
    chosen = fit_choice(log, prices, life.rhythm.kind, findings)
    if pooling is not None:
        chosen = pooling.choice(chosen, findings)
    return Estimates(life, spending, prices, chosen)
