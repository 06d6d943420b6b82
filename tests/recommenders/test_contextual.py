"""The context-based recommender: weekdays, seasons, and what is bought after what."""

import numpy as np
import pytest
from worlds.shelves import assortment, beyond, shop

from regulars.contract.recommender import Catalogue, Context, History, find
from regulars.ground.chance import Chance, purpose
from regulars.recommenders.contextual import Contextual

BABY, BOOKS = 0, 1
NEXT, PICK = purpose("test", "next"), purpose("test", "pick")
FLAT = {"taste_strength": 0.0, "own_taste": 0.0}
CUSTOMERS = 400


def life(seed, lift=0.6, customers=CUSTOMERS, length=12):
    """Purchases in four categories of three products; after baby goods, books follow with chance `lift`."""
    catalogue = Catalogue(np.repeat(np.arange(4), 3), np.zeros((12, 0)))
    history, chance, who = History(catalogue), Chance(seed), np.arange(customers)
    category = np.full(customers, -1)
    for o in range(length):
        u = chance.uniform(NEXT, who, o)
        plain = (chance.uniform(NEXT, who, o, 1) * 4).astype(int)
        category = np.where((category == BABY) & (u < lift), BOOKS, plain)
        product = 3 * category + (chance.uniform(PICK, who, o) * 3).astype(int)
        history.add(who, product, 7.0 * o)
    return history


def test_baby_goods_are_followed_by_parenting_books():
    """The lift of the rule is the true one, and no other rule is found; shown at once to who bought baby goods last."""
    history = life(1, customers=5000)
    fitted = Contextual(history.catalogue).fit(history)
    after = np.array([[0.1, 0.7, 0.1, 0.1], *[[0.25] * 4] * 3])  # chances of the next category
    share = np.bincount(history.category, minlength=4) / len(history)
    np.testing.assert_allclose(fitted.cross_sell(), after / share, rtol=0.12)
    for last, gap in ((BABY, np.log(0.7 / 0.1)), (2, 0.0)):
        shown = fitted.recommend([0, 9999], Context(time=80.0, last=last))[:, 0]
        assert last != BABY or (history.catalogue.category[shown] == BOOKS).all()
        scores = fitted.scores([0], Context(time=80.0, last=last))[0].reshape(4, 3).mean(axis=1)
        assert scores[BOOKS] - scores[[0, 2, 3]].mean() == pytest.approx(gap, abs=0.15)


def test_no_rule_where_there_is_none():
    """Negative control: what comes next has nothing to do with what was before."""
    found = 0
    for seed in range(20):
        history = life(seed, lift=0.0)
        found += not np.allclose(Contextual(history.catalogue).fit(history).cross_sell(), 1.0)
    assert found <= 3  # a rule is believed above two standard errors


def test_what_was_bought_last_is_known_from_the_history_until_it_is_long_ago():
    history = life(1)
    fitted = Contextual(history.catalogue).fit(history)
    newest = history.category[history.time == history.time.max()]
    for last in range(4):
        who = np.flatnonzero(newest == last)[:1]
        assert np.array_equal(fitted.scores(who, Context(80.0)), fitted.scores(who, Context(80.0, last=last)))
    much_later = 77.0 + 7 * 52 * 2
    assert np.array_equal(
        fitted.scores([0], Context(much_later)), fitted.scores([0], Context(much_later, last=-1))
    )


def test_a_purchase_long_after_follows_nothing():
    """Purchases are a week apart: no rule when only five days count, and the true one when ten do."""
    history = life(1)
    lifts = [
        Contextual(history.catalogue, Contextual.Parameters(recent=days)).fit(history).cross_sell()
        for days in (0.0, 5.0, 10.0)
    ]
    assert np.allclose(lifts[0], 1.0) and np.allclose(lifts[1], 1.0) and lifts[2][BABY, BOOKS] > 1.8


def hits(world, history, time, previous):
    """Hit rates of the contextual and the popular in the moment."""
    who, category = np.arange(CUSTOMERS), np.arange(CUSTOMERS) % world.categories
    best = world.best(who, category, time, previous)
    moment = Context(time, category, previous)
    return [
        np.mean(find(name)(history.catalogue).fit(history).recommend(who, moment)[:, 0] == best)
        for name in ("contextual", "popular")
    ]


CASES = {
    "season": ({"season": 1.0}, 13.0),
    "weekday": ({"season": 1.0, "cycle": 7.0}, 7.0),
    "sequel": ({"sequel": 1.0}, 7.0),
}


@pytest.mark.parametrize("case", CASES)
def test_hits_rise_with_history_where_the_moment_matters(case):
    rules, days = CASES[case]
    early, late = [], []
    for seed in range(6):
        world = assortment(seed, categories=3, products=10, popularity=0.3, **FLAT, **rules)
        length = 56  # of seasons: two years
        previous, time = np.arange(CUSTOMERS) // 3 % 3, 730.0 + np.arange(CUSTOMERS) * (365.25 / CUSTOMERS)
        late.append(hits(world, shop(world, CUSTOMERS, length, days=days), time, previous))
        early.append(hits(world, shop(world, 10, length, days=days), time, previous))
    early, late = np.array(early), np.array(late)
    gain = late[:, 0] - late[:, 1]
    assert beyond(late[:, 0] - early[:, 0]) > 3
    assert beyond(gain) > 3 and gain.mean() > 0.2


def test_nothing_is_gained_where_the_moment_does_not_matter():
    """Negative control."""
    gains = []
    for seed in range(12):
        world = assortment(seed, categories=3, products=10, popularity=0.3, **FLAT)
        history = shop(world, CUSTOMERS, 20)
        time, previous = np.linspace(0, 365, CUSTOMERS), np.arange(CUSTOMERS) // 3 % 3
        own, base = hits(world, history, time, previous)
        gains.append(own - base)
    assert abs(np.mean(gains)) <= 3 * np.std(gains, ddof=1) / np.sqrt(12) + 1e-12


def test_told_smoothing_is_used():
    history = life(1)
    loose, tight = (
        Contextual(history.catalogue, Contextual.Parameters(smoothing=m))
        .fit(history)
        .cross_sell()[BABY, BOOKS]
        for m in (1.0, 1e5)
    )
    assert loose > 1.8 and 1.0 < tight < 1.1


def test_what_was_bought_last_counts_while_it_is_recent():
    """A firm that knows of purchases since the recommender was fitted says what and when."""
    fitted = Contextual((history := life(1)).catalogue).fit(history)
    told = fitted.scores([0], Context(200.0, last=BABY))
    assert np.array_equal(told, fitted.scores([0], Context(200.0, last=BABY, since=200.0 - 91)))
    none = fitted.scores([0], Context(200.0, last=-1))
    assert np.array_equal(none, fitted.scores([0], Context(200.0, last=BABY, since=200.0 - 92)))
    both = Context(np.array([200.0, 200.0]), last=[BABY, BABY], since=np.array([150.0, -np.inf]))
    assert np.array_equal(fitted.scores([0, 0], both), np.vstack([told, none]))


def test_expected_categories_are_the_lifts_after_what_was_bought_last():
    """1 for who bought nothing lately, and from recommenders that know no rules."""
    fitted = Contextual((history := life(1)).catalogue).fit(history)
    expected = fitted.expected([0, 1, 2], Context(80.0, last=[BABY, 2, -1]))
    assert np.array_equal(expected, np.vstack([fitted.cross_sell()[[BABY, 2]], np.ones(4)]))
    assert expected[0, BOOKS] > 2
    assert np.array_equal(find("popular")(history.catalogue).fit(history).expected([0, 7]), np.ones((2, 4)))
