"""Availability: an empty shelf sends customers to rivals in proportion, and may disappoint regulars."""

import math

import numpy as np
import pytest
from worlds.lives import differences

from regulars import Scenario
from regulars.market import Market

PROVES = ("M16",)
SHARES = {"a": 2.0, "b": 1.0, "c": 1.0}


def scenario(there=(1.0, 1.0, 1.0), **changes):
    """Three shops and staying at home, all customers alike: an opportunity a day, shares known exactly."""
    firms = [
        {"name": name, "price": 1.0, "cost": 0.5, "share": share, "availability": a}
        for (name, share), a in zip(SHARES.items(), there, strict=True)
    ]
    return Scenario(
        {
            "market": {"customers": 3000, "days": 14},
            "need": {"process": "calendar"},
            "taste": {"kind": "homogeneous"},
            "choice": {"outside": True, "outside_utility": -1.5},
            "firms": firms,
        }
    ).set(changes)


def run(*args, **changes):
    return scenario(*args, **changes).market(log="memory").run()


def shares(market):
    """Share of the opportunities that end at each firm, and the number of opportunities."""
    log = market.log.opportunities()
    return np.array([(log["firm"] == name).mean() for name in SHARES]), len(log)


def logit():
    """Shares when everything is there."""
    weights = np.array([0.5, 0.25, 0.25])
    return weights / (weights.sum() + math.exp(-1.5))


def close(seen, expected, n):
    assert (np.abs(seen - expected) <= 4 * np.sqrt(expected * (1 - expected) / n)).all(), (seen, expected)


@pytest.mark.parametrize("a", [1.0, 0.8, 0.3, 0.0])
def test_empty_shelves_send_customers_to_rivals_in_proportion(a):
    """P(f) = a p_f and P(k) = a p_k + (1 - a) p_k / (1 - p_f): the rivals and staying at home share what is lost."""
    p = logit()
    expected = np.array([a * p[0], *(p[1:] * (a + (1 - a) / (1 - p[0])))])
    close(*((seen := shares(run((a, 1.0, 1.0))))[0], expected), seen[1])


def test_gaps_of_several_firms_are_independent():
    """By all four cases of what is there."""
    p, there = logit(), (0.7, 0.6)
    expected = np.zeros(3)
    for a in (0, 1):
        for b in (0, 1):
            chance = (there[0] if a else 1 - there[0]) * (there[1] if b else 1 - there[1])
            left = p * (a, b, 1.0)
            expected += chance * left / (left.sum() + 1 - p.sum())
    seen, n = shares(run((*there, 1.0)))
    close(seen, expected, n)


def test_who_would_have_gone_elsewhere_is_not_touched():
    """Paired worlds: only those whose firm is out of stock do otherwise, and more stock never loses a sale."""
    full, half, none = (
        run((a, 1.0, 1.0)).log.opportunities()["firm"].astype(object).fillna("").to_numpy(str)
        for a in (1.0, 0.5, 0.0)
    )
    assert (full[half != full] == "a").all() and (half[none != half] == "a").all()
    assert (half != full).sum() > 1000
    assert set(np.flatnonzero(half == "a")) < set(np.flatnonzero(full == "a"))


def test_all_there_no_process():
    assert "availability" not in scenario().market().processes
    assert list(scenario((0.9, 1.0, 1.0)).market().processes) == ["availability"]


def test_it_may_change_at_any_time():
    market = scenario((0.0, 1.0, 1.0)).market(log="memory")
    for _ in range(7):
        market.step()
    assert market.firm("a").purchases == 0
    market.firm("a").availability = 1.0
    market.run()
    assert market.firm("a").purchases == pytest.approx(7 * 3000 * logit()[0], rel=0.05)


LEARN = {
    "experience.on": True,
    "experience.noise": 0.0,
    "bond.on": True,
    "bond.response": "linear",
    "switching.initial": "share",
    "availability.disappointment": 0.05,
}


def test_regulars_who_find_nothing_are_disappointed():
    """Each of those who bought there last loses the stated satisfaction; others notice nothing."""
    market = scenario((0.0, 1.0, 1.0), **LEARN, **{"market.days": 1.0}).market()
    before = market.customers.satisfaction.copy()
    regulars = market.customers.incumbent == 0
    market.run()
    lost = before[:, 0] - market.customers.satisfaction[:, 0]
    assert regulars.any() and not regulars.all()
    assert lost == pytest.approx(np.where(regulars, 0.05, 0.0), abs=1e-6)
    without = scenario((0.0, 1.0, 1.0), **{**LEARN, "availability.disappointment": 0.0, "market.days": 1.0})
    assert (without.market().run().customers.satisfaction[:, 0] == before[:, 0]).all()


def test_the_disappointed_come_less():
    """The same shelves, with and without hard feelings."""
    sales = [
        run((0.7, 1.0, 1.0), **{**LEARN, "availability.disappointment": d, "market.days": 42.0})
        .firm("a")
        .purchases
        for d in (0.0, 0.05, 0.2)
    ]
    assert sales[0] > sales[1] > sales[2]


def test_the_length_of_a_tick_does_not_matter():
    lives = [
        run((0.7, 0.8, 1.0), **{"market.tick": tick})
        .log.opportunities()
        .sort_values(["customer", "occasion"], ignore_index=True)
        for tick in (0.5, 1.0, 7.0)
    ]
    assert lives[0].equals(lives[1]) and lives[1].equals(lives[2])


def test_it_goes_on_where_it_was_saved(tmp_path):
    straight, market = (scenario((0.7, 1.0, 1.0), **LEARN).market() for _ in range(2))
    straight.run()
    for _ in range(5):
        market.step()
    market.save(tmp_path / "m")
    assert differences(straight, Market.load(tmp_path / "m").run()) == []
