"""What cannot be compared, found before anything runs: the same for `compare`, `sweep` and `check`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, get_args

from regulars.ground.errors import RegularsError
from regulars.ground.parameter import Problem
from regulars.lab.uncertainty import drawn, uncertain_values
from regulars.scenario import CONTROL, Scenario, whole_spec
from regulars.scenario.names import meant

USUAL = 20  # replicates of a comparison that does not say
Place = tuple[str | int, ...]


def fits_together(scenario: Scenario, arms: Sequence[str], seed: int, replicates: int) -> None:
    """Refuse what would fail in the middle: uncertain values that are none or do not go together, arms whose worlds would not be paired.

    Raises:
        Problem: with all that `misfits` finds.
    """
    if wrong := misfits(scenario, arms, seed, replicates):
        raise Problem(wrong)


def misfits(
    scenario: Scenario, arms: Sequence[str], seed: int | None = None, replicates: int = USUAL
) -> list[tuple[Place, str]]:
    """All that keeps a scenario from being compared, as (path, message); a dotted name in a path stands in quotes.

    seed: of the draws of uncertain values, the scenario's own when left out; replicates: how many of them are looked at.
    """
    bare = scenario.without_lines()  # what an arm changes stands elsewhere
    wrong: list[tuple[Place, str]] = []
    try:
        uncertain_values(scenario)
    except Problem as problem:
        wrong += problem.items
    control = bare.arm(CONTROL)
    for name in arms:
        try:
            other = bare.arm(name)
        except RegularsError as error:
            whole = [(("arms", name), line) for line in str(error).splitlines()]
            wrong += list(_of_values(bare, name)) or whole
        else:
            wrong += _unpaired(bare, control, other, name)
    return wrong or _of_draws(bare, arms, bare.spec.market.seed if seed is None else seed, replicates)


def _of_draws(scenario: Scenario, arms: Sequence[str], seed: int, replicates: int) -> list[tuple[Place, str]]:
    """The first replicate whose uncertain values do not go together, with one another or with what an arm replaces."""
    drawing = [name for name in ("posterior", "uncertainty") if getattr(scenario.spec, name)]
    drawing += ["evidence"] if scenario.spec.evidence.priors != "none" or scenario.spec.evidence.sure else []
    for number in range(replicates if drawing else 0):
        place: Place = (drawing[0],)
        try:
            here = drawn(scenario, seed, number)
            for name in arms:
                place = ("arms", name)
                here.arm(name)
        except RegularsError as error:
            return [(place, f"replicate {number}: {error}" if place[0] == "arms" else str(error))]
    return []


def sections_arms_may_change() -> list[str]:
    """Names of the sections of a scenario that say so of themselves; what an arm changes elsewhere is refused."""
    kinds = {
        name: (field.annotation, *get_args(field.annotation))
        for name, field in whole_spec().model_fields.items()
    }
    return [name for name, parts in kinds.items() if any(getattr(k, "arms_may_change", False) for k in parts)]


def _of_values(scenario: Scenario, name: str) -> Iterator[tuple[Place, str]]:
    """What is wrong with single values that an arm replaces; nothing when none of them is wrong by itself."""
    arm = scenario.spec.arms[name]
    alone = {**scenario.table, "arms": {name: {**arm.model_dump(), "set": {}}}}
    try:
        itself = Scenario(alone, scenario.path).arm(name)
    except RegularsError:
        return
    for key, value in arm.set.items():
        try:
            itself.set({key: value})
        except RegularsError as error:
            yield (
                _place(name, key),
                "; ".join(line.removeprefix(f"{key}: ") for line in str(error).splitlines()),
            )


def _unpaired(scenario: Scenario, control: Scenario, other: Scenario, name: str) -> list[tuple[Place, str]]:
    """What an arm changes so that its customers are not those of the control."""
    free = sections_arms_may_change()
    wrong: list[tuple[Place, str]] = []
    for part in whole_spec().model_fields:
        if part not in free and getattr(other.spec, part) != getattr(control.spec, part):
            told = (
                f"this changes [{part}]: the customers of an arm must be those of the control; an arm may have strategies "
                f"of its own and change what firms do and the market around them: {', '.join(f'[{one}]' for one in free)}"
            )
            wrong += [(place, told) for place in _sources(scenario, name, part)]
    if [firm.name for firm in other.spec.firms] != [firm.name for firm in control.spec.firms]:
        told = "this makes other firms than those of the control; an arm has the same firms, by name"
        wrong += [(place, told) for place in _sources(scenario, name, "firms")]
    return wrong


def _sources(scenario: Scenario, name: str, part: str) -> list[Place]:
    """Where an arm says what changes a section; the arm as a whole where no value of it does by name."""
    found: list[Any] = []
    for key in scenario.spec.arms[name].set:
        try:
            places = meant(scenario.spec, key)
        except Problem:  # a name of a strategy that the arm itself adds
            continue
        found += [_place(name, key)] if any(place.path[0] == part for place in places) else []
    return found or [("arms", name)]


def _place(arm: str, key: str) -> Place:
    return "arms", arm, "set", f'"{key}"'
