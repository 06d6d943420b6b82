"""Designs of a pilot: how long, how many customers, how many of them held out, and what is measured."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from regulars.ground.calls import well_built
from regulars.ground.errors import RegularsError, shown
from regulars.lab.asked import real, whole
from regulars.lab.pilot.takings import MEASURES, measure_named
from regulars.lab.pilot.worlds import WEEK
from regulars.scenario import Scenario

USUAL_WEEKS = (4, 8, 13, 26)
USUAL_SHARES = (0.1, 0.25, 0.5, 1.0)  # of all customers who are there at the beginning
FEWEST = 10  # customers in a group, below which a difference of means says nothing
MOST_MONEY, MOST = 1e15, 10**9


@well_built
@dataclass(frozen=True)
class Designs:
    """Designs of a pilot that are tried, and what they cost besides what the programme itself books for those treated.

    Attributes:
        weeks: lengths; 4, 8, 13 and 26 weeks, as far as half the run, when left out.
        customers: numbers of customers who take part; a tenth, a quarter, half and all of them when left out.
        share: of those who take part, who are held out.
        measure: "contribution", "spending" or "purchases"; all are tried when left out.
        set_up: cost, once, in currency units.
        per_customer: cost for each customer who takes part, treated or held out, in currency units.
        population: customers of the firm's market on the first day, for which the simulated ones stand; as many as are simulated when left out.

    Raises:
        RegularsError: for numbers that make no design.
    """

    weeks: Sequence[int] = ()
    customers: Sequence[int] = ()
    share: float = 0.5
    measure: str = ""
    set_up: float = 0.0
    per_customer: float = 0.0
    population: int | None = None

    def __post_init__(self) -> None:
        real("share", self.share, 0.0, 1.0, "the share of participants who are held out is needed")
        if self.share == 1.0:
            raise RegularsError("share = 1 will not do: nobody would be treated; a half tells most")
        for name in ("set_up", "per_customer"):
            if getattr(self, name) != 0:
                real(name, getattr(self, name), 0.0, MOST_MONEY, "a cost in currency units is needed")
        if self.population is not None:
            whole("population", self.population, 1, MOST)
        for name in ("weeks", "customers"):
            _listed(name, getattr(self, name))
        self.measures()

    def lengths(self, scenario: Scenario) -> tuple[int, ...]:
        """Lengths in weeks, in rising order.

        Errors: one is no whole number, or leaves nothing of the run to decide about.
        """
        days = scenario.spec.market.days
        most = math.ceil(days / WEEK) - 1
        if most < 1:
            raise RegularsError(
                f"{scenario.name}: market.days = {days:g} is too short for a pilot, which takes a week or more; the days after it "
                "are those for which it helps to decide. Give market.days = 364 or more"
            )
        if not self.weeks:
            return tuple(w for w in USUAL_WEEKS if 2 * w * WEEK <= days) or (max(most // 2, 1),)
        for w in self.weeks:
            if w > most:
                raise RegularsError(
                    f"weeks = {w}: the market runs {days:g} days, so that a pilot takes at most {most} weeks; the days after it are those for "
                    "which it helps to decide. Give a shorter one, or a longer market.days"
                )
        return tuple(sorted(set(self.weeks)))

    def measures(self) -> tuple[str, ...]:
        """Names of what is measured.

        Errors: there is no such measure.
        """
        return (measure_named(self.measure),) if self.measure else tuple(MEASURES)

    def sizes(self, there: int) -> list[tuple[int, int]]:
        """Customers treated and held out, of `there` who are in the market on the first day.

        Errors: more are asked for than there are, or too few in a group.
        """
        asked = list(self.customers)
        for n in asked:
            if n > there:
                raise RegularsError(
                    f"customers = {n}: only {there:,} customers are in this market on the first day; give fewer, or say how many it stands for "
                    f"(population={n}, --population {n})"
                )
        numbers = asked or sorted({round(s * there) for s in USUAL_SHARES})
        found = [(n - round(n * self.share), round(n * self.share)) for n in numbers]
        fine = [pair for pair in found if min(pair) >= FEWEST]
        if not fine or (asked and len(fine) < len(found)):
            small = min(found, key=min)
            raise RegularsError(
                f"customers = {sum(small)}, of whom {self.share:g} are held out, makes groups of {small[0]} and {small[1]}; each needs {FEWEST} or more"
            )
        return fine


def _listed(name: str, values: Any) -> list[int]:
    """Whole numbers in a list, or an error that says that they are none."""
    if isinstance(values, (str, bytes)) or not isinstance(values, Sequence):
        raise RegularsError(f"{name} = {shown(values)} will not do: a list of whole numbers is needed")
    return [whole(name, value, 1, MOST) for value in values]
