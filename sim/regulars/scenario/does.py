"""What is wrong with what firms and arms do: strategies one by one, and what they take for granted of one another."""

from __future__ import annotations

from typing import Any

from regulars.contract import aim
from regulars.contract.pricing import Pricing
from regulars.contract.strategy import find
from regulars.scenario import money
from regulars.scenario.conduct import Strategies

Place = tuple[str | int, ...]


def problems(spec: Any) -> list[tuple[Place, str]]:
    """What is wrong with the strategies and pricing policies of all firms and arms: (path, message)."""
    wrong: list[tuple[Place, str]] = []
    names = [firm.name for firm in spec.firms]
    for f, firm in enumerate(spec.firms):
        place: Place = ("firms", f, "strategies")
        wrong += _of_strategies(firm.strategies, place, spec)
        wrong += _of_audiences(firm.strategies, firm.strategies, place)
        wrong += _of_pricing(firm.pricing, ("firms", f, "pricing"), firm.name, names)
    focal = next((firm for firm in spec.firms if firm.name == spec.market.focal), spec.firms[0])
    for name, arm in spec.arms.items():
        place = ("arms", name, "strategies")
        wrong += _of_strategies(arm.strategies, place, spec)
        if not any(
            "strategies" in changed.split(".") for changed in arm.set
        ):  # else `Scenario.arm` sees to it
            wrong += _of_audiences(arm.strategies, focal.strategies | arm.strategies, place)
    return wrong


def _of_strategies(strategies: Strategies, place: Place, spec: Any) -> list[tuple[Place, str]]:
    wrong: list[tuple[Place, str]] = []
    for name, parameters in strategies.items():
        here = (*place, name)
        wrong += [((*here, *filter(None, [at])), text) for at, text in find(name).misfits(parameters, spec)]
        wrong += money.too_large(parameters, here)
    return wrong


def _of_audiences(strategies: Strategies, does: Strategies, place: Place) -> list[tuple[Place, str]]:
    """Which audiences of strategies are nobody at a firm that does all of `does`."""
    known = {name: (find(name), parameters) for name, parameters in does.items()}
    return [((*place, *path), text) for path, text in aim.misfits(known) if path[0] in strategies]


def _of_pricing(pricing: Pricing, place: Place, own: str, names: list[str]) -> list[tuple[Place, str]]:
    wrong = [((*place, *path), text) for path, text in pricing.problems(own, names)]
    return wrong if wrong or not pricing else money.too_large(pricing.parameters, place)
