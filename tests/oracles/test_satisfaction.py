"""Experience, expectation and satisfaction (Oliver 1980; Anderson & Sullivan 1993), and what the bond makes of them."""

import numpy as np
import pytest
from oracles import formulas as theory
from oracles.judge import agrees, share_error, vanishes
from scipy.stats import norm
from worlds.bare import LARGER, every_day, firms

from regulars import Scenario

N = 20_000 * LARGER


def shop(quality=0.5, days=10, customers=N, bond=None, **experience):
    """One firm where everybody buys every day."""
    rules = {"on": True, "noise": 0.0, "initial": 0.5, "memory": 1.0, **experience}
    table = {
        "market": {"customers": customers, "days": days},
        "need": {"process": "calendar"},
        "taste": {"kind": "homogeneous"},
        "experience": rules,
        "bond": bond or {},
        "firms": firms(1, quality=quality),
    }
    return Scenario(table).market(seed=11).run()


def complaints(market):
    """Share of purchases of the last day that left the customer below the lower threshold, from the log."""
    return market.log.totals.complaints[-1, 0] / market.log.totals.purchases[-1, 0]


@pytest.mark.parametrize("memory", [0.2, 0.5])
def test_smoothed_satisfaction(memory):
    """S' = (1 - l) S + l x: in the long run as spread as theory says; the noise is small, that [0, 1] does not matter.

    Seen in the state, and from the log as the share of complaints at three thresholds.
    """
    sd = theory.smoothed_sd(memory, 0.3 if memory == 0.2 else 0.15)
    for z in (0.0, -1.0, -2.0):
        lower = {"lower": 0.5 + z * sd, "upper": 1.0}
        market = shop(days=60, memory=memory, noise=0.3 if memory == 0.2 else 0.15, bond=lower)
        agrees(complaints(market), norm.cdf(z), share_error(norm.cdf(z), N), sharp=0.2)
    spread = market.customers.satisfaction[:, 0].astype(float)
    agrees(spread.std(), sd, sd / np.sqrt(2 * N))
    assert theory.smoothed_sd(0.2, 1.0) == pytest.approx(0.3333, abs=1e-4)  # [K]


def test_everybody_has_a_threshold_of_their_own():
    """The share that complains at a level of satisfaction is the share whose threshold lies above it."""
    lower = {"lower": {"distribution": "uniform", "low": 0.3, "high": 0.5}, "upper": 0.9}
    for quality, expected in ((0.35, 0.75), (0.45, 0.25), (0.55, 0.0)):
        found = complaints(shop(quality, days=2, bond=lower))
        agrees(found, expected, share_error(expected, N))


def test_failures():
    """A failed purchase loses what it says, as often as it says."""
    table = {
        "experience": {"on": True, "noise": 0.0, "memory": 1.0},
        "bond": {"lower": 0.35, "upper": 0.9},
        "firms": firms(1, quality=0.6, failure=0.2, severity=0.3),
    }
    market, _ = every_day(table, 20, 2000)
    share = market.log.totals.complaints.sum() / market.log.totals.purchases.sum()
    agrees(share, 0.2, share_error(0.2, 40_000))
    mild = {**table, "firms": firms(1, quality=0.6, failure=0.2, severity=0.2)}
    assert every_day(mild, 20, 2000)[0].log.totals.complaints.sum() == 0  # .6 - .2 is above .35


def test_delight_becomes_routine():
    """Expectation follows experience at rate eta, so that a lasting surprise d is felt d (1 - eta)^t: d / eta in all."""
    gap, eta = 0.2, 0.3
    surprises, before = [], 0.5
    for days in range(1, 12):
        market = shop(0.5 + gap, days=days, customers=3, adaptation=eta)
        after = float(market.customers.expectation[0, 0])
        surprises.append(0.5 + gap - before)
        before = after
    assert surprises == pytest.approx([gap * (1 - eta) ** t for t in range(11)], abs=1e-6)
    assert sum(surprises) + surprises[-1] * (1 - eta) / eta == pytest.approx(gap / eta, abs=1e-5)


@pytest.mark.parametrize(("quality", "felt"), [(0.7, 0.5 * 0.2), (0.3, -2.5 * 0.5 * 0.2)])
def test_shortfalls_weigh_more(quality, felt):
    """Satisfaction with the first purchase: w_x x + w_d g(x - E), losses times the aversion."""
    market = shop(quality, days=1, customers=3, disconfirmation_weight=0.5, loss_aversion=2.5)
    assert market.customers.satisfaction[0, 0] == pytest.approx(quality + felt, abs=1e-6)


def test_without_loss_aversion_gains_and_losses_weigh_alike():
    """Negative control."""
    rules = {"performance_weight": 0.0, "disconfirmation_weight": 1.0, "loss_aversion": 1.0, "memory": 0.5}
    up, down = (shop(q, days=1, customers=3, **rules).customers.satisfaction[0, 0] for q in (0.7, 0.3))
    assert up - 0.25 == pytest.approx(0.25 - down, abs=1e-6)


# ---------------------------------------------------------------- the bond

WIDTH = 0.03
RULES = {"lower": 0.35, "upper": 0.75, "collapse": 2.0, "rise": 1.5, "zone_slope": 0.3, "width": WIDTH}
LEVELS = np.linspace(0.05, 0.98, 12)


def returning(quality, bond, days=6):
    """Chance of buying again, for customers whose satisfaction is `quality` for sure: from the log."""
    table = {
        "taste": {"kind": "homogeneous"},
        "choice": {"outside": True, "outside_utility": 0.5},
        "experience": {"on": True, "noise": 0.0, "memory": 1.0, "initial": 0.5},
        "bond": bond,
        "firms": firms(1, quality=quality),
    }
    _, chosen = every_day(table, days, N)
    known = (chosen == 0).cumsum(1)[:, :-1] > 0  # has bought before
    return (chosen[:, 1:] == 0)[known].mean(), known.sum()


@pytest.mark.parametrize("quality", LEVELS)
def test_two_thresholds(quality):
    chance, cases = returning(float(quality), {"on": True, "response": "two_threshold", **RULES})
    expected = theory.logit(theory.two_thresholds(quality, *RULES.values()), 0.5)
    agrees(chance, expected, share_error(expected, cases), sharp=0.1)


@pytest.mark.parametrize("quality", LEVELS[::3])
def test_linear_response(quality):
    """The alternative hypothesis: no thresholds (Streukens & de Ruyter 2004)."""
    chance, cases = returning(float(quality), {"on": True, "response": "linear", "slope": 2.5, "middle": 0.4})
    expected = theory.logit(2.5 * (quality - 0.4), 0.5)
    agrees(chance, expected, share_error(expected, cases), sharp=0.1)


def test_bond_off():
    """Negative control: satisfaction does nothing."""
    (low, n), (high, _) = returning(0.05, {}), returning(0.95, {})
    vanishes(low - high, np.sqrt(0.5 / n), 0.01)


def test_shape_of_the_bond():
    """Sign and slope of the compiled response: strongly negative, flat, strongly positive; rising throughout."""
    from regulars.behavior.bond import bond_value
    from regulars.behavior.records import BondRules

    s = np.linspace(0, 1, 401)
    rules = BondRules(2, 9.9, 9.9, 2.0, 1.5, 0.3, WIDTH)
    value = np.array([bond_value(rules, x, 0.35, 0.75) for x in s])
    assert value == pytest.approx(theory.two_thresholds(s, *RULES.values()))
    slope = np.gradient(value, s)
    assert (slope >= 0).all()
    assert value[s < 0.2].max() < -1.9 and value[s > 0.9].min() > 1.5
    zone = (s > 0.5) & (s < 0.6)
    assert np.abs(value[zone]).max() < 0.15
    steps = slope[np.abs(s - 0.35) < 0.02].min(), slope[np.abs(s - 0.75) < 0.02].min()
    assert slope[zone].max() < min(steps) / 3
    rules = rules._replace(response=1, slope=1.2, middle=0.5)
    line = [bond_value(rules, x, 0.35, 0.75) for x in s]
    assert line == pytest.approx(1.2 * (s - 0.5))
    assert [bond_value(rules._replace(response=0), x, 0.35, 0.75) for x in s] == [0.0] * s.size


@pytest.mark.parametrize(("lower", "share"), [(0.5, 0.0), (0.5 + 2.0**-20, 1.0)])
def test_who_is_just_at_the_threshold_does_not_complain(lower, share):
    """A complaint is left by a satisfaction below it; here that of everybody is .5 to the last digit."""
    assert complaints(shop(0.5, days=2, customers=50, bond={"lower": lower})) == share
