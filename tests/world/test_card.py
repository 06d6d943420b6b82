"""The store card: credit is a liability until it is used or lapses."""

import numpy as np
import pytest

from regulars import Scenario

PRICE = 2.0
WORLD = Scenario(
    {
        "market": {"customers": 3, "days": 30},
        "need": {"process": "calendar"},
        "choice": {"price_sensitivity": 0.5},
        "spending": {"basket": 1.0},
        "firms": [{"name": "anna", "price": PRICE, "cost": 1.0}],
    }
)


@pytest.fixture
def market():
    return WORLD.market(log="memory")


def grant(market, amount, customer=1, lapses=np.inf):
    market.firms[0].card.grant(
        "gift", np.array([customer]), np.array([[round(amount * 1e6)]], np.int64), lapses
    )


def books(market):
    return {a: market.ledger.value(a, 0) for a in ("cash", "rewards", "liability", "gross_sales")}


def test_credit_pays_at_the_till_as_far_as_it_goes(market):
    """5.00 of credit pay two purchases of 2.00 and half of a third; sales stay sales, cash comes later."""
    grant(market, 5.0)
    assert books(market) == {"cash": 0, "rewards": 5, "liability": 5, "gross_sales": 0}
    for paid in (2.0, 4.0, 5.0, 5.0):
        market.step()
        assert market.ledger.value("liability", 0) == 5.0 - paid
        market.ledger.check()
    used = market.log.events()
    assert used["amount"].tolist() == [2.0, 2.0, 1.0] and (used["customer"] == 1).all()
    assert (market.log.purchases()["amount"] == PRICE).all()
    assert books(market)["cash"] == 4 * 3 * (PRICE - 1.0) - 5.0
    assert books(market)["rewards"] == 5.0


def test_credit_lapses(market):
    """What is left lapses on its day; the reward is taken back, and said."""
    grant(market, 100.0, lapses=2.0)
    market.step()
    market.step()
    assert market.ledger.value("liability", 0) == 96.0
    market.step()  # opens on day 2
    assert market.ledger.value("liability", 0) == 0.0 and market.ledger.value("rewards", 0) == 4.0
    lapsed = market.log.events().query("event == 'lapse'")
    assert lapsed[["customer", "time", "amount"]].to_numpy().tolist() == [[1, 2.0, 96.0]]
    assert market.ledger.by_strategy == {("anna", "gift"): 100_000_000, ("anna", "card"): -96_000_000}
    assert market.ledger.by_source.sum() == 4_000_000


def test_new_credit_renews_the_old(market):
    grant(market, 100.0, lapses=1.0)
    grant(market, 1.0, lapses=9.0)
    market.step()
    market.step()
    assert market.ledger.value("liability", 0) == 97.0


@pytest.mark.big
def test_credit_pulls_by_what_waiting_would_cost():
    """Credit in hand is worth using here: not to a customer to whom waiting costs nothing, fully to one who never waits."""
    table = {
        "market": {"customers": 40_000, "days": 1},
        "need": {"process": "calendar"},
        "taste": {"kind": "homogeneous"},
        "choice": {"price_sensitivity": 0.5},
        "firms": [{"name": "anna", "price": PRICE}, {"name": "berta", "price": PRICE}],
    }
    for foresight, discount, pull in ((1.0, 1.0, 0.0), (0.0, 1.0, 1.0), (1.0, 0.6, 0.4), (0.5, 0.8, 0.6)):
        rules = {"foresight": foresight, "daily_discount": discount, "credit_weight": 0.8}
        market = Scenario({**table, "foresight": rules}).market()
        everyone = np.arange(40_000)
        market.firms[0].card.grant("gift", everyone, np.full((1, 40_000), 1_500_000), np.inf)
        market.step()
        share = market.log.totals.purchases[0, 0] / 40_000
        expected = 1 / (
            1 + np.exp(-0.5 * 0.8 * 1.5 * pull)
        )  # 1.50 in hand, .5 logits a unit, credit worth .8 of cash
        assert abs(share - expected) < 4 * np.sqrt(expected * (1 - expected) / 40_000)
        assert market.ledger.value("liability", 0) == pytest.approx(
            60_000 - 1.5 * market.log.totals.purchases[0, 0]
        )
