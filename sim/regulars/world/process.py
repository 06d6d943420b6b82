"""A process: a behaviour of customers, or a force of the world, that takes part in the day of the whole market.

Strategies belong to one firm; a process belongs to the market. It has the same phases, one more for talk among
customers, and comes before the strategies in each of them. What it keeps of a customer and firm is a declared
column of the population, what it keeps of a firm an array in `save`. A process that is off is not built at all.

phase     once a        what happens
open      day           the calendar: rent is due, staff come and go, contracts end
offer     day           what every firm has on the table today
appeal    round         what pulls the customers who meet an opportunity now
settle    round         after the till
feel      round         after the experience: complaints, deepening relations
talk      day           customers talk among themselves
close     day           the day's own costs
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from regulars.ground.chance import Chance
    from regulars.world.board import Board, Round
    from regulars.world.customers import Customers

PHASES = ("open", "offer", "appeal", "settle", "feel", "talk", "close")


class Process:
    """Base of all processes; overriding a phase is taking part in it."""

    section: ClassVar[str] = ""  # of the scenario; also the name of the process
    remembers: ClassVar[tuple[str, ...]] = ()  # arrays, by firm or customer, that change during a run

    @classmethod
    def wanted(cls, spec: Any) -> bool:
        """Whether a scenario switches the process on."""
        return bool(getattr(spec, cls.section).on)

    @classmethod
    def endow(cls, customers: Customers, spec: Any, chance: Chance) -> None:
        """Add the columns that the process keeps, and draw what differs between customers."""

    def __init__(self, market: Any, rules: Any) -> None:
        self.market, self.rules = market, rules
        self.customers, self.chance = market.customers, market.chance

    def start(self) -> None:
        """Prepare, after all firms and customers are there."""

    def open(self, day: float) -> None:
        """Begin the day."""

    def offer(self, board: Board, day: float) -> None:
        """Change what is on the table today."""

    def appeal(self, round: Round) -> None:
        """Pull the customers who meet an opportunity now."""

    def settle(self, round: Round) -> None:
        """After the till."""

    def feel(self, round: Round) -> None:
        """After the experience."""

    def talk(self, day: float) -> None:
        """Customers talk among themselves at the end of the day."""

    def close(self, day: float) -> None:
        """End the day."""

    def save(self) -> dict[str, Any]:
        """Everything that changes during a run and is no column of the population."""
        return {name: getattr(self, name) for name in self.remembers}

    def restore(self, saved: dict[str, Any]) -> None:
        """Take back what `save` gave."""
        for name in self.remembers:
            getattr(self, name)[...] = saved[name]


def takes_part(part: Any, phase: str) -> bool:
    """Whether a process or strategy overrides a phase of the day."""
    kind = type(part)
    base = next((b for b in reversed(kind.__mro__) if phase in vars(b)), None)
    return base is not None and getattr(kind, phase) is not vars(base)[phase]
