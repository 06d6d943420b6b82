"""Pairing a market with its control: the same people meet the same opportunities, the control a tick ahead.

An arm reads what its control's customers chose at the very opportunities that it is about to decide. So both must have
one stream of opportunities, stand on the same day, and pass the ticks in turn; whatever breaks that is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from regulars.ground.attributes import Known
from regulars.ground.calls import optional_call, well_built, well_called
from regulars.ground.errors import RegularsError, shown
from regulars.ground.label import Label, Labelled
from regulars.ground.named import ByName

if TYPE_CHECKING:
    from regulars.behavior.need import Opportunities
    from regulars.market.market import Market

MEETS = ("entry", "exit", "rate")  # columns that decide when a customer meets an opportunity


def shared(arm: Market, control: Market) -> Opportunities:
    """The control's stream of opportunities, for an arm whose customers meet the same ones.

    Raises:
        RegularsError: says what makes the control another world, or that it is on its way already.
    """
    control.whole("be the control of another one")
    told = _apart(arm, control)
    if told:
        raise RegularsError(
            f"{arm.scenario.name}: {told}, so the two cannot be compared customer by customer"
        )
    return control.opportunities


def _apart(arm: Market, control: Market) -> str:
    """What makes the control of an arm another world; nothing when it is the same."""
    mine, its = arm.scenario.spec, control.scenario.spec
    if (arm.chance.seed, arm.replicate) != (control.chance.seed, control.replicate):
        return (
            f"the control has seed {control.chance.seed} and replicate {control.replicate}, this market has "
            f"{arm.chance.seed} and {arm.replicate}: it is another world"
        )
    if arm.names != control.names:
        return f"the control has other firms ({', '.join(control.names)})"
    for part in ("tick", "days"):
        if getattr(mine.market, part) != getattr(its.market, part):
            return f"market.{part} is {getattr(its.market, part):g} in the control, {getattr(mine.market, part):g} here"
    if mine.need != its.need:
        return "[need] differs from that of the control: other opportunities are met"
    if arm.customers.count != control.customers.count:
        return f"the control has {control.customers.count} customers, this market {arm.customers.count}: other people"
    columns = arm.customers.columns, control.customers.columns
    if not all(np.array_equal(columns[0][name], columns[1][name]) for name in MEETS):
        return "the customers of the control come and go on other days: other people"
    return ""


def same_day(arm: Market, control: Market, beat: int) -> None:
    """Refuse a control that does not stand where the arm begins, after `beat` beats."""
    if control.passing.beat != beat:
        raise RegularsError(
            f"{arm.scenario.name}: the control is on day {control.day:g} and this market on day "
            f"{beat / arm.passing.beats_a_day:g}: both must stand on the same day"
        )


def in_step(arm: Market) -> None:
    """Refuse the next tick of an arm unless its control has just passed it."""
    control = arm.against
    assert control is not None
    if control.tick != arm.tick + 1:
        late = "step the control first" if control.tick <= arm.tick else "the control has gone on without it"
        raise RegularsError(
            f"{arm.scenario.name}: on day {arm.day:g} the control is on day {control.day:g}: {late}. Control and arms "
            "pass each tick in turn, the control first; `Lockstep` does that"
        )


@well_built
class Lockstep(Labelled, Known):
    """A control and its arms, which pass each tick in turn, the control first.

    Args:
        control: the market that the others are compared with.
        arms: markets built `against` this control, by name; `Market.lockstep` branches them off a market.

    Example:
        >>> from regulars import Market
        >>> shops = {"market": {"customers": 50, "days": 28}, "firms": [{"name": "ann"}, {"name": "bob"}]}
        >>> market = Market(shops)
        >>> market.step()
        >>> both = market.lockstep({"dearer": {"firms.ann.price": 1.2}, "nothing": {}}).run()
        >>> both.incremental_profit("ann")["nothing"]
        0.0
    """

    def __init__(self, control: Market, arms: Mapping[str, Market]) -> None:
        if not isinstance(arms, Mapping):
            raise RegularsError(f"arms = {shown(arms)} will not do: a table from name to market is needed")
        for name, arm in arms.items():
            if control is None or getattr(arm, "against", None) is not control:
                raise RegularsError(
                    f"arms.{name}: this is no market that was built against this control (`against=control`)"
                )
        self.control, self.arms = control, ByName("arm", dict(arms))
        self._built()

    def _label(self) -> Label:
        from regulars.market.labels import of_lockstep

        return of_lockstep(self)

    def step(self) -> None:
        """One tick of the control, and then of every arm."""
        self.control.step()
        for arm in self.arms.values():
            arm.step()

    @well_called
    def run(self, progress: Callable[[int, int], object] | None = None) -> Lockstep:
        """Step to the end; `progress(tick, ticks)` is called after each tick."""
        optional_call("progress", progress)
        while self.control.tick < self.control.ticks:
            self.step()
            if progress is not None:
                progress(self.control.tick, self.control.ticks)
        return self

    @well_called
    def incremental_profit(self, firm: str = "") -> dict[str, float]:
        """Profit of a firm (the focal one when left out) in each arm so far, less that in the control, currency units."""
        number = self.control.names.index(
            self.control.firm(
                self.control.scenario.focal if isinstance(firm, str) and not firm else firm
            ).name
        )
        base = self.control.ledger.profit(number)
        return {name: arm.ledger.profit(number) - base for name, arm in self.arms.items()}

    def close(self) -> None:
        """Let go of all markets."""
        for market in (*self.arms.values(), self.control):
            market.close()
