"""Greeting: one wish a year to whom the firm knows, on a birthday of the customer's own, and how little it does."""

import math

import numpy as np
import pytest
from worlds.chances import near
from worlds.corner import corner
from worlds.lives import goes_on, happened, lives, run
from worlds.online_shops import communication, mine, purchases, world

from regulars.ground.parameter import Problem

LOUD = {"audience": "everybody", "reach": 1.0, "effect": 1.0}


def greeting(**rules):
    """Wishes, as the rules say."""
    return {"greeting": rules}


def test_one_wish_a_year_does_little():
    """Less than a third of what one per cent off does, at a price sensitivity of 3; more than nothing."""
    year = {"market__days": 366, "market__customers": 1500, "choice__price_sensitivity": 3.0}
    year |= {"choice__outside_utility": -3.0}
    none, wishes, cheaper = (
        purchases(world(own, **year))
        for own in (None, greeting(), {"everyday_low_price": {"discount": 0.01}})
    )
    assert 0 < wishes - none < (cheaper - none) / 2
    mean_pull = 0.8 * 0.2 * 14.0 / (365.25 * math.log(2))
    assert mean_pull < 0.03 / 3


def test_a_yearly_visit_of_the_postman():
    """In four years, 1461 days, everybody gets exactly four wishes, at four intervals of a year."""
    market = run(world(greeting(**LOUD), market__days=1461, market__customers=40))
    assert (mine(market).sent == 4).all()
    days = happened(market, "contact").groupby("customer")["time"].apply(np.array)
    gaps = np.diff(np.stack(days.to_list()), axis=1)
    assert ((gaps == 365) | (gaps == 366)).all()


def test_the_birthday_is_the_customers_own():
    """Whoever greets, and whenever somebody joins: the same day for both firms, all days of the year alike."""
    market = run(world(greeting(**LOUD), greeting(**LOUD), market__customers=20_000, market__days=1))
    one, other = (firm.strategies["greeting"].birthday for firm in market.firms)
    assert (one == other).all()
    assert one.min() == 0 and one.max() == 365
    for month in range(12):
        here = (one >= month * 30) & (one < month * 30 + 30)
        assert near(here.mean(), 30 / 365.25, one.size)


def test_a_wish_moves_the_odds_by_what_is_left_of_it():
    n = 30_000
    market = run(corner(greeting(**LOUD), p=0.3, online=True, market__customers=n, market__days=45))
    table = lives(market)
    since = table["time"].to_numpy() - mine(market).birthday[table["customer"]]
    bought = table["firm"].notna().to_numpy()
    for days in (0, 14, 28):
        p = 1 / (1 + 7 / 3 * math.exp(-(2.0 ** (-days / 14))))
        assert near(bought[since == days].mean(), p, (since == days).sum())
    assert near(bought[since < 0].mean(), 0.3, (since < 0).sum())


def test_strangers_get_no_wish():
    """Without cards nobody is known; with them whoever has one. A shop that takes orders knows everybody."""
    offline = {"firms.shop.online": False}
    unknown, none = (run(world(own, **offline)) for own in (greeting(), None))
    assert lives(unknown).equals(lives(none)) and communication(unknown) == 0
    cards = {"points": {"enrolment": "randomised", "enrolled_share": 0.4}}
    market = run(world({"greeting": {"reach": 1.0}, **cards}, **offline, market__days=364))
    greeted, member = market.firm("shop").strategies["greeting"], market.firm("shop").members()
    assert (greeted.sent[member] <= 1).all() and greeted.sent[member].mean() > 0.98
    assert not greeted.sent[~member].any() and 0.3 < member.mean() < 0.5


def test_purchases_count_from_the_first_day():
    """The customer file is open before anybody has a birthday: who bought on the first days is known later."""
    few = {"market__customers": 5, "market__days": 364}
    market = run(world(greeting(audience="frequent:1", reach=1.0), **few))
    own, table = mine(market), lives(market)
    assert own.birthday.min() > 14
    first = table[table["firm"] == "shop"].groupby("customer")["time"].min().reindex(range(5)).to_numpy()
    assert (own.sent == (first < own.birthday)).all() and own.sent.sum() >= 4


def test_reach_and_cost():
    market = run(world(greeting(audience="everybody", cost=0.5, reach=0.6), market__days=366))
    market.ledger.check()
    sent = mine(market).sent.sum()
    assert 600 <= sent <= 606  # some birthdays of the first day come again on the last
    assert communication(market) == pytest.approx(0.5 * sent)
    assert near(len(happened(market, "contact")) / sent, 0.6, sent)


# ---------------------------------------------------------------- off, generosity


def test_wishes_that_say_nothing_cost_and_do_nothing():
    quiet, none = run(world(greeting(effect=0.0, audience="everybody"))), run(world())
    assert lives(quiet).equals(lives(none)) and communication(quiet) > 0


@pytest.mark.parametrize("what", ["effect", "reach"])
def test_a_warmer_wish_never_attracts_less(what):
    sales = [purchases(world(greeting(**{**LOUD, what: value}))) for value in (0.0, 0.3, 0.6, 1.0)]
    assert sales == sorted(sales) and sales[-1] > sales[0]


def test_if_both_greet_nobody_gains():
    """Without staying at home as a way out, two equal wishes on one day cancel: not one choice changes."""
    only = {"choice__outside": False}
    both, none = run(world(greeting(**LOUD), greeting(**LOUD), **only)), run(world(**only))
    assert (lives(both)["firm"] == lives(none)["firm"]).mean() > 0.9999
    both.ledger.check()
    assert all(both.ledger.value("communication", f) > 0 for f in (0, 1))


# ---------------------------------------------------------------- saving, and mistakes


def test_saved_and_gone_on(tmp_path):
    goes_on(world(greeting(**LOUD, opt_out=0.2), market__days=400), tmp_path / "market", 380)


def test_in_weekly_ticks_nobody_is_forgotten():
    weekly = run(world(greeting(**LOUD), market__tick=7.0, market__days=1463, market__customers=40))
    assert set(mine(weekly).sent) <= {4, 5} and np.mean(mine(weekly).sent) < 4.2


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"reach": 1.5}, "chance that the wish is noticed"),
        ({"cost": -1.0}, "currency per wish"),
        ({"audience": "birthday"}, "greeting.audience"),
        ({"birthday": 3.0}, "greeting.birthday: no parameter of this name"),
    ],
)
def test_mistakes_are_told(rules, told):
    with pytest.raises(Problem, match=told):
        world(greeting(**rules))
