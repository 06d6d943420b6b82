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
from regulars.ground.errors import RegularsError
from regulars.ground.folder import modules
from regulars.ground.parameter import ParameterSet, Problem
from regulars.world.card import Payment
from regulars.world.purse import Purse

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


@dataclass(frozen=True)
class Holding:
    """What customers hold of something that earns a reward, by what earned it: a `Purse` of this name, in millionths."""

    name: str
    unit: str
    meaning: str


class Strategy(DailyPart):
    """Base of all strategies."""

    state: ClassVar[tuple[State, ...]] = ()
    holdings: ClassVar[tuple[Holding, ...]] = ()
    earned_by: ClassVar[str] = (
        ""  # holding that earns its discounts at the till; "": the purchase at which they are given
    )
    foresees: ClassVar[bool] = (
        False  # whether it rewards what customers do later, so that looking ahead counts
    )
    linked: ClassVar[bool] = False  # whether customers' lives touch one another through it, by design

    def __init__(self, firm: Firm, parameters: ParameterSet) -> None:
        self.firm = firm
        self.parameters: Any = parameters
        self.customers = firm.customers
        self.arrays: dict[str, NDArray[Any]] = {
            s.name: np.full(self.customers.count, s.initial, s.dtype) for s in self.state
        }
        self.purses = {h.name: Purse(firm.model.sources, self.customers.count) for h in self.holdings}
        self.__dict__.update(self.arrays | self.purses)

    @classmethod
    def misfits(cls, parameters: Any, spec: Any) -> list[tuple[str, str]]:
        """What in the market does not go with the strategy: (parameter or "", message)."""
        return []

    @classmethod
    def segments(cls, parameters: Any) -> tuple[str, ...]:
        """Names of the segments that the strategy enters into the firm's customer file."""
        return ()

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"{type(self).__name__} has no '{name}'")

    def purpose(self, what: str) -> int:
        """Code of this strategy's own draws of a kind, the same whatever else runs in the market."""
        return purpose("strategy", self.firm.name, self.title(), what)

    def reward(
        self,
        customers: NDArray[Any],
        worth: Any,
        earned_by: Purse | NDArray[Any] | None,
        day: float,
        paid_as: Payment | str = Payment.CASH,
        lapse: float = 0.0,
    ) -> None:
        """Give a reward: the one door, in cash, as credit on the store card, or in kind.

        What earned it decides whether it is booked as caused: the purchases that would not have been made without the strategies.
        Discounts at the till are written on the board, and earned by the holding `earned_by`, or by the purchase itself.

        Args:
            customers: who gets it, each as often as there are rewards.
            worth: millionths of the currency unit, one a customer or one for all; or by source [sources, customers], as `Purse.take`
                gives it.
            earned_by: what each customer holds of what earned it (nothing is taken out), or the source of each reward, as
                `round.source[rows]`; None where the worth says it.
            day: of the reward.
            paid_as: cash, credit or kind.
            lapse: days after which credit lapses, 0 for never.

        Raises:
            RegularsError: for another way of paying, with the nearest, and for a worth that is no whole number of millionths.
        """
        if np.asarray(worth).dtype.kind not in "iu" and not isinstance(worth, list):
            raise RegularsError(
                f"{self.title()}: a reward of {worth!r} is in no whole millionths of the currency unit; write millionths({worth!r})"
            )
        if earned_by is None:
            by_source = np.asarray(worth)
        elif isinstance(earned_by, Purse):
            amounts = np.broadcast_to(np.asarray(worth, np.int64), customers.shape)
            by_source = earned_by.shares(customers, amounts)
        else:
            by_source = np.zeros((self.firm.model.sources, customers.size), np.int64)
            by_source[earned_by, np.arange(customers.size)] = worth
        self.firm.give(self.title(), paid_as, customers, by_source, day, lapse)

    def revise(self) -> None:
        """Hook: the rules changed in a branch of a market, after `restore`; derive again what follows from them."""

    def deferred_revenue(self) -> float:
        """Hook: revenue that is deferred for what customers hold of the strategy and have not used, currency units (IFRS 15, B39 to B47)."""
        return 0.0

    def members(self) -> NDArray[np.bool_] | None:
        """Who takes part, shape (customers,), or None when there is no membership."""
        return None

    def participants(self) -> NDArray[np.bool_] | None:
        """Who takes part at a purchase, members or about to be, shape (customers,), or None when there is no membership."""
        return self.members()

    def save(self) -> dict[str, Any]:
        """Everything that changes during a run, as arrays."""
        return {**self.arrays, **{name: purse.held for name, purse in self.purses.items()}, **super().save()}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take back what `save` gave."""
        for name, array in self.arrays.items():
            array[...] = saved[name]
        for name, purse in self.purses.items():
            purse.held[...] = saved[name]
        super().restore(saved)


def names() -> list[str]:
    """All strategies: the modules of the folder `strategies`."""
    return modules(FOLDER)


def find(name: str, place: tuple[str | int, ...] = ()) -> type[Strategy]:
    """The strategy class of a name; a mistyped one is answered with the nearest right name."""
    known = names()
    if name not in known:
        raise Problem([((*place, name), f"no strategy of this name; {nearest(name, known)}")])
    return spelling.loaded(FOLDER, name, Strategy)
