"""Sections of a scenario that processes declare: they come and go with the files of the processes."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import create_model

from regulars.contract.process import Section, every
from regulars.ground.parameter import ParameterSet, par

Kind = TypeVar("Kind", bound=ParameterSet)


def of_market() -> dict[str, Section]:
    """Sections of the market, by name, in the order in which the processes take part."""
    return {name: section for kind in every() for name, section in kind.sections.items()}


def of_firm() -> dict[str, Section]:
    """What processes have a firm say, by name."""
    return {name: section for kind in every() for name, section in kind.of_firm.items()}


def joined(
    whole: type[Kind], before: type[ParameterSet], sections: dict[str, Section], **other: Section
) -> type[Kind]:
    """`whole` with these sections right after the parameters of its base `before`, and `other` in place of its own."""
    make: Any = create_model
    middle = make(before.__name__, __base__=before, **_fields(sections))
    described = {"__doc__": whole.__doc__, "__module__": whole.__module__}
    made: type[Kind] = make(whole.__name__, __base__=(whole, middle), **described, **_fields(other))
    return made


def _fields(sections: dict[str, Section]) -> dict[str, Any]:
    return {name: (s.kind, par(s.default, s.unit, "", s.meaning)) for name, s in sections.items()}
