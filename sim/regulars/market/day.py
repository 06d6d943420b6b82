"""The day of a market: open, offer, then appeal, choose, settle and feel for every round of opportunities, talk, close.

The day is the clock of all parts: it begins once and ends once, however long a tick is. A tick of several days is so
many days in a row; a tick that is part of a day gathers its part of the opportunities, and only its first one opens the
day and only its last one closes it. So nothing that happens depends on the length of a tick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from regulars.ground.kernel import SMALLEST_SLICE
from regulars.market import pricing
from regulars.market.discounts import Discounts
from regulars.market.page import Page
from regulars.market.shelf import Shelf
from regulars.market.shops import by_phase
from regulars.market.stacking import best_only
from regulars.world.board import Round
from regulars.world.calendar import NEARLY

if TYPE_CHECKING:
    from regulars.market.market import Market


def beats(tick: float) -> tuple[int, int]:
    """How many beats a tick of `tick` days has, and a day: a beat is a day, or the part of a day that a tick is."""
    return (round(tick), 1) if tick > 1 - NEARLY else (1, round(1.0 / tick))


class Day:
    """Passes the time of a market, beat by beat; `beat` is the number of beats that have passed, of `last` in all.

    `underway` is whether a tick has begun and is not over, or the market is still being built.
    """

    def __init__(self, market: Market) -> None:
        self.market, self.beat, self.underway = market, 0, True
        self.beats_a_tick, self.beats_a_day = beats(market.tick_length)
        self.last = market.days * self.beats_a_day
        self.phases = by_phase([*market.processes.values(), *market.plan])
        self.best_only = [f for f, firm in enumerate(market.scenario.spec.firms) if firm.stacking == "best"]
        self.shelf, self.page, self.discounts = Shelf(market), Page(market), Discounts(market)

    @property
    def number(self) -> int:
        """Number of the day, from 0."""
        return self.beat // self.beats_a_day

    @property
    def time(self) -> float:
        """Days since the start."""
        return self.beat / self.beats_a_day

    @property
    def tick(self) -> int:
        """Number of ticks that are over; the last one may be cut short by the end of the run."""
        over = self.beat if self.beat < self.last else self.beat + self.beats_a_tick - 1
        return over // self.beats_a_tick

    def pass_tick(self) -> None:
        """The beats that are left of the tick."""
        day, self.underway = self.number, True
        start, stop = self._pass_beat()
        while self.beat % self.beats_a_tick and self.beat < self.last:
            _, stop = self._pass_beat()
        self._latest = self._rows(start, stop, day)
        self.underway = False  # where a day breaks off it stays so

    def latest(self) -> Round:
        """The opportunities of the latest tick, with what came of them."""
        return Round(*self._latest)

    def _pass_beat(self) -> tuple[int, int]:
        """One beat; returns where its opportunities begin and end among the rows of the chunk that is open."""
        if self.beat % self.beats_a_day == 0:
            self._begin(float(self.number))
        opportunities = self.market.opportunities
        edges = opportunities.rounds(self.beat)
        self.page.open()
        if self._by_round():
            for number in range(len(edges) - 1):
                if edges[number] < edges[number + 1]:
                    self._meet(edges, number)
        else:
            self.page.run(edges, 0, len(edges) - 1, 1)
            discounts = self.page.discounted()
            if any(discounts):
                round = Round(*self._rows(edges[0], edges[-1], self.number))
                self.discounts.settle_all(discounts, round)
        ends = (self.beat + 1) % self.beats_a_day == 0
        self.page.book(self.number, int(edges[-1] - edges[0]), ends)
        if ends:
            self._end(float(self.number))
        self.beat += 1
        return int(edges[0]), int(edges[-1])

    def _by_round(self) -> bool:
        """Whether anybody takes part between two rounds, or wants to see them one by one."""
        market, phases = self.market, self.phases
        between = phases["appeal"] or phases["settle"] or phases["feel"] or market.cards or market.files
        return bool(between) or market.threads > 1 or market.log.rows

    def _begin(self, day: float) -> None:
        market, phases = self.market, self.phases
        for card in market.cards:
            card.open(day)
        for part in phases["open"]:
            part.open(day)
        if market.pricing:
            pricing.decide(market.pricing, day, market.offers.arrays["price"])
        market.board.open_day()
        self.discounts.open_day()
        before = market.board.shelf_factor.copy()
        for part in reversed(phases["offer"]):  # the market's forces act on what the firms offer
            part.offer(market.board, day)
            before = self.discounts.watch(part, before)
        self.shelf.lay_out(day)

    def _meet(self, edges: NDArray[np.int64], number: int) -> None:
        """One round: strategies pull, customers choose, pay and experience, strategies settle."""
        market, phases = self.market, self.phases
        round = Round(*self._rows(edges[number], edges[number + 1], self.number))
        market.board.open_round()
        for card in market.cards:
            card.appeal(round)
        for part in phases["appeal"]:
            market.board.writer = part
            part.appeal(round)
        market.board.writer = None
        for f in self.best_only:
            usual = (
                market.customers.basket[round.who]
                * market.offers.arrays["price"][f]
                * market.board.shelf_factor[f]
            )
            best_only(market.board, f, usual.astype(np.float64))
        self.page.run(edges, number, number + 1, min(market.threads, max(len(round) // SMALLEST_SLICE, 1)))
        self.discounts.settle(round)  # before the purchase itself counts
        for part in (*market.files, *market.cards, *phases["settle"]):
            part.settle(round)
        for part in phases["feel"]:
            part.feel(round)
        market.log.round(round)

    def _end(self, day: float) -> None:
        for part in self.phases["talk"]:
            part.talk(day)
        for part in self.phases["close"]:
            part.close(day)

    def _rows(self, start: int, stop: int, day: int) -> tuple[Any, ...]:
        """What a round is made of: rows `start` to `stop` of the chunk that is open, with what came of them."""
        market = self.market
        control = None if market.against is None else market.against.outcomes.chosen
        table = market.opportunities.table
        return market.board, float(day), table, start, stop, self.page.outcomes, control
