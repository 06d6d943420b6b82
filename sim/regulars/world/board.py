"""The day's board: the people who meet an opportunity together, and the channels where strategies meet.

Strategies never see one another. Each writes to named channels of its own firm; a channel combines what is
written by a commuting operation, so the order of declaration cannot matter.

channel        per          combines  unit            meaning
appeal         firm, opp.   +=        logits          pull of programmes, perks and messages
price_factor   firm, opp.   *=        of list price   personal price
money_off      firm, opp.   +=        currency        coupons and credit used at this purchase
service        firm, opp.   +=        performance     better (or worse) experience of this purchase
basket_factor  firm, opp.   *=        of basket       larger or smaller basket at this firm
blocked        firm, opp.   |=        yes/no          cannot be bought here now (stock, refusal)
shelf_factor   firm         *=        of list price   price for everybody
standing       firm         +=        logits          pull on everybody
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

CHANNELS = {"appeal": 0.0, "price_factor": 1.0, "money_off": 0.0, "service": 0.0, "basket_factor": 1.0, "blocked": 0.0}


class Channel:
    """Values by firm and opportunity; a firm's column is in use only in rounds in which a strategy touches it."""

    __slots__ = ("neutral", "used", "values")

    def __init__(self, firms: int, neutral: float) -> None:
        self.neutral = neutral
        self.values = np.empty((firms, 0))
        self.used = np.zeros(firms, np.bool_)

    def column(self, firm: int, rows: int) -> NDArray[np.float64]:
        """The column of a firm for this round, neutral at the first touch; change it in place."""
        if self.values.shape[1] < rows:
            larger = np.empty((self.values.shape[0], max(rows, 2 * self.values.shape[1])))
            larger[:, : self.values.shape[1]] = self.values
            self.values = larger
        column = self.values[firm, :rows]
        if not self.used[firm]:
            column.fill(self.neutral)
            self.used[firm] = True
        return column


class Board:
    """All channels of a market, reused from round to round."""

    def __init__(self, firms: int) -> None:
        self.channels = {name: Channel(firms, neutral) for name, neutral in CHANNELS.items()}
        self.shelf_factor = np.ones(firms)
        self.standing = np.zeros(firms)

    def open_day(self) -> None:
        """Forget the offers of yesterday."""
        self.shelf_factor.fill(1.0)
        self.standing.fill(0.0)

    def open_round(self) -> None:
        """Forget what was written for the last round."""
        for channel in self.channels.values():
            channel.used.fill(False)


class Round:
    """Opportunities met together, at most one a customer, in order of customer.

    who, occasion (int32), time (float64, days): one row an opportunity. After the choice: `chosen` (int16,
    firm or -1), and at the till `quantity` (units), `listed`, `paid` and `cost` (int64 millionths of the
    currency unit). `source` says what earned a reward: the outcome of the same opportunity in the control
    arm (number of firms for none), or 0 everywhere in a run without control.
    """

    __slots__ = ("_board", "_rows", "chosen", "complaints", "cost", "day", "listed", "occasion", "paid", "quantity", "source", "time", "who")

    def __init__(self, board: Board, day: int, who: Any, occasion: Any, time: Any) -> None:
        n = len(who)
        self._board, self.day = board, day
        self.who, self.occasion, self.time = who, occasion, time
        self.chosen = np.full(n, -1, np.int16)
        self.quantity = np.zeros(n)
        self.listed, self.paid, self.cost = np.zeros((3, n), np.int64)
        self.source = np.zeros(n, np.int16)
        self.complaints = np.zeros(0, np.bool_)
        self._rows: dict[int, NDArray[np.intp]] = {}

    def __len__(self) -> int:
        return len(self.who)

    def column(self, channel: str, firm: int) -> NDArray[np.float64]:
        """Column of a channel for one firm, to be changed in place; rows as in `who`."""
        return self._board.channels[channel].column(firm, len(self.who))

    def rows(self, firm: int) -> NDArray[np.intp]:
        """Rows of the round in which `firm` was bought from."""
        rows = self._rows.get(firm)
        if rows is None:
            rows = self._rows[firm] = np.flatnonzero(self.chosen == firm)
        return rows
