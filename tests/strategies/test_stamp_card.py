"""Stamp cards: who gets what on which day, to the unit, and that only what is looked forward to pulls."""

import math

import numpy as np
import pytest
from worlds.one_shop import STAMPS, chosen, collect, mug, shop, two_firms

from regulars.ground.parameter import Problem
from regulars.kit.limits import enough
from regulars.world.ledger import MILLION


def card(p=0.3, rules=None, **changes):
    """The shop with a stamp card."""
    return shop(p, {"stamp_card": rules or {}}, **changes)


def daily(rules, days=30, **changes):
    """Ten customers who buy once a day, and the events of the first of them."""
    market = card(1.0, rules, **{"market.customers": 10, "market.days": days, **changes}).market(log="memory").run()  # fmt: skip
    return market, market.log.events().query("customer == 0")


def when(events, kind="redeem"):
    return events[events["event"] == kind]["time"].tolist()


def flows(market):
    kept = market.firms[0].strategies["stamp_card"].book.flows
    return {name: flow.sum() / MILLION for name, flow in kept.items()}


# ---------------------------------------------------------------- who gets what, and when


def test_every_tenth_is_free_and_costs_its_goods():
    market, events = daily({})
    assert when(events) == when(events, "reward") == [9.0, 19.0, 29.0]
    assert events.query("event == 'reward'")["amount"].tolist() == [0.5] * 3  # what a unit costs the firm
    assert events.query("event == 'redeem'")["amount"].tolist() == [10.0] * 3
    assert market.ledger.value("rewards", 0) == pytest.approx(10 * 3 * 0.5)
    assert flows(market) == {"issued": 300.0, "redeemed": 300.0, "expired": 0.0, "forfeited": 0.0}


@pytest.mark.parametrize(
    ("rules", "days"),
    [
        ({"stamps": 1}, list(range(30))), ({"stamps": 7}, [6, 13, 20, 27]), ({"head_start": 2}, [7, 17, 27]), ({"head_start": 2, "every_card": True}, [7, 15, 23]),
        ({"head_start": 9, "every_card": True}, list(range(30))), ({"card_days": 9.0}, []), ({"card_days": 10.0}, [9, 19, 29]),
        ({"stamps": 4, "valid": 0.0}, [3, 7, 11, 15, 19, 23, 27]), ({"stamps": 10, "lot": 4.0, "valid": 4.0}, []), ({"stamps": 8, "lot": 4.0, "valid": 4.0}, [7, 15, 23]),
        ({"least": 1.0}, [9, 19, 29]), ({"least": 1.01}, []),
    ],
    ids=str,
)  # fmt: skip
def test_on_which_days_a_card_is_full(rules, days):
    assert when(daily(rules)[1]) == [float(day) for day in days]


def test_a_card_lapses_with_all_that_is_on_it():
    market, events = daily({"card_days": 5.0, "head_start": 1, "every_card": True})
    assert when(events, "expire") == [5.0, 10.0, 15.0, 20.0, 25.0]
    assert events.query("event == 'expire'")["amount"].tolist() == [6.0] * 5  # the head start, too
    assert flows(market)["redeemed"] == 0.0


def test_visits_count_and_not_money():
    """Five times the basket, or a price of three: the same stamps on the same days."""
    plain = when(daily({})[1])
    assert plain == when(daily({}, **{"spending.basket": 5.0})[1]) == when(daily({}, **{"firms.0.price": 3.0})[1])  # fmt: skip


@pytest.mark.parametrize(
    ("rules", "amount"),
    [
        ({"reward": "item"}, 0.5), ({"reward": "item", "size": 3.0}, 1.5), ({"reward": "item", "size": 3.0, "up_to": 2.5}, 1.25),
        ({"reward": "share", "size": 0.5}, 2.5), ({"reward": "share", "size": 0.5, "up_to": 2.0}, 2.0), ({"reward": "share", "size": 1.0}, 5.0),
        ({"reward": "amount", "size": 4.0}, 4.0), ({"reward": "amount", "size": 40.0}, 5.0), ({"reward": "amount", "size": 40.0, "up_to": 3.0}, 3.0),
    ],
    ids=str,
)  # fmt: skip
def test_what_a_full_card_costs(rules, amount):
    """A purchase of five units at 1 that cost .5: goods at their cost, money at its face, never more than the purchase."""
    events = daily(rules, **{"spending.basket": 5.0})[1]
    assert events.query("event == 'reward'")["amount"].tolist() == [amount] * 3


def test_only_purchases_that_are_large_enough_are_stamped():
    changes = {"spending.basket": 5.0, "spending.variation": 0.6, "market.days": 100}
    market = card(0.5, {"least": 6.0}, **changes).market(log="memory").run()
    bought = market.log.purchases()
    large = (bought["amount"] >= 6.0).groupby(bought["customer"]).sum().to_numpy()
    assert flows(market)["issued"] == large.sum()
    assert flows(market)["redeemed"] == 10 * (large // 10).sum()
    assert 0 < large.sum() < 0.5 * len(bought)


@pytest.mark.parametrize("one_a_day", [False, True])
def test_at_most_one_stamp_a_day(one_a_day):
    changes = {"need.process": "poisson", "need.mean": 21.0, "market.tick": 0.25, "market.days": 28}
    rules = {"one_a_day": one_a_day, "progress_perception": 1.0}
    market = card(0.5, rules, **changes).market(log="memory").run()
    bought = market.log.purchases()
    days = bought.assign(day=np.floor(bought["time"])).groupby(["customer", "day"]).size()
    assert len(days) < 0.7 * days.sum()
    assert flows(market)["issued"] == (len(days) if one_a_day else days.sum())


def test_a_second_purchase_of_a_day_is_not_pulled():
    """The base chance holds after a stamp of today, and more before it."""
    changes = {"need.process": "poisson", "need.mean": 14.0, "market.tick": 0.25, "market.days": 84}
    log = card(0.3, {"one_a_day": True, "size": 9.0}, **changes).market(log="memory").run().log.opportunities()  # fmt: skip
    log = log.assign(day=np.floor(log["time"]), bought=log["firm"].notna()).sort_values(["customer", "time"])
    before = log.groupby(["customer", "day"])["bought"].cumsum() - log["bought"] > 0
    after, first = log[before]["bought"], log[~before]["bought"]
    assert abs(after.mean() - 0.3) < 4 * math.sqrt(0.21 / len(after))
    assert first.mean() > 0.3 + 10 * math.sqrt(0.21 / len(first))


def test_who_does_not_get_round_to_it_keeps_the_stamps():
    market = card(1.0, {"stamps": 1, "redemption_rate": 0.25}, **{"market.days": 40}).market().run()
    opportunities = 2000 * 40
    assert flows(market)["issued"] == opportunities
    expected = flows(market)["redeemed"] / opportunities
    assert abs(expected - 0.25) < 4 * math.sqrt(0.25 * 0.75 / opportunities)


# ---------------------------------------------------------------- what pulls


@pytest.mark.parametrize("perception", [0.0, 0.6])
@pytest.mark.parametrize("head", [0, 2])
def test_where_purchases_are_alike_it_is_a_card_of_points(head, perception):
    """Oracle: a unit a purchase, a point a unit and a good of the same worth; every choice is the same, to the bit."""
    stamps = {"stamps": 10, "size": 3.0, "head_start": head, "every_card": True, "progress_perception": perception}  # fmt: skip
    points = {**STAMPS, "rewards": mug(10, 3.0, 1.5), "endowed": float(head), "endowed_again": True, "progress_perception": perception}  # fmt: skip
    impatient = {"foresight.daily_discount": 0.95}
    one, other = (m.market(log="memory").run() for m in (card(0.3, stamps, **impatient), collect(0.3, points, **impatient)))  # fmt: skip
    assert (chosen(one) == chosen(other)).all()
    assert one.ledger.value("rewards", 0) == other.ledger.value("rewards", 0)
    assert (chosen(one) != chosen(shop(0.3, **impatient).market(log="memory").run())).any()


def test_nothing_pulls_where_there_is_nothing_to_gain():
    """Negative controls: a reward of nothing, customers who do not look ahead, and one that nobody ever gets round to."""
    without = chosen(shop(0.3).market(log="memory").run())
    none = card(0.3, {"size": 0.0, "progress_perception": 5.0, "head_start": 3}).market(log="memory").run()
    assert (chosen(none) == without).all() and flows(none)["issued"] == 0.0
    for rules, changes in (({}, {"foresight.foresight": 0.0}), ({"redemption_rate": 0.0}, {}), ({"least": 1.5}, {})):  # fmt: skip
        assert (chosen(card(0.3, rules, **changes).market(log="memory").run()) == without).all()
    assert (chosen(card(0.3, {}).market(log="memory").run()) != without).any()


def test_the_last_stamp_pulls_most_and_the_first_of_a_new_card_least():
    log = card(0.3, {"size": 3.0}, **{"foresight.daily_discount": 0.95, "market.days": 300}).market(log="memory").run().log.opportunities()  # fmt: skip
    log = log.assign(bought=log["firm"].notna()).sort_values(["customer", "time"])
    before = (log.groupby("customer")["bought"].cumsum() - log["bought"]) % 10
    share = log.groupby(before)["bought"].agg(["mean", "size"])
    error = math.sqrt(2 * 0.25 / share["size"].min())
    assert share["mean"][9] - share["mean"][0] > 4 * error


def test_how_often_a_purchase_is_large_enough_is_foreseen():
    """The closed form against what customers buy."""
    changes = {"spending.basket": 5.0, "spending.variation": 0.6, "market.days": 100}
    paid = shop(1.0, **changes).market(log="memory").run().log.purchases()["amount"].to_numpy()
    for least in (2.0, 5.0, 9.0):
        share = enough(np.array([5.0]), least, 0.6)[0]
        assert abs((paid >= least).mean() - share) < 4 * math.sqrt(share * (1 - share) / paid.size)
    assert enough(np.array([5.0, 4.9]), 5.0, 0.0).tolist() == [1.0, 0.0]


def test_a_card_that_lapses_too_soon_pulls_less():
    sold = [card(0.1, {"size": 5.0, "card_days": days}, **{"foresight.daily_discount": 0.99}).market().run().firms[0].purchases for days in (20.0, 90.0, 0.0)]  # fmt: skip
    assert sold[0] < sold[1] < sold[2]


# ---------------------------------------------------------------- books, and what is told


def test_every_stamp_is_somewhere_at_all_times():
    rules = {"stamps": 4, "head_start": 1, "every_card": True, "lot": 7.0, "valid": 14.0, "card_days": 18.0, "redemption_rate": 0.6, "one_a_day": True, "enrolment": "offered"}  # fmt: skip
    control = two_firms().market()
    market = two_firms(({"stamp_card": rules}, {"stamp_card": {**rules, "enrolment": "randomised"}})).market(against=control)  # fmt: skip
    for _ in range(market.ticks):
        control.step()
        market.step()
        market.ledger.check()
        for f, firm in enumerate(market.firms):
            strategy = firm.strategies["stamp_card"]
            kept = strategy.book
            assert (kept.lots >= 0).all() and (kept.lots.sum(axis=1) == strategy.stamps).all()
            assert (kept.purse.total() == strategy.stamps).all()
            assert -market.ledger.points["outstanding"][f] == strategy.stamps.sum()
            assert (strategy.stamps % MILLION == 0).all()
    for firm in market.firms:
        assert all(flow.sum() > 0 for flow in firm.strategies["stamp_card"].book.flows.values())


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"head_start": 10}, "head_start: 10 stamps to begin with fill a card of 10 all alone"),
        ({"reward": "share", "size": 1.5}, "size: 1.5 is no share of a purchase"),
        ({"valid": 100.0}, "valid: 100 days is no whole number of lots of 91 days"),
        ({"stamps": 0}, "stamps: 0 is outside [1, 10000]"),
        ({"reward": "goods"}, "reward: 'goods' will not do"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_told(rules, told):
    with pytest.raises(Problem) as error:
        card(0.3, rules)
    assert told in str(error.value)
