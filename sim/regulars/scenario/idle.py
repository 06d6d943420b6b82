"""Sections that say something and are off: what they say does nothing, which is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from regulars.contract import process
from regulars.ground.errors import RegularsError
from regulars.ground.parameter import ParameterSet
from regulars.scenario.spec import Spec

if TYPE_CHECKING:
    from regulars.scenario.scenario import Scenario

MOST_TOLD = 3  # parameters that a note names


def notes(scenario: Scenario) -> list[str]:
    """What to tell of sections that are written and off, in the scenario as it stands and in all of its arms.

    Of a section that says `on = false` itself only what is not as usual is told: a resolved scenario writes out everything.
    """
    specs = [scenario.spec]
    for arm in scenario.spec.arms:
        try:
            specs.append(scenario.arm(arm).spec)
        except RegularsError:  # told where arms are checked
            continue
    told = []
    for name in type(scenario.spec).model_fields:
        written, section = scenario.table.get(name), getattr(scenario.spec, name)
        if not isinstance(written, Mapping) or not isinstance(section, ParameterSet):
            continue
        usual, is_forgotten = type(section)(), hasattr(section, "on") and "on" not in written
        says = [
            key
            for key in written
            if key not in ("on", *section.used_when_off)
            and (is_forgotten or getattr(section, key) != getattr(usual, key))
        ]
        if (says or not written) and not any(_counts(spec, name) for spec in specs):
            what = ", ".join(says[:MOST_TOLD]) + (" ..." if len(says) > MOST_TOLD else "") or "nothing"
            told.append(
                f"[{name}] says {what} and is off, so that it does nothing: {_switch(scenario.spec, name)}"
            )
    return told


def _counts(spec: Spec, name: str) -> bool:
    """Whether a section is on, or belongs to what every market has."""
    owner = _owner(name)
    return bool(getattr(getattr(spec, name), "on", owner is None or owner.title() in spec.on))


def _switch(spec: Spec, name: str) -> str:
    """What to write for a section to count."""
    owner = _owner(name)
    if hasattr(getattr(spec, name), "on") or owner is None:
        return "write on = true, or leave it out"
    return f"there is nothing that switches {owner.title()} on here"


def _owner(name: str) -> type[process.Process] | None:
    return next((kind for kind in process.every() if name in kind.sections), None)
