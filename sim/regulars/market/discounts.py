"""Which strategy gave which part of the discounts at the till.

Strategies meet in channels that do not say who wrote what. So the price channels are looked at each time another
strategy of the firm touches them. What factors took off a purchase is shared in proportion to their logarithms, so that
the order of writing is nothing; money off is shared in proportion to what each put in. Each purchase is shared by
itself, whole millionths for everybody, and the shares add up to the discounts in the books.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from regulars.contract.part import DailyPart
from regulars.ground import wide
from regulars.market.stacking import changes
from regulars.world.board import PRICE_FACTOR
from regulars.world.ledger import rounded

if TYPE_CHECKING:
    from regulars.market.market import Market
    from regulars.world.board import Round

SOMEBODY = "other"  # a discount that no strategy and no process wrote, as by hand in a notebook


class Discounts:
    """Keeps, for the day and for the round, who has taken how much off the prices of each firm."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.shelf: list[dict[str, float]] = [{} for _ in market.names]  # logarithms of the factors of today

    def open_day(self) -> None:
        """Nobody has taken anything off yet."""
        for shares in self.shelf:
            shares.clear()

    def watch(self, part: Any, before: NDArray[np.float64]) -> NDArray[np.float64]:
        """Note by how much `part` has just changed the shelf factors, which stood at `before`; returns how they stand."""
        now = self.market.board.shelf_factor
        changed = now != before
        if not changed.any():
            return before
        for f in np.flatnonzero(changed):
            shares, name = self.shelf[f], name_of(part)
            shares[name] = shares.get(name, 0.0) + _log(now[f] / before[f])
        return now.copy()

    def settle(self, round: Round) -> None:
        """Enter the discounts of a round in the books of the firms, by strategy."""
        for f in range(len(self.market.names)):
            rows = round.rows(f)
            if rows.size and (self.shelf[f] or self.market.board.written[f]):
                self._share(round, f, rows)

    def settle_all(self, discounts: Sequence[int], round: Round) -> None:
        """Enter the discounts of a beat (millionths, one a firm) that nothing but shelf factors can have made."""
        for f, given in enumerate(discounts):
            if not given:
                continue
            if len(self.shelf[f]) == 1:
                self._credit(
                    f, next(iter(self.shelf[f])), given
                )  # on the shelf for everybody: nobody has earned it
            else:
                self._share(round, f, round.rows(f))

    def _share(self, round: Round, f: int, rows: NDArray[np.intp]) -> None:
        """Share the discounts of these purchases, each by itself: it is nothing which of them come together."""
        given = round.listed[rows] - round.paid[rows]
        logs: dict[str, Any] = dict(self.shelf[f])
        off: dict[str, Any] = {}
        for name, factor, money in self._written(f, len(round)):
            if factor is not None:
                logs[name] = logs.get(name, 0.0) + _log(factor[rows])
            if money is not None:
                off[name] = off.get(name, 0.0) + money[rows]
        if len(logs) + len(off) == 1:  # the usual case: one strategy gives all
            self._give(f, next(iter({**logs, **off})), given, round, rows)
            return
        by_factor = given
        if off:
            total = np.zeros(rows.size) + sum(logs.values())
            by_factor = np.minimum(rounded(round.listed[rows] * -np.expm1(total)), given)
            by_factor = np.where(sum(off.values()) == 0, given, by_factor)
            self._enter(f, off, given - by_factor, round, rows)
        self._enter(f, logs, by_factor, round, rows)

    def _written(self, f: int, n: int) -> list[tuple[str, Any, Any]]:
        """What each part has done to the price channels of a firm: (name, factor or None, money off or None)."""
        return [
            (name_of(part), *((change, None) if channel == PRICE_FACTOR else (None, change)))
            for part, channel, change in changes(self.market.board, f, n)
        ]

    def _enter(
        self, f: int, shares: dict[str, Any], amounts: NDArray[np.int64], round: Round, rows: NDArray[np.intp]
    ) -> None:
        """Share `amounts` (millionths, one a purchase) by name; what rounding leaves stays with those who gave."""
        total = np.zeros(amounts.size) + sum(shares[name] for name in sorted(shares))
        running, before = np.zeros(amounts.size), np.zeros(amounts.size, np.int64)
        for name in sorted(shares):
            running = running + shares[name]
            part = np.divide(running, total, out=np.zeros(amounts.size), where=total != 0)
            upto = rounded(amounts * part)
            self._give(f, name, upto - before, round, rows)
            before = upto
        self._credit(f, SOMEBODY, wide.total(amounts - before))

    def _give(
        self, f: int, name: str, amounts: NDArray[np.int64], round: Round, rows: NDArray[np.intp]
    ) -> None:
        """Enter discounts (millionths, one a purchase) of one part, and what earned them where that was not the purchase itself."""
        self._credit(f, name, wide.total(amounts))
        part, sources = self.market.firms[f].strategies.get(name), self.market.sources
        if part is None or not part.earned_by or sources == 1:
            return
        some = np.flatnonzero(amounts)
        earned = wide.totals(getattr(part, part.earned_by).shares(round.who[rows[some]], amounts[some]))
        booked = wide.totals_by(round.source[rows[some]], amounts[some], sources)
        self.market.ledger.earn(f, [a - b for a, b in zip(earned, booked, strict=True)])

    def _credit(self, f: int, name: str, amount: int) -> None:
        if amount:
            books = self.market.ledger.by_strategy
            key = self.market.names[f], name
            books[key] = books.get(key, 0) + amount


def name_of(part: Any) -> str:
    """Name under which a strategy or process stands in the books."""
    return part.title() if isinstance(part, DailyPart) else SOMEBODY


def _log(factor: Any) -> Any:
    return np.log(np.maximum(factor, 1e-300))
