"""Which product a customer takes: the logit it should be, keyed draws, and fit in its own units."""

import time

import numpy as np
import pytest
from worlds.shelves import assortment

from regulars.behavior import products as module
from regulars.behavior.products import AssortmentRules
from regulars.ground.chance import Chance
from regulars.ground.parameter import Problem

WHO = np.arange(20_000)
NOTHING = {"taste_strength": 0.0, "own_taste": 0.0, "popularity": 0.0}


def bought(world, customers=WHO, occasion=0, **moment):
    return world.bought(customers, np.full(len(customers), occasion), **moment)


@pytest.mark.parametrize("popularity", [0.0, 1.0])
def test_choice_is_a_multinomial_logit(popularity):
    """Shares are softmax of the appeal, within 4 standard errors, also with 7 products (no full block of draws)."""
    world = assortment(products=7, **{**NOTHING, "popularity": popularity})
    share = np.bincount(bought(world), minlength=7) / len(WHO)
    wanted = np.exp(world.appeal) / np.exp(world.appeal).sum()
    assert (np.abs(share - wanted) < 4 * np.sqrt(wanted * (1 - wanted) / len(WHO))).all()
    assert world.appeal.std() > 0.5 or popularity == 0


def test_given_tastes_each_customer_chooses_by_a_logit():
    """One customer's many occasions against softmax of its own utilities."""
    world, times = assortment(products=6, taste_strength=1.5), 20_000
    utility = world.utilities([17], 0)[0]
    wanted = np.exp(utility) / np.exp(utility).sum()
    share = np.bincount(world.bought(np.full(times, 17), np.arange(times)), minlength=6) / times
    assert (np.abs(share - wanted) < 4 * np.sqrt(wanted * (1 - wanted) / times)).all()


@pytest.mark.parametrize(
    ("part", "value"), [("taste_strength", 1.5), ("own_taste", 0.8), ("popularity", 2.0)]
)
def test_each_part_has_the_spread_it_is_named_for(part, value):
    spreads = [
        assortment(seed, products=60, attributes=5, **{**NOTHING, part: value}).utilities(WHO[:300], 0).std()
        for seed in range(12)
    ]
    assert np.mean(spreads) == pytest.approx(value, rel=0.1)


@pytest.mark.parametrize(("part", "moment"), [("season", "times"), ("sequel", "previous")])
def test_context_moves_utilities_only_where_it_is_on_and_told(part, moment):
    told = {moment: 3.0 if part == "season" else 1}
    for value in (0.0, 1.0):
        world = assortment(products=200, categories=2, **{**NOTHING, part: value})
        assert not world.utilities([0, 1], 1).any()
        assert world.utilities([0, 1], 1, **told).std() == pytest.approx(value, rel=0.15)
    if part == "season":
        u = [world.utilities([0], 1, times=t)[0] for t in (3.0, 3.0 + 365.25, 3.0 + 365.25 / 2)]
        assert np.allclose(u[0], u[1]) and np.allclose(u[0], -u[2])
    else:
        assert not world.utilities([0], 1, previous=-1).any()
        assert not np.allclose(*(world.utilities([0], 1, previous=c) for c in (0, 1)))


def test_one_product_category_or_customer_more_leaves_the_others_as_they_were():
    small, large = assortment(products=7, categories=2), assortment(products=9, categories=3)
    assert np.array_equal(small.utilities(WHO[:50], 1), large.utilities(WHO[:80], 1)[:50, :7])
    assert np.array_equal(
        small.catalogue().attributes.reshape(2, 7, 4), large.catalogue().attributes.reshape(3, 9, 4)[:2, :7]
    )


def test_order_and_size_of_the_slices_are_nothing(monkeypatch):
    world = assortment(products=11, categories=3, season=0.5, sequel=0.5)
    who, category, when = WHO[:900], WHO[:900] % 3, np.linspace(0, 90, 900)
    rest = {"times": when, "previous": category[::-1]}
    first = world.bought(who, who + 5, category, **rest)
    fit = world.fit(who, first, **rest)
    monkeypatch.setattr(module, "CELLS", 100)
    assert np.array_equal(world.bought(who, who + 5, category, **rest), first)
    back = {name: values[::-1] for name, values in rest.items()}
    assert np.array_equal(world.bought(who[::-1], who[::-1] + 5, category[::-1], **back), first[::-1])
    assert np.array_equal(world.fit(who, first, **rest), fit)
    assert np.array_equal(world.category[first], category)


def test_seeds_replicates_and_occasions_differ():
    a, b, c = assortment(1), assortment(2), assortment(1, replicate=1)
    assert not np.array_equal(bought(a), bought(b)) and not np.array_equal(bought(a), bought(c))
    again = bought(a) == bought(a, occasion=1)
    assert 0.05 < again.mean() < 0.5
    assert np.array_equal(bought(a), bought(assortment(1)))


def test_fit_is_relative_to_the_mean_product_in_standard_deviations():
    """0 on average over products; the best of 20 normal ones lies 1.87 above (order statistics); nothing shown fits 0."""
    world = assortment(products=20, taste_strength=0.0, own_taste=1.0, popularity=0.0)
    every = np.stack([world.fit(WHO[:300], np.full(300, p)) for p in range(20)], axis=1)
    assert np.allclose(every.mean(axis=1), 0)
    best = world.fit(WHO, world.best(WHO))
    assert best.mean() == pytest.approx(1.867, abs=4 * 0.525 / np.sqrt(len(WHO)))
    assert np.array_equal(every.argmax(axis=1), world.best(WHO[:300]))
    assert world.fit(WHO[:3], [-1, 4, -1]).tolist() == [0.0, every[1, 4], 0.0]


def test_fit_is_nothing_where_products_are_all_the_same_to_everybody():
    """Negative control."""
    assert not assortment(**NOTHING).fit(WHO[:50], WHO[:50] % 20).any()


@pytest.mark.parametrize("described", [0.0, 0.6, 1.0])
def test_the_catalogue_tells_attributes_as_well_as_they_are_described(described):
    world = assortment(products=400, categories=2, described=described)
    told = world.catalogue()
    assert told.count == 800 and told.categories == 2
    correlation = np.corrcoef(told.attributes.ravel(), world.attributes.ravel())[0, 1]
    assert correlation == pytest.approx(described, abs=0.05)
    assert told.attributes.std() == pytest.approx(1.0, abs=0.05)


def test_what_is_on_file_changes_nothing_that_customers_do():
    assert np.array_equal(bought(assortment(described=0.0)), bought(assortment()))


@pytest.mark.parametrize("products", [0, -1])
def test_a_category_has_products(products):
    told = rf"products: {products} is outside \[1, 4096\] \(wanted: in products per category"
    with pytest.raises(Problem, match=told):
        AssortmentRules.read({"products": products})


def test_nobody_buys_nothing():
    world = assortment()
    assert world.bought([], []).shape == world.best([]).shape == world.fit([], []).shape == (0,)
    assert world.utilities([], 0).shape == (0, 20)


def test_a_hundred_thousand_purchases_a_tick_are_quick():
    """0.05 to 0.1 s on one core; judged by what one keyed draw for each customer and product takes, as machines differ."""
    world, who, chance = assortment(products=50, categories=2), np.arange(100_000), Chance(1)
    ratios = []
    for occasion in range(4):
        start = time.process_time()
        world.bought(who, np.full(who.size, occasion), who % 2)
        middle = time.process_time()
        chance.uniform(1, who[:, None], np.arange(50))
        ratios.append((middle - start) / (time.process_time() - middle))
    assert min(ratios) < 3, ratios
