"""What must not matter: order and names of firms, the currency, the length of a tick; and what more customers do."""

import numpy as np
import pytest
from oracles.judge import agrees
from worlds.bare import log_of

from regulars import Scenario

FIRMS = [
    {"name": "a", "price": 2.0, "cost": 1.0, "share": 2.0, "quality": 0.6, "failure": 0.1},
    {"name": "b", "price": 1.5, "cost": 1.0, "share": 1.0, "quality": 0.5},
    {"name": "c", "price": 2.5, "cost": 1.5, "share": 1.5, "quality": 0.7},
]
WORLD = {
    "market": {"customers": 600, "days": 56},
    "need": {"mean": 4.0, "shape": 1.0},
    "taste": {"kind": "normal", "sd": 1.0},
    "choice": {"outside": True, "price_sensitivity": {"distribution": "lognormal", "mean": 0.5, "sd": 0.3}},
    "spending": {"variation": 0.5},
    "switching": {"relation": 0.5, "money": 1.0, "time": 0.5, "hour": 2.0},
    "experience": {"on": True, "disconfirmation_weight": 0.5},
    "bond": {"on": True, "response": "two_threshold"},
    "search": {"on": True, "transparency": 0.3},
    "turnover": {"exit_rate": 1.0, "entry_rate": 1.0, "aware": 0.8, "noticing_rate": 4.0},
    "firms": FIRMS,
}


def same(one, other, columns=("time", "customer", "occasion", "firm", "quantity", "listed", "amount")):
    """Whether two logs are alike in these columns; a missing firm is alike to a missing firm."""

    def values(log, column):
        return log[column].astype(object).where(log[column].notna(), None).tolist()

    return all(values(one, column) == values(other, column) for column in columns)


@pytest.mark.parametrize("order", [(1, 0, 2), (2, 1, 0)])
def test_order_of_firms_in_the_file(order):
    table = {**WORLD, "firms": [FIRMS[f] for f in order]}
    assert same(log_of(WORLD)[1], log_of(table)[1])


def test_names_of_firms():
    """New names that sort alike change names only."""
    renamed = [{**firm, "name": firm["name"] * 3} for firm in FIRMS]
    one, other = log_of(WORLD)[1], log_of({**WORLD, "firms": renamed})[1]
    other["firm"] = other["firm"].cat.rename_categories(lambda name: name[0])
    assert same(one, other)


def test_names_that_sort_otherwise():
    """Firms then meet other draws: no share differs by more than chance."""
    swapped = [{**firm, "name": {"a": "c", "c": "a"}.get(firm["name"], firm["name"])} for firm in FIRMS]
    shares = []
    for table in (WORLD, {**WORLD, "firms": swapped}):
        totals = [Scenario(table).market(seed=s).run().log.totals.purchases.sum(0) for s in range(12)]
        totals = np.array(totals)[:, :: 1 if table is WORLD else -1]
        shares.append(totals / totals.sum(1, keepdims=True))
    error = np.hypot(*(s.std(0, ddof=1) / np.sqrt(12) for s in shares))
    agrees(shares[0].mean(0), shares[1].mean(0), error, sharp=0.15)


@pytest.mark.parametrize("factor", [4.0, 100.0])
def test_currency(factor):
    """Prices, costs, money and the price of an hour in another currency, sensitivity per unit of it: same choices."""
    sensitivity = {"distribution": "lognormal", "mean": 0.5 / factor, "sd": 0.3 / factor}
    switching = {**WORLD["switching"], "money": factor, "hour": 2.0 * factor}
    table = {
        **WORLD,
        "choice": {**WORLD["choice"], "price_sensitivity": sensitivity},
        "switching": switching,
        "firms": [{**f, "price": f["price"] * factor, "cost": f["cost"] * factor} for f in FIRMS],
    }
    (here, one), (there, other) = log_of(WORLD), log_of(table)
    assert same(one, other, ("time", "customer", "occasion", "firm", "quantity"))
    assert other["amount"].to_numpy() == pytest.approx(factor * one["amount"].to_numpy(), abs=1e-6 * factor)
    for f in range(3):
        assert there.ledger.profit(f) == pytest.approx(factor * here.ledger.profit(f), rel=1e-6)


@pytest.mark.parametrize(
    "need",
    [
        {"mean": 6.0, "shape": 1.0},
        {"process": "erlang", "mean": 6.0},
        {"process": "calendar", "interval": 0.5},
    ],
)
@pytest.mark.parametrize("tick", [0.5, 7.0, 28.0])
def test_length_of_a_tick(tick, need):
    """A tick only gathers: without a calendar of the firms' own even the single choices are the same."""
    day = log_of({**WORLD, "need": need})[1]
    table = {**WORLD, "need": need, "market": {**WORLD["market"], "tick": tick}}
    assert same(day, log_of(table)[1])


def test_seeds_and_replicates_are_other_worlds():
    logs = [log_of(WORLD, seed=s, replicate=r)[1] for s, r in ((11, 0), (11, 1), (12, 0))]
    assert not any(same(logs[a], logs[b]) for a, b in ((0, 1), (0, 2), (1, 2)))
    assert same(logs[0], log_of(WORLD)[1])


def test_twice_the_customers_root_two_of_the_error():
    """Shares of independent replicates: the same mean, half the variance (an F ratio of 79 and 79 degrees)."""
    table = {"market": {"days": 14}, "need": {"mean": 4.0, "shape": 1.0}, "firms": FIRMS}
    shares = []
    for customers in (100, 200):
        world = Scenario(table).set({"market.customers": customers})
        bought = np.array([world.market(replicate=r).run().log.totals.purchases.sum(0) for r in range(80)])
        shares.append(bought[:, 0] / bought.sum(1))
    small, large = shares
    agrees(small.mean(), large.mean(), np.hypot(small.std(), large.std()) / np.sqrt(80), sharp=0.1)
    assert 2 / 2.0 < small.var() / large.var() < 2 * 2.0


def test_everybody_cheaper_is_nobody_better_off():
    """Neutrality (regularities 4.8 [D]): the same cut by all changes no choice and costs each firm the cut per sale."""
    rivals = [{"name": name, "price": 2.0, "cost": 1.0} for name in "abc"]
    table = {"market": {"customers": 500, "days": 28}, "choice": {"price_sensitivity": 0.75}, "firms": rivals}
    cut = [{**firm, "strategies": {"everyday_low_price": {"discount": 0.25}}} for firm in rivals]
    (before, one), (after, other) = log_of(table), log_of({**table, "firms": cut})
    assert same(one, other, ("time", "customer", "occasion", "firm", "quantity", "listed"))
    for f in range(3):
        sold = one["firm"].cat.codes.eq(f).sum()
        assert before.ledger.profit(f) - after.ledger.profit(f) == pytest.approx(0.5 * sold, abs=1e-6)
    alone = log_of({**table, "firms": [cut[0], *rivals[1:]]})[1]
    assert (alone["firm"] == "a").mean() > (one["firm"] == "a").mean() + 0.05
