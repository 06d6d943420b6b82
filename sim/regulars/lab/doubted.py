"""One line of `[uncertainty]`: which values it moves, by which law, and by whose draw."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from regulars.evidence.collection import collection
from regulars.ground.alike import nearest
from regulars.ground.errors import RegularsError
from regulars.ground.interval import Interval, interval
from regulars.ground.prior import Law, carried, law, usual
from regulars.scenario import Scenario
from regulars.scenario.declared import Declared, Path
from regulars.scenario.doubt import Doubt
from regulars.scenario.names import Meant, meant
from regulars.scenario.paths import plain_path
from regulars.scenario.spec import Spec

LARGEST = 1e30  # of a standard error, as of the numbers of a distribution
MOST_OF_VALUE = 1e6  # standard errors in units of the value: beyond, a draw says nothing of the estimate
EVERYWHERE = Interval(-math.inf, math.inf, True, True)


@dataclass(frozen=True)
class Along:
    """The standard deviation between customers that goes along with the mean of their distribution, which is of this kind."""

    sd: Declared
    kind: str

    def with_mean(self, mean: Declared, drawn: float) -> float:
        """What it is where the mean has been drawn."""
        return carried(self.kind, float(mean.value), float(self.sd.value), drawn, float(ends_of(mean).low))


@dataclass(frozen=True)
class Doubted:
    """What one line says: the values that it moves, all at one draw.

    key: whose draw it is; lines of one key are drawn as one. laws: of each value, for standard normal draws; none where it is one of
    several. path: of the published prior that it is made of, where it is. told: what is drawn, where it is not the first value.
    """

    name: str
    key: str
    parameters: tuple[Declared, ...]
    doubt: Doubt
    laws: tuple[Law, ...] = ()
    path: str = ""
    told: Law | None = None

    def changes(self, z: float) -> dict[Path, tuple[Declared, Any]]:
        """What stands at each path for a standard normal draw, besides what stood there."""
        if self.doubt.values:
            return {p.path: (p, self._chosen(z)) for p in self.parameters}
        pairs = zip(self.parameters, self.laws, strict=True)
        return {p.path: (p, within(p, float(drawn(z)))) for p, drawn in pairs}

    def _chosen(self, z: float) -> Any:
        from scipy import special

        weights = np.array(self.doubt.weights or [1.0] * len(self.doubt.values))
        share = np.cumsum(weights) / weights.sum()
        return self.doubt.values[int(np.searchsorted(share[:-1], special.ndtr(z), side="right"))]


def doubted(scenario: Scenario, known: Mapping[Path, Declared], name: str, doubt: Doubt) -> Doubted:
    """What a line of `[uncertainty]` says.

    Errors: its name is no number of the scenario, or not one that could be drawn so; the message does not name the line.
    """
    places = meant(scenario.spec, name)
    if len(places) > 1 and "*" not in name.split("."):
        raise RegularsError("this is not one number of the scenario")
    if doubt.values:
        found = tuple(_whatever(known, place) for place in places)
        return Doubted(name, draw_key(scenario.spec, name, found), found, doubt)
    parameters = tuple(number(known, place, name) for place in places)
    for parameter in parameters:
        if told := unfit(parameter):
            raise RegularsError(told)
    laws = tuple(_law(parameter, doubt) for parameter in parameters)
    return Doubted(name, draw_key(scenario.spec, name, parameters), parameters, doubt, laws)


def number(known: Mapping[Path, Declared], place: Meant, name: str) -> Declared:
    """The one number that stands at a place; that of a distribution is its mean."""
    parameter = known.get(place.path)
    if parameter is not None and isinstance(parameter.value, dict):
        if parameter.value.get("distribution") == "uniform":
            raise RegularsError(f"name one number of this distribution, {name}.low or {name}.high")
        parameter = known[*parameter.path, "mean"]
    value = None if parameter is None else parameter.value
    if parameter is None or isinstance(value, bool) or not isinstance(value, (int, float)):
        raise RegularsError("this is not one number of the scenario")
    return parameter


def unfit(parameter: Declared) -> str:
    """Why a number cannot be uncertain; nothing when it can."""
    if parameter.path[0] == "market":
        return "[market] says how a run is made, which is not in doubt; leave it out here, and sweep over it instead"
    if parameter.whole:
        return (
            f"this is a whole number ({parameter.value}), and what is drawn is none; leave it out here, and sweep over it "
            "instead"
        )
    return ""


def draw_key(spec: Spec, name: str, parameters: tuple[Declared, ...]) -> str:
    """Whose draw it is: a parameter of the focal firm's strategies has one in all arms, and firms are told apart by name."""
    focal = spec.market.focal or spec.firms[0].name
    keys = set()
    for parameter in parameters:
        steps = parameter.name.split(".")
        if parameter.path[0] == "arms" and parameter.path[2] == "strategies":
            rest = steps[steps.index("strategies", 2) :]
            keys.add(".".join(["firms", focal, *rest]))
        elif parameter.path[0] == "firms" and isinstance(parameter.path[1], int):
            keys.add(".".join(["firms", spec.firms[parameter.path[1]].name, *steps[2:]]))
        else:
            keys.add(parameter.name)
    return keys.pop() if len(keys) == 1 else name


def within(parameter: Declared, value: float) -> float:
    """A value, or the end of its bounds that it lies beyond."""
    ends = ends_of(parameter)
    low, high = (_inside(ends.low, math.inf, ends.low_open), _inside(ends.high, -math.inf, ends.high_open))
    return min(max(value, low), high)


def lognormal(parameter: Declared) -> bool:
    """Whether a value moves in proportion: one that cannot be negative, and is not 0."""
    return bool(parameter.bounds) and interval(parameter.bounds).low == 0 and parameter.value > 0


def _whatever(known: Mapping[Path, Declared], place: Meant) -> Declared:
    parameter = known.get(place.path)
    if parameter is None:
        raise RegularsError("this is not one value of the scenario")
    if parameter.path[0] == "market":
        raise RegularsError(unfit(parameter))
    return parameter


def along(known: Mapping[Path, Declared], parameter: Declared) -> Along | None:
    """The standard deviation that goes along with a number; none where the number is not the mean of a distribution that has one."""
    if not parameter.spread or parameter.path[-1] != "mean":
        return None
    sd, kind = known[*parameter.path[:-1], "sd"], str(known[*parameter.path[:-1], "distribution"].value)
    return Along(sd, kind) if sd.value and kind not in ("fixed", "uniform") else None


def _law(parameter: Declared, doubt: Doubt) -> Law:
    """The law of a value around where it stands.

    Errors: its error is too large for it, or a family or prior is not for it.
    """
    value = float(parameter.value)
    family: str = doubt.family
    sd, low, high = doubt.sd, doubt.low, doubt.high
    if doubt.prior:
        prior = collection().priors.get(doubt.prior)
        if prior is None:
            raise RegularsError(
                f"no published prior is called {doubt.prior}; {nearest(doubt.prior, collection().priors)}"
            )
        path = plain_path(parameter.name.removesuffix(".mean") if parameter.spread else parameter.name)
        if prior.parameter != path or prior.unit:
            told = f"{prior.unit} ({prior.conversion})" if prior.unit else prior.parameter
            raise RegularsError(f"the prior {doubt.prior} is of {told}, not of {path}")
        family, sd, low, high = prior.family, prior.sd, prior.low, prior.high
    if told := _no_error(parameter, sd):
        raise RegularsError(told)
    ends = between(parameter, family, low, high)
    try:
        if family:
            return law(family, value, sd, float(ends.low), float(ends.high))
        return usual(value, sd, ends)
    except ValueError as error:
        wanted = f"wanted: in {parameter.unit or 'units of the value'}"
        raise RegularsError(f"{error}; give a smaller standard error ({wanted}), or another family") from None


def between(parameter: Declared, family: str, low: float | None, high: float | None) -> Interval:
    """Between what draws of a family lie: the bounds of the parameter, and 0 for a lognormal one of which no lower end is told."""
    ends = ends_of(parameter)
    if family == "lognormal" and low is None and ends.low < 0:
        low = 0.0
    return _narrowed(ends, low, high)


def _narrowed(ends: Interval, low: float | None, high: float | None) -> Interval:
    """An interval, cut at two ends where there are any."""
    least, most = (
        (ends.low if low is None else max(low, ends.low)),
        (ends.high if high is None else min(high, ends.high)),
    )
    return Interval(least, most, ends.low_open and least == ends.low, ends.high_open and most == ends.high)


def _no_error(parameter: Declared, se: float) -> str:
    """Why a number is no standard error of a value; nothing when it is one."""
    if se < 0:
        return f"{se:g} is no standard error: it must be 0 or above"
    value = abs(float(parameter.value))
    most = min(LARGEST, MOST_OF_VALUE * value) if lognormal(parameter) else LARGEST
    if se > most:
        return (
            f"a standard error of {se:g} leaves nothing of the estimate, {value:g}; at most {most:g} is possible "
            f"(wanted: in {parameter.unit or 'units of the value'}, [0, {most:g}])"
        )
    return ""


def ends_of(parameter: Declared) -> Interval:
    """Between what a value must lie."""
    return interval(parameter.bounds) if parameter.bounds else EVERYWHERE


def _inside(end: float, towards: float, is_open: bool) -> float:
    """The last number that belongs to an interval; in single precision, in which customers have it."""
    if not is_open or not math.isfinite(end):
        return float(end)
    return float(np.nextafter(np.float32(end), np.float32(towards)))
