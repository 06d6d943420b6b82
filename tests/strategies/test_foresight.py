"""Valuing what is to come: closed forms of progress, what holds at its edges, and customers' traits (regularities 4.1, 4.2, 4.6)."""

import math

import numpy as np
import pytest
from scipy.stats import binom

from regulars import Scenario
from regulars.behavior.foresight import TRAITS, card_values, log_mean
from regulars.kit.progress import Progress, window_values


def table(days, window, p, worth, *, a=1.0, delta=1.0, grows=False):
    """W[more, d, v] of one type of customer."""
    out = np.zeros((1 + grows, window + 1, 1, days + 1))
    window_values(np.array([a]), np.array([p]), np.array([worth]), np.array([delta]), out)
    return out[:, :, 0]


# ---------------------------------------------------------------- a goal with a deadline


@pytest.mark.parametrize(("days", "window"), [(5, 7), (1, 1), (3, 30), (7, 7), (20, 28)])
@pytest.mark.parametrize("p", [0.02, 0.5, 0.9])
def test_a_fixed_reward_is_a_tilted_binomial(days, window, p):
    """exp W(v, d) = 1 + (e^R - 1) P(Bin(d, p) >= T - v)."""
    for reward in (0.3, 2.0, 8.0):
        w = table(days, window, p, reward)[0]
        left, done = np.mgrid[0 : window + 1, 0 : days + 1]
        assert w == pytest.approx(
            np.log1p(math.expm1(reward) * binom.sf(days - done - 1, left, p)), abs=1e-10
        )


def test_a_growing_reward_is_a_sum_over_the_visits():
    """exp W(0, n) = E exp(w k 1{k >= T}), k binomial; one visit more in hand adds w where the goal is reached."""
    k, p, w = np.arange(8), 0.4, 0.7
    chance = binom.pmf(k, 7, p)
    plain, more = table(5, 7, p, w, grows=True)
    assert plain[7, 0] == pytest.approx(math.log(chance @ np.exp(w * k * (k >= 5))), abs=1e-12)
    assert more[7, 0] == pytest.approx(math.log(chance @ np.exp(w * (k + 1) * (k >= 5))), abs=1e-12)
    assert plain[0, 5] == pytest.approx(5 * w) and more[0, 5] == pytest.approx(6 * w)


def test_who_can_hardly_come_has_nothing_to_choose():
    """W is linear in the chance a of an opportunity: with d = 1 exactly a log(1 - p + p e^R)."""
    for a in (0.0, 0.3, 1.0):
        assert table(1, 1, 0.4, 2.0, a=a)[0][1, 0] == pytest.approx(
            a * math.log(0.6 + 0.4 * math.exp(2.0)), abs=1e-12
        )
    # a choice that one does not have is worth less than one that one has, at the same chance to come and buy
    assert table(5, 7, 0.4, 2.0, a=0.5)[0][7, 0] < table(5, 7, 0.2, 2.0)[0][7, 0]


def test_discounting_fades_and_patience_does_not():
    assert table(1, 3, 0.5, 2.0, delta=0.9)[0][3, 1] == pytest.approx(2.0 * 0.9**3)
    worth = [table(5, 7, 0.5, 2.0, delta=delta)[0][7, 0] for delta in (0.8, 0.9, 1.0)]
    assert worth == sorted(worth)


def test_log_mean_is_safe():
    assert log_mean(0.5, 0.0, 0.0) == pytest.approx(0.0, abs=1e-15)
    assert log_mean(0.3, 1000.0, 1002.0) == pytest.approx(1000.0 + math.log(0.7 + 0.3 * math.e**2))
    assert log_mean(0.0, 3.0, 900.0) == 3.0 and log_mean(1.0, 3.0, 900.0) == 900.0


# ---------------------------------------------------------------- customers among the types


def seen(progress, p, worth, a=None, delta=None):
    """W(0, window) of customers with these traits."""
    n = len(p)
    progress.see(
        np.ones(n) if a is None else a,
        np.asarray(p),
        np.asarray(worth),
        np.ones(n) if delta is None else delta,
    )
    return progress.whole_window(np.arange(n))


def population(n):
    """Customers who differ in all traits: chance to come, to buy, worth, discount."""
    draw = np.random.default_rng(5)
    return draw.beta(8, 2, n), draw.beta(0.4, 1.2, n), draw.gamma(3.0, 0.5, n), draw.uniform(0.9, 1.0, n)


@pytest.mark.parametrize("grows", [False, True])
def test_interpolation_is_near_the_exact_value(grows):
    a, p, worth, delta = population(400)
    worth = worth / 5 if grows else worth
    exact = [
        table(5, 7, *row[:2], a=row[2], delta=row[3], grows=grows)[0][7, 0]
        for row in zip(p, worth, a, delta, strict=True)
    ]
    error = np.abs(seen(Progress(5, 7, grows), p, worth, a, delta) - exact)
    assert error.mean() < 0.01 and error.max() < 0.1


def test_a_few_kinds_of_customers_are_exact():
    p, worth = np.tile([0.1, 0.35, 0.8], 10), np.repeat([0.5, 4.0], 15)
    exact = [table(5, 7, *row)[0][7, 0] for row in zip(p, worth, strict=True)]
    assert seen(Progress(5, 7, False), p, worth) == pytest.approx(exact, abs=1e-12)


def test_what_one_sees_does_not_depend_on_who_else_is_there():
    a, p, worth, delta = population(300)
    first = seen(Progress(5, 7, True), p[:200], worth[:200], a[:200], delta[:200])
    assert np.array_equal(seen(Progress(5, 7, True), p, worth, a, delta)[:200], first)
    extreme = (
        np.append(p, [1e-9, 1 - 1e-9]),
        np.append(worth, [0.0, 40.0]),
        np.append(a, [0.0, 1.0]),
        np.append(delta, [0.5, 1.0]),
    )
    assert np.array_equal(seen(Progress(5, 7, True), *extreme)[:200], first)


def test_a_year_long_goal_fits_into_memory():
    a, p, worth, delta = population(200)
    progress = Progress(100, 366, True)
    value = seen(progress, p, worth / 100, a, delta)
    assert progress.table.nbytes < 100e6 and np.isfinite(value).all() and (value >= 0).all()


def test_drifting_customers_keep_the_tables():
    """Tables are made anew only when somebody leaves the rungs in use."""
    a, p, worth, delta = population(1000)
    progress = Progress(5, 7, False)
    seen(progress, p, worth, a, delta)
    made = progress.table
    seen(progress, np.clip(p * 1.01, p.min(), p.max()), worth, a, delta)
    assert progress.table is made
    seen(progress, p, 2 * worth, a, delta)
    assert progress.table is not made


# ---------------------------------------------------------------- a card without deadline


def card(p, reward, delta, steps):
    """W(0..steps) of a card that restarts."""
    out = np.zeros((1, 1, 1, steps + 1))
    card_values(np.array([p]), np.array([reward]), np.array([delta]), steps, out)
    return out[0, 0, 0]


@pytest.mark.parametrize(
    ("p", "reward", "delta", "steps"), [(0.3, 3.0, 0.95, 10), (0.9, 1.0, 0.99, 8), (0.05, 6.0, 0.98, 12)]
)
def test_a_card_solves_its_equation(p, reward, delta, steps):
    w = card(p, reward, delta, steps)
    right = [delta * math.log((1 - p) * math.exp(w[s]) + p * math.exp(w[s + 1])) for s in range(steps)]
    assert w[:steps] == pytest.approx(right, abs=1e-9)
    assert w[steps] == pytest.approx(reward + w[0], abs=1e-9)


@pytest.mark.parametrize(("delta", "ratio"), [(0.95, 0.81), (0.98, 0.91), (0.99, 0.955), (1.0, 1.0)])
def test_discounting_alone_makes_a_goal_gradient(delta, ratio):
    """Time between purchases, last over first of ten: .81, .91, .955; flat without discounting (4.2).

    The reward is received at the opportunity after the last stamp, hence worth delta of it.
    """
    pull = np.diff(card(0.3, 3.0 * delta, delta, 10))
    buying = 0.3 / (0.3 + 0.7 * np.exp(-pull))
    assert buying[0] / buying[-1] == pytest.approx(ratio, abs=0.006)


def test_rare_customers_feel_the_card_most():
    """Range of the incentive over a ten-stamp card: .058 logits for frequent, 1.07 for rare customers (4.6)."""
    spans = {p: np.ptp(np.diff(card(p, 3.0 * 0.98, 0.98, 10))) for p in (0.9, 0.6, 0.3, 0.1, 0.05, 0.02)}
    assert list(spans.values()) == pytest.approx([0.058, 0.080, 0.143, 0.372, 0.635, 1.074], abs=0.003)


# ---------------------------------------------------------------- traits


def test_traits_lie_within_their_bounds():
    wild = {name: {"distribution": "normal", "mean": 0.8, "sd": 0.6} for name in TRAITS}
    market = Scenario(
        {"market": {"customers": 2000}, "foresight": wild, "firms": [{"name": "shop"}]}
    ).market()
    for name in TRAITS:
        values = market.customers.columns[name]
        assert (
            values.min() >= (0.3 if name == "probability_weighting" else 0.0)
            and values.max() <= 1.0 < values.max() + 1e-6
        )
        assert values.std() > 0.1


def test_by_default_customers_are_patient_and_rational():
    market = Scenario({"market": {"customers": 10}, "firms": [{"name": "shop"}]}).market()
    assert all((market.customers.columns[name] == 1.0).all() for name in TRAITS)
