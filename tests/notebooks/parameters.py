"""Tables of the reference, as the code has them: parameters of strategies, policies, recommenders, and of scenarios.

`PYTHONPATH=sim:tests python -m notebooks.parameters` writes them anew. In docs/reference/strategies.md what stands above them is
kept; in docs/reference/scenarios.md every row of a parameter is written anew where it stands. The tables of model.md speak of
symbols of its formulas and are held to defaults and units only.
"""

import re
from collections.abc import Iterable
from typing import Any

from notebooks.pages import DOCS
from regulars.ground.parameter import ParameterSet, Spread, field_extra
from regulars.scenario import whole_spec
from regulars.scenario.declared import choices_of
from regulars.contract import policy, recommender, strategy

PAGE = DOCS / "reference" / "strategies.md"
SCENARIOS = DOCS / "reference" / "scenarios.md"
ROW = re.compile(r"^\| `([a-z_]+\.[a-z_]+)` \|(?:[^|]*\|){3}$", re.MULTILINE)
BEGIN = "<!-- From here on `python -m notebooks.parameters` writes the page. -->\n"
ROOMS = {
    "Strategies": ("strategies", strategy),
    "Policies": ("policies", policy),
    "Recommenders": ("recommenders", recommender),
}


def told(value: Any) -> str:
    """A default as the tables write it."""
    if isinstance(value, Spread):
        return f"{value.centre:g}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple) and value and isinstance(value[0], ParameterSet):
        return ", ".join(item.name for item in value) + " (below)"
    return f"{value:g}" if isinstance(value, float) else str(value) if value or value == 0 else "none"


def table(kind: type[ParameterSet], of: str) -> str:
    """The parameters of one table of a scenario."""
    lines = [f"| of {of} | default | unit | range | meaning |", "|---|---|---|---|---|"]
    for name, field in kind.model_fields.items():
        extra = field_extra(field)
        default = "needed" if field.is_required() else told(field.default)
        allowed = extra.get("bounds", "") or ", ".join(choices_of(field.annotation))
        cells = [f"`{name}`", default, extra.get("unit", ""), allowed, field.description or ""]
        lines.append("".join(f"| {cell} " if cell else "| " for cell in cells) + "|")
    return "\n".join(lines) + "\n"


def items(parameters: type[ParameterSet]) -> Iterable[str]:
    """Tables of what a list among the parameters holds: what an item takes, and the items that are there by default."""
    for name, field in parameters.model_fields.items():
        value = field.default
        if not isinstance(value, tuple) or not value or not isinstance(value[0], ParameterSet):
            continue
        yield table(type(value[0]), f"each of `{name}`")
        lines = [f"| of `{name}` by default | what it sets |", "|---|---|"]
        for item in value:
            own = [f"`{k} = {told(getattr(item, k))}`" for k in sorted(item.model_fields_set - {"name"})]
            lines.append(f"| {item.name} | {', '.join(own)} |")
        yield "\n".join(lines) + "\n"


def written() -> str:
    """The part of the page that follows from the code."""
    parts = []
    for title, (folder, room) in ROOMS.items():
        parts.append(f"## {title}\n")
        for name in room.names():
            kind = room.find(name)
            first = (kind.__doc__ or "").strip().split("\n")[0]
            place = f"[{folder}/{name}.py](../../sim/regulars/{folder}/{name}.py)"
            parts += [f"### `{name}`\n", f"{first} ({place})\n"]
            if kind.Parameters.model_fields:
                parts.append(table(kind.Parameters, f"`{name}`"))
            else:
                parts.append("It has no parameters.\n")
            parts += items(kind.Parameters)
    return "\n".join(parts)


def is_set(kind: Any) -> bool:
    """Whether something is a table of parameters."""
    return isinstance(kind, type) and issubclass(kind, ParameterSet)


def declared() -> dict[str, tuple[str, str, str]]:
    """Default, unit and meaning of every parameter of a scenario, by section and name, as the tables write them."""
    found = {}
    for section, field in whole_spec().model_fields.items():
        inside = (field.annotation, *getattr(field.annotation, "__args__", ()))
        kind = next((part for part in inside if is_set(part)), ParameterSet)
        for parameter, inner in kind.model_fields.items():
            default = "needed" if inner.is_required() else told(inner.default)
            choices = ", ".join(f"`{choice}`" for choice in choices_of(inner.annotation))
            meaning = f"{inner.description or ''}: {choices}" if choices else inner.description or ""
            found[f"{section}.{parameter}"] = default, str(field_extra(inner).get("unit", "")), meaning
    return found


def with_rows(page: str) -> str:
    """A page on scenarios with every row of a parameter as it is declared."""
    known = declared()

    def row(match: re.Match[str]) -> str:
        if match[1] not in known:
            return match[0]
        cells = (f"`{match[1]}`", *known[match[1]])
        return "".join(f"| {cell} " if cell else "| " for cell in cells) + "|"

    return ROW.sub(row, page)


if __name__ == "__main__":
    SCENARIOS.write_text(with_rows(SCENARIOS.read_text(encoding="utf-8")), encoding="utf-8")
    above = PAGE.read_text(encoding="utf-8").partition(BEGIN)[0]
    PAGE.write_text(above + BEGIN + "\n" + written(), encoding="utf-8")
