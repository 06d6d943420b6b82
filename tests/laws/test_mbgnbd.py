"""MBG/NBD: CDNOW, simulated customers who may leave at once, and BG/NBD as what is left of those who stay."""

import numpy as np
import pandas as pd
import pytest
from worlds.public_logs import needs

from regulars.ground.errors import RegularsError
from regulars.laws import BGNBD, MBGNBD, fit_bgnbd, fit_mbgnbd, recency_frequency

LAW = MBGNBD(0.525, 6.183, 0.891, 1.614)
TIMES = (np.array([0, 1, 4, 30]), np.array([0.0, 5.0, 30.0, 38.0]), np.array([39.0, 39.0, 38.0, 39.0]))


def simulated(law, n, weeks, later, rng):
    """Histories of ``weeks``, who is still here then, and purchases in the ``later`` weeks after."""
    rate, p = rng.gamma(law.r, 1 / law.alpha, n), rng.beta(law.a, law.b, n)
    x, tx, ahead, clock = (np.zeros(n) for _ in range(4))
    stays = rng.random(n) >= p  # also after the first purchase
    here = stays.copy()
    while stays.any():
        clock[stays] += rng.exponential(1, int(stays.sum())) / np.maximum(rate[stays], 1e-12)
        early, late = stays & (clock <= weeks), stays & (clock > weeks) & (clock <= weeks + later)
        x[early] += 1
        tx[early] = clock[early]
        ahead[late] += 1
        stays &= clock <= weeks + later
        stays[stays] = rng.random(int(stays.sum())) >= p[stays]
        here[early] = stays[early]
    return pd.DataFrame({"repeats": x, "recency": tx, "exposure": weeks}), here, ahead


def test_those_who_stay_once_are_customers_of_bgnbd():
    stayed, share = BGNBD(LAW.r, LAW.alpha, LAW.a, LAW.b + 1), LAW.b / (LAW.a + LAW.b)
    x = TIMES[0]
    like = share * np.exp(stayed.log_likelihood(*TIMES)) + np.where(x == 0, 1 - share, 0)
    np.testing.assert_allclose(LAW.log_likelihood(*TIMES), np.log(like), rtol=1e-10)
    np.testing.assert_allclose(LAW.mean([3.0, 39.0]), share * stayed.mean([3.0, 39.0]))
    n = np.arange(4)
    np.testing.assert_allclose(LAW.pmf(n, 39.0), share * stayed.pmf(n, 39.0) + (1 - share) * (n == 0))
    assert LAW.p_alive(0, 0, 0)[0] == pytest.approx(share) and LAW.p_alive(0, 0, 39)[0] < share
    often = x > 0
    np.testing.assert_allclose(LAW.p_alive(*TIMES)[often], stayed.p_alive(*TIMES)[often])
    for worth in (LAW.residual_purchases(0.0027, *TIMES), LAW.conditional_mean(20.0, *TIMES)):
        assert np.isfinite(worth).all()
    np.testing.assert_allclose(
        LAW.residual_purchases(0.0027, *TIMES)[often], stayed.residual_purchases(0.0027, *TIMES)[often]
    )


def test_simulated_customers():
    table, here, later = simulated(LAW, 100_000, 39.0, 39.0, np.random.default_rng(81))
    x = table["repeats"].to_numpy()
    assert abs(x.mean() - LAW.mean(39.0)[0]) < 4 * x.std() / np.sqrt(len(x))
    for n in (0, 1, 3):
        share = (x == n).mean()
        assert abs(share - LAW.pmf(n, 39.0)[0]) < 4 * np.sqrt(share * (1 - share) / len(x)), n
    history = (table["repeats"], table["recency"], table["exposure"])
    alive, expected = LAW.p_alive(*history), LAW.conditional_mean(39.0, *history)
    none = LAW.conditional_pmf(0, 39.0, *history)
    for gap in (here - alive, later - expected, (later == 0) - none):
        for some in (x >= 0, x == 0, x >= 3):
            assert abs(gap[some].mean()) < 4 * gap[some].std() / np.sqrt(some.sum())


def test_fit_recovers_simulated_customers():
    table, _, _ = simulated(LAW, 20_000, 39.0, 0.0, np.random.default_rng(82))
    table["recency"] = table["recency"].round(1)
    fit = fit_mbgnbd(table)
    for name in ("r", "alpha", "a", "b"):
        assert abs(fit.estimates[name] - getattr(LAW, name)) < 4 * fit.standard_errors[name], name
        assert 0.01 < fit.standard_errors[name] / getattr(LAW, name) < 0.25, name
    assert fit.log_likelihood > fit_bgnbd(table).log_likelihood
    with pytest.raises(RegularsError, match="above 0"):
        MBGNBD(0.2, 1.0, 0.0, 1.0)


@needs("lifetimes")
def test_cdnow():
    """On CDNOW, 2,357 customers and 39 weeks: .525, 6.183, .891, 1.614; a little likelier than BG/NBD."""
    from regulars.panels import dataset

    table = recency_frequency(dataset("cdnow-sample").purchases, 273.0)
    fit = fit_mbgnbd(table)
    np.testing.assert_allclose(list(fit.estimates.values()), [0.525, 6.183, 0.891, 1.614], atol=6e-4)
    assert fit.log_likelihood == pytest.approx(-9582.14, abs=0.01)
