"""Names of scenarios that were others one version ago: still read, with a note; `regulars migrate` rewrites files."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from regulars.ground.parameter import Problem

SECTIONS = {"loyalty": "devotion", "talk": "word_of_mouth", "handling": "cost_to_serve"}  # until version 0.3
NAMED = ("uncertainty", "posterior")  # tables whose keys are dotted names


def name_now(name: str) -> str:
    """A dotted name as it is written today; what is no text is no name, and others say so."""
    if not isinstance(name, str):
        return name
    first, dot, rest = name.partition(".")
    return f"{SECTIONS.get(first, first)}{dot}{rest}"


def up_to_date(table: Mapping[str, Any]) -> dict[str, Any]:
    """A table of a scenario with the names of today, which is all there is to it; a note says what was read under an old one.

    Raises:
        Problem: where a section stands under both of its names.
    """
    both = [name for name in SECTIONS if name in table and SECTIONS[name] in table]
    if both:
        raise Problem(
            [
                ((name,), f"this is called [{SECTIONS[name]}] now, which stands here as well; keep one")
                for name in both
            ]
        )
    made = {name_now(name): value for name, value in table.items()}
    old = [name for name in table if name in SECTIONS]
    for name in NAMED:
        if isinstance(made.get(name), Mapping):
            made[name], found = _keys(made[name])
            old += found
    if isinstance(made.get("arms"), Mapping):
        arms = dict(made["arms"])
        for name, arm in arms.items():
            if isinstance(arm, Mapping) and isinstance(arm.get("set"), Mapping):
                changed, found = _keys(arm["set"])
                arms[name] = {**arm, "set": changed}
                old += found
        made["arms"] = arms
    if old:
        note(old)
    return made


def note(old: list[str]) -> None:
    """Tell that names were read that are others now."""
    told = ", ".join(f"'{name}' is '{name_now(name)}' now" for name in dict.fromkeys(old))
    warnings.warn(
        f"{told} (the old names are read until version 0.3); `regulars migrate FILE` rewrites a file",
        FutureWarning,
        stacklevel=2,
    )


def _keys(table: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    old = [name for name in table if name_now(name) != name]
    return {name_now(name): value for name, value in table.items()}, old
