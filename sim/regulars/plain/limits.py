"""What the plain day leaves out, and says so: nothing of a scenario is passed over in silence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from regulars.ground.errors import RegularsError

if TYPE_CHECKING:
    from regulars.scenario.spec import FirmOffer, Spec

PROCESSES = {"categories", "relationship", "devotion"}
STRATEGIES = {"everyday_low_price", "threshold_rebate"}
DISTRIBUTIONS = {"fixed", "uniform", "normal", "lognormal"}
SECTIONS = ("need", "choice", "spending", "switching", "bond", "foresight")  # whose values differ by customer


def refuse(spec: Spec) -> None:
    """Refuse a scenario with parts that the plain day does not have.

    Raises:
        RegularsError: names every one of them.
    """
    if found := [*_left_out(spec)]:
        raise RegularsError(f"the plain day leaves out {'; '.join(found)}. Take them out, or use Market")


def _left_out(spec: Spec) -> Iterator[str]:
    """Parts of the scenario that stand in `Market` only."""
    for name in sorted(spec.on - PROCESSES):
        yield f"the behaviour '{name}' (it knows {', '.join(sorted(PROCESSES))})"
    for section in SECTIONS:
        for name, value in getattr(spec, section):
            kind = getattr(value, "distribution", "fixed")
            if kind not in DISTRIBUTIONS and not value.same_for_all:
                yield f"{section}.{name}: the {kind} distribution (it knows {', '.join(sorted(DISTRIBUTIONS))})"
    for firm in spec.firms:
        yield from _of_firm(firm)


def _of_firm(firm: FirmOffer) -> Iterator[str]:
    if firm.pricing.kind not in ("", "fixed"):
        yield f"firms.{firm.name}.pricing: the policy '{firm.pricing.kind}' (it knows fixed prices)"
    for name in sorted(set(firm.strategies) - STRATEGIES):
        yield f"firms.{firm.name}.strategies.{name} (it knows {', '.join(sorted(STRATEGIES))})"
    if rebate := firm.strategies.get("threshold_rebate"):
        place = f"firms.{firm.name}.strategies.threshold_rebate"
        if rebate.enrolment != "automatic":
            yield f'{place}.enrolment = "{rebate.enrolment}" (it knows automatic)'
        for name in ("least", "reward_cap", "budget"):
            if value := getattr(rebate, name):
                yield f"{place}.{name} = {value:g} (it knows 0)"
        if rebate.counts != "all":
            yield f'{place}.counts = "{rebate.counts}" (it knows all)'
