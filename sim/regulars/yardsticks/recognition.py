"""Being thanked, greeted or known, and coming back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from regulars.lab.yardstick import PairedRun, Sums, Yardstick, parameters_of
from regulars.scenario import Scenario

RECOGNIZED = {
    "tailoring": "welcome",
    "greeting": "effect",
    "personal_service": "fit_gain",
    "privileges": "worth",
}


class Recognition(Yardstick):
    """Log-odds that an opportunity of a former customer ends at the firm, with recognition less without.

    Former customers are those who bought there in the first quarter of the control; their opportunities are those of the second half.
    """

    title: ClassVar[str] = "recognition of customers, and their coming back (log-odds)"
    effect: ClassVar[str] = "thank-you-calls"

    def missing(self, scenario: Scenario) -> str:
        """Nobody is recognized, or nobody minds."""
        there = {name: rules for name in RECOGNIZED if (rules := parameters_of(scenario, name)) is not None}
        if not there:
            return f"no customer is recognized: none of {', '.join(RECOGNIZED)}"
        if not any(getattr(rules, RECOGNIZED[name]) for name, rules in there.items()):
            return "nobody minds being recognized: its pull is 0"
        return ""

    def measure(self, run: PairedRun) -> Sums:
        """Opportunities that end at the firm and all, with recognition and without."""
        days, focal = run.scenario.spec.market.days, run.scenario.focal
        without = run.opportunities_without
        early = without[(without["time"] <= days / 4) & (without["firm"] == focal)]
        former = np.unique(early["customer"].to_numpy())
        sums: list[float] = []
        for table in (run.opportunities, without):
            late = table[(table["time"] > days / 2) & table["customer"].isin(former)]
            sums += [float((late["firm"] == focal).sum()), float(len(late))]
        return tuple(sums)

    def value(self, sums: Sequence[float]) -> float:
        """Difference of log-odds."""
        here, all_, here_without, all_without = sums
        if not (0 < here < all_ and 0 < here_without < all_without):
            return math.nan
        return math.log(here / (all_ - here)) - math.log(here_without / (all_without - here_without))
