"""Unequal customers by hand, against closed forms, with customers who cost more than they bring; relationships."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from regulars.ground.errors import RegularsError
from regulars.laws import geometric_clv
from regulars.measures import top_share
from regulars.measures.customer_value import (
    customer_profit,
    lifetime_value,
    mean_duration,
    not_worth_having,
    relationships,
    unequal_value,
)
from regulars.measures.value import observed_clv


def log(rows):
    return pd.DataFrame(rows, columns=["customer", "time", "firm", "amount"])


HAND = log(
    [
        (1, 0.0, "A", 6.0), (1, 1.0, "A", 2.0), (1, 12.0, "A", 10.0), (1, 25.0, "B", 20.0),
        (2, 5.0, "A", 1.0), (2, 15.0, "B", 3.0),
        (3, 20.0, "A", 3.0),
    ]
)  # fmt: skip
COSTS = pd.DataFrame(
    [(1, 12.0, "A", 3.0), (2, 4.0, "A", 2.5), (9, 5.0, "B", 4.0)],
    columns=["customer", "time", "firm", "amount"],
)


def test_unequal_value_by_hand():
    found = unequal_value(pd.Series([50.0, 20.0, 10.0, 8.0, 5.0, 4.0, 2.0, 2.0, 1.0, -2.0]))
    assert (found.customers, found.total, found.top_fifth) == (10, 100.0, 0.7)
    assert (found.best_tenth, found.worst_tenth, found.best_to_worst) == (50.0, -2.0, np.inf)
    assert (found.unworthy, found.loss) == (1, 2.0)
    # seven customers: 1.4 are a fifth, 0.7 of one a tenth
    few = unequal_value([7.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    assert few.top_fifth == pytest.approx((7 + 0.4 * 6) / 28)
    assert few.best_tenth == pytest.approx(7) and few.best_to_worst == pytest.approx(7)


def test_equal_customers_are_equal():
    """The negative control: without differences the best fifth has a fifth, ties or not."""
    for n in (3, 10, 17):
        found = unequal_value(np.full(n, 4.0))
        assert found.top_fifth == pytest.approx(0.2) and found.best_to_worst == pytest.approx(1)
        assert found.unworthy == 0 and found.loss == 0


def test_unequal_value_of_known_distributions():
    """Log-normal with s = z(0.8) + z(0.8) is 80/20; exponential tenths differ (1 + ln 10) to 10 (1 - 0.9 (1 - ln 0.9))."""
    rng = np.random.default_rng(92)
    n = 200_000
    eighty = unequal_value(rng.lognormal(sigma=2 * norm.ppf(0.8), size=n))
    assert eighty.top_fifth == pytest.approx(0.8, abs=0.02)
    tenths = unequal_value(rng.exponential(size=n))
    assert tenths.best_tenth == pytest.approx(1 + np.log(10), rel=0.02)
    assert tenths.worst_tenth == pytest.approx(10 * (1 - 0.9 * (1 - np.log(0.9))), rel=0.03)
    values = rng.exponential(size=37)
    assert unequal_value(values).top_fifth == pytest.approx(top_share(values))


def test_losses_push_the_share_of_the_best_above_one():
    values = pd.Series([10.0, 5.0, 1.0, -2.0, -6.0], index=list("abcde"))
    found = unequal_value(values)
    assert found.top_fifth == 10 / 8 and found.loss == 8
    assert not_worth_having(values).to_dict() == {"e": -6.0, "d": -2.0}
    ruin = unequal_value(-values)
    assert np.isnan(ruin.top_fifth)
    assert np.isnan(unequal_value([-1.0] * 10).best_to_worst)
    nobody = unequal_value([])
    assert nobody.customers == 0 and np.isnan(nobody.best_tenth)
    with pytest.raises(RegularsError, match="finite value"):
        unequal_value([1.0, np.nan])


def test_customer_profit_by_hand():
    assert customer_profit(HAND, margin=0.5).to_dict() == {1: 19.0, 2: 2.0, 3: 1.5}
    assert customer_profit(HAND, margin=0.5, costs=COSTS).to_dict() == {1: 16.0, 3: 1.5, 2: -0.5, 9: -4.0}
    own = customer_profit(HAND, firm="A", margin=0.5, costs=COSTS, end=15.0)
    assert own.to_dict() == {1: 6.0, 2: -2.0}
    assert customer_profit(HAND.assign(cost=4.0)).to_dict() == {1: 22.0, 3: -1.0, 2: -4.0}
    shuffled = customer_profit(HAND.sample(frac=1, random_state=1), costs=COSTS.iloc[::-1])
    assert shuffled.to_dict() == customer_profit(HAND, costs=COSTS).to_dict()
    assert customer_profit(HAND.iloc[:0]).empty
    assert customer_profit(HAND.iloc[:0], costs=COSTS).to_dict() == {2: -2.5, 1: -3.0, 9: -4.0}


def test_lifetime_value_by_hand():
    options = dict(period=10.0, discount=0.1, margin=1.0)
    start = lifetime_value(HAND, timing="start", **options)
    assert start.to_dict() == pytest.approx({1: 8 + 10 / 1.1 + 20 / 1.21, 2: 1 + 3 / 1.1, 3: 3.0})
    end = lifetime_value(HAND, timing="end", **options)
    assert end.to_dict() == pytest.approx({1: 10 / 1.1 + 20 / 1.21, 2: 3 / 1.1, 3: 0.0})
    # what is spent before the first purchase counts at it; who never buys is a loss from the first cost on
    costly = lifetime_value(HAND, timing="start", costs=COSTS, **options)
    expected = {1: start[1] - 3 / 1.1, 2: start[2] - 2.5, 3: 3.0, 9: -4.0}
    assert costly.to_dict() == pytest.approx(expected)
    assert lifetime_value(HAND, timing="start", start=4.0, **options).index.tolist() == [2, 3]
    assert lifetime_value(HAND, timing="start", end=10.0, **options).to_dict() == {1: 8.0, 2: 1.0}
    with pytest.raises(RegularsError, match="timing='now'"):
        lifetime_value(HAND, timing="now", **options)
    with pytest.raises(RegularsError, match="must be above 0"):
        lifetime_value(HAND, timing="end", period=0.0, discount=0.1)
    with pytest.raises(RegularsError, match="costs lack the columns amount; there are customer, time, firm"):
        lifetime_value(HAND, timing="end", costs=COSTS.drop(columns="amount"), **options)
    assert lifetime_value(HAND.iloc[:0], timing="end", **options).empty


@pytest.mark.parametrize("timing", ["start", "end"])
def test_lifetime_value_of_customers_with_constant_retention(timing):
    rng = np.random.default_rng(93)
    n = 20_000
    stays = np.minimum(rng.geometric(1 - 0.8, n), 60)
    who = np.repeat(np.arange(n), stays)
    k = np.concatenate([np.arange(s) for s in stays])
    table = pd.DataFrame({"customer": who, "time": 10.0 * k, "firm": "A", "amount": 5.0})
    each = lifetime_value(table, period=10.0, discount=0.1, timing=timing, margin=0.4, end=600.0)
    error = each.std() / np.sqrt(n)
    assert len(each) == n
    assert abs(each.mean() - geometric_clv(2.0, 0.8, 0.1, timing=timing)) < 4 * error
    cohort = observed_clv(table, period=10.0, discount=0.1, timing=timing, margin=0.4, end=600.0)
    assert each.mean() == pytest.approx(cohort.observed)


def test_relationships_by_hand():
    table = relationships(HAND, "A", silent=12.0)  # the log ends on day 26
    assert table["duration"].to_dict() == {1: 12.0, 2: 0.0, 3: 0.0}
    assert table["gone"].to_dict() == {1: True, 2: True, 3: False}
    assert table["purchases"].to_dict() == {1: 3, 2: 1, 3: 1}
    assert table["share_of_budget"].to_dict() == pytest.approx({1: 18 / 38, 2: 0.25, 3: 1.0})
    early = relationships(HAND, "A", silent=12.0, end=15.0)
    assert early["share_of_budget"].to_dict() == {1: 1.0, 2: 1.0} and not early["gone"].any()
    assert relationships(HAND, "C", silent=12.0).empty and relationships(HAND.iloc[:0], "A", silent=1.0).empty


def test_mean_duration_by_hand():
    # at 0: 2 gone, 3 still here; at 12: 1 gone: 2 of 3 stay on past 0 and are over at 12
    assert mean_duration(HAND, "A", silent=12.0, horizon=12.0) == pytest.approx(12 * 2 / 3)
    assert mean_duration(HAND, "A", silent=12.0, horizon=3.0) == pytest.approx(3 * 2 / 3)
    assert mean_duration(HAND, "A", silent=12.0, horizon=90.0) == pytest.approx(
        12 * 2 / 3
    )  # all over by then
    # nobody has gone after day 0: beyond the longest relationship the log says nothing
    assert mean_duration(HAND, "A", silent=30.0, horizon=12.0) == 12.0
    with pytest.raises(RegularsError, match="up to 12 only"):
        mean_duration(HAND, "A", silent=30.0, horizon=13.0)
    with pytest.raises(RegularsError, match="horizon=0"):
        mean_duration(HAND, "A", silent=30.0, horizon=0.0)
    assert np.isnan(mean_duration(HAND.iloc[:0], "A", silent=30.0, horizon=5.0))


def test_mean_duration_of_exponential_stays():
    """Stays of mean 100 watched for 100 days: the mean within the first 60 is 100 (1 - exp(-0.6)), cut or not."""
    rng = np.random.default_rng(94)
    n = 3_000
    stay = rng.exponential(100.0, n)
    visits = [np.append(np.arange(0.0, s), s) for s in np.minimum(stay, 105.0)]
    table = pd.DataFrame(
        {
            "customer": np.repeat(np.arange(n), [len(v) for v in visits]),
            "time": np.concatenate(visits), "firm": "A", "amount": 1.0,
        }
    )  # fmt: skip
    expected = 100 * (1 - np.exp(-0.6))
    error = np.minimum(stay, 60).std() / np.sqrt(n)
    assert abs(mean_duration(table, "A", silent=5.0, horizon=60.0, end=105.0) - expected) < 4 * error
