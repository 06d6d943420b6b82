"""The processes of a market: which a scenario switches on, and which there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from regulars.contract.process import Process, every
from regulars.world.firms import Answer

if TYPE_CHECKING:
    from regulars.market.market import Market
    from regulars.scenario import Spec


def wanted(spec: Spec) -> list[type[Process]]:
    """The processes that a scenario switches on, in the order in which they take part."""
    return [kind for kind in every() if kind.wanted(spec)]


def start(market: Market) -> dict[str, Process]:
    """Make the processes of a market, by name."""
    spec: Any = market.scenario.spec
    return {kind.title(): kind(market, getattr(spec, kind.title(), None)) for kind in wanted(spec)}


def answering(processes: dict[str, Process], kind: type[Answer]) -> Answer:
    """The process that answers a port, or the port itself, which answers where no process does."""
    for process in processes.values():
        if isinstance(process, kind):
            return process
    return kind()
