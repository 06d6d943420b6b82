"""What parameters and scenarios say about themselves, as plain tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from regulars.contract.strategy import Strategy
from regulars.evidence.collection import behind, evidence_of
from regulars.ground.parameter import REQUIRED, ParameterSet, Spread, field_extra, kinds_of
from regulars.scenario import Scenario
from regulars.scenario.changes import counting
from regulars.scenario.declared import choices_of, declared
from regulars.scenario.paths import plain_path


def every_state(kind: type[Strategy]) -> tuple[Any, ...]:
    """State that a strategy keeps per customer, membership included."""
    return (*getattr(kind, "membership", ()), *kind.state)


def parameters(kind: type[ParameterSet], path: str) -> list[dict[str, Any]]:
    """Parameters of a set: name, default (None when needed), type, unit, bounds, meaning, source, and what stands behind it."""
    rows = []
    for name, field in kind.model_fields.items():
        needed = field.is_required() or field.default is REQUIRED
        default = REQUIRED if needed else field.get_default(call_default_factory=True)
        told = field.description or ""
        rows.append(parameter(name, f"{path}.{name}", field.annotation, default, field_extra(field), told))
    return rows


def parameter(
    name: str, path: str, kind: Any, default: Any, extra: Mapping[str, Any], meaning: str
) -> dict[str, Any]:
    """One parameter as a row; `default` is REQUIRED where it is needed, and `path` the name by which evidence knows it."""
    needed, source = default is REQUIRED, str(extra.get("source", ""))
    plain = short_spread(default.model_dump()) if isinstance(default, Spread) else default
    return {
        "name": name,
        "default": None if needed else plain,
        "needed": needed,
        "type": type_of(kind),
        "unit": str(extra.get("unit", "")),
        "bounds": str(extra.get("bounds", "")),
        "meaning": meaning,
        "source": source,
        "evidence": evidence_of(path),
        "behind": behind(path, source, is_number(kind)),
    }


def is_number(annotation: Any) -> bool:
    """Whether a parameter of this kind is a number, a distribution of numbers, or numbers in a list or table."""
    kinds = kinds_of(annotation)
    return bool(kinds & {int, float, Spread}) or any(
        isinstance(kind, type) and issubclass(kind, ParameterSet) for kind in kinds
    )


def type_of(annotation: Any) -> str:
    """A type in words: the choices of a choice, `number`, `whole number`, `distribution` ..."""
    words = {
        int: "whole number",
        float: "number",
        bool: "true/false",
        str: "text",
        Spread: "number or distribution",
    }
    if annotation in words:
        return words[annotation]
    if choices := choices_of(annotation):
        return " | ".join(choices)
    return str(getattr(annotation, "__name__", annotation))


def scenario(described: Scenario, path: Path) -> dict[str, Any]:
    """What a scenario asks and compares."""
    spec = described.spec
    firms = [
        {
            "name": f.name,
            "price": f.price,
            "cost": f.cost,
            "quality": f.quality,
            "strategies": dict(written.get("strategies", {})),
            "pricing": f.pricing.kind,
        }
        for f, written in zip(spec.firms, described.table["firms"], strict=True)
    ]
    arms = [
        {
            "name": name,
            "description": arm.description,
            "strategies": dict(described.table["arms"][name].get("strategies", {})),
            "set": dict(arm.set),
        }
        for name, arm in spec.arms.items()
    ]
    return {
        "kind": "scenario",
        "name": described.name,
        "path": str(path),
        "hash": described.hash,
        **spec.about.model_dump(mode="json"),
        "market": spec.market.model_dump(mode="json"),
        "on": [
            name
            for name in type(spec).model_fields
            if getattr(getattr(spec, name), "on", False) or name in spec.on
        ],
        "focal": described.focal,
        "firms": firms,
        "arms": arms,
    }


def values(described: Scenario) -> list[dict[str, Any]]:
    """Every parameter of a scenario by dotted name, with value, unit, bounds and meaning; distributions whole."""
    return [
        {
            "name": d.name,
            "value": short_spread(d.value),
            "unit": d.unit,
            "bounds": d.bounds,
            "meaning": d.meaning,
            "evidence": evidence_of(plain_path(d.name)),
            "behind": behind(
                plain_path(d.name),
                d.source,
                isinstance(d.value, (int, float, dict)) and not isinstance(d.value, bool),
            ),
        }
        for d in declared(described.spec).values()
        if not d.spread
    ]


def short_spread(value: Any) -> Any:
    """A distribution as one writes it: a number when it is the same for all, else what counts; other values as they are."""
    if not isinstance(value, dict) or set(value) != set(Spread.model_fields):
        return value
    kind = value["distribution"]
    if kind == "fixed":
        return value["mean"]
    return {name: value[name] for name in counting(kind)}


def first_line(text: str | None) -> str:
    """The first paragraph of a docstring on one line."""
    return " ".join((text or "").strip().split("\n\n")[0].split())


def literal(value: Any) -> str:
    """A value as one writes it in a scenario."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {literal(v)}" for k, v in value.items()) + " }" if value else "-"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(literal(v) for v in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)
