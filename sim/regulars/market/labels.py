"""What markets and pairs of them say of themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.ground.label import Label, counted
from regulars.ground.numbers import number, unit_of

if TYPE_CHECKING:
    from regulars.market.market import Market
    from regulars.market.pairing import Lockstep


def of_market(market: Market) -> Label:
    """Its day and size, and how each firm has fared."""
    unit = unit_of(market.scenario.spec.market.currency)
    rows = [
        (firm.name, number(firm.price, plain=True), f"{firm.purchases:,}", number(firm.profit, plain=True))
        for firm in market.firms
    ]
    facts = (
        counted(market.customers.count, "customer"),
        counted(len(market.firms), "firm"),
        f"seed {market.chance.seed}",
        f"replicate {market.replicate}",
    )
    return Label(
        f"Market {market.scenario.name!r} on day {market.day:g} of {market.days}", facts,
        ("firm", f"price, {unit}", "purchases so far", f"contribution profit so far, {unit}"), rows,
    )  # fmt: skip


def of_lockstep(pair: Lockstep) -> Label:
    """How far the arms have come, and what they have brought."""
    control = pair.control
    firm, unit = control.scenario.focal, unit_of(control.scenario.spec.market.currency)
    rows = [(name, number(gain, sign=True, plain=True)) for name, gain in pair.incremental_profit().items()]
    return Label(
        f"Lockstep on day {control.day:g} of {control.days}",
        (f"a control and {counted(len(pair.arms), 'arm')} of {firm}", counted(control.customers.count, "customer"), f"seed {control.chance.seed}"),
        ("arm", f"profit less the control's so far, {unit}"), rows,
        ("One pair of worlds each, so without an interval; compare(...) gives one.",),
    )  # fmt: skip
