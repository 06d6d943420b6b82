"""What follows from a fit, by hand: arms scaled to a log, the check of a cohort, and the words for it."""

import math

import numpy as np
import pandas as pd
import pytest

from regulars.lab.fitting import check, designs
from regulars.lab.fitting.identify import Finding, words
from regulars.panels.panel import Panel


def panel(rows, **about):
    return Panel(pd.DataFrame(rows, columns=["customer", "time", "firm", "amount"]), **about)


# ---------------------------------------------------------------- arms


def bought(often, days=364.0, amount=5.0, others=2.0):
    """Customers who buy at A so often each, for `amount`, and once at B for `others`."""
    rows = [(c, days * (k + 0.5) / n, "A", amount) for c, n in enumerate(often) for k in range(n)]
    return panel([*rows, *((c, 0.0, "B", others) for c in range(len(often)))], days=days)


@pytest.mark.parametrize(
    ("often", "window", "goal"),
    [
        (360, 7, 7),
        (52, 28, 6),
        (60, 28, 7),
        (20, 56, 5),
        (8, 168, 6),
        (2, 168, 2),
        (156, 7, 5),
        (157, 7, 5),
        (78, 14, 5),
    ],
)
def test_windows_hold_three_purchases_and_goals_half_as_many_more(often, window, goal):
    arms = designs.arms_for(bought([often]), "A")
    rebate = arms["threshold_rebate"]["strategies"]["threshold_rebate"]
    assert (rebate["window"], rebate["days"], rebate["rate"]) == (window, goal, 0.1)
    lottery = arms["lottery_rebate"]["strategies"]["lottery_rebate"]
    assert (lottery["window"], lottery["days"]) == (window, goal)
    assert lottery["chances"] == (pytest.approx(0.04), pytest.approx(0.08), 0.1) and lottery["returns"] == (
        1.0,
        0.5,
        0.2,
    )
    assert arms["everyday_low_price"]["strategies"]["everyday_low_price"] == {"discount": 0.05}


def test_the_typical_buyer_is_that_of_a_typical_purchase():
    """One buys 100 times and nine once each: the buyer behind a purchase comes 91.8 times, the mean buyer 10.9."""
    rebate = designs.arms_for(bought([100] + [1] * 9), "A")["threshold_rebate"]["strategies"][
        "threshold_rebate"
    ]
    typical = (100**2 + 9) / 109 / 364
    assert rebate["window"] == 14 and rebate["days"] == math.ceil(1.5 * typical * 14)


def test_collecting_is_scaled_to_what_customers_spend():
    """Ten customers who spend 50, 100, ... 500 a half-year here, and 40 each elsewhere."""
    arms = designs.arms_for(bought(range(10, 101, 10), days=182.0, others=40.0), "A")
    spent = np.arange(100.0, 1001.0, 100.0)  # a year
    tiers = arms["tiers"]["strategies"]["tiers"]["levels"]
    assert np.quantile(spent, [0.75, 0.92]).tolist() == pytest.approx([775.0, 928.0])
    assert [t["threshold"] for t in tiers] == [
        800.0,
        1200.0,
    ]  # printed; gold about half as much again as silver
    assert [t["discount"] for t in tiers] == [0.05, 0.1]
    (coupon,) = arms["points"]["strategies"]["points"]["rewards"]
    assert coupon["points"] == 150.0  # a quarter of 550 a year
    assert coupon["worth"] == coupon["cost"] == pytest.approx(7.5)
    points = arms["points"]["strategies"]["points"]
    assert (points["review_rate"], points["share_rate"]) == (0.0, 0.0)  # no points but for purchases
    service = arms["personal_service"]["strategies"]["personal_service"]
    assert service == {"budget": 600.0, "visit_cost": 0.25}
    rare = designs.arms_for(bought([1] * 4, amount=80.0), "A")["points"]["strategies"]["points"]["rewards"][0]
    assert rare["points"] == 80.0  # no less than one purchase


def test_programmes_are_scaled_to_typical_customers_and_not_to_a_giant():
    """A wholesaler with most of the money, among a hundred households, moves nothing."""
    usual = designs.arms_for(bought([12] * 100), "A")
    rows = bought([12] * 100).purchases
    giant = pd.DataFrame([(999, t, "A", 900.0) for t in np.linspace(0, 363, 400)], columns=["customer", "time", "firm", "amount"])  # fmt: skip
    log = Panel(pd.concat([rows, giant]), days=364.0)
    assert designs.arms_for(log, "A") == usual
    few = Panel(pd.concat([rows[rows["customer"] < 10], giant]), days=364.0)
    assert designs.arms_for(few, "A") != designs.arms_for(
        bought([12] * 10), "A"
    )  # of a dozen, each may be typical


@pytest.mark.parametrize(("x", "shown"), [(137.0, 150.0), (0.0, 0.01), (9.6, 10.0), (0.0123, 0.012), (0.001, 0.01), (1_170, 1_200), (431, 400)])  # fmt: skip
def test_numbers_that_a_shop_would_print(x, shown):
    assert designs.printed(x) == shown


# ---------------------------------------------------------------- the check


def test_a_cohort_by_day_since_the_first_purchase():
    """Purchases of a day are one; the simulated customers are watched as long as the real ones, in turn."""
    log = panel(
        [
            ("x", 2.3, "A", 1.0),
            ("x", 2.9, "A", 2.0),
            ("x", 7.1, "A", 4.0),
            ("y", 0.5, "A", 8.0),
            ("y", 3.0, "A", 3.0),
        ]
    )
    repeats = check._repeats(log)
    assert repeats[["customer", "time", "amount"]].to_numpy().tolist() == [[0, 5.0, 4.0], [1, 3.0, 3.0]]
    twin = pd.DataFrame(
        [(0, 1.2, 1.0), (0, 1.9, 2.0), (0, 9.9, 1.0), (1, 4.0, 1.0), (1, 5.0, 1.0), (2, 9.9, 1.0)],
        columns=["customer", "time", "amount"],
    )
    kept, watched = check._watched(twin, np.array([10.0, 5.0]), 3)
    assert watched.tolist() == [10.0, 5.0, 10.0]
    assert kept[["customer", "time", "amount"]].to_numpy().tolist() == [
        [0, 1, 3.0],
        [0, 9, 1.0],
        [1, 4, 1.0],
        [2, 9, 1.0],
    ]


def test_words():
    finding = Finding("need.mean", "rate", 2.5, 0.125, "per week", "fitted", "well")
    assert finding.sentence() == "rate = 2.5 per week (standard error 0.125), fitted: well"
    plain = Finding("", "cost", 0.75, None, "", "assumed")
    assert (
        plain.sentence() == "cost = 0.75, assumed"
        and np.isnan(plain.row()["se"])
        and finding.row()["se"] == 0.125
    )
    moments = pd.DataFrame({"moment": ["a", "b", "c"], "z": [4.0, -4.1, 12.3]})
    log = panel([(1, 0.0, "A", 2.0)], dated=False)
    told = words(log, [plain, finding], moments)
    assert told[0] == finding.sentence() and told[1] == "ASSUMED: cost = 0.75, assumed"
    assert (
        told[-1] == "the fitted market misses these moments by more than 4 standard errors: b (-4), c (+12)"
    )
    assert sum("switching to rivals" in t or "calendar time" in t for t in told) == 2
    fine = words(panel([(1, 0.0, "A", 2.0), (1, 1.0, "B", 2.0)]), [], moments[:1])
    assert (
        "0 of 1 moments" in fine[-1]
        and "none is missed by more than 4" in fine[-1]
        and not any("rivals:" in t or "calendar" in t for t in fine)
    )
