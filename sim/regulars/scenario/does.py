"""What is wrong with what firms and arms do: strategies one by one, and what they take for granted of one another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from regulars.contract import aim, pricing
from regulars.contract.strategy import find
from regulars.ground.parameter import Problem
from regulars.scenario import money

Place = tuple[str | int, ...]


def problems(spec: Any) -> list[tuple[Place, str]]:
    """What is wrong with the strategies and pricing policies of all firms and arms: (path, message)."""
    wrong: list[tuple[Place, str]] = []
    names = [firm.name for firm in spec.firms]
    for f, firm in enumerate(spec.firms):
        place: Place = ("firms", f, "strategies")
        wrong += _of_strategies(firm.strategies, place, spec)
        wrong += _of_audiences(firm.strategies, firm.strategies, place)
        wrong += _of_pricing(firm, ("firms", f, "pricing"), names)
    focal = next((firm for firm in spec.firms if firm.name == spec.market.focal), spec.firms[0])
    for name, arm in spec.arms.items():
        place = ("arms", name, "strategies")
        wrong += _of_strategies(arm.strategies, place, spec)
        if not any(
            "strategies" in changed.split(".") for changed in arm.set
        ):  # else `Scenario.arm` sees to it
            wrong += _of_audiences(arm.strategies, {**focal.strategies, **arm.strategies}, place)
    return wrong


def _of_strategies(strategies: Mapping[str, Any], place: Place, spec: Any) -> list[tuple[Place, str]]:
    wrong: list[tuple[Place, str]] = []
    for name, table in strategies.items():
        here = (*place, name)
        try:
            kind = find(name, place)
            parameters = kind.Parameters.read(table, here)
        except Problem as problem:
            wrong += problem.items
            continue
        wrong += [((*here, *filter(None, [at])), text) for at, text in kind.misfits(parameters, spec)]
        wrong += money.too_large(parameters, here)
    return wrong


def _of_audiences(
    strategies: Mapping[str, Any], does: Mapping[str, Any], place: Place
) -> list[tuple[Place, str]]:
    """Which audiences of strategies are nobody at a firm that does all of `does`; nothing when some cannot be read."""
    known: dict[str, Any] = {}
    for name, table in does.items():
        try:
            known[name] = (kind := find(name)), kind.Parameters.read(table)
        except Problem:
            return []
    return [((*place, *path), text) for path, text in aim.misfits(known) if path[0] in strategies]


def _of_pricing(firm: Any, place: Place, names: list[str]) -> list[tuple[Place, str]]:
    wrong: list[tuple[Place, str]] = pricing.problems(firm.pricing, place, firm.name, names)
    if firm.pricing and not wrong:
        wrong += money.too_large(pricing.read(firm.pricing)[1], place)
    return wrong
