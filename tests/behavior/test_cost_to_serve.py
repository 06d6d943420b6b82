"""What serving costs differs between customers, so that some are not worth having (M12)."""

import numpy as np
import pytest

from regulars import Scenario
from regulars.ground.parameter import Problem
from regulars.market import Market
from regulars.measures.customer_value import customer_profit, not_worth_having, unequal_value
from regulars.world.ports import ServingCost

PROVES = ("M12",)
MARGIN = 3.0  # of a purchase: basket 1, price 10, cost 7


def shops(cost=0.0, **changes):
    """Two shops; every purchase has the same margin."""
    return Scenario(
        {
            "market": {"customers": 600, "days": 182},
            "need": {"mean": 1.0, "shape": 0.8},
            "cost_to_serve": {"on": cost != 0.0, "cost": cost},
            "firms": [{"name": name, "price": 10.0, "cost": 7.0} for name in "ab"],
        }
    ).set({name.replace("__", "."): value for name, value in changes.items()})


# exponential: exp(-3 / 2) = .22 of the customers cost more than the margin
UNEQUAL = {"distribution": "gamma", "mean": 2.0, "sd": 2.0}


def profits(market, firm):
    """Contribution of each customer less what serving cost, from the log and the costs known to have been caused."""
    bought = market.log.purchases()
    spent = np.asarray(market.customers.serving_cost)[bought["customer"]]
    costs = bought[["customer", "time", "firm"]].assign(amount=spent)
    return customer_profit(bought, firm=firm, costs=costs, margin=MARGIN / 10)


def test_some_customers_are_not_worth_having():
    """Exactly those whose serving costs more than their margin bring a loss, the more the more often they come."""
    market = shops(UNEQUAL).market(log="memory").run()
    serving = market.customers.serving_cost
    for f, firm in enumerate(market.names):
        value = profits(market, firm)
        costly = value.index[serving[value.index] > MARGIN]
        assert set(not_worth_having(value).index) == set(costly)
        share = len(costly) / len(value)
        assert abs(share - np.exp(-1.5)) <= 4 * np.sqrt(0.22 * 0.78 / len(value))
        unequal = unequal_value(value)
        assert unequal.top_fifth > 0.5 and unequal.worst_tenth < 0
        assert unequal.total == pytest.approx(market.ledger.profit(f), abs=1e-2)
    # negative control: the same cost for everybody, below the margin
    same = shops(2.0).market(log="memory").run()
    assert all(not_worth_having(profits(same, firm)).empty for firm in same.names)


def test_books_hold_what_was_caused():
    market = shops(UNEQUAL).market(log="memory").run()
    bought = market.log.purchases()
    for f, firm in enumerate(market.names):
        who = bought.loc[bought["firm"] == firm, "customer"]
        caused = float(np.asarray(market.customers.serving_cost, np.float64)[who].sum())
        assert market.ledger.value("overhead", f) == pytest.approx(caused, abs=1e-2)
    market.ledger.check()


def test_nobody_notices():
    """Customers do as they would; only the books differ."""
    dear, free = shops(UNEQUAL).market(log="memory").run(), shops().market(log="memory").run()
    assert dear.log.opportunities().equals(free.log.opportunities())
    assert "cost_to_serve" not in free.processes and free.ledger.value("overhead", 0) == 0
    assert free.firms[0].port(ServingCost).cost() == 0.0
    for f in range(2):
        gap = free.ledger.profit(f) - dear.ledger.profit(f)
        assert gap == pytest.approx(dear.ledger.value("overhead", f))


def test_it_is_the_customer_who_costs():
    """Whatever the firm; and drawn with the customer, so that one more customer changes nobody's cost."""
    market, larger = shops(UNEQUAL).market(), shops(UNEQUAL, market__customers=601).market()
    assert np.array_equal(market.customers.serving_cost, larger.customers.serving_cost[:600])
    assert market.customers.serving_cost.shape == (600,)


def test_ticks_threads_and_saving_change_nothing(tmp_path):
    scenario = shops(UNEQUAL)
    books = scenario.market().run().ledger.table()
    assert scenario.set({"market.tick": 0.5}).market().run().ledger.table() == books
    assert scenario.market(threads=2).run().ledger.table() == books
    part = scenario.market()
    while part.day < 90:
        part.step()
    assert Market.load(part.save(tmp_path / "shops")).run().ledger.table() == books


@pytest.mark.parametrize(
    ("cost", "told"),
    [(-1.0, "currency per purchase"), ("much", "is not a number"), ({"meen": 1.0}, "'mean'")],
)
def test_mistakes_are_told(cost, told):
    with pytest.raises(Problem, match=told):
        shops(cost)
