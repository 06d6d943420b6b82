"""BG/NBD and Pareto/NBD: likelihoods against integrals, forecasts against simulated customers, and CDNOW."""

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats
from scipy.special import gammaln
from worlds.public_logs import needs

from regulars.ground.errors import RegularsError
from regulars.laws import (
    BGNBD,
    ParetoNBD,
    fit_bgnbd,
    fit_pareto_nbd,
    recency_frequency,
    repeats_between,
)

BG = BGNBD(0.243, 4.414, 0.793, 2.426)
PARETO = ParetoNBD(0.553, 10.578, 0.606, 11.669)
HISTORIES = [
    (0, 0.0, 38.0),
    (1, 5.0, 38.0),
    (2, 30.43, 38.86),
    (9, 36.0, 38.0),
    (3, 38.0, 38.0),
    (60, 20.0, 39.0),
]


def test_means_over_time():
    np.testing.assert_allclose(BG.mean([39, 78]), [1.1967, 1.8605], atol=5e-5)
    np.testing.assert_allclose(PARETO.mean([39, 78]), [1.2130, 1.9094], atol=5e-5)
    assert BG.conditional_mean(39, 2, 30.43, 38.86)[0] == pytest.approx(1.226, abs=5e-4)


@pytest.mark.parametrize("history", HISTORIES)
def test_bgnbd_likelihood_is_the_integral_over_customers(history):
    x, tx, whole = history
    beta = stats.beta(BG.a, BG.b)

    def given_rate(rate, until):
        return stats.gamma.pdf(rate, BG.r, scale=1 / BG.alpha) * rate**x * np.exp(-rate * until)

    def over(until):
        return (
            integrate.quad(given_rate, 0, 1, args=(until,), points=[1e-6, 1e-3, 0.1])[0]
            + integrate.quad(given_rate, 1, np.inf, args=(until,))[0]
        )

    stay = beta.expect(lambda p: (1 - p) ** x)
    leave = beta.expect(lambda p: p * (1 - p) ** (x - 1)) if x else 0.0
    direct = np.log(stay * over(whole) + leave * over(tx))
    assert BG.log_likelihood(x, tx, whole)[0] == pytest.approx(direct, rel=1e-5)


@pytest.mark.parametrize("law", [PARETO, ParetoNBD(0.7, 3.0, 1.4, 20.0), ParetoNBD(0.5, 8.0, 0.4, 8.0)])
@pytest.mark.parametrize("history", HISTORIES)
def test_pareto_likelihood_is_the_integral_over_leaving(law, history):
    x, tx, whole = history

    def density(u):
        log = gammaln(law.r + x) - gammaln(law.r) + law.r * np.log(law.alpha) + law.s * np.log(law.beta)
        log -= (law.r + x) * np.log(law.alpha + u) + law.s * np.log(law.beta + u)
        return np.exp(log)

    left = integrate.quad(lambda u: law.s / (law.beta + u) * density(u), tx, whole)[0]
    direct = np.log(density(whole) + left)
    assert law.log_likelihood(x, tx, whole)[0] == pytest.approx(direct, rel=1e-8)
    assert law.p_alive(x, tx, whole)[0] == pytest.approx(density(whole) / (density(whole) + left), rel=1e-7)


@pytest.mark.parametrize(
    "law", [BG, BGNBD(0.8, 4.0, 1.0, 3.0), BGNBD(0.3, 4.0, 0.2, 0.5), BGNBD(2.0, 9.0, 3.0, 1.0)]
)
def test_bgnbd_mean_is_the_integral_over_customers(law):
    # given rate and p: (1 - exp(-rate p t)) / p
    rate = stats.gamma(law.r, scale=1 / law.alpha).ppf((np.arange(4000) + 0.5) / 4000)[:, None]
    p = stats.beta(law.a, law.b).ppf((np.arange(4000) + 0.5) / 4000)[None, :]
    p = np.maximum(p, 1e-12)
    direct = (-np.expm1(-rate * p * 39) / p).mean()
    assert law.mean(39.0)[0] == pytest.approx(direct, rel=4e-3)


def test_heavy_buyers_and_long_lives_stay_finite():
    for law in (BG, PARETO):
        args = (np.array([300, 2000, 0]), np.array([38.9, 500.0, 0.0]), np.array([39.0, 520.0, 1e-6]))
        for found in (law.log_likelihood(*args), law.p_alive(*args), law.conditional_mean(52, *args)):
            assert np.isfinite(found).all()
        assert np.all((law.p_alive(*args) >= 0) & (law.p_alive(*args) <= 1))
    smooth = [ParetoNBD(0.5, 8.0, s, 9.0).mean(39.0) for s in (1 - 1e-6, 1.0, 1 + 1e-6)]
    assert smooth[0] == pytest.approx(smooth[1], rel=1e-5) and smooth[2] == pytest.approx(smooth[1], rel=1e-5)


def simulated_bg(law, n, weeks, later, rng):
    rate = rng.gamma(law.r, 1 / law.alpha, n)
    p = rng.beta(law.a, law.b, n)
    x, tx, holdout = np.zeros(n), np.zeros(n), np.zeros(n)
    clock, here = np.zeros(n), np.ones(n, dtype=bool)
    while here.any():
        clock[here] += rng.exponential(1, int(here.sum())) / np.maximum(rate[here], 1e-12)
        early, late = here & (clock <= weeks), here & (clock > weeks) & (clock <= weeks + later)
        x[early] += 1
        tx[early] = clock[early]
        holdout[late] += 1
        here &= clock <= weeks + later
        here[here] = rng.random(int(here.sum())) >= p[here]
    return pd.DataFrame({"repeats": x, "recency": tx, "exposure": weeks}), holdout


def test_simulated_customers_follow_bgnbd():
    histories, holdout = simulated_bg(BG, 100_000, 39.0, 39.0, np.random.default_rng(21))
    x = histories["repeats"]
    assert abs(x.mean() - 1.1967) < 4 * x.std() / np.sqrt(len(x))
    expected = BG.conditional_mean(39.0, x, histories["recency"], histories["exposure"])
    gap = holdout - expected
    assert abs(gap.mean()) < 4 * gap.std() / np.sqrt(len(gap))
    frequent = x >= 5
    assert abs(gap[frequent].mean()) < 4 * gap[frequent].std() / np.sqrt(frequent.sum())


def test_bgnbd_fit_recovers_simulated_customers():
    histories, _ = simulated_bg(BG, 20_000, 39.0, 0.0, np.random.default_rng(22))
    histories["recency"] = histories["recency"].round(1)  # fewer distinct histories, a quicker fit
    fit = fit_bgnbd(histories)
    for name in ("r", "alpha", "a", "b"):
        assert abs(fit.estimates[name] - getattr(BG, name)) < 4 * fit.standard_errors[name], name
        assert 0.005 < fit.standard_errors[name] / getattr(BG, name) < 0.11, name
    assert fit.n == 20_000


def test_recency_and_frequency():
    log = pd.DataFrame(
        {
            "customer": [1, 1, 1, 1, 2, 3],
            "time": [0.2, 0.7, 7.5, 30.0, 13.9, 20.0],
            "firm": ["A", "A", "A", "A", "A", "B"],
            "amount": 1.0,
        }
    )
    table = recency_frequency(log, 15.0)
    assert table.loc[1].tolist() == [1, 1.0, 2.0]  # the same day counts once; T runs to the last whole day
    assert table.loc[2, "repeats"] == 0 and table.loc[2, "recency"] == 0
    exact = recency_frequency(log, 15.0, unit=1.0, by_day=False)
    assert exact.loc[1].tolist() == pytest.approx([2, 7.3, 14.8])
    assert repeats_between(log, 15.0, 40.0, table.index).tolist() == [1, 0]
    assert recency_frequency(log, 25.0, firm="B").index.tolist() == [3]
    with pytest.raises(RegularsError, match="no purchases before"):
        recency_frequency(log, 0.0)


def test_histories_that_cannot_be():
    with pytest.raises(RegularsError, match="between 0 and exposure"):
        BG.log_likelihood(1, 50, 39)
    with pytest.raises(RegularsError, match="no repeats"):
        PARETO.p_alive(0, 5, 39)
    with pytest.raises(RegularsError, match="whole numbers"):
        BG.log_likelihood(1.5, 5, 39)
    lonely = pd.DataFrame({"repeats": [0, 0], "recency": [0.0, 0.0], "exposure": [39.0, 30.0]})
    for fit in (fit_bgnbd, fit_pareto_nbd):
        with pytest.raises(RegularsError, match="nobody bought twice"):
            fit(lonely)
    with pytest.raises(RegularsError, match="above 0"):
        BGNBD(0.2, -1, 1, 1)


@pytest.fixture(scope="module")
def cdnow():
    from regulars.panels import dataset

    log = dataset("cdnow-sample").purchases
    return log, recency_frequency(log, 273.0)


@needs("lifetimes")
class TestCDNOW:
    """Fader, Hardie & Lee (2005): 2,357 customers, 39 + 39 weeks."""

    def test_data(self, cdnow):
        log, histories = cdnow
        assert len(histories) == 2357 and histories["repeats"].sum() == 2457
        assert (histories["repeats"] == 0).sum() == 1411
        later = repeats_between(log, 273.0, 546.0, histories.index)
        assert later.sum() == 1882
        by_x = later.groupby(histories["repeats"].clip(upper=7)).mean()
        np.testing.assert_allclose(
            by_x, [0.237, 0.697, 1.393, 1.560, 2.532, 2.947, 3.862, 6.359], atol=5.1e-4
        )

    def test_bgnbd(self, cdnow):
        _, h = cdnow
        fit = fit_bgnbd(h)
        np.testing.assert_allclose(list(fit.estimates.values()), [0.2426, 4.4135, 0.7929, 2.4258], rtol=1e-3)
        assert fit.log_likelihood == pytest.approx(-9582.43, abs=0.01)
        holdout = fit.law.conditional_mean(39.0, h["repeats"], h["recency"], h["exposure"]).sum()
        assert holdout == pytest.approx(1654, abs=1)

    def test_pareto_nbd(self, cdnow):
        _, h = cdnow
        fit = fit_pareto_nbd(h)
        np.testing.assert_allclose(
            list(fit.estimates.values()), [0.5533, 10.5776, 0.6062, 11.6679], rtol=1e-3
        )
        assert fit.log_likelihood == pytest.approx(-9594.97, abs=0.01)
        np.testing.assert_allclose(list(fit.standard_errors.values()), [0.048, 0.84, 0.19, 6.2], rtol=0.03)

    def test_whole_log(self):
        from regulars.panels import dataset

        fit = fit_bgnbd(recency_frequency(dataset("cdnow").purchases, 546.0))
        np.testing.assert_allclose(list(fit.estimates.values()), [0.267, 5.99, 0.484, 2.11], rtol=3e-3)
