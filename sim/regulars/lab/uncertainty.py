"""Parameters that are known only with a standard error, drawn anew in each replicate.

`[uncertainty]` of a scenario names values and their standard errors, as `regulars fit` writes them. A value that
cannot be negative is drawn lognormally around its estimate, any other normally, cut off at its declared bounds; of a
distribution over customers the mean is drawn. The same draw holds for all arms of a replicate.

`[posterior]` holds what is known of several values together: an estimate and draws, of which each replicate takes one row. A
row tells how far a draw lies from the estimate; a value that was changed since keeps its own centre. A value that both
name is drawn from the posterior.
"""

from __future__ import annotations

import math

import numpy as np

from regulars.ground.chance import Chance, purpose
from regulars.ground.errors import RegularsError, shown
from regulars.ground.interval import interval
from regulars.ground.parameter import Problem
from regulars.scenario import Scenario
from regulars.scenario.declared import Declared, Path, declared
from regulars.scenario.names import meant

LARGEST = 1e30  # of a standard error, as of the numbers of a distribution
MOST_OF_VALUE = 1e6  # standard errors in units of the value: beyond, a draw says nothing of the estimate
FAR = 3.0  # standard errors at which a draw must still do


def drawn(scenario: Scenario, seed: int, replicate: int) -> Scenario:
    """The scenario with its uncertain values drawn for a replicate, the first one too."""
    uncertain = uncertain_values(scenario, far=0.0)  # how far off they may be has been looked at
    together = _together(scenario)
    if not uncertain and not together:
        return scenario
    chance = Chance(seed, replicate)
    rows = max((len(draws) for _, draws in together), default=2) - 1
    row = replicate if replicate < rows else int(chance.uniform(purpose("uncertainty", "row"), [0])[0] * rows)
    changes = {p.name: _moved(p, draws[0], draws[1 + row]) for p, draws in together}
    known = {p.path for p, _ in together}
    for parameter, se in uncertain:
        if parameter.path in known:
            continue
        z = float(chance.normal(purpose("uncertainty", parameter.name), [0])[0])
        changes[parameter.name] = _draw(parameter, se, z)
    try:
        return scenario.set(changes)
    except Problem as problem:
        raise RegularsError(
            f"the values that are drawn for replicate {replicate} do not go together; give smaller standard errors in "
            f"[uncertainty], or leave such draws out of [posterior]: {problem}"
        ) from None


def uncertain_values(scenario: Scenario, far: float = FAR) -> list[tuple[Declared, float]]:
    """The numbers that `[uncertainty]` names, with their standard errors; each must do also `far` of these away.

    Raises:
        Problem: with every name that is not one number of the scenario, is that of another one, or is no number that
            could be drawn, and with every standard error that is none or is too large.
    """
    named = scenario.spec.uncertainty
    if far:
        _together(scenario)
    if not named:
        return []
    known = {parameter.path: parameter for parameter in declared(scenario.spec).values()}
    found: dict[Path, tuple[Declared, float]] = {}
    wrong: list[tuple[Path, str]] = []
    for name, se in named.items():
        try:
            parameter = _number(scenario, known, name)
            told = _unfit(parameter) or _no_error(parameter, se)
            told = told or ("another name means the same number" if parameter.path in found else "")
            told = told or (_too_far(scenario, parameter, se, far) if far else "")
            found[parameter.path] = parameter, se
        except RegularsError as error:
            told = str(error).removeprefix(f"{name}: ")
        wrong += [(("uncertainty", name), told)] if told else []
    if wrong:
        raise Problem(wrong)
    return list(found.values())


def _together(scenario: Scenario) -> list[tuple[Declared, tuple[float, ...]]]:
    """The numbers that `[posterior]` names, with estimate and draws.

    Raises:
        Problem: with every name that is not one number of the scenario.
    """
    named = scenario.spec.posterior
    if not named:
        return []
    known = {parameter.path: parameter for parameter in declared(scenario.spec).values()}
    found, wrong = [], []
    for name, draws in named.items():
        try:
            parameter = _number(scenario, known, name)
            told = _unfit(parameter)
            found.append((parameter, draws))
        except RegularsError as error:
            told = str(error).removeprefix(f"{name}: ")
        wrong += [(("posterior", name), told)] if told else []
    if wrong:
        raise Problem(wrong)
    return found


def _moved(parameter: Declared, estimate: float, draw: float) -> float:
    """A value as far from where it stands as a draw from its estimate: in proportion where it cannot be negative."""
    value = float(parameter.value)
    if value == estimate:
        return _within(parameter, draw)
    if _lognormal(parameter) and estimate > 0 and draw > 0:
        return _within(parameter, value * draw / estimate)
    return _within(parameter, value + draw - estimate)


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


def _unfit(parameter: Declared) -> str:
    """Why a number cannot be uncertain; nothing when it can."""
    if parameter.path[0] == "market":
        return "[market] says how a run is made, which is not in doubt; leave it out here, and sweep over it instead"
    if parameter.whole:
        return (
            f"this is a whole number ({parameter.value}), and what is drawn is none; leave it out here, and sweep over it "
            "instead"
        )
    return ""


def _no_error(parameter: Declared, se: float) -> str:
    """Why a number is no standard error of a value; nothing when it is one."""
    if se < 0:
        return f"{se:g} is no standard error: it must be 0 or above"
    value = abs(float(parameter.value))
    most = min(LARGEST, MOST_OF_VALUE * value) if _lognormal(parameter) else LARGEST
    if se > most:
        return (
            f"a standard error of {se:g} leaves nothing of the estimate, {value:g}; at most {most:g} is possible "
            f"(wanted: in {parameter.unit or 'units of the value'}, [0, {most:g}])"
        )
    return ""


def _too_far(scenario: Scenario, parameter: Declared, se: float, far: float) -> str:
    """Why a value some standard errors away would not do; nothing when it would."""
    for z in (-far, far):
        value = _draw(parameter, se, z)
        try:
            scenario.set({parameter.name: value})
        except Problem:
            told = _why_not(scenario, parameter.name, value)
            return f"{far:g} standard errors away it is {value:g}: {told}; give a smaller standard error"
    return ""


def _why_not(scenario: Scenario, name: str, value: float) -> str:
    """What is wrong with a value, without the lines of a file in which it does not stand."""
    try:
        scenario.without_lines().set({name: value})
    except RegularsError as error:
        return "; ".join(line.removeprefix(f"{name}: ") for line in str(error).splitlines())
    return f"{shown(value)} will not do"


def _lognormal(parameter: Declared) -> bool:
    """Whether a value is drawn lognormally: one that cannot be negative, and is not 0."""
    return bool(parameter.bounds) and interval(parameter.bounds).low == 0 and parameter.value > 0


def _draw(parameter: Declared, se: float, z: float) -> float:
    value = float(parameter.value)
    if _lognormal(parameter):
        spread = math.sqrt(math.log1p((se / value) ** 2))
        drawn_value = value * math.exp(spread * z - spread**2 / 2)
    else:
        drawn_value = value + se * z
    return _within(parameter, drawn_value)


def _within(parameter: Declared, value: float) -> float:
    """A value, or the end of its bounds that it lies beyond."""
    if not parameter.bounds:
        return value
    ends = interval(parameter.bounds)
    low, high = (_inside(ends.low, math.inf, ends.low_open), _inside(ends.high, -math.inf, ends.high_open))
    return min(max(value, low), high)


def _inside(end: float, towards: float, is_open: bool) -> float:
    """The last number that belongs to an interval; in single precision, in which customers have it."""
    if not is_open or not math.isfinite(end):
        return float(end)
    return float(np.nextafter(np.float32(end), np.float32(towards)))
