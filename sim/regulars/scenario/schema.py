"""The JSON schema of scenario files, for editors."""

from __future__ import annotations

import copy
from typing import Any

from regulars.contract import pricing
from regulars.contract.strategy import find
from regulars.scenario.groups import COUNT, DEFAULTS, LIKE, MOST
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
    schema["$defs"]["FirmOffer"]["properties"]["pricing"] = pricing.json_schema()
    schema["$defs"]["AcrossFirms"] = {
        **copy.deepcopy(schema["$defs"]["Spread"]),
        "required": ["distribution"],
        "description": "a distribution across the firms of a group",
    }
    schema["$defs"]["Spread"] = {"anyOf": [{"type": "number"}, schema["$defs"]["Spread"]]}
    schema["$defs"]["Doubt"] = {"anyOf": [{"type": "number"}, schema["$defs"]["Doubt"]]}
    for owner in ("FirmOffer", "Arm"):
        schema["$defs"][owner]["properties"]["strategies"] = {
            "type": "object", "properties": strategies, "additionalProperties": False
        }  # fmt: skip
    return schema


def many_firms(schema: dict[str, Any]) -> None:
    """Add to the schema of scenario files how firms are written once and are many: defaults, likes, groups, distributions."""
    kinds = schema["$defs"]
    firm = copy.deepcopy(
        kinds["FirmOffer"]
    )  # arms share what strategies take, and have no distributions across firms
    offers = firm["properties"]
    strategies = [one["properties"] for one in offers["strategies"]["properties"].values()]
    policies = [one["properties"] for one in offers["pricing"]["anyOf"] if "properties" in one]
    places = [kinds[one]["properties"] for one in ("LeaseTerms", "StaffTerms")]
    for table in (offers, *strategies, *policies, *places):
        for described in table.values():
            _may_differ(described)
    _may_differ(offers["categories"]["additionalProperties"])
    common = {name: {"$ref": f"#/$defs/FirmOffer/properties/{name}"} for name in offers if name != "name"}
    kinds["FirmDefaults"] = {"type": "object", "properties": common, "additionalProperties": False}
    firm["properties"] = {
        **offers,
        LIKE: {"type": "string", "description": "name of the firm that this one is like, but for what it says itself"},
        COUNT: {
            "type": "integer", "minimum": 1, "maximum": MOST,
            "description": "so many firms, named by the pattern of the name, such as 'seller {}'",
        },
    }  # fmt: skip
    kinds["FirmOffer"] = firm
    schema["properties"][DEFAULTS] = {
        "$ref": "#/$defs/FirmDefaults",
        "description": "what every firm has unless it says otherwise",
    }


def _may_differ(described: dict[str, Any]) -> None:
    """Let a distribution across firms stand in the place of a number."""
    across = {"$ref": "#/$defs/AcrossFirms"}
    if described.get("type") in ("number", "integer"):
        described["anyOf"] = [{"type": described.pop("type")}, across]
    elif {"type": "number"} in described.get("anyOf", []):
        described["anyOf"] = [*described["anyOf"], across]
