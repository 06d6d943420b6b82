"""X1: the community supermarket. Claims C10 (draw against credit), C24 (if everybody runs a programme, nobody gains)."""

import numpy as np
import pytest

from regulars import compare, load

PROVES = ("X1",)
SHOP = load("scenarios/community-supermarket.toml").set(
    {"evidence.priors": "none"}
)  # at the means of what is assumed


@pytest.fixture(scope="module")
def result():
    small = SHOP.set({"market.customers": 600, "market.days": 182})
    arms = ("threshold_rebate", "lottery_rebate", "same_money_on_card", "everyday_low_price")
    return compare(small, replicates=2, arms=arms, jobs=1)


def test_people_shop_on_five_days_of_seven():
    """As the source says of an estate: daily shopping, now here and now there."""
    market = SHOP.arm("control").set({"market.customers": 800, "market.days": 84}).market(log="memory").run()
    log = market.log.purchases()
    days = log.assign(day=log["time"].astype(int)).groupby("customer")["day"].nunique() / 12
    assert 4.5 < days.mean() < 5.5
    shops = log.groupby("customer")["firm"].nunique()
    assert shops.mean() > 2, "customers are loyal to nobody at first"


def test_giving_everything_back_attracts_and_loses(result):
    full = result.wide("incremental_profit")["threshold_rebate"]
    assert (full < 0).all()
    assert (result.wide("incremental_purchases")["threshold_rebate"] > 0).all()


def test_the_draw_and_the_same_money_on_the_card(result):
    """C10: what the draw pays on average, as credit for sure, attracts less and costs about the same."""
    more = result.wide("incremental_purchases")
    assert (more["lottery_rebate"] > more["same_money_on_card"]).all()
    paid = result.wide("reward_cost").mean()
    assert 0.5 < paid["lottery_rebate"] / paid["same_money_on_card"] < 2.5


def test_if_everybody_gives_back_nobody_gains():
    """C24: alone the draw wins customers; in all four shops it wins next to none from the rivals, and all pay."""
    small = SHOP.set({"market.customers": 500, "market.days": 140})
    draw = SHOP.spec.arms["lottery_rebate"].strategies
    control = small.arm("control").market().run()
    alone = small.arm("control").set({"firms.gate.strategies": draw}).market().run()
    every = {f"firms.{name}.strategies": draw for name in control.names}
    together = small.arm("control").set(every).market().run()
    mine = control.names.index("gate")

    def share(market):
        sold = market.totals.purchases.sum(axis=0)
        return sold[mine] / sold.sum()

    assert share(alone) > share(control) + 0.004
    assert abs(share(together) - share(control)) < (share(alone) - share(control)) / 2
    profits = [sum(market.ledger.profit(f) for f in range(4)) for market in (control, together)]
    assert profits[1] < profits[0]


def test_without_foresight_nobody_counts_days():
    """Negative control: who does not look ahead is not moved by a goal to come."""
    blind = SHOP.set({"market.customers": 400, "market.days": 84, "foresight.foresight": 0.0})
    control = blind.arm("control").market().run()
    cash = {**SHOP.table["arms"]["lottery_rebate"]["strategies"]["lottery_rebate"], "paid_as": "cash"}
    arm = blind.arm("control").set({"firms.gate.strategies": {"lottery_rebate": cash}}).market().run()
    assert np.array_equal(control.totals.purchases, arm.totals.purchases)
