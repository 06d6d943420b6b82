"""Claw-back: what a purchase earned is taken back when the goods are returned.

At the till a programme notes what each purchase earns that will come back (`processes.returns` has drawn which; nobody acts on it before), and
in the morning on which it comes back takes so much off. What has been used by then is owed (`below_zero`): what is earned later pays it first,
as if the balance were below zero; or the firm bears it, and the balance stays at zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from regulars.ground.parameter import ParameterSet, par
from regulars.world.agenda import Agenda
from regulars.world.events import Event
from regulars.world.ports import GoodsReturned

if TYPE_CHECKING:
    from regulars.world.board import Round
    from regulars.world.firms import Firm

CLAWED = Event("clawback", "what a returned purchase had earned was taken back", "points or currency")


class ClawBackParameters(ParameterSet):
    """What becomes of what a purchase earned when it is returned."""

    # fmt: off
    clawback: bool = par(True, "", "", "whether what a purchase earned is taken back when it is returned (where [returns] is on)")
    # fmt: on


class BalanceParameters(ClawBackParameters):
    """The same where customers may have used it."""

    # fmt: off
    below_zero: bool = par(True, "", "", "whether who has used by then what is taken back owes it, so that what is earned later pays it first; else the firm bears it")
    # fmt: on


class ClawBack:
    """What purchases have earned that will come back, until they do; `clawback` says whether any of it is taken back.

    Columns of the agenda: who; amount, millionths; the day on which it was earned; by what source, of how many sources.
    """

    def __init__(self, firm: Firm, clawback: bool) -> None:
        self.firm, self.port = firm, firm.port(GoodsReturned)
        self.noting = clawback and type(self.port) is not GoodsReturned
        self.agenda = Agenda("who", "amount", "earned", "source", "sources")

    def note(
        self, round: Round, rows: NDArray[Any], customers: NDArray[Any], amounts: NDArray[np.int64]
    ) -> None:
        """Note what the purchases in `rows` of a round have earned for `customers` (millionths, one a row each)."""
        if not self.noting:
            return
        coming, days = self.port.coming(self.firm.index)
        due = np.zeros(len(round), np.int64)
        due[coming] = days
        some = np.flatnonzero((due[rows] > 0) & (amounts > 0))
        here = rows[some]
        self.agenda.note(
            due[here],
            customers[some],
            amounts[some],
            int(round.day),
            round.source[here],
            self.firm.model.sources,
        )

    def due(self, day: float) -> dict[str, NDArray[np.int64]]:
        """What is taken back on a day: who, amount, earned and source, one row a purchase."""
        rows = self.agenda.due(day)
        sources = (
            self.firm.model.sources
        )  # what was earned before a comparison began was earned by no opportunity of it
        rows["source"] = np.where(rows.pop("sources") == sources, rows["source"], sources - 1)
        return rows

    def __len__(self) -> int:
        return len(self.agenda)

    def state(self) -> dict[str, Any]:
        """All that is noted, for saving."""
        return self.agenda.state()

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Take back what `state` gave."""
        self.agenda.restore(saved)


def by_customer(
    who: NDArray[np.int64], amounts: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Customers, each once and in order, and the exact sums of their amounts."""
    customers, place = np.unique(who, return_inverse=True)
    sums = np.zeros(customers.size, np.int64)
    np.add.at(sums, place, amounts)
    return customers, sums
