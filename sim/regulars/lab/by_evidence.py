"""What `[evidence]` says, as lines of `[uncertainty]`: every published prior of what is switched on, and what the user is sure of.

A value that stands at the mean of its prior is drawn from the prior. Another one keeps its place, and the spread of the prior goes along
(`ground.prior.carried`); one that stands at an end of its bounds goes inside only. 0 means that a mechanism is off, and is not in doubt. Two
priors are of something else than the parameter and move several values at one draw: the elasticity of demand moves price
sensitivity, and the appeal of each firm so that it sells at its list price what it sold before; the margin moves the cost of every firm.
What stands in `[posterior]` or `[uncertainty]` is drawn from there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import partial
from typing import Any

from regulars.evidence.published import PublishedPrior
from regulars.ground.errors import RegularsError
from regulars.ground.interval import Interval
from regulars.ground.prior import Law, carried, law, usual
from regulars.lab.doubted import Doubted, between, ends_of, number
from regulars.scenario import Scenario
from regulars.scenario.declared import Declared, Path
from regulars.scenario.doubt import Doubt
from regulars.scenario.names import Meant
from regulars.scenario.published import PUBLISHED, Taken, foresees, taken
from regulars.scenario.spec import Spec
from regulars.scenario.sure import COST, MARGIN, Sure

PRICE = "choice.price_sensitivity"


def by_evidence(
    scenario: Scenario, known: Mapping[Path, Declared], others: Collection[Path]
) -> list[Doubted]:
    """Lines for all that `[evidence]` says, but for the values that other lines move."""
    said = scenario.spec.evidence.statements()
    drawn = scenario.spec.evidence.priors == PUBLISHED
    found = []
    for path, one in taken(scenario.spec.evidence.settings).items():
        statement = said.get(path)
        if statement is None and not (drawn and is_on(scenario.spec, path)):
            continue
        if statement is not None and not statement.within:
            continue
        line = _line(scenario.spec, known, path, one, statement, others)
        found += [line] if line is not None else []
    return found


def surely(scenario: Scenario, known: Mapping[Path, Declared]) -> set[Path]:
    """Paths of all that the user is sure of, whatever else is said of them."""
    return {p.path for path in scenario.spec.evidence.statements() for p in places(known, path)}


def correlated(scenario: Scenario, lines: Collection[Doubted]) -> Iterator[tuple[str, str, float]]:
    """Names of lines by evidence that go together, and their correlations."""
    by_path = {line.path: line for line in lines if line.path}
    for path, one in taken(scenario.spec.evidence.settings).items():
        if path in by_path and one.prior.goes_with in by_path:
            yield by_path[path].name, by_path[one.prior.goes_with].name, one.prior.correlation


def is_on(spec: Spec, path: str) -> bool:
    """Whether a parameter acts in a scenario: its section is on, a programme of it is there, something is there to look ahead to."""
    section = path.partition(".")[0]
    if section == "foresight":
        return foresees(spec)
    return bool(getattr(getattr(spec, section, None), "on", True))


def places(known: Mapping[Path, Declared], path: str) -> list[Declared]:
    """All values of a scenario that a path without names of firms and arms stands for; of distributions that have one, the mean."""
    steps, found = path.split("."), []
    for place, parameter in known.items():
        if _plain(place) == steps:
            try:
                found.append(number(known, Meant(place, parameter.value), parameter.name))
            except RegularsError:  # a uniform distribution, or a word
                found += [parameter] if isinstance(parameter.value, str) else []
    return found


def value_of(spec: Spec, parameter: Declared) -> float:
    """The value as one speaks of it: of a cost the margin that it leaves."""
    if _plain(parameter.path) == COST.split("."):
        price = spec.firms[int(parameter.path[1])].price
        return 1.0 - float(parameter.value) / price if price else 0.0
    return float(parameter.value)


def _plain(place: Path) -> list[str]:
    """A path without numbers of firms and names of arms."""
    if "strategies" in place[1:]:
        place = place[place.index("strategies", 1) :]
    return [str(step) for step in place if not isinstance(step, int)]


def _line(
    spec: Spec, known: Mapping[Path, Declared], path: str, one: Taken, said: Sure | None, others: Collection[Path]
) -> Doubted | None:  # fmt: skip
    """The line of one prior; nothing where it moves no value."""
    prior = one.prior
    here = [p for p in places(known, path) if p.path not in others]
    doubt = (
        Doubt.read({"values": prior.values, "weights": prior.weights})
        if prior.values
        else Doubt.read({"sd": prior.sd})
    )
    if prior.acts_with and not any(p.value for p in places(known, prior.acts_with)):
        return None
    if prior.values:
        return Doubted(path, path, tuple(here), doubt, path=path) if here else None
    here = [p for p in here if not isinstance(p.value, str) and value_of(spec, p) != 0]
    if path == PRICE and here:
        return _elastic(spec, known, here[0], doubt, prior, said)
    if path == COST:
        return _of_margin(spec, here, doubt, prior, said)
    if prior.unit or not here:
        return None
    laws = tuple(_law(prior, p, said) for p in here)
    return Doubted(here[0].name if len(here) == 1 else path, path, tuple(here), doubt, laws, path=path)


def _law(prior: PublishedPrior, p: Declared, said: Sure | None) -> Law:
    """The law of a value that has a prior of its own."""
    value, ends = float(p.value), ends_of(p)
    if said is not None:
        return usual(value, said.error, ends)
    if value == prior.mean:
        return law(prior.family, value, prior.sd, *_within(between(p, prior.family, prior.low, prior.high)))
    if value in (ends.low, ends.high):
        return usual(value, prior.sd, ends)
    spread = carried(prior.family, prior.mean, prior.sd, value)
    if prior.family == "lognormal" and value > 0 and float(ends.low) <= 0:
        return law("lognormal", value, spread, 0.0)
    return usual(value, abs(spread), ends)


def _within(ends: Interval) -> tuple[float, float]:
    return float(ends.low), float(ends.high)


def _elastic(
    spec: Spec, known: Mapping[Path, Declared], b: Declared, doubt: Doubt, prior: PublishedPrior, said: Sure | None
) -> Doubted:  # fmt: skip
    """Price sensitivity, with appeals that hold what is sold at list prices."""
    centre = float(b.value)
    ratio = prior.sd / prior.mean
    high = centre * (prior.high or prior.mean * 10) / prior.mean
    drawn = (
        usual(centre, said.error, ends_of(b)) if said else law("lognormal", centre, centre * ratio, 0.0, high)
    )
    moved, laws = [b], [drawn]
    for k, firm in enumerate(spec.firms):
        if firm.price != firm.base_price:
            moved.append(known["firms", k, "appeal"])
            laws.append(partial(_held, drawn, centre, firm.price - firm.base_price, firm.appeal))
    return Doubted(b.name, PRICE, tuple(moved), doubt, tuple(laws), path=PRICE)


def _held(drawn: Law, centre: float, above: float, appeal: float, z: Any) -> Any:
    """Appeal at which a price so far above the base price pulls on average as it did."""
    return appeal + (drawn(z) - centre) * above


def _of_margin(
    spec: Spec, costs: list[Declared], doubt: Doubt, prior: PublishedPrior, said: Sure | None
) -> Doubted | None:  # fmt: skip
    """Costs of all firms, at one quantile of their margins; that of a sure one is of the focal firm."""
    focal = spec.market.focal or spec.firms[0].name
    margins = {p: value_of(spec, p) for p in costs if float(p.value) > 0}
    if said is not None:
        margins = {p: m for p, m in margins.items() if spec.firms[int(p.path[1])].name == focal}
    margins = {p: m for p, m in margins.items() if 0 < m < 1}
    if not margins:
        return None
    laws, told = [], {}
    for p, margin in margins.items():
        wide = carried("beta", prior.mean, prior.stated_sd or prior.sd, margin)
        drawn = (
            usual(margin, said.error, Interval(0.0, 1.0, False, False)) if said else law("beta", margin, wide)
        )
        laws.append(partial(_cost, drawn, spec.firms[int(p.path[1])].price))
        told[spec.firms[int(p.path[1])].name] = drawn
    return Doubted(
        MARGIN, MARGIN, tuple(margins), doubt, tuple(laws), COST, told.get(focal, next(iter(told.values())))
    )


def _cost(margin: Law, price: float, z: Any) -> Any:
    return price * (1.0 - margin(z))
