"""What follows from the code on pages of the documentation: parameters with what stands behind them, and published effects.

`PYTHONPATH=sim:tests python -m notebooks.parameters` writes them anew. In docs/reference/strategies.md and evidence.md what stands above
them is kept; in docs/reference/scenarios.md every row of a parameter is written anew where it stands. The tables of model.md speak of
symbols of its formulas and are held to defaults and units only.
"""

import re
from collections.abc import Iterable
from typing import Any

from notebooks.pages import DOCS
from regulars.cli.describe import is_number
from regulars.contract.part import DailyPart
from regulars.contract.uses import uses
from regulars.scenario import whole_spec
from regulars.contract import pricing, recommender, strategy
from regulars.evidence.collection import behind, collection, evidence_of
from regulars.evidence.published import PublishedEffect, PublishedPrior
from regulars.ground.parameter import ParameterSet, Spread, field_extra
from regulars.lab.yardstick import find as find_yardstick
from regulars.lab.yardstick import names as yardstick_names
from regulars.scenario.declared import choices_of
from regulars.scenario.paths import every_path

PAGE = DOCS / "reference" / "strategies.md"
SCENARIOS = DOCS / "reference" / "scenarios.md"
ROW = re.compile(r"^\| `([a-z_]+\.[a-z_]+)` \|(?:[^|]*\|){3}$", re.MULTILINE)
BEGIN = "<!-- From here on `python -m notebooks.parameters` writes the page. -->\n"
EFFECTS = DOCS / "reference" / "evidence.md"
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


def table(kind: type[ParameterSet], of: str, path: str = "") -> str:
    """The parameters of one table of a scenario; with its path also what stands behind each."""
    lines = [f"| of {of} | default | unit | range | meaning |", "|---|---|---|---|---|"]
    if path:
        lines = [f"{lines[0]} evidence |", f"{lines[1]}---|"]
    for name, field in kind.model_fields.items():
        extra = field_extra(field)
        default = "needed" if field.is_required() else told(field.default)
        allowed = extra.get("bounds", "") or ", ".join(choices_of(field.annotation))
        cells = [f"`{name}`", default, extra.get("unit", ""), allowed, field.description or ""]
        if path:
            cells.append(behind(f"{path}.{name}", extra.get("source", ""), is_number(field.annotation)).removeprefix("evidence: "))
        lines.append("".join(f"| {cell} " if cell else "| " for cell in cells) + "|")
    return "\n".join(lines) + "\n"


def items(parameters: type[ParameterSet], path: str) -> Iterable[str]:
    """Tables of what a list among the parameters holds: what an item takes, and the items that are there by default."""
    for name, field in parameters.model_fields.items():
        value = field.default
        if not isinstance(value, tuple) or not value or not isinstance(value[0], ParameterSet):
            continue
        yield table(type(value[0]), f"each of `{name}`", f"{path}.{name}")
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
            path = f"{folder}.{name}"
            if kind.Parameters.model_fields:
                parts.append(table(kind.Parameters, f"`{name}`", path))
            else:
                parts.append("It has no parameters.\n")
            parts += items(kind.Parameters, path)
            if issubclass(kind, DailyPart):
                parts.append(f"Touches {uses(kind)}.\n")
    return "\n".join(parts)


def effects_written() -> str:
    """The part of the page of published effects that follows from their files."""
    found = collection()
    parts = ["| yardstick | held against | without it |", "|---|---|---|"]
    for rod in map(find_yardstick, yardstick_names()):
        nothing = "0, which is published" if rod.nothing is None and rod.published.estimate == 0 else "unknown" if rod.nothing is None else f"{rod.nothing:g}"
        parts.append(f"| {rod.title} | `{rod.effect}`: {rod.published.estimate:g} | {nothing} |")
    parts += ["\n## Parameters that have evidence\n", "| parameter | effects, with their grade | priors |", "|---|---|---|"]
    for path in every_path():
        effects, priors = evidence_of(path), found.priors_of(path)
        if effects or priors:
            parts.append(f"| `{path}` | {', '.join(effects) or 'assumption'} | {'; '.join(map(prior, priors.values())) or 'none'} |")
    for topic in dict.fromkeys(found.topics[name] for name in found.effects):
        parts += [f"\n## {topic.capitalize()}\n", "| effect | what was measured | estimate | design | grade | source, and what of it was read |", "|---|---|---|---|---|---|"]
        parts += [effect(name, one) for name, one in found.effects.items() if found.topics[name] == topic]
    return "\n".join(parts) + "\n"


def prior(one: PublishedPrior) -> str:
    """A prior in a few words."""
    what = f"{one.setting}: " if one.setting else ""
    return f"{what}{one.words()}{f' ({one.unit})' if one.unit else ''}, {one.strength}"


def effect(name: str, one: PublishedEffect) -> str:
    """A row of a published effect."""
    error = f" (se {one.error:.3g})" if one.error is not None else ""
    between = f", between studies {one.between:g} ({one.between_from})" if one.between is not None else ""
    size = "sign only" if one.estimate is None else f"{one.estimate:g}{error}{between} {one.unit}".rstrip()
    where = ", ".join(part for part in (one.design, one.place, one.years) if part)
    cells = (f"`{name}`", one.measures, size, where, one.grade, f"{one.citation} ({one.checked}). {one.weakness}")
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


PAGES = {PAGE: written, EFFECTS: effects_written}

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
    for page, made in PAGES.items():
        above = page.read_text(encoding="utf-8").partition(BEGIN)[0]
        page.write_text(above + BEGIN + "\n" + made(), encoding="utf-8")
