"""What hearing of a firm does: headroom for praise and blame, several messages at once, and fading."""

import numpy as np
import pytest
from oracles.judge import agrees, share_error, vanishes
from worlds.gossip import TELLERS, town


def word_at(market, day):
    c, half_life = market.customers, market.scenario.spec.talk.half_life
    return c.word * np.exp2(-np.maximum(day - c.heard, 0) / half_life)


def spread_out():
    """A market in which chances of buying run from .003 to .9."""
    return town(
        {"praise": 0.2, "blame": 0.3, "half_life": 10.0},
        **{"taste.kind": "normal", "taste.sd": 2.0, "choice.outside_utility": 1.0, "market.days": 90.0},
    ).market(log="memory")


@pytest.mark.parametrize(("praise", "blame"), [(1, 0), (0, 1), (3, 0), (0, 2)])
def test_headroom(praise, blame):
    """Praise moves p by .2 (1 - p), blame by .3 p, each message in turn (East, Hammond & Lomax 2008)."""
    market = spread_out()
    everybody = np.arange(TELLERS)
    p = market.base_probability(0, everybody)
    after = market.processes["talk"].hear(0, everybody, praise, blame, 0.0)
    assert p.min() < 0.01 and p.max() > 0.85
    expected = 1 - (1 - p) * 0.8**praise if praise else p * 0.7**blame
    assert after == pytest.approx(expected, rel=1e-12)
    now = market.processes["talk"].probability(0, everybody, 0.0)
    assert now == pytest.approx(expected, rel=1e-5)
    word = market.customers.word
    odds = np.log(expected / (1 - expected)) - np.log(p / (1 - p))
    assert word[:, 0] == pytest.approx(odds, rel=1e-4) and not word[:, 1].any()


def test_headroom_is_what_is_left_by_what_was_heard_before():
    """The next day's message finds p as the last one left it; of other firms too."""
    market = spread_out()
    talking, everybody = market.processes["talk"], np.arange(TELLERS)
    for firm, praise, blame in ((0, 1, 0), (1, 2, 0), (0, 0, 1), (0, 1, 0)):
        p = talking.probability(firm, everybody, 0.0)
        after = talking.hear(firm, everybody, praise, blame, 0.0)
        assert after == pytest.approx(1 - (1 - p) * 0.8**praise if praise else 0.7 * p, rel=1e-12)
        total = sum(talking.probability(f, everybody, 0.0) for f in (0, 1))
        assert (total < 1).all()


def test_praise_and_blame_of_a_day_mix():
    """Neither comes first: in the end p goes to where both balance, and stays there."""
    market = spread_out()
    everybody = np.arange(TELLERS)
    a, b = -1000 * np.log(0.8), -500 * np.log(0.7)
    after = market.processes["talk"].hear(0, everybody, 1000, 500, 0.0)
    assert after == pytest.approx(a / (a + b), rel=1e-9)
    still = market.processes["talk"].hear(0, everybody, 2, 1, 0.0)
    assert still == pytest.approx(after, rel=1e-4)
    assert market.processes["talk"].hear(0, everybody, 0, 0, 0.0) == pytest.approx(still, rel=1e-4)


def test_words_pull_and_fade():
    """Shares follow what was heard: at once as the formula says, half a half-life later less, in the end not at all."""
    market = town(
        {"praise": 0.5, "half_life": 4.0, "good_above": 5.0, "bad_below": -5.0},
        **{"market.customers": 20_000, "market.days": 60.0, "choice.outside_utility": 0.0},
    ).market()
    everybody = np.arange(20_000)
    assert market.base_probability(0, everybody) == pytest.approx(1 / 4)
    market.processes["talk"].hear(0, everybody, 1, 0, 0.0)
    market.run()
    share = market.totals.purchases[:, 0] / 20_000
    for day in (0, 2, 4, 8, 12):  # from 1/4 to 5/8: odds five times as high
        odds = 1 / 3 * 5 ** (2.0 ** (-day / 4))
        agrees(share[day], odds / (1 + odds), share_error(odds / (1 + odds), 20_000))
    late = share[40:].mean()
    vanishes(late - 1 / 4, share_error(1 / 4, 20 * 20_000), size=0.01)


def test_word_of_one_day_is_heard_the_next():
    """With half-life h half is left after h days; nobody has heard of anything on the first day."""
    market = town({"half_life": 5.0}, **{"market.days": 3.0, "talk.good_above": 0.3}).market()
    market.step()
    c = market.customers
    assert set(np.unique(c.heard[c.word != 0])) == {1.0}
    assert word_at(market, 6.0) == pytest.approx(c.word / 2)
