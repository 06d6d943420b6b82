"""What a pilot is worth, what it can see, and how its outcome is weighed, against cases with a closed answer."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from regulars.lab.over_replicates import over_replicates
from regulars.lab.pilot.power import REACH, power, standard_errors, told_by
from regulars.lab.pilot.trap import trap
from regulars.lab.pilot.weighing import drawn_again, effective, weighted, weights
from regulars.lab.pilot.worth import error_of, worth

N = 1600
RNG = np.random.default_rng(23)
X = RNG.normal(size=(N, 2))
CHANCE = RNG.normal(size=N)
EXACT = 4 * 2 * 200 / math.sqrt(N)  # four times the most that a mean over replicates may be off


def known(mean, sd):
    """Expected gain of choosing between a normal effect and nothing once its mean, of this spread, is seen (Raiffa & Schlaifer 1961)."""
    return sd * norm.pdf(mean / sd) + mean * norm.cdf(mean / sd) - max(mean, 0.0)


@pytest.mark.parametrize("mean", [-150.0, 0.0, 50.0])
@pytest.mark.parametrize("se", [0.0, 0.5, 2.0])
def test_information_of_a_sample_is_worth_what_the_normal_case_says(mean, se):
    """Seen 1 + x / 2 with error se, earned mean + 200 x: what is expected then spreads by 200 times the root of the reliability."""
    found = worth(X, 1 + X[:, 0] / 2, np.full(N, se), (mean + 200 * X[:, 0] + 100 * CHANCE)[:, None])
    reliability = 0.25 / (0.25 + se**2)
    sd = 200 * math.sqrt(reliability)
    assert found.reliability == pytest.approx(reliability, rel=0.1)
    assert found.value == pytest.approx(known(mean, sd), abs=EXACT)
    # the chance of another choice: that what is expected then lies on the other side of 0
    other = norm.cdf(-abs(mean) / sd) if mean else 0.5
    assert found.changes == pytest.approx(other, abs=4 * math.sqrt(0.25 / N) + 4 / math.sqrt(N))


def test_what_does_not_bear_on_the_decision_is_worth_nothing():
    """Negative controls: a measure that hangs on something else, and one that hangs on chance."""
    gains = (200 * X[:, 0])[:, None]
    for seen in (X[:, 1], RNG.normal(size=N), np.ones(N)):
        assert worth(X, seen, np.full(N, 0.1), gains).value < 0.05 * known(0.0, 200.0)
    assert worth(X, X[:, 0], np.full(N, 1e6), gains).value < 1e-3 * known(0.0, 200.0)


def test_chance_in_a_simulated_market_is_no_knowledge():
    """The measure and the money of a world share its chance, which no pilot in another time or place would tell."""
    seen = 0.1 * X[:, 0] + CHANCE
    found = worth(X, seen, np.full(N, 0.01), (20 * X[:, 0] + 200 * CHANCE)[:, None])
    assert found.value == pytest.approx(known(0.0, 20.0), abs=EXACT / 10 * 4)
    assert found.value < known(0.0, 100.0)


def test_few_worlds_and_many_inputs_make_little_out_of_chance():
    """Eighteen inputs that do nothing, a hundred worlds, measure and money with one chance: under a twelfth of what the chance would be worth."""
    rng, found = np.random.default_rng(8), []
    for _ in range(60):
        inputs, chance = rng.normal(size=(100, 18)), rng.normal(size=100)
        found.append(worth(inputs, chance, np.full(100, 1e-3), (100 * chance)[:, None]).value)
    assert np.mean(found) < known(0.0, 100.0) / 12


def test_a_pilot_can_tell_which_of_two_arms_is_better():
    """Arms that earn 1000 +- 200 x: once x is seen with reliability r the better one is taken, worth 200 sqrt(2 r / pi)."""
    gains = np.column_stack([1000 + 200 * X[:, 0], 1000 - 200 * X[:, 0]])
    found = worth(X, X[:, 0], np.full(N, 1.0), gains)
    assert found.value == pytest.approx(200 * math.sqrt(2 * 0.5 / math.pi), abs=EXACT)


def test_the_error_of_the_value_is_that_over_other_worlds():
    """The spread of the value over sets of worlds of their own, against the error told from one set."""
    size = 100
    apart = [
        (X[k : k + size], X[k : k + size, 0], np.full(size, 0.5), (100 * X[k : k + size, 0] + 50 * CHANCE[k : k + size])[:, None])
        for k in range(0, N, size)
    ]  # fmt: skip
    spread = np.std([worth(*one).value for one in apart], ddof=1)
    told = np.mean([error_of(*one, seed=1) for one in apart])
    assert 0.5 * spread < told < 2 * spread


# ---------------------------------------------------------------- what it can see


def test_power_is_what_pilots_find():
    """Two thousand pilots of two normal groups: how often the difference is told from none."""
    treated, held_out, sds, effect, tries = 60, 40, (3.0, 1.0), 0.9, 2000
    rng = np.random.default_rng(5)
    means = (
        rng.normal(effect, sds[0] / math.sqrt(treated), tries),
        rng.normal(0, sds[1] / math.sqrt(held_out), tries),
    )
    se = standard_errors(np.array([sds[0]]), np.array([sds[1]]), treated, held_out)
    assert np.std(means[0] - means[1]) == pytest.approx(se[0], rel=4 / math.sqrt(2 * tries))
    found = np.abs(means[0] - means[1]) > REACH * se[0]
    assert power(np.array([effect]), se)[0] == pytest.approx(found.mean(), abs=4 * math.sqrt(0.25 / tries))
    assert power(np.zeros(1), se)[0] == pytest.approx(0.05, abs=1e-6)
    assert power(np.array([0.0, 1.0]), np.zeros(2)).tolist() == pytest.approx([0.05, 1.0])


def test_assurance_is_power_over_what_is_thought_possible():
    """Effects N(m, t^2): the difference is N(m, t^2 + s^2), so that the chance of telling it has a closed form."""
    m, t, s = 0.4, 0.5, 0.3
    effects = norm.ppf((np.arange(4000) + 0.5) / 4000, m, t)
    told = told_by(effects, np.full(4000, s))
    wide = math.hypot(t, s)
    exact = norm.cdf((m - REACH * s) / wide) + norm.cdf((-m - REACH * s) / wide)
    assert told.assurance == pytest.approx(exact, abs=1e-3)
    assert told.at_median == pytest.approx(norm.cdf(m / s - REACH) + norm.cdf(-m / s - REACH), abs=1e-3)
    assert power(np.array([told.detectable]), np.array([s]))[0] == pytest.approx(0.8, abs=1e-3)


def test_what_simpler_comparisons_say():
    """What changes anyhow is the error of before and after, what makes people join that of members against others."""
    effect = np.where(np.arange(400) % 4 == 0, 1.0, -1.0)
    seen = pd.DataFrame({"effect": effect, "drift": 1.5, "members_gap": 6.0})
    table = trap(seen, np.full(400, 0.2), seed=1).set_index("way")
    assert table.loc["truth", "mean"] == pytest.approx(-0.5) and table.loc["truth", "wrong_sign"] == 0
    assert table.loc["before and after", "bias"] == pytest.approx(1.5)
    assert table.loc["before and after", "wrong_sign"] == pytest.approx(0.75)
    assert table.loc["members against others", "bias"] == pytest.approx(6.5)
    assert table.loc["randomised pilot", "bias"] == pytest.approx(0.0, abs=4 * 0.2 / 20)
    assert table.loc["randomised pilot", "wrong_sign"] == 0
    none = trap(seen.assign(members_gap=np.nan), np.full(400, 0.2), seed=1)
    assert "members against others" not in set(none["way"])


# ---------------------------------------------------------------- weighing


@pytest.mark.parametrize("observed", [-0.5, 1.0, 2.5])
def test_weighing_gives_the_posterior_of_the_normal_case(observed):
    """Effect N(1, 0.8^2), a difference seen with error 0.6: the posterior has precision 1 / 0.8^2 + 1 / 0.6^2."""
    m, t, s, count = 1.0, 0.8, 0.6, 40_000
    effect = np.random.default_rng(3).normal(m, t, count)
    weight = weights(effect, np.full(count, s**2), observed)
    assert weight.sum() == pytest.approx(1.0)
    found, precision = weighted(effect, weight), 1 / t**2 + 1 / s**2
    sd, worth_ = precision**-0.5, effective(weight)
    assert found.mean == pytest.approx(
        (m / t**2 + observed / s**2) / precision, abs=4 * sd / math.sqrt(worth_)
    )
    assert found.sd == pytest.approx(sd, abs=4 * sd / math.sqrt(2 * worth_))
    # what follows from the effect linearly follows along
    assert weighted(7 - 3 * effect, weight).mean == pytest.approx(7 - 3 * found.mean)


def test_a_replicate_that_is_less_sure_of_itself_weighs_less_nearby_and_more_far_off():
    expected = np.array([0.0, 0.0])
    near, far = (weights(expected, np.array([1.0, 4.0]), d) for d in (0.0, 5.0))
    assert near.tolist() == pytest.approx([2 / 3, 1 / 3])
    assert far[1] > far[0]
    assert weights(expected, np.array([1e-300, 1e-300]), 1e3).tolist() == [0.5, 0.5]  # not 0 / 0


def test_equal_weights_give_the_interval_of_a_comparison():
    values = RNG.normal(50, 10, 24)
    found, plain = weighted(values, np.full(24, 1 / 24)), over_replicates(values, of_one=True)
    assert effective(np.full(24, 1 / 24)) == pytest.approx(24)
    assert (found.mean, found.low, found.high) == pytest.approx((plain["mean"], plain["low"], plain["high"]))
    assert found.sd == pytest.approx(values.std(ddof=1))


def test_draws_come_as_often_as_their_weight_says_and_in_no_order():
    weight = np.array([0.5, 0.25, 0.125, 0.125, *np.zeros(96)])
    taken = drawn_again(weight, seed=4)
    assert len(taken) == 100
    counts = np.bincount(taken, minlength=100)
    assert np.abs(counts - 100 * weight).max() <= 1
    assert (np.diff(taken) < 0).sum() > 10 and taken.tolist() == drawn_again(weight, seed=4).tolist()
    assert taken.tolist() != drawn_again(weight, seed=5).tolist()
