"""Public names that stood in another package one version ago: they still work there, with a note, until version 0.3."""

from __future__ import annotations

import importlib
import warnings
from typing import Any

NAMES = {  # by package: names that another one has now
    "regulars.measures": dict.fromkeys(
        ("SurveyRules", "constructs", "delivered_value", "preference_gap", "survey"), "regulars.minds"
    ),
}


def moved_name(package: str, name: str) -> Any:
    """What a public name of `package` means that stands in another package now, with a note.

    Raises:
        KeyError: the package never had the name.
    """
    now = NAMES[package][name]
    warnings.warn(
        f"{package}.{name} is {now}.{name} now; `regulars migrate FILE.py` rewrites a file",
        FutureWarning,
        stacklevel=3,
    )
    return getattr(importlib.import_module(now), name)
