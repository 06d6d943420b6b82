"""Our own larger workloads, with no peer to compare: the full market, the small market, and what a customer weighs.

Each function is one task for a fresh process (worker.py) and returns plain numbers.
"""

from statistics import median
from typing import Any

from bench import ours
from bench.meter import stopwatch

SUPERMARKET = ours.SCENARIOS / "community-supermarket.toml"
BYTES_PER_CUSTOMER = 200
BYTES_PER_CUSTOMER_AND_FIRM = 40


def supermarket_year(customers: int, days: int, threads: int, seed: int = 1) -> dict[str, float]:
    """The community supermarket with its six strategies in one shop, warm; opportunities per CPU second are per core."""
    ours.simulate(SUPERMARKET, customers=500, days=14, seed=seed, threads=threads, programmes=True)
    stepped = ours.simulate(SUPERMARKET, customers, days, seed, threads, programmes=True)
    met = ours.opportunities(stepped.market)
    return {
        "customers": customers,
        "days": days,
        "threads": threads,
        "opportunities": met,
        "opportunities_per_cpu_s": met / stepped.cpu_s,
        "opportunities_per_wall_s": met / stepped.wall_s,
        "cpu_s": stepped.cpu_s,
        "wall_s": stepped.wall_s,
        "setup_s": stepped.setup_s,
    }


def small_market(scenario: str, customers: int, days: int, times: int, seed: int = 1) -> dict[str, float]:
    """A small market over and over as a sweep would: median milliseconds of building it, of stepping it, of both."""
    path = ours.SCENARIOS / f"{scenario}.toml"
    ours.simulate(path, customers, days, seed, threads=1)
    whole, stepping, setup = [], [], []
    for again in range(times):
        with stopwatch() as all_of_it:
            stepped = ours.simulate(path, customers, days, seed + 1 + again, threads=1)
        whole.append(all_of_it.wall_s)
        stepping.append(stepped.wall_s)
        setup.append(stepped.setup_s)
    return {
        "customers": customers,
        "days": days,
        "times": times,
        "whole_ms": 1e3 * median(whole),
        "stepping_ms": 1e3 * median(stepping),
        "setup_ms": 1e3 * median(setup),
    }


def weight(customers: int, days: int, seed: int = 1) -> dict[str, float]:
    """Peak memory of the full market above a warm process, in bytes per customer, beside its budget."""
    ours.simulate(SUPERMARKET, customers=500, days=min(7, days), seed=seed, threads=1)
    stepped = ours.simulate(SUPERMARKET, customers, days, seed, threads=1)
    return {
        "customers": customers,
        "days": days,
        "bytes_per_customer": stepped.peak_mb * 2**20 / customers,
        "budget": BYTES_PER_CUSTOMER + BYTES_PER_CUSTOMER_AND_FIRM * ours.firms(stepped.market),
    }


TASKS = {"supermarket_year": supermarket_year, "small_market": small_market, "weight": weight}


def plan(quick: bool) -> list[tuple[str, dict[str, Any]]]:
    """The workloads to run, in order: name and arguments."""
    customers, days = (5_000, 60) if quick else (100_000, 365)
    return [
        ("supermarket_year", {"customers": customers, "days": days, "threads": 1}),
        ("supermarket_year", {"customers": customers, "days": days, "threads": 2}),
        (
            "small_market",
            {"scenario": "reference", "customers": 500, "days": 730, "times": 5 if quick else 25},
        ),
        (
            "small_market",
            {"scenario": "community-supermarket", "customers": 500, "days": 730, "times": 5 if quick else 25},
        ),
        ("weight", {"customers": 20_000 if quick else 200_000, "days": 30}),
    ]
