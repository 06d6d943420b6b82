"""How far a value may be off: one line of `[uncertainty]`, and which of them move together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import model_validator

from regulars.ground.errors import shown
from regulars.ground.parameter import REQUIRED, ParameterSet, Problem, par
from regulars.ground.written import not_a_number


class Doubt(ParameterSet):
    """How far a value may be off: a standard error, or a table that says more."""

    # fmt: off
    sd: float = par(0.0, "unit of the value", "", "standard error: how far the value may be off")
    family: Literal["", "uniform", "normal", "lognormal", "beta"] = par("", "", "", "family of the draws; by the bounds of the parameter when left out")
    low: float | None = par(None, "unit of the value", "", "end that draws do not pass; that of the parameter when left out")
    high: float | None = par(None, "unit of the value", "", "end that draws do not pass; that of the parameter when left out")
    prior: str = par("", "", "", "published prior of which family, standard error and ends are taken (`regulars evidence`)")
    values: tuple[bool | int | float | str, ...] = par((), "", "", "what the value may be instead, one of them in each replicate")
    weights: tuple[float, ...] = par((), "", "[0, inf)", "how often each of `values`, up to a common factor; equally often when left out")
    # fmt: on

    @model_validator(mode="before")
    @classmethod
    def _from_number(cls, value: Any) -> Any:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return {"sd": value}
        if isinstance(value, (str, bool)):
            raise Problem([((), f"{shown(value)} is {not_a_number(value)}")])
        if not isinstance(value, (Mapping, Doubt)):
            raise Problem([((), f"{shown(value)} is neither a number nor a table like {{sd = 0.2}}")])
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> Doubt:
        wrong = []
        ways = [name for name in ("prior", "values") if getattr(self, name)]
        usual = {
            "sd": 0.0,
            "family": "",
            "low": None,
            "high": None,
        }  # which a written-out scenario says as well
        other = [name for name, nothing in usual.items() if getattr(self, name) != nothing]
        if ways and (other or len(ways) > 1):
            wrong.append(
                (
                    (ways[0],),
                    f"this says all of the draws already; leave out {', '.join((*ways[1:], *other))}",
                )
            )
        if self.weights and (len(self.weights) != len(self.values) or sum(self.weights) <= 0):
            told = f"{len(self.weights)} weights for {len(self.values)} values; give each value one, and not all of them 0"
            wrong.append((("weights",), told))
        if self.low is not None and self.high is not None and not self.low < self.high:
            wrong.append((("low",), f"{self.low:g} is not below high = {self.high:g}"))
        if wrong:
            raise Problem(wrong)
        return self


class Correlation(ParameterSet):
    """How two uncertain values go together."""

    # fmt: off
    between: tuple[str, str] = par(REQUIRED, "", "", "two names of [uncertainty]")
    value: float = par(REQUIRED, "", "(-1, 1)", "correlation of the normal draws behind them")
    # fmt: on
