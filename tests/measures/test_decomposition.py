"""Profit taken apart: by hand, exactly additive for any two results, and on the table of a comparison."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from regulars.ground.errors import RegularsError
from regulars.measures.decomposition import (
    ProfitParts,
    arms_against_control,
    contributions,
    profit_change,
    profit_parts,
)

EXAMPLES = settings(max_examples=200, derandomize=True, deadline=None, database=None)


def log(rows):
    return pd.DataFrame(rows, columns=["customer", "time", "firm", "amount"])


HAND = log(
    [
        (1, 0.0, "A", 6.0), (1, 1.0, "A", 2.0), (1, 9.0, "B", 9.0),
        (2, 5.0, "A", 1.0),
        (3, 20.0, "A", 3.0), (3, 20.5, "A", 4.0),
    ]
)  # fmt: skip


def test_one_result_by_hand():
    parts = profit_parts(HAND, firm="A", margin=0.5, end=10.0, other=-1.0)
    assert (parts.customers, parts.occasions, parts.contribution) == (2, 3, 4.5)
    assert parts.loyalty == 1.5 and parts.value == 1.5 and parts.profit == 3.5
    whole = profit_parts(HAND)
    assert (whole.customers, whole.occasions, whole.contribution) == (3, 6, 25.0)
    # periods active: customer 1 in [0, 7) and [7, 14), 2 in [0, 7), 3 in [14, 21) with both of its purchases
    weeks = profit_parts(HAND, period=7.0)
    assert weeks.occasions == 4 and weeks.value == 25.0 / 4
    # days begin at noon: 3 came on two of them
    assert profit_parts(HAND, period=1.0, start=0.5).occasions == 5


def test_contributions_come_from_the_log_where_it_has_them():
    cost = HAND.assign(cost=1.0)
    assert contributions(cost).tolist() == [5.0, 1.0, 8.0, 0.0, 2.0, 3.0]
    margin = cost.assign(margin=[1.0, -2.0, 0.0, 0.0, 0.0, 0.0])
    assert profit_parts(margin).profit == -1.0
    assert profit_parts(margin, margin=0.1).profit == pytest.approx(2.5)  # what is said counts
    with pytest.raises(RegularsError, match="purchase 1 brings nan"):
        contributions(HAND.assign(margin=[1.0, np.nan, 0, 0, 0, 0]))


def test_log_mean_effects_by_hand():
    """10 x 2 x 5 = 100 to 20 x 2 x 10 = 400: L = 300 / ln 4, and customers and value each double."""
    change = profit_change(ProfitParts(10, 20, 100.0), ProfitParts(20, 40, 400.0, other=-7.0))
    assert change.method == "lmdi" and change.total == 293.0
    assert change.customers == pytest.approx(150) and change.value == pytest.approx(150)
    assert change.loyalty == pytest.approx(0, abs=1e-12) and change.other == -7.0
    table = change.table()
    assert table.loc["profit"].tolist() == [100.0, 393.0, 293.0]
    assert table.loc["value", ["before", "after"]].tolist() == [5.0, 10.0]
    mixed = profit_change(ProfitParts(10, 20, 100.0), ProfitParts(20, 80, 100.0))
    ln2 = 100 * math.log(
        2
    )  # equal profits: L = 100; twice the customers, twice the loyalty, a quarter of the value
    assert [mixed.customers, mixed.loyalty, mixed.value] == pytest.approx([ln2, ln2, -2 * ln2])


def test_shapley_effects_by_hand():
    """2 x 1 x 3 = 6 to 4 x 2 x -1 = -8, over the six orders of moving the factors."""
    change = profit_change(ProfitParts(2, 2, 6.0), ProfitParts(4, 8, -8.0))
    assert change.method == "shapley"
    # customers +2: (1*3 + 2*-1)/3 + (1*-1 + 2*3)/6; loyalty +1: (2*3 + 4*-1)/3 + (2*-1 + 4*3)/6; value -4: 10/3 + 8/6
    assert [change.customers, change.loyalty, change.value] == pytest.approx([7 / 3, 7 / 3, -56 / 3])
    assert change.customers + change.loyalty + change.value == pytest.approx(-14, abs=1e-9)
    with pytest.raises(RegularsError, match="take 'shapley'"):
        profit_change(ProfitParts(2, 2, 6.0), ProfitParts(4, 8, -8.0), method="lmdi")


people = st.integers(1, 100_000)
money = st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 2))


@st.composite
def parts(draw, contribution=money):
    count = draw(people)
    return ProfitParts(count, count * draw(st.integers(1, 300)), draw(contribution), draw(money))


@EXAMPLES
@given(parts(), parts())
@example(ProfitParts(3, 7, 1e-9), ProfitParts(50_000, 50_001, 1e6))
@example(ProfitParts(3, 7, 500.0), ProfitParts(4, 9, 500.0 + 1e-10))
def test_effects_sum_to_the_difference(before, after):
    """Whatever the two results, in either method, and the way back is the way there reversed."""
    for method in ("auto", "shapley"):
        there, back = profit_change(before, after, method=method), profit_change(after, before, method=method)
        effects = [there.customers, there.loyalty, there.value, there.other]
        largest = max(map(abs, effects))
        digits = max(1e-9, 4e-16 * largest)  # effects of 10^7 and more have no ninth place behind the point
        assert abs(math.fsum(effects) - there.total) <= digits
        assert there.total == pytest.approx(after.profit - before.profit, rel=1e-12, abs=1e-9)
        scale = 1 + largest
        for name in ("customers", "loyalty", "value", "other"):
            assert abs(getattr(there, name) + getattr(back, name)) < 1e-9 * scale


@EXAMPLES
@given(parts(st.floats(1.0, 1e6)), st.sampled_from(["customers", "loyalty", "value"]), st.integers(2, 9))
def test_a_factor_that_stays_has_no_effect(before, factor, times):
    """If one factor alone moves, it has all of the difference; the two methods agree on that."""
    grow = {name: times if name == factor else 1 for name in ("customers", "loyalty", "value")}
    customers = before.customers * grow["customers"]
    occasions = before.occasions * grow["customers"] * grow["loyalty"]
    after = ProfitParts(customers, occasions, before.contribution * times, before.other)
    for method in ("lmdi", "shapley"):
        change = profit_change(before, after, method=method)
        for name, moved in grow.items():
            expected = change.total if moved > 1 else 0.0
            assert getattr(change, name) == pytest.approx(expected, abs=1e-9 * after.contribution)


def test_methods_agree_for_small_changes_and_differ_for_large_ones():
    before = ProfitParts(1000, 5000, 20_000.0)
    small, large = ProfitParts(1010, 5100, 20_100.0), ProfitParts(4000, 80_000, 30_000.0)
    for after, close in ((small, True), (large, False)):
        one, other = (profit_change(before, after, method=m) for m in ("lmdi", "shapley"))
        assert (abs(one.value - other.value) < 1e-3 * abs(other.value)) is close


@pytest.mark.parametrize("brought", [80.0, -80.0])
def test_no_customers_on_one_side(brought):
    nobody, somebody = ProfitParts(0, 0, 0.0, 5.0), ProfitParts(4, 8, brought, 2.0)
    won = profit_change(nobody, somebody)
    assert (won.customers, won.loyalty, won.value, won.other) == (brought, 0.0, 0.0, -3.0)
    # the limit of the formula: a single customer of ever less weight
    near = profit_change(ProfitParts(4e-12, 8e-12, brought * 1e-12, 5.0), somebody)
    assert near.customers == pytest.approx(brought, rel=1e-9)
    both = profit_change(nobody, nobody)
    assert both.total == 0 and both.customers == 0 and np.isnan(both.table().loc["loyalty", "before"])
    assert profit_parts(HAND.iloc[:0]).profit == 0


def test_rows_in_any_order():
    shuffled = HAND.sample(frac=1, random_state=3)
    assert profit_parts(shuffled, period=7.0, margin=0.3) == profit_parts(HAND, period=7.0, margin=0.3)


def metrics(rows):
    names = ("profit", "purchases", "buyers")
    return pd.DataFrame(
        [(arm, r, name, v) for arm, r, *values in rows for name, v in zip(names, values, strict=True)],
        columns=["arm", "replicate", "metric", "value"],
    )


def test_arms_of_a_comparison():
    table = metrics(
        [
            ("control", 0, 100.0, 20.0, 10), ("rebate", 0, 400.0, 40.0, 20),
            ("control", 1, 100.0, 20.0, 10), ("rebate", 1, 120.0, 60.0, 10),
        ]
    )  # fmt: skip
    found = arms_against_control(table).set_index("replicate")
    assert found.loc[0, ["customers", "loyalty", "value", "total"]].tolist() == pytest.approx(
        [150.0, 0.0, 150.0, 300.0], abs=1e-9
    )
    assert found.loc[1, "customers"] == pytest.approx(0, abs=1e-9) and found.loc[1, "total"] == 20.0
    assert (found["method"] == "lmdi").all()
    sums = found[["customers", "loyalty", "value", "other"]].sum(axis=1)
    assert sums.to_numpy() == pytest.approx(found["total"].to_numpy(), abs=1e-9)
    loss = pd.concat([table, metrics([("wild", 0, -9.0, 30.0, 20), ("wild", 1, -4.0, 0.0, 0)])])
    found = arms_against_control(loss)
    assert (found["method"] == "shapley").all()  # one method for all, or their means would not be comparable
    gone = found[(found["arm"] == "wild") & (found["replicate"] == 1)].iloc[0]
    assert (gone["customers"], gone["other"], gone["total"]) == (-100.0, -4.0, -104.0)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: ProfitParts(-1, 0, 0.0), "customers=-1"),
        (lambda: ProfitParts(1, 2, math.nan), "contribution=nan"),
        (lambda: ProfitParts(0, 5, 3.0), "cannot be"),
        (lambda: profit_parts(HAND, period=0.0), "period=0"),
        (lambda: profit_parts(HAND.drop(columns="firm")), "lacks the columns firm"),
        (lambda: profit_change(ProfitParts(1, 1, 1.0), ProfitParts(1, 1, 1.0), method="x"), "method='x'"),
        (lambda: arms_against_control(metrics([("a", 0, 1.0, 1.0, 1.0)])), "the arm 'control'"),
        (lambda: arms_against_control(metrics([("control", 0, 1.0, 1.0, 1.0)]).iloc[:1]), "purchases"),
    ],
)
def test_what_cannot_be_is_told(wrong, says):
    with pytest.raises(RegularsError, match=says):
        wrong()


def test_tiny_changes_keep_their_proportions():
    """One part in 10^9 more customers and twice that in value: effects as 1 to 2, whatever the size of the money."""
    for scale in (1e-3, 1.0, 1e6):
        before = ProfitParts(100.0, 200.0, 200.0 * scale)
        after = ProfitParts(100.0 * (1 + 1e-9), 200.0 * (1 + 1e-9), 200.0 * scale * (1 + 1e-9) * (1 + 2e-9))
        found = profit_change(before, after, method="lmdi")
        assert found.value / found.customers == pytest.approx(2.0, rel=1e-6)
        assert found.customers == pytest.approx(200.0 * scale * 1e-9, rel=1e-6)
