"""What a yardstick is: a published pattern, how it is measured in a simulated market, and when the two agree.

A yardstick is one file in `yardsticks`, found by its folder. It looks at a *paired run*, an arm and its control over the same
opportunities of the same customers, and returns sums, from which its value follows; sums are added over replicates, and the standard
error is that of the jackknife, which leaves out one replicate after the other.

    pass           |simulated - published| <= 1.96 sqrt(se_simulated^2 + se_published^2 + sd_between_studies^2), and the simulated
                   value lies on the published side of what it is without the mechanism, by more than 1.96 standard errors
    fail           otherwise
    no mechanism   nothing in the scenario could bring the pattern about, or the run is too short to see it
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from regulars.evidence.collection import collection
from regulars.evidence.published import PublishedEffect
from regulars.ground.folder import modules, only_class
from regulars.ground.parameter import ParameterSet
from regulars.scenario import Scenario

FOLDER = "regulars.yardsticks"
SURE = 1.96  # standard errors of a 95% interval
PASS, FAIL, NO_MECHANISM = "pass", "fail", "no mechanism"
Sums = tuple[float, ...]


@dataclass(frozen=True)
class PairedRun:
    """An arm and its control after a run, with all opportunities and events in memory."""

    scenario: Scenario
    market: Any
    control: Any

    @cached_property
    def opportunities(self) -> Any:
        """All opportunities of the arm."""
        return self.market.log.opportunities()

    @cached_property
    def opportunities_without(self) -> Any:
        """All opportunities of the control, the same ones."""
        return self.control.log.opportunities()

    @cached_property
    def purchases(self) -> Any:
        """Purchases at the focal firm in the arm."""
        table = self.opportunities
        return table[table["firm"] == self.scenario.focal]

    def events(self, strategy: str, *kinds: str) -> Any:
        """Events of a strategy of the focal firm, of these kinds."""
        table = self.market.log.events()
        here = (table["firm"] == self.scenario.focal) & (table["strategy"] == strategy)
        return table[here & table["event"].isin(kinds)]


class Yardstick(ABC):
    """One published pattern, and how a market is held against it.

    title: what is held, in words. effect: the published effect. nothing: the value without any mechanism; None where the published
    effect is that there is none.
    """

    title: ClassVar[str]
    effect: ClassVar[str]
    nothing: ClassVar[float | None] = None

    @abstractmethod
    def missing(self, scenario: Scenario) -> str:
        """Why nothing in an arm could bring the pattern about, or show it; nothing when something could."""

    @abstractmethod
    def measure(self, run: PairedRun) -> Sums:
        """What is seen in one run, as sums that may be added over runs."""

    def value(self, sums: Sequence[float]) -> float:
        """The value that follows from sums; NaN where nothing was seen."""
        above, below = sums
        return above / below if below else math.nan

    @classmethod
    def title_of_file(cls) -> str:
        """Name of the file."""
        return cls.__module__.rpartition(".")[2]

    @property
    def published(self) -> PublishedEffect:
        """The published effect."""
        return collection().effect(self.effect)


@dataclass(frozen=True)
class Held:
    """One yardstick held against one arm: what was published and what was simulated, each with its error, and the verdict."""

    yardstick: str
    title: str
    arm: str
    effect: str
    grade: str
    published: float
    spread: float
    simulated: float
    error: float
    verdict: str
    why: str

    @property
    def interval(self) -> tuple[float, float]:
        """Where the published value may lie in another market."""
        return self.published - SURE * self.spread, self.published + SURE * self.spread


def names() -> list[str]:
    """All yardsticks: the modules of the folder."""
    return modules(FOLDER)


def find(name: str) -> Yardstick:
    """The yardstick of a file."""
    kind: Any = only_class(FOLDER, name, Yardstick)
    made: Yardstick = kind()
    return made


def parameters_of(scenario: Scenario, strategy: str) -> ParameterSet | None:
    """Parameters of a strategy of the focal firm; None where it does not have it."""
    firm = next(firm for firm in scenario.spec.firms if firm.name == scenario.focal)
    if strategy not in firm.strategies:
        return None
    return firm.strategies[strategy]


def held(yardstick: Yardstick, arm: str, seen: Sequence[Sums]) -> Held:
    """The verdict on what was seen in some replicates."""
    simulated, error = estimate(yardstick, seen)
    published = yardstick.published
    centre, spread = float(published.estimate or 0.0), float(published.spread or 0.0)
    verdict, why = judged(centre, spread, simulated, error, yardstick.nothing)
    return Held(yardstick.title_of_file(), yardstick.title, arm, yardstick.effect, published.grade, centre, spread, simulated, error, verdict, why)  # fmt: skip


def judged(
    centre: float, spread: float, simulated: float, error: float, nothing: float | None
) -> tuple[str, str]:
    """Pass or fail by the rule of this module, and why."""
    if not math.isfinite(simulated):
        return NO_MECHANISM, "nothing of it was seen in the run"
    if not math.isfinite(error):
        return FAIL, "one replicate has no standard error; use two or more"
    far = abs(simulated - centre) / math.hypot(spread, error)
    if far > SURE:
        return FAIL, f"{far:.1f} standard errors from what was published"
    if nothing is not None and (simulated - nothing) * math.copysign(1.0, centre - nothing) <= SURE * error:
        return FAIL, f"not told from {nothing:g}, which it is when nothing acts"
    return PASS, f"{far:.1f} standard errors from what was published"


def estimate(yardstick: Yardstick, seen: Sequence[Sums]) -> tuple[float, float]:
    """Value over all replicates, and its standard error by the jackknife: sqrt((n - 1) / n sum (v_without_k - mean)^2)."""
    table: NDArray[Any] = np.array(seen, float)
    whole = table.sum(axis=0)
    n = len(table)
    if n < 2:
        return float(yardstick.value(whole)), math.nan
    without = np.array([yardstick.value(whole - row) for row in table])
    return float(yardstick.value(whole)), float(
        math.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum())
    )
