"""What `compare` and `sweep` are asked for, checked before anything runs, in Python as on the command line."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Set
from dataclasses import dataclass
from typing import Any

import numpy as np

from regulars.ground.alike import nearest
from regulars.ground.errors import RegularsError
from regulars.scenario import CONTROL, Scenario

MOST_REPLICATES, MOST_JOBS, LAST_SEED = 100_000, 1_024, 2**64 - 1


@dataclass(frozen=True)
class Asked:
    """How a scenario is to be compared."""

    arms: tuple[str, ...]
    replicates: int
    seed: int
    jobs: int | None


def asked(scenario: Scenario, arms: Any, replicates: Any, seed: Any, jobs: Any) -> Asked:
    """Check how a scenario is to be compared, and what is left out fill in from the scenario.

    Raises:
        RegularsError: for what makes no sense; says what would.
    """
    return Asked(
        _names(scenario, arms),
        whole("replicates", replicates, 1, MOST_REPLICATES),
        scenario.spec.market.seed if seed is None else whole("seed", seed, 0, LAST_SEED),
        None if jobs is None else whole("jobs", jobs, 1, MOST_JOBS),
    )


def whole(name: str, value: Any, low: int, high: int) -> int:
    """A whole number within bounds, as an int; 2.5, "2", True and NaN are none."""
    try:
        number = None if isinstance(value, (bool, np.bool_)) else operator.index(value)
    except TypeError:
        number = None
    if number is None or not low <= number <= high:
        raise RegularsError(
            f"{name} = {value!r:.80} will not do: a whole number from {low:,} to {high:,} is needed"
        )
    return number


def real(name: str, value: Any, low: float, high: float, meaning: str) -> float:
    """A number above `low` and at most `high`, as a float; "2", True and NaN are none."""
    try:
        number = math.nan if isinstance(value, (bool, np.bool_, str, bytes)) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not low < number <= high:
        raise RegularsError(f"{name} = {value!r:.80} will not do: {meaning}, in ({low:g}, {high:g}]")
    return number


def names_of(what: str, names: Any) -> tuple[str, ...]:
    """Names, each once, as a tuple.

    Raises:
        RegularsError: for what is no list of names.
    """
    fine = isinstance(names, Iterable) and not isinstance(names, (str, bytes))
    found = tuple(names) if fine else ()
    if not fine or not all(isinstance(name, str) and name for name in found) or len(set(found)) < len(found):
        raise RegularsError(f"{what} = {names!r:.80} will not do: a list of different names is needed")
    return found


def _names(scenario: Scenario, arms: Any) -> tuple[str, ...]:
    """Names of arms, each once; all that there are when left out."""
    known = tuple(scenario.spec.arms)
    if arms is None:
        if not known:
            raise RegularsError(
                f"{scenario.name}: there is nothing to compare: the scenario has no [arms.NAME]"
            )
        return known
    if isinstance(arms, (str, bytes, Set)) or not isinstance(
        arms, Iterable
    ):  # a set has no order to report in
        raise RegularsError(
            f"arms = {arms!r:.80} will not do: a list of names is needed, as in {list(known[:1])!r}"
        )
    names = tuple(arms)
    if not names:
        raise RegularsError(f"arms: none is named; there are {', '.join(known) or 'none'}; all when left out")
    for k, name in enumerate(names):
        if name == CONTROL:
            raise RegularsError(f"arms: '{CONTROL}' is always there: it is what arms are compared with")
        if not isinstance(name, str) or name not in known:
            raise RegularsError(f"arms.{name}: no arm of this name; {nearest(str(name), known)}")
        if name in names[:k]:
            raise RegularsError(f"arms: '{name}' is named twice")
    return names
