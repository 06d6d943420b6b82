"""The number goes along: who stayed only to keep it leaves, and nobody else (M6, regularities 2.6 and 3.3)."""

import math

import numpy as np
import pytest

from regulars import Scenario, compare
from regulars.ground.parameter import Problem
from regulars.market import Market

PROVES = ("M6",)
MONTH, DAY, COST = 28.0, 112.0, 3.0


def operators(mood="gumbel", removes=1.0, *, customers=4000, months=8, on=True, **changes):
    """Three operators, a contract a month; everybody starts with one by chance and minds leaving it."""
    return Scenario(
        {
            "market": {"customers": customers, "days": months * MONTH},
            "need": {"process": "calendar", "interval": MONTH},
            "taste": {"kind": "normal", "sd": 1.5},
            "choice": {"mood": mood},
            "switching": {"relation": COST, "initial": "share"},
            "portability": {"on": on, "day": DAY, "removes": removes},
            "firms": [{"name": name, "price": 10.0, "cost": 4.0} for name in "abc"],
        }
    ).set({name.replace("__", "."): value for name, value in changes.items()})


def dates(market):
    """Operator of every customer and month, shape (customers, months)."""
    log = market.log.opportunities().sort_values(["customer", "time"])
    return log["firm"].cat.codes.to_numpy().reshape(market.customers.count, -1)


def regret(market):
    """How much better the best rival of the first operator is liked, logits; below 0 where it is the favourite."""
    people = market.people()
    taste, first = people.taste.astype(np.float64), people.incumbent
    own = taste[np.arange(len(first)), first]
    rivals = taste.copy()
    rivals[np.arange(len(first)), first] = -np.inf
    return rivals.max(axis=1) - own


@pytest.mark.parametrize("removes", [1.0, 0.6, 0.0])
def test_whom_only_the_number_held_leaves(removes):
    """Without moods: before the day those leave who gain more than the cost, on the day those who gain more than is left."""
    market = operators("none", removes).market(log="memory").run()
    codes, gain, first = dates(market), regret(market), market.people().incumbent
    month = int(DAY // MONTH)
    assert np.array_equal(codes[:, 0] != first, gain > COST)
    assert (codes[:, :month] == codes[:, [0]]).all() and (codes[:, month:] == codes[:, [month]]).all()
    held = gain <= COST
    leaves = held & (codes[:, month] != codes[:, month - 1])
    assert np.array_equal(leaves, held & (gain > COST * (1 - removes)))
    assert leaves.mean() > 0.2 or removes < 1
    favourite = np.argmax(market.people().taste, axis=1)
    assert (codes[leaves, month] == favourite[leaves]).all()


@pytest.mark.big
def test_with_moods_the_excess_leavers_like_a_rival_better():
    """Paired with a twin in which nothing falls away: who leaves only because of it has a better liked rival, mostly."""
    freed, bound = (operators(on=on, customers=20_000).market(log="memory").run() for on in (True, False))
    month = int(DAY // MONTH)
    a, b = dates(freed), dates(bound)
    assert np.array_equal(a[:, :month], b[:, :month])
    gain = regret(freed)
    with_first = b[:, month - 1] == freed.people().incumbent  # their regret is that of the operator they have
    excess = with_first & (a[:, month] != a[:, month - 1]) & (b[:, month] == b[:, month - 1])
    assert not (with_first & (a[:, month] == a[:, month - 1]) & (b[:, month] != b[:, month - 1])).any()
    rates = [excess[with_first & group].mean() for group in (gain > 1.0, abs(gain) <= 1.0, gain < -1.0)]
    assert rates[0] > rates[1] > rates[2]
    assert rates[0] / rates[2] >= 2.0  # spurious against loyal


@pytest.mark.big
def test_where_all_operators_are_alike_chance_alone_moves_people():
    """All alike, J operators: leaving goes from (J-1) / (J-1 + e^c) to (J-1) / J on the day."""
    market = operators(customers=20_000, taste__kind="homogeneous").market(log="memory").run()
    codes, month = dates(market), int(DAY // MONTH)
    for m, chance in ((month - 1, 2 / (2 + math.exp(COST))), (month, 2 / 3), (month + 2, 2 / 3)):
        share = (codes[:, m] != codes[:, m - 1]).mean()
        assert abs(share - chance) <= 4 * math.sqrt(chance * (1 - chance) / 20_000)


@pytest.mark.parametrize("change", [{"removes": 0.0}, {"on": False}, {"portability__day": 10_000.0}])
def test_nothing_falls_away(change):
    plain = operators(on=False, customers=500).market(log="memory").run()
    other = operators(customers=500, **change).market(log="memory").run()
    assert other.log.opportunities().equals(plain.log.opportunities())
    assert other.ledger.table() == plain.ledger.table()


def test_the_more_falls_away_the_more_leave():
    moved = []
    for removes in (0.0, 0.25, 0.5, 1.0):
        codes = dates(operators("none", removes).market(log="memory").run())
        moved.append((codes[:, -1] != codes[:, 0]).sum())
    assert moved == sorted(moved) and moved[0] == 0 < moved[1] < moved[2] < moved[3]


def test_it_happens_once_whatever_the_tick_and_whoever_saves(tmp_path):
    scenario = operators(removes=0.5, customers=300)
    whole = scenario.market(log="memory").run()
    assert np.allclose(whole.customers.switching_cost, COST / 2)
    for tick in (0.1, 0.5, 7.0):
        other = scenario.set({"market.tick": tick}).market(log="memory").run()
        assert np.array_equal(dates(other), dates(whole))
    for day in (DAY - 1, DAY + 1):
        part = scenario.market(log="memory")
        while part.day < day:
            part.step()
        again = Market.load(part.save(tmp_path / f"day{day:g}")).run()
        assert np.array_equal(dates(again), dates(whole))
        assert np.array_equal(again.customers.switching_cost, whole.customers.switching_cost)


def test_a_branch_may_free_the_customers():
    market = operators(on=False, customers=500, months=8).market(log="memory")
    while market.day < DAY:
        market.step()
    freed = market.branch({"portability.on": True, "portability.day": 0.0}).run()
    at_once = operators(customers=500).market(log="memory").run()
    assert np.array_equal(dates(freed), dates(at_once))


def test_it_can_be_an_arm():
    """The customers stay who they are, so that a comparison takes it; the firm of many captives loses by it."""
    table = operators(customers=500, on=False).table
    table["arms"] = {
        "portable": {"set": {"portability.on": True}},
        "kept": {"set": {"portability.on": False}},
    }
    result = compare(table, replicates=2)
    lost = result.wide("customers_lost")
    assert (lost["portable"] > 0).all() and (lost["kept"] == 0).all()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"removes": 1.2}, "share of switching cost"),
        ({"day": -1.0}, "days"),
        ({"remove": 0.5}, "'portability.removes'"),
    ],
)
def test_mistakes_are_told(change, told):
    with pytest.raises(Problem, match=told):
        operators().set({f"portability.{name}": value for name, value in change.items()})
