"""Running the plain market: seeds, days, books."""

import pytest
from plain.test_plain_day import WORLDS, scenario

from regulars.plain import PlainMarket


def test_a_different_seed_is_a_different_world():
    world = scenario({})
    assert PlainMarket(world, seed=7).run() != PlainMarket(world, seed=8).run()


def test_the_seed_is_that_of_the_scenario():
    world = scenario({"market": {"seed": 3, "days": 7}})
    assert (
        PlainMarket(world).run()
        == PlainMarket(world, seed=3).run()
        != PlainMarket(world, seed=3, replicate=1).run()
    )


def test_day_by_day_is_all_at_once_and_once_only():
    world = scenario({"market": {"days": 7}})
    whole, single = PlainMarket(world), PlainMarket(world)
    for _ in range(3):
        single.step()
    assert single.day == 3 and 0 < len(single.rows) < len(whole.run())
    assert single.run() == whole.rows
    rows = list(whole.rows)
    assert whole.run() == rows and whole.day == 7


def test_books_sum_to_zero_and_say_the_profit():
    world = scenario(WORLDS["rent and price"])
    engine, plain = world.market(seed=7).run(), PlainMarket(world, seed=7)
    plain.run()
    assert all(sum(firm.books.values()) == 0 for firm in plain.firms)
    assert [firm.profit for firm in plain.firms] == pytest.approx(
        [firm.profit for firm in engine.firms], abs=1e-6
    )
