"""Shelf prices and the standing pull of every firm, laid out each morning."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from regulars.behavior import levers
from regulars.market.bounds import OfferBounds

if TYPE_CHECKING:
    from regulars.market.market import Market


class Shelf:
    """Works out what all customers see alike; where they weigh the levers differently, their liking follows."""

    def __init__(self, market: Market) -> None:
        self.market = market
        spec = market.scenario.spec
        self.alike = levers.common(spec.choice)
        self.levels = np.zeros(0)
        self.bounds = OfferBounds(market)
        self.appeal = np.array([firm.appeal for firm in spec.firms])
        self.lay_out(0.0)

    def lay_out(self, day: float) -> None:
        """Shelf prices and standing pull of the day.

        Errors: a firm's number that is none, or cannot be reckoned with.
        """
        with np.errstate(invalid="ignore", over="ignore"):  # what has gone wrong is told of the result
            self._lay_out()
            self.bounds.check(day)

    def _lay_out(self) -> None:
        market = self.market
        offers, board = market.offers.arrays, market.board
        offers["shelf_factor"][:] = board.shelf_factor
        np.multiply(offers["price"], board.shelf_factor, out=offers["shelf_price"])
        if self.alike is not None:
            np.matmul(self.alike, market.offers.levers, out=offers["standing"])
        else:
            offers["standing"].fill(0.0)
            if not np.array_equal(market.offers.levers, self.levels):
                self.levels = market.offers.levers.copy()
                market.endear()
        offers["standing"] += self.appeal
        offers["standing"] += board.standing
