"""Rent is booked every day, by tick length, and comes off the profit."""

import pytest

from regulars.scenario import Scenario

SHOP = {"market": {"customers": 20, "days": 28}, "firms": [{"name": "ann", "rent": 12.5}, {"name": "bob"}]}


@pytest.mark.parametrize("tick", [0.5, 1.0, 7.0])
def test_rent_of_a_month(tick):
    market = Scenario(SHOP).set({"market.tick": tick}).market().run()
    assert market.ledger.value("rent", 0) == pytest.approx(28 * 12.5)
    assert market.ledger.value("rent", 1) == 0
    market.ledger.check()


def test_rent_comes_off_the_profit():
    dear, free = (Scenario(SHOP).set({"firms.ann.rent": rent}).market().run() for rent in (12.5, 0.0))
    assert free.firm("ann").profit - dear.firm("ann").profit == pytest.approx(28 * 12.5)
