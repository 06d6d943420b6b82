"""Who is in the market: exit at a hazard, entry at a rate, and firms that become known."""

import numpy as np
import pytest
from oracles.judge import agrees, share_error
from scipy.stats import kstest
from worlds.bare import LARGER, firms, log_of

YEAR = 365.25
N = 20_000 * LARGER


WORLD = {"need": {"process": "calendar"}, "taste": {"kind": "homogeneous"}, "firms": firms(1)}


def market(turnover, days, customers=N, rivals=1, **table):
    table = {**WORLD, "firms": firms(*[1] * rivals), **table}
    return log_of({**table, "turnover": turnover, "market": {"customers": customers, "days": days}})


@pytest.fixture(scope="module")
def stationary():
    """As many come as go: .8 of the population a year; everybody shops every day. First and last day of each customer."""
    _, log = market({"exit_rate": 0.8, "entry_rate": 0.8}, 150)
    days = log.groupby("customer")["time"].agg(["min", "max"])
    return log, days


def test_the_population_is_stationary(stationary):
    """Shoppers per day stay at N: those who have left are Binomial, those who have come Poisson."""
    log, _ = stationary
    met = np.bincount(log["time"].astype(int))
    for day in (50, 100, 149):
        left = 1 - np.exp(-0.8 * day / YEAR)
        agrees(met[day], N, np.sqrt(N * left * (1 - left) + N * left))


def test_newcomers_come_at_a_steady_rate(stationary):
    _, days = stationary
    first = days["min"][days.index >= N]
    expected = N * 0.8 * 100 / YEAR
    found = ((first > 0) & (first <= 100)).sum()
    # those who left before their first shopping day were never seen: a day of hazard, half of it on average
    agrees(found, expected * (1 - 0.4 / YEAR), np.sqrt(expected), sharp=0.1)
    assert kstest(first[first <= 100].to_numpy() / 100 - 0.5 / 100, "uniform").pvalue > 1e-4


def test_newcomers_come_to_the_very_end():
    """The last two weeks of a run bring as many as any two weeks."""
    found = []
    for seed in range(40):
        size = {"customers": 1000, "days": 60}
        _, log = log_of({**WORLD, "turnover": {"entry_rate": 1.0}, "market": size}, seed)
        first = log[log["customer"] >= 1000].groupby("customer")["time"].min()
        found.append((first > 45).sum())
    expected = 1000 * 14 / YEAR
    agrees(np.mean(found), expected, np.sqrt(expected / 40), sharp=0.15)


def test_some_leave_sooner_than_others():
    """Hazards that are gamma over customers: of a cohort (1 + h t / k)^-k are still there (Pareto)."""
    _, log = market({"exit_rate": 3.0, "exit_shape": 0.5}, 150)
    last = log.groupby("customer")["time"].max().reindex(range(N), fill_value=-1)
    for t in (20, 80, 140):
        expected = (1 + 3.0 * t / YEAR / 0.5) ** -0.5
        agrees((last >= t).mean(), expected, share_error(expected, N))


def test_exit_is_a_constant_hazard(stationary):
    """Of those there at the start exp(-h t) still shop at t, and so do those who came later, t after coming."""
    _, days = stationary
    old = days["max"][days.index < N]
    for t in (30, 90, 140):
        expected = np.exp(-0.8 * t / YEAR)
        agrees((old >= t).sum() / N, expected, share_error(expected, N))
    new = days[(days.index >= N) & (days["min"] <= 60)]
    stayed = (new["max"] - new["min"] >= 80).mean()
    expected = np.exp(-0.8 * 80 / YEAR)
    agrees(stayed, expected, share_error(expected, len(new)))


def test_nobody_comes_or_goes():
    """Negative control."""
    _, log = market({}, 20, customers=500)
    assert (np.bincount(log["time"].astype(int)) == 500).all()


def test_newcomers_do_not_depend_on_the_horizon():
    short = market({"exit_rate": 1.0, "entry_rate": 2.0}, 30, customers=300)[1]
    long = market({"exit_rate": 1.0, "entry_rate": 2.0}, 60, customers=300)[1]
    early = long[long["time"] < 30]
    early = early[early["customer"].isin(short["customer"])]
    assert short.reset_index(drop=True).equals(early.reset_index(drop=True))


def test_awareness():
    """Each firm is known with the stated chance; who knows none buys nothing; who knows one buys there."""
    a = 0.6
    _, log = market({"aware": a}, 1, rivals=3)
    none = log["firm"].isna().mean()
    agrees(none, (1 - a) ** 3, share_error((1 - a) ** 3, N), sharp=0.15)
    share = (1 - (1 - a) ** 3) / 3
    agrees(log["firm"].value_counts(normalize=False).to_numpy() / N, share, share_error(share, N))
    _, log = market({"aware": a}, 6, rivals=3)
    known = log.groupby("customer")["firm"].nunique().to_numpy()
    # having been to all three firms takes knowing all three: a^3, less those who missed one in six days by chance
    seen = a**3 * (1 - 3 * (2 / 3) ** 6 + 3 * (1 / 3) ** 6)
    agrees((known == 3).mean(), seen, share_error(seen, N), sharp=0.15)


def test_a_firm_of_its_own_fame():
    """`known` of a firm stands for the market's `aware`: here two old shops and one that few know."""
    a = 0.2
    few = [*firms(1, 1), {**firms(1)[0], "name": "new", "known": a}]
    _, log = market({}, 1, firms=few)
    agrees((log["firm"] == "new").mean(), a / 3, share_error(a / 3, N), sharp=0.15)
    each = [{**firm, "known": 0.4} for firm in firms(1, 1, 1)]
    one, other = market({}, 10, 500, firms=each)[1], market({"aware": 0.4}, 10, 500, rivals=3)[1]
    assert one.equals(other)


@pytest.mark.parametrize("day", [0, 60, 150])
def test_noticing(day):
    """An unknown firm is noticed at a hazard: known at t with chance 1 - (1 - a) exp(-h t)."""
    _, log = market({"aware": 0.3, "noticing_rate": 2.0}, 151, need={"process": "calendar", "interval": 30.0})
    bought = log[log["time"] == day]["firm"].notna()
    expected = 1 - 0.7 * np.exp(-2.0 * day / YEAR)
    agrees(bought.mean(), expected, share_error(expected, N))


def test_newcomers_know_firms_from_their_own_entry():
    """The clock of noticing starts when the customer comes."""
    _, log = market({"aware": 0.0, "noticing_rate": 4.0, "entry_rate": 2.0}, 181, customers=10_000)
    new = log[log["customer"] >= 10_000]
    age = new["time"] - new.groupby("customer")["time"].transform("min")
    for t in (30, 90):
        bought = new[age == t]["firm"].notna()
        low, high = (1 - np.exp(-4.0 * x / YEAR) for x in (t, t + 1))  # first seen up to a day after coming
        error = share_error(high, len(bought))
        assert low - 4 * error < bought.mean() < high + 4 * error
        assert 4 * error < 0.1


def test_everything_known_is_the_default():
    """Negative control: aware = 1 is no awareness at all, choice for choice."""
    a, b = (market(rules, 10, 500, rivals=3)[1] for rules in ({"aware": 1.0, "noticing_rate": 3.0}, {}))
    assert a.equals(b)
