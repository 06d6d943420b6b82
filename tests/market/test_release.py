"""A market that is dropped is gone: mesa 3.3 would keep every model for ever (mesa issue 3179)."""

import gc
import tracemalloc
import weakref
from pathlib import Path

import mesa
import pytest

from regulars.market.model import Model
from regulars.scenario import Scenario

SCENARIO = Scenario(
    {"market": {"customers": 10_000, "days": 2.0}, "firms": [{"name": name} for name in "abc"]}
)
MANY, MEGABYTE = 40, 2**20


def resident():
    """Memory of this process, bytes; 0 where it cannot be told."""
    file = Path("/proc/self/statm")
    return int(file.read_text().split()[1]) * 4096 if file.exists() else 0


def build_and_drop(count, close):
    """How many of `count` markets still live after they were built, used and dropped."""
    left = []
    for _ in range(count):
        market = SCENARIO.market()
        market.step()
        left.append(weakref.ref(market))
        if close:
            market.close()
        del market
        gc.collect()
    return sum(ref() is not None for ref in left)


@pytest.fixture
def warm():
    """Memory before, bytes: of all arrays and objects, and of the process."""
    gc.collect()
    gc.freeze()  # what is there already need not be looked through again and again
    tracemalloc.start()
    build_and_drop(5, close=True)
    yield tracemalloc.get_traced_memory()[0], resident()
    tracemalloc.stop()
    gc.unfreeze()


@pytest.mark.parametrize("close", [False, True], ids=["dropped", "closed"])
def test_memory_stays_flat(warm, close):
    assert build_and_drop(MANY, close) == 0
    assert tracemalloc.get_traced_memory()[0] - warm[0] < MEGABYTE / 4
    assert resident() - warm[1] < 8 * MEGABYTE


@pytest.mark.skipif(not hasattr(mesa.Agent, "_ids"), reason="this mesa has no registry of models")
def test_without_the_cure_every_market_stays(warm, monkeypatch):
    """Negative control: this is what the test above would see."""
    monkeypatch.delattr(Model, "register_agent")
    try:
        assert build_and_drop(10, close=True) == 10
        assert tracemalloc.get_traced_memory()[0] - warm[0] > 10 * MEGABYTE
    finally:
        mesa.Agent._ids.clear()
        gc.collect()


def test_agents_of_the_user_do_not_keep_a_market_either():
    market = SCENARIO.market()
    extra = mesa.Agent(market)
    assert extra.unique_id == 1 + max(firm.unique_id for firm in market.firms)
    left = weakref.ref(market)
    del market, extra
    gc.collect()
    assert left() is None


def test_branches_and_loaded_markets_are_gone_too(warm, tmp_path):
    market = SCENARIO.market()
    file = market.save(tmp_path / "m")
    left = []
    for _ in range(5):
        for other in (market.branch(), type(market).load(file), market.branch(against=market)):
            other.step() if other.against is None else None
            left.append(weakref.ref(other))
    del other
    gc.collect()
    assert not any(ref() is not None for ref in left)
