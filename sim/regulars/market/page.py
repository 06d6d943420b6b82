"""The compiled page of a market: what every round needs, gathered once, and the call."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from regulars.behavior.meeting import COMPLAINTS, LISTED, ODD, PAID, PURCHASES, SUMS, meet
from regulars.ground import wide
from regulars.ground.errors import RegularsError
from regulars.ground.kernel import side_by_side
from regulars.ground.wide import HALF
from regulars.market.people import bond_rules, liked
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
        self.people = (
            c.attraction, liked(c), c.columns.get("satisfaction", none), c.columns.get("expectation", none),
            c.columns.get("commitment", none[0]), c.price_sensitivity, c.switching_cost, c.basket, c.incumbent,
            c.lower_threshold, c.upper_threshold, c.columns.get("aware_from", none),
        )  # fmt: skip
        self.rules = (
            (
                spec.choice.mood == "gumbel", spec.choice.outside, float(spec.choice.outside_utility),
                spec.switching.form == "premium", c.has("aware_from"), bool(spec.search.on and e.on),
                float(spec.search.transparency), math.sqrt(math.log1p(spec.spending.variation**2)),
            ),
            bond_rules(spec),
            (
                e.on, float(e.noise), float(e.memory), float(e.adaptation), float(e.performance_weight),
                float(e.disconfirmation_weight), float(e.loss_aversion),
            ),
            market.chance.key_a, market.chance.key_b,
        )  # fmt: skip
        self.sums = np.zeros((market.threads, 2, len(market.names), SUMS), np.int64)
        self.discounts = np.zeros((market.threads, 2, len(market.names), market.sources), np.int64)
        self.outcomes = Outcomes(0)
        self._chunk = -1

    def open(self) -> None:
        """Make room for the outcomes of the opportunities generated ahead."""
        stream = self.market.opportunities
        if self._chunk != stream.first:
            self._chunk = stream.first
            self.outcomes = Outcomes(len(stream.table[0]))
            self.market.board.make_room(stream.longest)

    def run(self, edges: NDArray[np.int64], first: int, last: int, parts: int) -> None:
        """Run rounds `first` to `last` of a beat, in `parts` slices side by side."""
        market, out = self.market, self.outcomes
        paired = market.against is not None
        control = market.against.outcomes.chosen if market.against is not None else out.chosen
        board = market.board
        calls: list[tuple[Any, ...]] = [
            (
                edges, first, last, part, parts, *market.opportunities.table, control, paired, *self.people,
                market.offers.table, board.values, board.used, *self.rules, out.chosen, out.quantity, out.money,
                out.complaining, out.failed, out.gap, self.sums[part], self.discounts[part],
            )
            for part in range(parts)
        ]  # fmt: skip
        side_by_side(meet, calls)

    def discounted(self) -> list[int]:
        """Discounts of each firm at the till that are not booked yet, millionths."""
        return wide.listed((self.sums[:, :, :, LISTED] - self.sums[:, :, :, PAID]).sum(axis=0))

    def book(self, day: int, met: int, ends: bool) -> None:
        """Enter the sales of a day, or of a part of it with `met` opportunities, and its rent when it ends."""
        market, sums = self.market, self.sums.sum(axis=0)
        sales, counts = sums[:, :, : len(TILL)], sums[0] + (sums[1] << HALF)
        market.totals.enter(day, met, counts[:, PURCHASES], counts[:, COMPLAINTS], sales)
        market.ledger.sell(sales, self.discounts.sum(axis=0))
        if ends:
            for f, rent in enumerate(market.offers.arrays["rent"].tolist()):
                if rent:
                    market.ledger.post(f, "rent", "cash", counted(rent))
        if counts[:, ODD].any():
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
