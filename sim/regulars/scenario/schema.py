"""The JSON schema of scenario files, for editors."""

from __future__ import annotations

from typing import Any

from regulars.contract import policy
from regulars.contract.strategy import find
from regulars.scenario.whole import whole_spec


def json_schema() -> dict[str, Any]:
    """JSON schema of scenario files, strategies included, for editors."""
    from regulars.contract.strategy import names

    schema = whole_spec().model_json_schema()
    schema["properties"]["extends"] = {
        "type": "string",
        "description": "another scenario that this one builds on",
    }
    strategies: dict[str, Any] = {}
    for name in names():
        kind = find(name)
        own = kind.Parameters.model_json_schema(ref_template="#/$defs/{model}")
        schema["$defs"].update(own.pop("$defs", {}))
        strategies[name] = {**own, "description": (kind.__doc__ or "").strip().split("\n")[0]}
    schema["$defs"]["FirmOffer"]["properties"]["policy"] = policy.json_schema()
    schema["$defs"]["Spread"] = {"anyOf": [{"type": "number"}, schema["$defs"]["Spread"]]}
    for owner in ("FirmOffer", "Arm"):
        schema["$defs"][owner]["properties"]["strategies"] = {
            "type": "object", "properties": strategies, "additionalProperties": False
        }  # fmt: skip
    return schema
