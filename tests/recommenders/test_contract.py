"""What every recommender owes: a name, words, sources, honest learning, and an answer for everybody at any time."""

from pathlib import Path

import numpy as np
import pytest
from worlds.shelves import assortment, shop
from worlds.telling import livelier

from regulars import recommenders
from regulars.contract import recommender
from regulars.contract.recommender import Catalogue, Context, History
from regulars.ground.errors import RegularsError
from regulars.ground.parameter import Problem

KINDS = recommender.names()
TIMELESS = {"contextual": {"week": 1, "year": 1, "recent": 0}}  # rules under which the moment does not matter
WHO = np.arange(60)
NOW = Context(time=200.0, category=1)


@pytest.fixture(scope="module")
def world():
    return assortment(categories=3, taste_strength=2.0, products=8, season=0.5, sequel=0.5)


@pytest.fixture(scope="module")
def history(world):
    return shop(world, 60, 12)


def made(name, history):
    return recommender.find(name)(history.catalogue)


def test_the_folder_is_the_registry():
    files = Path(recommenders.__file__).parent.glob("*.py")
    assert KINDS == sorted(file.stem for file in files if file.stem != "__init__") and "popular" in KINDS
    assert set(TIMELESS) <= set(KINDS)


@pytest.mark.parametrize("name", KINDS)
def test_documented(name):
    kind = recommender.find(name)
    assert kind.title() == name and kind.__doc__ and kind.sources
    for parameter, field in kind.Parameters.model_fields.items():
        assert field.description and field.json_schema_extra["unit"], parameter


def test_a_mistyped_name_is_answered_with_the_nearest():
    with pytest.raises(
        Problem, match=r"rules: no recommender is called 'colaborative'; did you mean 'collab"
    ):
        recommender.find("colaborative", ("rules",))


@pytest.mark.parametrize("name", KINDS)
def test_learns_something_or_is_the_baseline(name, history):
    fitted = made(name, history).fit(history)
    told = np.ptp(fitted.scores(WHO, NOW) - fitted.popularity) > 0.01
    assert told == (name != "popular")


@pytest.mark.parametrize("name", KINDS)
def test_the_same_whatever_was_learnt_before_and_in_whatever_order(name, history):
    first = made(name, history).fit(history).scores(WHO, NOW)
    again = made(name, history)
    again.fit(shop(assortment(seed=5, categories=3, products=8), 50, 4, catalogue=history.catalogue))
    assert np.array_equal(again.fit(history).scores(WHO, NOW), first)
    turned = History(history.catalogue)
    turned.add(history.customer[::-1], history.product[::-1], history.time[::-1])
    assert np.array_equal(again.fit(turned).scores(WHO, NOW), first)


@pytest.mark.parametrize("name", KINDS)
def test_knows_only_the_history_it_was_given(name, world, history):
    """Purchases added after the fit, or forgotten, change nothing until the next fit."""
    rows = shop(world, 60, 12)
    fitted = made(name, rows).fit(rows)
    before = fitted.scores(WHO, NOW)
    rows.add(WHO, world.best(WHO, 1), 90.0)
    rows.forget(80.0)
    assert np.array_equal(fitted.scores(WHO, NOW), before)
    assert len(rows) < len(history)
    changed = not np.array_equal(fitted.fit(rows).scores(WHO, NOW), before)
    assert changed, "the next fit sees them"


@pytest.mark.parametrize("name", KINDS)
def test_one_customer_is_scored_the_same_in_any_company(name, history):
    fitted = made(name, history).fit(history)
    all_of_them = fitted.scores(WHO, Context(time=np.linspace(0, 300, 60)))
    for i in (0, 31, 59):
        alone = fitted.scores([i], Context(time=float(np.linspace(0, 300, 60)[i])))
        assert np.array_equal(alone[0], all_of_them[i])


@pytest.mark.parametrize("name", KINDS)
def test_numbers_of_customers_are_only_names(name, history):
    moved = History(history.catalogue)
    moved.add(history.customer * 7 + 100, history.product, history.time)
    first, second = made(name, history).fit(history), made(name, history).fit(moved)
    assert np.allclose(first.scores(WHO, NOW), second.scores(WHO * 7 + 100, NOW), rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", KINDS)
def test_a_stranger_is_shown_what_is_popular(name, history):
    """With no context that matters."""
    kind = recommender.find(name)
    fitted = kind(history.catalogue, kind.Parameters(**TIMELESS.get(name, {}))).fit(history)
    plain = np.array_equal(fitted.scores([1000, 61])[0], fitted.popularity)
    assert plain, livelier(
        __file__,
        "TIMELESS",
        f"the recommender '{name}'",
        "a stranger is not shown what is popular",
        f'"{name}": {{...}},',
    )
    counts = np.bincount(history.product, minlength=24)
    assert fitted.recommend([1000])[0, 0] == counts.argmax()


@pytest.mark.parametrize("name", KINDS)
def test_an_empty_history_or_one_purchase_is_no_trouble(name, history):
    empty = History(history.catalogue)
    fitted = made(name, history).fit(empty)
    assert np.array_equal(fitted.scores(WHO, NOW), np.full((60, 24), -np.log(24)))
    assert list(fitted.recommend([3], NOW, count=2)[0]) == [8, 9]
    empty.add([3], [17], 1.0)
    assert fitted.fit(empty).recommend([3, 4])[:, 0].tolist() == [17, 17]
    assert np.isfinite(fitted.scores(WHO, NOW)).all()


@pytest.mark.parametrize("name", KINDS)
def test_one_product_without_attributes(name):
    history = History(Catalogue(np.zeros(1, np.int8), np.zeros((1, 0))))
    history.add([0, 0, 1], [0, 0, 0], [1.0, 2.0, 3.0])
    fitted = made(name, history).fit(history)
    assert fitted.recommend([0, 1, 2], count=2).tolist() == [[0, -1]] * 3


@pytest.mark.parametrize("name", KINDS)
def test_tiny_histories_of_any_shape_are_scored(name):
    """Few customers, few purchases, one attribute or many, some products never bought, times all alike."""
    for seed in range(40):
        customers, products, rows = 1 + seed % 4, 1 + seed % 7, 1 + seed % 13
        world = assortment(seed, 1 + seed % 3, products=products, attributes=1 + seed % 5)
        history = History(world.catalogue())
        who = np.arange(rows) % customers
        history.add(who, world.bought(who, np.arange(rows), np.arange(rows) % world.categories), seed % 2)
        scores = made(name, history).fit(history).scores([0, 1, 9])
        assert scores.shape == (3, world.count) and np.isfinite(scores).all()


@pytest.mark.parametrize("name", KINDS)
def test_saved_and_restored(name, history):
    fitted, other = made(name, history).fit(history), made(name, history)
    saved = fitted.save()
    assert all(isinstance(value, np.ndarray) for value in saved.values())
    other.restore(saved)
    assert np.array_equal(other.scores(WHO, NOW), fitted.scores(WHO, NOW))
    rows = History(history.catalogue)
    rows.restore(history.save())
    rows.add([1], [2], 400.0)
    assert len(rows) == len(history) + 1 and np.array_equal(rows.category[:-1], history.category)


@pytest.mark.parametrize("name", KINDS)
def test_recommendations_keep_to_the_category_are_in_order_and_may_be_new(name, world, history):
    fitted = made(name, history).fit(history)
    category = WHO % 3
    shown = fitted.recommend(WHO, Context(time=200.0, category=category), count=3)
    assert np.array_equal(world.category[shown], np.repeat(category[:, None], 3, axis=1))
    scores = fitted.scores(WHO, Context(time=200.0))
    assert (np.diff(np.take_along_axis(scores, shown, axis=1)) <= 1e-9).all()
    bought = {*zip(history.customer.tolist(), history.product.tolist(), strict=True)}
    fresh = fitted.recommend(WHO, NOW, count=8, fresh=True)
    for i in WHO:
        new = {p for p in range(8, 16) if (i, p) not in bought}
        assert {p for p in fresh[i].tolist() if p >= 0} == new
    assert (fresh == -1).any()


def test_history_grows_and_forgets(history):
    rows = History(history.catalogue)
    for day in range(40):
        rows.add(np.arange(100), np.full(100, day % 24), float(day))
    assert len(rows) == 4000 and rows.time[-1] == 39.0
    rows.forget(30.0)
    assert len(rows) == 1000 and rows.time.min() == 30.0 and rows.product[0] == 30 % 24
    with pytest.raises(AttributeError, match="a history has no 'prodct'; did you mean 'product'"):
        _ = rows.prodct


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (([0], [24], 1.0), r"history: there is no product 24 \(wanted: 0 to 23\)"),
        (([0, 1], [1, -1], 1.0), "there is no product -1"),
        (([-3], [1], 1.0), "there is no customer -3"),
        (([0], [1], np.nan), "needs a time, in days"),
    ],
)
def test_rows_that_cannot_be_are_refused(row, told, history):
    rows = History(history.catalogue)
    with pytest.raises(RegularsError, match=told):
        rows.add(*row)
    assert len(rows) == 0


def test_a_catalogue_needs_products():
    with pytest.raises(RegularsError, match="catalogue: 3 categories and 2 rows of attributes"):
        Catalogue(np.zeros(3, int), np.zeros((2, 4)))
