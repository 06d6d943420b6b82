"""One answer, by hand: what it is worth, what it does to satisfaction, and what is expected of the next one."""

import numpy as np
import pytest

from regulars import Scenario

SINCE = np.array([9.5, 9.0, 5.0, 2.0, 1.0])  # when each complained; they are answered on day 10


def desk_of(**rules):
    """The desk of a market of five customers with complaints open, on the evening before day 10."""
    table = {
        "market": {"customers": 5, "days": 20},
        "experience": {"on": True},
        "firms": [
            {"name": "ours", "strategies": {"recovery": {"resolution": 1.0, "patience": 4.0, **rules}}}
        ],
    }
    market = Scenario(table).market(log="memory")
    desk = market.firms[0].strategies["recovery"]
    desk.since[:] = SINCE
    market.customers.satisfaction[:] = 0.5
    return market, desk


def changes(**rules):
    """What the answers of day 10 do to everybody's satisfaction."""
    market, desk = desk_of(**rules)
    desk.open(10.0)
    assert np.isinf(desk.since).all() and (desk.answers == 1).all()
    return market.customers.satisfaction[:, 0] - 0.5, desk


QUALITY = 2.0 ** -(
    (10.0 - SINCE) / 4.0
)  # put right, half of its worth gone after four days: .92, .84, .42, .25, .21
SURPRISE = QUALITY - 0.3


@pytest.mark.parametrize("disappointment", [0.0, 1.0, 2.5])
def test_an_answer_is_felt_as_a_gain_or_a_loss_against_what_was_expected(disappointment):
    assert (SURPRISE > 0).sum() == 3
    felt, desk = changes(relief=0.4, disappointment=disappointment)
    assert felt == pytest.approx(0.4 * np.where(SURPRISE >= 0, 1.0, disappointment) * SURPRISE, abs=1e-6)
    assert desk.standard == pytest.approx(0.3 + 0.8 * SURPRISE, abs=1e-6)


def test_the_next_answer_is_judged_by_the_last():
    """Expected 1 by now: the same answers are losses for all."""
    market, desk = desk_of(relief=0.2, disappointment=2.0, learning=0.5)
    desk.standard[:] = 1.0
    desk.open(10.0)
    assert market.customers.satisfaction[:, 0] - 0.5 == pytest.approx(0.2 * 2.0 * (QUALITY - 1.0), abs=1e-6)
    assert desk.standard == pytest.approx((1.0 + QUALITY) / 2, abs=1e-6)


def test_being_listened_to_and_getting_money_back():
    felt, desk = changes(
        resolution=0.0, attention=0.6, refund=0.5, amends=0.4, relief=0.4, disappointment=3.0
    )
    surprise = 0.6 * QUALITY + 0.2 - 0.3
    assert (surprise > 0).any() and not desk.helped.any()
    assert felt == pytest.approx(0.4 * np.where(surprise >= 0, 1.0, 3.0) * surprise, abs=1e-6)


def test_asking_again():
    """Thanks on the day of asking, from those who were helped; the others stand in the queue as of the sitting before."""
    market, desk = desk_of(follow_up=3, thanks=0.07, cost=2.0, resolution=0.5, relief=0.0)
    desk.open(10.0)
    helped = desk.helped.copy()
    assert helped.any() and not helped.all() and (desk.ask == 13.0).all()
    desk.open(12.0)
    assert (market.customers.satisfaction == 0.5).all()
    desk.open(13.0)
    assert market.customers.satisfaction[:, 0] == pytest.approx(0.5 + 0.07 * helped)
    assert (desk.answers == np.where(helped, 1, 2)).all()
    assert market.ledger.value("recovery", 0) == 2.0 * (5 + 5 + (~helped).sum())
    desk.open(14.0)  # nobody is asked twice
    assert market.ledger.value("recovery", 0) == 2.0 * (5 + 5 + (~helped).sum())
    answers = market.log.events().query("event == 'answer' and time == 13.0")
    assert (
        answers["customer"].tolist() == np.flatnonzero(~helped).tolist() and (answers["amount"] == 1.0).all()
    )


@pytest.mark.parametrize("hundredths", [29, 70, 100, 250])
def test_places_at_the_desk_run_on_through_the_days(hundredths):
    """By the evening of day d the whole part of d times the capacity has been answered, in order of complaint."""
    market, desk = desk_of(capacity=hundredths / 100)
    desk.since[:] = -np.arange(5.0)
    for day in range(1, 121):
        desk.since[np.isinf(desk.since)] = day - 0.5  # everybody has something to complain about
        desk.open(float(day))
        assert desk.answers.sum() == day * hundredths // 100
    order = market.log.events().query("event == 'answer'")["customer"].tolist()
    assert order[:5] == [4, 3, 2, 1, 0] or hundredths > 100
