"""X5, a marketplace of fifty sellers who buy their visitors: hardly anybody earns money, and why.

Claims: fewer than 5% of the sellers make money (the number of the source), C17 (without returning customers the cost of
traffic eats the profit), C15 (transparency makes loyalty harder to keep); M14 (winning a customer costs more than his
first order brings).
"""

from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from regulars import load

PROVES = ("X5",)
SCENARIO = load(Path(__file__).parents[2] / "scenarios" / "marketplace.toml")
NAMES = [firm.name for firm in SCENARIO.spec.firms]
GOOD = np.array([firm.quality > 0.7 for firm in SCENARIO.spec.firms])
OURS, MARGIN, REPLICATES, PAIRS = NAMES.index("ours"), 40.0, 2, 1


def books(market):
    """Profit, sales, first sales after a click and money for traffic, all by seller."""
    platform = market.processes["platform"]
    market.ledger.check()
    return SimpleNamespace(
        profit=np.array([firm.profit for firm in market.firms]),
        sales=market.totals.purchases.sum(axis=0),
        won=platform.won.copy(),
        traffic=platform.spent,
    )


@cache
def year(arm="control", replicate=0, changes=()):
    """Nine months of an arm, or of the market as it stands."""
    scenario = SCENARIO.set(dict(changes))
    if arm != "control":
        scenario = scenario.arm(arm)
    return books(scenario.market(replicate=replicate).run())


def everybody(**what):
    """Changes of the same value for every seller, by dotted name with __ for the dots."""
    return tuple((f"firms.{n}.{k.replace('__', '.')}", v) for n in NAMES for k, v in what.items())


@pytest.fixture(scope="module")
def control():
    return [year(replicate=r) for r in range(REPLICATES)]


def test_fewer_than_one_in_twenty_earns_money(control):
    """The number of the source, measured: and it is those to whom customers come back."""
    earning = np.array([books.profit > 0 for books in control])
    assert earning.mean() < 0.05 and (earning.sum(axis=1) <= 3).all()
    assert earning[:, GOOD].all()
    for market in control:
        again = 1 - market.won / market.sales
        assert again[GOOD].min() > again[~GOOD].mean() + 0.05
        assert market.profit[~GOOD].mean() < -1000 and market.profit[GOOD].min() > 1000


def test_traffic_eats_the_profit(control):
    """Three quarters of all margins go to the platform, and a new customer costs more than his first order brings."""
    for market in control:
        assert market.traffic.sum() / (MARGIN * market.sales.sum()) == pytest.approx(0.75, abs=0.05)
        assert market.traffic.sum() / market.won.sum() > MARGIN
        assert market.traffic == pytest.approx([28.0 * 273] * len(NAMES), rel=0.1)


def test_if_all_bid_half_nothing_changes_but_who_gets_the_money(control):
    """The trap: the same visitors, the same sales, half the money; most sellers would earn."""
    less = year(changes=everybody(strategies__paid_traffic__budget=14.0))
    assert (less.sales == control[0].sales).all()
    assert less.profit - control[0].profit == pytest.approx(control[0].traffic / 2, abs=0.01)
    assert (less.profit > 0).mean() > 0.5


def gains(arm, changes=()):
    """Incremental profit of ours in paired worlds, by replicate."""
    return np.array([year(arm, r, changes).profit[OURS] - year("control", r, changes).profit[OURS] for r in range(PAIRS)])  # fmt: skip


def test_neither_more_traffic_nor_none(control):
    """To stop alone is worse than to go on, and three times as much is worse still."""
    more, none = gains("more_traffic"), gains("no_traffic")
    assert (more < none).all() and none.mean() < 0


def test_customers_who_come_back_make_the_difference(control):
    """Better goods earn on the same visitors, and still on a quarter of them; messages and low prices do not."""
    better, little, messages = (
        gains(arm) for arm in ("better_goods", "better_goods_little_traffic", "messages")
    )
    assert (better > 3000).all()
    assert (better > little).all() and (little > 0).all()
    assert (np.abs(messages) < 300).all()
    ours = [year("better_goods", r) for r in range(PAIRS)]
    assert np.mean([market.profit[OURS] for market in ours]) > 0
    again = np.array([1 - market.won[OURS] / market.sales[OURS] for market in (*ours, *control)])
    assert again[:PAIRS].min() > again[PAIRS:].max()


def test_goods_that_nobody_notices_do_not_pay():
    """Control: where quality is neither read of nor felt the good sellers sell no more, and nobody earns."""
    blind = year(changes=(("choice.quality_weight", 0.0), ("bond.on", False), ("search.on", False)))
    assert (blind.profit < 0).all()
    spread = blind.sales[~GOOD].std()
    assert abs(blind.sales[GOOD].mean() - blind.sales[~GOOD].mean()) < 3 * spread / np.sqrt(2)


@pytest.mark.slow
def test_stickiness_is_worth_more_where_comparing_is_hard():
    """C15: the same goods, more loyal customers; control: where nobody ever stops looking transparency does nothing."""
    easy, hard = gains("better_goods"), gains("better_goods_hard_to_compare")
    assert (hard > easy + 1000).all()
    off = (("search.on", False),)
    assert year("better_goods", 0, off).profit == pytest.approx(
        year("better_goods_hard_to_compare", 0, off).profit
    )
