"""What hearing of a firm does: headroom for praise and blame, several messages at once, and fading."""

import numpy as np
import pytest
from oracles.judge import agrees, share_error, vanishes
from worlds.gossip import TELLERS, chance, hear, town

from regulars.behavior.hearing import heard, moves


def word_at(market, day):
    c, half_life = market.customers, market.scenario.spec.word_of_mouth.half_life
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
    after = hear(market, 0, everybody, praise, blame, 0.0)
    assert p.min() < 0.01 and p.max() > 0.85
    expected = 1 - (1 - p) * 0.8**praise if praise else p * 0.7**blame
    assert after == pytest.approx(expected, rel=1e-12)
    now = chance(market, 0, everybody, 0.0)
    assert now == pytest.approx(expected, rel=1e-5)
    word = market.customers.word
    odds = np.log(expected / (1 - expected)) - np.log(p / (1 - p))
    assert word[:, 0] == pytest.approx(odds, rel=1e-4) and not word[:, 1].any()


def test_headroom_is_what_is_left_by_what_was_heard_before():
    """The next day's message finds p as the last one left it; of other firms too."""
    market = spread_out()
    everybody = np.arange(TELLERS)
    for firm, praise, blame in ((0, 1, 0), (1, 2, 0), (0, 0, 1), (0, 1, 0)):
        p = chance(market, firm, everybody, 0.0)
        after = hear(market, firm, everybody, praise, blame, 0.0)
        assert after == pytest.approx(1 - (1 - p) * 0.8**praise if praise else 0.7 * p, rel=1e-12)
        total = sum(chance(market, f, everybody, 0.0) for f in (0, 1))
        assert (total < 1).all()


def test_praise_and_blame_of_a_day_mix():
    """Neither comes first: in the end p goes to where both balance, and stays there."""
    market = spread_out()
    everybody = np.arange(TELLERS)
    a, b = -1000 * np.log(0.8), -500 * np.log(0.7)
    after = hear(market, 0, everybody, 1000, 500, 0.0)
    assert after == pytest.approx(a / (a + b), rel=1e-9)
    still = hear(market, 0, everybody, 2, 1, 0.0)
    assert still == pytest.approx(after, rel=1e-4)
    assert hear(market, 0, everybody, 0, 0, 0.0) == pytest.approx(still, rel=1e-4)


def test_words_pull_and_fade():
    """Shares follow what was heard: at once as the formula says, half a half-life later less, in the end not at all."""
    market = town(
        {"praise": 0.5, "half_life": 4.0, "good_above": 5.0, "bad_below": -5.0},
        **{"market.customers": 20_000, "market.days": 60.0, "choice.outside_utility": 0.0},
    ).market()
    everybody = np.arange(20_000)
    assert market.base_probability(0, everybody) == pytest.approx(1 / 4)
    hear(market, 0, everybody, 1, 0, 0.0)
    market.run()
    share = market.totals.purchases[:, 0] / 20_000
    for day in (0, 2, 4, 8, 12):  # from 1/4 to 5/8: odds five times as high
        odds = 1 / 3 * 5 ** (2.0 ** (-day / 4))
        agrees(share[day], odds / (1 + odds), share_error(odds / (1 + odds), 20_000))
    late = share[40:].mean()
    vanishes(late - 1 / 4, share_error(1 / 4, 20 * 20_000), size=0.01)


def test_word_of_one_day_is_heard_the_next():
    """With half-life h half is left after h days; nobody has heard of anything on the first day."""
    market = town({"half_life": 5.0}, **{"market.days": 3.0, "word_of_mouth.good_above": 0.3}).market()
    market.step()
    c = market.customers
    assert set(np.unique(c.heard[c.word != 0])) == {1.0}
    assert word_at(market, 6.0) == pytest.approx(c.word / 2)


# ---------------------------------------------------------------- several firms at once

SEVERAL = {
    "praise of two": ([0.3, 0.2, 0.1], [2, 1, 0], [0, 0, 0]),
    "praise of all": ([0.3, 0.2, 0.5], [2, 1, 9], [0, 0, 0]),
    "praise and blame": ([0.3, 0.2, 0.1], [2, 0, 0], [0, 1, 0]),
    "all of it": ([0.6, 0.3, 0.1], [1, 2, 0], [2, 1, 3]),
    "blame of all": ([0.6, 0.3, 0.1], [0, 0, 0], [2, 1, 3]),
}


def in_tiny_pieces(p, praise, blame, pieces=40_000):
    """The messages in so many pieces, firm by firm, each piece by the rule for one firm alone."""
    p = np.array(p, float)
    for _ in range(pieces):
        for f in range(len(p)):
            for move, goal in ((praise[f], 1.0), (blame[f], 0.0)):
                own = goal + (p[f] - goal) * (1 - 0.2) ** (move / pieces)
                p *= (1 - own) / (1 - p[f])
                p[f] = own
    return p


@pytest.mark.parametrize("case", SEVERAL)
def test_talk_of_several_firms_mixes_evenly(case):
    """What many tiny messages in turn come to: an independent way to the same chances."""
    p, praise, blame = SEVERAL[case]
    rates = [-np.log1p(-0.2) * np.array([messages], float) for messages in (praise, blame)]
    after = heard(np.array([p]), *rates)[0]
    assert after == pytest.approx(in_tiny_pieces(p, praise, blame), rel=2e-4)
    assert after.sum() < 1 + 1e-9


@pytest.mark.parametrize("case", SEVERAL)
def test_names_of_firms_are_nothing_to_who_hears(case):
    """The firms in another order: the same chances, and the same pulls."""
    p, praise, blame = (np.array([row], float) for row in SEVERAL[case])
    order = [2, 0, 1]
    after, turned = heard(p, praise, blame), heard(p[:, order], praise[:, order], blame[:, order])
    assert turned == pytest.approx(after[:, order], rel=1e-12)
    for outside in (True, False):
        pull = moves(p, after, (praise + blame) > 0, outside)
        again = moves(p[:, order], turned, (praise + blame)[:, order] > 0, outside)
        assert again == pytest.approx(pull[:, order], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("outside", [-50.0, 0.0, None])
def test_words_stay_bounded(outside):
    """Years of praise for both shops, told in turn: what both have in common does not add up."""
    changes = {"choice.outside": False} if outside is None else {"choice.outside_utility": outside}
    market = town({"praise": 0.3, "half_life": 3660.0}, **{"market.customers": 20}, **changes).market()
    everybody = np.arange(20)
    for day in range(400):  # by some 2 logits a day, were it added up
        hear(market, day % 2, everybody, 3, 0, float(day))
    assert np.abs(market.customers.word).max() < 25
    left = 0.7**3  # of what is missing, after three messages: x = left (1 - left (1 - x))
    assert chance(market, 0, everybody, 400.0).mean() == pytest.approx(left / (1 + left), abs=0.01)


def test_alike_but_for_the_name():
    """Two shops alike in everything, talked of without end by twenty listeners: neither name takes the town."""
    shares = []
    for replicate in range(8):
        shop = (
            town(
                {"told_good": 1.0},
                **{"choice.outside": False, "market.customers": 20, "market.days": 200.0},
            )
            .market(replicate=replicate)
            .run()
        )
        bought = shop.totals.purchases.sum(axis=0)
        shares.append(bought[0] / bought.sum())
    error = np.std(shares, ddof=1) / np.sqrt(len(shares))
    agrees(float(np.mean(shares)), 0.5, float(error), sharp=0.2)


def test_nobody_hears_less_because_others_hear_more():
    """Rows are customers: each has, in a crowd of great talkers, what he has alone."""
    rng = np.random.default_rng(11)
    chances = rng.dirichlet(np.ones(4), 60)[:, :3]
    praise, blame = rng.gamma(0.7, 1.0, (2, 60, 3)) * rng.choice([0.0, 0.1, 1.0, 30.0], (2, 60, 3))
    together = heard(chances, praise, blame)
    alone = [heard(*(x[i : i + 1] for x in (chances, praise, blame)))[0] for i in range(60)]
    assert (together == alone).all()
    many = (praise + blame).sum(axis=1) > 16.0
    assert 5 < many.sum() < 55, "some of whom everything has been said, and some who heard little"


def test_chances_stay_chances_where_all_is_at_one_firm():
    """Blame of a firm that has everybody goes to the others by chances that rounding has made a little too large."""
    rng = np.random.default_rng(3)
    chances = np.full((400, 3), 1e-9)
    chances[np.arange(400), rng.integers(0, 3, 400)] = 1.0
    praise, blame = rng.gamma(0.5, 4.0, (2, 400, 3)) * rng.integers(0, 2, (2, 400, 3))
    after = heard(chances, praise, blame)
    assert (after > 0).all() and (after < 1).all() and (after.sum(axis=1) < 1 + 1e-6).all()
