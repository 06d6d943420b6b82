"""Segments: clusters that are really there are found, whatever the order of the rows; named ones by the own history."""

from types import SimpleNamespace

import numpy as np
import pytest

from regulars.kit.segments import clusters, named, rfm
from regulars.world.customer_file import CustomerFile

DAY = 100.0


def file(rows):
    """A customer file of these customers: (first, last, count, money of about the last year) each, None for unknown."""
    kept = CustomerFile(SimpleNamespace(customers=SimpleNamespace(count=len(rows))))
    for i, row in enumerate(rows):
        if row is not None:
            kept.known[i] = True
            kept.first[i], kept.last[i], kept.count[i], kept.recent[i] = row
    return kept


def draws(*shape):
    """Standard normal numbers, the same ones every time."""
    return np.random.default_rng(7).normal(size=shape)


def sums(table, group):
    """Sum of squared distances from the middles of the groups."""
    return sum(((table[group == g] - table[group == g].mean(axis=0)) ** 2).sum() for g in np.unique(group))


# ---------------------------------------------------------------- clusters


@pytest.mark.parametrize("sizes", [(40, 40, 40), (100, 15, 5), (5, 15, 100), (1, 1, 1), (3, 200, 3)], ids=str)
def test_groups_far_apart_are_found(sizes):
    middles = np.array([(-10.0, -10.0, 0.0), (0.0, 3.0, -3.0), (9.0, 9.0, 9.0)])
    truth = np.repeat(np.arange(3), sizes)
    table = middles[truth] + 0.5 * draws(truth.size, 3)
    assert np.array_equal(clusters(table, 3), truth)  # numbered by mean value, low first


def test_no_groups_are_made_up_where_there_are_none():
    """Negative control: in one round cloud two clusters explain little, in two clouds nearly all."""
    cloud = draws(400, 3)
    two = cloud + 10.0 * (np.arange(400) % 2)[:, None]
    explained = [1.0 - sums(t, clusters(t, 2)) / sums(t, np.zeros(400)) for t in (cloud, two)]
    assert explained[0] < 0.35 and explained[1] > 0.95


@pytest.mark.parametrize("whole", [False, True])  # whole numbers: many rows are tied
def test_the_order_of_the_rows_plays_no_part(whole):
    table = np.round(2 * draws(300, 3)) if whole else draws(300, 3)
    straight = clusters(table, 5)
    for seed in range(5):
        mixed = np.random.default_rng(seed).permutation(300)
        assert np.array_equal(clusters(table[mixed], 5), straight[mixed])
    assert len(set(straight.tolist())) == 5


def test_clusters_are_numbered_by_mean_value():
    table = draws(200, 3)
    group = clusters(table, 4)
    means = [table[group == g].mean(axis=0).sum() for g in range(4)]
    assert means == sorted(means)


def test_every_row_is_in_the_nearest_cluster():
    table = draws(300, 2)
    group = clusters(table, 4)
    middles = np.array([table[group == g].mean(axis=0) for g in range(4)])
    assert np.array_equal(((table[:, None] - middles) ** 2).sum(axis=2).argmin(axis=1), group)


def test_more_clusters_fit_no_worse():
    table = draws(150, 3)
    fit = [sums(table, clusters(table, count)) for count in (1, 2, 3, 5, 10, 150)]
    assert fit == sorted(fit, reverse=True) and fit[-1] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("rows", "count", "found"),
    [(0, 3, []), (1, 3, [0]), (2, 5, [0, 1]), (4, 1, [0, 0, 0, 0])],
    ids=str,
)
def test_few_rows(rows, count, found):
    assert clusters(np.arange(3.0 * rows).reshape(rows, 3), count).tolist() == found


def test_rows_all_alike_are_one_cluster():
    group = clusters(np.ones((20, 3)), 4)
    assert len(set(group.tolist())) == 1 and 0 <= group[0] < 4


# ---------------------------------------------------------------- recency, frequency, money


def test_rfm_is_standardised_and_points_upward():
    kept = file([(0.0, 10.0, 2, 5.0), (0.0, 50.0, 4, 20.0), (0.0, 99.0, 30, 900.0)])
    table = rfm(kept, np.arange(3), DAY)
    assert table.mean(axis=0) == pytest.approx(0.0, abs=1e-12) and table.std(axis=0) == pytest.approx(1.0)
    assert (np.diff(table, axis=0) > 0).all()  # more recent, more often, more money: higher
    logs = np.log1p([2.0, 4.0, 30.0])
    assert table[:, 1] == pytest.approx((logs - logs.mean()) / logs.std())
    left = np.log1p(np.array([5.0, 20.0, 900.0]) * np.exp(-np.array([90.0, 50.0, 1.0]) / 365.25))
    assert table[:, 2] == pytest.approx((left - left.mean()) / left.std())


def test_rfm_of_customers_all_alike_is_nothing():
    kept = file([(0.0, 50.0, 4, 20.0)] * 3)
    assert rfm(kept, np.arange(3), DAY) == pytest.approx(np.zeros((3, 3)), abs=1e-12)
    assert rfm(kept, np.array([1]), DAY) == pytest.approx(np.zeros((1, 3)))


# ---------------------------------------------------------------- named segments

WHO = {
    "comes weekly, was here": ((0.0, 98.0, 15, 1.0), "champions"),
    "comes monthly, was here": ((10.0, 100.0, 4, 1.0), "champions"),
    "comes every 40 days": ((0.0, 80.0, 3, 1.0), "regulars"),
    "weekly, away for just twice as long": ((1.0, 86.0, 86 // 7 + 1, 1.0), "champions"),
    "every 10 days, away for 25": ((25.0, 75.0, 6, 1.0), "at_risk"),
    "every 10 days, away for 40": ((10.0, 60.0, 6, 1.0), "at_risk"),
    "every 10 days, away for 41": ((9.0, 59.0, 6, 1.0), "lost"),
    "twice on one day, three days ago": ((97.0, 97.0, 2, 1.0), "at_risk"),
    "once, a month ago": ((70.0, 70.0, 1, 1.0), "new"),
    "once, longer ago": ((69.0, 69.0, 1, 1.0), "lost"),
}


@pytest.mark.parametrize("who", WHO)
def test_named_segments_go_by_the_own_history(who):
    row, wanted = WHO[who]
    found = named(file([row]), DAY)
    assert [name for name, mask in found.items() if mask[0]] == [wanted]


def test_everybody_known_is_in_one_segment():
    numbers = np.random.default_rng(3)
    first = numbers.uniform(0.0, 100.0, 500)
    count = numbers.integers(1, 20, 500)
    last = np.where(count > 1, first + (100.0 - first) * numbers.uniform(size=500), first)
    rows = [None if k % 5 == 0 else (first[k], last[k], count[k], 1.0) for k in range(500)]
    kept = file(rows)
    found = named(kept, DAY)
    assert np.array_equal(sum(mask.astype(int) for mask in found.values()), kept.known.astype(int))
    assert all(mask.any() for mask in found.values())
