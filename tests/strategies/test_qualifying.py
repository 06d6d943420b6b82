"""What the next purchase is worth on the way to a level, and to keep it: closed forms, each with its control."""

import math

import numpy as np
import pytest
from scipy.stats import binom, poisson
from worlds.chances import share
from worlds.one_shop import club, tiers

from regulars.ground.kernel import kernel
from regulars.kit.qualifying import period_worth, progress_worth
from regulars.world.ledger import MILLION


def backwards(p, dates, threshold, reward):
    """W(d, v) of one level by backward induction: d dates left, v purchases made."""
    w = [np.where(np.arange(threshold + 1) >= threshold, reward, 0.0)]
    for _ in range(dates):
        go = np.append(w[-1][1:], w[-1][-1])
        w.append(np.logaddexp(math.log1p(-p) + w[-1], math.log(p) + go))
    return np.array(w)


@kernel
def worth_now(amount, mean, dates, steps, thresholds, spent, assured):
    """`progress_worth`, to be called from here."""
    return progress_worth(amount, mean, dates, steps, thresholds, spent, assured, 0)


def pull(p, dates, thresholds, worths, spent, amount=1.0, assured=0, mean=None):
    steps = np.diff(np.exp(np.concatenate([[0.0], worths])))[None]
    total = p * dates if mean is None else mean
    return worth_now(
        float(amount),
        float(total),
        int(dates),
        steps,
        np.array(thresholds, np.float64),
        float(spent),
        assured,
    )


@pytest.mark.parametrize(
    ("p", "dates", "threshold"), [(0.3, 28, 11), (0.03, 364, 14), (0.5, 7, 5), (0.9, 30, 20)]
)
def test_closed_form_is_backward_induction(p, dates, threshold):
    """log(1 + (e^R - 1) P(reach)) over sure dates, everywhere in the period."""
    for reward in (0.5, 3.0, 12.0):
        w = backwards(p, dates, threshold, reward)
        for left in range(0, dates, 3):
            for done in range(threshold):
                gain, value = pull(p, left, [threshold], [reward], done)
                if value > 1e-8:
                    assert value == pytest.approx(w[left, done], rel=1e-4, abs=1e-10)
                    assert gain == pytest.approx(w[left, done + 1] - w[left, done], rel=1e-4, abs=1e-9)


def test_several_levels_add_up():
    """exp W = E exp U(level at the end), binomial or Poisson; a level that is safe pulls no more."""
    thresholds, worths = [3.0, 8.0, 15.0], np.array([0.5, 2.0, 3.0])
    n = np.arange(400)
    for dates, chance in ((30, binom.pmf(n, 30, 0.25)), (0, poisson.pmf(n, 7.5))):
        for spent in (0.0, 2.5, 7.0, 14.0, 20.0):
            u = np.append(0.0, worths)
            w = [
                math.log(chance @ np.exp(u[np.searchsorted(thresholds, spent + a + n, side="right")]))
                for a in (0, 1)
            ]
            gain, value = pull(0.25, dates, thresholds, worths, spent, mean=7.5)
            assert value == pytest.approx(w[0], rel=1e-9) and gain == pytest.approx(w[1] - w[0], abs=1e-9)
    safe = pull(0.25, 30, thresholds, worths, 0.0, assured=2)
    assert safe[1] > 2.0 and safe[0] < pull(0.25, 30, thresholds, worths, 0.0)[0]


@pytest.mark.parametrize("dates", [0, 364])
def test_many_purchases_are_near(dates):
    """Above 32 purchases the cube-root formulas are right to 3 in 10,000."""
    worst = 0.0
    for k in (33, 50, 120, 300):
        for mean in k + np.arange(-4, 4.5, 0.5) * math.sqrt(k):
            if 0 < mean < (dates or 1e9) * 0.98:
                reached = math.expm1(pull(0, dates, [k], [math.log(2.0)], 0.0, mean=mean)[1])
                exact = binom.sf(k - 1, dates, mean / dates) if dates else poisson.sf(k - 1, mean)
                worst = max(worst, abs(reached - exact))
    assert worst < 3e-4


@pytest.mark.parametrize(
    ("p", "period", "threshold", "reward"),
    [(0.3, 28, 11, 2.0), (0.3, 28, 11, 0.5), (0.03, 364, 14, 2.0), (0.5, 7, 5, 2.0)],
)
def test_customers_reach_a_level_as_they_should(p, period, threshold, reward):
    """logit P(reach) = logit P0(reach) + R, R being the worth of the level over the next period; without foresight P0."""
    u = math.log1p(math.expm1(reward / period) / p)
    levels = ({"name": "gold", "threshold": threshold, "status": u},)
    base = binom.sf(threshold - 1, period, p)
    for phi, chance in ((1.0, math.exp(reward) * base / (1 + math.expm1(reward) * base)), (0.0, base)):
        rules = {"period": period, "dilution": 0.0, "promotion": "at_end"}
        market = (
            club(
                p,
                levels,
                rules,
                **{"market.days": period, "market.customers": 8000, "foresight.foresight": phi},
            )
            .market()
            .run()
        )
        reached, se = share(tiers(market).level == 1)
        assert abs(reached - chance) < 4 * se


def test_more_perks_never_attract_less():
    levels = [({"name": "gold", "threshold": 12.0, "status": s},) for s in (0.0, 0.2, 0.5)]
    runs = [club(0.3, one, {"dilution": 0.0}).market().run().log.totals.purchases.sum() for one in levels]
    assert runs == sorted(runs) and runs[0] < runs[2]


@pytest.mark.parametrize("phi", [1.0, 0.0])
def test_keeping_a_level_pulls_too(phi):
    """Third last day of a period: who still needs two purchases to stay gold buys more than who is safe; not without foresight."""
    levels = ({"name": "gold", "threshold": 9.0, "status": 0.3},)
    market = club(
        0.3,
        levels,
        {"dilution": 0.0},
        **{"market.customers": 10000, "market.days": 56, "foresight.foresight": phi},
    ).market(log="memory")
    while market.day < 53:
        market.step()
    gold, spent = tiers(market).level == 1, tiers(market).spent // MILLION
    safe, close = np.flatnonzero(gold & (spent >= 9)), np.flatnonzero(gold & (spent == 7))
    market.step()
    bought = np.zeros(10000, np.bool_)
    bought[market.log.purchases().query("time == 53")["customer"]] = True
    (here, error), (there, other) = share(bought[close]), share(bought[safe])
    if phi:
        assert here - there > 4 * math.hypot(error, other)
    else:
        assert abs(here - there) < 3 * math.hypot(error, other)


def test_the_wait_counts_for_the_impatient():
    levels = ({"name": "gold", "threshold": 12.0, "status": 0.5},)
    rules = {"dilution": 0.0, "promotion": "at_end"}
    reached = [
        (
            tiers(
                club(0.3, levels, rules, **{"market.days": 28, "foresight.daily_discount": d}).market().run()
            ).level
            == 1
        ).mean()
        for d in (1.0, 0.98, 0.9)
    ]
    assert reached == sorted(reached, reverse=True)


def test_worth_of_a_period():
    """period_worth at the start is what `progress_worth` says there."""
    out = np.zeros(1)
    steps = np.diff(np.exp([[0.0, 1.0, 2.0]]), axis=1)
    period_worth(np.array([0]), np.array([5.0, 9.0]), steps, np.array([0.3]), np.ones(1), 1.0, 28.0, out)
    assert out[0] == pytest.approx(pull(0.3, 28, [5.0, 9.0], [1.0, 2.0], 0.0)[1])


@pytest.mark.parametrize("worths", [[-50.0], [-300.0], [300.0, -50.0], [-40.0, 2.0]])
@pytest.mark.parametrize("spent", [0.0, 1.0, 1.9, 5.0])
def test_a_level_that_nobody_wants_pulls_finitely(worths, spent):
    """What is left of 1 after it rounds to 0, of which there is no logarithm."""
    thresholds = [2.0, 3.0][: len(worths)]
    step, whole = pull(1 - 1e-9, 9, thresholds, worths, spent)
    assert math.isfinite(step) and math.isfinite(whole) and abs(step) <= 600.0
    if worths == [-50.0] and spent == 1.0:
        assert step <= 0.0  # the next purchase leads where nobody wants to be
