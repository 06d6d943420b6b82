"""Mesa's `batch_run` on a market: iterations are replicates, seeds arrive, and nothing is cut off in silence."""

import inspect

import mesa
import pytest
from market.batches import HAS_RNG, times

from regulars.ground.errors import RegularsError
from regulars.market import Market

TABLE = {
    "market": {"customers": 60, "days": 6.0},
    "spending": {"basket": {"distribution": "gamma", "mean": 2.0, "sd": 1.0}},
    "firms": [{"name": "a", "price": 1.0, "cost": 0.5}],
}


def batch(parameters=None, kind=Market, **options):
    return mesa.batch_run(
        kind, {"scenario": [TABLE], **(parameters or {})}, **{"max_steps": 6, "display_progress": False, **options}
    )  # fmt: skip


def profits(rows, *keys):
    return {tuple(row[key] for key in keys): row["profit"] for row in rows}


def profit(**options):
    return Market(TABLE, **options).run().firms[0].profit


@pytest.mark.parametrize("processes", [1, 2])
def test_iterations_are_replicates(processes):
    found = profits(batch(number_processes=processes, **times(3)), "iteration")
    assert found == {(k,): profit(replicate=k) for k in range(3)}
    assert len(set(found.values())) == 3


def test_seeds_among_the_parameters_are_used():
    found = profits(batch({"seed": [4, 5]}, **times(2)), "seed", "iteration")
    assert found == {(s, k): profit(seed=s, replicate=k) for s in (4, 5) for k in range(2)}
    assert len(set(found.values())) == 4


@pytest.mark.skipif(HAS_RNG, reason="this mesa writes its own rng over the parameter")
def test_rng_among_the_parameters_is_used():
    found = profits(batch({"rng": [4, 5]}, **times(2)), "rng", "iteration")
    assert found == {(s, k): profit(seed=s, replicate=k) for s in (4, 5) for k in range(2)}


@pytest.mark.skipif(not HAS_RNG, reason="this mesa has no rng in batch_run")
def test_seeds_of_batch_run_are_used():
    for kind, name in ((Market, "rng"), (Own, "seed")):
        found = profits(batch(kind=kind, rng=[4, 5]), name)
        assert found == {(s,): profit(seed=s) for s in (4, 5)}
    with pytest.raises(RegularsError, match="seed: 3 and rng: 4 are both given"):
        batch({"seed": [3]}, rng=[4])


class Taking(Market):
    """A model of a user, who passes on what the market takes."""

    def __init__(self, scenario, price=1.0, **options):
        super().__init__(scenario, **options, firms__0__price=price)


class Own(Market):
    """A model of a user with a seed of its own and no other option."""

    def __init__(self, scenario, seed=None):
        super().__init__(scenario, seed=seed)


class Pair(Market):
    """A model that builds another market and runs it, longer than the batch allows."""

    def __init__(self, **options):
        super().__init__(**options)
        self.other = Market(TABLE, market__days=20.0).run()


def make(**arguments):
    return Market(**arguments)


@pytest.mark.parametrize("kind", [Taking, Own, Pair, make], ids=lambda kind: kind.__name__)
def test_models_and_functions_built_on_a_market(kind):
    assert profits(batch(kind=kind, **times(2)), "iteration") == {(k,): profit(replicate=k) for k in range(2)}


def test_signatures():
    assert "seed" in inspect.signature(Own).parameters
    assert {"price", "options"} == set(inspect.signature(Taking).parameters) - {"scenario"}
    shown = inspect.signature(Market).parameters
    assert "rng" in shown and "seed" not in shown and "self" not in shown


@pytest.mark.parametrize(
    ("parameters", "options", "message"),
    [
        ({}, {"max_steps": 5}, r"market\.days = 6 with market\.tick = 1 takes 6 steps.* max_steps=5; .*max_steps=6"),
        ({"market__days": [1200.0]}, {"max_steps": 1000}, "takes 1,200 steps.*market__days=1000 for"),
        ({"market__tick": [0.5]}, {"max_steps": 11}, "takes 12 steps.*max_steps=12.*market__days=5.5"),
        ({"replicate": [0]}, times(2), "replicate: 0 is given, so every iteration"),
        ({"collect": [False]}, {}, "collect: False leaves"),
        ({"log": ["one.parquet"]}, {}, "log: 'one.parquet' would be written anew by every run"),
        ({"sed": [4]}, {}, "no option 'sed'; did you mean 'seed'"),
    ],
)  # fmt: skip
def test_what_would_mislead_is_refused(parameters, options, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RegularsError, match=message):
        batch(parameters, **options)
    assert not list(tmp_path.iterdir())


def test_what_would_mislead_is_refused_in_other_processes():
    with pytest.raises(RegularsError, match="pass max_steps=6 to batch_run"):
        batch(max_steps=5, number_processes=2)


def test_outside_of_a_batch_nothing_is_cut():
    market = Market(TABLE, market__days=1200.0)
    assert (market.replicate, market.ticks) == (0, 1200)
