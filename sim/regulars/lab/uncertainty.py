"""Parameters that are known only with a standard error, drawn anew in each replicate.

`[uncertainty]` of a scenario names values and their standard errors, as `regulars fit` writes them. A value that
cannot be negative is drawn lognormally around its estimate, any other normally, cut off at its declared bounds; of a
distribution over customers the mean is drawn. The same draw holds for all arms of a replicate.
"""

from __future__ import annotations

import math

from regulars.ground.chance import Chance, purpose
from regulars.ground.errors import RegularsError
from regulars.ground.parameter import limits
from regulars.lab.declared import Declared, changed, declared
from regulars.scenario import Scenario


def drawn(scenario: Scenario, seed: int, replicate: int) -> Scenario:
    """The scenario with its uncertain values drawn for a replicate; replicate 0 keeps the estimates."""
    uncertain = uncertain_values(scenario)
    if not uncertain or replicate == 0:
        return scenario
    chance = Chance(seed, replicate)
    changes = {}
    for parameter, se in uncertain:
        z = float(chance.normal(purpose("uncertainty", parameter.name), [0])[0])
        changes[parameter.name] = _draw(parameter, se, z)
    return changed(scenario, changes)


def uncertain_values(scenario: Scenario) -> list[tuple[Declared, float]]:
    """The numbers that `[uncertainty]` names, with their standard errors; every name is checked."""
    named = scenario.spec.uncertainty
    if not named:
        return []
    known = declared(scenario)
    return [(_number(known, name, se), se) for name, se in named.items()]


def _number(known: dict[str, Declared], name: str, se: float) -> Declared:
    if se < 0:
        raise RegularsError(f"uncertainty.{name}: {se} is no standard error: it must be 0 or above")
    parameter = known.get(name)
    if parameter is not None and isinstance(parameter.value, dict):
        fixed = parameter.value.get("distribution") == "fixed"
        parameter = (
            known.get(f"{name}.mean") if fixed or parameter.value.get("distribution") != "uniform" else None
        )
        if parameter is None:
            raise RegularsError(
                f"uncertainty.{name}: name one number of this distribution, {name}.low or {name}.high"
            )
    if (
        parameter is None
        or isinstance(parameter.value, bool)
        or not isinstance(parameter.value, (int, float))
    ):
        raise RegularsError(f"uncertainty.{name}: no number of this name stands in the scenario")
    return parameter


def _draw(parameter: Declared, se: float, z: float) -> float:
    value = float(parameter.value)
    low, high = limits(parameter.bounds) if parameter.bounds else (-math.inf, math.inf)
    if low == 0 and value > 0:
        spread = math.sqrt(math.log1p((se / value) ** 2))
        drawn_value = value * math.exp(spread * z - spread**2 / 2)
    else:
        drawn_value = value + se * z
    return min(max(drawn_value, low), high)
