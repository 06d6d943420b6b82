"""What a dotted name means: which values of a scenario, the same wherever a name is written.

`firms.0.price` and `firms.ours.price` are the price of one firm (by its number in order of name, or by its name),
`arms.rebate.strategies.threshold_rebate.days` is a parameter of a strategy in one arm, and `*` in place of an arm or a
firm means every one that has the rest. A name stands for something that is there; what is not there yet can be added
as a whole table only, as in `firms.ours.strategies.threshold_rebate = {days = 3}`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from regulars.contract import strategy
from regulars.contract.pricing import Pricing
from regulars.ground.alike import alike, nearest
from regulars.ground.errors import shown
from regulars.ground.parameter import ParameterSet, Problem, Spread, dotted
from regulars.scenario.declared import Path, declared, nearest_parameter
from regulars.scenario.named import EVERY
from regulars.scenario.renamed import is_now, name_now, note
from regulars.scenario.spec import Spec

ABSENT: Any = object()  # where a whole table may be added
NOUNS = {"firms": "firm", "arms": "arm", "strategies": "strategy"}


@dataclass(frozen=True)
class Meant:
    """One value that a name stands for: where it is, what it is now, and the distribution that it is a number of."""

    path: Path
    value: Any
    spread: Spread | None = None


class _Lost(Exception):
    """The place from which `rest` of a name leads nowhere, and why; without a reason, what it could go on with."""

    def __init__(self, place: Path, rest: str, why: str = "", known: Iterable[str] = ()) -> None:
        self.place, self.rest, self.why, self.known = place, rest, why, known


def meant(spec: Spec, name: str) -> list[Meant]:
    """All that a name stands for: one value, or several where it holds a `*`.

    Raises:
        Problem: when it stands for nothing; says what could be meant.
    """
    if not isinstance(name, str) or "" in name.split("."):
        raise Problem([((), f"{shown(name)} is no name of a parameter; one is 'market.customers'")])
    if name_now(name) != name:
        note([is_now(name)])
        name = name_now(name)
    try:
        return list(_find(spec, (), name))
    except _Lost as lost:
        told = lost.why or _strategy_elsewhere(spec, lost, name)
        told = (
            told
            or f"no parameter of this name; {_near(lost, name) or nearest_parameter(name, declared(spec))}"
        )
        raise Problem([((name,), told)]) from None


def _find(here: Any, place: Path, rest: str) -> Iterator[Meant]:
    """All that the rest of a name stands for, from a place on."""
    if not rest:
        yield Meant(place, here)
    elif isinstance(here, Spread):
        part, further = _split(rest, Spread.model_fields)
        if part is None or further:
            raise _Lost(place, rest, f"a distribution has {', '.join(Spread.model_fields)}")
        yield Meant((*place, part), getattr(here, part), here)
    elif isinstance(here, ParameterSet):
        field, further = _split(rest, type(here).model_fields)
        if field is None:
            raise _Lost(place, rest, known=type(here).model_fields if place else ())
        yield from _field(here, field, (*place, field), further)
    elif isinstance(here, tuple) and here and isinstance(here[0], ParameterSet):
        yield from _item(here, place, rest)
    elif here is None:
        raise _Lost(place, rest, f"there is no '{place[-1]}' here; set it as a whole table to have one")
    else:
        raise _Lost(place, rest, f"there is nothing inside '{place[-1]}'; set it as a whole")


def _field(owner: ParameterSet, field: str, place: Path, rest: str) -> Iterator[Meant]:
    """What is meant within one field of a section."""
    value = getattr(owner, field)
    if isinstance(value, Pricing) and rest:
        if not value:
            raise _Lost(
                place,
                rest,
                f"there is no pricing policy here; set the whole of '{dotted(place)}', as {{ kind = \"markup\" }}",
            )
        yield from (
            [Meant((*place, rest), value.kind)] if rest == "kind" else _find(value.parameters, place, rest)
        )
    elif not rest or not isinstance(value, Mapping):
        yield from _find(value, place, rest)
    elif field == "strategies":
        yield from _table(value, place, rest)
    elif field == "arms":
        yield from _every(value, place, rest) if _is_every(rest) else _table(value, place, rest)
    elif rest in value:  # free names, such as those of categories
        yield Meant((*place, rest), value[rest])
    else:
        raise _Lost(place, rest, f"there is no '{rest}' in '{place[-1]}'; set it as a whole table to add one")


def _table(tables: Mapping[str, Any], place: Path, rest: str) -> Iterator[Meant]:
    """What is meant among tables by name, or the place of one that may be added."""
    name, further = _split(rest, tables)
    if name is not None:
        yield from _find(tables[name], (*place, name), further)
    elif "." not in rest:
        yield Meant((*place, rest), ABSENT)
    elif place[-1] == "strategies":
        raise _Lost(place, rest)
    elif not tables:
        raise _Lost(
            place, rest, "there are no arms here; inside an arm a name means the market, and never an arm"
        )
    else:
        raise _Lost(place, rest, f"no arm of this name; {nearest(rest.partition('.')[0], tables)}")


def _item(items: tuple[Any, ...], place: Path, rest: str) -> Iterator[Meant]:
    """What is meant in a list of tables: an item by its name or its number, or every one."""
    if _is_every(rest):
        yield from _every(dict(enumerate(items)), place, rest)
        return
    names = [str(getattr(item, "name", "")) for item in items]
    name, further = _split(rest, filter(None, names))
    if name is not None:
        yield from _find(items[names.index(name)], (*place, names.index(name)), further)
        return
    step, _, further = rest.partition(".")
    if not (step.isascii() and step.isdigit() and len(step) < 10 and int(step) < len(items)):
        by_name = f" in order of name, or a name; {nearest(step, names)}" if place == ("firms",) else ""
        noun = NOUNS.get(str(place[-1]), "item")
        raise _Lost(place, rest, f"no {noun} {shown(step)}: use 0 to {len(items) - 1}{by_name}")
    yield from _find(items[int(step)], (*place, int(step)), further)


def _every(items: Mapping[Any, Any], place: Path, rest: str) -> Iterator[Meant]:
    """What is meant in every item that has the rest of the name."""
    further = rest[len(EVERY) + 1 :]
    lost = _Lost(place, rest, f"no {NOUNS.get(str(place[-1]), 'item')} has this")
    found: list[Meant] = []
    for step, item in items.items():
        try:
            found += [one for one in _find(item, (*place, step), further) if one.value is not ABSENT]
        except _Lost as error:
            lost = error
    if not found:
        raise lost
    yield from found


def _is_every(rest: str) -> bool:
    return rest == EVERY or rest.startswith(EVERY + ".")


def _split(rest: str, known: Iterable[str]) -> tuple[str | None, str]:
    """The longest known name that `rest` begins with, and what follows it; names of arms may hold dots."""
    fits = [name for name in known if rest == name or rest.startswith(f"{name}.")]
    best = max(fits, key=len, default=None)
    return best, "" if best is None else rest[len(best) + 1 :]


def _near(lost: _Lost, name: str) -> str:
    """A hint with what stands beside where a name went wrong and is much like it; nothing when there is none."""
    step, dot, further = lost.rest.partition(".")
    near = alike(step, lost.known)
    return f"did you mean '{name[: len(name) - len(lost.rest)]}{near[0]}{dot}{further}'?" if near else ""


def _strategy_elsewhere(spec: Spec, lost: _Lost, name: str) -> str:
    """Where a strategy is that is not where a name looks for it; nothing when no strategy is looked for."""
    wanted = lost.rest.partition(".")[0]
    if lost.place[-1:] != ("strategies",) or wanted not in strategy.names():
        return ""
    names = [firm.name for firm in spec.firms]
    focal = names.index(spec.market.focal or names[0])
    places = []
    if lost.place[:2] in (("firms", focal), *(("arms", arm) for arm in spec.arms)):
        places = [f"firms.{names[focal]}"] if wanted in spec.firms[focal].strategies else []
        places += [f"arms.{arm}" for arm, table in spec.arms.items() if wanted in table.strategies]
        places += [f"arms.{EVERY}"] if len(places) > 1 else []
    likely = " or ".join(f"'{place}.strategies.{lost.rest}'" for place in places)
    here = name[: len(name) - len(lost.rest)] + wanted
    add = f"to add it, set '{here}' to a whole table"
    return f"there is no {wanted} here; " + (f"did you mean {likely}? {add.capitalize()}" if likely else add)
