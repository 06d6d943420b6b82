"""The contract of a process: a behaviour of customers, or a force of the world, that belongs to the whole market.

One file in `processes/`, one class, its name the name of the file. A process has the phases of every part (see
`contract.part`), and comes before the strategies in each of them, on the morning's offers after them: the market's forces act
on what the firms offer. It declares

* `sections`: what a scenario says of it, by name of the section, and `of_firm`: what it says of it at each firm;
* `columns`: what it keeps of every customer, or of every customer and firm, for all to see;
* `remembers`: what else changes during a run;
* `follows`: processes that must have taken part before it, where they are there.

A process that is off is not built at all, and one whose file is deleted is gone from scenarios, columns and documentation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from regulars.contract import spelling
from regulars.contract.part import DailyPart
from regulars.ground import registered
from regulars.ground.errors import RegularsError
from regulars.ground.folder import modules
from regulars.ground.parameter import ParameterSet
from regulars.world.customers import Column, Customers

if TYPE_CHECKING:
    from regulars.ground.chance import Chance

FOLDER = "regulars.processes"
Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Section:
    """What a scenario says of a process: the kind of value, what stands there when nothing is said, and what it means."""

    kind: Any
    default: Any
    meaning: str
    unit: str = ""


def section(kind: type[ParameterSet], meaning: str) -> Section:
    """The usual section: one table of parameters, all at their defaults when left out."""
    return Section(kind, kind(), meaning)


class Process(DailyPart):
    """Base of all processes."""

    owner: ClassVar[Literal["firm", "market"]] = "market"
    sections: ClassVar[dict[str, Section]] = {}
    of_firm: ClassVar[dict[str, Section]] = {}
    columns: ClassVar[tuple[Column, ...]] = ()
    follows: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def wanted(cls, spec: Any) -> bool:
        """Whether a scenario switches the process on.

        Raises:
            RegularsError: where the process has no section of its own name.
        """
        name = cls.title()
        if name not in cls.sections:
            known = ", ".join(cls.sections) or "none"
            raise RegularsError(
                f"the process {cls.__name__} is called '{name}' and has no section of this name (its sections: {known}); call the "
                "section so, or the file, or say by `wanted` when it is on"
            )
        return bool(getattr(spec, name).on)

    @classmethod
    def problems(cls, spec: Any) -> list[tuple[Place, str]]:
        """What is wrong with what a scenario says of it: (path, message); also where it is off."""
        return []

    @classmethod
    def largest_basket(cls, spec: Any) -> float:
        """By how much the process may multiply a customer's mean purchase at most; sums of money must stay countable."""
        return 1.0

    @classmethod
    def endow(cls, customers: Customers, spec: Any, chance: Chance) -> None:
        """Add the columns that the process keeps, and draw what differs between customers."""
        for column in cls.columns:
            customers.add(column.name, column.initial)

    def __init__(self, market: Any, rules: Any) -> None:
        self.market, self.rules = market, rules
        self.customers, self.chance = market.customers, market.chance


def names() -> list[str]:
    """All processes: the modules of the folder `processes`."""
    return modules(FOLDER)


def find(name: str) -> type[Process]:
    """The process class of a name."""
    return spelling.loaded(FOLDER, name, Process)


def every() -> tuple[type[Process], ...]:
    """All processes in the order in which they take part: each after those that it follows, else by name."""
    return _in_order(*there())


def there() -> tuple[tuple[str, ...], frozenset[type]]:
    """Which processes there are, as a key: their names, and the classes that were registered."""
    return tuple(names()), frozenset(registered.everything().values())


@cache
def _in_order(titles: tuple[str, ...], own: frozenset[type]) -> tuple[type[Process], ...]:
    kinds = {title: find(title) for title in titles}

    def ordered(title: str, above: tuple[str, ...] = ()) -> Iterator[str]:
        if title in above:
            raise TypeError(f"processes follow one another in a circle: {' -> '.join((*above, title))}")
        for before in sorted(set(kinds[title].follows) & set(kinds)):
            yield from ordered(before, (*above, title))
        yield title

    return tuple(kinds[title] for title in dict.fromkeys(t for title in titles for t in ordered(title)))


def columns() -> dict[str, Column]:
    """Columns of customers that processes declare, by name."""
    return {column.name: column for kind in every() for column in kind.columns}
