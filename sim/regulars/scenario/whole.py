"""The class of whole scenarios: what every scenario has, with the sections of the processes that there are.

Sections come and go with the files of the processes, and with those that are registered.
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

from pydantic import create_model

from regulars.contract import process
from regulars.contract.process import Section
from regulars.ground.parameter import REQUIRED, ParameterSet, par
from regulars.scenario import spec as said

Kind = TypeVar("Kind", bound=ParameterSet)


def whole_spec() -> type[said.Spec]:
    """Everything a scenario can say with the processes that there are now."""
    return _whole(*process.there())[0]


def whole_offer() -> type[said.FirmOffer]:
    """Everything a firm can say with the processes that there are now."""
    return _whole(*process.there())[1]


@cache
def _whole(titles: tuple[str, ...], own: frozenset[type]) -> tuple[type[said.Spec], type[said.FirmOffer]]:
    of_market = {name: section for kind in process.every() for name, section in kind.sections.items()}
    of_firm = {name: section for kind in process.every() for name, section in kind.of_firm.items()}
    offer = _joined(said.FirmOffer, said.Offer, of_firm)
    firms = Section(tuple[offer, ...], REQUIRED, "the firms of the market")  # type: ignore[valid-type]
    return _joined(said.Spec, said.Choices, of_market, firms=firms), offer


def _joined(
    whole: type[Kind], before: type[ParameterSet], sections: dict[str, Section], **other: Section
) -> type[Kind]:
    """`whole` with these sections right after the parameters of its base `before`, and `other` in place of its own."""
    make: Any = create_model
    middle = make(before.__name__, __base__=before, **_fields(sections))
    described = {"__doc__": whole.__doc__, "__module__": __name__}
    made: type[Kind] = make(whole.__name__, __base__=(whole, middle), **described, **_fields(other))
    return made


def _fields(sections: dict[str, Section]) -> dict[str, Any]:
    return {name: (s.kind, par(s.default, s.unit, "", s.meaning)) for name, s in sections.items()}
