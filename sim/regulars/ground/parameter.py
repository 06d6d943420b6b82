"""Parameters that carry their unit, bounds, meaning and source, and tell people what is wrong with a value.

`par(default, unit, bounds, doc, source)` declares one inside a `ParameterSet`; bounds are an interval in the
usual notation, such as `"[0, 1]"` or `"(0, inf)"`. A parameter that differs between customers is a `Spread`.
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Iterable, Iterator, Mapping
from types import NoneType
from typing import Any, ClassVar, Literal, Self, get_args, get_origin

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from regulars.ground.alike import nearest
from regulars.ground.distribution import draws, problem
from regulars.ground.errors import LONGEST_MESSAGE, LONGEST_VALUE, RegularsError, cut, shown
from regulars.ground.interval import interval
from regulars.ground.written import not_a_number

REQUIRED: Any = ...
Place = tuple[str | int, ...]


def par(default: Any, unit: str, bounds: str, doc: str, source: str = "", *, total: bool = False) -> Any:
    """Declare one parameter of a `ParameterSet`.

    Args:
        default: value when the scenario says nothing; `REQUIRED` when it must say something.
        unit: unit of the value in plain words; "" for a pure number or a choice.
        bounds: interval of allowed values, for example `"(0, 1]"`; "" when there is none.
        doc: what it means, for a reader of the scenario.
        source: where the default or the form comes from.
        total: whether it is a total over all customers, so that a market of twice as many has twice as much of it.
    """
    if bounds:
        interval(bounds)
    extra: Any = {"unit": unit, "bounds": bounds, "source": source} | ({"total": True} if total else {})
    return Field(default, description=doc, json_schema_extra=extra, validate_default=False)


class Problem(RegularsError):
    """One or more wrong values; `.items` holds all (path, message) pairs, the text as many as can be read."""

    def __init__(self, items: Iterable[tuple[Place, str]]) -> None:
        self.items = list(items)
        lines: list[str] = []
        room = LONGEST_MESSAGE - 40
        for path, text in self.items:
            line = cut(f"{dotted(path)}: {text}" if path else text, room if not lines else LONGEST_MESSAGE)
            room -= len(line) + 1
            if room < 0 and lines:
                lines.append(f"... and {len(self.items) - len(lines):,} more")
                break
            lines.append(line)
        super().__init__("\n".join(lines))

    def __reduce__(self) -> tuple[Any, ...]:
        """Let a worker process hand the problem back."""
        return type(self), (self.items,)


def dotted(path: Iterable[str | int]) -> str:
    """A path such as `firms.0.price`."""
    return ".".join(cut(str(step), LONGEST_VALUE) for step in path)


NEEDED = {  # kinds of pydantic's errors
    "model_type": "table", "dict_type": "table", "mapping_type": "table", "tuple_type": "list", "string_type": "text",
}  # fmt: skip


class ParameterSet(BaseModel):
    """A table of parameters; unknown names and values outside their bounds are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, protected_namespaces=())
    # fmt: off
    shapes_people: ClassVar[bool] = False  # whether other values of this section make customers other than they are
    arms_may_change: ClassVar[bool] = False  # whether paired customers can live with other values of this section
    read_before: ClassVar[tuple[str, ...]] = ()  # names that a table may have and that are gone when it is read
    says_when_on: ClassVar[tuple[str, ...]] = ()  # what a section that is on has to say: it has no usual value
    used_when_off: ClassVar[tuple[str, ...]] = ()  # what others look at even where the section is off
    # fmt: on

    @classmethod
    def read(cls, table: Any, place: tuple[str | int, ...] = ()) -> Self:
        """Build from a plain `table`; every problem is reported at once in a Problem, with its path below `place`."""
        if not isinstance(table, Mapping):
            raise Problem([(place, f"a table is needed here, not {shown(table)}")])
        try:
            return cls.model_validate(dict(table))
        except ValidationError as error:
            raise Problem(
                (place + tuple(e["loc"]) + path, text) for e in error.errors() for path, text in cls._told(e)
            ) from None

    @model_validator(mode="before")
    @classmethod
    def _no_other_kind(cls, table: Any) -> Any:
        """Pydantic would read "5" and true as numbers, 5 as a date and "no" as false; in a scenario they are mistakes."""
        if isinstance(table, Mapping):
            fields: Mapping[str, Any] = cls.model_fields
            wrong = [
                ((name, *path), f"{shown(value)} is {told}{_expected(field)}")
                for name, field in fields.items()
                for path, value, told in _other_kind(table.get(name), kinds_of(field.annotation))
            ]
            if wrong:
                raise Problem(wrong)
        return table

    @model_validator(mode="after")
    def _inside_bounds(self) -> Self:
        wrong = []
        for name, field in type(self).model_fields.items():
            bounds = field_extra(field).get("bounds")
            if not bounds:
                continue
            value = getattr(self, name)
            for label, number in _numbers(name, value):
                if not inside(number, bounds):
                    wrong.append(((label,), f"{shown(number)} is outside {bounds}{_expected(field)}"))
        if wrong:
            raise Problem(wrong)
        return self

    @classmethod
    def _told(cls, error: Any) -> list[tuple[tuple[str | int, ...], str]]:
        own = error.get("ctx", {}).get("error")
        if isinstance(own, Problem):
            return own.items
        return [((), str(own) if isinstance(own, RegularsError) else cls._tell(error))]

    @classmethod
    def _tell(cls, error: Any) -> str:
        kind, name = error["type"], str(error["loc"][-1]) if error["loc"] else ""
        if kind == "extra_forbidden":
            owner = cls._owner(error["loc"][:-1])
            return f"no parameter of this name; {nearest(name, (*owner.model_fields, *owner.read_before))}"
        field = cls._field(error["loc"])
        wanted = _expected(field) if field is not None else ""
        if kind == "missing":
            return f"this parameter is needed{wanted}"
        if kind in NEEDED:
            return f"a {NEEDED[kind]} is needed here, not {shown(error['input'])}{wanted}"
        return f"{shown(error['input'])} will not do: {error['msg'][0].lower()}{error['msg'][1:]}{wanted}"

    @classmethod
    def _owner(cls, path: Iterable[Any]) -> type[ParameterSet]:
        owner: type[ParameterSet] = cls
        for step in path:
            field = owner.model_fields.get(str(step))
            kind = field.annotation if field else None
            for part in (kind, *get_args(kind)):  # a table, or the tables of a list
                if isinstance(part, type) and issubclass(part, ParameterSet):
                    owner = part
        return owner

    @classmethod
    def _field(cls, path: tuple[Any, ...]) -> Any:
        return cls._owner(path[:-1]).model_fields.get(str(path[-1])) if path else None


class Spread(ParameterSet):
    """A value per customer: one number for all, or a distribution over customers."""

    distribution: Literal["fixed", "uniform", "normal", "lognormal", "gamma", "beta"] = "fixed"
    mean: float = 0.0
    sd: float = Field(0.0, ge=0.0)
    low: float = 0.0
    high: float = 1.0

    @model_validator(mode="before")
    @classmethod
    def _from_number(cls, value: Any) -> Any:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return {"mean": value}
        if not isinstance(value, (Mapping, Spread)):
            raise Problem(
                [
                    (
                        (),
                        f'{shown(value)} is neither a number nor a table like {{distribution = "normal", mean = 1, sd = 0.2}}',
                    )
                ]
            )
        return value

    @model_validator(mode="after")
    def _possible(self) -> Self:
        wrong, told = "", self.model_fields_set
        for name, kind in (("sd", "normal"), ("low", "uniform"), ("high", "uniform")):
            if name in told and "distribution" not in told:
                wrong = (
                    f'{name} = {getattr(self, name)} needs a distribution, such as distribution = "{kind}"'
                )
        wrong = wrong or problem(*self._numbers())
        if wrong:
            raise Problem([((), wrong)])
        return self

    @property
    def same_for_all(self) -> bool:
        """Whether every customer has the same value."""
        return self.distribution == "fixed" or (
            self.low == self.high if self.distribution == "uniform" else self.sd == 0
        )

    @property
    def centre(self) -> float:
        """Mean over customers, where bounds do not cut anything off."""
        return (self.low + self.high) / 2 if self.distribution == "uniform" else self.mean

    def draw(self, u: NDArray[Any], bounds: str = "(-inf, inf)") -> NDArray[Any]:
        """Values for uniform draws `u` in (0, 1), one per customer, by inversion, all inside `bounds`.

        A larger draw gives a value at least as large. Beyond a closed end of the bounds values are put onto the end, at
        an open one the distribution is truncated.
        """
        if self.same_for_all:
            return np.full(u.shape, self.centre)
        return draws(*self._numbers(), u, interval(bounds or "(-inf, inf)"))

    def _numbers(self) -> tuple[str, float, float, float, float]:
        return self.distribution, self.mean, self.sd, self.low, self.high


def spread_bounds(owner: ParameterSet, name: str) -> str:
    """Bounds declared for the parameter `name`."""
    return str(field_extra(type(owner).model_fields[name]).get("bounds", ""))


def field_extra(field: Any) -> dict[str, Any]:
    """Unit, bounds and source of a declared parameter."""
    return field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}


def inside(value: float, bounds: str) -> bool:
    """Whether a number lies in an interval written like `"(0, 1]"`."""
    return value in interval(bounds)


def limits(bounds: str) -> tuple[float, float]:
    """Lower and upper end of an interval written like `"(0, 1]"`."""
    return float(interval(bounds).low), float(interval(bounds).high)


@functools.cache
def kinds_of(annotation: Any) -> frozenset[Any]:
    """The plain types of which a parameter is made; of tables those of the values."""
    inside = [kind for kind in get_args(annotation) if kind is not Ellipsis]
    if get_origin(annotation) is dict:
        inside = inside[1:]
    return frozenset().union(*map(kinds_of, inside)) if inside else frozenset({annotation})


def _other_kind(value: Any, kinds: frozenset[Any]) -> Iterator[tuple[Place, Any, str]]:
    """What pydantic would take for another kind of thing than it is: (path, value, what it is not)."""
    if kinds <= {int, float, Spread, NoneType}:
        if isinstance(value, (str, bytes, bool)):
            yield (), value, not_a_number(value)
        elif Spread not in kinds and isinstance(value, (list, tuple, Mapping)):
            items = value.items() if isinstance(value, Mapping) else enumerate(value)
            for step, item in items:
                yield from (((step, *path), one, told) for path, one, told in _other_kind(item, kinds))
    elif kinds <= {bool} and isinstance(value, (str, bytes)):
        yield (), value, "neither true nor false"
    elif kinds <= {datetime.date} and isinstance(value, (int, float)):
        yield (), value, "not a date such as 2024-01-31"


def _numbers(name: str, value: Any) -> list[tuple[str, float]]:
    if isinstance(value, Spread):
        if value.distribution == "uniform":
            return [(f"{name}.low", value.low), (f"{name}.high", value.high)]
        return [(name if value.distribution == "fixed" else f"{name}.mean", value.mean)]
    if isinstance(value, (list, tuple)):
        return [(f"{name}.{k}", v) for k, v in enumerate(value) if isinstance(v, (int, float))]
    return [(name, value)] if isinstance(value, (int, float)) and not isinstance(value, bool) else []


def _expected(field: Any) -> str:
    extra = field_extra(field)
    parts = [
        part for part in (f"in {extra['unit']}" if extra.get("unit") else "", extra.get("bounds", "")) if part
    ]
    wanted = f" (wanted: {', '.join(parts)})" if parts else ""
    meaning = f": {field.description}" if field.description else ""
    return wanted + meaning
