"""The contract of a strategy: what a firm does to keep its customers. One file in `strategies/`, one class.

A strategy declares its parameters (`Parameters`), the state it keeps per customer (`state`), what "off" means
(`off`) and its sources, and overrides the phases it takes part in (see `contract.part`). It knows customers and its own firm.
It pays through the firm's books and meets other strategies only on the board's channels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from regulars.contract import spelling
from regulars.contract.part import DailyPart
from regulars.ground.alike import nearest
from regulars.ground.chance import purpose
from regulars.ground.folder import modules, only_class
from regulars.ground.parameter import ParameterSet, Problem

if TYPE_CHECKING:
    from regulars.world.firms import Firm

FOLDER = "regulars.strategies"


@dataclass(frozen=True)
class State:
    """One array that a strategy keeps, one value per customer."""

    name: str
    dtype: str
    unit: str
    meaning: str
    initial: Any = 0


class Strategy(DailyPart):
    """Base of all strategies."""

    state: ClassVar[tuple[State, ...]] = ()
    linked: ClassVar[bool] = False  # whether customers' lives touch one another through it, by design

    def __init__(self, firm: Firm, parameters: ParameterSet) -> None:
        self.firm = firm
        self.parameters: Any = parameters
        self.customers = firm.customers
        self.arrays: dict[str, NDArray[Any]] = {
            s.name: np.full(self.customers.count, s.initial, s.dtype) for s in self.state
        }

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

    def revise(self) -> None:
        """Hook: the rules changed in a branch of a market, after `restore`; derive again what follows from them."""

    def members(self) -> NDArray[np.bool_] | None:
        """Who takes part, shape (customers,), or None when there is no membership."""
        return None

    def save(self) -> dict[str, Any]:
        """Everything that changes during a run, as arrays."""
        return {**self.arrays, **super().save()}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take back what `save` gave."""
        for name, array in self.arrays.items():
            array[...] = saved[name]
        super().restore(saved)


def names() -> list[str]:
    """All strategies: the modules of the folder `strategies`."""
    return modules(FOLDER)


def find(name: str, place: tuple[str | int, ...] = ()) -> type[Strategy]:
    """The strategy class of a name; a mistyped one is answered with the nearest right name."""
    known = names()
    if name not in known:
        raise Problem([((*place, name), f"no strategy of this name; {nearest(name, known)}")])
    kind = only_class(FOLDER, name, Strategy)
    spelling.check(kind)
    return kind
