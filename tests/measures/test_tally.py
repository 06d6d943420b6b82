"""What customers did over a run, by hand: who bought when, retention, churn and share of requirements."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

from regulars.measures.tally import Tally

OURS, THEIRS, NOBODY = 1, 0, -1


def tallied(rows, days=40.0, window=10.0, customers=5):
    """A tally of (day, customer, firm, money), of which a fifth is the cost of goods."""
    tally = Tally(OURS, customers, days, window)
    for day, who, firm, paid in rows:
        columns = (np.array([x]) for x in (who, firm, paid, paid // 5))
        names = ("who", "chosen", "paid", "cost")
        tally.add(SimpleNamespace(day=day, **dict(zip(names, columns, strict=True))))
    return tally


@pytest.mark.parametrize(
    ("day", "windows"),
    [
        (0.0, "first"), (9.9, "first"), (10.0, ""), (19.9, ""), (20.0, "previous"), (29.9, "previous"),
        (30.0, "last"), (39.0, "last"),
    ],
)  # fmt: skip
def test_the_three_windows(day, windows):
    """The first ten days, the last ten, and the ten before."""
    tally = tallied([(day, 2, OURS, 5)])
    for name in ("first", "previous", "last"):
        assert getattr(tally, name).tolist() == [False, False, name == windows, False, False], name
    assert tally.bought.tolist() == [False, False, True, False, False]


def test_a_window_is_no_longer_than_the_run():
    tally = tallied([(0.0, 0, OURS, 5), (6.0, 1, OURS, 5)], days=7.0, window=28.0)
    assert tally.first.sum() == tally.last.sum() == 2 and not tally.previous.any()


def test_retention_churn_and_penetration():
    rows = [(1.0, who, OURS, 5) for who in (0, 1, 2)] + [(25.0, who, OURS, 5) for who in (1, 2, 3)]
    rows += [(35.0, 1, OURS, 5), (36.0, 1, OURS, 5), (35.0, 0, THEIRS, 5), (35.0, 2, NOBODY, 0)]
    tally = tallied(rows)
    assert tally.retention(tally) == pytest.approx(1 / 3)  # of 0, 1, 2 only 1
    assert tally.churn(tally) == pytest.approx(2 / 3)  # of 1, 2, 3 not 2 and 3
    assert tally.penetration() == 4 / 5
    nobody = tallied([(1.0, 0, THEIRS, 5)])
    assert (
        math.isnan(nobody.retention(nobody))
        and math.isnan(nobody.churn(nobody))
        and nobody.penetration() == 0
    )


def test_arms_are_held_against_the_same_people():
    """An arm that wins customer 3 early keeps no more of the control's buyers than the control does."""
    control = tallied([(1.0, 0, OURS, 5), (1.0, 1, OURS, 5), (35.0, 1, OURS, 5)])
    arm = tallied([(1.0, who, OURS, 5) for who in (0, 1, 3)] + [(35.0, who, OURS, 5) for who in (1, 3)])
    assert arm.retention(control) == control.retention(control) == pytest.approx(1 / 2)
    assert arm.retention(arm) == pytest.approx(2 / 3)


def test_what_each_customer_bought_of_the_firm_and_what_it_cost():
    """The first part is a quarter of 40 days; a window of 20 is longer."""
    rows = [
        (9.0, 0, OURS, 30),
        (10.0, 0, OURS, 5),
        (12.0, 1, OURS, 10),
        (3.0, 1, THEIRS, 50),
        (4.0, 2, NOBODY, 5),
    ]
    tally = tallied(rows)
    assert tally.purchases.tolist() == [2, 1, 0, 0, 0] and tally.cost.tolist() == [7, 2, 0, 0, 0]
    assert tally.early.tolist() == [1, 0, 0, 0, 0]
    assert tallied(rows, window=20.0).early.tolist() == [2, 1, 0, 0, 0]
    assert tallied(rows, window=5.0).early.tolist() == [1, 0, 0, 0, 0]


def test_share_of_requirements_is_of_what_the_firm_s_buyers_spend_anywhere():
    rows = [
        (1.0, 0, OURS, 30),
        (2.0, 0, THEIRS, 10),
        (3.0, 1, OURS, 5),
        (4.0, 2, THEIRS, 100),
        (5.0, 3, NOBODY, 7),
    ]
    tally = tallied(rows)
    assert tally.spent.tolist() == [30, 5, 0, 0, 0] and tally.category.tolist() == [40, 5, 100, 0, 0]
    assert tally.share_of_requirements() == pytest.approx(35 / 45)
    assert math.isnan(tallied([(4.0, 2, THEIRS, 100)]).share_of_requirements())
    free = tallied([(1.0, 0, OURS, 0)])  # bought, but paid nothing
    assert free.penetration() == 1 / 5 and math.isnan(free.share_of_requirements())


def test_sums_of_all_customers_do_not_wrap():
    """Five customers of whom each fills a word nearly: a third of their money is ours."""
    rows = [(1.0, who, firm, 2**61) for who in range(5) for firm in (OURS, THEIRS, THEIRS)]
    assert tallied(rows).share_of_requirements() == pytest.approx(1 / 3, rel=1e-15)
