"""Comparing what a firm could do: every arm on the same paired customers.

In each replicate the control and all arms step in lockstep, day by day, over the same opportunities of the same
people with the same moods, so that what differs is caused by the policy. Replicates draw other people, and other
values of the parameters that the scenario calls uncertain.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from regulars.lab.asked import asked, fits_together
from regulars.lab.comparison import Comparison
from regulars.lab.lockstep import replicate
from regulars.scenario import Scenario, as_scenario

SMALL = 3_000_000  # customer-days below which starting worker processes costs more than it brings


def compare(
    scenario: Scenario | str | Any,
    replicates: int = 20,
    arms: Sequence[str] | None = None,
    seed: int | None = None,
    jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Comparison:
    """Compare the arms of a scenario with doing nothing, on paired customers.

    Args:
        scenario: a `Scenario`, a path or a table.
        replicates: independent populations (and draws of uncertain parameters).
        arms: names of the arms; all of the scenario when left out.
        seed: seed of all draws; the scenario's own when left out.
        jobs: processes; as many as there are cores when left out. Results do not depend on it.
        progress: called as `progress(done, total)` after each replicate.

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

    scenario = as_scenario(scenario)
    how = asked(scenario, arms, replicates, seed, jobs)
    fits_together(scenario, how.arms)
    parts = []
    for part in _replicates(scenario, how.arms, how.seed, how.replicates, how.jobs):
        parts.append(part)
        if progress is not None:
            progress(len(parts), how.replicates)
    tables = {
        table: pd.DataFrame([row for part in parts for row in part[table]])
        for table in ("metrics", "attribution", "daily", "customers")
    }
    return Comparison(scenario, scenario.focal, how.arms, how.replicates, how.seed, **tables)


def _replicates(
    scenario: Scenario, arms: tuple[str, ...], seed: int, count: int, jobs: int | None
) -> Iterator[Any]:
    cores = os.cpu_count() or 1
    size = scenario.spec.market
    work = size.customers * size.days * (len(arms) + 1) * count
    jobs = (1 if work < SMALL else min(cores, count)) if jobs is None else min(max(jobs, 1), count)
    if jobs == 1:
        return (replicate(scenario, arms, seed, r) for r in range(count))
    from joblib import Parallel, delayed

    pool = Parallel(n_jobs=jobs, return_as="generator")
    return iter(pool(delayed(replicate)(scenario, arms, seed, r) for r in range(count)))
