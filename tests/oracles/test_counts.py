"""How often: NBD counts, their time invariance, regression to the mean, regular buyers and calendars."""

import numpy as np
import pytest
from oracles import formulas as theory
from oracles.judge import agrees, grouped, groups_of, share_error, vanishes
from scipy.optimize import brentq
from scipy.stats import binom, kstest
from worlds.bare import LARGER, QUARTER, firms, log_of

M, K = 1.456, 0.778816  # toothpaste, quarter [K]
N = 100_000 * LARGER


def counts_of(log, customers, period, periods):
    """Opportunities per customer and period, shape (customers, periods)."""
    cell = log["customer"].to_numpy() * periods + (log["time"].to_numpy() // period).astype(np.int64)
    return np.bincount(cell, minlength=customers * periods).reshape(customers, periods)


def market(need, customers=N, days=QUARTER, seed=11):
    table = {"market": {"customers": customers, "days": days}, "need": need, "firms": firms(1)}
    return log_of(table, seed)[1]


@pytest.fixture(scope="module")
def two_years():
    log = market({"mean": M, "shape": K, "period": QUARTER}, days=8 * QUARTER)
    return counts_of(log, N, QUARTER, 8)


def test_counts_are_negative_binomial(two_years):
    counts = np.bincount(two_years[:, 0], minlength=8)[:8] / N
    expected = theory.nbd(np.arange(8), K, M)
    agrees(counts, expected, share_error(expected, N), sharp=0.12)


def test_buyers_return_to_the_mean(two_years):
    """Heavy buyers buy less next time and non-buyers more, though nothing has changed [K]."""
    first, second = two_years[:, 0], two_years[:, 1]
    for x in range(7):
        later = second[first == x]
        agrees(later.mean(), theory.next_period(x, K, M), later.std() / np.sqrt(later.size), sharp=0.15)
    from_none, error = grouped(lambda a, b: b[a == 0].sum() / b.sum(), groups_of(np.arange(N)), first, second)
    agrees(from_none, 0.153, error, sharp=0.1)


def test_the_same_shape_in_any_period(two_years):
    """K found from the mean and the share of non-buyers is the same for 1, 2, 4 and 8 quarters."""

    def shape(counts):
        mean, none = counts.mean(), (counts == 0).mean()
        return brentq(lambda k: (1 + mean / k) ** -k - none, 0.05, 50)

    group = groups_of(np.arange(N))
    for t in (1, 2, 4, 8):
        found, error = grouped(shape, group, two_years[:, :t].sum(1))
        agrees(found, K, error, sharp=0.1)


def test_a_programme_that_does_not_exist():
    """Light buyers "rise" and heavy ones "fall" with no programme at all: +20.6%, -0.7%, -7.8% [K] for K = .5, m = 4."""
    log = market({"mean": 4.0, "shape": 0.5, "period": QUARTER}, days=2 * QUARTER)
    counts = counts_of(log, N, QUARTER, 2)
    n = np.arange(1, 400)
    for low, high in ((1, 2), (3, 6), (7, 400)):
        weight = theory.nbd(n, 0.5, 4.0) * ((n >= low) & (n <= high))
        expected = (weight * theory.next_period(n, 0.5, 4.0)).sum() / (weight * n).sum() - 1
        group = counts[(counts[:, 0] >= low) & (counts[:, 0] <= high)]
        ratio, error = grouped(
            lambda c: c[:, 1].sum() / c[:, 0].sum(), groups_of(np.arange(len(group))), group
        )
        agrees(ratio, 1 + expected, error)
    assert expected == pytest.approx(-0.078, abs=5e-4)


def test_same_rate_for_all_is_poisson():
    """Negative control of the NBD: without spread of rates the index of dispersion is 1."""
    counts = counts_of(market({"mean": M, "period": QUARTER}), N, QUARTER, 1)[:, 0]
    vanishes(counts.var() / counts.mean() - 1, np.sqrt(2 / N), 0.02)


@pytest.mark.parametrize("stages", [1, 2, 4])
def test_regular_buyers(stages):
    """Erlang gaps in equilibrium: same mean, less spread, in the first week and in the fifth."""
    kind = {"process": "erlang", "regularity": stages, "mean": 2.0, "period": 7.0}
    counts = counts_of(market(kind, days=35), N, 7.0, 5)
    n = np.arange(8)
    expected = np.array([theory.erlang(int(k), stages, 2.0) for k in n])
    for week in (0, 4):
        found = np.bincount(counts[:, week], minlength=8)[:8] / N
        seen = expected > 1e-3
        agrees(found[seen], expected[seen], share_error(expected, N)[seen], sharp=0.4)
        agrees(counts[:, week].mean(), 2.0, counts[:, week].std() / np.sqrt(N))
    spread = counts[:, 0].var() / counts[:, 0].mean()
    assert spread < 0.7 if stages > 1 else abs(spread - 1) < 4 * np.sqrt(2 / N)


def test_calendar_with_a_chance_of_attending():
    log = market({"process": "calendar", "attendance": 0.7}, days=14)
    counts = counts_of(log, N, 14, 1)[:, 0]
    expected = binom.pmf(np.arange(6, 15), 14, 0.7)
    agrees(np.bincount(counts, minlength=15)[6:], N * expected, N * share_error(expected, N), sharp=0.2)
    assert (log["time"] % 1 == 0).all()


def test_calendar_attended_by_some_more_than_by_others():
    attendance = {"distribution": "beta", "mean": 0.5, "sd": 0.5 / np.sqrt(5)}
    counts = counts_of(market({"process": "calendar", "attendance": attendance}, days=7), N, 7, 1)[:, 0]
    expected = theory.beta_binomial(np.arange(8), 7, 0.5, 0.5 / np.sqrt(5))
    agrees(np.bincount(counts, minlength=8) / N, expected, share_error(expected, N), sharp=0.1)
    agrees((counts >= 5).mean(), 0.3333, share_error(0.3333, N))  # [K], regularities 4.3


def test_staggered_calendar():
    """Everybody comes once in 30 days, at a date of the customer's own."""
    log = market({"process": "calendar", "interval": 30, "together": False}, customers=20_000, days=30)
    assert log["customer"].tolist() == list(range(20_000))
    assert kstest(log["time"] / 30, "uniform").pvalue > 1e-4
