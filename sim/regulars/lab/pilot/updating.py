"""The answer once the outcome of a pilot is known: replicates weighed by how well each foretold it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from regulars.ground.attributes import Known
from regulars.ground.calls import optional_call, well_called
from regulars.ground.errors import RegularsError
from regulars.ground.label import Label, Labelled
from regulars.lab.asked import asked, whole
from regulars.lab.pilot.carried import carried
from regulars.lab.pilot.designs import Designs
from regulars.lab.pilot.outcome import Outcome, outcome
from regulars.lab.pilot.takings import measure_named
from regulars.lab.pilot.weighing import Floats, effective, weighted, weights
from regulars.lab.pilot.worlds import Worlds, ready, simulate
from regulars.lab.said import with_sure
from regulars.scenario import CONTROL, Scenario, as_scenario

if TYPE_CHECKING:
    import pandas as pd

USUAL = 200  # replicates
ENOUGH = 30.0  # replicates that weights should be worth: then a mean is known to a fifth of the sd
FEWEST = 10.0  # replicates that weights must be worth for a choice to be named: below, its chance of being best is known to a sixth or worse
SURPRISE = 3.0  # standard deviations of what was foretold from which on an outcome is surprising


@dataclass(frozen=True, repr=False)
class Updated(Labelled, Known):
    """Result of `update`: the answer before and after a pilot.

    Attributes:
        scenario: before the pilot.
        arm: that was tried.
        outcome: of the pilot, per customer.
        seed: of the draws.
        weight: of each replicate, adding up to 1, shape (replicates,).
        effective: how many replicates of equal weight these are worth.
        surprise: how many standard deviations of what was foretold the outcome lies from its mean.
        answer: a row an arm, the best after the pilot first: ``arm``; incremental profit in currency units ``before``, ``before_low``,
            ``before_high``, ``after``, ``after_low``, ``after_high`` (95% intervals of one further market); ``p_best_before``,
            ``p_best_after``. `control` is doing nothing.
        inputs: a row an uncertain input: ``input``, ``mean_before``, ``sd_before``, ``mean_after``, ``sd_after``, in its unit.
        choice_before: arm with the highest mean before, `control` where none is above 0.
        choice_after: the same after the pilot, as the weighted replicates have it, also where they are no ground for a choice (see `verdict`).
        notes: what keeps the answer from being relied on; empty where nothing does.
    """

    scenario: Scenario
    arm: str
    outcome: Outcome
    seed: int
    weight: Floats
    effective: float
    surprise: float
    answer: pd.DataFrame
    inputs: pd.DataFrame
    choice_before: str
    choice_after: str
    notes: tuple[str, ...]

    @property
    def replicates(self) -> int:
        """How many replicates were weighed."""
        return len(self.weight)

    @property
    def contradicted(self) -> bool:
        """Whether the outcome lies more than 3 standard deviations from what was foretold, outside of what was thought possible."""
        return self.surprise > SURPRISE

    @property
    def verdict(self) -> str | None:
        """What to choose after the pilot; None where it contradicts what was thought possible, or replicates worth fewer than 10 are left."""
        return None if self.contradicted or self.effective < FEWEST else self.choice_after

    def after(self) -> Scenario:
        """The scenario with what is known after the pilot: draws in `[posterior]`, weights in `[uncertainty]`."""
        return carried(self.scenario, self.seed, self.weight).whole()

    @well_called
    def write(self, file: str | Path, overwrite: bool = False) -> Path:
        """Write the scenario as it is known after the pilot, with its draws in NAME.posterior.parquet beside it.

        Args:
            file: ends in ``.toml``.
            overwrite: replace any file but an input.

        Raises:
            RegularsError: it cannot be written.
        """
        from regulars.ground.output import whole_file
        from regulars.lab.fitting.posterior import draws_beside

        place = Path(file)
        beside = draws_beside(place)
        known = carried(self.scenario, self.seed, self.weight)
        with (
            whole_file(beside, self.scenario.inputs, overwrite) as drawn,
            whole_file(place, self.scenario.inputs, overwrite) as draft,
        ):
            known.write(draft, drawn, beside.name)
        return place

    def _label(self) -> Label:
        from regulars.lab.pilot.labels import of_update

        return of_update(self)


@well_called
def update(
    scenario: Scenario | str | Any,
    pilot: Any,
    arm: str,
    weeks: int,
    measure: str = "contribution",
    arms: Sequence[str] | None = None,
    replicates: int = USUAL,
    seed: int | None = None,
    jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    sure: Sequence[str] = (),
) -> Updated:
    """Give the answer on all arms as it is once the outcome of a pilot is known.

    Args:
        scenario: a `Scenario`, a path or a table: what was known before.
        pilot: path of a CSV file or a DataFrame, a row a customer (`customer`, `group`, `value`) or a row a group (`group`, `customers`,
            `mean`, `sd`), per customer over the whole pilot; groups are `treatment` and `holdout`.
        arm: that was tried.
        weeks: length of the pilot.
        measure: of the values: "contribution", "spending" or "purchases".
        arms: names of the arms of the answer; all of the scenario when left out.
        replicates: independent populations and draws of what is uncertain.
        seed: of all draws; the scenario's own when left out.
        jobs: processes; as many as are worthwhile when left out. Results do not depend on it.
        progress: called as `progress(done, total)` after each replicate.
        sure: what you know better than what is assumed, as of `compare`, such as ``margin = 0.31``.

    Raises:
        RegularsError: with the row of the outcome that is wrong; no such arm or measure, or nothing is uncertain; before anything runs.
    """
    scenario = with_sure(as_scenario(scenario), sure)
    optional_call("progress", progress)
    how = asked(scenario, arms, replicates, seed, jobs)
    if arm not in how.arms:
        how = asked(scenario, (arm, *how.arms), replicates, seed, jobs)
    whole("replicates", how.replicates, 2, 100_000)
    lengths = Designs(weeks=(whole("weeks", weeks, 1, 10**6),)).lengths(scenario)
    seen = outcome(pilot, measure_named(measure))
    ready(scenario, how)
    return weigh(simulate(scenario, arm, lengths, how, progress), seen, lengths[0], measure, how.seed)


def weigh(worlds: Worlds, seen: Outcome, weeks: int, measure: str, seed: int) -> Updated:
    """The answer that worlds give once the outcome of a pilot in them is known."""
    there = worlds.at(weeks, measure)
    expected, spread = there["effect"].to_numpy(), there["sd_effect"].to_numpy()
    own = spread**2 / worlds.participants  # of the effect in a simulated market, by which customers are in it
    weight = weights(expected, seen.variance + own, seen.difference)
    foretold = float(np.sqrt(expected.var(ddof=1) + seen.variance))
    surprise = abs(seen.difference - float(expected.mean())) / foretold
    gains = worlds.gain(int(worlds.scenario.spec.market.days))
    return Updated(
        worlds.scenario, worlds.arm, seen, seed, weight, effective(weight), surprise, _answer(gains, weight),
        _inputs(worlds.inputs, weight), _choice(gains, np.full(len(weight), 1 / len(weight))), _choice(gains, weight),
        _notes(effective(weight), len(weight), surprise),
    )  # fmt: skip


def _answer(gains: pd.DataFrame, weight: Floats) -> pd.DataFrame:
    """Each arm before and after, and doing nothing, with the chances of being best."""
    import pandas as pd

    even = np.full(len(weight), 1 / len(weight))
    values = np.column_stack([np.zeros(len(weight)), gains.to_numpy()])
    best = values.argmax(axis=1)
    rows = []
    for k, arm in enumerate((CONTROL, *gains.columns)):
        row: dict[str, Any] = {"arm": arm}
        for when, w in (("before", even), ("after", weight)):
            found = weighted(values[:, k], w)
            row |= {when: found.mean, f"{when}_low": found.low, f"{when}_high": found.high}
        row |= {
            f"p_best_{when}": float(w[best == k].sum()) for when, w in (("before", even), ("after", weight))
        }
        rows.append(row)
    table = pd.DataFrame(rows)
    return table.sort_values("after", ascending=False, kind="stable", ignore_index=True)


def _inputs(inputs: pd.DataFrame, weight: Floats) -> pd.DataFrame:
    """Mean and sd of each uncertain input before and after, those that have moved most first."""
    import pandas as pd

    even, rows = np.full(len(weight), 1 / len(weight)), []
    for name, group in inputs.groupby("input", sort=False):
        values = group.sort_values("replicate")["value"].to_numpy(np.float64)
        before, after = weighted(values, even), weighted(values, weight)
        rows.append(
            {"input": name, "mean_before": before.mean, "sd_before": before.sd, "mean_after": after.mean, "sd_after": after.sd}
        )  # fmt: skip
    table = pd.DataFrame(rows)
    moved = (table["mean_after"] - table["mean_before"]).abs() / table["sd_before"].where(
        table["sd_before"] > 0
    )
    return table.loc[moved.fillna(0.0).sort_values(ascending=False, kind="stable").index].reset_index(
        drop=True
    )


def _choice(gains: pd.DataFrame, weight: Floats) -> str:
    """The arm with the highest mean, `control` where none is above 0."""
    means = weight @ gains.to_numpy()
    return str(gains.columns[int(means.argmax())]) if means.max() > 0 else CONTROL


def _notes(worth: float, replicates: int, surprise: float) -> tuple[str, ...]:
    """What keeps the answer from being relied on, and what to do: the gravest first."""
    notes = []
    if surprise > SURPRISE:
        notes.append(
            f"The outcome lies {surprise:.1f} standard deviations from what the scenario had expected: what it takes for possible "
            "is too narrow, or the pilot was not the one that was simulated. See whether arm, weeks, measure and customers are those of the pilot, "
            "and look for what went wrong in it; then allow for more in [uncertainty] or [evidence], or mend what the scenario leaves out, and "
            "update again. More replicates alone do not help."
        )
    if worth < ENOUGH:
        told = f"After weighting, {replicates} replicates are worth only {worth:.1f} of equal weight"
        more = int(np.ceil(replicates * ENOUGH / worth / 10) * 10)
        ask = f"; with about {more:,} (replicates = {more}, --replicates {more}) they would be worth {ENOUGH:.0f}."
        notes.append(told + ("." if notes else ask))
    return tuple(notes)


def chosen(name: str, scenario: Scenario) -> str:
    """The arm that was tried, where a scenario has one and it is not named.

    Errors: there are several, or none.
    """
    known = tuple(scenario.spec.arms)
    if name:
        return name
    if len(known) != 1:
        raise RegularsError(f"say which arm the pilot tried (--arm): {', '.join(known) or 'there is none'}")
    return known[0]
