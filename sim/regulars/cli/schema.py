"""`regulars schema`: the JSON schema of scenarios, for editors."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from regulars.cli.options import JsonOption, OverwriteOption

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema(
    out: Annotated[
        Path | None,
        typer.Option(dir_okay=False, show_default=False, help="File to write; stdout when left out."),
    ] = None,
    overwrite: OverwriteOption = False,
    json: JsonOption = False,
) -> None:
    """Write the JSON schema of scenario files, so that an editor completes and checks them.

    Name it in the first line of a scenario: `#:schema regulars.schema.json`.
    """
    from regulars.cli import say

    if out is None:
        say.document(whole_schema())
        return
    write_json_schema(out, overwrite)
    if json:
        say.document({"schema": str(out)})
    else:
        say.text(f"schema: {out}")


def whole_schema() -> dict[str, Any]:
    """JSON schema of scenario files for editors: units and bounds stand in what an editor shows and checks."""
    from regulars.scenario.schema import json_schema, many_firms

    schema = json_schema()
    schema.pop("required", None)  # a scenario that extends another one need not name its firms again
    for table in (schema, *schema["$defs"].values()):
        for described in table.get("properties", {}).values():
            _tell_bounds(described)
    for owner in ("FirmOffer", "Arm"):
        for strategy in schema["$defs"][owner]["properties"]["strategies"]["properties"].values():
            for described in strategy.get("properties", {}).values():
                _tell_bounds(described)
    many_firms(schema)
    return {"$schema": DIALECT, "title": "Regulars scenario", **schema}


def _tell_bounds(described: dict[str, Any]) -> None:
    """Turn our `unit` and `bounds` into what editors know: a description with both, and limits of numbers."""
    unit, bounds, source = (str(described.pop(word, "")) for word in ("unit", "bounds", "source"))
    described.pop("total", None)
    about = [described.get("description", ""), ", ".join(part for part in (unit, bounds) if part)]
    described["description"] = " | ".join(part for part in (*about, source and f"source: {source}") if part)
    if described.get("type") not in ("number", "integer") or not bounds:
        return
    ends = zip(
        ("minimum", "maximum"), bounds[1:-1].split(","), (bounds[0] == "(", bounds[-1] == ")"), strict=True
    )
    for word, end, open_end in ends:
        if (value := float(end)) not in (float("inf"), float("-inf")):
            described[f"exclusive{word.capitalize()}" if open_end else word] = value


def write_json_schema(out: Path, overwrite: bool = False) -> None:
    """Write the JSON schema of scenario files, with its checksum at the top."""
    from json import dumps

    from regulars.ground.output import SIGN, signed, whole_file

    schema = {"$comment": SIGN + "0" * 16, **whole_schema()}
    with whole_file(out, overwrite=overwrite) as draft:
        draft.write_bytes(signed(dumps(schema, indent=2) + "\n").encode())
