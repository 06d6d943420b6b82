"""Who was there, who came and who left: the law's gradient and sums by hand, and what it finds in made-up lives."""

import math

import numpy as np
import pandas as pd
import pytest

from regulars.ground.errors import RegularsError
from regulars.laws.arrivals import Arrivals, fit_arrivals
from regulars.laws.arrivals_likelihood import Surface


def lives(customers=700, days=364.0, rate=0.06, shape=1.0, hazard=1 / 150, there=0.5, wait=False, seed=1):
    """Histories by day of a share `there` of customers who were there, and of others who came evenly."""
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(customers):
        own = rng.gamma(shape, rate / shape)
        starter = rng.random() < there
        entry = 0.0 if starter else rng.uniform(0, days)
        end = min(days, entry + (rng.exponential(1 / hazard) if hazard else days))
        time = entry + (rng.exponential(1 / own) if starter or wait else 0.0)
        bought = set()
        while time < end:
            bought.add(int(time))
            time += rng.exponential(1 / own)
        if bought:
            rows.append((len(bought), min(bought), max(bought)))
    return pd.DataFrame(rows, columns=["purchases", "first", "last"])


@pytest.mark.parametrize("wait", [False, True])
def test_the_gradient_is_that_of_the_likelihood(wait):
    table = lives(60, wait=wait)
    surface = Surface(*(table[c].to_numpy(float) for c in ("purchases", "first", "last")), 364.0, 364.0, wait)
    theta = np.array([math.log(0.05), 0.2, math.log(0.004), 0.5, -0.3])
    slope = surface(theta)[1]
    for k in range(5):
        step = np.eye(5)[k] * 1e-3
        assert slope[k] == pytest.approx((surface(theta + step)[0] - surface(theta - step)[0]) / 2e-3, rel=2e-2, abs=0.05)  # fmt: skip


def test_a_history_has_its_likelihood_by_quadrature():
    """One customer with one rate and hazard for all: the formulas of the module, without a grid."""
    rate, m, x, first, last, days = 0.1, 0.01, 4.0, 20.0, 90.0, 200.0
    surface = Surface(np.array([x]), np.array([first]), np.array([last]), days, days, False)
    q, h = int(np.argmin(abs(surface.u - np.log(rate)))), int(np.argmin(abs(surface.v - np.log(m))))
    rate, m = float(np.exp(surface.u[q])), float(np.exp(surface.v[h]))
    cell = q * len(surface.v) + h
    tail = (m * np.exp(-(rate + m) * (last + 0.5)) + rate * np.exp(-(rate + m) * days)) / (rate + m)
    assert surface.there[0, cell] * np.exp(surface.scale[0]) == pytest.approx(
        (np.e**rate - 1) ** x * tail, rel=1e-4
    )
    came = (np.e**rate - 1) ** (x - 1) * tail * np.exp((rate + m) * (first + 0.5) + rate / 2) / days
    assert surface.came[0, cell] * np.exp(surface.scale[0]) == pytest.approx(came, rel=1e-4)


def test_a_new_firm_s_lives_are_recovered():
    """All have come within the log, unseen, and waited for their first purchase."""
    found = fit_arrivals(lives(900, there=0.0, wait=True), 364.0)
    law, se = found.law, found.standard_errors
    assert law.waits
    assert abs(law.rate - 0.06) < 3 * se["rate"] and abs(law.shape - 1.0) < 3 * se["shape"]
    assert abs(law.hazard - 1 / 150) < 3 * se["hazard"] < 0.003
    assert law.starters < 20 and law.newcomers * 364 == pytest.approx(900, rel=0.12)


@pytest.mark.parametrize("there", [0.0, 0.5])
def test_newcomers_who_come_with_a_purchase_buy_as_much_whichever_way_they_are_taken_to_come(there):
    table = lives(900, there=there)
    found = fit_arrivals(table, 364.0)
    assert abs(found.law.hazard - 1 / 150) < 3.5 * found.standard_errors["hazard"]
    chance = np.sqrt((table["purchases"] ** 2).sum())  # of the sum over customers
    assert abs(found.law.purchases(0.0, 364.0) - table["purchases"].sum()) < 2 * chance < 800


def test_a_firm_in_mid_life():
    found = fit_arrivals(lives(900, wait=True), 364.0)
    law, se = found.law, found.standard_errors
    assert abs(law.rate - 0.06) < 3 * se["rate"] and abs(law.hazard - 1 / 150) < 3 * se["hazard"]
    assert law.starters == pytest.approx(450, rel=0.15)
    assert law.newcomers * 364 == pytest.approx(450, rel=0.15)


def test_nobody_leaves_where_nobody_does_and_nobody_comes_where_nobody_does():
    found = fit_arrivals(lives(300, hazard=0.0, there=1.0), 364.0)
    assert found.law.hazard == 0.0 and "nobody is taken to leave" in found.notes[0]
    assert found.law.newcomers * 364 < 25 and found.law.starters == pytest.approx(300, rel=0.06)
    assert np.isfinite(list(found.standard_errors.values())).all()  # of what is at a bound that of its prior


@pytest.mark.slow
@pytest.mark.big
def test_what_is_not_known_is_what_a_walk_over_the_likelihood_says():
    """Hazards that look alike: a Metropolis walk between the bounds of the search, which knows nothing of curvature, is as far from the estimate.

    Taking the spread of hazards for sure there told the mean hazard too well, and of the spread only the prior.
    """
    table = lives(300, wait=True, seed=4)
    found = fit_arrivals(table, 364.0)
    assert not np.isfinite(found.law.hazard_shape)
    surface = Surface(*(table[c].to_numpy(float) for c in ("purchases", "first", "last")), 364.0, 364.0, True)
    centre, doubt = found.joint.centre, np.sqrt(np.diag(found.joint.covariance))
    low, high = np.log([0.1 / 364, 0.02, 0.02 / 364, 0.05, 6e-6]), np.log([5.0, 60.0, 1.0, 12.0, 1.6e5])
    rng, root = np.random.default_rng(1), np.linalg.cholesky(found.joint.covariance)
    here, value, walked = centre, surface(centre)[0], []
    for _ in range(5000):
        there = here + 0.8 * root @ rng.normal(size=5)
        if ((there >= low) & (there <= high)).all():
            other = surface(there)[0]
            if np.log(rng.random()) < other - value:
                here, value = there, other
        walked.append(here)
    away = np.sqrt(((np.array(walked) - centre) ** 2).mean(axis=0))
    assert doubt == pytest.approx(away, rel=0.17)


def test_sums_by_hand():
    law = Arrivals(0.1, 2.0, 0.02, np.inf, 100.0, 3.0, 50.0, 200.0)
    assert float(law.stays(30.0)) == pytest.approx(math.exp(-0.6))
    assert float(law.spent(30.0)) == pytest.approx((1 - math.exp(-0.6)) / 0.02)
    there = 100 * math.exp(-2.0) + 3 * (math.exp(-0.02 * 50) - math.exp(-0.02 * 100)) / 0.02
    assert float(law.there(100.0)) == pytest.approx(there)
    spread = Arrivals(0.1, 2.0, 0.02, 0.5, 100.0, 0.0, 50.0, 200.0)
    assert float(spread.stays(30.0)) == pytest.approx((1 + 0.02 * 30 / 0.5) ** -0.5)
    assert law.a_day == pytest.approx(0.1 / (1 - (1 + 0.1 / 2.0) ** -2.0))
    assert law.purchases(0, 200) == pytest.approx(law.purchases(0, 80) + law.purchases(80, 200), rel=1e-3)


def test_what_cannot_be_fitted_is_refused():
    with pytest.raises(RegularsError, match="nobody bought twice"):
        fit_arrivals(pd.DataFrame({"purchases": [1, 1], "first": [0, 3], "last": [0, 3]}), 20.0)


def test_a_cohort_ends_where_chance_cannot_explain_that_nobody_is_new():
    table = lives(200, there=0.0)
    early = table[table["first"] < 90]
    assert fit_arrivals(early, 364.0).law.until == early["first"].max() + 1
    assert fit_arrivals(table, 364.0).law.until == 364.0
