"""Members' excess over non-members against their excess over their own twins."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from regulars.lab.yardstick import PairedRun, Sums, Yardstick
from regulars.scenario import Scenario


class MembersExcess(Yardstick):
    """How many times more members spend than others, by money, than membership makes them spend.

    A member's twin is the same person in the control. Who would join anyway buys more to begin with, so that the naive
    difference is too large; where members are chosen at random the ratio is 1.
    """

    title: ClassVar[str] = "members over non-members, of members over their own twins"
    effect: ClassVar[str] = "members-naive-over-causal"
    nothing: ClassVar[float | None] = 1.0

    def missing(self, scenario: Scenario) -> str:
        """Nobody chooses whether to join."""
        firm = next(firm for firm in scenario.spec.firms if firm.name == scenario.focal)
        ways = [getattr(parameters, "enrolment", None) for parameters in firm.strategies.values()]
        if not any(ways):
            return "no programme that customers join"
        return "" if "offered" in ways else "nobody chooses whether to join: enrolment is not 'offered'"

    def measure(self, run: PairedRun) -> Sums:
        """Mean excess over non-members, and over twins, currency units; nothing where all or none are members."""
        firm = next(firm for firm in run.market.firms if firm.name == run.scenario.focal)
        joined = [there for one in firm.strategies.values() if (there := one.participants()) is not None]
        members = np.logical_or.reduce(joined)
        if members.all() or not members.any():
            return 0.0, 0.0
        spent, before = (
            _spent(run.opportunities, firm.name, members.size),
            _spent(run.opportunities_without, firm.name, members.size),
        )
        return float(spent[members].mean() - spent[~members].mean()), float(
            (spent[members] - before[members]).mean()
        )


def _spent(table: Any, firm: str, people: int) -> NDArray[Any]:
    """What each customer paid at a firm."""
    here = table[table["firm"] == firm]
    return np.bincount(here["customer"].to_numpy(), here["amount"].to_numpy(), people)[:people]
