"""NBD oracles: conditional trend, buyer moderation, Pareto share, time invariance. Numbers marked [K] in the theory."""

import numpy as np
import pytest
from scipy.stats import nbinom

from regulars.ground.errors import RegularsError
from regulars.laws import NBD, fit_nbd, nbd_from_zeros


def test_pmf_is_the_negative_binomial():
    n = np.arange(60)
    np.testing.assert_allclose(
        NBD(1.456, 0.78).pmf(n), nbinom.pmf(n, 0.78, 0.78 / (0.78 + 1.456)), rtol=1e-10
    )
    assert NBD(300.0, 0.05).pmf(np.arange(NBD(300.0, 0.05).reach())).sum() == pytest.approx(1, abs=1e-9)
    np.testing.assert_allclose(NBD(2.0, np.inf).pmf(n), NBD(2.0, 1e10).pmf(n), atol=1e-9)


@pytest.mark.parametrize(
    ("shape", "shares"),
    [
        (0.2, (0.531, 0.635, 0.669, 0.727)),
        (0.4, (0.481, 0.575, 0.604, 0.648)),
        (0.78, (0.437, 0.515, 0.533, 0.554)),
        (1.0, (0.425, 0.494, 0.507, 0.519)),
    ],
)
def test_pareto_share(shape, shares):
    found = [NBD(m, shape).top_share() for m in (1, 5, 10, 50)]
    np.testing.assert_allclose(found, shares, atol=6e-4)
    assert np.all(np.diff(found) > 0)  # longer windows concentrate


def test_buyer_moderation():
    law = NBD(1.456, 0.78)
    assert law.sales_from_nonbuyers() == pytest.approx(0.153, abs=5e-4)
    assert NBD(1.0, 0.25).sales_from_nonbuyers() == pytest.approx(0.134, abs=5e-4)
    assert law.top_share() == pytest.approx(0.460, abs=5e-4)
    assert law.top_share_next() == pytest.approx(0.339, abs=5e-4)
    assert law.top_again() == pytest.approx(0.501, abs=5e-4)


def test_placebo_programme():
    law = NBD(4.0, 0.5)
    found = [law.expected_change(1, 2), law.expected_change(3, 6), law.expected_change(7)]
    np.testing.assert_allclose(found, [0.206, -0.007, -0.078], atol=1.5e-3)
    # control: without differences between customers everybody is expected at the mean
    assert NBD(4.0, np.inf).conditional_mean(9) == 4.0


def test_conditional_trend_in_simulated_counts():
    rng = np.random.default_rng(5)
    rates = rng.gamma(0.78, 1.456 / 0.78, 400_000)
    x, y = rng.poisson(rates), rng.poisson(rates)
    law = NBD(1.456, 0.78)
    for k in range(6):
        group = y[x == k]
        assert abs(group.mean() - law.conditional_mean(k)) < 4 * group.std() / np.sqrt(len(group))
    assert np.cov(x, y)[0, 1] / x.var() == pytest.approx(1.456 / (1.456 + 0.78), rel=0.03)


def test_shape_does_not_depend_on_the_window():
    law = NBD(1.456, 0.7788)
    for t in (1, 2, 4, 8):
        longer = law.over(t)
        assert nbd_from_zeros(longer.mean, 1 - longer.buyers).shape == pytest.approx(0.7788, rel=1e-9)


def test_both_fits_recover_the_law():
    rng = np.random.default_rng(6)
    counts = rng.poisson(rng.gamma(0.78, 1.456 / 0.78, 50_000))
    fit = fit_nbd(counts)
    for name, true in (("mean", 1.456), ("shape", 0.78)):
        assert abs(fit.estimates[name] - true) < 4 * fit.standard_errors[name]
    assert fit.standard_errors["mean"] == pytest.approx(counts.std() / np.sqrt(len(counts)), rel=0.03)
    by_zeros = nbd_from_zeros(counts.mean(), (counts == 0).mean())
    assert by_zeros.shape == pytest.approx(0.78, rel=0.05)
    table = fit.table()
    assert list(table) == ["estimate", "standard_error", "low", "high"] and fit.n == 50_000


def test_standard_errors_are_those_of_repeated_samples():
    rng = np.random.default_rng(16)
    fits = [fit_nbd(rng.poisson(rng.gamma(0.78, 1.456 / 0.78, 1000))) for _ in range(100)]
    for name in ("mean", "shape"):
        spread = np.std([f.estimates[name] for f in fits], ddof=1)
        said = np.mean([f.standard_errors[name] for f in fits])
        assert said == pytest.approx(spread, rel=4 / np.sqrt(2 * 99))


def test_nonbuyers_may_be_given_as_a_number():
    counts = np.array([0, 0, 0, 1, 2, 5])
    whole, short = fit_nbd(counts), fit_nbd(counts[3:], customers=6)
    assert whole.estimates == short.estimates


def test_counts_that_no_nbd_describes():
    regular = fit_nbd([2, 2, 2, 2, 1, 3])
    assert np.isinf(regular.law.shape) and "infinite" in regular.notes[0]
    with pytest.raises(RegularsError, match="more regular than chance"):
        nbd_from_zeros(2.0, 0.1)
    with pytest.raises(RegularsError, match="nobody bought"):
        fit_nbd([0, 0])
    with pytest.raises(RegularsError, match="whole numbers"):
        fit_nbd([0.5, 1])
    with pytest.raises(RegularsError, match="fewer than"):
        fit_nbd([1, 2], customers=1)
    with pytest.raises(RegularsError, match="top=20"):
        NBD(1.0, 1.0).top_share(20)


def test_customers_watched_for_different_times():
    """The parameters of a period come out whatever part of it each was watched; taken as equal they do not."""
    rng = np.random.default_rng(11)
    time = rng.uniform(0.1, 3.0, 20_000)
    x = rng.poisson(rng.gamma(0.7, 2.0 / 0.7, time.size) * time)
    fit = fit_nbd(x, exposure=time)
    for name, truth in (("mean", 2.0), ("shape", 0.7)):
        assert abs(fit.estimates[name] - truth) < 4 * fit.standard_errors[name]
    assert fit.standard_errors["mean"] < 0.03
    assert fit_nbd(x).estimates["mean"] > 2.9
    even = fit_nbd(x, exposure=np.full(x.size, 2.0))
    assert even.law.mean == pytest.approx(fit_nbd(x).law.mean / 2, rel=1e-4)
    assert even.log_likelihood == pytest.approx(fit_nbd(x).log_likelihood, rel=1e-9)
    chance = fit_nbd(rng.poisson(2.0 * np.round(time, 1)), exposure=np.round(time, 1))
    assert chance.law.shape > 50 and chance.law.mean == pytest.approx(2.0, rel=0.02)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"exposure": [1.0, 2.0]}, "there are 3 counts"),
        ({"exposure": [1.0, 0.0, 2.0]}, "customer 1 has 0"),
        ({"exposure": [1.0, 1.0, np.nan]}, "customer 2 has nan"),
        ({"exposure": [1.0, 1.0, 1.0], "customers": 9}, "leave out customers"),
    ],
)
def test_exposures_that_cannot_be(more, message):
    with pytest.raises(RegularsError, match=message):
        fit_nbd([1, 2, 3], **more)
