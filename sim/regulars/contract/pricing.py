"""The contract of a pricing policy: one file in `pricing/`, one class, its name the name of the file.

A pricing policy decides a firm's list price. It declares its parameters and sources like a strategy does, and is asked
every `every` days, before the firm's strategies make their offers. It sees what is on the firm's `Desk`: list
prices, the own till and the own books. All firms decide at once, on the list prices of yesterday, so that the
order of firms is nothing.

In a scenario:

    [firms.pricing]
    kind = "markup"
    margin = 0.3
    every = 28
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from regulars.contract import spelling
from regulars.contract.part import Part
from regulars.ground.alike import nearest
from regulars.ground.errors import shown
from regulars.ground.folder import modules
from regulars.ground.parameter import ParameterSet, Problem, par
from regulars.ground.parsed import Parsed
from regulars.world.calendar import periods, turns
from regulars.world.desk import Desk

FOLDER = "regulars.pricing"
Place = tuple[str | int, ...]


class PricingParameters(ParameterSet):
    """Parameters that every pricing policy has."""

    every: float = par(
        28.0, "days", "[1, 36525]", "time between two decisions; the first one is on the first day"
    )


class PricingPolicy(Part):
    """Base of all pricing policies; `price` is the decision."""

    Parameters: ClassVar[type[ParameterSet]] = PricingParameters

    def __init__(self, desk: Desk, parameters: Any) -> None:
        self.desk, self.parameters = desk, parameters

    @classmethod
    def problems(cls, parameters: Any, own: str, firms: Sequence[str]) -> list[tuple[str, str]]:
        """What is wrong with the parameters of the firm `own` among `firms`: (parameter, message)."""
        return []

    def rules(self) -> dict[str, Any]:
        """The parameters as a plain table."""
        return dict(self.parameters.model_dump(mode="python"))

    def due(self) -> bool:
        """Whether a decision falls on this day: there is one on the first day, and at the begin of each further period."""
        return turns(self.desk.day, self.parameters.every)

    def number(self) -> int:
        """Number of the period of `every` days that this day lies in, from 0."""
        return periods(self.desk.day, self.parameters.every)

    def price(self, day: float) -> float | None:
        """List price from `day` on, currency per unit; None to leave it as it is."""
        return None


def without_room(parameters: Any) -> list[tuple[str, str]]:
    """What is wrong when the highest price (0: none) does not lie above the lowest."""
    if 0 < parameters.highest <= parameters.lowest:
        return [("highest", f"{parameters.highest:g} is not above lowest = {parameters.lowest:g}")]
    return []


def names() -> list[str]:
    """All pricing policies: the modules of the folder `pricing`."""
    return modules(FOLDER)


def find(name: str, place: Place = ()) -> type[PricingPolicy]:
    """The pricing policy of a name; a mistyped one is answered with the nearest right name."""
    known = names()
    if name not in known:
        raise Problem(
            [((*place, "kind"), f"no pricing policy is called {shown(name)}; {nearest(name, known)}")]
        )
    return spelling.loaded(FOLDER, name, PricingPolicy)


@dataclass(frozen=True, slots=True)
class Pricing(Parsed):
    """How a firm sets its price, as it is read: a pricing policy and its parameters, or no policy (false), which leaves the price as it is.

    Example:
        >>> Pricing.read({"kind": "markup", "margin": 0.3}).parameters.margin
        0.3
    """

    kind: str = ""
    parameters: Any = None

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> Self:
        """Read a table with the `kind` of a pricing policy and its parameters; an empty one means that there is none.

        Raises:
            Problem: for a kind or parameters that do not exist or will not do, with the nearest names.
        """
        if not table:
            return cls()
        if "kind" not in table:
            raise Problem([(("kind",), f"a pricing policy needs a kind; known here: {', '.join(names())}")])
        kind = find(table["kind"])
        own = {name: value for name, value in table.items() if name != "kind"}
        return cls(kind.title(), kind.Parameters.read(own))

    def table(self) -> dict[str, Any]:
        """The table, defaults written out; an empty one for no policy."""
        return {"kind": self.kind, **self.parameters.model_dump(mode="python")} if self else {}

    def __bool__(self) -> bool:
        return bool(self.kind)

    def problems(self, own: str, firms: Sequence[str]) -> list[tuple[Place, str]]:
        """What does not go with the firm `own` among `firms`: (path, message)."""
        if not self:
            return []
        return [((name,), text) for name, text in find(self.kind).problems(self.parameters, own, firms)]

    def employ(self, desk: Desk) -> PricingPolicy:
        """The policy at the desk of a firm."""
        return find(self.kind)(desk, self.parameters)


def json_schema() -> dict[str, Any]:
    """JSON schema of a pricing table."""
    kinds = []
    for name in names():
        kind = find(name)
        own = kind.Parameters.model_json_schema()
        own["properties"] = {"kind": {"const": name}, **own.get("properties", {})}
        kinds.append(
            {**own, "required": ["kind"], "description": (kind.__doc__ or "").strip().split("\n")[0]}
        )
    return {"type": "object", "anyOf": [*kinds, {"type": "object", "maxProperties": 0}]}
