"""A tornado by runs of its own: each uncertain input at its 5th and 95th percentile, everything else at its mean, with the same seeds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from regulars.ground.calls import optional_call, well_called
from regulars.ground.errors import RegularsError
from regulars.lab.asked import asked
from regulars.lab.decision.hanging import CLEAR, ENDS
from regulars.lab.lockstep import replicate
from regulars.lab.uncertainty import one_by_one
from regulars.lab.workers import enough_memory, processes, results
from regulars.scenario import Scenario, as_scenario

if TYPE_CHECKING:
    import pandas as pd

FEW = 5  # replicates: both ends of an input meet the same customers with the same moods


def inputs_of(scenario: Scenario | str | Any) -> tuple[str, ...]:
    """Names of the uncertain inputs of a scenario, each of which takes two runs."""
    return tuple(name for name, _, _ in one_by_one(as_scenario(scenario), ENDS))


@well_called
def one_at_a_time(
    scenario: Scenario | str | Any,
    arm: str,
    replicates: int = FEW,
    seed: int | None = None,
    jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """What each uncertain input does to an arm's incremental profit by itself, by runs of its own.

    Each input is set to its 5th and its 95th percentile with all others at their means, and control and arm are run on the same customers
    with the same moods. Beside `Comparison.hangs_on`, which takes the same from the replicates of a comparison by regression: that one
    averages over all others, and needs no further runs; this one assumes no form, and sees no interactions (Saltelli & Annoni 2010,
    Environmental Modelling & Software 25:1508-1517). An input that is one of several values takes those at the percentiles.

    Args:
        scenario: with `[uncertainty]` or `[posterior]`.
        arm: name of the arm.
        replicates: populations of each run; two runs an input.
        seed: seed of all draws; the scenario's own when left out.
        jobs: processes; as many as there are cores when left out. Results do not depend on it.
        progress: called as `progress(done, total)` after each replicate of a run.

    Returns:
        A row an input, the largest swing first. Columns: ``input``, ``source`` of the doubt; ``low``, ``high``, its 5% and 95% points, in its unit;
        ``at_low``, ``at_high``, the mean incremental profit there, ``swing`` = at_high - at_low and its standard error ``se`` over replicates, in currency
        units; ``clear``, whether |swing| exceeds two of them.

    Raises:
        RegularsError: nothing is uncertain, there is no such arm, or options make no sense.
    """
    import pandas as pd

    scenario = as_scenario(scenario)
    optional_call("progress", progress)
    how = asked(scenario, [arm], replicates, seed, jobs)
    points = list(one_by_one(scenario, ENDS))
    if not points:
        raise RegularsError(
            "nothing is uncertain here: give the scenario [uncertainty], as `regulars fit` does"
        )
    worlds = [world for _, _, ends in points for _, world in ends]
    tasks = [(world, how.arms, how.seed, number) for world in worlds for number in range(how.replicates)]
    size = scenario.spec.market
    workers = processes(how.jobs, len(tasks), size.customers * size.days * 2 * len(tasks))
    gains = []
    with enough_memory(scenario, 2), results(_gain, iter(tasks), workers) as found:
        for gain in found:
            gains.append(gain)
            if progress is not None:
                progress(len(gains), len(tasks))
    by_end = np.array(gains).reshape(len(points), 2, how.replicates)
    rows = []
    for (name, source, ends), (at_low, at_high) in zip(points, by_end, strict=True):
        swing = at_high - at_low
        se = float(np.std(swing, ddof=1) / np.sqrt(how.replicates)) if how.replicates > 1 else float("nan")
        mean = float(swing.mean())
        rows.append(
            {
                "input": name, "source": source, "low": ends[0][0], "high": ends[1][0], "at_low": float(at_low.mean()),
                "at_high": float(at_high.mean()), "swing": mean, "se": se, "clear": abs(mean) > CLEAR * se,
            }
        )  # fmt: skip
    table = pd.DataFrame(rows)
    return table.sort_values("swing", key=np.abs, ascending=False, kind="stable", ignore_index=True)


def _gain(scenario: Scenario, arms: tuple[str, ...], seed: int, number: int) -> float:
    """Incremental profit of the one arm in one replicate."""
    rows = replicate(scenario, arms, seed, number)["metrics"]
    return next(
        float(r["value"]) for r in rows if r["metric"] == "incremental_profit" and r["arm"] == arms[0]
    )


def beside(by_runs: pd.DataFrame, by_regression: pd.DataFrame | None) -> pd.DataFrame:
    """Both tornados in one table.

    Args:
        by_runs: as of `one_at_a_time`.
        by_regression: as of `Comparison.hangs_on`; None where that cannot be told.

    Returns:
        `by_runs` with ``swing_by_regression`` and ``se_by_regression`` beside it; NaN where regression cannot tell.
    """
    if by_regression is None:
        return by_runs.assign(swing_by_regression=np.nan, se_by_regression=np.nan)
    other = by_regression.set_index("input")[["swing", "se"]].add_suffix("_by_regression")
    return by_runs.join(other, on="input")
