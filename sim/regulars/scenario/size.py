"""A market of another size: what is a total over all customers, and goes with their number.

Rent, fixed costs, budgets for traffic and the visitors on sale are written as totals, as they are known. Another number
of customers alone makes another market of them: the same rent on a quarter of the sales. `resized` takes them along.
"""

from __future__ import annotations

import copy
import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from regulars.ground.errors import shown
from regulars.ground.parameter import ParameterSet, Problem
from regulars.scenario.declared import Declared, declared
from regulars.scenario.named import EVERY
from regulars.scenario.names import meant
from regulars.scenario.spec import CONTROL, Spec

if TYPE_CHECKING:
    from regulars.scenario.scenario import Scenario

CUSTOMERS = "market.customers"
MOST_TOLD = 5  # totals that a note names


def totals(spec: Spec) -> list[Declared]:
    """The totals over all customers that count in a scenario: neither 0 nor in a section that is off."""
    return [one for one in declared(spec).values() if one.total and one.value and _is_on(spec, one.path)]


def resized(scenario: Scenario, customers: int) -> Scenario:
    """The scenario with another number of customers, and all totals in proportion; whole ones are rounded, to at least 1.

    Raises:
        Problem: for a number that will not do, and where an arm replaces a whole table with a total in it.
    """
    checked = scenario.set({CUSTOMERS: customers})
    factor = checked.spec.market.customers / scenario.spec.market.customers
    table = copy.deepcopy(checked.table)
    for name, arm in scenario.spec.arms.items():
        in_arm = {one.path: one for one in totals(_with_strategies(scenario, name))}
        replaced = {}
        for key, value in arm.set.items():
            found = [
                in_arm[place.path]
                for place in meant(_with_strategies(scenario, name), key)
                if place.path in in_arm
            ]
            replaced[key] = _scaled(found[0], value, factor) if found and _is_number(value) else value
        if replaced:
            table["arms"][name]["set"] = replaced
    if isinstance(errors := table.get("uncertainty"), dict):
        known = {one.path for one in totals(scenario.spec)}
        for key, error in errors.items():
            if any(place.path in known for place in meant(scenario.spec, key)):
                errors[key] = _wider(error, factor)
    made = type(scenario)(table, scenario.path, scenario.text)
    made = made.set({one.name: _scaled(one, one.value, factor) for one in totals(scenario.spec)})
    _all_of_them(scenario, made, factor)
    return made


def _wider(error: Any, factor: float) -> Any:
    """What is said of a total's error, for a total that is `factor` times as large."""
    if not isinstance(error, dict):
        return error * factor
    scaled = {name: error[name] * factor for name in ("sd", "low", "high") if name in error}
    if "values" in error:
        scaled["values"] = [value * factor if _is_number(value) else value for value in error["values"]]
    return {**error, **scaled}


def note(before: Spec, after: Spec) -> str:
    """What to tell where the number of customers was changed and totals were not; nothing where there is nothing to tell."""
    one, other = before.market.customers, after.market.customers
    kept = {total.name: total.value for total in totals(before)}
    same = [total for total in totals(after) if kept.get(total.name) == total.value]
    if one == other or not same:
        return ""
    return (
        f"{other:,} customers instead of {one:,}, and {staying(same)}; --customers {other} (in Python: "
        f"scenario.resized({other})) takes them along"
    )


def staying(same: Sequence[Declared]) -> str:
    """Which totals stay as they are, those of firms that are alike once."""
    alike = Counter((EVERY.join(re.split(r"(?<=^firms\.)\d+", total.name)), total.value) for total in same)
    named = [
        f"{name} = {value:g}{f' ({count} times)' if count > 1 else ''}"
        for (name, value), count in alike.items()
    ]
    more = f" and {len(named) - MOST_TOLD} more" if len(named) > MOST_TOLD else ""
    return f"these totals stay as they are: {', '.join(named[:MOST_TOLD])}{more}"


def _all_of_them(scenario: Scenario, made: Scenario, factor: float) -> None:
    """Refuse what is left at its old size."""
    wrong = []
    for name in (CONTROL, *scenario.spec.arms):
        now = {one.name: one.value for one in totals(made.arm(name).spec)}
        for one in totals(scenario.arm(name).spec):
            if now.get(one.name) != _scaled(one, one.value, factor):
                told = f"{one.name} = {shown(one.value)} is a total that an arm sets within a whole table; name it by itself"
                wrong.append((("arms", name, "set"), told))
    if wrong:
        raise Problem(wrong)


def _with_strategies(scenario: Scenario, arm: str) -> Spec:
    """What names in an arm mean: the scenario, its focal firm with the strategies of the arm."""
    added = scenario.spec.arms[arm].strategies
    firms = [
        firm.model_copy(update={"strategies": firm.strategies | added})
        if firm.name == scenario.focal
        else firm
        for firm in scenario.spec.firms
    ]
    return scenario.spec.model_copy(update={"firms": tuple(firms), "arms": {}})


def _scaled(one: Declared, value: Any, factor: float) -> Any:
    return max(round(value * factor), 1) if one.whole else value * factor


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_on(spec: Spec, path: tuple[str | int, ...]) -> bool:
    section = getattr(spec, str(path[0]))
    return not (isinstance(section, ParameterSet) and getattr(section, "on", True) is False)
