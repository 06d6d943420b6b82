"""Draws that go together: standard normal ones for the lines of `[uncertainty]`, correlated where `[[correlations]]` or published priors say so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from regulars.ground.alike import nearest
from regulars.ground.chance import Chance, purpose
from regulars.ground.errors import shown
from regulars.ground.parameter import Problem
from regulars.ground.prior import together
from regulars.lab.by_evidence import correlated
from regulars.lab.doubted import Doubted
from regulars.scenario import Scenario
from regulars.scenario.declared import Path


def normal_draws(scenario: Scenario, uncertain: Sequence[Doubted], chance: Chance) -> list[float]:
    """A standard normal draw for each line, those of correlated ones together."""
    keys = list(dict.fromkeys(one.key for one in uncertain))
    z = {key: float(chance.normal(purpose("uncertainty", key), [0])[0]) for key in keys}
    if scenario.spec.correlations or any(one.path for one in uncertain):
        tied, matrix = _correlations(scenario, uncertain)
        if tied:
            z |= zip(tied, together(np.array([z[key] for key in tied]), matrix).tolist(), strict=True)
    return [z[one.key] for one in uncertain]


def _correlations(scenario: Scenario, uncertain: Sequence[Doubted]) -> tuple[list[str], np.ndarray[Any, Any]]:
    """Keys of the draws that go together, in the order of `[uncertainty]`, and their correlations.

    Errors: a name that is not in `[uncertainty]`, one value with itself; the message does not name the place.
    """
    named = {one.name: one.key for one in uncertain}
    pairs = {}
    for name, other, value in correlated(scenario, uncertain):
        pairs[named[name], named[other]] = pairs[named[other], named[name]] = value
    for number_, one in enumerate(scenario.spec.correlations):
        place: Path = ("correlations", number_, "between")
        for name in one.between:
            if name not in named:
                raise Problem([(place, f"{shown(name)} is not in [uncertainty]; {nearest(name, named)}")])
        first, second = (named[name] for name in one.between)
        if first == second:
            raise Problem([(place, "both have one draw already, which is a correlation of 1")])
        pairs[first, second] = pairs[second, first] = one.value
    tied = [key for key in dict.fromkeys(named.values()) if any(key in pair for pair in pairs)]
    matrix = np.array([[1.0 if a == b else pairs.get((a, b), 0.0) for b in tied] for a in tied])
    return tied, matrix


def uncorrelated(scenario: Scenario, uncertain: Sequence[Doubted]) -> list[tuple[Path, str]]:
    """What is wrong with the correlations of a scenario."""
    if not scenario.spec.correlations:
        return []
    try:
        tied, matrix = _correlations(scenario, uncertain)
        together(np.zeros(len(tied)), matrix)
    except Problem as problem:
        return list(problem.items)
    except ValueError as error:
        return [(("correlations",), str(error))]
    return []
