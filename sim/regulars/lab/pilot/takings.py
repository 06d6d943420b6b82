"""What each customer brought a firm so far, as a till and a card can tell: the measures of a pilot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from regulars.ground.alike import nearest
from regulars.ground.errors import RegularsError, shown
from regulars.world.events import REWARD
from regulars.world.ledger import MILLION

if TYPE_CHECKING:
    from regulars.market import Market

MEASURES = {  # per customer over the pilot
    "contribution": ("currency", "money paid less cost of goods and rewards given, per customer"),
    "spending": ("currency", "money paid, per customer"),
    "purchases": ("purchases", "purchases, per customer"),
}


def measure_named(name: Any) -> str:
    """The name of a measure.

    Errors: there is none of this name; says the nearest.
    """
    if not isinstance(name, str) or name not in MEASURES:
        raise RegularsError(f"no measure is called {shown(name)}; {nearest(str(name), MEASURES)}")
    return name


class Takings:
    """Takings of one firm in one market by customer, kept as they stand at the beginning of chosen days.

    Credit counts as a reward on the day on which it is granted; costs that are booked for no single customer (messages, staff, rewards in
    kind, points that are out) are in no customer's takings. The market keeps its events (`log="memory"`).
    """

    def __init__(self, market: Market, firm: int, days: set[int]) -> None:
        self.market, self.firm, self.days = market, firm, days
        self._now = np.zeros((2, market.customers.count), np.int64)  # money less cost of goods, money
        self._bought = np.zeros(market.customers.count)
        self._at: dict[int, tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]]] = {}
        self._keep(0)

    def add(self, day: int) -> None:
        """Take in the latest tick, after which it is the beginning of `day`."""
        round = self.market.latest()
        mine = np.flatnonzero(round.chosen == self.firm)
        who = round.who[mine]
        np.add.at(self._now[0], who, round.paid[mine] - round.cost[mine])
        np.add.at(self._now[1], who, round.paid[mine])
        np.add.at(self._bought, who, 1.0)
        self._keep(day)

    def _keep(self, day: int) -> None:
        if day in self.days:
            members = self.market.firms[self.firm].members().copy()
            self._at[day] = (self._now.copy(), self._bought.copy(), members)

    def at(self, day: int) -> dict[str, NDArray[np.float64]]:
        """By measure, what each customer brought until the beginning of a day, shape (customers,)."""
        money, bought, _ = self._at[day]
        given = self._rewards(day)
        return {
            "contribution": money[0] / MILLION - given,
            "spending": money[1] / MILLION,
            "purchases": bought,
        }

    def members(self, day: int) -> NDArray[np.bool_]:
        """Who was a member of any programme of the firm at the beginning of a day, shape (customers,)."""
        return self._at[day][2]

    def _rewards(self, day: int) -> NDArray[np.float64]:
        """Rewards given to each customer before a day, currency units."""
        events = self.market.log.events()
        here = (
            (events["event"] == str(REWARD))
            & (events["firm"] == self.market.names[self.firm])
            & (events["time"] < day)
        )
        who, amounts = events["customer"][here].to_numpy(), events["amount"][here].to_numpy()
        return np.bincount(who, amounts, self.market.customers.count).astype(np.float64)
