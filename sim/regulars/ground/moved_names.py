"""Names that stood in another package or module one version ago: they still work there, with a note, until version 0.3."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from regulars.ground.moved import note

NAMES = {  # by package or module: names that another one has now
    "regulars.measures": dict.fromkeys(
        ("SurveyRules", "constructs", "delivered_value", "preference_gap", "survey"), "regulars.minds"
    ),
    "regulars.minds.attitude": dict.fromkeys(("dick_basu", "excess_attrition", "medians"), "regulars.measures"),
    "regulars.measures.repeat_buying": dict.fromkeys(
        (
            "DoubleJeopardy", "ParetoShare", "double_jeopardy", "duplication", "duplication_coefficient", "pareto_share", "top_share",
            "window",
        ),
        "regulars.measures",
    ),
}  # fmt: skip


def old_names(module: str) -> Callable[[str], Any]:
    """`__getattr__` of a module out of which names have moved."""

    def find(name: str) -> Any:
        if name in NAMES[module]:
            return moved_name(module, name)
        raise AttributeError(f"module '{module}' has no attribute '{name}'")

    return find


def moved_name(package: str, name: str) -> Any:
    """What a public name of `package` means that stands in another package now, with a note.

    Raises:
        KeyError: the package never had the name.
    """
    now = NAMES[package][name]
    note(f"{package}.{name}", f"{now}.{name}", above=2)
    return getattr(importlib.import_module(now), name)
