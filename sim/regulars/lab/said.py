"""What the user says that they know (`margin = 0.31`), set in a scenario and no longer drawn; and what an answer tells of what is assumed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from regulars.evidence.collection import collection
from regulars.evidence.published import PublishedPrior
from regulars.ground.errors import RegularsError
from regulars.lab.by_evidence import is_on, places, value_of
from regulars.lab.doubted import along, ends_of
from regulars.lab.uncertainty import uncertain_values
from regulars.scenario import Scenario
from regulars.scenario.declared import Declared, Path, by_path
from regulars.scenario.published import PUBLISHED, taken
from regulars.scenario.sure import COST, Sure, everyday_names, read_sure

FIXED = "Assumed behaviour is held fixed in this scenario: its intervals show chance only, not what is not known of customers and costs."
MOST = 4  # values that are told one by one


def with_sure(scenario: Scenario, texts: Sequence[str]) -> Scenario:
    """The scenario with what the user says that they know: its values set, and no longer drawn.

    Args:
        scenario: of any kind; of a fitted one the draws of these values no longer count.
        texts: statements such as ``margin = 0.31``, ``margin = 31% within 2%`` or ``foresight``; a margin is that of the focal firm.

    Raises:
        RegularsError: a statement of another form, a name that nothing has (with the nearest), what is not in the scenario, a value that
            will not do.
    """
    if not texts:
        return scenario
    said = dict(scenario.spec.evidence.statements())
    changes: dict[str, Any] = {}
    known = by_path(scenario.spec)
    for one in map(read_sure, texts):
        here = places(known, one.path)
        if not here:
            raise RegularsError(f"{one.name}: nothing in this scenario has it ({one.path})")
        if one.value is not None:
            changes |= _set(scenario, known, one, here)
        said[one.path] = one
    return scenario.set({**changes, "evidence.sure": [one.text() for one in said.values()]})


def _set(
    scenario: Scenario, known: Mapping[Path, Declared], one: Sure, here: list[Declared]
) -> dict[str, Any]:
    """What stands where, when a statement is true."""
    value = float(one.value or 0.0)
    if one.path == COST:
        if not 0 <= value < 1:
            raise RegularsError(f"{one.name} = {value:g} is no share of the price; write 0.31 or 31%")
        focal = next(firm for firm in scenario.spec.firms if firm.name == scenario.focal)
        return {f"firms.{focal.name}.cost": focal.price * (1 - value)}
    changes = {}
    for parameter in here:
        if value not in ends_of(parameter):
            raise RegularsError(
                f"{one.name} = {value:g} will not do: {parameter.name} lies in {parameter.bounds}"
            )
        changes[parameter.name] = value
        if (spread := along(known, parameter)) is not None:
            changes[spread.sd.name] = spread.with_mean(parameter, value)
    return changes


def assumed_in_words(scenario: Scenario, arms: Sequence[str] | None = None) -> list[str]:
    """What an answer rests on besides its market: whether what is assumed is drawn, what the user is sure of, where evidence is thin.

    The first sentence says whether the intervals include what is assumed, or chance only.

    Args:
        scenario: what was compared.
        arms: those that ran; all of the scenario when left out. Of the others nothing is told.
    """
    known = by_path(scenario.spec)
    told = [_drawn(scenario)]
    sure = [
        words
        for one in scenario.spec.evidence.statements().values()
        if (words := _sure(scenario, known, one))
    ]
    if sure:
        told.append(f"You said that {', that '.join(sure)}.")
    if arms is not None:
        known = {path: p for path, p in known.items() if path[0] != "arms" or path[1] in arms}
    told += _found_nothing(scenario, known)
    other = _otherwise(scenario, known)
    if other:
        more = f" and {len(other) - MOST} more" if len(other) > MOST else ""
        told.append(f"Published priors say otherwise of {'; '.join(other[:MOST])}{more}.")
    return told


def _drawn(scenario: Scenario) -> str:
    """Whether what is assumed is drawn."""
    lines = uncertain_values(scenario, far=0.0)
    by_prior = len({line.key for line in lines if line.path})
    if scenario.spec.evidence.priors == PUBLISHED and by_prior:
        return f"What is assumed of customers and costs is drawn from published priors ({by_prior} inputs): the intervals include it."
    if scenario.spec.posterior:
        return "What the log does not tell is drawn together with what it tells: the intervals include both."
    if lines:
        return f"Assumed behaviour is held fixed but for {', '.join(line.name for line in lines[:MOST])}: the intervals include chance and these."
    return FIXED


def _sure(scenario: Scenario, known: Mapping[Path, Declared], one: Sure) -> str:
    """A statement with the value that stands in the scenario: `margin is 0.31 (sure)`."""
    here = places(known, one.path)
    if one.path == COST:
        here = [p for p in here if scenario.spec.firms[int(p.path[1])].name == scenario.focal]
    if not here:
        return ""
    values = dict.fromkeys(
        p.value if isinstance(p.value, str) else f"{value_of(scenario.spec, p):.4g}" for p in here
    )
    how = "sure" if one.within is None else f"within {one.within:g}, 19 times in 20"
    return f"{one.name} is {' or '.join(values)} ({how})"


def _found_nothing(scenario: Scenario, known: Mapping[Path, Declared]) -> list[str]:
    """The sentence on effects of programmes whose trials found nothing, and which are taken to do something here; none without any."""
    effects, gains, trials = collection().effects, [], []
    for _, _, prior in _own(scenario, known):
        without = [
            name for name in prior.rests_on
            if effects[name].estimate == 0 and effects[name].design == "randomised field trial"
        ]  # fmt: skip
        if without and prior.parameter.startswith("strategies."):
            owner, last = prior.parameter.split(".")[-2:]
            gains.append(f"what {owner.replace('_', ' ')} is assumed to gain ({last})")
            trials += without
    if not gains:
        return []
    return [
        f"No field study supports {' and '.join(gains)}: trials found no effect. Read what this earns as what would follow if there were one "
        f"(`regulars evidence {' '.join(dict.fromkeys(trials))}`)."
    ]


def _otherwise(scenario: Scenario, known: Mapping[Path, Declared]) -> list[str]:
    """Values more than a standard deviation from the mean of their prior, the farthest first."""
    sure, far = scenario.spec.evidence.statements(), []
    for name, value, prior in _own(scenario, known):
        distance = abs(value - prior.mean) / prior.sd
        if distance > 1 and prior.parameter not in sure:
            far.append(
                (-distance, f"{name}, {value:.4g} here ({prior.mean:g}, standard deviation {prior.sd:g})")
            )
    return [told for _, told in sorted(far)]


def _own(scenario: Scenario, known: Mapping[Path, Declared]) -> list[tuple[str, float, PublishedPrior]]:
    """Values that act and have a prior in their own unit: what they are called, the largest that stands, the prior."""
    names = {path: name for name, path in reversed(everyday_names().items()) if name != path}
    found = []
    for path, one in taken(scenario.spec.evidence.settings).items():
        if one.prior.unit or one.prior.values or not is_on(scenario.spec, path):
            continue
        values = [float(p.value) for p in places(known, path) if p.value]
        if values:
            found.append((names[path], max(values, key=abs), one.prior))
    return found
