"""Learners find the price that pays on their grid, by the rules they state."""

import numpy as np
import pytest
from worlds.oligopoly import logit_market, prices

GRID = {"lowest": 0.5, "highest": 4.5, "points": 9}  # 0.5, 1.0, ... 4.5


def monopoly(method, seed=1, days=300.0, **rules):
    table = {"kind": "learn", "method": method, "every": 1.0, **GRID, **rules}
    return logit_market(
        table, firms=1, customers=1000, days=days, nothing=-1.5, **{"market.seed": seed}
    ).market()


def profits():
    """Expected profit of each price on the grid, per opportunity."""
    grid = np.linspace(0.5, 4.5, 9)
    return (grid - 0.5) / (1 + np.exp(-1.5 + grid))


@pytest.mark.parametrize(("method", "rules"), [("greedy", {"fading": 0.03}), ("gradient", {"days": 600.0})])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_monopolist_finds_its_best_price(method, rules, seed):
    """The best price of the grid is 2.0; the learner earns nearly the most it can, once it has tried."""
    assert np.argmax(profits()) == 3
    market = monopoly(method, seed, **rules)
    played = []
    for _ in range(market.ticks):
        market.step()
        played.append(round((prices(market)[0] - 0.5) / 0.5))
    assert profits()[played[-60:]].mean() > (0.97 if method == "greedy" else 0.95) * profits().max()
    assert profits()[played[:30]].mean() < 0.9 * profits().max()


def test_without_learning_nothing_is_found():
    """Negative control: trials that never fade are draws from the whole grid."""
    market = monopoly("greedy", fading=0.0)
    played = []
    for _ in range(300):
        market.step()
        played.append(round((prices(market)[0] - 0.5) / 0.5))
    counts = np.bincount(played, minlength=9)
    assert ((counts - 300 / 9) ** 2 / (300 / 9)).sum() < 26.1  # chi-square, 8 degrees of freedom, p = .001


def test_the_rule_of_values():
    """Q <- Q + rate (profit + patience max Q' - Q), in units of the largest profit, by hand."""
    market = monopoly("greedy", days=20.0, trial=0.0, patience=0.5, rate=0.25)
    learner, q, n, largest, earlier = market.pricing[0], np.zeros(9), np.zeros(9), 0.0, 0.0
    spell = 0.0
    for _ in range(10):
        played = learner.played
        market.step()
        if played >= 0:
            gain = spell - earlier
            if abs(gain) > largest:
                q, largest = q * (largest / abs(gain)), abs(gain)
            n[played] += 1
            q[played] += max(0.25, 1 / n[played]) * (gain / largest + 0.5 * q.max() - q[played])
            earlier = spell
        np.testing.assert_allclose(learner.values[0], q, rtol=1e-12)
        spell = market.firms[0].profit
    assert q.any()


def test_the_rule_of_preferences():
    """h moves by drift (profit - mean) (1[played] - softmax), by hand; preferences sum to 0."""
    market = monopoly("gradient", days=20.0, drift=0.3)
    learner, h, n, mean, largest, earlier = market.pricing[0], np.zeros(9), 0, 0.0, 0.0, 0.0
    spell = 0.0
    for _ in range(10):
        played = learner.played
        market.step()
        if played >= 0:
            gain = spell - earlier
            if abs(gain) > largest:
                mean, largest = mean * (largest / abs(gain)), abs(gain)
            chances = np.exp(h) / np.exp(h).sum()
            surprise = gain / largest - mean
            h += 0.3 * surprise * ((np.arange(9) == played) - chances)
            n += 1
            mean += surprise / n
            earlier = spell
        np.testing.assert_allclose(learner.values[0], h, rtol=1e-9, atol=1e-12)
        spell = market.firms[0].profit
    assert h.any() and abs(h.sum()) < 1e-12


def test_watching_the_rival():
    """A learner that watches keeps values for every price of the cheapest rival."""
    table = {"kind": "learn", "watches": True, "every": 1.0, **GRID}
    market = (
        logit_market(table, days=60.0, **{"firms.1.pricing": {"kind": "markup", "margin": 2.1, "every": 1.0}})
        .market()
        .run()
    )
    learner = market.pricing[0]
    assert learner.values.shape == (9, 9) and set(np.flatnonzero(learner.values.any(axis=1))) == {
        1,
        2,
    }  # 1.0, then 1.55


def test_draws_are_the_firms_own():
    """Another firm that learns as well does not shift a firm's draws."""
    table = {"kind": "learn", "every": 1.0, "fading": 0.0, **GRID}
    alone = logit_market(table, **{"firms.1.pricing": {}}).market()
    both = logit_market(table).market()
    for _ in range(20):
        alone.step()
        both.step()
        assert alone.firms[0].price == both.firms[0].price
    assert len({p.price(0.0) for p in both.pricing}) == 2 or both.firms[0].price != both.firms[1].price
