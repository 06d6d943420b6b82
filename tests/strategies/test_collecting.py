"""Collecting toward a reward without deadline, and the books of points: numbers, identities and edges."""

import math

import numpy as np
import pytest
from scipy.stats import poisson

from regulars import Scenario
from regulars.behavior.foresight import card_pace, card_step, card_values
from regulars.kit.collecting import (
    MOST,
    PER_PURCHASE,
    STEPS,
    WORTH,
    chance_of_loss,
    discounted_rate,
    draw_up,
)
from regulars.kit.points_book import PointsBook
from regulars.kit.redeeming import after_delay, favourites, split


def card(p, worth, delta, steps):
    """W(0) .. W(steps) of one customer."""
    out = np.zeros((1, 1, 1, steps + 1))
    card_values(np.array([p]), np.array([worth]), np.array([delta]), steps, out)
    return out[0, 0, 0]


def drawn(p, delta, loss, steps, worth, needed=None):
    """The card that one customer draws up: V(0) .. V(n), and its row of numbers."""
    rows = np.zeros((1, WORTH + 1 + MOST), np.float32)
    pace, seen = np.zeros(1, np.float32), np.zeros((4, 1))
    draw_up(
        *(np.array([float(x)]) for x in (p, delta, loss, steps, needed or steps, worth)), seen, rows, pace
    )
    n = int(rows[0, STEPS])
    return np.append(0.0, rows[0, WORTH + 1 : WORTH + 1 + n]), rows[0], float(pace[0])


# ---------------------------------------------------------------- the card without deadline


@pytest.mark.parametrize(
    ("p", "delta", "worth", "steps"),
    [
        (0.3, 0.95, 3, 10),
        (0.02, 0.98, 3, 10),
        (0.5, 0.9, 20, 3),
        (0.001, 0.5, 5, 30),
        (0.999, 0.999, 0.01, 50),
        (0.3, 0.9999, 3, 10),
    ],
)
def test_card_is_the_fixed_point(p, delta, worth, steps):
    """W(s) = delta log((1-p) exp W(s) + p exp W(s+1)), W(steps) = worth + W(0), to rounding."""
    w = card(p, worth, delta, steps)
    assert w[-1] - w[0] == pytest.approx(worth, rel=1e-9)
    assert w[:-1] == pytest.approx(
        delta * (w[:-1] + np.log1p(p * np.expm1(np.diff(w)))), rel=1e-11, abs=1e-13
    )


@pytest.mark.parametrize(("delta", "ratio"), [(0.95, 0.81), (0.98, 0.91), (0.99, 0.955)])
def test_discounting_alone_makes_a_gradient(delta, ratio):
    """Regularities 4.2 [K]: base .3, R = 3 received one opportunity after the last of 10 stamps: last gap over first."""
    step = np.diff(card(0.3, 3.0 * delta, delta, 10))
    chance = 0.3 * np.exp(step) / (0.7 + 0.3 * np.exp(step))
    assert chance[0] / chance[-1] == pytest.approx(ratio, abs=0.0035)
    assert (np.diff(step) > 0).all()


@pytest.mark.parametrize(
    ("p", "span"), [(0.9, 0.058), (0.6, 0.080), (0.3, 0.143), (0.1, 0.372), (0.05, 0.635), (0.02, 1.074)]
)
def test_incentives_vary_most_for_rare_customers(p, span):
    """Regularities 4.6 [K], after Hartmann & Viard 2008: range of the incentive over a card, delta .98, R = 3, T = 10."""
    step = np.diff(card(p, 3.0 * 0.98, 0.98, 10))
    assert step[-1] - step[0] == pytest.approx(span, abs=0.0006)


def test_without_discounting_every_step_is_worth_the_same():
    """Negative control: delta = 1."""
    assert np.diff(card(0.3, 3.0, 1.0, 10)) == pytest.approx(0.3, abs=1e-12)
    assert np.diff(card(0.3, 3.0, 1 - 1e-9, 10)) == pytest.approx(0.3, abs=1e-6)
    assert (card(0.3, 0.0, 0.9, 5) == 0).all()


# ---------------------------------------------------------------- cards that points draw up


def test_card_with_loss_solves_its_recursion():
    """V(s) + W(0) = delta {h W(0) + (1-h) [W(s) + log(1-p+p e^D)]}, no loss where there is nothing to lose."""
    p, delta, h, worth, steps = 0.2, 0.97, 0.05, 4.0, 8
    pace = card_pace(p, worth, 1 / delta - 1 + h, 1 - h, steps, 1.0)
    start = pace / (1 / delta - 1)
    w = [start]
    for s in range(steps):
        w.append(w[-1] + card_step(w[-1] - start, pace, p, 1 / delta - 1 + h, 1 - h if s else 1.0, 1.0))
    assert w[-1] - w[0] == pytest.approx(worth, rel=1e-10)
    for s in range(steps):
        lost = h if s else 0.0
        best = w[s] + math.log1p(p * math.expm1(w[s + 1] - w[s]))
        assert w[s] == pytest.approx(delta * (lost * start + (1 - lost) * best), rel=1e-10)


@pytest.mark.parametrize("keep", [1.0, 0.9, 0.6])
@pytest.mark.parametrize("purchases", [1e-3, 0.5, 2.0, 3.0])
def test_steps_of_several_purchases_grow_by_the_same_factor(purchases, keep):
    """The worth of a purchase grows by 1 + dD/dV from one to the next: a geometric sum, by the derivative of a single step."""
    fade, pace, p = 0.05, 0.02, 0.3
    h = 1e-6
    one, more = (card_step(value, pace, p, fade, keep, 1.0) for value in (2.0, 2.0 + h))
    growth = (more - one) / h
    assert card_step(2.0, pace, p, fade, keep, purchases) == pytest.approx(
        one * ((1 + growth) ** purchases - 1) / growth,
        rel=3e-5,  # a series takes over where growth is below .05: .05**3 / 4
    )


@pytest.mark.parametrize("delta", [1.0, 0.98, 0.9])
def test_whole_cards_are_exact(delta):
    worths, row, pace = drawn(0.3, delta, 0.0, 10, 3.0)
    w = card(0.3, 3.0, delta, 10)
    assert worths == pytest.approx(w - w[0], abs=1e-6)
    assert row[PER_PURCHASE] == 1
    assert pace == pytest.approx(
        w[0] * (1 / delta - 1) if delta < 1 else math.log1p(0.3 * math.expm1(0.3)), rel=1e-5
    )


@pytest.mark.parametrize("purchases", [17, 30, 100, 1000])
@pytest.mark.parametrize(("p", "delta"), [(0.3, 0.99), (0.02, 0.98), (0.9, 0.9), (0.3, 0.999)])
def test_long_cards_are_near(purchases, p, delta):
    """16 steps of several purchases lie within 2% of the reward of the card of single purchases, and come to it exactly."""
    worths, row, _ = drawn(p, delta, 0.0, purchases, 3.0)
    assert row[STEPS] == MOST and worths[-1] == pytest.approx(3.0, rel=1e-6)
    exact = np.interp(
        np.linspace(0, 1, MOST + 1), np.linspace(0, 1, purchases + 1), card(p, 3.0, delta, purchases)
    )
    assert worths == pytest.approx(exact - exact[0], abs=0.04)


@pytest.mark.parametrize("purchases", [1.3, 7.4, 7.6, 15.5])
def test_broken_cards_lie_between_whole_ones(purchases):
    halfway = [
        np.interp(0.5, np.linspace(0, 1, w.size), w)
        for w in (
            drawn(0.3, 0.97, 0.0, n, 3.0)[0] for n in (math.ceil(purchases), purchases, math.floor(purchases))
        )
    ]
    assert halfway == sorted(halfway)


def test_who_cannot_get_there_is_not_pulled():
    """Points that expire before they make a reward pull hardly at all at the start, and fully where nothing expires."""
    rate, life = 1 / 7, 364.0
    for p, low, high in ((0.02, 0.0, 0.2), (0.9, 0.99, 1.01)):
        loss = float(chance_of_loss(p, rate, 10.0, life))
        gain = drawn(p, 1.0, loss, 10, 3.0)[0][1] / drawn(p, 1.0, 0.0, 10, 3.0)[0][1]
        assert low <= gain <= high
    assert chance_of_loss(0.5, rate, 10.0, 0.0) == 0
    hazard = float(chance_of_loss(0.1, rate, 10.0, life))
    assert hazard == pytest.approx(-math.expm1(-poisson.cdf(9, 0.1 * rate * life) / (rate * life)), rel=1e-12)


def test_drawing_up_anew_only_where_something_changed():
    rows, pace, seen = np.zeros((3, WORTH + 1 + MOST), np.float32), np.zeros(3, np.float32), np.zeros((4, 3))
    ones = np.ones(3)
    p = np.array([0.3, 0.3, 0.6])
    draw_up(p, 0.95 * ones, 0 * ones, 10 * ones, 10 * ones, 3 * ones, seen, rows, pace)
    assert (rows[0] == rows[1]).all() and (rows[0] != rows[2]).any()
    before = rows.copy()
    draw_up(p * 1.001, 0.95 * ones, 0 * ones, 10 * ones, 10 * ones, 3 * ones, seen, rows, pace)
    assert (rows == before).all()
    draw_up(p, 0.95 * ones, 0 * ones, 5 * ones, 10 * ones, 3 * ones, seen, rows, pace)
    assert (rows != before).any(axis=1).all()  # as many points, but fewer purchases
    before = rows.copy()
    draw_up(p * 1.1, 0.95 * ones, 0 * ones, 10 * ones, 10 * ones, np.array([3, 3, 4.0]), seen, rows, pace)
    assert (rows != before).any(axis=1).all()


# ---------------------------------------------------------------- which reward, and when


def test_the_patient_take_the_best_rate_and_the_hasty_the_nearest():
    worth, needed = np.array([[1.0, 1.0], [3.0, 3.0]]), (50.0, 130.0)
    earned = np.full((2, 2), 10.0)
    chosen = favourites(worth, needed, earned, np.array([0.3, 0.3]), np.array([1.0, 0.9]))
    assert chosen.tolist() == [1, 0]
    assert favourites(np.array([[0.0], [-1.0]]), needed, earned[:, :1], np.ones(1), np.ones(1)).tolist() == [
        -1
    ]
    assert favourites(np.zeros((0, 2)), (), np.zeros((0, 2)), np.ones(2), np.ones(2)).tolist() == [-1, -1]
    assert discounted_rate(3.0, 10.0, 0.5, 1.0) == pytest.approx(0.3)


def test_getting_round_to_it_costs_only_who_discounts():
    assert after_delay(0.3, np.array([0.5]), np.array([1.0])) == pytest.approx(1.0)
    assert after_delay(1.0, np.array([0.5]), np.array([0.9])) == pytest.approx(1.0)
    assert after_delay(0.3, np.array([0.5]), np.array([0.9])) < 0.8
    assert after_delay(0.0, np.array([0.5]), np.array([1.0])) == 0


def test_split_is_exact():
    rng = np.random.default_rng(1)
    parts = rng.integers(0, 10**9, (5, 200))
    parts[:, 0] = 0
    amounts = rng.integers(0, 10**10, 200)
    out = split(amounts, parts)
    assert (out[:, 1:].sum(axis=0) == amounts[1:]).all() and (out >= 0).all()
    assert np.abs(out[:, 1:] - amounts[1:] * (parts[:, 1:] / parts[:, 1:].sum(axis=0))).max() <= 1


# ---------------------------------------------------------------- the book


def open_book(validities, lot=10.0, cost=0.01):
    """A book with the points of three customers."""
    firm = Scenario({"market": {"customers": 3, "days": 1}, "firms": [{"name": "a"}]}).market().firms[0]
    book = PointsBook(firm, "points", np.zeros(3, np.int64), lot, validities)
    book.cost = cost
    return book


def put(book, way, customer, amount):
    book.issue(way, np.array([customer]), np.array([amount]), np.array([0]))


def test_oldest_points_go_first_whatever_earned_them():
    book = open_book((40.0, 10.0, 0.0))
    put(book, 2, 0, 5)  # for ever
    put(book, 0, 0, 100)  # until day 50
    book.open(10.0)
    put(book, 1, 0, 7)  # until day 30
    book.open(20.0)
    put(book, 1, 0, 3)  # until day 40
    yes, no = np.array([True]), np.array([False])
    book.redeem(np.array([0]), np.array([9]), no)
    assert book.flows["redeemed"].tolist() == [0, 9, 0]
    book.redeem(np.array([0]), np.array([50]), yes)
    assert book.flows["redeemed"].tolist() == [50, 9, 0]
    book.open(30.0)
    assert book.balance[0] == 56
    book.open(40.0)
    assert book.balance[0] == 55 and book.flows["expired"].tolist() == [0, 1, 0]
    book.open(50.0)
    assert book.balance[0] == 5 and book.flows["expired"].tolist() == [50, 1, 0]
    book.open(5000.0)
    assert book.balance[0] == 5


def test_every_lot_expires_on_its_day():
    """What is earned in a period lives until the end of the period and the validity after it; lots are used in turn."""
    book = open_book((20.0,))
    for day in range(0, 200, 10):
        book.open(float(day))
        put(book, 0, 1, 1)
        held = min(day // 10 + 1, 3)
        assert book.balance[1] == held == book.lots[1].sum() == book.purse.total()[1]
    book.open(10000.0)
    assert book.balance[1] == 0 and book.lots.shape == (3, 3)


def test_liability_is_what_is_outstanding():
    book = open_book((0.0,), cost=0.013)
    put(book, 0, 0, 123_456_789)
    book.close()
    assert book.firm.model.ledger.value("liability", 0) == pytest.approx(round(123.456789 * 0.013, 6))
    book.redeem(np.array([0]), np.array([100_000_000]), np.array([False]))
    book.forfeit(np.array([0, 1]), 0.0)
    book.close()
    ledger = book.firm.model.ledger
    ledger.check()
    assert ledger.value("liability", 0) == 0 and ledger.value("rewards", 0) == 0
    assert ledger.value("forfeited", 0) == pytest.approx(23.456789) and ledger.value("outstanding", 0) == 0
