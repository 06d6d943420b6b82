"""What is read from a comparison, by hand: intervals, ranking, chances of being best, break-even and pairing."""

import math

import pandas as pd
import pytest

from regulars.lab.comparison import UNITS, Comparison
from regulars.lab.over_replicates import break_even, reach
from regulars.scenario import CONTROL, Scenario

T = {2: 12.7062, 3: 4.30265, 4: 3.18245}  # Student's t, 97.5%, for so many replicates


def comparison(gains, control=(100.0, 130.0, 160.0), others=(), uncertainty=None, daily=()):
    """A comparison with so much incremental profit by arm and replicate; `others`: {metric: {arm: values}}."""
    count = len(control)
    values = {
        "profit": {CONTROL: list(control), **{a: [c + g for c, g in zip(control, gain, strict=True)] for a, gain in gains.items()}},
        "incremental_profit": {CONTROL: [0.0] * count, **gains},
    }  # fmt: skip
    values |= {m: {a: [float("nan")] * count for a in (CONTROL, *gains)} for m in UNITS if m not in values}
    values |= dict(others)
    metrics = pd.DataFrame(
        [(a, r, m, x) for m, arms in values.items() for a, xs in arms.items() for r, x in enumerate(xs)],
        columns=["arm", "replicate", "metric", "value"],
    )
    days = pd.DataFrame(daily, columns=["arm", "replicate", "day", "incremental_profit"])
    table = {
        "market": {"customers": 10, "days": 4},
        "firms": [{"name": "a"}],
        "uncertainty": uncertainty or {},
    }
    return Comparison(
        Scenario(table), "a", tuple(gains), count, 1, metrics, pd.DataFrame(), days, pd.DataFrame()
    )


def row(found, arm, metric):
    table = found.summary()
    return table[(table["arm"] == arm) & (table["metric"] == metric)].iloc[0]


def test_intervals_by_hand():
    """Values 2, 4, 9: mean 5, sd sqrt(13); of the mean sd t / sqrt(3), of one market sd t sqrt(1 + 1/3)."""
    sure, doubtful = (comparison({"x": [2.0, 4.0, 9.0]}, uncertainty=u) for u in ({}, {"firms.0.price": 0.1}))
    sd = math.sqrt(13.0)
    for found, half in ((sure, sd / math.sqrt(3)), (doubtful, sd * math.sqrt(4 / 3))):
        x = row(found, "x", "incremental_profit")
        assert (x["mean"], x["unit"]) == (5.0, "currency") and x["se"] == pytest.approx(sd / math.sqrt(3))
        assert (x["low"], x["high"]) == pytest.approx((5 - T[3] * half, 5 + T[3] * half), rel=1e-5)
        assert (x["p05"], x["p95"]) == pytest.approx((2.2, 8.5))
    assert not sure.doubtful and doubtful.doubtful
    assert reach(2, False) == pytest.approx(T[2] / math.sqrt(2), rel=1e-5)
    assert reach(4, True) == pytest.approx(T[4] * math.sqrt(1.25), rel=1e-5)


def test_the_return_never_contradicts_the_profit():
    """Ratio of sums: -3 on 12. The mean of the ratios 2, 4 and -.9 would be +1.7."""
    cost = {CONTROL: [5.0, 5.0, 5.0], "x": [6.0, 6.0, 15.0]}
    ratios = {CONTROL: [math.nan] * 3, "x": [2.0, 4.0, -0.9]}
    found = comparison(
        {"x": [2.0, 4.0, -9.0]}, others={"reward_cost": cost, "return_on_reward": ratios}.items()
    )
    x = row(found, "x", "return_on_reward")
    assert x["mean"] == -0.25
    assert found.ranking().loc[0, "return_on_reward"] == -0.25
    off = [2 + 0.25, 4 + 0.25, -9 + 2.5]  # gain less the ratio times what was spent; their mean is 0
    error = math.sqrt(sum(d * d for d in off) / 2 / 3) / 4
    assert x["se"] == pytest.approx(error)
    assert (x["low"], x["high"]) == pytest.approx((-0.25 - T[3] * error, -0.25 + T[3] * error), rel=1e-5)
    assert (x["p05"], x["p95"]) == pytest.approx((-0.61, 3.8))
    less = comparison({"x": [2.0, 4.0, -9.0]}, others={"reward_cost": {**cost, "x": [5.0, 5.0, 4.0]}}.items())
    assert row(less, "x", "return_on_reward")[["mean", "low", "high"]].isna().all()


def test_the_interval_of_a_share_lies_within_0_and_1():
    shares = {
        "penetration": {CONTROL: [0.9, 0.5, 0.7], "x": [0.9, 0.1, 0.5]},
        "buyers": {CONTROL: [9.0, 1.0, 5.0], "x": [9.0, 1.0, 5.0]},
    }
    found = comparison({"x": [1.0, 2.0, 3.0]}, others=shares.items())
    assert row(found, "x", "penetration")[["mean", "low", "high"]].tolist() == [0.5, 0.0, 1.0]
    assert row(found, "x", "buyers")["low"] < 0  # only shares have these ends
    one = comparison(
        {"x": [1.0]}, control=(1.0,), others={"penetration": {CONTROL: [0.9], "x": [0.9]}}.items()
    )
    assert row(one, "x", "penetration")[["low", "high"]].isna().all()


def test_one_replicate_and_none():
    one = comparison({"x": [2.0]}, control=(1.0,))
    x = row(one, "x", "incremental_profit")
    assert (x["mean"], x["p05"], x["p95"]) == (2.0, 2.0, 2.0) and x[["se", "low", "high"]].isna().all()
    assert row(one, "x", "naive_lift")[["mean", "se", "low", "high", "p05", "p95"]].isna().all()
    some = comparison(
        {"x": [2.0, 4.0, 9.0]}, others={"churn": {CONTROL: [0.5] * 3, "x": [0.2, float("nan"), 0.4]}}
    )
    assert row(some, "x", "churn")["mean"] == pytest.approx(0.3)


def test_ranking_and_chances_of_being_best():
    """Of four replicates y is best in two, x in one, doing nothing in one; a tie with doing nothing is nothing's."""
    found = comparison(
        {"x": [3.0, -1.0, 1.0, 0.0], "y": [1.0, -2.0, 5.0, 7.0]},
        control=(10.0, 20.0, 30.0, 40.0),
        others={"buyers": {CONTROL: [5.0] * 4, "x": [6.0] * 4, "y": [7.0, 7.0, 7.0, 9.0]}},
    )
    table = found.ranking()
    assert table["arm"].tolist() == ["y", "x"] and table["incremental_profit"].tolist() == [2.75, 0.75]
    assert table["p_best"].tolist() == [0.5, 0.25] and found.p_control_best() == 0.25
    assert table["buyers"].tolist() == [7.5, 6.0] and table.index.tolist() == [0, 1]
    assert (
        table.loc[0, ["low", "high", "se", "p05", "p95"]].tolist()
        == row(found, "y", "incremental_profit")[["low", "high", "se", "p05", "p95"]].tolist()
    )
    assert set(UNITS) <= set(table.columns)
    tie = comparison({"x": [0.0, 1.0, -1.0]})
    assert tie.p_control_best() == pytest.approx(2 / 3) and tie.ranking().loc[0, "p_best"] == pytest.approx(
        1 / 3
    )


def test_break_even_is_that_of_the_mean_over_replicates():
    daily = [
        ("x", r, day, gain)
        for r, gains in enumerate([(-4.0, -1.0, 3.0, 1.0), (2.0, -1.0, -1.0, 1.0)])
        for day, gain in enumerate(gains, 1)
    ] + [("y", 0, 1, -9.0)]
    assert comparison({"x": [1.0, 1.0, 1.0], "y": [0.0] * 3}, daily=daily).break_even_day("x") == 3.0
    found = comparison({"x": [1.0, 1.0, 1.0], "y": [0.0] * 3}, daily=daily)
    assert found.ranking().set_index("arm").loc["x", "break_even_day"] == 3.0  # days, however long a tick is
    assert break_even([0.0, -1.0, 0.0, 2.0]) == 3.0 and break_even([0.0, 0.0]) == 0.0
    assert math.isnan(break_even([1.0, -1e-9]))


def test_pairing_gain_by_hand():
    """Profits of the control spread by 30, of the arm by 33, their difference by 3: sqrt(30^2 + 33^2) / 3."""
    found = comparison({"x": [1.0, 4.0, 7.0], "still": [2.0, 2.0, 2.0]})
    assert found.pairing_gain() == {"x": pytest.approx(math.hypot(30, 33) / 3), "still": math.inf}


def test_decomposition_is_the_mean_over_replicates():
    """Twice the buyers, all else equal: the gain is one of customers."""
    others = {
        "buyers": {CONTROL: [10.0] * 3, "x": [20.0] * 3},
        "purchases": {CONTROL: [50.0] * 3, "x": [100.0] * 3},
    }
    table = comparison({"x": [100.0, 130.0, 160.0]}, others=others).decomposition()
    assert table.columns.tolist() == ["arm", "method", "customers", "loyalty", "value", "other", "total"]
    assert table.loc[0, ["customers", "loyalty", "value", "other", "total"]].tolist() == pytest.approx(
        [130.0, 0, 0, 0, 130.0]
    )
