"""Comparing what a firm could do: every arm on the same paired customers.

In each replicate the control and all arms step in lockstep, day by day, over the same opportunities of the same
people with the same moods, so that what differs is caused by the policy. Replicates draw other people, and other
values of the parameters that the scenario calls uncertain.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from regulars.ground.calls import optional_call, well_called
from regulars.lab.asked import asked
from regulars.lab.comparison import Comparison
from regulars.lab.lockstep import replicate
from regulars.lab.misfits import USUAL, fits_together
from regulars.lab.said import with_sure
from regulars.lab.workers import enough_memory, processes, results
from regulars.scenario import Scenario, as_scenario


@well_called
def compare(
    scenario: Scenario | str | Any,
    replicates: int = USUAL,
    arms: Sequence[str] | None = None,
    seed: int | None = None,
    jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    sure: Sequence[str] = (),
) -> Comparison:
    """Compare the arms of a scenario with doing nothing, on paired customers.

    Args:
        scenario: a `Scenario`, a path or a table.
        replicates: independent populations (and draws of uncertain parameters).
        arms: names of the arms; all of the scenario when left out.
        seed: seed of all draws; the scenario's own when left out.
        jobs: processes; as many as there are cores when left out. Results do not depend on it.
        progress: called as `progress(done, total)` after each replicate.
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
    how = asked(scenario, arms, replicates, seed, jobs)
    fits_together(scenario, how.arms, how.seed, how.replicates)
    markets = len(how.arms) + 1
    size = scenario.spec.market
    workers = processes(how.jobs, how.replicates, size.customers * size.days * markets * how.replicates)
    tasks = ((scenario, how.arms, how.seed, number) for number in range(how.replicates))
    parts = []
    with enough_memory(scenario, markets), results(replicate, tasks, workers) as found:
        for part in found:
            parts.append(part)
            if progress is not None:
                progress(len(parts), how.replicates)
    tables = {
        table: pd.DataFrame([row for part in parts for row in part[table]])
        for table in ("metrics", "attribution", "daily", "customers", "inputs")
    }
    return Comparison(scenario, scenario.focal, how.arms, how.replicates, how.seed, **tables)
