"""Stacking: discounts of several strategies add up on one bill, or the best one counts alone; by hand."""

import numpy as np
import pytest
from contract.books import given
from contract.listening import run
from contract.shop import lively
from worlds.everything import HERE, table
from worlds.steady import shop

from regulars.market.stacking import best_only, changes
from regulars.world.board import MONEY_OFF, PRICE_FACTOR, Board

REGULARS = {"steps": ((1e-6, 0.3),)}  # 30% off from the second purchase on
TILL = ("coupons", "cumulative_discount", "tiers", "membership", "referral", "everyday_low_price")


def card(benefit):
    return {"fee": 0.0, "benefit": benefit, "cost": 0.0, "enrolment": "automatic", "sunk_cost": 0.0}


def bill(stacking, benefit, **more):
    """What the second purchase of 10 comes to, and who gave how much off it."""
    does = {"cumulative_discount": REGULARS, "membership": card(benefit), **more}
    market = shop(does, days=2).set({"firms.a.stacking": stacking}).market(log="memory").run()
    market.ledger.check()
    off = {name: amount / 1e6 for name, amount in given(market)["a"].items() if amount}
    return market.log.purchases()["amount"].to_list()[1], off


@pytest.mark.parametrize(
    ("stacking", "benefit", "paid", "off"),
    [
        ("all", 4.0, 3.0, {"cumulative_discount": 3.0, "membership": 4.0}),
        ("best", 4.0, 6.0, {"membership": 4.0}),
        ("best", 2.0, 7.0, {"cumulative_discount": 3.0}),
        ("best", 3.0, 7.0, {"cumulative_discount": 3.0}),  # equal: the first by name
        ("best", 30.0, 0.0, {"membership": 10.0}),
    ],
)
def test_the_second_bill(stacking, benefit, paid, off):
    assert bill(stacking, benefit) == (pytest.approx(paid), pytest.approx(off))


def test_the_price_on_the_shelf_comes_before():
    """10% off for everybody; of 9, 30% are 2.7, so that 2.8 is better."""
    paid, off = bill("best", 2.8, everyday_low_price={"discount": 0.1})
    assert paid == pytest.approx(9.0 - 2.8) and off == pytest.approx(
        {"everyday_low_price": 2.0, "membership": 2.8}
    )


def test_what_adds_to_a_price_is_no_discount():
    """Bills of 10 and of 40: a fifth more for all, and 10% or 3 off, whichever is more."""
    board = Board(1)
    board.make_room(2)
    board.open_round()
    for writer, channel, change in (
        ("dear", PRICE_FACTOR, 1.2),
        ("share", PRICE_FACTOR, 0.9),
        ("sum", MONEY_OFF, 3.0),
    ):
        board.writer = writer
        column = board.column(channel, 0, 2)
        column[:] = column * change if channel == PRICE_FACTOR else column + change
    best_only(board, 0, np.array([10.0, 40.0]))
    assert board.values[PRICE_FACTOR, 0].tolist() == pytest.approx([1.2, 1.2 * 0.9])
    assert board.values[MONEY_OFF, 0].tolist() == [3.0, 0.0]
    left = {(part, channel): change.tolist() for part, channel, change in changes(board, 0, 2)}
    assert left["dear", PRICE_FACTOR] == pytest.approx([1.2, 1.2]) and left[
        "share", PRICE_FACTOR
    ] == pytest.approx([1.0, 0.9])


def test_one_discount_alone_is_the_same():
    for name in TILL:
        does = table({name: lively(name)}, customers=30, days=30)
        best = {**does, "firms": [{**firm, "stacking": "best"} for firm in does["firms"]]}
        one, other = run(does), run(best)
        assert one.ledger.by_strategy == other.ledger.by_strategy
        assert one.log.opportunities().equals(other.log.opportunities())


def test_books_add_up_and_nobody_pays_more_than_the_best_of_them():
    does = table({name: lively(name) for name in TILL}, customers=60, days=40)
    best = {**does, "firms": [{**firm, "stacking": "best"} for firm in does["firms"]]}
    market, all_of_them = run(best), run(does)
    assert len(given(market)[HERE]) > 3
    shares = [
        m.ledger.value("discounts", HERE) / m.ledger.value("gross_sales", HERE) for m in (market, all_of_them)
    ]
    assert 0 < shares[0] < shares[1]
    assert np.isfinite(market.log.purchases()["amount"]).all()


@pytest.mark.parametrize("options", [{"tick": 0.5}, {"tick": 7.0}], ids=str)
def test_bills_are_looked_at_one_by_one(options):
    does = table({name: lively(name) for name in TILL}, customers=30, days=28)
    best = {**does, "firms": [{**firm, "stacking": "best"} for firm in does["firms"]]}
    other = {**best, "market": {**best["market"], **options}}
    assert run(best).ledger.by_strategy == run(other).ledger.by_strategy
