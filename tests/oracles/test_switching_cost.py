"""Switching cost: money, time and relation enter the logit as stated, and only for a customer who has a firm."""

import numpy as np
import pytest
from oracles import formulas as theory
from oracles.judge import agrees, grouped, groups_of, share_error, vanishes
from worlds.bare import LARGER, every_day, firms

# a currency unit is worth .5 / 2 = .25 logits: money 2 and 1.5 hours of 4 are 8 units, 2 logits; relation .75
PARTS = {"money": 2.0, "time": 1.5, "hour": 4.0, "relation": 0.75}


def repeats(switching, days=12, customers=20_000 * LARGER, **table):
    """Share of purchases from the same firm as the last one, with its standard error."""
    table = {
        "taste": {"kind": "homogeneous"},
        "choice": {"price_sensitivity": 0.5},
        "spending": {"basket": 2.0},
        "switching": switching,
        "firms": firms(1, 1, 1),
        **table,
    }
    _, chosen = every_day(table, days, customers)
    same = chosen[:, 1:] == chosen[:, :-1]
    return chosen, *grouped(np.mean, groups_of(np.arange(customers)), same)


def test_the_parts_add_up():
    chosen, found, error = repeats(PARTS)
    agrees(found, theory.stays(3, 2.75), error, sharp=0.02)
    assert (chosen == repeats({"relation": 2.75})[0]).all()


@pytest.mark.parametrize(("part", "logits"), [("money", 0.5), ("time", 1.5), ("relation", 0.75)])
def test_each_part_alone(part, logits):
    """Hours are worth nothing without a price of an hour; that price does nothing without hours."""
    _, found, error = repeats({part: PARTS[part], "hour": 4.0})
    agrees(found, theory.stays(3, logits), error, sharp=0.02)


@pytest.mark.parametrize("switching", [{}, {"time": 1.5}, {"hour": 4.0}, {"form": "premium"}])
def test_no_cost_no_loyalty(switching):
    """Negative control."""
    _, found, error = repeats(switching)
    vanishes(found - 1 / 3, error, 0.005)


def test_costs_that_differ_between_customers():
    """The repeat rate is that of the formula, customer by customer; cost uniform on 0..3 logits."""
    relation = {"distribution": "uniform", "low": 0.0, "high": 3.0}
    chosen, found, error = repeats({"relation": relation}, days=30)
    costs = (np.arange(1000) + 0.5) * 3 / 1000
    expected = np.mean([theory.stays(3, c) for c in costs])
    agrees(found, expected, error, sharp=0.02)
    own = (chosen[:, 1:] == chosen[:, :-1]).mean(1)
    assert own.std() > 1.5 * np.sqrt(expected * (1 - expected) / 29)  # people differ, more than by chance


def test_the_first_purchase_is_free():
    """Nobody's customer pays nothing to come; with a firm at the start the first choice is biased to it."""
    fresh, *_ = repeats({"relation": 3.0, "initial": "nobody"}, days=2, customers=60_000 * LARGER)
    n = len(fresh)
    agrees(np.bincount(fresh[:, 0]) / n, np.full(3, 1 / 3), share_error(1 / 3, n))
    for initial, expected in (("share", (0.5, 0.3, 0.2)), ("even", (1 / 3, 1 / 3, 1 / 3))):
        table = {"firms": firms(0.5, 0.3, 0.2), "choice": {}}
        chosen, *_ = repeats(
            {"relation": 50.0, "initial": initial}, days=2, customers=60_000 * LARGER, **table
        )
        agrees(np.bincount(chosen[:, 0]) / n, expected, share_error(expected, n))
        assert (chosen[:, 0] == chosen[:, 1]).all()


def test_the_firm_liked_best_at_the_start():
    table = {"taste": {"kind": "normal", "sd": 2.0}, "choice": {"mood": "none"}}
    liked, *_ = repeats({}, days=2, customers=2000, **table)
    kept, *_ = repeats({"relation": 50.0, "initial": "taste"}, days=2, customers=2000, **table)
    assert (liked == kept).all()
