"""Looking around, or not: a satisfied and committed customer does not compare.

With a probability that grows with satisfaction above the customer's upper threshold and falls with the
transparency of the market, the customer considers only the incumbent and buying nothing (Moorthy, Ratchford &
Talukdar 1997, J. Consumer Research 23:263-277, on search that falls with experience).
"""

from __future__ import annotations

from typing import ClassVar

from regulars.ground.parameter import ParameterSet, par

SYSTEMS = {
    "M17": "tests/oracles/test_search.py::test_commitment_grows_with_satisfaction_and_falls_with_transparency",
}


class Search(ParameterSet):
    """Whether customers compare all firms they know."""

    shapes_people: ClassVar[bool] = True
    arms_may_change: ClassVar[bool] = True
    on: bool = par(False, "", "", "whether committed customers stop looking around (needs [experience] on)")
    transparency: float = par(
        0.0, "", "[0, 1]", "how far reviews and easy comparison make everybody look; 1: everybody compares"
    )
