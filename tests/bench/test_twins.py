"""The engines of the benchmark play the same game: their statistics agree within Monte-Carlo error."""

import json
import math
import shutil
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from bench import mesa_twin, numpy_twin, ours, rounds
from bench.floor import VARIANTS, Floor, NotMeasured, build
from bench.ratios import Spread, exponent, ratio, summary
from bench.reference import FIRMS, Measured, outcome

CUSTOMERS, TICKS = 1_000, 52
Run = Callable[[int, int, int], Measured]


def sample(run: Run, seeds: range, customers: int = CUSTOMERS) -> np.ndarray:
    """Shares, revenue and complaints per customer and tick of one market a seed, shaped (seeds, statistics)."""
    markets = (run(customers, TICKS, seed) for seed in seeds)
    return np.array(
        [
            [*one["shares"], one["revenue_per_tick"] / customers, one["complaints_per_tick"] / customers]
            for one in markets
        ]
    )


def furthest(one: np.ndarray, other: np.ndarray) -> float:
    """Largest difference of the means over the statistics, in standard errors of that difference."""
    error = np.sqrt(one.var(0, ddof=1) / len(one) + other.var(0, ddof=1) / len(other))
    return float(np.max(np.abs(one.mean(0) - other.mean(0)) / error))


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    return sample(numpy_twin.run, range(100, 220))


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Floor:
    if shutil.which("gcc") is None:
        pytest.skip("no gcc")
    return build(tmp_path_factory.mktemp("floor"))


@pytest.mark.slow
def test_mesa_twin_agrees_with_the_vectors(vectors: np.ndarray) -> None:
    assert furthest(sample(mesa_twin.run, range(16)), vectors) < 4


def test_mesa_utility_is_the_formula(monkeypatch: pytest.MonkeyPatch) -> None:
    customer = next(iter(mesa_twin.Market(1, seed=1).agents))
    customer.taste, customer.satisfaction = [0.3, 0.4, 0.5, 0.6], [0.5, 0.7, 0.5, 0.5]
    customer.beta, customer.switching, customer.last = 2.0, 0.25, 0
    monkeypatch.setattr(customer.random, "random", lambda: math.exp(-1))  # a Gumbel shock of 0
    assert customer.utility(0) == pytest.approx(0.3 - 2.0 * 1.00)
    assert customer.utility(1) == pytest.approx(0.4 - 2.0 * 0.90 + 1.2 * 0.2 - 0.25)


@pytest.mark.parametrize("variant", VARIANTS)
def test_floor_agrees_with_the_vectors(floor: Floor, variant: str, vectors: np.ndarray) -> None:
    assert furthest(sample(partial(floor.run, variant), range(1, 121)), vectors) < 4


@pytest.mark.skipif(not ours.REFERENCE.exists(), reason="no reference scenario")
def test_our_reference_scenario_agrees_with_the_vectors(vectors: np.ndarray) -> None:
    assert furthest(sample(ours.run, range(1, 61)), vectors) < 4


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rule", "wrong"),
    [("NEED", 0.68), ("MEMORY", 0.25), ("SATISFACTION", 0.8), ("SWITCHING", (0.0, 0.0)), ("NOISE", 0.14)],
)
def test_a_twin_with_a_wrong_rule_is_caught(
    rule: str, wrong: object, vectors: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numpy_twin, rule, wrong)
    assert furthest(sample(numpy_twin.run, range(300, 420)), vectors) > 4


@pytest.mark.parametrize("twin", [mesa_twin, numpy_twin])
def test_a_seed_is_a_market(twin) -> None:
    first, again, other = (sample(twin.run, range(seed, seed + 1), customers=50) for seed in (7, 7, 8))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_market_of_several_blocks_is_whole() -> None:
    customers = numpy_twin.BLOCK + 5
    told = numpy_twin.run(customers, 4, 1)
    assert told["revenue_per_tick"] / customers == pytest.approx(0.69, abs=0.02)


def test_floor_answers_the_same_on_two_threads(floor: Floor) -> None:
    one, two = (floor.run("philox", 5_000, 10, seed=3, threads=threads) for threads in (1, 2))
    assert one["shares"] == two["shares"]
    assert one["complaints_per_tick"] == two["complaints_per_tick"]


def test_floor_refuses_an_unknown_variant(floor: Floor) -> None:
    with pytest.raises(ValueError, match="'mersenne': must be one of xoshiro, philox, simd"):
        floor.run("mersenne", 10, 1, 1)


def test_without_gcc_the_floor_says_so(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(NotMeasured, match="no gcc"):
        build(tmp_path)


def test_outcome_counts_shares_late_and_the_rest_throughout() -> None:
    purchases, complaints = np.zeros((4, FIRMS)), np.zeros((4, FIRMS))
    purchases[0, 0], purchases[2, 1], purchases[3, 2] = 8, 3, 1
    complaints[1] = 2
    told = outcome(purchases, complaints)
    assert told["shares"] == [0, 0.75, 0.25, 0]
    assert told["revenue_per_tick"] == pytest.approx((8 * 1.0 + 3 * 0.9 + 1 * 1.1) / 4)
    assert told["complaints_per_tick"] == 2


def reading(engine: str, customers: int, number: int, cpu_s: float) -> rounds.Reading:
    measured = Measured(
        cpu_s=cpu_s,
        wall_s=cpu_s,
        setup_s=0.0,
        shares=[0.25] * FIRMS,
        revenue_per_tick=1.0,
        complaints_per_tick=0.0,
        peak_mb=1.0,
    )
    return rounds.Reading(engine, customers, 10, number, measured)


def test_ratios_pair_readings_of_one_round() -> None:
    pairs = [(1.0, 3.0), (2.0, 4.0), (4.0, 4.0)]
    readings = [reading("c", 100, k, c) for k, (c, _) in enumerate(pairs)]
    readings += [reading("ours", 100, k, ours) for k, (_, ours) in enumerate(pairs)]
    readings += [reading("ours", 100, 9, 1000.0)]
    assert ratio(readings, "ours", "c", 100) == Spread(2.0, 1.0, 3.0)
    assert ratio(readings, "ours", "mesa", 100) is None


def test_cost_that_doubles_with_size_grows_linearly() -> None:
    readings = [reading("c", n, 0, 1e-6 * n) for n in (100, 1_000, 10_000)]
    assert exponent(readings, "c") == pytest.approx(1.0)
    assert exponent(readings[:1], "c") is None


def test_an_engine_that_fails_is_left_out_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def fresh(task: str, **arguments: int) -> dict:
        asked.append(task)
        if task == "ours":
            raise NotMeasured("broken")
        return dict(reading(task, 100, 0, 1.0).measured)

    monkeypatch.setattr(rounds, "in_fresh_process", fresh)
    missing: dict[str, str] = {}
    readings = list(rounds.play(["numpy", "ours"], [100], 2, None, missing, lambda line: None))
    assert missing == {"ours": "broken"}
    assert asked == ["numpy", "ours", "numpy"]
    assert [row["engine"] for row in summary(readings, ["numpy", "ours"], [100])] == ["numpy"]


def test_a_fresh_process_measures_and_tells_its_failures() -> None:
    told = rounds.in_fresh_process("numpy", customers=100, ticks=3, seed=1, threads=1)
    assert told["cpu_s"] > 0
    assert json.loads(json.dumps(told)) == told
    with pytest.raises(NotMeasured, match="KeyError: 'abacus'"):
        rounds.in_fresh_process("abacus")
