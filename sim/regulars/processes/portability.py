"""Portability: on a day, by law or by technology, leaving a firm becomes cheaper.

Numbers, data or histories can be taken along, and with them goes a share of every customer's switching cost (Viard
2007, RAND J. of Economics 38:146-163, on 800-numbers). Nobody's tastes change: what the switching cost held back
happens now. What prices do in answer is up to the firms (`firms.pricing`).
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from regulars.contract.process import Process, Section, section
from regulars.ground.parameter import ParameterSet, par
from regulars.world.calendar import NEARLY

SYSTEMS = {"M6": "tests/behavior/test_portability.py::test_whom_only_the_number_held_leaves"}


class PortabilityRules(ParameterSet):
    """When switching costs fall away, and how far."""

    arms_may_change: ClassVar[bool] = True
    # fmt: off
    on: bool = par(False, "", "", "whether switching costs fall away on a day")
    day: float = par(0.0, "days", "[0, 36525]", "day from which leaving is cheaper")
    removes: float = par(1.0, "share of switching cost", "[0, 1]", "part of everybody's switching cost that falls away")
    # fmt: on


class Portability(Process):
    """Takes the share off every customer's switching cost, once."""

    follows: ClassVar[tuple[str, ...]] = ("assortment",)
    sections: ClassVar[dict[str, Section]] = {
        "portability": section(PortabilityRules, "a day on which switching costs fall away")
    }
    remembers: ClassVar[tuple[str, ...]] = ("done",)

    def __init__(self, market: Any, rules: PortabilityRules) -> None:
        super().__init__(market, rules)
        self.done = np.zeros(1, np.bool_)

    def open(self, day: float) -> None:
        """The day has come."""
        if not self.done[0] and day >= self.rules.day - NEARLY:
            self.customers.switching_cost *= np.float32(1.0 - self.rules.removes)
            self.done[0] = True
