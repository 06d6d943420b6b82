"""BG/BB: cases by hand, simulated customers, and the donations of Fader, Hardie & Shang (2010)."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy.special import betaln
from worlds.public_logs import needs

from regulars.ground.errors import RegularsError
from regulars.laws import BGBB, GammaGamma, fit_bgbb, fit_law, recency_frequency, residual_value

UNIFORM = BGBB(1.0, 1.0, 1.0, 1.0)
DONORS = BGBB(1.204, 0.750, 0.657, 2.783)


def likelihood(law, x, tx, n):
    """The sum over when the customer left, term by term."""
    whole = betaln(law.alpha, law.beta) + betaln(law.gamma, law.delta)

    def term(until, gone):
        chance = betaln(law.alpha + x, law.beta + until - x) + betaln(law.gamma + gone, law.delta + until)
        return np.exp(chance - whole)

    return term(n, 0) + sum(term(until, 1) for until in range(tx, n))


def test_two_opportunities_by_hand():
    """Uniform chances: E[p] = 1/2, E[p^2] = 1/3, E[p (1-p)] = 1/6, and likewise of leaving."""
    cases = {(2, 2): 1 / 9, (1, 1): 5 / 36, (1, 2): 1 / 18, (0, 0): 25 / 36}
    for (x, tx), chance in cases.items():
        assert np.exp(UNIFORM.log_likelihood(x, tx, 2)[0]) == pytest.approx(chance), (x, tx)
    np.testing.assert_allclose(UNIFORM.pmf([0, 1, 2], 2), [25 / 36, 7 / 36, 4 / 36])
    assert UNIFORM.mean([1, 2]) == pytest.approx([1 / 4, 15 / 36])
    assert UNIFORM.p_alive(1, 1, 2)[0] == pytest.approx(2 / 5)
    assert UNIFORM.p_alive(1, 1, 2, ahead=1)[0] == pytest.approx(3 / 10)
    assert UNIFORM.conditional_mean(1, 1, 1, 2)[0] == pytest.approx(3 / 20)
    assert UNIFORM.conditional_pmf([0, 1, 2], 1, 1, 1, 2) == pytest.approx([17 / 20, 3 / 20, 0])


@pytest.mark.parametrize("law", [UNIFORM, DONORS, BGBB(3.0, 9.0, 2.0, 20.0)])
def test_likelihood_is_the_sum_over_the_moment_of_leaving(law):
    total = 0.0
    for tx in range(7):
        for x in range(1, tx + 1) if tx else (0,):
            direct = likelihood(law, x, tx, 6)
            assert np.exp(law.log_likelihood(x, tx, 6)[0]) == pytest.approx(direct, rel=1e-12)
            here = law.p_alive(x, tx, 6)[0] * direct
            alive = betaln(law.alpha + x, law.beta + 6 - x) + betaln(law.gamma, law.delta + 6)
            assert np.log(here) == pytest.approx(
                alive - betaln(law.alpha, law.beta) - betaln(law.gamma, law.delta)
            )
            ways = 1 if x == 0 else math.comb(tx - 1, x - 1)
            total += ways * direct
    assert total == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("law", [UNIFORM, DONORS, BGBB(3.0, 9.0, 2.0, 20.0), BGBB(3.0, 9.0, 1.00005, 2.0)])
def test_forecasts_agree(law):
    x, tx, n = np.array([0, 1, 4, 6]), np.array([0, 3, 6, 6]), np.array([6, 6, 6, 6])
    k = np.arange(26)[:, None]
    table = law.conditional_pmf(k, 25, x, tx, n)
    np.testing.assert_allclose(table.sum(axis=0), 1, atol=1e-12)
    np.testing.assert_allclose((k * table).sum(axis=0), law.conditional_mean(25, x, tx, n), rtol=1e-9)
    longer = np.exp(law.log_likelihood(x, tx, n + 5) - law.log_likelihood(x, tx, n))
    np.testing.assert_allclose(law.conditional_pmf(0, 5, x, tx, n), longer, rtol=1e-10)
    steps = np.diff([law.conditional_mean(t, x, tx, n) for t in range(401)], axis=0)
    ahead = [law.p_alive(x, tx, n, ahead=t + 1) for t in range(400)]
    np.testing.assert_allclose(
        steps, np.array(ahead) * (law.alpha + x) / (law.alpha + law.beta + n), rtol=1e-7
    )
    weight = np.exp(-0.1 * np.arange(1, 401))
    np.testing.assert_allclose(law.residual_purchases(0.1, x, tx, n), weight @ steps, rtol=1e-9)
    money = GammaGamma(6.25, 3.74, 15.44)
    histories = pd.DataFrame(
        {"repeats": x, "recency": tx, "exposure": n, "spend": [np.nan, 20.0, 30.0, 40.0]}
    )
    worth = residual_value(law, money, histories, 0.1)
    np.testing.assert_allclose(
        worth["value"], worth["purchases"] * money.conditional_mean(x, histories["spend"])
    )


def simulated(law, n, opportunities, later, rng):
    """Histories, who is there at the last of the opportunities, and purchases at the ``later`` ones after."""
    p, theta = rng.beta(law.alpha, law.beta, n), rng.beta(law.gamma, law.delta, n)
    here = np.ones(n, dtype=bool)
    x, tx, ahead, last = np.zeros(n), np.zeros(n), np.zeros(n), here
    for k in range(1, opportunities + later + 1):
        here = here & (rng.random(n) >= theta)
        buys = here & (rng.random(n) < p)
        if k <= opportunities:
            x += buys
            tx[buys] = k
            last = here
        else:
            ahead += buys
    return pd.DataFrame({"repeats": x, "recency": tx, "exposure": opportunities}), last, ahead


def test_simulated_customers():
    table, here, later = simulated(DONORS, 100_000, 6, 5, np.random.default_rng(91))
    x = table["repeats"].to_numpy()
    history = (table["repeats"], table["recency"], table["exposure"])
    for n in range(7):
        share = (x == n).mean()
        assert abs(share - DONORS.pmf(n, 6)[0]) < 4 * np.sqrt(share * (1 - share) / len(x)), n
    gaps = (
        here - DONORS.p_alive(*history),
        later - DONORS.conditional_mean(5, *history),
        (later == 2) - DONORS.conditional_pmf(2, 5, *history),
    )
    for gap in gaps:
        for some in (x >= 0, x == 0, x >= 3):
            assert abs(gap[some].mean()) < 4 * gap[some].std() / np.sqrt(some.sum())


def test_fit_recovers_simulated_customers():
    table, _, _ = simulated(DONORS, 20_000, 10, 0, np.random.default_rng(92))
    table.loc[::4] = simulated(DONORS, 5_000, 4, 0, np.random.default_rng(93))[0].to_numpy()  # a later cohort
    fit = fit_bgbb(table)
    for name in ("alpha", "beta", "gamma", "delta"):
        assert abs(fit.estimates[name] - getattr(DONORS, name)) < 4 * fit.standard_errors[name], name
        assert 0.005 < fit.standard_errors[name] / getattr(DONORS, name) < 0.2, name
    assert fit.n == 20_000 and not fit.notes
    history = (table["repeats"], table["recency"], table["exposure"])
    assert fit.law.log_likelihood(*history).sum() == pytest.approx(fit.log_likelihood, abs=1e-5)


def test_customers_who_stay_or_are_alike():
    rng = np.random.default_rng(94)
    loyal = pd.DataFrame(
        [(k, np.flatnonzero(b)[-1] + 1 if k else 0) for b in rng.random((3000, 8)) < 0.5 for k in [b.sum()]]
    )
    fit = fit_bgbb(loyal.set_axis(["repeats", "recency"], axis=1).assign(exposure=8))
    assert any(note.startswith("hardly anybody leaves") for note in fit.notes)
    assert any(note.startswith("customers hardly differ") for note in fit.notes)
    law = BGBB(1.0, 1.0, 1e-3, 1e5)
    assert law.p_alive(0, 0, 50)[0] > 0.99 and law.mean(50)[0] == pytest.approx(25, rel=1e-3)


def test_a_log_of_opportunities():
    """Years of donations: the first donation starts the clock; two in a year are one."""
    log = pd.DataFrame(
        {"customer": [1, 1, 1, 1, 2], "time": [0.1, 2.2, 2.9, 5.0, 3.5], "firm": "A", "amount": 1.0}
    )
    table = recency_frequency(log, 7.0, unit=1.0)
    assert table.to_numpy().tolist() == [[2, 5, 6], [0, 0, 3]]
    assert np.isfinite(DONORS.log_likelihood(*table.to_numpy().T)).all()


def test_histories_that_cannot_be():
    for wrong in ((2, 1, 6), (1, 1.5, 6), (1, 1, 6.5)):
        with pytest.raises(
            RegularsError, match="must count opportunities, with at most one repeat at each; customer 0"
        ):
            DONORS.p_alive(*wrong)
        with pytest.raises(RegularsError, match="must count opportunities"):
            fit_bgbb(pd.DataFrame([wrong], columns=["repeats", "recency", "exposure"]))
    with pytest.raises(RegularsError, match="ahead must be whole"):
        DONORS.pmf(1, 2.5)
    with pytest.raises(RegularsError, match="0 or more"):
        DONORS.mean(-1)
    with pytest.raises(RegularsError, match="above 0"):
        BGBB(1.0, 1.0, 0.0, 1.0)


@needs("lifetimes")
def test_donations():
    """11,104 supporters, six years: 1.204, 0.750, 0.657, 2.783, log-likelihood -33,225.6."""
    from regulars.panels.datasets import shipped

    table = pd.read_csv(shipped("lifetimes", "donations.csv", "pip install --no-deps lifetimes"))
    each = table.loc[table.index.repeat(table["weights"])]
    histories = each.rename(columns={"frequency": "repeats", "periods": "exposure"})
    fit = fit_bgbb(histories)
    assert fit.n == 11_104
    np.testing.assert_allclose(list(fit.estimates.values()), [1.204, 0.750, 0.657, 2.783], atol=6e-4)
    assert fit.log_likelihood == pytest.approx(-33225.6, abs=0.05)
    # the same from a log of gifts in days; only how many there were, and the last, matter
    who = np.arange(len(each))
    size = histories["repeats"].to_numpy() + 1
    year = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    last = np.cumsum(size) - 1
    year[last] = histories["recency"].to_numpy()
    gifts = pd.DataFrame({"customer": np.repeat(who, size), "time": 365.0 * year + 11.5})
    of_log = fit_law("bgbb", gifts, unit=365.0, end=7 * 365.0)
    assert of_log.estimates == pytest.approx(dict(fit.estimates), rel=1e-6)
    assert of_log.check()["z"].abs().max() < 3
