"""X10: some who buy baby goods buy parenting books later; an online shop that recommends them sells many more."""

from pathlib import Path

import numpy as np
import pytest

from regulars import load

PROVES = ("X10",)
SCENARIO = load(Path(__file__).parents[2] / "scenarios" / "online-baby-goods.toml")
ARMS = (
    "control", "popular", "content", "contextual", "contextual_without_cross_selling", "contextual_with_information_system",
)  # fmt: skip


def looked_at(arm, replicate):
    """What our shop sees in a year: purchases, satisfaction, and who bought books after baby goods."""
    market = SCENARIO.arm(arm).market(replicate=replicate, log="memory").run()
    log = market.log.purchases()
    ours = log[log["firm"] == "ours"]
    baby, books = (ours[ours["category"] == name] for name in ("baby goods", "parenting books"))
    first, latest = baby.groupby("customer")["time"].min(), books.groupby("customer")["time"].max()
    newly = books.groupby("customer")["time"].min()
    rest = np.setdiff1d(ours["customer"], first.index)
    return {
        "purchases": len(ours),
        "satisfaction": float(market.customers.satisfaction[:, market.names.index("ours")].mean()),
        "baby buyers": len(first),
        "later": int((latest.reindex(first.index) > first).sum()),
        "won": int((newly > first.reindex(newly.index)).sum()),
        "other buyers": len(rest),
        "others with books": int(np.isin(rest, books["customer"]).sum()),
        "books": len(books),
    }


@pytest.fixture(scope="module")
def seen():
    """Sums over two populations, by arm."""
    found = {}
    for arm in ARMS:
        runs = [looked_at(arm, replicate) for replicate in range(2)]
        found[arm] = {name: sum(run[name] for run in runs) for name in runs[0]}
    return found


def test_some_who_buy_baby_goods_buy_books_later(seen):
    """As the source says: some, not most; and far more of them than of the others. Nobody has told them."""
    control = seen["control"]
    share = control["later"] / control["baby buyers"]
    assert 0.1 < share < 0.3
    assert share > 3 * control["others with books"] / control["other buyers"]


def test_recommending_books_to_them_sells_many_more(seen):
    """Whom it wins for books; the same recommender without cross-selling, and bestsellers, are the controls."""
    without = seen["contextual_without_cross_selling"]
    told, knowing = seen["contextual"], seen["contextual_with_information_system"]
    assert told["won"] > 1.2 * without["won"] and knowing["won"] > 1.4 * without["won"]
    assert knowing["later"] > told["later"] > 1.1 * without["later"]
    assert abs(without["won"] - seen["popular"]["won"]) <= 0.1 * without["won"]


def test_it_is_the_shelf_that_moves_and_not_the_shop(seen):
    """Books are few: cross-selling raises all purchases by less than one per cent."""
    told, without = seen["contextual"], seen["contextual_without_cross_selling"]
    assert 1.0 < told["purchases"] / without["purchases"] < 1.01
    assert told["books"] / told["purchases"] < 0.03


def test_recommendations_from_data_raise_satisfaction_and_purchases(seen):
    """C21: signs, and more so the better the customer is known."""
    for measure in ("satisfaction", "purchases"):
        assert all(seen[arm][measure] > seen["control"][measure] for arm in ARMS[1:]), measure
        assert seen["content"][measure] > seen["popular"][measure]
