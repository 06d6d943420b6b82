"""The tables of docs/reference/strategies.md: every parameter of every strategy, pricing policy and recommender, as the code has it.

`PYTHONPATH=sim:tests python -m notebooks.parameters` writes them anew; what stands above them on the page is kept.
"""

from collections.abc import Iterable
from typing import Any

from notebooks.pages import DOCS
from regulars.ground.parameter import ParameterSet, Spread, field_extra
from regulars.scenario.declared import choices_of
from regulars.contract import pricing, recommender, strategy

PAGE = DOCS / "reference" / "strategies.md"
BEGIN = "<!-- From here on `python -m notebooks.parameters` writes the page. -->\n"
ROOMS = {
    "Strategies": ("strategies", strategy),
    "Pricing policies": ("pricing", pricing),
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


if __name__ == "__main__":
    above = PAGE.read_text(encoding="utf-8").partition(BEGIN)[0]
    PAGE.write_text(above + BEGIN + "\n" + written(), encoding="utf-8")
