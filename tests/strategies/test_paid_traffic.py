"""Paid traffic: what one gains by it all lose, and it pays only where customers are kept."""

from itertools import pairwise

import numpy as np
import pytest

from regulars import Scenario
from regulars.ground.parameter import Problem

PROVES = ("M14", "X5")


def scenario(bids, quality=0.5, experience=True, rules=None, **changes):
    """Four sellers of whom a customer knows one in three; customers come and go; `quality` is that of seller a."""
    firms = [
        {
            "name": name,
            "price": 1.0,
            "cost": 0.5,
            "quality": quality if name == "a" else 0.5,
            "strategies": {"paid_traffic": {"budget": bid, **(rules or {})}} if bid else {},
        }
        for name, bid in zip("abcd", bids, strict=True)
    ]
    return Scenario(
        {
            "market": {"customers": 3000, "days": 182},
            "need": {"mean": 2.0},
            "taste": {"kind": "homogeneous"},
            "choice": {"outside": True, "outside_utility": 0.5},
            "turnover": {"aware": 0.3, "exit_rate": 1.0, "entry_rate": 1.0},
            "experience": {"on": experience},
            "bond": {"on": experience, "response": "linear"},
            "platform": {"on": True, "visitors": 40.0, "floor": 0.05, "pull": 0.5},
            "firms": firms,
        }
    ).set(changes)


def profits(*args, **options):
    """Profit of every seller."""
    market = scenario(*args, **options).market().run()
    market.ledger.check()
    return np.array([firm.profit for firm in market.firms])


def test_what_one_gains_by_traffic_all_lose():
    """Alone it pays; once all bid, nobody can stop, and each earns less than had nobody begun."""
    bid = 7.0
    none, alone, all_ = profits((0.0,) * 4), profits((bid, 0.0, 0.0, 0.0)), profits((bid,) * 4)
    without_me = profits((0.0, bid, bid, bid))
    assert alone[0] > 1.5 * none[0]
    assert all_[0] > without_me[0]  # stopping alone would be worse
    assert (all_ < none).all()
    # control: a platform that grows with its sellers takes nothing from anybody
    assert (profits((bid,) * 4, **{"platform.visitors": 160.0}) > none).all()


def test_winning_a_customer_costs_more_than_keeping_one():
    """At the same price of a click traffic pays for a seller to whom customers return, and not for one they leave."""
    gains = []
    for quality in (0.1, 0.9):
        bidding, not_ = profits((7.0,) * 4, quality), profits((0.0, 7.0, 7.0, 7.0), quality)
        gains.append(bidding[0] - not_[0])
    assert gains[0] < 0 < 200 < gains[1]
    # control: customers who learn nothing from experience return to both alike
    alike = [profits((7.0,) * 4, quality, experience=False)[0] for quality in (0.1, 0.9)]
    assert alike[0] == alike[1]


def test_what_is_spent_is_the_budget():
    market = scenario((12.0, 30.0, 0.0, 0.0)).market().run()
    spent = market.processes["platform"].spent
    assert spent[:2] == pytest.approx([12.0 * 182, 30.0 * 182], rel=0.05)
    assert market.ledger.value("acquisition", 0) == pytest.approx(spent[0])
    assert market.ledger.value("acquisition", 2) == 0.0


def test_a_larger_budget_never_attracts_less():
    sales = [
        scenario((bid, 10.0, 10.0, 10.0)).market().run().firm("a").purchases for bid in (0.0, 3.0, 10.0, 40.0)
    ]
    assert sales == sorted(sales) and sales[-1] > 1.2 * sales[0]


def strategy(market):
    return market.firm("a").strategies["paid_traffic"]


def test_the_bid_is_halved_while_customers_are_too_dear():
    """By the platform's own numbers since the last review: halved above the limit, doubled below, never above the budget."""
    market = scenario((20.0, 0.0, 0.0, 0.0), rules={"limit": 0.3, "review": 14}).market()
    platform, before, wanted, bids = market.processes["platform"], np.zeros(2), 1.0, []
    for _ in range(12):
        for _ in range(14):
            market.step()
        bids.append(float(strategy(market).bid[0]))  # set by the review at the beginning of these days
        assert bids[-1] == wanted
        spent, won = np.array([platform.spent[0], platform.won[0]]) - before
        before += (spent, won)
        wanted = wanted / 2 if spent > 0.3 * won else min(wanted * 2, 1.0)
    assert min(bids) < 0.25 and any(later > earlier for earlier, later in pairwise(bids))


def test_with_a_limit_customers_cost_about_that():
    """Bids fall until clicks are as cheap as customers may be; a limit that is never reached changes nothing."""
    free, limited, idle = (
        scenario((40.0, 0.0, 0.0, 0.0), rules={"limit": limit, "review": 7}).market().run()
        for limit in (0.0, 0.8, 1e9)
    )
    cost = [m.processes["platform"].spent[0] / m.processes["platform"].won[0] for m in (free, limited)]
    assert cost[1] < 0.7 * cost[0]
    assert idle.ledger.table() == free.ledger.table()


def test_off_is_nothing_at_all():
    off, none = (scenario((bid, 5.0, 0.0, 0.0)).market(log="memory").run() for bid in (0.0, 0.0))
    zero = scenario((1.0, 5.0, 0.0, 0.0), **{"firms.a.strategies.paid_traffic.budget": 0.0})
    zero = zero.market(log="memory").run()
    assert zero.log.opportunities().equals(none.log.opportunities())
    assert zero.ledger.table() == none.ledger.table() == off.ledger.table()


def test_it_needs_a_platform():
    with pytest.raises(Problem, match=r"platform\.on = true"):
        scenario((5.0, 0.0, 0.0, 0.0), **{"platform.on": False})


def test_mistakes_are_told():
    with pytest.raises(Problem, match="currency per day"):
        scenario((5.0, 0.0, 0.0, 0.0), rules={"budget": -1.0})
