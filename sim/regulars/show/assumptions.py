"""Every resolved parameter of a scenario as rows for people: value, unit, meaning, source, and who set it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from regulars.contract.pricing import Pricing
from regulars.evidence.collection import behind
from regulars.ground.lines import clean
from regulars.ground.numbers import unit_of
from regulars.ground.parameter import ParameterSet, Spread, field_extra


@dataclass(frozen=True)
class Assumption:
    """One parameter: where it stands, its value and unit, what it means, where it comes from, whether the scenario wrote it."""

    section: str
    name: str
    value: str
    unit: str
    meaning: str
    source: str
    written: bool
    active: bool = True  # whether the feature that it belongs to is switched on
    table: Items | None = None  # of a value that is a list of tables


@dataclass(frozen=True)
class Items:
    """A list of tables as one table: a heading with its unit for each name, a row an item."""

    heads: list[str]
    rows: list[list[str]]


def assumptions(scenario: Any) -> list[Assumption]:
    """All parameters of the resolved scenario, strategies of firms and arms included, in the order of the scenario."""
    rows: list[Assumption] = []
    unit = unit_of(scenario.spec.market.currency)
    for part in type(scenario.spec).model_fields:
        value, given = getattr(scenario.spec, part), scenario.table.get(part)
        if part == "about":
            continue
        if part == "firms":
            for k, firm in enumerate(value):
                rows += _set(f"firm {firm.name}", firm, given[k] if given else {}, part)
        elif part == "arms":
            for name, arm in value.items():
                rows += _set(f"arm {name}", arm, (given or {}).get(name, {}), part)
        elif part == "uncertainty":
            rows += [
                Assumption(part, name, *_doubt(doubt), "drawn anew in each replicate", "", True)
                for name, doubt in value.items()
            ]
        elif part == "posterior":
            rows += [
                Assumption(part, name, f"{len(draws) - 1}", "draws", "drawn together, one row in each replicate", "", True)
                for name, draws in value.items()
            ]  # fmt: skip
        elif isinstance(value, ParameterSet):
            rows += _set(part, value, given or {}, part)
    return [_in_currency(row, unit) for row in rows]


def _in_currency(row: Assumption, unit: str) -> Assumption:
    table = row.table and Items([head.replace("currency", unit) for head in row.table.heads], row.table.rows)
    return replace(row, unit=row.unit.replace("currency", unit), table=table)


def _doubt(doubt: Any) -> tuple[str, str]:
    """How far a value may be off, and what that is."""
    if doubt.values:
        return told(doubt.values), "one of these"
    if doubt.prior:
        return doubt.prior, "published prior"
    return f"{doubt.sd:g}" + (f", {doubt.family}" if doubt.family else ""), "standard error"


def _set(section: str, values: ParameterSet, given: Any, path: str) -> Iterator[Assumption]:
    written = given if isinstance(given, Mapping) else {}
    active = getattr(values, "on", True) is not False
    for name, field in type(values).model_fields.items():
        value, extra = getattr(values, name), field_extra(field)
        if name == "strategies" and isinstance(value, Mapping):
            for strategy, parameters in value.items():
                table = written.get(name, {}).get(strategy)
                yield from _set(f"{section}: {strategy}", parameters, table, f"strategies.{strategy}")
        elif isinstance(value, ParameterSet) and not isinstance(value, Spread):
            yield from _set(f"{section}: {name}", value, written.get(name, {}), f"{path}.{name}")
        elif isinstance(value, (Mapping, Pricing)) and not value:
            continue
        elif section.startswith(("firm ", "arm ")) and name in ("name", "description"):
            continue
        else:
            yield Assumption(
                section,
                name,
                told(written[name] if isinstance(value, Pricing) else value),
                extra.get("unit", ""),
                (field.description or "").replace("`", ""),
                behind(f"{path}.{name}", extra.get("source", ""), _is_number(value)),
                name in written,
                active,
                items(value),
            )


def _is_number(value: Any) -> bool:
    """Whether a value is a number, a distribution of them, or made of tables that hold some."""
    if isinstance(value, (list, tuple)):
        return any(map(_is_number, value))
    return isinstance(value, (int, float, ParameterSet)) and not isinstance(value, bool)


def items(value: Any) -> Items | None:
    """A list of tables as one table, without what is at its default in all of them; None for anything else."""
    if not isinstance(value, (list, tuple)) or not value:
        return None
    if not all(isinstance(item, (Mapping, ParameterSet)) and not isinstance(item, Spread) for item in value):
        return None
    fields = type(value[0]).model_fields if isinstance(value[0], ParameterSet) else {}
    tables = [item if isinstance(item, Mapping) else {n: getattr(item, n) for n in fields} for item in value]
    names = [
        name
        for name in dict.fromkeys(name for table in tables for name in table)
        if name not in fields or any(table.get(name) != fields[name].default for table in tables)
    ]
    units = {name: field_extra(fields[name]).get("unit", "") for name in names if name in fields}
    heads = [clean(name) + (f", {units[name]}" if units.get(name) else "") for name in names]
    return Items(heads, [[told(table[name]) if name in table else "" for name in names] for table in tables])


def told(value: Any) -> str:
    """A value in words: distributions by name and moments, tables and lists in one line."""
    if isinstance(value, Spread):
        return _spread(value)
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value + 0.0:,.10g}"  # no -0
    if isinstance(value, ParameterSet):
        return told({name: getattr(value, name) for name in type(value).model_fields})
    if isinstance(value, Mapping):
        title = f"{value['name']}: " if "name" in value else ""
        return title + ", ".join(f"{name} = {told(item)}" for name, item in value.items() if name != "name")
    if isinstance(value, (list, tuple)):
        tables = any(
            isinstance(item, (Mapping, ParameterSet)) and not isinstance(item, Spread) for item in value
        )
        return ("; " if tables else ", ").join(told(item) for item in value) or "none"
    return "none" if value is None or value == "" else str(value)


def _spread(value: Spread) -> str:
    if value.same_for_all:
        return f"{value.centre:g}"
    if value.distribution == "uniform":
        return f"uniform from {value.low:g} to {value.high:g}"
    return f"{value.distribution}, mean {value.mean:g}, sd {value.sd:g}"
