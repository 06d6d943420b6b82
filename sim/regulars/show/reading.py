"""What figures, tables and reports read from a comparison: arms best first, estimates, cells of the attribution, break-even."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from regulars.ground.errors import RegularsError, shown
from regulars.lab.over_replicates import reach

if TYPE_CHECKING:
    from regulars.show.hanging import Hanging

CONTROL = "control"
BOUGHT = ("kept", "won", "created")
RARE = ("returned", "control_programme")  # cells that only some comparisons have
CELLS = (*BOUGHT, "lost", "foregone", "unearned", "programme", *RARE)


@dataclass(frozen=True)
class Estimate:
    """A mean over replicates with its 95% interval; the ends are NaN where one replicate gives none."""

    mean: float
    low: float = math.nan
    high: float = math.nan

    @property
    def known(self) -> bool:
        """Whether there is an interval."""
        return math.isfinite(self.low) and math.isfinite(self.high)

    @property
    def open(self) -> bool:
        """Whether there is an interval, and it includes zero."""
        return self.known and self.low <= 0 <= self.high and self.low < self.high


@dataclass(frozen=True)
class Cell:
    """One cell of the attribution, mean over replicates: opportunities, margin and reward in currency, purchases moved in time.

    The reward of `control_programme` is what the control spends on rewards, with a minus: what the arm does not add.
    """

    opportunities: float = 0.0
    margin: float = 0.0
    reward: float = 0.0
    moved: float = 0.0


@dataclass(frozen=True)
class BreakEven:
    """The day from which an arm stays ahead on average (NaN: never; 0: never behind), and how many replicates get there."""

    day: float
    reached: int
    replicates: int


@dataclass
class Reading:
    """A comparison, read once. Build it with `read`."""

    comparison: Any
    summary: pd.DataFrame = field(init=False)
    table: pd.DataFrame = field(init=False)

    def __post_init__(self) -> None:
        self.summary = self.comparison.summary()
        self.table = self.comparison.ranking().set_index("arm", drop=False)
        if not len(self.table):
            raise RegularsError(
                "the comparison has no arm besides the control: give the scenario at least one under [arms]"
            )

    @property
    def arms(self) -> tuple[str, ...]:
        """Arms, best first."""
        return tuple(str(arm) for arm in self.table["arm"])

    @property
    def best(self) -> str:
        """The arm with the highest incremental profit."""
        return self.arms[0]

    @property
    def replicates(self) -> int:
        """How many paired worlds were run."""
        return int(self.comparison.replicates)

    @property
    def currency(self) -> str:
        """Label of the currency."""
        return str(self.comparison.scenario.spec.market.currency)

    @property
    def start(self) -> datetime.date:
        """Date of day 0."""
        start = self.comparison.scenario.spec.market.start
        return start if isinstance(start, datetime.date) else datetime.date.fromisoformat(str(start))

    @property
    def days(self) -> float:
        """Length of the run in days."""
        return float(self.comparison.scenario.spec.market.days)

    @cached_property
    def _means(self) -> Mapping[tuple[str, str], Estimate]:
        wanted = self.summary[["arm", "metric", "mean", "low", "high"]].to_numpy().tolist()
        return {
            (str(arm), str(metric)): Estimate(float(mean), float(low), float(high))
            if self.replicates > 1
            else Estimate(float(mean))
            for arm, metric, mean, low, high in wanted
        }

    def _known(self, arm: str, or_control: bool = True) -> None:
        """Refuse what is no arm of the comparison."""
        if arm in self.arms or (or_control and arm == CONTROL):
            return
        there = f"there are {', '.join(self.arms)}"
        if arm == CONTROL:
            raise RegularsError(f"arm = {arm!r}: the control is what arms are compared with; {there}")
        raise RegularsError(f"no arm is called {shown(arm)}; {there}")

    def estimate(self, arm: str, metric: str) -> Estimate:
        """Mean and 95% interval of a metric; NaN where the comparison does not have it."""
        self._known(arm)
        return self._means.get((arm, metric), Estimate(math.nan))

    def profit(self, arm: str) -> Estimate:
        """Incremental profit against the control, in currency."""
        mean = self.ranked(arm, "incremental_profit")
        return (
            Estimate(mean, self.ranked(arm, "low"), self.ranked(arm, "high"))
            if self.replicates > 1
            else Estimate(mean)
        )

    def ranked(self, arm: str, column: str) -> float:
        """A number of the ranking."""
        self._known(arm, False)
        return float(self.table[column].to_dict()[arm])

    def p_best(self, arm: str) -> float:
        """Probability of earning more than every other arm and than doing nothing; NaN with one replicate."""
        return self.ranked(arm, "p_best") if self.replicates > 1 else math.nan

    def values(self, arm: str, metric: str) -> pd.Series:
        """A metric by replicate."""
        self._known(arm)
        rows = self.comparison.metrics
        rows = rows[(rows["arm"] == arm) & (rows["metric"] == metric)]
        return rows.set_index("replicate")["value"].astype(float).sort_index()

    def difference(self, arm: str, metric: str) -> Estimate:
        """Paired difference to the control with its 95% t interval over replicates."""
        gap = (self.values(arm, metric) - self.values(CONTROL, metric)).dropna()
        return self.interval(gap.to_numpy())

    def as_good(self) -> tuple[str, ...]:
        """Arms that cannot be told from the best: the interval of the paired difference of profits includes zero."""
        if self.replicates < 2:
            return ()
        best = self.values(self.best, "incremental_profit")
        gaps = {
            arm: self.interval((best - self.values(arm, "incremental_profit")).to_numpy())
            for arm in self.arms[1:]
        }
        return tuple(arm for arm, gap in gaps.items() if gap.low <= 0)

    def ahead(self, arm: str) -> int:
        """In how many replicates the arm made more profit than the control."""
        return int((self.values(arm, "incremental_profit") > 0).sum())

    def break_even(self, arm: str) -> BreakEven:
        """When the arm has paid for itself."""
        days = self.values(arm, "break_even_day").to_numpy()
        return BreakEven(self.ranked(arm, "break_even_day"), int(np.isfinite(days).sum()), self.replicates)

    @cached_property
    def hanging(self) -> Hanging:
        """What the answer on the best arm hangs on; worked out once."""
        from regulars.show.hanging import hanging

        return hanging(self)

    @cached_property
    def _attribution(self) -> pd.DataFrame:
        rows = self.comparison.attribution
        return rows.assign(rival=rows["rival"].astype(object).where(rows["rival"].notna(), "").astype(str))

    def cells(self, arm: str) -> dict[str, Cell]:
        """Cells of the attribution, rivals summed, in the order of `CELLS`; unknown cells follow."""
        self._known(arm)
        return self._sum(self._attribution[self._attribution["arm"] == arm], "cell", CELLS)

    def each(self, arm: str) -> list[dict[str, Cell]]:
        """`cells`, replicate by replicate."""
        self._known(arm)
        rows = self._attribution[self._attribution["arm"] == arm]
        found = [dict.fromkeys(CELLS, Cell()) for _ in range(self.replicates)]
        sums = rows.groupby(["replicate", "cell"])[list(Cell.__dataclass_fields__)].sum()
        for (replicate, name), values in zip(sums.index, sums.to_numpy(), strict=True):
            found[int(replicate)][str(name)] = Cell(*(float(v) for v in values))
        return found

    def spread(self, arm: str, number: Callable[[dict[str, Cell]], float]) -> Estimate:
        """A number made of the cells of an arm: its mean over replicates with the 95% interval."""
        return self.interval([number(cells) for cells in self.each(arm)])

    def rivals(self, arm: str) -> dict[str, dict[str, Cell]]:
        """`won` and `lost` cells by rival: every rival appears under both names."""
        self._known(arm)
        rows = self._attribution
        names = [n for n in rows.loc[rows["cell"].isin(["won", "lost"]), "rival"].unique() if n]
        mine = rows[(rows["arm"] == arm) & (rows["rival"] != "")]
        return {
            cell: self._sum(mine[mine["cell"] == cell], "rival", sorted(names)) for cell in ("won", "lost")
        }

    def _sum(self, rows: pd.DataFrame, by: str, order: Any) -> dict[str, Cell]:
        total = rows.groupby(by)[["opportunities", "margin", "reward", "moved"]].sum() / self.replicates
        found = {
            str(name): Cell(*(float(v) for v in row))
            for name, row in zip(total.index, total.to_numpy(), strict=True)
        }
        return {name: found.get(name, Cell()) for name in order} | {
            n: c for n, c in found.items() if n not in order
        }

    def _reach(self, count: int) -> float:
        """Half of the 95% interval in standard deviations over `count` replicates."""
        return reach(count, getattr(self.comparison, "doubtful", False))

    def interval(self, values: Sequence[float] | np.ndarray) -> Estimate:
        """Mean of one value a replicate, with its 95% t interval."""
        if not len(values):
            return Estimate(math.nan)
        mean = float(np.mean(values))
        if len(values) < 2:
            return Estimate(mean)
        half = self._reach(len(values)) * float(np.std(values, ddof=1))
        return Estimate(mean, mean - half, mean + half)

    def path(self, arm: str) -> pd.DataFrame:
        """Cumulative incremental profit by day: day, mean, low, high (NaN with one replicate)."""
        self._known(arm)
        rows = self.comparison.daily
        wide = (
            rows[rows["arm"] == arm]
            .pivot(index="day", columns="replicate", values="incremental_profit")
            .sort_index()
        )
        mean = wide.mean(axis=1).to_numpy()
        half = np.full(len(wide), np.nan)
        if wide.shape[1] > 1:
            half = self._reach(wide.shape[1]) * wide.std(axis=1).to_numpy()
        return pd.DataFrame(
            {"day": wide.index.to_numpy(dtype=float), "mean": mean, "low": mean - half, "high": mean + half}
        )

    def customers(self, arm: str) -> dict[str, float]:
        """Customers kept, won, lost and never had, mean over replicates."""
        self._known(arm)
        rows = self.comparison.customers
        total = rows[rows["arm"] == arm].groupby("group")["count"].sum() / self.replicates
        return {str(group): float(value) for group, value in total.items()}


def read(comparison: Any) -> Reading:
    """Read a comparison; what has been read already is returned as it is.

    Raises:
        RegularsError: for anything else.
    """
    if isinstance(comparison, Reading):
        return comparison
    if not hasattr(type(comparison), "summary"):
        raise RegularsError(f"a comparison is needed, as `compare` returns it, not {shown(comparison)}")
    return Reading(comparison)
