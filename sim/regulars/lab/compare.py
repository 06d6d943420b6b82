"""Comparing what a firm could do: every arm on the same paired customers.

In each replicate the control and all arms step in lockstep, day by day, over the same opportunities of the same
people with the same moods, so that what differs is caused by the policy. Replicates draw other people, and other
values of the parameters that the scenario calls uncertain.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from regulars.ground.calls import optional_call, well_called
from regulars.lab.asked import asked, names_of
from regulars.lab.comparison import Comparison
from regulars.lab.lockstep import replicate
from regulars.lab.misfits import USUAL, fits_together
from regulars.lab.pairing import replicates_needed
from regulars.lab.said import with_sure
from regulars.lab.uncertainty import is_in_doubt
from regulars.lab.workers import enough_memory, processes, results
from regulars.scenario import CONTROL, Scenario, as_scenario


@well_called
def compare(
    scenario: Scenario | str | Any,
    replicates: int = USUAL,
    arms: Sequence[str] | None = None,
    seed: int | None = None,
    jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    segments: Sequence[str] = (),
    sure: Sequence[str] = (),
) -> Comparison:
    """Compare the arms of a scenario with doing nothing, on paired customers.

    Args:
        scenario: a `Scenario`, a path or a table.
        replicates: independent populations (and draws of uncertain parameters). Where nothing is uncertain and an arm goes against the control, so
            that pairing widens its interval, replicates are added until its error is what worlds apart would give (`lab.pairing`).
        arms: names of the arms; all of the scenario when left out.
        seed: seed of all draws; the scenario's own when left out.
        jobs: processes; as many as there are cores when left out. Results do not depend on it.
        progress: called as `progress(done, total)` after each replicate.
        segments: columns of customers, such as `price_sensitivity` or one that a part of your own declares, by which
            `Comparison.by_segment` tells them apart, besides by what they bought at first.
        sure: what you know better than what is assumed, such as ``margin = 0.31``, ``margin = 0.31 within 0.02`` (19 times in 20) or
            ``foresight``: it is set and no longer drawn, or only so far.

    Returns:
        Metrics of every arm and replicate, where each arm's profit comes from, and intervals over replicates.

    Raises:
        RegularsError: for options that make no sense and arms that would make other customers, before anything runs.

    Example:
        >>> from regulars import compare
        >>> shops = {
        ...     "market": {"customers": 200, "days": 84},
        ...     "choice": {"price_sensitivity": 3.0},
        ...     "firms": [{"name": "ann", "cost": 0.7}, {"name": "bob", "cost": 0.7}],
        ...     "arms": {"cheaper": {"strategies": {"everyday_low_price": {"discount": 0.05}}}},
        ... }
        >>> ranking = compare(shops, replicates=3).ranking()
        >>> bool(ranking.loc[0, "incremental_purchases"] > 0)
        True
    """
    import pandas as pd

    scenario = with_sure(as_scenario(scenario), sure)
    optional_call("progress", progress)
    how, columns = asked(scenario, arms, replicates, seed, jobs), names_of("segments", segments)
    fits_together(scenario, how.arms, how.seed, how.replicates)
    markets = len(how.arms) + 1
    size = scenario.spec.market
    parts: list[dict[str, list[dict[str, Any]]]] = []
    wanted = how.replicates
    while len(parts) < wanted:
        numbers = range(len(parts), wanted)
        workers = processes(how.jobs, len(numbers), size.customers * size.days * markets * len(numbers))
        tasks = ((scenario, how.arms, how.seed, number, columns) for number in numbers)
        with enough_memory(scenario, markets), results(replicate, tasks, workers) as found:
            for part in found:
                parts.append(part)
                if progress is not None:
                    progress(len(parts), wanted)
        if wanted == how.replicates and not is_in_doubt(scenario):
            wanted = _needed(parts, how.arms)
    tables = {
        table: pd.DataFrame([row for part in parts for row in part[table]])
        for table in ("metrics", "attribution", "daily", "customers", "inputs", "segments")
    }
    added = len(parts) - how.replicates
    return Comparison(scenario, scenario.focal, how.arms, len(parts), how.seed, **tables, added=added)


def _needed(parts: Sequence[dict[str, list[dict[str, Any]]]], arms: Sequence[str]) -> int:
    """How many replicates these ones call for, see `lab.pairing`."""
    import numpy as np

    profit = [
        {row["arm"]: row["value"] for row in part["metrics"] if row["metric"] == "profit"} for part in parts
    ]
    of = {name: np.array([one[name] for one in profit]) for name in (CONTROL, *arms)}
    return replicates_needed((of[arm] for arm in arms), of[CONTROL])
