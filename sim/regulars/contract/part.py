"""A part of a market: what strategies, processes, pricing policies and recommenders have in common.

A part has an owner, a firm or the market as a whole; it is one file, its name the name of the file, and its folder is the
registry. It declares once what it is: parameters, what it keeps, what it needs, what "off" means, the evidence for it. From
the declaration follow its section of the scenario, the columns of customers, saving and branching, schema and
documentation, and the tests of the contract.

phase     once a        what happens
open      day           the calendar: expiry, windows that end, rent is due, contracts end
offer     day           what every firm has on the table today: shelf prices and pull on everybody
appeal    round         what pulls, and what awaits, the customers who meet an opportunity now
          (then customers choose, pay and experience: the engine's part)
settle    round         after the till: earn, spend, join
feel      round         after the experience: complaints, answers, thanks, deepening relations
talk      day           customers talk among themselves
close     day           the day's own costs
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from regulars.ground.parameter import ParameterSet
from regulars.ground.registered import title
from regulars.world.events import Event

if TYPE_CHECKING:
    from regulars.world.board import Board, Round

PHASES = ("open", "offer", "appeal", "settle", "feel", "talk", "close")


class Part:
    """Base of all parts."""

    owner: ClassVar[Literal["firm", "market"]] = "firm"
    Parameters: ClassVar[type[ParameterSet]] = ParameterSet
    off: ClassVar[dict[str, Any]] = {}  # values of parameters at which the part does exactly nothing
    sources: ClassVar[tuple[str, ...]] = ()  # evidence behind it
    events: ClassVar[tuple[Event, ...]] = ()  # kinds of events that it writes into the log
    # attributes that change during a run: numbers, arrays, and things with `state()` and `restore(state)` of their own; those
    # of the classes above it are remembered with them
    remembers: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def title(cls) -> str:
        """Name in scenarios: that of the file, or the one under which it was registered."""
        return title(cls)

    def start(self) -> None:
        """Prepare, after all firms and customers are there."""

    def save(self) -> dict[str, Any]:
        """Everything that changes during a run and stands nowhere else."""
        values = {name: getattr(self, name) for name in _remembered(*type(self).__mro__)}
        return {name: value.state() if hasattr(value, "state") else value for name, value in values.items()}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take back what `save` gave; an array of the same shape into its place, for others may look at it."""
        for name in _remembered(*type(self).__mro__):
            now: Any = getattr(self, name, None)
            value = saved[name]
            if hasattr(now, "restore"):
                now.restore(value)
            elif isinstance(now, np.ndarray) and now.shape == np.shape(value):
                now[...] = value
            else:
                setattr(self, name, np.array(value) if isinstance(value, np.ndarray) else value)


class DailyPart(Part):
    """A part that lives through the day; overriding a phase is taking part in it."""

    def open(self, day: float) -> None:
        """Begin the day: what the calendar does."""

    def offer(self, board: Board, day: float) -> None:
        """Shelf prices and pull on everybody today."""

    def appeal(self, round: Round) -> None:
        """Pull the customers who meet an opportunity now; set personal prices and the service that awaits them."""

    def settle(self, round: Round) -> None:
        """After the till: earn, spend and join."""

    def feel(self, round: Round) -> None:
        """React to the experience of the purchase."""

    def talk(self, day: float) -> None:
        """Customers talk among themselves at the end of the day."""

    def close(self, day: float) -> None:
        """End the day: its own costs and draws."""


@cache
def _remembered(*kinds: type) -> tuple[str, ...]:
    named = [name for kind in reversed(kinds) for name in vars(kind).get("remembers", ())]
    return tuple(dict.fromkeys(named))


def takes_part(part: DailyPart, phase: str) -> bool:
    """Whether a part overrides a phase of the day."""
    return getattr(type(part), phase) is not getattr(DailyPart, phase)
