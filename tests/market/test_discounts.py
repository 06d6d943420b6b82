"""Discounts at the till stand in the books by the strategy that gave them, and add up; each strategy's own, in tests/contract."""

import math

import pytest
from contract.books import given
from contract.listening import run
from contract.shop import lively
from worlds.everything import HERE, table

from regulars import Scenario
from regulars.contract.process import Process
from regulars.contract.strategy import names


def test_all_at_once_add_up():
    market = run(
        table({name: lively(name) for name in names()}, firms=("anna", "carla"), customers=30, days=40)
    )
    assert {"everyday_low_price", "tiers", "coupons"} <= set(given(market)[HERE])


def test_a_shelf_price_alone():
    """Without anybody who takes part in the rounds; the whole discount is its own."""
    market = run(
        {**table({}), "firms": [{"name": "anna", "strategies": {"everyday_low_price": {"discount": 0.1}}}]}
    )
    assert given(market)["anna"]["everyday_low_price"] == int(market.ledger.money["discounts"][0]) > 0


def test_factors_share_by_their_logarithms():
    """10% off for everybody and 30% off for whoever has spent a coin: ln .9 against ln .7, rounding aside."""
    rules = {"everyday_low_price": {"discount": 0.1}, "cumulative_discount": {"steps": ((1e-6, 0.3),)}}
    market = run(table(rules, customers=30, days=40))
    mine = given(market)[HERE]
    alone = run(table({"everyday_low_price": {"discount": 0.1}}, customers=30, days=40))
    assert mine["everyday_low_price"] != given(alone)[HERE]["everyday_low_price"]
    log = market.log.purchases()
    both = log[(log["firm"] == HERE) & (log["amount"] < 0.65 * log["listed"])]
    share = math.log(0.9) / (math.log(0.9) + math.log(0.7))
    of_both = (both["listed"] - both["amount"]).sum()
    first = log[(log["firm"] == HERE) & (log["amount"] >= 0.65 * log["listed"])]
    expected = share * of_both + (first["listed"] - first["amount"]).sum()
    assert mine["everyday_low_price"] / 1e6 == pytest.approx(expected, rel=1e-6)


TILL = ("everyday_low_price", "coupons", "cumulative_discount", "tiers", "threshold_rebate", "referral")


@pytest.mark.parametrize("options", [{"tick": 0.5}, {"tick": 0.125}, {"tick": 7.0}], ids=str)
def test_purchases_are_shared_one_by_one(options):
    """It is nothing, to the millionth, which purchases are looked at together."""
    does = {name: lively(name) for name in TILL}
    whole, other = (run(table(does, customers=40, days=28, **more)) for more in ({}, options))
    assert len(given(whole)[HERE]) > 4
    assert whole.ledger.by_strategy == other.ledger.by_strategy


class Sale(Process):
    """Another 10% off for everybody."""

    @classmethod
    def title(cls):
        return "sale"

    def offer(self, board, day):
        board.shelf_factor[0] *= 0.9


@pytest.mark.parametrize("tick", [0.25, 1.0, 7.0])
def test_two_shelf_prices(tick):
    """Shared as when somebody looks at every purchase, and what one purchase gives is shared by the logarithms."""
    firm = {"name": "anna", "price": 3.33, "strategies": {"everyday_low_price": {"discount": 0.3}}}
    scenario = Scenario({"market": {"customers": 90, "days": 28, "tick": tick}, "firms": [firm]})
    books = []
    for log in ("totals", "memory"):
        market = scenario.market(log=log)
        market.phases["offer"].append(Sale(market, None))
        books.append(given(market.run())["anna"])
    assert books[0] == books[1]
    assert books[0]["sale"] / sum(books[0].values()) == pytest.approx(
        math.log(0.9) / math.log(0.63), abs=1e-6
    )
