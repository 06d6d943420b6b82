"""What a scenario says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regulars.ground.label import Label, counted, listed

if TYPE_CHECKING:
    from regulars.scenario.scenario import Scenario


def of_scenario(scenario: Scenario) -> Label:
    """Its size, firms and arms."""
    market, firms = scenario.spec.market, [firm.name for firm in scenario.spec.firms]
    rows = (
        ("firms", f"{listed(firms)} (focal: {scenario.focal})"),
        ("arms", listed(scenario.spec.arms)),
        *((("title", scenario.spec.about.title),) if scenario.spec.about.title else ()),
    )
    facts = (counted(market.customers, "customer"), f"{market.days:g} days", f"seed {market.seed}")
    return Label(f"Scenario {scenario.name!r}", facts, rows=rows)
