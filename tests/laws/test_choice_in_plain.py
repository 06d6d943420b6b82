"""Choice likelihood in plain Python: one customer, taste point and purchase after another."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy.special import gamma as gamma_function
from scipy.special import gammaincinv

from regulars.ground.errors import RegularsError
from regulars.laws import choice_likelihood
from regulars.laws.choice_likelihood import ChoiceLikelihood
from regulars.laws.choice_table import choices, shelf_prices
from regulars.laws.lagged_choice import _covariance
from regulars.laws.tastes import cube, tastes

FIRMS = "BAC"  # largest first


def log_and_offers(customers=9, seed=3):
    """A short log in any order, and the prices that each purchase met."""
    rng = np.random.default_rng(seed)
    rows = [
        (c, float(t), FIRMS[k])
        for c in range(customers)
        for t, k in enumerate(rng.choice(3, rng.integers(1, 7), p=[0.5, 0.3, 0.2]))
    ]
    prices = [(c, t, f, float(rng.choice([1.0, 1.5, 2.0]))) for c, t, _ in rows for f in FIRMS]
    log = pd.DataFrame(rows, columns=["customer", "time", "firm"]).assign(amount=1.0)
    offers = pd.DataFrame(prices, columns=["customer", "time", "firm", "price"])
    return log.sample(frac=1.0, random_state=seed), offers.sample(frac=1.0, random_state=seed)


def logit(values):
    weights = [math.exp(v) for v in values]
    return [w / sum(weights) for w in weights]


def stationary(values, inertia):
    """Share of time that a customer's chain of lagged choice spends with each firm, by iteration."""
    step = np.array(
        [logit([v + inertia * (k == j) for k, v in enumerate(values)]) for j in range(len(values))]
    )
    return np.linalg.matrix_power(step, 1024)[0]


def likelihood(log, offers, theta, points, weights, initial):
    """Sum over customers of the log of the mean over taste points of the product of choice probabilities."""
    inertia, slope = theta[:2] if offers is not None else (theta[0], 0.0)
    price = {(r.customer, r.time, r.firm): r.price for r in offers.itertuples()} if offers is not None else {}
    usual = (
        offers.merge(log[["customer", "time"]]).groupby("firm")["price"].mean() if offers is not None else {}
    )
    total = 0.0
    for customer, life in log.sort_values("time").groupby("customer"):
        mean = 0.0
        for taste, weight in zip(points, weights, strict=True):
            product, last = 1.0, None
            for row in life.itertuples():
                offered = [slope * price.get((customer, row.time, f), 0.0) for f in FIRMS]
                chances = logit(
                    [t + o + inertia * (f == last) for t, o, f in zip(taste, offered, FIRMS, strict=True)]
                )
                if last is None and initial == "stationary":
                    chances = stationary([t + slope * (usual[f] if price else 0.0) for t, f in zip(taste, FIRMS, strict=True)], inertia)  # fmt: skip
                if last is not None or initial != "given":
                    product *= chances[FIRMS.index(row.firm)]
                last = row.firm
            mean += weight * product
        total += math.log(mean)
    return total


KINDS = {"none": [0.3, -0.4], "dirichlet": [0.1, -0.5, -0.9], "normal": [0.3, -0.4, 0.8, 0.3, 0.6], "classes": [0.3, -0.4, -1.0, 0.5, 0.7]}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("initial", ["given", "fresh", "stationary"])
@pytest.mark.parametrize("priced", [True, False])
def test_the_likelihood(kind, initial, priced, monkeypatch):
    log, offers = log_and_offers()
    offers = offers if priced else None
    data = choices(log, offers)
    assert data.firms == tuple(FIRMS) and data.n == 9
    mixture = tastes(kind, 3, 8, 2)
    theta = np.array([0.7, *([-0.5] if priced else []), *KINDS[kind]])
    points, log_weights = mixture.points(np.array(KINDS[kind]))
    assert np.exp(log_weights).sum() == pytest.approx(1.0)
    expected = likelihood(log, offers, theta, points, np.exp(log_weights), initial)
    assert ChoiceLikelihood(data, mixture, initial)(theta)[0] == pytest.approx(expected, rel=1e-9)
    # cut into many blocks it is the same, and so is its slope
    value, slope = ChoiceLikelihood(data, mixture, initial)(theta)
    monkeypatch.setattr(choice_likelihood, "CELLS", 1)
    monkeypatch.setattr(choice_likelihood, "FEWEST", 2)
    pieces = ChoiceLikelihood(data, mixture, initial)
    assert pieces(theta)[0] == pytest.approx(value) and pieces(theta)[1] == pytest.approx(slope)
    assert len(pieces.blocks) > 1


def test_standard_errors_are_those_of_the_second_differences_of_the_likelihood():
    log, offers = log_and_offers(40)
    function = ChoiceLikelihood(choices(log, offers), tastes("none", 3, 1, 1), "given")
    theta = np.array([0.4, -0.3, 0.2, -0.5])
    h, second = 1e-3, np.empty((4, 4))
    for i in range(4):
        for j in range(4):
            a, b = np.eye(4)[i] * h, np.eye(4)[j] * h
            corners = [function(theta + s * a + t * b)[0] * s * t for s in (1, -1) for t in (1, -1)]
            second[i, j] = sum(corners) / (4 * h * h)
    np.testing.assert_allclose(_covariance(function, theta)[0], np.linalg.inv(-second), rtol=1e-4, atol=1e-8)


# ---------------------------------------------------------------- tastes


def test_points_of_each_distribution():
    u = cube(8, 3)
    assert u.shape == (8, 3) and (np.sort(u, axis=0) == ((np.arange(8) + 0.5) / 8)[:, None]).all()
    alpha = np.array([0.9, 0.6, 3.0])
    points, weights = tastes("dirichlet", 3, 8, 0).points(np.log(alpha))
    assert points == pytest.approx(np.log(gammaincinv(alpha, u))) and np.exp(weights) == pytest.approx(
        [1 / 8] * 8
    )
    # the quantile itself is less than a number holds
    tiny, _ = tastes("dirichlet", 3, 8, 0).points(np.log([1e-4] * 3))
    assert tiny == pytest.approx((np.log(u) + np.log(gamma_function(1.0001))) / 1e-4, rel=1e-6)
    theta = np.array([0.5, -1.0, 2.0, 0.6, 0.8])
    points, weights = tastes("normal", 3, 4096, 0).points(theta)
    assert (points[:, 0] == 0).all() and np.exp(weights).sum() == pytest.approx(1)
    assert points[:, 1:].mean(axis=0) == pytest.approx([0.5, -1.0], abs=0.01)
    assert np.cov(points[:, 1:].T) == pytest.approx(np.array([[4.0, 1.2], [1.2, 1.0]]), rel=0.02)
    named = tastes("normal", 3, 8, 0).named(theta, tuple(FIRMS))
    assert named == pytest.approx({"taste A": 0.5, "taste C": -1.0, "sd A": 2.0, "sd C": 1.0})
    assert tastes("none", 3, 8, 0).named(np.array([0.5, -1.0]), tuple(FIRMS)) == {
        "taste A": 0.5,
        "taste C": -1.0,
    }
    preferences = tastes("dirichlet", 3, 8, 0).named(np.log(alpha), tuple(FIRMS))
    assert preferences == pytest.approx({"diversity": 4.5, "preference B": 0.2, "preference A": 0.6 / 4.5, "preference C": 3 / 4.5})  # fmt: skip


def test_classes_of_customers():
    theta = np.array([0.3, -0.4, -1.0, 0.5, 0.7])
    points, weights = tastes("classes", 3, 0, 2).points(theta)
    assert points.tolist() == [[0.0, 0.3, -0.4], [0.0, -1.0, 0.5]]
    assert np.exp(weights) == pytest.approx(np.array([1, math.exp(0.7)]) / (1 + math.exp(0.7)))
    named = tastes("classes", 3, 0, 2).named(theta, tuple(FIRMS))
    assert named["class 2 share"] == pytest.approx(math.exp(weights[1])) and named["class 1 taste C"] == -0.4
    assert named["class 2 taste A"] == -1.0 and len(named) == 6
    with pytest.raises(RegularsError, match="2 or more"):
        tastes("classes", 3, 0, 1)
    with pytest.raises(RegularsError, match="choose none, dirichlet, normal or classes"):
        tastes("alike", 3, 0, 1)


@pytest.mark.parametrize("kind", KINDS)
def test_the_search_begins_with_tastes_that_fit_the_shares(kind):
    shares = np.array([0.5, 0.3, 0.2])
    mixture = tastes(kind, 3, 1024, 3)
    start = mixture.start(shares)
    points, weights = mixture.points(start)
    assert start.size == mixture.size
    found = np.exp(weights) @ np.array([logit(p) for p in points])
    assert found == pytest.approx(shares, abs=1e-9 if kind == "none" else 0.1)
    assert (np.diff(found) < 0).all()


# ---------------------------------------------------------------- offers


def test_prices_for_all_hold_from_their_day_on():
    log = pd.DataFrame({"customer": 1, "time": [0.5, 6.9, 7.0, 30.0], "firm": ["A", "B", "A", "A"]})
    offers = pd.DataFrame(
        [(0.0, "A", 1.0), (0.0, "B", 2.0), (7.0, "A", 3.0), (14.0, "B", 4.0)],
        columns=["time", "firm", "price"],
    )
    data = choices(log, offers)
    assert (
        data.firms == ("A", "B")
        and data.last.tolist() == [-1, 0, 1, 0]
        and data.chosen.tolist() == [0, 1, 0, 0]
    )
    assert data.offers[:, :, 0].tolist() == [[1.0, 2.0], [1.0, 2.0], [3.0, 2.0], [3.0, 4.0]]
    early = choices(log, offers.assign(time=offers["time"] + 5))
    assert early.offers[0, :, 0].tolist() == [1.0, 2.0]  # before the first price there is none but the first
    with pytest.raises(RegularsError, match="say nothing of B"):
        choices(log, offers[offers["firm"] == "A"])
    with pytest.raises(RegularsError, match="lack the column price"):
        choices(log, offers.drop(columns="price"))
    by_customer = offers.assign(customer=1).assign(time=0.5)
    with pytest.raises(
        RegularsError, match=r"no price offered by A for 3 purchases, first customer 1 at time 6\.9"
    ):
        choices(log, by_customer)


def test_shelf_prices_are_medians_of_weeks_and_last():
    log = pd.DataFrame(
        [(0.0, "A", 1.0), (3.0, "A", 2.0), (6.9, "A", 9.0), (15.0, "A", 4.0), (8.0, "B", 5.0)], columns=["time", "firm", "price"]
    )  # fmt: skip
    found = shelf_prices(log).pivot(index="time", columns="firm", values="price")
    assert found.index.tolist() == [0.0, 7.0, 14.0]
    assert found["A"].tolist() == [2.0, 2.0, 4.0] and found["B"].tolist() == [5.0, 5.0, 5.0]
    assert shelf_prices(log, every=30.0).set_index("firm")["price"].to_dict() == {"A": 3.0, "B": 5.0}
