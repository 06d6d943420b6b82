"""The statistics recommenders share, against theory: credibility, and what chance does to differences."""

import itertools

import numpy as np
import pytest
from worlds.shelves import assortment, shop

from regulars.contract.recommender import find
from regulars.ground.chance import Chance, purpose
from regulars.recommenders import _curve, collaborative, credibility, differences

WHAT = purpose("test", "likeness")


def purchases(seed, customers, each, variances):
    """Features of purchases, normal with variance 1 in all, `variances` of it between customers; (sum, pairs, count)."""
    chance, d = Chance(seed), len(variances)
    share = np.sqrt(np.asarray(variances, float))
    count = np.full(customers, each)
    mean = np.stack([chance.normal(WHAT, np.arange(customers), 0, k) for k in range(d)], axis=1) * share
    row = np.repeat(np.arange(customers), count)
    alone = np.stack([chance.normal(WHAT, np.arange(row.size), 1, k) for k in range(d)], axis=1)
    z = mean[row] + np.sqrt(1 - share**2) * alone
    sums = np.zeros((customers, d))
    np.add.at(sums, row, z)
    return sums, sums.T @ sums - z.T @ z, count, mean


def test_variances_that_are_there_are_found():
    """Two directions of thirty; each within 10%, and all the others nothing."""
    truth = np.zeros(30)
    truth[:2] = 0.5, 0.2
    _, pairs, count, _ = purchases(1, 2000, 5, truth)
    directions, variances, common = differences(pairs, count)
    assert common < 0.01
    assert np.sort(variances)[-3:] == pytest.approx([common, 0.2, 0.5], rel=0.1, abs=1e-9)
    assert abs(directions[0, np.argmax(variances)]) > 0.98


def test_a_liking_of_single_products_is_common_to_all_directions():
    _, pairs, count, _ = purchases(2, 500, 6, np.full(30, 0.3))
    _, variances, common = differences(pairs, count)
    assert common == pytest.approx(0.3, rel=0.1) and np.median(variances) == common


@pytest.mark.parametrize(("customers", "each", "d"), [(30, 3, 30), (30, 30, 30), (500, 4, 8), (2000, 3, 60)])
def test_chance_makes_no_direction(customers, each, d):
    """Negative control, for the shapes of noise between the half circle and the law of Marchenko and Pastur."""
    found = 0
    for seed in range(30):
        _, pairs, count, _ = purchases(100 + seed, customers, each, np.zeros(d))
        _, variances, common = differences(pairs, count)
        found += bool((variances > common).any())
    assert found <= 3


def test_the_edge_of_chance_is_where_theory_puts_it():
    """Equal numbers n of purchases, many customers: radius 2 sqrt(d / pairs); few: (2 sqrt(g n (n-1)) + g n) / (n - 1) nearly."""
    _, seen = _curve(50, np.full(1_000_000, 3), 1.0)
    assert seen[-1] == pytest.approx(2 * np.sqrt(50 / 6_000_000), rel=0.01)
    n, customers, d = 2000, 100, 50  # nearly a sample covariance: Marchenko & Pastur 1967
    _, seen = _curve(d, np.full(customers, n), 1.0)
    ratio = d / customers
    assert seen[-1] == pytest.approx((2 * np.sqrt(ratio) + ratio) / (n - 1), rel=0.01)


def test_credibility_is_the_best_linear_estimate():
    """Mean squared error below that of any other weight tried, and the one that theory gives: v (1 - v) / (1 + (n - 1) v)."""
    n, v = 4, 0.3
    sums, _, count, mean = purchases(3, 100_000, n, np.array([v]))
    weight = credibility(count, v)[:, None]
    error = np.mean((sums * weight - mean) ** 2)
    assert error == pytest.approx(v * (1 - v) / (1 + (n - 1) * v), rel=0.02)
    for other in (0.8, 1.25):
        assert np.mean((sums * weight * other - mean) ** 2) > error


def test_pairs_of_purchases_are_of_different_ones(monkeypatch):
    """What likeness is learnt from, one pair after another: no purchase is taken for like itself."""
    seen = []

    def looking(pairs, count):
        seen.append(pairs)
        return differences(pairs, count)

    monkeypatch.setattr(collaborative, "differences", looking)
    world = assortment(4, categories=2, products=4)
    for customers, each in ((40, 3), (50, 1)):  # of one purchase there is no pair
        history = shop(world, customers, each)
        fitted = find("collaborative")(history.catalogue).fit(history)
        one = np.eye(8)[history.product]
        inside = np.equal.outer(world.category[history.product], world.category)
        z = (one - inside * fitted.share) * np.sqrt(fitted.scale)
        expected = np.zeros((8, 8))
        for m, n in itertools.permutations(range(len(z)), 2):
            if history.customer[m] == history.customer[n]:
                expected += np.outer(z[m], z[n])
        assert seen.pop() == pytest.approx(expected, abs=1e-9)


def test_collaborative_scores_are_sums_over_all_other_customers():
    """The identity of its docstring, against neighbours found by name, one by one."""
    world = assortment(4, categories=2, products=8, taste_strength=2.0, own_taste=0.0)
    customers = 150
    history = shop(world, customers, 9)
    fitted = find("collaborative")(history.catalogue).fit(history)
    table = np.zeros((customers, 16))
    np.add.at(table, (history.customer, history.product), 1.0)
    place = np.eye(2)[world.category]
    expected = (table @ place)[:, world.category] * fitted.share
    z = (table - expected) * np.sqrt(fitted.scale)
    v = fitted.loadings.T / np.sqrt(fitted.scale)[:, None]
    gram = np.einsum("pk,pk->k", v, (z.T @ z) @ v)  # eigenvalues in the span of the patterns
    assert v.shape[1] >= 2
    weight = fitted.profiles[:-1] / (z @ v)
    likeness = np.einsum("ik,jk->ij", z @ v * weight / gram, z @ v)
    by_name = np.zeros((customers, 16))
    for j in range(customers):
        by_name += np.outer(likeness[:, j], z[j] @ v @ v.T)
    by_name = 1.0 + (by_name + fitted.repeats[:-1, None] * z) * np.sqrt(fitted.scale)
    mine = np.exp(fitted.scores(np.arange(customers)) - fitted.popularity)
    assert np.allclose(mine, np.maximum(by_name, 0.01), rtol=0.03, atol=0.02)
