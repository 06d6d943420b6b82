"""Setting a firm's numbers while a market runs: what the scenario would refuse is refused, and what could do nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from regulars.ground.errors import RegularsError, shown
from regulars.ground.parameter import field_extra, inside
from regulars.world.offers import OFFER

if TYPE_CHECKING:
    from regulars.world.firms import Firm

FIXED = frozenset(
    {"share", "appeal", "base_price", "known", "position", "lease", "staff", "pricing", "returns", "stacking"}
)  # of a firm in a scenario


def number(name: str, meaning: str) -> Any:
    """One of a firm's numbers in the market's offers, read and written in place.

    A caller's value keeps to the bounds that the scenario declares. What strategies and behaviours write while a day is
    passing may go further, as where two of them add to quality; the shelf looks at it every morning.
    """

    def read(firm: Firm) -> float:
        return float(firm.model.offers.arrays[name][firm.index])

    def write(firm: Firm, value: float) -> None:
        firm.model.offers.arrays[name][firm.index] = _checked(firm, name, value)

    return property(read, write, doc=meaning)


def _checked(firm: Firm, name: str, value: Any) -> float:
    """The value, when it is a number that the firm can have now.

    Errors: no number; outside its bounds; an availability that nobody would notice.
    """
    market, place = firm.model, f"firms.{firm.name}: {name} = {shown(value)}"
    try:
        if isinstance(value, (str, bytes, bool, np.bool_)) or np.ndim(value):
            raise TypeError
        given = float(value)
    except (TypeError, ValueError, OverflowError):
        raise RegularsError(f"{place} will not do: a number is needed ({OFFER[name]})") from None
    passing = getattr(market, "passing", None)
    if passing is not None and not passing.underway:
        field = type(market.scenario.spec.firms[firm.index]).model_fields[name]
        bounds = str(field_extra(field)["bounds"])
        if not inside(given, bounds):
            raise RegularsError(f"{place} is outside {bounds} ({OFFER[name]}): {field.description}")
    if name == "availability" and given < 1 and "availability" not in market.processes:
        raise RegularsError(
            f"{place} would do nothing: everything was always there when this market began, so nobody looks whether it is. "
            f"{_branch(firm, name, shown(value))}, or begin with a scenario in which some firm has less than 1"
        )
    return given


def refuse_fixed(firm: Firm, name: str, value: Any) -> None:
    """Refuse to set what only a scenario can say of a firm: as an attribute it would do nothing.

    Errors: says what goes on with another value.
    """
    if name in FIXED:
        raise RegularsError(
            f"firms.{firm.name}: {name} cannot be set while a market runs, it would do nothing. "
            f"{_branch(firm, name, shown(value))}"
        )


def _branch(firm: Firm, name: str, value: str) -> str:
    return f'market.branch({{"firms.{firm.name}.{name}": {value}}}) goes on with it'
