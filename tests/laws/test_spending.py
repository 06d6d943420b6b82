"""Gamma-gamma spending against integrals, simulated customers and CDNOW; amounts and holdouts in histories by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats
from worlds.public_logs import needs

from regulars.ground.errors import RegularsError
from regulars.laws import (
    GammaGamma,
    ParetoNBD,
    calibration_holdout,
    fit_gamma_gamma,
    recency_frequency,
    residual_value,
)

LAW = GammaGamma(6.25, 3.74, 15.44)
LOG = pd.DataFrame(
    [(1, 0.2, "A", 9.0), (1, 0.9, "A", 1.0), (1, 7.1, "B", 3.0), (1, 7.6, "A", 4.0), (1, 14.0, "A", 8.0), (2, 3.0, "A", 5.0),
     (2, 20.9, "A", 6.0), (3, 21.0, "A", 7.0)],
    columns=["customer", "time", "firm", "amount"],
)  # fmt: skip


def test_amounts_of_repeat_purchases():
    """Baskets of a day are one purchase; what the first day brought is left out."""
    found = recency_frequency(LOG, 22.0, money=True)
    assert found["spend"].tolist()[:2] == [7.5, 6.0] and np.isnan(found["spend"].loc[3])
    moments = recency_frequency(LOG, 22.0, by_day=False, money=True)
    assert moments["spend"].loc[1] == pytest.approx((1 + 3 + 4 + 8) / 4)
    assert recency_frequency(LOG, 22.0, firm="A", money=True)["spend"].loc[1] == 6.0
    plain = recency_frequency(LOG, 22.0)
    pd.testing.assert_frame_equal(found.drop(columns="spend"), plain)
    with pytest.raises(RegularsError, match="no column amount"):
        recency_frequency(LOG.drop(columns="amount"), 22.0, money=True)


def test_calibration_and_holdout():
    found = calibration_holdout(LOG, 7.0, 21.0, money=True)
    assert found.index.tolist() == [1, 2] and found["repeats"].tolist() == [0, 0]
    assert found["ahead"].tolist() == [2.0, 2.0] and found["purchases"].tolist() == [2, 1]
    assert found["later_spend"].tolist() == [7.5, 6.0] and found["spend"].isna().all()
    pd.testing.assert_frame_equal(found[["repeats", "recency", "exposure"]], recency_frequency(LOG, 7.0))
    exact = calibration_holdout(LOG, 7.5, 20.0, unit=1.0, by_day=False)
    assert exact["ahead"].tolist() == [12.5, 12.5] and exact["purchases"].tolist() == [2, 0]
    assert "spend" not in exact and "later_spend" not in exact
    with pytest.raises(RegularsError, match="end after the split"):
        calibration_holdout(LOG, 7.0, 7.0)


@pytest.mark.parametrize(("x", "z"), [(1, 12.0), (2, 22.345), (9, 60.0)])
def test_likelihood_and_forecast_are_integrals_over_customers(x, z):
    nu = stats.gamma(LAW.q, scale=1 / LAW.gamma)

    def density(v):
        return stats.gamma.pdf(z, LAW.p * x, scale=1 / (v * x)) * nu.pdf(v)

    whole = integrate.quad(density, 0, np.inf)[0]
    assert LAW.log_likelihood(x, z)[0] == pytest.approx(np.log(whole), rel=1e-7)
    mean = integrate.quad(lambda v: LAW.p / v * density(v), 0, np.inf)[0] / whole
    assert LAW.conditional_mean(x, z)[0] == pytest.approx(mean, rel=1e-6)


def test_forecasts_lie_between_own_and_common_mean():
    assert LAW.mean == pytest.approx(6.25 * 15.44 / 2.74)
    assert LAW.conditional_mean(0, np.nan)[0] == pytest.approx(LAW.mean)
    often = LAW.conditional_mean([1, 10, 10_000], 60.0)
    assert LAW.mean < often[0] < often[1] < often[2] == pytest.approx(60.0, rel=1e-3)
    heavy = GammaGamma(2.0, 0.8, 3.0)
    assert heavy.mean == np.inf and heavy.conditional_mean(0, 0)[0] == np.inf
    assert heavy.conditional_mean(2, 5.0)[0] == pytest.approx(2 * 13 / 3.8)


def simulated(law, n, rng):
    x = rng.geometric(0.4, n)
    nu = rng.gamma(law.q, 1 / law.gamma, n)
    z = rng.gamma(law.p * x, 1.0) / (nu * x)
    return pd.DataFrame({"repeats": x, "spend": z}), law.p / nu


def test_fit_recovers_simulated_customers_in_any_currency():
    table, own = simulated(LAW, 6000, np.random.default_rng(71))
    fit = fit_gamma_gamma(table)
    for name in ("p", "q", "gamma"):
        assert abs(fit.estimates[name] - getattr(LAW, name)) < 4 * fit.standard_errors[name], name
    assert fit.standard_errors["q"] < 0.2 and fit.n == 6000 and not fit.notes
    gap = own - LAW.conditional_mean(table["repeats"], table["spend"])
    assert abs(gap.mean()) < 4 * gap.std() / np.sqrt(len(gap))
    dong = fit_gamma_gamma(table.assign(spend=table["spend"] * 25_000))
    scale = dict(p=1, q=1, gamma=25_000)
    for name, value in fit.estimates.items():
        assert dong.estimates[name] == pytest.approx(value * scale[name], rel=1e-3)
        assert dong.standard_errors[name] == pytest.approx(fit.standard_errors[name] * scale[name], rel=0.01)
    assert dong.log_likelihood + 6000 * np.log(25_000) == pytest.approx(fit.log_likelihood, abs=1e-4)


def test_notes_and_errors_of_fits():
    table, _ = simulated(LAW, 400, np.random.default_rng(72))
    table.loc[[3, 4], "spend"] = 0.0
    table.loc[5] = (0, np.nan)
    fit = fit_gamma_gamma(table)
    assert fit.n == 397 and fit.notes == ("2 customers with repeats paid nothing and are left out",)
    tied = fit_gamma_gamma(table.assign(spend=(table["spend"] + 0.1) * table["repeats"] ** 2))
    assert any(note.startswith("spending and frequency go together") for note in tied.notes)
    wild, _ = simulated(GammaGamma(3.0, 0.5, 2.0), 400, np.random.default_rng(73))
    assert "q is at most 1: the mean amount over customers is infinite" in fit_gamma_gamma(wild).notes
    alike = fit_gamma_gamma(pd.DataFrame({"repeats": 2, "spend": [9.999, 10.0, 10.001]}))
    assert any("not identified" in note for note in alike.notes)
    with pytest.raises(RegularsError, match="nobody paid anything"):
        fit_gamma_gamma(pd.DataFrame({"repeats": [0, 2], "spend": [3.0, 0.0]}))
    for wrong, says in (((0.5, 1.0), "whole numbers"), ((1, 0.0), "above 0"), ((1, np.nan), "above 0")):
        with pytest.raises(RegularsError, match=says):
            LAW.conditional_mean(*wrong)
    with pytest.raises(RegularsError, match="without repeats"):
        LAW.log_likelihood(0, 3.0)
    with pytest.raises(RegularsError, match="p, q, gamma above 0"):
        GammaGamma(1.0, 0.0, 1.0)


def test_residual_value_by_customer():
    """Three customers of CDNOW's law, and money that is linear in the margin."""
    law = ParetoNBD(0.553, 10.578, 0.606, 11.669)
    table = pd.DataFrame(
        {"repeats": [0, 2, 7], "recency": [0.0, 30.43, 35.0], "exposure": [39.0, 38.86, 38.0],
         "spend": [np.nan, 22.345, 60.0]}, index=pd.Index([11, 12, 13], name="customer")
    )  # fmt: skip
    found = residual_value(law, LAW, table, np.log(1.15) / 52, margin=0.3)
    assert found.index.equals(table.index)
    history = tuple(table[c] for c in ("repeats", "recency", "exposure"))
    np.testing.assert_allclose(found["p_alive"], law.p_alive(*history))
    np.testing.assert_allclose(found["purchases"], law.residual_purchases(0.0026876, *history), rtol=1e-4)
    np.testing.assert_allclose(found["spend"], [LAW.mean, *LAW.conditional_mean([2, 7], [22.345, 60.0])])
    np.testing.assert_allclose(found["value"], 0.3 * found["purchases"] * found["spend"])
    with pytest.raises(RegularsError, match="margin"):
        residual_value(law, LAW, table, 0.01, margin=np.nan)


@needs("lifetimes")
def test_cdnow():
    """Fader & Hardie (2013): p 6.25, q 3.74, gamma 15.44, log-likelihood -4055.918 from 946 customers with repeats."""
    from regulars.panels import dataset

    table = calibration_holdout(dataset("cdnow-sample").purchases, 273.0, 546.0, money=True)
    assert table["purchases"].sum() == 1882 and (table["ahead"] == 39).all()
    fit = fit_gamma_gamma(table)
    assert fit.n == 946 and fit.log_likelihood == pytest.approx(-4055.918, abs=5e-4)
    np.testing.assert_allclose(list(fit.estimates.values()), [6.25, 3.74, 15.44], atol=5.1e-3)
    expected = fit.law.conditional_mean(table["repeats"], table["spend"])
    np.testing.assert_allclose(expected[:3], [24.66, 18.91, 35.17], atol=0.01)
