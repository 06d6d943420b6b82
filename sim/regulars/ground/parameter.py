"""Parameters that carry their unit, bounds, meaning and source, and tell people what is wrong with a value.

`par(default, unit, bounds, doc, source)` declares one inside a `ParameterSet`; bounds are an interval in the
usual notation, such as `"[0, 1]"` or `"(0, inf)"`. A parameter that differs between customers is a `Spread`.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping
from typing import Any, Literal, Self, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from regulars.ground.errors import RegularsError

REQUIRED: Any = ...


def par(default: Any, unit: str, bounds: str, doc: str, source: str = "") -> Any:
    """Declare one parameter of a `ParameterSet`.

    Args:
        default: value when the scenario says nothing; `REQUIRED` when it must say something.
        unit: unit of the value in plain words; "" for a pure number or a choice.
        bounds: interval of allowed values, for example `"(0, 1]"`; "" when there is none.
        doc: what it means, for a reader of the scenario.
        source: where the default or the form comes from.
    """
    if bounds:
        _interval(bounds)
    extra: Any = {"unit": unit, "bounds": bounds, "source": source}
    return Field(default, description=doc, json_schema_extra=extra, validate_default=False)


class Problem(RegularsError):
    """One or more wrong values; `.items` holds (path, message) pairs."""

    def __init__(self, items: Iterable[tuple[tuple[str | int, ...], str]]) -> None:
        self.items = list(items)
        super().__init__("\n".join(f"{dotted(path)}: {text}" if path else text for path, text in self.items))

    def __reduce__(self) -> tuple[Any, ...]:
        """Let a worker process hand the problem back."""
        return type(self), (self.items,)


def dotted(path: Iterable[str | int]) -> str:
    """A path such as `firms.0.price`."""
    return ".".join(str(step) for step in path)


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint with the nearest right name, or with all of them."""
    known = sorted(known)
    close = difflib.get_close_matches(str(name), known, n=1, cutoff=0.6)
    return f"did you mean '{close[0]}'?" if close else f"known here: {', '.join(known)}"


class ParameterSet(BaseModel):
    """A table of parameters; unknown names and values outside their bounds are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, protected_namespaces=())

    @classmethod
    def read(cls, table: Any, place: tuple[str | int, ...] = ()) -> Self:
        """Build from a plain table; every problem is reported at once, with its path below `place`."""
        if not isinstance(table, Mapping):
            raise Problem([(place, f"a table is needed here, not {table!r}")])
        try:
            return cls.model_validate(dict(table))
        except ValidationError as error:
            raise Problem(
                (place + tuple(e["loc"]) + path, text) for e in error.errors() for path, text in cls._told(e)
            ) from None

    @model_validator(mode="before")
    @classmethod
    def _no_text_for_numbers(cls, table: Any) -> Any:
        """Pydantic would read "5" and true as numbers; in a scenario they are mistakes."""
        if isinstance(table, Mapping):
            for name, field in cls.model_fields.items():
                value = table.get(name)
                if field.annotation in (int, float, float | None, Spread) and isinstance(value, (str, bool)):
                    raise Problem([((name,), f"{value!r} is not a number{_expected(field)}")])
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
                    wrong.append(((label,), f"{number!r} is outside {bounds}{_expected(field)}"))
        if wrong:
            raise Problem(wrong)
        return self

    @classmethod
    def _told(cls, error: Any) -> list[tuple[tuple[str | int, ...], str]]:
        own = error.get("ctx", {}).get("error")
        return own.items if isinstance(own, Problem) else [((), cls._tell(error))]

    @classmethod
    def _tell(cls, error: Any) -> str:
        kind, name = error["type"], str(error["loc"][-1]) if error["loc"] else ""
        if kind == "extra_forbidden":
            owner = cls._owner(error["loc"][:-1])
            return f"no parameter of this name; {nearest(name, owner.model_fields)}"
        field = cls._field(error["loc"])
        wanted = _expected(field) if field is not None else ""
        if kind == "missing":
            return f"this parameter is needed{wanted}"
        return f"{error['input']!r} will not do: {error['msg'][0].lower()}{error['msg'][1:]}{wanted}"

    @classmethod
    def _owner(cls, path: Iterable[Any]) -> type[BaseModel]:
        owner: type[BaseModel] = cls
        for step in path:
            field = owner.model_fields.get(str(step))
            kind = field.annotation if field else None
            for part in (kind, *get_args(kind)):  # a table, or the tables of a list
                if isinstance(part, type) and issubclass(part, BaseModel):
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
            return {"mean": float(value)}
        if not isinstance(value, (Mapping, Spread)):
            raise Problem(
                [
                    (
                        (),
                        f'{value!r} is neither a number nor a table like {{distribution = "normal", mean = 1, sd = 0.2}}',
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
        if self.distribution == "uniform" and not self.low <= self.high:
            wrong = f"low = {self.low} is above high = {self.high}"
        if self.distribution in ("lognormal", "gamma") and self.mean <= 0:
            wrong = f"mean = {self.mean} must be above 0 for a {self.distribution} distribution"
        if self.distribution == "beta" and not (
            0 < self.mean < 1 and self.sd**2 < self.mean * (1 - self.mean)
        ):
            wrong = f"mean = {self.mean}, sd = {self.sd} is no beta distribution: 0 < mean < 1 and sd^2 < mean (1 - mean)"
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
        """Mean over customers."""
        return (self.low + self.high) / 2 if self.distribution == "uniform" else self.mean

    def draw(self, u: NDArray[Any], bounds: str = "") -> NDArray[Any]:
        """Values for uniform draws `u` in (0, 1), one a customer, by inversion; cut off at `bounds`.

        What lies on or beyond an open end becomes the nearest number inside that a single-precision column can tell from it.
        """
        if self.same_for_all:
            return np.full(u.shape, self.centre)
        from scipy import special

        if self.distribution == "uniform":
            return self.low + (self.high - self.low) * u
        if self.distribution == "normal":
            values = self.mean + self.sd * special.ndtri(u)
        elif self.distribution == "lognormal":
            variance = math.log1p((self.sd / self.mean) ** 2)
            values = self.mean * np.exp(math.sqrt(variance) * special.ndtri(u) - variance / 2)
        elif self.distribution == "gamma":
            shape = (self.mean / self.sd) ** 2
            values = special.gammaincinv(shape, u) * (self.mean / shape)
        else:
            size = self.mean * (1 - self.mean) / self.sd**2 - 1
            values = special.betaincinv(self.mean * size, (1 - self.mean) * size, u)
        if bounds:
            values = np.clip(values, *_innermost(bounds))
        return np.asarray(values)


def spread_bounds(owner: ParameterSet, name: str) -> str:
    """Bounds declared for the parameter `name`."""
    return str(field_extra(type(owner).model_fields[name]).get("bounds", ""))


def field_extra(field: Any) -> dict[str, Any]:
    """Unit, bounds and source of a declared parameter."""
    return field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}


def inside(value: float, bounds: str) -> bool:
    """Whether a number lies in an interval written like `"(0, 1]"`."""
    low, high, low_open, high_open = _interval(bounds)
    return (value > low if low_open else value >= low) and (value < high if high_open else value <= high)


def limits(bounds: str) -> tuple[float, float]:
    """Lower and upper end of an interval written like `"(0, 1]"`."""
    low, high, _, _ = _interval(bounds)
    return low, high


def _innermost(bounds: str) -> tuple[float, float]:
    """Least and largest single-precision number inside an interval, the ends themselves where they are closed."""
    low, high, low_open, high_open = _interval(bounds)
    least, most = (
        float(np.nextafter(np.float32(end), np.float32(to))) for end, to in ((low, high), (high, low))
    )
    smallest = float(np.finfo(np.float32).tiny)  # whatever is smaller counts as 0 in places
    return (max(least, smallest) if low == 0 else least) if low_open else low, most if high_open else high


def _interval(text: str) -> tuple[float, float, bool, bool]:
    body = text.strip()
    low, high = (float(part) for part in body[1:-1].split(","))
    if body[0] not in "[(" or body[-1] not in "])":
        raise ValueError(f"not an interval: {text!r}")
    return low, high, body[0] == "(", body[-1] == ")"


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
