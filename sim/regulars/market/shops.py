"""The firms of a market as a scenario describes them, with their strategies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regulars.contract.part import PHASES, takes_part
from regulars.contract.strategy import find
from regulars.world.firms import Firm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regulars.market.market import Market


def open_shops(market: Market) -> list[Firm]:
    """Make all firms, in order of name, and put their numbers into the market's offers."""
    firms = []
    for f, described in enumerate(market.scenario.spec.firms):
        firm = Firm(market, f, described.name)
        for name, values in market.offers.arrays.items():
            values[f] = getattr(described, name, 0.0)
        for name, parameters in described.strategies.items():
            firm.strategies[name] = find(name)(firm, parameters)
        firms.append(firm)
    return firms


def by_phase(parts: Sequence[Any]) -> dict[str, list[Any]]:
    """The processes and strategies that take part in each phase of the day: those that override it."""
    return {phase: [part for part in parts if takes_part(part, phase)] for phase in PHASES}
