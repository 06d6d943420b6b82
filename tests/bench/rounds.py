"""Runs the engines against one another: every run a fresh process, round by round, in an order that turns."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.floor import Floor, NotMeasured
from bench.reference import TICKS, Measured
from bench.worker import repeated

ENGINES = {
    "c": "C, scalar, xoshiro",
    "c-philox": "C, scalar, Philox",
    "c-simd": "C, single precision, SIMD",
    "numpy": "NumPy, tuned",
    "mesa": "Mesa, one agent a customer",
    "ours": "Regulars",
}
C_VARIANTS = {"c": "xoshiro", "c-philox": "philox", "c-simd": "simd"}
_MESA_BUDGET = 400_000


@dataclass(frozen=True)
class Reading:
    """One engine at one size in one round."""

    engine: str
    customers: int
    ticks: int
    round: int
    measured: Measured

    @property
    def cpu_per_tick(self) -> float:
        """CPU seconds per customer-tick."""
        return self.measured["cpu_s"] / (self.customers * self.ticks)

    @property
    def bytes_per_customer(self) -> float:
        """Growth of the process at its peak, per customer."""
        return self.measured["peak_mb"] * 2**20 / self.customers


def ticks_for(engine: str, customers: int) -> int:
    """Ticks to run; Mesa gets fewer in a large market, since its cost per customer-tick does not depend on them."""
    return max(3, min(TICKS, _MESA_BUDGET // customers)) if engine == "mesa" else TICKS


def in_fresh_process(task: str, **arguments: int) -> dict[str, Any]:
    """Perform a task (worker.py) in a process of its own; raises NotMeasured with its reason."""
    tests = str(Path(__file__).parents[1])
    path = os.pathsep.join(filter(None, (tests, os.environ.get("PYTHONPATH"))))
    call = [sys.executable, "-m", "bench.worker", json.dumps({"task": task, **arguments})]
    done = subprocess.run(call, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": path})
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        raise NotMeasured(f"the process ended with {done.returncode}: {done.stderr.strip()[-200:]}")
    said = json.loads(lines[-1])
    if "not_measured" in said:
        raise NotMeasured(said["not_measured"])
    return said


def measure(engine: str, customers: int, ticks: int, seed: int, floor: Floor | None) -> Measured:
    """One engine at one size, warm; raises NotMeasured."""
    if engine in C_VARIANTS:
        if floor is None:
            raise NotMeasured("the C floor was not built")
        return repeated(lambda again: floor.run(C_VARIANTS[engine], customers, ticks, again), seed)
    return Measured(**in_fresh_process(engine, customers=customers, ticks=ticks, seed=seed, threads=1))


def play(
    engines: list[str],
    sizes: list[int],
    rounds: int,
    floor: Floor | None,
    missing: dict[str, str],
    told: Callable[[str], None],
) -> Iterator[Reading]:
    """Yield every reading; an engine that fails is written into `missing` with its reason and left out from there on."""
    for number in range(rounds):
        for customers in sizes:
            for engine in engines[number % len(engines) :] + engines[: number % len(engines)]:
                if engine in missing:
                    continue
                told(f"round {number + 1} of {rounds}, {customers:,} customers, {ENGINES[engine]}")
                ticks = ticks_for(engine, customers)
                try:
                    measured = measure(engine, customers, ticks, 1 + number, floor)
                except NotMeasured as reason:
                    missing[engine] = str(reason)
                else:
                    yield Reading(engine, customers, ticks, number, measured)
