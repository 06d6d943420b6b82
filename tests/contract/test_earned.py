"""What earned a reward is what was bought for it: a discount that earlier purchases have earned is booked as theirs.

The same arithmetic again in plain Python, from the logs of a market and its control.
"""

from collections import defaultdict

import numpy as np
import pytest
from worlds.busy import world

from regulars.contract import strategy
from regulars.ground import wide

STEPS = {"steps": [[2.0, 0.1], [6.0, 0.3]]}
LEVELS = {
    "levels": [{"name": "gold", "threshold": 3.0, "discount": 0.25, "cost": 0.5}],
    "period": 28.0,
    "landing": "free",
    "promotion": "at_once",
}


def paired(name, rules, days=112, customers=60):
    """A market with one strategy at its focal firm, and its control, both with their logs."""
    scenario = world(
        **{"market.days": float(days), "market.customers": customers, "arms": {}, "need.mean": 2.5}
    )
    firm = scenario.focal
    with_it = scenario.set({f"firms.{f.name}.strategies": {} for f in scenario.spec.firms})
    control = with_it.market(seed=5, log="memory")
    arm = with_it.set({f"firms.{firm}.strategies": {name: rules}}).market(
        seed=5, log="memory", against=control
    )
    while control.tick < control.ticks:
        control.step()
        arm.step()
    return control, arm, arm.names.index(firm)


def purchases(control, arm, f):
    """The arm's opportunities in order with their source: the firm of the control, one after the last for none."""
    mine, its = arm.log.opportunities(), control.log.opportunities()
    keys = ["customer", "occasion"]
    both = mine.merge(its[[*keys, "firm"]], on=keys, suffixes=("", "_control"), validate="one_to_one")
    places = {name: k for k, name in enumerate(arm.names)}
    both["source"] = [places.get(name, len(places)) for name in both["firm_control"]]
    return both[both["firm"] == arm.names[f]].sort_values("time", kind="stable")


def shared(held, amount, sources):
    """An amount over what is held; all of it to the last source where nothing is."""
    total = held.sum()
    if total == 0:
        return amount * np.eye(sources)[-1]
    return amount * held / total


def test_a_discount_that_grows_is_earned_by_what_was_spent_before():
    control, arm, f = paired("cumulative_discount", STEPS)
    held, booked = defaultdict(lambda: np.zeros(arm.sources)), np.zeros(arm.sources)
    given = 0.0
    for row in purchases(control, arm, f).itertuples():
        off = row.listed - row.amount
        booked += shared(held[row.customer], off, arm.sources)
        held[row.customer][row.source] += row.amount
        given += off
    found = np.array(arm.ledger.by_source[f], float) / 1e6
    assert given > 20 and found.sum() == pytest.approx(given, abs=1e-3)
    assert found == pytest.approx(booked, abs=1e-3)
    itself = purchases(control, arm, f)
    now = np.bincount(itself["source"], itself["listed"] - itself["amount"], arm.sources)
    assert (
        np.abs(now - booked).max() > 0.02 * given
    )  # another answer than that of the purchases at which it was given


def test_perks_of_a_level_are_earned_by_the_spending_that_reached_it():
    control, arm, f = paired("tiers", LEVELS)
    counting, reached = (defaultdict(lambda: np.zeros(arm.sources)) for _ in range(2))
    level, booked = defaultdict(int), np.zeros(arm.sources)
    rows, period = purchases(control, arm, f), 0
    perks = 0
    for row in rows.itertuples():
        while row.time >= (period + 1) * 28.0:
            for who, spent in counting.items():
                level[who] = int(round(spent.sum(), 6) >= 3.0)
                if level[who]:
                    reached[who] = spent
            for who in level:
                level[who] = level[who] if who in counting else 0
            counting.clear()
            period += 1
        if level[row.customer]:
            perks += 1
            booked += shared(reached[row.customer], row.listed - row.amount + 0.5, arm.sources)
        counting[row.customer] = counting[row.customer].copy()
        counting[row.customer][row.source] += row.amount
        if not level[row.customer] and round(counting[row.customer].sum(), 6) >= 3.0:
            level[row.customer] = 1
            reached[row.customer] = counting[row.customer].copy()
    owed = wide.listed(
        arm.firms[f].strategies["tiers"].standing.accrued
    )  # for what is left of levels at the end
    found = (np.array(arm.ledger.by_source[f], float) - np.array(owed, float)) / 1e6
    assert perks > 100
    assert found == pytest.approx(booked, abs=1e-2)


def test_what_earns_is_a_holding():
    """Negative control of the declaration: a name that is none would be looked up at the till only."""
    for name in strategy.names():
        kind = strategy.find(name)
        assert not kind.earned_by or kind.earned_by in {holding.name for holding in kind.holdings}
