"""X15, a wholesaler to retail outlets: availability comes first, and service is worth little without it.

The document's claim: without goods the best service does little; it names no numbers. Fill rate, orders and elasticity are
held against what the scenario says of them. M20: share of the outlets' budget and who still orders at the end.
"""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from regulars import compare, load

PROVES = ("X15",)
SCENARIO = load(Path(__file__).parents[2] / "scenarios" / "wholesaler.toml")
STOCK = ("newsvendor", "full_shelves", "stock_and_key_accounts")


@pytest.fixture(scope="module")
def result():
    return compare(SCENARIO, replicates=2, jobs=1)


def gains(result, arm):
    """Incremental profit of an arm by replicate."""
    return result.wide("incremental_profit")[arm].to_numpy()


@cache
def service(availability, everybody=False):
    """What looking after the outlets adds to profit and to orders, by replicate, when so much of the goods is there."""
    changes = {"firms.ours.availability": availability}
    if everybody:
        changes["arms.key_accounts.strategies.personal_service.share"] = 0.0
    table = compare(SCENARIO.set(changes), replicates=3, arms=("key_accounts",), jobs=1)
    return gains(table, "key_accounts"), table.wide("incremental_purchases")["key_accounts"].to_numpy()


def test_the_market_is_what_the_scenario_says(result):
    """Orders of 2,000 yuan in nine weeks of ten, a margin of 8%, and a fifth of the first orders that find nothing."""
    market = SCENARIO.market(log="memory").run()
    log = market.log.opportunities()
    bought = log.dropna(subset=["firm"])
    assert bought["amount"].mean() == pytest.approx(2000, rel=0.08)
    assert len(log) / (400 * 52) == pytest.approx(0.9, abs=0.02)
    control = {m: result.wide(m)["control"].mean() for m in ("profit", "revenue")}
    assert control["profit"] / control["revenue"] == pytest.approx(0.08, abs=1e-6)
    first = []
    for availability in (1.0, 0.8):
        week = SCENARIO.set(
            {"firms.ours.availability": availability, "market.customers": 8000, "market.days": 7}
        )
        first.append(week.market().run().firm("ours").purchases)
    assert first[1] / first[0] == pytest.approx(0.8, abs=4 * np.sqrt(0.8 * 0.2 / first[0]))


def test_elasticity():
    """About -2.7: merchants mind the price."""
    sold = [
        sum(SCENARIO.set({"firms.ours.price": p}).market(replicate=r).run().firm("ours").purchases for r in range(3))
        for p in (98.0, 102.0)
    ]  # fmt: skip
    assert -3.5 < (sold[1] - sold[0]) / (0.5 * sum(sold)) / 0.04 < -2.0


def test_stock_comes_first(result):
    """Each way of filling the shelves earns ten times what service does, and a rebate and a lower price earn nothing."""
    for arm in STOCK:
        assert (gains(result, arm) > 10 * np.abs(gains(result, "key_accounts"))).all()
    assert (gains(result, "rebate") < 3000).all() and (gains(result, "everyday_low_price") < 0).all()
    on_top = gains(result, "stock_and_key_accounts") - gains(result, "newsvendor")
    assert on_top.mean() > gains(result, "key_accounts").mean() > 0
    # beyond the critical fractile more is sold and less is earned
    sold = result.wide("incremental_purchases")
    assert (sold["full_shelves"] > sold["newsvendor"]).all()
    assert (gains(result, "full_shelves") < gains(result, "newsvendor")).all()


def test_stock_keeps_the_outlets(result):
    """M20: a larger share of their budget, and more of them still order in the last four weeks."""
    for measure in ("share_of_requirements", "retention"):
        table = result.wide(measure)
        assert (table["newsvendor"] > table["control"] + 0.05).all()
        assert (np.abs(table["key_accounts"] - table["control"]) < 0.03).all()


def test_full_shelves_need_no_stock():
    """Control: where nothing is missing more stock changes nothing at all."""
    full = SCENARIO.set(
        {"firms.ours.availability": 1.0, "firms.north.availability": 1.0, "firms.south.availability": 1.0}
    )
    with_, without = (full.arm(arm).market().run() for arm in ("newsvendor", "control"))
    assert with_.ledger.table() == without.ledger.table()


@pytest.mark.slow
def test_without_goods_service_does_little():
    """The claim: what service wins grows with what is there, also where every outlet is served; control: no service, no gain."""
    profit = [service(a)[0].mean() for a in (0.3, 0.8, 1.0)]
    orders = [service(a)[1].mean() for a in (0.3, 0.8, 1.0)]
    assert orders == sorted(orders) and profit[0] < 0.2 * profit[2] and profit[1] < 0.75 * profit[2]
    served = [service(a, everybody=True)[1].mean() for a in (0.3, 1.0)]
    assert served[0] < 0.5 * served[1]
    nothing = {
        f"arms.key_accounts.strategies.personal_service.{name}": 0.0 for name in ("fit_gain", "service")
    }
    table = compare(SCENARIO.set(nothing), replicates=1, arms=("key_accounts",), jobs=1)
    assert table.wide("incremental_purchases")["key_accounts"].iloc[0] == 0


def test_an_empty_shelf_costs_more_than_the_order():
    """Disappointed outlets come less often afterwards; where nobody is disappointed a gap costs what is not there."""
    sold = {
        (gap, upset): SCENARIO.set({"firms.ours.availability": gap, "availability.disappointment": upset})
        .market()
        .run()
        .firm("ours")
        .purchases
        for gap in (0.8, 1.0)
        for upset in (0.0, 0.15)
    }
    lost = {upset: 1 - sold[0.8, upset] / sold[1.0, upset] for upset in (0.0, 0.15)}
    assert lost[0.0] == pytest.approx(0.2, abs=0.04) and lost[0.15] > lost[0.0] + 0.05
