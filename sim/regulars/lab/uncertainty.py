"""Parameters that are known only with a standard error, drawn anew in each replicate.

`[uncertainty]` of a scenario names values and their standard errors, as `regulars fit` writes them. A value that
cannot be negative is drawn lognormally around its estimate, any other normally; draws stay within the declared
bounds. The same draw holds for all arms of a replicate.
"""

from __future__ import annotations

import math
from typing import Any

from regulars.ground.chance import Chance, purpose
from regulars.scenario import Scenario

DRAW = "uncertainty"


def drawn(scenario: Scenario, seed: int, replicate: int) -> Scenario:
    """The scenario with its uncertain values drawn for a replicate; replicate 0 keeps the estimates."""
    uncertain = scenario.spec.uncertainty
    if not uncertain or replicate == 0:
        return scenario
    chance = Chance(seed, replicate)
    changes: dict[str, Any] = {}
    for name, se in uncertain.items():
        value = scenario.value(name)
        z = float(chance.normal(purpose(DRAW, name), [0])[0])
        changes[name] = value * math.exp(z * se / value - (se / value) ** 2 / 2) if value > 0 else value + z * se
    return scenario.set(changes)
