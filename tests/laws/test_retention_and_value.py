"""sBG, geometric CLV, equity and Shy: closed forms against published and computed numbers, and against simulation."""

import numpy as np
import pytest
from scipy.special import hyp2f1
from scipy.stats import beta as beta_distribution

from regulars.ground.errors import RegularsError
from regulars.laws import (
    SBG,
    discount_elasticity,
    equity_matrix,
    firm_value,
    fit_sbg,
    geometric_clv,
    retention_elasticity,
    shy_costs,
    shy_prices,
    value_of_fewer_defections,
)
from regulars.laws.sbg import gauss_of_one

REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241]
HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]


def test_sbg_fits_the_two_segments():
    regular, high = fit_sbg(REGULAR), fit_sbg(HIGH_END)
    np.testing.assert_allclose(list(regular.estimates.values()), [0.704, 1.182], atol=6e-4)
    np.testing.assert_allclose(list(high.estimates.values()), [0.668, 3.806], atol=6e-4)
    assert regular.law.survival(12) == pytest.approx(0.170, abs=5e-4)
    assert high.law.survival(12) == pytest.approx(0.378, abs=5e-4)
    twice = fit_sbg([REGULAR, REGULAR])
    np.testing.assert_allclose(list(twice.estimates.values()), list(regular.estimates.values()), rtol=1e-4)
    assert twice.standard_errors["beta"] == pytest.approx(
        regular.standard_errors["beta"] / np.sqrt(2), rel=1e-3
    )
    uneven = fit_sbg([REGULAR[:4], REGULAR])  # cohorts watched for different lengths
    assert abs(uneven.estimates["beta"] - 1.182) < 2 * uneven.standard_errors["beta"]


def test_sbg_numbers():
    law = SBG(0.704, 1.182)
    np.testing.assert_allclose(
        law.retention(np.arange(1, 9)), [0.627, 0.756, 0.819, 0.856, 0.880, 0.898, 0.911, 0.921], atol=6e-4
    )
    assert law.lifetime(0.1) == pytest.approx(3.6951, abs=5e-5)
    assert law.residual_lifetime(4, 0.1) == pytest.approx(5.4424, abs=5e-5)
    assert law.aggregate_bias(0.1) == pytest.approx(0.556, abs=5e-4)
    assert SBG(0.668, 3.806).aggregate_bias(0.1) == pytest.approx(0.747, abs=5e-4)
    assert law.churn_elasticity(0.1) == pytest.approx(-0.48, abs=5e-3)


def test_lifetime_is_the_discounted_sum_of_survival():
    law = SBG(0.704, 1.182)
    t = np.arange(2_000)
    assert law.lifetime(0.1) == pytest.approx((law.survival(t) / 1.1**t).sum(), rel=1e-9)
    later = law.survival(np.arange(4, 2_000)) / law.survival(3)
    assert law.residual_lifetime(4, 0.1) == pytest.approx(
        (later / 1.1 ** np.arange(len(later))).sum(), rel=1e-9
    )


def test_alike_customers_have_flat_retention_and_no_bias():
    alike = SBG(0.37e6, 0.63e6)
    assert np.ptp(alike.retention(np.arange(1, 20))) < 1e-5
    assert alike.aggregate_bias(0.1) == pytest.approx(1, abs=1e-4)
    # homogeneous customers: elasticity -theta / (d + theta), the -.79 of the theory
    theta = 0.704 / (0.704 + 1.182)
    assert -theta / (0.1 + theta) == pytest.approx(-0.79, abs=2e-3)


def test_cohort_of_constant_but_unequal_customers():
    rng = np.random.default_rng(31)
    n = 200_000
    theta = beta_distribution(0.704, 1.182).rvs(n, random_state=rng)
    leaves = rng.geometric(np.maximum(theta, 1e-12))
    law = SBG(0.704, 1.182)
    for t in range(1, 7):
        at_risk = (leaves >= t).sum()
        stay = (leaves > t).sum() / at_risk
        assert abs(stay - law.retention(t)) < 4 * np.sqrt(stay * (1 - stay) / at_risk)


def test_sbg_rejects_impossible_cohorts():
    for wrong in ([100, 120], [0, 0], [100], [[100, 90], [50, 60]]):
        with pytest.raises(RegularsError, match="never rise"):
            fit_sbg(wrong)
    with pytest.raises(RegularsError, match="nobody left"):
        fit_sbg([100, 100])
    with pytest.raises(RegularsError, match="discount"):
        SBG(1, 1).lifetime(0.0)


def test_clv_numbers_with_both_timings():
    values = [geometric_clv(1, r, 0.1, timing="start") for r in (0.6, 0.7, 0.8, 0.9, 0.95)]
    np.testing.assert_allclose(values, [2.2, 2.750, 3.667, 5.5, 7.333], atol=5e-4)
    start, end = (geometric_clv(1, 0.9, 0.12, timing=t) for t in ("start", "end"))
    assert (start, end) == pytest.approx((5.0909, 4.0909), abs=5e-5)
    assert start - end == pytest.approx(1)
    assert retention_elasticity(0.9, 0.12, timing="start") == pytest.approx(4.0909, abs=5e-5)
    assert retention_elasticity(0.9, 0.12, timing="end") == pytest.approx(5.0909, abs=5e-5)
    assert discount_elasticity(0.9, 0.12, timing="end") == pytest.approx(-0.545, abs=5e-4)


@pytest.mark.parametrize("timing", ["start", "end"])
def test_elasticities_are_derivatives(timing):
    def value(r=0.85, d=0.11):
        return geometric_clv(7.0, r, d, timing=timing)

    h = 1e-6
    by_r = (value(0.85 * (1 + h)) - value(0.85 * (1 - h))) / (2 * h * value())
    by_d = (value(d=0.11 * (1 + h)) - value(d=0.11 * (1 - h))) / (2 * h * value())
    assert by_r == pytest.approx(retention_elasticity(0.85, 0.11, timing=timing), rel=1e-6)
    assert by_d == pytest.approx(discount_elasticity(0.85, 0.11, timing=timing), rel=1e-6)


def test_finite_horizon_and_growth():
    whole = geometric_clv(1, 0.8, 0.1, timing="start")
    assert geometric_clv(1, 0.8, 0.1, timing="start", horizon=5) == pytest.approx(
        whole * (1 - (0.8 / 1.1) ** 5)
    )
    assert geometric_clv(1, 0.8, 0.1, timing="end", growth=0.05) == pytest.approx(0.84 / 0.26)
    with pytest.raises(RegularsError, match="give a horizon"):
        geometric_clv(1, 0.95, 0.1, timing="start", growth=0.2)
    assert geometric_clv(1, 0.95, 0.1, timing="start", growth=0.2, horizon=3) > 3


def test_clv_is_what_simulated_customers_pay():
    rng = np.random.default_rng(32)
    periods = rng.geometric(0.2, 1_000_000)  # margins at 0, 1, ..., periods - 1
    paid = (1 - 1.1 ** -periods.astype(float)) / (1 - 1 / 1.1)
    assert abs(paid.mean() - 3.66667) < 4 * paid.std() / 1000
    with pytest.raises(RegularsError, match="timing='now'"):
        geometric_clv(1, 0.8, 0.1, timing="now")


def test_fewer_defections():
    expected = {
        (0.9, 0.10): 1 / 3,
        (0.9, 0.15): 0.25,
        (0.85, 0.10): 0.25,
        (0.8, 0.10): 0.2,
        (0.6, 0.10): 1 / 9,
    }
    for (r, d), gain in expected.items():
        assert value_of_fewer_defections(r, d) == pytest.approx(gain)
        ratio = geometric_clv(1, r + 0.05, d, timing="start") / geometric_clv(1, r, d, timing="start")
        assert ratio - 1 == pytest.approx(gain)
    assert value_of_fewer_defections(0.95, 0.06) == pytest.approx(0.85, abs=0.02)
    assert value_of_fewer_defections(0.9, 0.1, growth=0.03) > 1 / 3
    with pytest.raises(RegularsError, match="no finite value"):
        value_of_fewer_defections(0.99, 0.1)


def test_equity_matrix():
    switching = [[0.8, 0.2], [0.3, 0.7]]
    found = equity_matrix(switching, 0.1)
    np.testing.assert_allclose(found, [[7.3333, 3.6667], [5.5, 5.5]], atol=5e-5)
    np.testing.assert_allclose(found.sum(axis=1), 11)
    with pytest.raises(RegularsError, match="rows are probabilities"):
        equity_matrix([[0.8, 0.3], [0.3, 0.7]], 0.1)


@pytest.mark.parametrize(
    ("retention", "discount"), [(0.8, 0.08), (0.85, 0.1), (0.9, 0.12), (0.9, 0.1), (0.93, 0.13)]
)
def test_firm_value_reacts_most_to_retention(retention, discount):
    """Gupta, Lehmann & Stuart (2004): 3 to 7% for retention, about 1% for margin, .02 to .3% for acquisition cost."""
    arrivals = 8.0 * 0.9 ** np.arange(40)

    def value(r=retention, d=discount, margin=100.0, cost=50.0):
        return firm_value(100.0, arrivals, margin, r, d, cost)

    by_retention = value(r=retention * 1.01) / value() - 1
    by_margin = value(margin=101.0) / value() - 1
    by_cost = 1 - value(cost=50.5) / value()
    by_discount = 1 - value(d=discount * 1.01) / value()
    assert 0.03 < by_retention < 0.07
    assert 0.009 < by_margin < 0.013 and 0.0002 < by_cost < 0.003
    assert by_retention > 3 * by_discount > 0 and by_discount > by_cost


def test_firm_value_by_hand():
    """Gupta, Lehmann & Stuart 2004: those of period k come at the end of k periods; 4 r / (1 + d - r) = 8 each."""
    numbers = {"margin": 4.0, "retention": 0.8, "discount": 0.2, "acquisition_cost": 3.0}
    assert geometric_clv(4.0, 0.8, 0.2, timing="end") == pytest.approx(8.0)
    assert firm_value(10.0, [], **numbers) == pytest.approx(80.0)
    assert firm_value(0.0, [12.0], **numbers) == pytest.approx(12 / 1.2 * 5)
    assert firm_value(10.0, [12.0, 0.0, 17.28], **numbers) == pytest.approx(80 + 10 * 5 + 10 * 5)


def test_shy_round_trip():
    a, b = shy_prices(0.6, 0.4, 10.0)
    assert (a, b) == pytest.approx((18.421, 21.053), abs=5e-4)
    found = shy_costs({"A": a, "B": b}, {"A": 0.6, "B": 0.4})
    assert found.costs == pytest.approx({"A": 10.0, "B": 10.0})
    assert shy_prices(0.5, 0.5, 3.0) == pytest.approx((6.0, 6.0))


def test_shy_is_biased_on_logit_data_and_says_so():
    # logit duopoly without any switching cost, margins 1 / (1 - share): the rule still finds one, and an unequal one
    shares = {"A": 0.7, "B": 0.3}
    prices = {f: 1 / (1 - s) for f, s in shares.items()}
    found = shy_costs(prices, shares)
    assert found.costs["A"] > 1 and found.costs["A"] - found.costs["B"] > 1
    assert "biased" in found.caution and "biased" in found.table().attrs["caution"]
    assert "Biased on logit" in shy_costs.__doc__
    with pytest.raises(RegularsError, match="two firms"):
        shy_costs({"A": 1.0}, {"A": 1.0})


def test_a_share_that_the_library_gives_up_on_is_summed_whatever_stands_beside_it():
    """Of several numbers those that it can do come out the same as by themselves."""
    b, c, z = np.array([2.0, 2e6, 5.0]), np.array([3.0, 2e6 + 1, 11.0]), 0.99
    assert np.isfinite(hyp2f1(1.0, b, c, z)).tolist() == [True, False, True]  # else it is no test
    assert gauss_of_one(b, c, z) == pytest.approx(
        [*hyp2f1(1.0, b[:1], c[:1], z), 1 / (1 - z), *hyp2f1(1.0, b[2:], c[2:], z)], rel=1e-4
    )  # of b and c that are endless a geometric sum
