"""The day's board: the people who meet an opportunity together, and the channels where strategies meet.

Strategies never see one another. Each writes to named channels of its own firm; a channel combines what is
written by a commuting operation, so the order of declaration cannot matter.

channel             per          combines  unit            meaning
appeal              firm, opp.   +=        logits          pull of programmes, perks and messages
price_factor        firm, opp.   *=        of list price   personal price
money_off           firm, opp.   +=        currency        coupons and credit used at this purchase
service             firm, opp.   +=        performance     better (or worse) experience of this purchase
basket_factor       firm, opp.   *=        of basket       larger or smaller basket at this firm
blocked             firm, opp.   |=        yes/no          cannot be bought here now (stock, refusal)
locked_in           firm, opp.   |=        yes/no          bound to this firm now: bought here without choosing, if it can be
forgiveness         firm, opp.   +=        share           part of a failure's severity that is forgiven
price_weight        firm, opp.   *=        of sensitivity  how much the price of this firm matters
promotion_deafness  firm, opp.   +=        share           part of this firm's promotions that goes unheard
attachment          firm, opp.   +=        logits          pull of what lasts, such as relations; never unheard
shelf_factor        firm         *=        of list price   price for everybody
standing            firm         +=        logits          pull on everybody
bids                firm         +=        currency        offered today for paid traffic
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regulars.ground.words import renamed, word


class Effect(StrEnum):
    """A channel of the board by firm and opportunity; the table above says what it means and how it combines."""

    APPEAL = "appeal"
    PRICE_FACTOR = "price_factor"
    MONEY_OFF = "money_off"
    SERVICE = "service"
    BASKET_FACTOR = "basket_factor"
    BLOCKED = "blocked"
    LOCKED_IN = "locked_in"
    FORGIVENESS = "forgiveness"
    PRICE_WEIGHT = "price_weight"
    PROMOTION_DEAFNESS = "promotion_deafness"
    ATTACHMENT = "attachment"


renamed(
    Effect,
    {"held": "locked_in", "lenience": "forgiveness", "deaf": "promotion_deafness", "tie": "attachment"},
)  # until version 0.3
FACTORS = (Effect.PRICE_FACTOR, Effect.BASKET_FACTOR, Effect.PRICE_WEIGHT)  # combine by *=
NEUTRAL = {effect: 1.0 if effect in FACTORS else 0.0 for effect in Effect}
CHANNELS = tuple(Effect)
PLACE: dict[str, int] = {effect: place for place, effect in enumerate(Effect)}
(
    APPEAL, PRICE_FACTOR, MONEY_OFF, SERVICE, BASKET_FACTOR, BLOCKED, LOCKED_IN, FORGIVENESS, PRICE_WEIGHT, PROMOTION_DEAFNESS, ATTACHMENT,
) = range(len(CHANNELS))  # fmt: skip

PRICES = (PRICE_FACTOR, MONEY_OFF)  # channels that come off what is paid


class Board:
    """All channels: values (channel, firm, row of the round), in use only where a strategy has touched them."""

    def __init__(self, firms: int) -> None:
        self.values = np.empty((len(CHANNELS), firms, 0))
        self.used = np.zeros((len(CHANNELS), firms), np.bool_)
        self.shelf_factor = np.ones(firms)
        self.standing = np.zeros(firms)
        self.bids = np.zeros(firms)
        self.writer: Any = None  # the part that is writing
        # by firm: who has touched a price channel in this round, which, and how it stood before (None: neutral)
        self.written: list[list[tuple[Any, int, NDArray[np.float64] | None]]] = [[] for _ in range(firms)]

    def make_room(self, rows: int) -> None:
        """Make sure that a round of `rows` opportunities fits."""
        if self.values.shape[2] < rows:
            self.values = np.empty((*self.values.shape[:2], rows))

    def column(self, channel: int, firm: int, rows: int) -> NDArray[np.float64]:
        """The column of a firm for this round, neutral at the first touch; change it in place.

        Args:
            channel: number of the effect.
            firm: number of the firm.
            rows: how many opportunities the round has.

        Returns:
            Shape (rows,), in the unit of the effect.
        """
        column = self.values[channel, firm, :rows]
        if channel in PRICES:
            marks = [mark for mark in self.written[firm] if mark[1] == channel]
            if not marks or marks[-1][0] is not self.writer:
                self.written[firm].append((self.writer, channel, column.copy() if marks else None))
        if not self.used[channel, firm]:
            column.fill(NEUTRAL[CHANNELS[channel]])
            self.used[channel, firm] = True
        return column

    def open_day(self) -> None:
        """Forget the offers of yesterday."""
        self.shelf_factor.fill(1.0)
        self.standing.fill(0.0)
        self.bids.fill(0.0)

    def open_round(self) -> None:
        """Forget what was written for the last round."""
        self.used.fill(False)
        for marks in self.written:
            marks.clear()


class Outcomes:
    """What came of the opportunities of a chunk: one row each, in the order of the chunk.

    chosen (int16, firm or -1), quantity (units), money (3, rows: listed, paid, cost in millionths), complaining,
    failed (whether something went wrong), gap (performance less expectation; where customers learn), category (int8,
    what was wanted; 0 where there is only one), product (int32, what was taken; -1 where products are not told apart).
    """

    def __init__(self, rows: int) -> None:
        self.chosen = np.full(rows, -1, np.int16)
        self.quantity = np.zeros(rows)
        self.money = np.zeros((3, rows), np.int64)
        self.complaining = np.zeros(rows, np.bool_)
        self.failed = np.zeros(rows, np.bool_)
        self.gap = np.zeros(rows, np.float32)
        self.category = np.zeros(rows, np.int8)
        self.product = np.full(rows, -1, np.int32)


class Round:
    """Opportunities met together, at most one per customer, in order of customer.

    who, occasion (int32), time (float64, days): one row an opportunity. After the choice: `chosen` (int16,
    firm or -1), `quantity` (units), `listed`, `paid` and `cost` (int64 millionths), `complaining`, `failed`, `gap`
    (performance less expectation, where customers learn). `category` (int8) says what was wanted, `product` (int32; -1
    for none) what was taken, where products are told apart. `source` says
    what a reward for it was earned by: the outcome of the same opportunity in the control arm (number of firms
    for none), or 0 everywhere in a run without control.
    """

    __slots__ = (
        "_board", "_control", "_rows", "category", "chosen", "complaining", "cost", "day", "failed", "gap", "listed",
        "occasion", "paid", "product", "quantity", "time", "who",
    )  # fmt: skip

    def __init__(
        self,
        board: Board,
        day: float,
        table: Any,
        start: int,
        stop: int,
        outcomes: Outcomes,
        control: Any = None,
    ) -> None:
        here = slice(start, stop)
        self._board, self.day = board, day
        self._control = None if control is None else control[here]
        self.who, self.occasion, self.time = table[0][here], table[1][here], table[2][here]
        self.chosen, self.quantity = outcomes.chosen[here], outcomes.quantity[here]
        self.listed, self.paid, self.cost = outcomes.money[:, here]
        self.complaining, self.failed, self.gap = (
            outcomes.complaining[here],
            outcomes.failed[here],
            outcomes.gap[here],
        )
        self.category, self.product = outcomes.category[here], outcomes.product[here]
        self._rows: dict[int, NDArray[np.intp]] = {}

    def __len__(self) -> int:
        return len(self.who)

    @property
    def source(self) -> NDArray[np.int16]:
        """What a reward for each opportunity is earned by, one per row of `who`."""
        if self._control is None:
            return np.zeros(len(self.who), np.int16)
        return np.where(self._control < 0, self._board.used.shape[1], self._control).astype(np.int16)

    def column(self, effect: Effect | str, firm: int) -> NDArray[np.float64]:
        """Column of an effect for one firm, to be changed in place before the choice.

        Args:
            effect: which, or its name.
            firm: number of the firm.

        Returns:
            One value per row of `who`, in the unit of the effect.

        Raises:
            RegularsError: for an effect that there is not, with the nearest.
        """
        place = PLACE.get(effect)
        if place is None:
            place = PLACE[word(Effect, effect)]
        return self._board.column(place, firm, len(self.who))

    def rows(self, firm: int) -> NDArray[np.intp]:
        """Rows of the round in which `firm` was bought from: numbers, shape (purchases,)."""
        rows = self._rows.get(firm)
        if rows is None:
            rows = self._rows[firm] = np.flatnonzero(self.chosen == firm)
        return rows
