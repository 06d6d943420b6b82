"""Our engine at the benchmark's table: the reference model as an ordinary scenario, without special code.

`purchases_and_complaints` and `opportunities` are the only places that know how a finished market is read.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.meter import peak_mb, reset_peak, stopwatch
from bench.reference import Measured, outcome

SCENARIOS = Path(__file__).parents[2] / "scenarios"
REFERENCE = SCENARIOS / "reference.toml"


@dataclass(frozen=True)
class Stepped:
    """A market that has run: seconds of the stepping, wall seconds of the set-up, growth of the process at its peak."""

    market: Any
    cpu_s: float
    wall_s: float
    setup_s: float
    peak_mb: float


def simulate(
    path: Path, customers: int, days: int, seed: int, threads: int, programmes: bool = False
) -> Stepped:
    """Load the scenario, set its size, build the market and run it, with the strategies of all arms at once if wanted."""
    from regulars import load

    before = reset_peak()
    with stopwatch() as setup:
        scenario = load(path)
        scenario = scenario.set({"market.customers": customers, "market.days": days})
        if programmes:
            own = {
                name: table for arm in scenario.spec.arms.values() for name, table in arm.strategies.items()
            }
            scenario = scenario.set({f"firms.{scenario.focal}.strategies": own})
        market = scenario.market(seed=seed, threads=threads)
    with stopwatch() as stepping:
        market.run()
    return Stepped(market, stepping.cpu_s, stepping.wall_s, setup.wall_s, peak_mb() - before)


def purchases_and_complaints(market: Any) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Counts by day and firm, both shaped (days, firms)."""
    return market.totals.purchases, market.totals.complaints


def opportunities(market: Any) -> int:
    """How many purchase opportunities the whole run held."""
    return int(np.sum(market.totals.opportunities))


def firms(market: Any) -> int:
    """How many firms compete in the market."""
    return len(market.firms)


def run(customers: int, ticks: int, seed: int, threads: int = 1) -> Measured:
    """One market of the reference scenario, the log kept as totals."""
    stepped = simulate(REFERENCE, customers, ticks, seed, threads)
    return Measured(
        cpu_s=stepped.cpu_s,
        wall_s=stepped.wall_s,
        setup_s=stepped.setup_s,
        peak_mb=stepped.peak_mb,
        **outcome(*purchases_and_complaints(stepped.market)),
    )
