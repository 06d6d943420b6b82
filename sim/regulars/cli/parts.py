"""Kinds of parts as the command line lists and shows them: strategies, behaviours, pricing policies and recommenders."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from inspect import cleandoc, getmodule
from typing import Any, get_args

from regulars.cli.describe import every_state, first_line, parameter, parameters
from regulars.contract import pricing, process, recommender, strategy
from regulars.contract.part import PHASES, DailyPart
from regulars.contract.uses import uses
from regulars.ground.parameter import ParameterSet


@dataclass(frozen=True)
class Kind:
    """One kind of part: its word, the word for many, where it is registered, and what it declares besides."""

    one: str
    many: str
    names: Callable[[], list[str]]
    find: Callable[[str], type]
    more: Callable[[Any], dict[str, Any]]
    path: str = ""  # by which evidence knows its parameters

    @property
    def word(self) -> str:
        """What one is called in a sentence."""
        return "pricing policy" if self.one == "pricing" else self.one

    def about(self, name: str) -> dict[str, Any]:
        """All that the part of this name declares."""
        kind: Any = self.find(name)
        module = getmodule(kind)
        head = {
            "kind": self.one,
            "name": name,
            "title": first_line(module.__doc__ if module else None) or first_line(kind.__doc__),
            "what": " ".join((kind.__doc__ or "").split()),
        }
        return {**head, "parameters": parameters(kind.Parameters, f"{self.path}.{name}"), **self.more(kind)}

    def listed(self) -> list[dict[str, Any]]:
        """Name and first line of every part."""
        return [{"name": name, "title": first_line(self.find(name).__doc__)} for name in self.names()]


def _of_strategy(kind: Any) -> dict[str, Any]:
    kept = every_state(kind)
    return {
        "state": [{"name": s.name, "type": s.dtype, "unit": s.unit, "meaning": s.meaning} for s in kept],
        **_phases(kind),
        "off": dict(kind.off),
        "touches": uses(kind).told(),
        "sources": list(kind.sources),
    }


def _of_process(kind: Any) -> dict[str, Any]:
    module = getmodule(kind)
    rule, sources = _told(module.__doc__ if module else None)
    market = [row for name, said in kind.sections.items() for row in _rows(name, said)]
    firm = [row for name, said in kind.of_firm.items() for row in _rows(f"firms.*.{name}", said)]
    return {
        "rule": rule,
        "parameters": [*market, *firm],
        "columns": [
            {"name": c.name, "type": c.dtype, "each": "firm" if c.pair else "", "unit": c.unit, "meaning": c.meaning}
            for c in kind.columns
        ],
        "follows": list(kind.follows),
        "touches": uses(kind).told(),
        **_phases(kind),
        "sources": list(kind.sources) or sources,
    }  # fmt: skip


def _of_others(kind: Any) -> dict[str, Any]:
    return {"sources": list(kind.sources)}


def _phases(kind: type) -> dict[str, Any]:
    return {
        "phases": [phase for phase in PHASES if getattr(kind, phase, None) is not getattr(DailyPart, phase)]
    }


def _rows(name: str, said: process.Section) -> Iterable[dict[str, Any]]:
    """The parameters of a section by dotted name: of a table, of each table of a list, or a single value."""
    inner = next(
        (kind for kind in (said.kind, *get_args(said.kind)) if isinstance(kind, type) and issubclass(kind, ParameterSet)),
        None,
    )  # fmt: skip
    if inner is None:
        yield parameter(name, name, said.kind, said.default, {"unit": said.unit}, said.meaning)
        return
    dotted = f"{name}.*" if isinstance(said.default, tuple) else name
    for row in parameters(inner, name.removeprefix("firms.*.")):
        yield {**row, "name": f"{dotted}.{row['name']}"}


def _told(text: str | None) -> tuple[str, list[str]]:
    """What the words on top of a file say below their first paragraph: the rule, and where it comes from."""
    below = cleandoc(text or "").split("\n\n")[1:]
    is_source = ("Source:", "Sources:")
    sources = [" ".join(part.split()).partition(": ")[2] for part in below if part.startswith(is_source)]
    return "\n\n".join(part for part in below if not part.startswith(is_source)), sources


KINDS = {
    kind.many: kind
    for kind in (
        Kind("strategy", "strategies", strategy.names, strategy.find, _of_strategy, "strategies"),
        Kind("behaviour", "behaviours", process.names, process.find, _of_process, ""),
        Kind("pricing", "pricing", pricing.names, pricing.find, _of_others, "pricing"),
        Kind("recommender", "recommenders", recommender.names, recommender.find, _of_others, "recommenders"),
    )
}


def named(name: str) -> list[Kind]:
    """The kinds of parts that have one of this name."""
    return [kind for kind in KINDS.values() if name in kind.names()]
