"""Dimensions of loyalty measured apart, the four cells of Dick & Basu (1994), and what switching costs had to do with them."""

import numpy as np
import pandas as pd
import pytest
from worlds.busy import world
from worlds.lives import after

from regulars import Scenario
from regulars.ground.errors import RegularsError
from regulars.measures import dick_basu, excess_attrition, loyalty
from regulars.minds import attitude

REMOVED = 90.0  # day on which switching costs are removed


def market(relation=0.0, customers=3000, days=150, seed=3, **table):
    """Two firms alike, one purchase a day, everybody held by the same switching cost."""
    base = {
        "market": {"customers": customers, "days": days},
        "need": {"process": "calendar"},
        "taste": {"kind": "normal", "sd": 1.0},
        "switching": {"relation": relation, "initial": "share"},
        "firms": [{"name": "a"}, {"name": "b"}],
    }
    return Scenario({**base, **table}).market(seed=seed, log="memory")


# ---------------------------------------------------------------- attitude and cognition


def test_attitude_is_the_lasting_preference():
    """Taste, appeal and the levers of value count; price and switching cost do not."""
    shops = [{"name": "a", "price": 3.0, "appeal": 0.4, "quality": 0.9}, {"name": "b", "price": 1.0}]
    plain = market(firms=shops, choice={"price_sensitivity": 2.0, "quality_weight": 1.5})
    held = market(5.0, firms=shops, choice={"price_sensitivity": 2.0, "quality_weight": 1.5})
    everyone = np.arange(plain.customers.count)
    taste = plain.customers.taste.astype(float)
    gap = attitude.preference_gap(plain, "a", everyone)
    np.testing.assert_allclose(gap, taste[:, 0] - taste[:, 1] + 0.4 + 1.5 * (0.9 - 0.5), atol=1e-6)
    np.testing.assert_array_equal(gap, attitude.preference_gap(held, "a", everyone))
    np.testing.assert_allclose(attitude.preference_gap(plain, "b", everyone), -gap)
    with pytest.raises(RegularsError, match="no firm is called 'c'"):
        attitude.preference_gap(plain, "c", everyone)


def test_levers_that_weigh_differently():
    spread = {"distribution": "gamma", "mean": 1.0, "sd": 0.5}
    shops = [{"name": "a", "quality": 0.9}, {"name": "b"}]
    m = market(firms=shops, choice={"quality_weight": spread})
    taste, worth = m.customers.taste.astype(float), m.customers.quality_weight.astype(float)
    gap = attitude.preference_gap(m, "a", np.arange(m.customers.count))
    np.testing.assert_allclose(gap, taste[:, 0] - taste[:, 1] + worth * 0.4, atol=1e-5)


def test_satisfaction_is_part_of_attitude_through_the_bond():
    m = market(experience={"on": True}, bond={"on": True, "response": "linear", "slope": 2.0})
    before = attitude.preference_gap(m, "a", np.arange(50))
    m.customers.satisfaction[:, 0] += 0.25
    m.endear()
    np.testing.assert_allclose(attitude.preference_gap(m, "a", np.arange(50)) - before, 0.5, atol=1e-5)
    bare = attitude.lasting_attraction(m, np.arange(50), bond=False)
    np.testing.assert_allclose(bare, m.customers.taste[:50])


def test_a_relationship_is_part_of_attitude_where_there_is_one():
    """As long as it lasts; with the relationship off there is none (control)."""
    rules = {"on": True, "social_weight": 0.8, "social_half_life": 30.0}
    m = market(customers=40, relationship=rules)
    m.customers.incumbent[:20] = 0
    everyone = np.arange(40)
    before = attitude.preference_gap(m, "a", everyone)
    np.testing.assert_array_equal(before, attitude.preference_gap(market(customers=40), "a", everyone))
    m.processes["relationship"].add(0, "social", everyone[:20], 0.5, 0.0)
    gained = attitude.preference_gap(m, "a", everyone) - before
    np.testing.assert_allclose(gained, np.where(everyone < 20, 0.4, 0.0), atol=1e-6)
    pull = attitude.lasting_attraction(m, everyone, bond=False)
    m.passing.beat = 30  # days; half of it has faded
    faded = attitude.lasting_attraction(m, everyone, bond=False)
    np.testing.assert_allclose((pull - faded)[:, 0], np.where(everyone < 20, 0.2, 0.0), atol=1e-6)


def test_a_firm_alone_is_held_against_buying_nothing():
    one = market(firms=[{"name": "a"}], choice={"outside": True, "outside_utility": -1.0})
    np.testing.assert_allclose(
        attitude.preference_gap(one, "a", np.arange(9)), one.customers.taste[:9, 0] + 1.0, atol=1e-6
    )


def test_rank_in_the_consideration_set():
    """Awareness, attraction and habit; a firm that is not known has no rank."""
    m = market(firms=[{"name": n} for n in "abc"], taste={"kind": "homogeneous"}, turnover={"aware": 0.999})
    c = m.customers
    c.aware_from[...] = 0.0
    c.taste[:5], c.incumbent[:5] = [3.0, 2.0, 1.0], -1
    c.taste[1, 0] = c.taste[4, 0] = 1.5
    c.incumbent[4] = 0
    c.aware_from[2, 0], c.aware_from[3, 1] = 99.0, 99.0
    m.endear()
    empty = pd.DataFrame({"customer": [], "time": [], "firm": [], "amount": []})
    table = attitude.constructs(m, empty, "a").iloc[:5]
    np.testing.assert_array_equal(table["rank"], [1, 2, np.nan, 1, 1])  # the last one by habit
    assert table["first_in_mind"].tolist() == [True, False, False, True, True]
    assert attitude.constructs(m, empty, "a", habit=0.0)["rank"].iloc[4] == 2
    assert table["share"].isna().all() and (table["purchases"] == 0).all()


def test_behaviour_is_read_from_the_log():
    m = after(world().market(log="memory"), 40)
    log = m.log.purchases()
    table = attitude.constructs(m, log, "a", start=10, end=35)
    c = m.customers
    assert table.index.tolist() == np.flatnonzero((c.entry <= m.day) & (m.day < c.exit)).tolist()
    here = loyalty.wallet_shares(log, start=10, end=35)["a"]
    known = table["budget_share"].dropna()
    pd.testing.assert_series_equal(known, here.reindex(known.index), check_names=False)
    mine = log[(log["firm"] == "a") & (log["time"] < 35)]
    who = table["purchases"].idxmax()
    own = mine.loc[mine["customer"] == who, "time"]
    assert table.loc[who, "duration"] == own.max() - own.min()
    assert table.loc[who, "purchases"] == (own >= 10).sum()
    never = ~table.index.isin(mine["customer"])
    assert never.any() and table.loc[never, "satisfaction"].isna().all()
    assert table.loc[~never, "satisfaction"].notna().all()


def test_repeats_by_hand():
    rows = [(0, t, firm, 1.0) for t, firm in enumerate("aabaa")] + [(1, 0.0, "a", 1.0), (2, 0.0, "b", 1.0)]
    log = pd.DataFrame(rows, columns=["customer", "time", "firm", "amount"])
    table = attitude.constructs(market(customers=4), log, "a")
    assert table.loc[0, "repeat"] == pytest.approx(2 / 3) and table.loc[[1, 2, 3], "repeat"].isna().all()
    assert table["share"].tolist()[:3] == [0.8, 1.0, 0.0] and np.isnan(table.loc[3, "share"])


# ---------------------------------------------------------------- cells, and what switching costs did


def removal(relation):
    """Cells on the day of removal, and how much faster customers of each left than with their costs left alone."""
    m = market(relation, customers=6000)
    while m.day < REMOVED:
        m.step()
    cells = dick_basu(attitude.constructs(m, m.log.purchases(), "a", start=30), 0.0, 0.5)
    arm, control = m.branch(), m.branch()
    arm.customers.switching_cost[:] = 0.0
    logs = [branch.run().log.purchases() for branch in (arm, control)]
    return excess_attrition(cells, *logs, "a", start=REMOVED)


def test_spurious_loyalty_ends_with_switching_costs():
    """Without costs the spuriously loyal leave at least twice as fast as the loyal (order of Dick & Basu 1994)."""
    table = removal(4.0)
    excess, error = table["excess"], table["standard_error"]
    assert table["customers"][["loyalty", "spurious"]].min() > 100
    assert excess["spurious"] - excess["loyalty"] > 4 * np.hypot(error["spurious"], error["loyalty"])
    assert excess["spurious"] > 2 * excess["loyalty"] > 0
    assert table["hazard"]["spurious"] > 2 * table["hazard"]["loyalty"]


def test_nothing_ends_where_nobody_was_held():
    """Control: no switching costs, so that removing them does nothing; to the bit, for the worlds are paired."""
    table = removal(0.0)
    assert (table["customers"] > 20).all() and (table["hazard"] > 0).all()
    assert (table["excess"] == 0).all()


def test_attitude_and_behaviour_part_as_switching_costs_rise():
    """Correlation of preference gap and share of purchases: below 1, and falling in the cost of switching."""
    found, errors = [], []
    for relation in (0.0, 2.0, 4.0, 6.0):
        m = market(relation).run()
        table = attitude.constructs(m, m.log.purchases(), "a", start=60)[["attitudinal", "share"]].rank()
        group = table.index % 20
        parts = [table[group == g].corr().iloc[0, 1] for g in range(20)]
        found.append(table.corr().iloc[0, 1])
        errors.append(np.std(parts, ddof=1) / np.sqrt(20))
    assert found[0] < 1
    steps, error = -np.diff(found), np.hypot(errors[1:], errors[:-1])
    assert (steps > 4 * error).all(), (found, errors)
