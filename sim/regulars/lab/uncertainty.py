"""Parameters that are known only with a standard error, drawn anew in each replicate.

`[uncertainty]` of a scenario names values and their standard errors, as `regulars fit` writes them. A value that
cannot be negative is drawn lognormally around its estimate, any other normally, cut off at its declared bounds; of a
distribution over customers the mean is drawn. The same draw holds for all arms of a replicate.
"""

from __future__ import annotations

import math

from regulars.ground.chance import Chance, purpose
from regulars.ground.errors import RegularsError
from regulars.ground.parameter import Problem, limits
from regulars.scenario import Scenario
from regulars.scenario.declared import Declared, Path, declared
from regulars.scenario.names import meant


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
    return scenario.set(changes)


def uncertain_values(scenario: Scenario) -> list[tuple[Declared, float]]:
    """The numbers that `[uncertainty]` names, with their standard errors.

    Raises:
        Problem: with every name that is not one number of the scenario, or is that of another one.
    """
    named = scenario.spec.uncertainty
    if not named:
        return []
    known = {parameter.path: parameter for parameter in declared(scenario.spec).values()}
    found: dict[Path, tuple[Declared, float]] = {}
    wrong: list[tuple[Path, str]] = []
    for name, se in named.items():
        try:
            parameter = _number(scenario, known, name)
            told = f"{se} is no standard error: it must be 0 or above" if se < 0 else ""
            told = told or ("another name means the same number" if parameter.path in found else "")
            found[parameter.path] = parameter, se
        except RegularsError as error:
            told = str(error).removeprefix(f"{name}: ")
        wrong += [(("uncertainty", name), told)] if told else []
    if wrong:
        raise Problem(wrong)
    return list(found.values())


def _number(scenario: Scenario, known: dict[Path, Declared], name: str) -> Declared:
    """The one number that a name means; that of a distribution is its mean."""
    places = meant(scenario.spec, name)
    parameter = known.get(places[0].path) if len(places) == 1 else None
    if parameter is not None and isinstance(parameter.value, dict):
        if parameter.value.get("distribution") == "uniform":
            raise RegularsError(f"name one number of this distribution, {name}.low or {name}.high")
        parameter = known[*parameter.path, "mean"]
    value = None if parameter is None else parameter.value
    if parameter is None or isinstance(value, bool) or not isinstance(value, (int, float)):
        raise RegularsError("this is not one number of the scenario")
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
