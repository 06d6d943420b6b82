"""The compiled page of a market: what every round needs, gathered once, and the call."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from regulars.behavior import bond
from regulars.behavior.meeting import meet
from regulars.behavior.records import (
    COMPLAINTS,
    LISTED,
    ODD,
    PAID,
    PURCHASES,
    SUMS,
    ChoiceRules,
    ExperienceRules,
    Meetings,
    Offers,
    Out,
    People,
    Rules,
    Slice,
    Sums,
    scratch,
)
from regulars.ground import wide
from regulars.ground.errors import RegularsError
from regulars.ground.kernel import side_by_side
from regulars.ground.wide import HALF
from regulars.market.people import liked
from regulars.world.board import Outcomes
from regulars.world.ledger import MILLION, MOST, TILL, counted

if TYPE_CHECKING:
    from regulars.market.market import Market

NO_COLUMN = np.zeros((1, 1), np.float32)


class Page:
    """Lets the customers of some rounds choose, pay and experience; keeps the sums by firm until they are booked.

    sums (threads, 2, firms, 6) and discounts (threads, 2, firms, sources), int64: see `behavior.meeting`.
    """

    def __init__(self, market: Market) -> None:
        self.market = market
        c, spec = market.customers, market.scenario.spec
        e = spec.experience
        none = NO_COLUMN
        self.people = People(
            c.attraction, liked(c), c.columns.get("satisfaction", none), c.columns.get("expectation", none),
            c.columns.get("commitment", none[0]), c.price_sensitivity, c.switching_cost, c.basket, c.incumbent,
            c.lower_threshold, c.upper_threshold, c.columns.get("aware_from", none),
        )  # fmt: skip
        choice = ChoiceRules(
            spec.choice.mood == "gumbel", spec.choice.outside, float(spec.choice.outside_utility),
            spec.switching.form == "premium", c.has("aware_from"), bool(spec.search.on and e.on),
            float(spec.search.transparency), math.sqrt(math.log1p(spec.spending.variation**2)),
        )  # fmt: skip
        feel = ExperienceRules(
            e.on, float(e.noise), float(e.memory), float(e.adaptation), float(e.performance_weight),
            float(e.disconfirmation_weight), float(e.loss_aversion),
        )  # fmt: skip
        self.rules = Rules(choice, bond.rules_of(spec.bond), feel, market.chance.key_a, market.chance.key_b)
        self.sums = np.zeros((market.threads, 2, len(market.names), SUMS), np.int64)
        self.discounts = np.zeros((market.threads, 2, len(market.names), market.sources), np.int64)
        self.outcomes = Outcomes(0)
        self.parts = [
            (Sums(sums, discounts), scratch(len(market.names)))
            for sums, discounts in zip(self.sums, self.discounts, strict=True)
        ]
        self._chunk = -1

    def open(self) -> None:
        """Make room for the outcomes of the opportunities generated ahead."""
        market, stream = self.market, self.market.opportunities
        if self._chunk != stream.first:
            self._chunk = stream.first
            self.outcomes = out = Outcomes(len(stream.table[0]))
            market.board.make_room(stream.longest)
            self.results = Out(out.chosen, out.quantity, out.money, out.complaining, out.failed, out.gap)
            self.offers = Offers(market.offers.table, market.board.values, market.board.used)

    def run(self, edges: NDArray[np.int64], first: int, last: int, parts: int) -> None:
        """Run rounds `first` to `last` of a beat, in `parts` slices side by side."""
        market = self.market
        control = self.outcomes.chosen if market.against is None else market.against.outcomes.chosen
        who, occasion, time = market.opportunities.table
        meetings = Meetings(who, occasion, time, control, market.against is not None)
        calls: list[tuple[Any, ...]] = [
            (
                Slice(edges, first, last, part, parts), meetings, self.people, self.offers, self.rules, self.results,
                *self.parts[part],
            )
            for part in range(parts)
        ]  # fmt: skip
        side_by_side(meet, calls)

    def discounted(self) -> list[int]:
        """Discounts of each firm at the till that are not booked yet, millionths."""
        sums = _of_all(self.sums)
        return wide.listed(sums[:, :, LISTED] - sums[:, :, PAID])

    def book(self, day: int, met: int, ends: bool) -> None:
        """Enter the sales of a day, or of a part of it with `met` opportunities, and its rent when it ends."""
        market, sums = self.market, _of_all(self.sums)
        sales, counts = sums[:, :, : len(TILL)], sums[0] + (sums[1] << HALF)
        market.totals.enter(day, met, counts[:, PURCHASES], counts[:, COMPLAINTS], sales)
        market.ledger.sell(sales, _of_all(self.discounts))
        if ends:
            for f, rent in enumerate(market.offers.arrays["rent"].tolist()):
                if rent:
                    market.ledger.post(f, "rent", "cash", counted(rent))
        if any(counts[:, ODD].tolist()):
            self._refuse(day, counts[:, ODD])
        self.sums[...] = 0
        self.discounts[...] = 0

    def _refuse(self, day: int, odd: NDArray[Any]) -> None:
        """Tell where purchases were too large to be counted, or no numbers at all."""
        market, f = self.market, int(np.argmax(odd > 0))
        raise RegularsError(
            f"firms.{market.names[f]}: {odd[f]} purchases on day {day}, at a price of {market.firms[f].price:g}, "
            f"cannot be counted: a purchase is at least 0 and at most {MOST / MILLION:.4g} "
            f"{market.scenario.spec.market.currency}. Give money in thousands, and look at what makes baskets large"
        )


def _of_all(sums: NDArray[np.int64]) -> NDArray[np.int64]:
    """The sums of all threads; of a single one they need no adding."""
    return sums[0] if len(sums) == 1 else np.asarray(sums.sum(axis=0))
