"""Shelves: every purchase is of a product, the one that suits at that moment, wherever it is bought; and the log tells."""

import numpy as np
import pandas as pd
import pytest

from regulars import Scenario
from regulars.ground.parameter import Problem
from regulars.market import Market

GOODS = [{"name": "milk", "share": 2.0}, {"name": "fruit"}, {"name": "toys"}]
ON = {"on": True, "products": 6, "sequel": 1.0, "season": 1.0, "cycle": 7.0}


def shops(assortment=ON, categories=GOODS, **changes):
    """Two shops; customers may meet several opportunities a day, and may buy nothing."""
    table = {
        "market": {"customers": 300, "days": 30},
        "need": {"mean": 10.0, "shape": 1.0},
        "choice": {"outside": True, "outside_utility": -1.0},
        "categories": categories,
        "assortment": assortment,
        "firms": [{"name": "a"}, {"name": "b", "share": 2.0}],
    }
    return Scenario(table).set({name.replace("__", "."): value for name, value in changes.items()})


def run(scenario, **options):
    return scenario.market(log="memory", **options).run()


def lives(market):
    return market.log.opportunities().sort_values(["customer", "occasion"], ignore_index=True)


@pytest.mark.parametrize("categories", [GOODS, []], ids=["three", "one"])
def test_what_is_taken_is_what_suits_at_that_moment(categories):
    """Given the category met before, whether or not anything was bought then."""
    market = run(shops(categories=categories))
    log = lives(market)
    names = [good["name"] for good in categories] or [""]
    code = log["category"].cat.codes.to_numpy() if categories else np.zeros(len(log), int)
    who, bought = log["customer"].to_numpy(), log["firm"].notna().to_numpy()
    before = np.where(np.diff(who, prepend=-1) == 0, np.roll(code, 1), -1)
    products = market.processes["assortment"].products
    expected = products.bought(who, log["occasion"], code, log["time"], before)
    assert (log["product"][bought] == expected[bought]).all() and (log["product"][~bought] == -1).all()
    assert bought.sum() > 1000 and (~bought).sum() > 1000
    assert not categories or log["category"].cat.categories.tolist() == names
    assert (expected // 6 == code).all()
    last, latest = market.customers.last_category, pd.Series(code).groupby(who).last()
    assert (last[latest.index] == latest).all() and (np.delete(last, latest.index) == -1).all()


def test_products_do_not_change_where_customers_buy():
    """Negative control: with and without them the same lives, and without them no columns in the log."""
    having, without = (lives(run(shops(assortment))) for assortment in (ON, {}))
    assert "product" not in without and "category" in without
    assert having.drop(columns="product").equals(without)
    plain = run(shops({}, [])).log.opportunities()
    assert not {"category", "product"} & set(plain.columns)
    assert not run(shops({}, [])).customers.has("last_category")


def test_the_same_product_wherever_it_is_bought():
    """A discount moves customers to another shop; what they take there is what they would have taken."""
    one, other = (lives(run(shops(firms__a__appeal=pull))) for pull in (0.0, 2.0))
    both = one["firm"].notna() & other["firm"].notna()
    moved = both & (one["firm"].astype(object) != other["firm"].astype(object))
    assert moved.sum() > 200 and (one["product"][both] == other["product"][both]).all()


def test_who_sells_what_is_known():
    market = shops(firms__a__categories={"milk": 0.0, "toys": 1.0}).market()
    assert market.processes["assortment"].sold.tolist() == [[True, False, True], [True, True, True]]


def test_going_on_after_a_pause_and_half_days(tmp_path):
    """What was met before is remembered."""
    whole, half = run(shops()), shops().market(log="memory")
    while half.day < 17:
        half.step()
    loaded = Market.load(half.save(tmp_path / "market"), log="memory").run()
    assert lives(whole).equals(lives(loaded))
    assert lives(whole).equals(lives(run(shops(market__tick=0.5))))
    assert lives(whole).equals(lives(run(shops(), threads=2)))


def test_the_log_in_a_file_tells_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr("regulars.world.log.FLUSH", 500)
    memory, path = run(shops()), tmp_path / "log.parquet"
    shops().market(log=path).run()
    pd.testing.assert_frame_equal(
        pd.read_parquet(path), memory.log.opportunities(), check_categorical=False, check_dtype=False
    )


def test_products_that_come_in_a_branch():
    """What was bought before has no number in the log."""
    market = shops({}).market(log="memory")
    while market.day < 10:
        market.step()
    log = market.branch({"assortment.on": True, "assortment.products": 6}).run().log.purchases()
    assert (log["product"][log["time"] < 10] == -1).all() and (log["product"][log["time"] >= 10] >= 0).all()


def test_mistakes_are_told():
    with pytest.raises(
        Problem, match=r"assortment\.product: no parameter of this name; did you mean 'products'"
    ):
        shops({"product": 5})
