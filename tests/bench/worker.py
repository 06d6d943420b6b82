"""One task in one fresh process: `python -m bench.worker '{"task": ..., ...}'` prints one line of JSON.

An engine is warmed by a short market first, so that imports, compilation and caches are not timed.
"""

import importlib
import json
import sys
import traceback
from collections.abc import Callable
from statistics import fmean
from typing import Any

from bench.reference import Measured

TWINS = {"mesa": "bench.mesa_twin", "numpy": "bench.numpy_twin", "ours": "bench.ours"}
WARM = {"customers": 300, "ticks": 5, "seed": 1}
ENOUGH_S = 0.3
"""Runs are repeated until this much CPU time is timed: a small market alone is over before a clock can tell."""


def repeated(run: Callable[[int], Measured], seed: int) -> Measured:
    """Run with fresh seeds until enough CPU time is timed; mean seconds, the rest from the first run."""
    runs = [run(seed)]
    while sum(one["cpu_s"] for one in runs) < ENOUGH_S and len(runs) < 50:
        runs.append(run(seed + 1000 * len(runs)))
    means = {key: fmean(one[key] for one in runs) for key in ("cpu_s", "wall_s", "setup_s")}
    return Measured(**{**runs[0], **means})


def perform(task: str, **arguments: int) -> dict[str, Any]:
    """Run one engine or one workload by name."""
    if task in TWINS:
        twin = importlib.import_module(TWINS[task])
        customers, ticks, threads = (arguments[key] for key in ("customers", "ticks", "threads"))
        twin.run(**WARM, threads=threads)
        return dict(repeated(lambda seed: twin.run(customers, ticks, seed, threads), arguments["seed"]))
    from bench.workloads import TASKS

    return TASKS[task](**arguments)


def main() -> int:
    """Perform the task named on the command line; a failure is told as JSON too, its traceback on stderr."""
    try:
        said = perform(**json.loads(sys.argv[1]))
    except Exception as failure:
        traceback.print_exc()
        said = {"not_measured": f"{type(failure).__name__}: {failure}"}
    print(json.dumps(said))
    return 0


if __name__ == "__main__":
    sys.exit(main())
