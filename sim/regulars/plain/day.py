"""A day of the market in plain Python, written for reading.

Everything the compiled engine does to one opportunity stands here once more, one customer at a time, with the
standard library only. The two must agree choice for choice and amount for amount (`tests/plain`).

A day has six parts. OPEN: the calendar turns. APPEAL: what programmes promise. CHOOSE: the largest utility
wins. SETTLE: the till. FEEL: experience against expectation. CLOSE: rewards are paid.

The other pages: `chance` (draws), `people` (who the customers are), `need` (when), `choice` (where), `till` (how much),
`experience` (how it was), `shopping` (categories), `ties` (relations and loyalty), `rebate` (the rebate and the store card),
and `limits`, which says what is left out.

One thing is done more exactly here: what a rebate is worth is worked out for every customer, where the engine reads it off tables
on ladders of types unless customers are alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from numbers import Integral
from os import PathLike
from typing import Any, Protocol

from regulars.ground.alike import nearest
from regulars.ground.attributes import Known
from regulars.ground.calls import optional_call, well_built, well_called
from regulars.ground.errors import RegularsError, shown
from regulars.ground.label import Label, Labelled, counted
from regulars.ground.numbers import number, unit_of
from regulars.plain import limits
from regulars.plain.chance import Dice
from regulars.plain.choice import choose
from regulars.plain.experience import Felt, expect, feel
from regulars.plain.firm import Here, PlainFirm
from regulars.plain.need import Met, opportunities
from regulars.plain.people import Customer, born
from regulars.plain.rebate import Rebate, credit_pull, lapse
from regulars.plain.shopping import ShoppingList
from regulars.plain.ties import Devotion, Relations
from regulars.plain.till import Bill, pay_rent, ring_up
from regulars.plain.totals import Row, Totals
from regulars.plain.world import Boards, World
from regulars.scenario import Scenario, as_scenario

LARGEST_SEED = 2**64 - 1
Hand = Callable[[int, int, int, Here], None]


class Part(Protocol):
    """A behaviour beside choice and experience: it writes on the board, and learns what was bought."""

    def appeal(self, customer: Customer, time: float, occasion: int, board: Boards) -> None:
        """Before the choice."""

    def bought(self, customer: Customer, firm: PlainFirm, time: float, failed: bool) -> None:
        """After the purchase."""


@well_built
class PlainMarket(Labelled, Known):
    """Customers, firms and the calendar: `Market` once more, in plain Python and hundreds of times slower.

    It knows all of a scenario but what `limits` names: gamma and beta distributions, members who are not everybody, strategies
    other than the lower price and the threshold rebate, and behaviours other than categories, relations and devotion.

    Args:
        scenario: a `Scenario`, a path to one, or a table of its contents.
        seed: seed of all draws, a whole number from 0 to 2**64 - 1; the scenario's own when left out.
        replicate: number of the replicate, from 0 on: same seed, other people.
        hand: a function of (customer, occasion, firm, here), all numbers but the last, that writes on the board what it likes
            of one firm before each choice; firms are numbered from 0 in order of name, and `here` is a `Here`.

    Raises:
        RegularsError: the scenario has parts that the plain day leaves out, or an option will not do.

    Example:
        >>> from regulars.plain import PlainMarket
        >>> shops = {"market": {"customers": 50, "days": 28}, "firms": [{"name": "ann"}, {"name": "bob"}]}
        >>> market = PlainMarket(shops)
        >>> len(market.run()) == sum(market.totals.opportunities)
        True
    """

    def __init__(
        self,
        scenario: Scenario | str | PathLike[str] | Mapping[str, Any],
        *,
        seed: int | None = None,
        replicate: int = 0,
        hand: Hand | None = None,
    ) -> None:
        self.scenario = as_scenario(scenario)
        spec = self.scenario.spec
        limits.refuse(spec)
        optional_call("hand", hand)
        self.seed = spec.market.seed if seed is None else _whole("seed", seed, LARGEST_SEED)
        self.replicate, self.hand = _whole("replicate", replicate), hand
        self.days, self.day = int(spec.market.days), 0
        dice = Dice(self.seed, self.replicate)
        self.firms = [PlainFirm(offer) for offer in spec.firms]
        self.customers = born(spec, dice)
        self.world = World(spec, dice, self.firms, self.customers)
        if spec.experience.on:
            expect(self.world)
        self.parts: list[Part] = []
        self.parts += [ShoppingList(self.world)] if spec.categories else []
        self.parts += [Relations(self.world)] if spec.relationship.on else []
        self.parts += [Devotion(self.world)] if spec.devotion.on else []
        for firm, offer in zip(self.firms, spec.firms, strict=True):
            if "threshold_rebate" in offer.strategies:
                firm.rebate = Rebate(offer.strategies["threshold_rebate"], firm, self.world)
        self.rows: list[Row] = []
        self.totals = Totals(self.days, len(self.firms))
        self._streams = [opportunities(self.world, customer) for customer in self.customers]
        self._waiting: list[Met | None] = [next(stream, None) for stream in self._streams]
        self._built()

    @well_called
    def run(self) -> list[Row]:
        """All days to the last, and a row for every opportunity, in order of day; how long a tick is does not matter."""
        while self.day < self.days:
            self.step()
        return self.rows

    @well_called
    def step(self) -> None:
        """One day: open, then what everybody meets on it, then close."""
        today = self.day
        for firm in self.firms:
            for customer in self.customers:
                lapse(customer, firm, today)
            if firm.rebate and today > 0 and today % firm.rebate.rules.window == 0:
                firm.rebate.look_again()
        for customer, time, occasion in self._met(today):
            self._meet(customer, time, occasion)
        for firm in self.firms:
            if firm.rebate:
                firm.rebate.close(today)
            pay_rent(firm)
        self.day += 1

    @well_called
    def firm(self, name: str) -> PlainFirm:
        """The firm of this name.

        Raises:
            RegularsError: there is none.
        """
        by_name = {firm.name: firm for firm in self.firms}
        if not isinstance(name, str) or name not in by_name:
            raise RegularsError(f"no firm is called {shown(name)}; {nearest(str(name), by_name)}")
        return by_name[name]

    def _met(self, today: int) -> list[tuple[Customer, float, int]]:
        """What everybody meets on this day: first opportunities first, then second ones ..."""
        met = []
        for i, stream in enumerate(self._streams):
            turn = 0
            while (first := self._waiting[i]) is not None and first[0] < today + 1:
                met.append((turn, i, *first))
                self._waiting[i], turn = next(stream, None), turn + 1
        return [(self.customers[i], time, occasion) for _, i, time, occasion in sorted(met)]

    def _meet(self, customer: Customer, time: float, occasion: int) -> None:
        """One opportunity: appeal, choose, settle, feel."""
        board = self._board(customer, time, occasion)
        firm = choose(self.world, customer, time, occasion, board)
        bill, felt = Bill(), Felt(False, False)
        if firm:
            here = board[firm.name]
            bill = ring_up(self.world, customer, firm, time, occasion, here)
            if self.world.spec.experience.on:
                felt = feel(self.world, customer, firm, occasion, here)
            for part in self.parts:
                part.bought(customer, firm, time, felt.failed)
        self._write_down(customer, time, occasion, firm, bill, felt)

    def _board(self, customer: Customer, time: float, occasion: int) -> Boards:
        """What behaviours, credit in hand, programmes and the hand make of every firm now."""
        board = {firm.name: Here() for firm in self.firms}
        for part in self.parts:
            part.appeal(customer, time, occasion, board)
        for f, firm in enumerate(self.firms):
            here = board[firm.name]
            here.appeal += credit_pull(customer, firm)
            if firm.rebate:
                here.appeal += firm.rebate.pull(customer, time)
            if self.hand:
                self.hand(customer.number, occasion, f, here)
        return board

    def _write_down(
        self, customer: Customer, time: float, occasion: int, firm: PlainFirm | None, bill: Bill, felt: Felt
    ) -> None:
        """A row of the log, and the sums of the day."""
        name = firm.name if firm else None
        self.rows.append(Row(time, customer.number, occasion, name, bill.quantity, bill.listed, bill.paid))
        totals, day = self.totals, self.day
        totals.opportunities[day] += 1
        if firm:
            f = self.firms.index(firm)
            totals.purchases[day][f] += 1
            totals.complaints[day][f] += felt.complained
            totals.listed[day][f] += bill.listed
            totals.paid[day][f] += bill.paid
            totals.cost[day][f] += bill.cost

    def _label(self) -> Label:
        unit = unit_of(self.scenario.spec.market.currency)
        sold = [sum(by_day) for by_day in zip(*self.totals.purchases, strict=True)]
        rows = [
            (firm.name, number(firm.price, plain=True), f"{count:,}", number(firm.profit, plain=True))
            for firm, count in zip(self.firms, sold, strict=True)
        ]
        facts = (
            counted(len(self.customers), "customer"),
            counted(len(self.firms), "firm"),
            f"seed {self.seed}",
            f"replicate {self.replicate}",
        )
        return Label(
            f"PlainMarket {self.scenario.name!r} on day {self.day} of {self.days}", facts,
            ("firm", f"price, {unit}", "purchases so far", f"profit so far, {unit}"), rows,
        )  # fmt: skip


def _whole(name: str, value: Any, most: int | None = None) -> int:
    """A whole number from 0 on."""
    is_whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not is_whole or int(value) < 0 or (most is not None and int(value) > most):
        told = "from 0 on" if most is None else f"from 0 to {most}"
        raise RegularsError(f"{name} = {shown(value)} will not do: a whole number {told} is needed")
    return int(value)
