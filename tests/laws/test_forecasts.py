"""What laws of leaving forecast of a history: counts, being there later, and discounted purchases."""

import itertools

import numpy as np
import pytest
from scipy import integrate, stats
from scipy.special import expn, hyperu, roots_jacobi

from regulars.ground.errors import RegularsError
from regulars.laws import BGNBD, MBGNBD, ParetoNBD
from regulars.laws.leaving_integrals import tricomi
from regulars.laws.pareto_nbd import GammaHere

LAWS = [
    BGNBD(0.243, 4.414, 0.793, 2.426),
    BGNBD(0.8, 4.0, 1.0, 3.0),
    BGNBD(2.0, 30.0, 3.0, 1.0),
    MBGNBD(0.525, 6.183, 0.891, 1.614),
    ParetoNBD(0.553, 10.578, 0.606, 11.669),
    ParetoNBD(1.7, 40.0, 3.0, 20.0),
    ParetoNBD(0.9, 2.0, 0.4, 300.0),
]
X, TX = np.array([0, 1, 2, 9, 60]), np.array([0.0, 5.0, 30.43, 36.0, 38.0])
T = np.array([38.0, 38.0, 38.86, 38.0, 38.5])


@pytest.mark.parametrize("law", LAWS)
def test_counts_are_those_of_the_means(law):
    n = np.arange(6000)
    for t in (0.3, 39.0):
        p = law.pmf(n, t)
        assert (p >= 0).all() and p.sum() == pytest.approx(1, abs=1e-6)
        assert p @ n == pytest.approx(float(np.ravel(law.mean(t))[0]), rel=1e-5)
    assert law.pmf([0, 1, 2], 0.0).tolist() == [1, 0, 0]
    table = law.conditional_pmf(np.arange(800)[:, None], 20.0, X, TX, T)
    assert table.shape == (800, 5)
    np.testing.assert_allclose(table.sum(axis=0), 1, atol=1e-9)
    np.testing.assert_allclose(
        (np.arange(800)[:, None] * table).sum(axis=0), law.conditional_mean(20.0, X, TX, T), rtol=1e-6
    )


@pytest.mark.parametrize("law", LAWS)
def test_no_purchase_is_a_longer_history(law):
    """P(nothing in the next t | history) is the likelihood of the history without it over that of the history."""
    longer = np.exp(law.log_likelihood(X, TX, T + 13.0) - law.log_likelihood(X, TX, T))
    np.testing.assert_allclose(law.conditional_pmf(0, 13.0, X, TX, T), longer, rtol=1e-8)
    np.testing.assert_allclose(law.pmf(0, 13.0), np.exp(law.log_likelihood(0, 0, 13.0)), rtol=1e-8)


@pytest.mark.parametrize("n", [0, 1, 4])
def test_counts_are_integrals_over_customers(n):
    """BG/NBD: a customer buys n times and stays, or leaves after the n-th; Pareto/NBD: Poisson until t or until leaving."""
    law, t = LAWS[0], 20.0
    node, weight = roots_jacobi(40, law.b - 1, law.a - 1)
    p, v = (1 + node[:, None]) / 2, np.linspace(-80, 3, 8000)
    stay = (1 - p) ** n * stats.poisson.pmf(n, np.exp(v) * t)
    leave = p * (1 - p) ** (n - 1) * stats.poisson.sf(n - 1, np.exp(v) * t) if n else 0.0
    of_rate = stats.gamma.pdf(np.exp(v), law.r, scale=1 / law.alpha) * np.exp(v) * (v[1] - v[0])
    direct = weight @ (stay + leave) @ of_rate / weight.sum()
    assert law.pmf(n, t)[0] == pytest.approx(direct, rel=1e-6)
    law = LAWS[5]

    def nbd(u):
        return stats.nbinom.pmf(n, law.r, law.alpha / (law.alpha + u))

    gone = integrate.quad(lambda u: nbd(u) * law.s / law.beta * (1 + u / law.beta) ** (-law.s - 1), 0, t)[0]
    assert law.pmf(n, t)[0] == pytest.approx(nbd(t) * (1 + t / law.beta) ** -law.s + gone, rel=1e-9)


@pytest.mark.parametrize("law", LAWS)
def test_alive_later(law):
    """While there, customers buy at their rates: purchases grow as the chance to be there falls."""
    now = law.p_alive(X, TX, T)
    np.testing.assert_allclose(law.p_alive(X, TX, T, ahead=0.0), now)
    later = [law.p_alive(X, TX, T, ahead=t) for t in (10.0, 100.0, 1e5)]
    assert (now > later[0]).all() and (later[0] > later[1]).all() and (later[1] > later[2]).all()
    if isinstance(law, ParetoNBD):
        slope = (law.conditional_mean(10.01, X, TX, T) - law.conditional_mean(9.99, X, TX, T)) / 0.02
        np.testing.assert_allclose(slope, (law.r + X) / (law.alpha + T) * later[0], rtol=1e-6)
        return
    for k in range(len(X)):
        chance = stats.beta(law.a, law.b + X[k] + isinstance(law, MBGNBD))
        rate = (law.r + X[k], law.alpha + T[k])
        stays = chance.expect(lambda p, rate=rate: (1 + p * 10.0 / rate[1]) ** -rate[0])
        assert later[0][k] == pytest.approx(now[k] * stays, rel=1e-6)


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("discount", [0.0027, 0.1, 3.0])
def test_discounted_purchases_are_the_integral_of_the_forecast(law, discount):
    """By parts: d times the integral of exp(-d t) E[purchases by t]."""
    found = law.residual_purchases(discount, X, TX, T)
    for k in range(len(X)):
        history = (X[k], TX[k], T[k])

        def weighted(v, history=history):
            return np.exp(-v) * law.conditional_mean(v / discount, *history)[0]

        cuts = [0.0, 1e-3, 0.03, 0.3, 1.0, 3.0, 9.0, 50.0]
        direct = sum(integrate.quad(weighted, *ends)[0] for ends in itertools.pairwise(cuts))
        assert found[k] == pytest.approx(direct, rel=2e-6)


def test_discounting_hardly_and_strongly():
    bounded = ParetoNBD(0.9, 2.0, 3.0, 30.0)
    for law in (bounded, BGNBD(0.8, 4.0, 2.0, 3.0)):
        ever = law.conditional_mean(1e9, X, TX, T)
        np.testing.assert_allclose(law.residual_purchases(1e-7, X, TX, T), ever, rtol=3e-3)
        rate = (law.r + X) / (law.alpha + T) * law.p_alive(X, TX, T)
        np.testing.assert_allclose(1e5 * law.residual_purchases(1e5, X, TX, T), rate, rtol=1e-3)
    place = (np.array([2.0]), np.array([5.0]))
    alike = GammaHere(*place, 5e5, np.array([5e5 / 0.02])).discounted(0.01)  # all at hazard 0.02
    assert alike == pytest.approx(2 / 5 / (0.01 + 0.02), rel=1e-4)


def test_confluent_function():
    """Against the exponential integral at whole numbers and scipy's function between them, also very near to them."""
    z = 10.0 ** np.linspace(-7, 3, 41)
    for s in (1, 2, 5, 40, 3000):
        expected = np.array(
            [integrate.quad(lambda u, k=k, s=s: np.exp(-k * u) * (1 + u) ** -s, 0, np.inf)[0] for k in z[20:]]
        )
        np.testing.assert_allclose(tricomi(s, z[20:]), expected, rtol=1e-7)
        whole = z < 100
        if s < 100:
            np.testing.assert_allclose(tricomi(s, z[whole]), np.exp(z[whole]) * expn(s, z[whole]), rtol=1e-11)
        np.testing.assert_allclose(tricomi(s + 1e-12, z), tricomi(s, z), rtol=1e-10)
    for s in (0.0003, 0.3, 0.606, 1.7, 6.4):
        np.testing.assert_allclose(tricomi(s, z), hyperu(1.0, 2 - s, z), rtol=1e-7)


def test_heavy_buyers():
    args = (np.array([300, 2000, 0]), np.array([38.9, 500.0, 0.0]), np.array([39.0, 520.0, 1e-6]))
    for law in LAWS:
        for found in (
            law.p_alive(*args, ahead=52.0),
            law.conditional_pmf(np.array([[0], [3], [400]]), 52.0, *args),
            law.residual_purchases(0.0027, *args),
        ):
            assert np.isfinite(found).all() and (found >= 0).all()
    whole = BGNBD(2.0, 30.0, 3.0, 1.0)  # where scipy's 2F1 of whole numbers is NaN
    near = BGNBD(2.0, 30.0, 3.0 + 1e-7, 1.0)
    for of in (lambda law: law.conditional_mean(1e4, *args), lambda law: law.residual_purchases(1e-5, *args)):
        np.testing.assert_allclose(of(whole), of(near), rtol=1e-5)


def test_forecasts_that_cannot_be():
    for law in (LAWS[0], LAWS[4]):
        with pytest.raises(RegularsError, match="whole numbers, 0 or more"):
            law.pmf(1.5, 3.0)
        with pytest.raises(RegularsError, match="times ahead"):
            law.conditional_pmf(1, -1.0, 0, 0, 3)
        with pytest.raises(RegularsError, match="times ahead"):
            law.p_alive(0, 0, 3, ahead=np.inf)
        for wrong in (0.0, -1.0, np.nan):
            with pytest.raises(RegularsError, match="discount rate per unit of time"):
                law.residual_purchases(wrong, 0, 0, 3)
        with pytest.raises(RegularsError, match="between 0 and exposure"):
            law.residual_purchases(0.1, 1, 5, 3)
