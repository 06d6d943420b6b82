"""Benefits of tiers that members hold are owed until the tier ends, at what they are expected to cost."""

import numpy as np
import pytest
from worlds.lives import goes_on
from worlds.one_shop import club, tiers, two_firms
from worlds.steady import ran

from regulars import compare
from regulars.world.ledger import MILLION

SILVER = {"levels": [{"name": "silver", "threshold": 20.0, "discount": 0.5, "cost": 0.25}], "period": 28.0}


def owed(market):
    return market.ledger.value("liability", 0)


@pytest.mark.parametrize(
    ("days", "rules", "left"),
    [
        (1, {}, 0),  # spent 10: no level yet
        (10, {}, 18 + 28),  # requalified already: the rest of this period, and the next
        (28, {}, 28),  # the next period; nothing is spent in it yet
        (29, {}, 27),  # spent 5 in it, at half the price
        (32, {}, 24 + 28),  # spent 20: the one after it, too
        (10, {"promotion": "at_end"}, 0),
        (30, {"promotion": "at_end"}, 26),
    ],
)
def test_what_is_owed_by_hand(days, rules, left):
    """A purchase of 10 a day, half of it off and 0.25 of service: 5.25 for each day that the level still lasts."""
    market = ran({"tiers": {**SILVER, **rules}}, days=days)
    assert owed(market) == pytest.approx(5.25 * left)
    served = 0.25 * max(days - 2, 0) if not rules else 0.25 * max(days - 28, 0)
    assert market.ledger.value("rewards", 0) == pytest.approx(served + 5.25 * left)
    market.ledger.check()


def test_what_is_owed_is_what_comes_of_it():
    """Against what the same members are given in the period to come, where nobody buys more for it."""
    levels = [{"name": "gold", "threshold": 10.0, "discount": 0.1}]
    still = {"choice.price_sensitivity": 0.0, "foresight.foresight": 0.0, "market.customers": 4000}
    market = club(0.3, levels, **still, **{"market.days": 56}).market(log="memory")
    for _ in range(28):
        market.step()
    expected, holders = owed(market), np.flatnonzero(tiers(market).level)
    bought = market.run().log.purchases().query("time >= 28")
    mine = bought[bought["customer"].isin(holders)]
    given = (mine["listed"] * 0.1).sum()
    share = len(mine) / (28 * holders.size)
    error = 0.1 * np.sqrt(share * (1 - share) * 28 * holders.size)
    assert 0.3 < share < 0.8 and 100 < holders.size < 4000
    assert abs(expected - given) < 4 * error and 4 * error < 0.05 * expected


def test_who_has_left_is_owed_nothing_and_no_level_nothing():
    levels = [{"name": "gold", "threshold": 5.0, "discount": 0.1}]
    market = club(0.3, levels, **{"market.days": 30, "turnover.exit_rate": 6.0}).market().run()
    own = tiers(market)
    who, each, pace, left = own.benefits(30.0)
    gone = (market.customers.exit <= 30) & (own.level > 0)
    assert gone.sum() > 20 and who.size > 100 and not gone[who].any()
    assert each == pytest.approx(0.1) and set(left) == {26.0}
    assert owed(market) == pytest.approx((0.1 * pace * left).sum(), abs=1e-3)
    assert owed(ran({"tiers": {"levels": []}})) == 0.0


def test_it_is_attributed_to_what_earned_the_level():
    scenario = two_firms((None, None)).set({"arms": {"levels": {"strategies": {"tiers": SILVER}}}})
    comparison = compare(scenario, replicates=2)
    table = comparison.wide("liability")["levels"]
    assert (table > 0).all()
    for number in range(2):
        cells = comparison.attribution.query("replicate == @number")
        profit = comparison.wide("incremental_profit").loc[number, "levels"]
        assert (cells["margin"] - cells["reward"]).sum() == pytest.approx(profit, abs=1e-6)
        assert cells.query("cell == 'kept'")["reward"].item() > 0


def test_saved_with_what_is_owed(tmp_path):
    goes_on(two_firms(({"tiers": SILVER}, None)), tmp_path / "m", 31)


def test_a_branch_is_trued_up():
    market = ran({"tiers": SILVER}, days=10)
    longer = market.branch(
        {"market.days": 12, "firms.a.strategies.tiers.levels": [{**SILVER["levels"][0], "discount": 0.1}]}
    ).run()
    assert owed(longer) == pytest.approx((1.0 + 0.25) * (16 + 28))
    assert (
        longer.ledger.by_source.sum()
        == (longer.ledger.money["rewards"] + longer.ledger.money["discounts"]).sum()
    )
    assert MILLION * owed(longer) == pytest.approx(-float(longer.ledger.money["liability"][0]))
