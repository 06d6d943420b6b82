"""Fits of those who quietly leave are the same in days, hours, minutes and seconds, also where hardly anybody leaves."""

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy import integrate
from worlds.public_logs import needs

from regulars.ground.errors import RegularsError
from regulars.laws import ParetoNBD, fit_bgnbd, fit_mbgnbd, fit_pareto_nbd, pareto_nbd, recency_frequency
from regulars.laws.leaving_integrals import log_integral

IN_TIME = ("alpha", "beta")


def customers(n, r, alpha, hazard, rng, days=(280.0, 630.0)):
    """Buy at gamma rates until they leave at a common hazard; days."""
    rate, life = rng.gamma(r, 1 / alpha, n), rng.exponential(1, n) / hazard
    exposure = np.round(rng.uniform(*days, n))
    rows = []
    for k in range(n):
        end = min(exposure[k], life[k])
        moments = rng.uniform(0, end, rng.poisson(rate[k] * end))
        rows.append((len(moments), np.ceil(moments.max()) if len(moments) else 0.0, exposure[k]))
    return pd.DataFrame(rows, columns=["repeats", "recency", "exposure"])


@pytest.mark.parametrize("fitted", [fit_bgnbd, fit_mbgnbd, fit_pareto_nbd])
def test_any_unit_of_time(fitted):
    days = customers(700, 0.8, 40.0, 0.004, np.random.default_rng(61), (150.0, 300.0))
    plain = fitted(days)
    assert not [n for n in plain.notes if "bound" in n]
    for per_day in (1 / 7, 24, 1440, 86_400):
        unit = days.assign(recency=days["recency"] * per_day, exposure=days["exposure"] * per_day)
        found = fitted(unit)
        for name, value in plain.estimates.items():
            factor = per_day if name in IN_TIME else 1.0
            assert found.estimates[name] == pytest.approx(value * factor, rel=2e-3), (name, per_day)
            error = found.standard_errors[name]
            assert error == pytest.approx(plain.standard_errors[name] * factor, rel=0.02), (name, per_day)
        constant = days["repeats"].sum() * np.log(per_day)
        assert found.log_likelihood + constant == pytest.approx(plain.log_likelihood, abs=1e-4)
        at = (unit["repeats"], unit["recency"], unit["exposure"])
        assert found.law.log_likelihood(*at).sum() == pytest.approx(found.log_likelihood, abs=1e-5)
        assert found.law.mean(365 * per_day) == pytest.approx(plain.law.mean(365.0), rel=1e-4)
        assert found.notes == plain.notes
        begun = fitted(unit, start=list(found.estimates.values()))
        assert begun.log_likelihood == pytest.approx(found.log_likelihood, abs=1e-5)


def test_where_hardly_anybody_leaves():
    loyal = customers(1463, 1.5, 210.0, 1e-12, np.random.default_rng(0))
    fit = fit_pareto_nbd(loyal)
    assert "hardly anybody leaves: s and beta are poorly identified" in fit.notes
    assert any("at the bound of the search and not identified: " in note for note in fit.notes)
    assert abs(fit.estimates["r"] - 1.5) < 4 * fit.standard_errors["r"] < 0.4
    rate = fit.estimates["r"] / fit.estimates["alpha"]
    assert rate == pytest.approx(loyal["repeats"].sum() / loyal["exposure"].sum(), rel=0.02)
    alike = fit_pareto_nbd(customers(1463, 1.5, 210.0, 0.01, np.random.default_rng(62)))
    hazard = alike.estimates["s"] / alike.estimates["beta"]
    assert hazard == pytest.approx(0.01, rel=0.1)
    assert not [n for n in alike.notes if "hardly anybody" in n]
    told = any("hardly differ in how soon they leave" in note for note in alike.notes)
    assert told == (alike.estimates["beta"] > 1e3 * 630)


def test_nobody_watched():
    with pytest.raises(RegularsError, match="every exposure is 0"):
        fit_bgnbd(pd.DataFrame({"repeats": [1, 0], "recency": 0.0, "exposure": 0.0}))


@pytest.mark.parametrize("ratio", [1.0, 5.0, 1e3, 1e7])
@pytest.mark.parametrize("x", [0.0, 1.0, 7.0, 60.0, 3000.0])
def test_integral_over_the_moment_of_leaving(ratio, x):
    rng = np.random.default_rng(int(x))
    for a in 10.0 ** rng.uniform(-4, 2, 6):
        b, p, q = a * ratio, 0.2 + x, 10.0 ** rng.uniform(-1, 2)
        low = rng.uniform(0, 1) if x else 0.0

        def fall(v, a=a, b=b, p=p, q=q, low=low):
            return np.exp((1 - p) * v - q * np.log1p((a + low) / (b + low) * np.expm1(v)))

        cuts = np.linspace(0, 1, 30) ** 2 * np.log1p((1 - low) / (a + low))
        value = sum(
            integrate.quad(fall, u, w, epsrel=1e-12, epsabs=0)[0]
            for u, w in itertools.pairwise(cuts)
            if fall(u) > 1e-22 or fall(w) > 1e-22
        )
        direct = (1 - p) * np.log(a + low) - q * np.log(b + low) + np.log(value)
        found = log_integral((a, np.array([p])), (b, np.array([q])), np.array([low]), np.array([1.0]))[0]
        assert found == pytest.approx(direct, abs=1e-9)
    empty = log_integral((1.0, np.ones(1)), (2.0, np.ones(1)), np.array([3.0]), np.array([3.0]))
    assert empty[0] == -np.inf


@pytest.mark.parametrize("law", [(0.7, 3.0, 1.4, 50.0), (0.7, 50.0, 1.4, 3.0), (2.0, 0.5, 0.1, 90.0)])
def test_quadrature_and_series_agree(law, monkeypatch):
    x, tx = np.array([0, 1, 4, 40, 200]), np.array([0.0, 2.0, 30.0, 20.0, 39.0])
    both = []
    for slow in (-1.0, 2.0):
        monkeypatch.setattr(pareto_nbd, "SLOW", slow)
        both.append(ParetoNBD(*law).log_likelihood(x, tx, 40.0))
    np.testing.assert_allclose(both[0], both[1], rtol=1e-9)
    monkeypatch.undo()
    far = ParetoNBD(2.0, 0.01, 0.1, 900.0)  # the series give up here
    assert np.isfinite(far.log_likelihood(x, tx, 40.0)).all()


@needs("lifetimes")
def test_cdnow_in_seconds():
    from regulars.panels import dataset

    log = dataset("cdnow-sample").purchases
    seconds = recency_frequency(log, 273.0, unit=1 / 86_400)
    week = 7 * 86_400
    fit = fit_pareto_nbd(seconds)
    published = [0.5533, 10.5776 * week, 0.6062, 11.6679 * week]
    np.testing.assert_allclose(list(fit.estimates.values()), published, rtol=1e-3)
    assert fit.log_likelihood + 2457 * np.log(week) == pytest.approx(-9594.97, abs=0.01)
    fit = fit_bgnbd(seconds)
    np.testing.assert_allclose(
        list(fit.estimates.values()), [0.2426, 4.4135 * week, 0.7929, 2.4258], rtol=1e-3
    )
