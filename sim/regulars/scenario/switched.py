"""How some behaviours were switched on one version ago: by a form, a number of products, a size. Still read, with a note.

Today a section that has an `on` is on exactly when it says `on = true` (docs/adr/0023-one-switch.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from regulars.ground.errors import shown
from regulars.ground.parameter import Problem, Spread

SWITCHES: dict[
    str, tuple[str, Any]
] = {  # until version 0.3: section -> (parameter, value at which it was off)
    "network": ("kind", "none"),
    "bond": ("response", "off"),
    "assortment": ("products", 0),
    "norm": ("weight", 0),
    "mood": ("sd", 0),
    "cost_to_serve": ("cost", 0),
}
GONE = ("network", "bond", "assortment")  # whose parameter has no value for off any more


def switched(sections: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The sections of a scenario with `on` where a parameter alone said so, and what to tell of it."""
    made, told = dict(sections), []
    for name, (parameter, _) in SWITCHES.items():
        table = made.get(name)
        if not isinstance(table, Mapping) or parameter not in table or "on" in table:
            continue
        value = table[parameter]
        if not is_off(name, value):
            made[name] = {"on": True, **table}
            told.append(_on(name))
        elif name in GONE:
            made[name] = {"on": False, **{key: one for key, one in table.items() if key != parameter}}
            told.append(_off(name, value))
    return made, told


def switched_by_name(
    changes: Mapping[str, Any], is_on: Callable[[str], bool]
) -> tuple[dict[str, Any], list[str]]:
    """Values by dotted name with `on` where a parameter alone switched a section that is not on, and what to tell of it."""
    made: dict[str, Any] = {}
    told: list[str] = []
    for name, value in changes.items():
        section = next((one for one, (p, _) in SWITCHES.items() if _is_within(name, f"{one}.{p}")), "")
        switch = f"{section}.on"
        if not section or switch in changes or section in changes:
            made[name] = value
        elif is_off(section, value) and section in GONE:
            made[switch] = False
            told.append(_off(section, value))
        else:
            if not is_off(section, value) and not is_on(section):
                made[switch] = True
                told.append(_on(section))
            made[name] = value
    return made, list(dict.fromkeys(told))


def is_off(section: str, value: Any) -> bool:
    """Whether the parameter that switched a section said off."""
    off = SWITCHES[section][1]
    if isinstance(off, str):
        return bool(value == off)
    if isinstance(value, Mapping):
        try:
            spread = Spread.read(value)
        except Problem:  # told when it is read
            return False
        return spread.same_for_all and spread.centre == 0
    return value == 0 and not isinstance(value, bool)


def _is_within(name: Any, other: str) -> bool:
    return isinstance(name, str) and (name == other or name.startswith(f"{other}."))


def _on(section: str) -> str:
    return (
        f"'{section}.{SWITCHES[section][0]}' alone does not switch [{section}] on any more: write on = true"
    )


def _off(section: str, value: Any) -> str:
    return f"{section}.{SWITCHES[section][0]} = {shown(value)} is {section}.on = false now"
