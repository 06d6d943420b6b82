"""The contract of a strategy: one file in `strategies/`, one class, its name the name of the file.

A strategy declares its parameters (`Parameters`), the state it keeps per customer (`state`), what "off" means
(`off`) and its sources, and overrides the phases it takes part in. It knows customers and its own firm. It pays
through the firm's books and meets other strategies only on the board's channels.

phase     once a        what happens
open      day           calendar: expiry, windows that end, draws, requalification
offer     day           shelf prices and pull on everybody
appeal    round         what pulls, and what awaits, the customers who meet an opportunity now
          (then customers choose, pay and experience: the engine's part)
settle    round         after the till: earn, spend, join
feel      round         after the experience: answers to complaints, thanks
close     day           the day's own costs
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from regulars.ground.alike import nearest
from regulars.ground.chance import purpose
from regulars.ground.folder import modules, only_class
from regulars.ground.parameter import ParameterSet, Problem
from regulars.ground.registered import title

if TYPE_CHECKING:
    from regulars.world.board import Board, Round
    from regulars.world.firms import Firm

FOLDER = "regulars.strategies"
PHASES = ("open", "offer", "appeal", "settle", "feel", "close")


@dataclass(frozen=True)
class State:
    """One array that a strategy keeps, one value per customer."""

    name: str
    dtype: str
    unit: str
    meaning: str
    initial: Any = 0


class Strategy:
    """Base of all strategies; overriding a phase is taking part in it."""

    Parameters: ClassVar[type[ParameterSet]] = ParameterSet
    state: ClassVar[tuple[State, ...]] = ()
    off: ClassVar[dict[str, Any]] = {}
    sources: ClassVar[tuple[str, ...]] = ()
    remembers: ClassVar[tuple[str, ...]] = ()  # other arrays that change during a run, made by `start`
    linked: ClassVar[bool] = False  # whether customers' lives touch one another through it, by design

    def __init__(self, firm: Firm, parameters: ParameterSet) -> None:
        self.firm = firm
        self.parameters: Any = parameters
        self.customers = firm.customers
        self.arrays: dict[str, NDArray[Any]] = {
            s.name: np.full(self.customers.count, s.initial, s.dtype) for s in self.state
        }

    @classmethod
    def title(cls) -> str:
        """Name in scenarios: that of the file, or the one under which it was registered."""
        return title(cls)

    @classmethod
    def misfits(cls, parameters: Any, spec: Any) -> list[tuple[str, str]]:
        """What in the market does not go with the strategy: (parameter or "", message)."""
        return []

    @classmethod
    def segments(cls, parameters: Any) -> tuple[str, ...]:
        """Names of the segments that the strategy enters into the firm's customer file."""
        return ()

    def __getattr__(self, name: str) -> NDArray[Any]:
        arrays = self.__dict__.get("arrays", {})
        if name in arrays:
            return arrays[name]
        raise AttributeError(f"{type(self).__name__} has no '{name}'")

    def purpose(self, what: str) -> int:
        """Code of this strategy's own draws of a kind, the same whatever else runs in the market."""
        return purpose("strategy", self.firm.name, self.title(), what)

    def start(self) -> None:
        """Prepare, after all firms and customers are there."""

    def open(self, day: float) -> None:
        """Begin the day: what the calendar does to the programme."""

    def offer(self, board: Board, day: float) -> None:
        """Shelf prices and pull on everybody today."""

    def appeal(self, round: Round) -> None:
        """Pull the customers who meet an opportunity now; set personal prices and the service that awaits them."""

    def settle(self, round: Round) -> None:
        """Earn, spend and join at the till."""

    def feel(self, round: Round) -> None:
        """React to the experience of the purchase."""

    def close(self, day: float) -> None:
        """End the day: its own costs and draws."""

    def revise(self) -> None:
        """Hook: the rules changed in a branch of a market, after `restore`; derive again what follows from them."""

    def members(self) -> NDArray[np.bool_] | None:
        """Who takes part, shape (customers,), or None when there is no membership."""
        return None

    def save(self) -> dict[str, Any]:
        """Everything that changes during a run, as arrays."""
        return {**self.arrays, **{name: getattr(self, name) for name in self.remembers}}

    def restore(self, saved: dict[str, Any]) -> None:
        """Take back what `save` gave."""
        for name, array in self.arrays.items():
            array[...] = saved[name]
        for name in self.remembers:
            getattr(self, name)[...] = saved[name]


def names() -> list[str]:
    """All strategies: the modules of the folder `strategies`."""
    return modules(FOLDER)


def find(name: str, place: tuple[str | int, ...] = ()) -> type[Strategy]:
    """The strategy class of a name; a mistyped one is answered with the nearest right name."""
    known = names()
    if name not in known:
        raise Problem([((*place, name), f"no strategy of this name; {nearest(name, known)}")])
    return only_class(FOLDER, name, Strategy)
