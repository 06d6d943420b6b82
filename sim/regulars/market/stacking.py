"""Stacking: whether the discounts of several strategies add up on one bill, or only the best one counts.

Strategies write their discounts without knowing one another, before the choice. Where a firm lets only the best count (`stacking = "best"`), each
customer keeps the discount that saves most on a usual purchase, and sees that price; of equal ones the first by name of its strategy. What strategies add
to a price is no discount and stays; the price on the shelf comes before all of it; store credit and what is given after the till are no discounts of a bill.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from regulars.world.board import MONEY_OFF, PRICE_FACTOR

if TYPE_CHECKING:
    from regulars.world.board import Board

NEUTRAL = ((PRICE_FACTOR, 1.0), (MONEY_OFF, 0.0))


def changes(board: Board, firm: int, rows: int) -> list[tuple[Any, int, NDArray[np.float64]]]:
    """What each part has done to the price channels of a firm in a round of so many rows: (part, channel, factor or money off), one a row."""
    out = []
    for channel, neutral in NEUTRAL:
        here = [(part, column) for part, touched, column in board.written[firm] if touched == channel]
        columns = [column for _, column in here[1:]] + [board.values[channel, firm, :rows]] * bool(here)
        before: Any = neutral
        for (part, _), after in zip(here, columns, strict=True):
            change = after / np.where(before == 0, 1.0, before) if channel == PRICE_FACTOR else after - before
            if (change != neutral).any():  # who only looked has given nothing
                out.append((part, channel, change))
            before = after
    return out


def best_only(board: Board, firm: int, usual: NDArray[np.float64]) -> None:
    """Leave on the board the best discount of each bill alone; `usual`: what a purchase of each row comes to on the shelf, currency units."""
    done = changes(board, firm, usual.size)
    parts = list(dict.fromkeys(part for part, _, _ in done))
    if len(parts) < 2:
        return
    factor, off = np.ones((len(parts), usual.size)), np.zeros((len(parts), usual.size))
    for part, channel, change in done:
        if channel == PRICE_FACTOR:
            factor[parts.index(part)] *= change
        else:
            off[parts.index(part)] += change
    saved = usual * (1.0 - factor) + off
    keep = (saved <= 0.0) | (np.arange(len(parts))[:, None] == saved.argmax(axis=0))
    board.written[firm].clear()
    for channel, neutral in NEUTRAL:
        column = np.full(usual.size, neutral)
        mine = [(part, change) for part, touched, change in done if touched == channel]
        for k, (part, change) in enumerate(mine):
            board.written[firm].append((part, channel, column.copy() if k else None))
            left = np.where(keep[parts.index(part)], change, neutral)
            column = column * left if channel == PRICE_FACTOR else column + left
        if mine:
            board.values[channel, firm, : usual.size] = column
