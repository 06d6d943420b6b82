"""Recommenders learn: more history finds the best product more often; nothing to learn, nothing gained.

Hit rate: share of customers whose truly best product (all utilities known) comes first. Worlds are paired: every
recommender sees the same purchases.
"""

import numpy as np
import pytest
from worlds.shelves import assortment, beyond, found, shop

from regulars.contract.recommender import Context, History, find

SEEDS = range(8)
CUSTOMERS = 500


@pytest.fixture(scope="module")
def learnt():
    """Hit rates [kind][history length] over worlds with tastes."""
    rates = {}
    for seed in SEEDS:
        world = assortment(seed, taste_strength=1.5)
        for length in (2, 8, 32):
            history = shop(world, CUSTOMERS, length)
            for name in ("popular", "content_based", "collaborative"):
                hit, _ = found(world, history, CUSTOMERS, name)
                rates.setdefault(name, {}).setdefault(length, []).append(hit)
    return {name: {n: np.array(v) for n, v in table.items()} for name, table in rates.items()}


@pytest.mark.parametrize("name", ["content_based", "collaborative"])
def test_hits_rise_with_history_and_beat_popularity(name, learnt):
    """Less and less for each purchase (Rossi, McCulloch & Allenby 1996)."""
    own, base = learnt[name], learnt["popular"]
    assert beyond(own[8] - own[2]) > 3 and beyond(own[32] - own[8]) > 3
    assert beyond((own[8] - own[2]) / 6 - (own[32] - own[8]) / 24) > 3
    for length in (2, 8, 32):
        assert beyond(own[length] - base[length]) > 3
    assert own[32].mean() > 2.5 * base[32].mean()


def test_popularity_has_nothing_more_to_learn(learnt):
    """Negative control: the rise is the tastes' and not the length's."""
    own = learnt["popular"]
    assert abs(own[32].mean() - own[8].mean()) < 0.03


@pytest.mark.parametrize("name", ["content_based", "collaborative", "contextual"])
@pytest.mark.parametrize(("customers", "length", "products"), [(20, 4, 20), (300, 4, 50), (300, 20, 20)])
def test_where_all_tastes_are_alike_nobody_beats_popularity(name, customers, length, products):
    """Negative control, by the fit of what is shown; nor is anything lost by the attempt."""
    gains = []
    for seed in range(12):
        world = assortment(seed, taste_strength=0.0, own_taste=0.0, products=products)
        history = shop(world, customers, length)
        own, base = (found(world, history, customers, kind)[1] for kind in (name, "popular"))
        gains.append(own - base)
    error = np.std(gains, ddof=1) / np.sqrt(12)
    assert abs(np.mean(gains)) <= 3 * error + 1e-12
    assert abs(np.mean(gains)) < 0.03


def duel(**rules):
    """Hit rates of the collaborative less those of the content-based one, over worlds."""
    customers, length = rules.pop("customers"), rules.pop("length")
    gaps = []
    for seed in range(12):
        world = assortment(seed, **rules)
        history = shop(world, customers, length)
        hits = [found(world, history, customers, kind)[0] for kind in ("collaborative", "content_based")]
        gaps.append(hits[0] - hits[1])
    return gaps


def test_collaborative_wins_when_attributes_say_nothing():
    """What is on file about products has nothing to do with what customers feel."""
    rules = {"customers": CUSTOMERS, "length": 8, "taste_strength": 2.0, "own_taste": 0.0}
    blind = duel(described=0.0, **rules)
    assert beyond(blind) > 3 and np.mean(blind) > 0.1
    assert beyond(np.array(blind) - duel(described=1.0, **rules)) > 3, "and only then by so much"


def test_content_wins_with_few_buyers():
    """Forty customers tell little about fifty products; about four attributes they tell enough."""
    rules = {"length": 5, "products": 50, "taste_strength": 2.0, "own_taste": 0.0}
    few = duel(customers=40, **rules)
    assert beyond(few) < -3 and np.mean(few) < -0.05
    assert beyond(np.array(duel(customers=2000, **rules)) - few) > 3, "and less so with many"


def test_a_customers_own_repeat_purchases_are_learnt():
    """Likings that nobody shares and no attribute explains: collaborative finds them, without any pattern."""
    gaps, patterns = [], []
    for seed in SEEDS:
        world = assortment(seed, taste_strength=0.0, own_taste=1.5)
        history = shop(world, CUSTOMERS, 8)
        own, base = (found(world, history, CUSTOMERS, kind)[0] for kind in ("collaborative", "popular"))
        gaps.append(own - base)
        patterns.append(own - found(world, history, CUSTOMERS, "collaborative", patterns=0)[0])
    assert beyond(gaps) > 3 and np.mean(gaps) > 0.2
    assert abs(np.mean(patterns)) < 0.03


def hit_in(world, history, name):
    who = np.arange(100)
    fitted = find(name)(history.catalogue).fit(history)
    return np.mean(fitted.recommend(who, Context(category=2))[:, 0] == world.best(who, 2))


def test_taste_shown_in_one_category_serves_another():
    """A customer who never bought in category 2 is known there from categories 0 and 1; not so where tastes are apart."""
    gains = {"shared": [], "apart": []}
    for seed in SEEDS:
        for case, rules in (
            ("shared", {"taste_strength": 2.0, "own_taste": 0.0}),
            ("apart", {"taste_strength": 0.0, "own_taste": 2.0}),
        ):
            world = assortment(seed, categories=3, products=10, **rules)
            history = shop(world, CUSTOMERS, 15)
            rows = ~((history.customer < 100) & (history.category == 2))
            seen = History(history.catalogue)
            seen.add(history.customer[rows], history.product[rows], history.time[rows])
            base = hit_in(world, seen, "popular")
            gains[case].append(
                [hit_in(world, seen, kind) - base for kind in ("content_based", "collaborative")]
            )
    for kind in range(2):
        shared, apart = (np.array(gains[case])[:, kind] for case in ("shared", "apart"))
        assert beyond(shared) > 3 and shared.mean() > 0.1
        assert abs(apart.mean()) < max(3 * apart.std(ddof=1) / np.sqrt(len(apart)), 0.02)


@pytest.mark.parametrize("name", ["popular", "content_based", "collaborative"])
def test_scores_are_logarithms_of_chances(name):
    """Purchases that the recommender has not seen fall where it says, in each fourth of its own confidence."""
    customers, world = 4000, assortment(5)
    history, who = shop(world, customers, 10), np.arange(customers)
    scores = find(name)(history.catalogue).fit(history).scores(who)
    chances = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    first, told = chances.argmax(axis=1), chances.max(axis=1)
    later = np.mean([world.bought(who, np.full(customers, o)) == first for o in range(1000, 1010)], axis=0)
    for group in np.array_split(np.argsort(told, kind="stable"), 4):
        assert later[group].mean() == pytest.approx(told[group].mean(), rel=0.2)
