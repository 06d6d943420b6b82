"""Goods that come back: which, when, and what that does to the books; switched off, nothing is left."""

import numpy as np
import pytest
from oracles.judge import agrees, share_error
from worlds.lives import goes_on

from regulars import Scenario, compare
from regulars.ground.parameter import Problem
from regulars.world.ledger import MILLION
from regulars.world.ports import GoodsReturned

ALL = {"on": True, "return_rate": 1.0, "earliest": 3, "window": 3}


def town(returns=None, customers=1000, **changes):
    """A daily purchase of 10 units at a price of 2, at one of two shops; the goods cost 1.5 a unit."""
    table = {
        "market": {"customers": customers, "days": 28, "focal": "ours"},
        "need": {"process": "calendar", "interval": 1.0},
        "taste": {"kind": "homogeneous"},
        "spending": {"basket": 10.0, "variation": 0.0},
        "firms": [{"name": name, "price": 2.0, "cost": 1.5} for name in ("ours", "theirs")],
    }
    return Scenario({**table, "returns": returns or {}}).set(
        {k.replace("__", "."): v for k, v in changes.items()}
    )


def ran(*args, **changes):
    return town(*args, **changes).market(log="memory").run()


def back(market):
    events = market.log.events()
    return events[events["event"] == "return"]


def test_money_of_what_comes_back():
    """One customer, everything back after three days: 25 purchases of 20, by hand."""
    rules = {**ALL, "refund": 0.9, "resale": 0.6, "handling": 0.25}
    market = ran(rules, customers=1, firms=[{"name": "ours", "price": 2.0, "cost": 1.5}])
    value = {a: market.ledger.value(a, 0) for a in ("gross_sales", "refunds", "cost_of_goods", "restocking")}
    assert value == {
        "gross_sales": 28 * 20.0,
        "refunds": 25 * 0.9 * 20.0,
        "cost_of_goods": 28 * 15.0 - 25 * 0.6 * 15.0,
        "restocking": 25 * 0.25 * 10,
    }
    assert market.ledger.profit(0) == pytest.approx(28 * 5.0 - 25 * (18.0 - 9.0 + 2.5))
    assert back(market)["time"].tolist() == list(range(3, 28)) and (back(market)["amount"] == 18.0).all()
    market.ledger.check(market.totals.arrays())


def test_how_much_comes_back():
    market = ran({"on": True, "return_rate": 0.3, "earliest": 2, "window": 6})
    bought = market.log.purchases()
    total = len(back(market)) + len(market.processes["returns"].agenda)
    agrees(total / len(bought), 0.3, share_error(0.3, len(bought)), sharp=0.04)


def test_days_are_even_over_the_window():
    """Everything comes back on one of five days: a fifth of a day's purchases more on each, then all of them."""
    by_day = np.bincount(back(ran({**ALL, "earliest": 2, "window": 6}))["time"].astype(int), minlength=28)
    assert (by_day[:2] == 0).all()
    due = np.minimum(np.arange(1, 27) / 5, 1.0)
    error = np.sqrt(np.minimum(np.arange(1, 27), 5) * 0.16 / 1000)
    assert (np.abs(by_day[2:] / 1000 - due) < 4 * error).all()


def test_what_was_paid_is_given_back():
    """Not what stood on the list."""
    market = ran(
        ALL,
        customers=1,
        firms=[{"name": "ours", "price": 2.0, "strategies": {"everyday_low_price": {"discount": 0.25}}}],
    )
    assert market.ledger.value("refunds", 0) == 25 * 15.0


def test_each_firm_has_its_own_terms():
    market = ran({"on": True, "return_rate": 0.0}, firms__theirs__returns={"return_rate": 1.0, "window": 1})
    assert market.ledger.value("refunds", "ours") == 0.0
    events, bought = back(market), market.log.purchases()
    theirs = bought[(bought["firm"] == "theirs") & (bought["time"] < 27)]
    assert len(events) == len(theirs) > 0
    assert market.ledger.value("refunds", "theirs") == 20.0 * len(theirs)
    assert set(events["customer"] + 10_000 * events["time"]) == set(
        theirs["customer"] + 10_000 * (theirs["time"] + 1)
    )


def test_the_same_purchases_come_back_in_all_arms():
    """And their money reconciles: what is kept in both arms comes back in both."""
    scenario = town({"on": True, "return_rate": 0.2, "handling": 0.1, "resale": 0.5}, customers=300)
    scenario = scenario.set(
        {
            "arms": {"cheap": {"strategies": {"everyday_low_price": {"discount": 0.1}}}},
            "choice.price_sensitivity": 1.0,
        }
    )
    control = scenario.arm("control").market(log="memory")
    arm = scenario.arm("cheap").market(log="memory", against=control)
    for _ in range(control.ticks):
        control.step()
        arm.step()
    tables = [m.log.opportunities() for m in (control, arm)]
    same = (tables[0]["firm"] == tables[1]["firm"]).to_numpy()
    assert 0.5 < same.mean() < 1.0
    rows = [set(map(tuple, m.processes["returns"].agenda.rows[:2].T.tolist())) for m in (control, arm)]
    assert len(rows[0] & rows[1]) > 0.5 * len(rows[0])
    comparison = compare(scenario, replicates=2)
    for replicate, cells in comparison.attribution.groupby("replicate"):
        profit = comparison.wide("incremental_profit").loc[replicate, "cheap"]
        assert (cells["margin"] - cells["reward"]).sum() == pytest.approx(profit, abs=1e-6)

    def lost(m):
        return (
            sum(m.ledger.value(a, 0) for a in ("refunds", "restocking", "cost_of_goods"))
            - float(m.totals.cost[:, 0].sum()) / MILLION
        )

    cell = comparison.attribution.query("replicate == 0 and cell == 'returned'")
    assert (
        cell["margin"].tolist() == [pytest.approx(lost(control) - lost(arm), abs=1e-6)]
        and abs(cell["margin"].item()) > 1
    )
    one = comparison.metrics.query("replicate == 0 and arm == 'cheap'").set_index("metric")["value"]
    paid = float(arm.totals.arrays()["paid"][:, 0].sum()) / MILLION
    assert one["revenue"] == pytest.approx(paid - arm.ledger.value("refunds", 0))


def test_off_is_not_built_and_free_returns_cost_nothing():
    off, without = ran({"on": False, "return_rate": 1.0}), ran()
    assert "returns" not in off.processes and off.log.opportunities().equals(without.log.opportunities())
    assert off.firms[0].port(GoodsReturned).coming(0)[0].size == 0
    none = ran({"on": True, "return_rate": 0.0})
    assert none.ledger.profit(0) == without.ledger.profit(0) and back(none).empty
    everything = ran(ALL)
    assert everything.log.opportunities().equals(without.log.opportunities())  # customers do as they would
    assert everything.ledger.profit(0) < without.ledger.profit(0)


def test_saved_while_goods_are_out(tmp_path):
    goes_on(town({"on": True, "return_rate": 0.5, "window": 20}, customers=50), tmp_path / "m", 11)


def test_a_window_that_ends_before_it_begins_is_refused():
    with pytest.raises(Problem, match="20 days is later than the window of 14"):
        town({"on": True, "earliest": 20})
