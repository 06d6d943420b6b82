"""Edges of the measures: what tables are called and how they are ordered, and moments at which something just counts."""

import pandas as pd
import pytest

from regulars import measures
from regulars.measures import (
    customer_value,
    decomposition,
    loyalty,
    repeat_buying,
    retention,
    switching,
    value,
)
from regulars.measures.funnel import customer_classes, funnel, reward_costs

LOG = pd.DataFrame(
    [(1, 0.0, "B", 6.0), (1, 1.0, "A", 2.0), (2, 2.0, "A", 2.5), (2, 12.0, "A", 5.0), (3, 5.0, "B", 3.0)],
    columns=["customer", "time", "firm", "amount"],
)
PARTS = decomposition.ProfitParts(2.0, 4.0, 8.0), decomposition.ProfitParts(3.0, 5.0, 9.0)
TABLES = {
    "counts": (lambda log: repeat_buying.counts(log), "customer", "firm"),
    "brand_table": (lambda log: repeat_buying.brand_table(log), "firm", None),
    "duplication": (lambda log: measures.duplication(log), "buys", "also"),
    "wallet_shares": (lambda log: loyalty.wallet_shares(log), "customer", "firm"),
    "wallet_distribution": (lambda log: loyalty.wallet_distribution(log, "A"), "share_of_wallet", None),
    "behavioural_loyalty": (lambda log: loyalty.behavioural_loyalty(log), "customer", None),
    "main_customers": (lambda log: loyalty.main_customers(log, "A"), "customer", None),
    "switching_matrix": (lambda log: switching.switching_matrix(log), "from", "to"),
    "switching_flows": (lambda log: switching.switching_flows(log, at=4.0, length=4.0), "from", "to"),
    "cohort_retention": (lambda log: retention.cohort_retention(log, period=5.0), "cohort", None),
    "interpurchase_times": (lambda log: retention.interpurchase_times(log), "customer", None),
    "revenue": (lambda log: value.revenue_per_customer(log), "customer", None),
    "deciles": (lambda log: value.deciles(value.revenue_per_customer(log)), "group", None),
    "observed_clv": (
        lambda log: value.observed_clv(log, period=5.0, discount=0.1, timing="start").table,
        "tenure",
        None,
    ),
    "customer_profit": (lambda log: customer_value.customer_profit(log), "customer", None),
    "relationships": (lambda log: customer_value.relationships(log, "A", silent=5.0), "customer", None),
    "funnel": (lambda log: funnel(log), "step", None),
    "customer_classes": (lambda log: customer_classes(log, "A"), "customer", None),
    "profit_change": (lambda log: decomposition.profit_change(*PARTS).table(), "factor", None),
}


@pytest.mark.parametrize("name", TABLES)
def test_what_tables_are_called(name):
    """With and without purchases."""
    measure, rows, columns = TABLES[name]
    for log in (LOG, LOG.iloc[:0]):
        table = measure(log)
        assert table.index.name == rows, len(log)
        if isinstance(table, pd.DataFrame):
            assert table.columns.name == columns, len(log)


def test_the_largest_firm_comes_first():
    """A has more purchases, B more money."""
    assert repeat_buying.counts(LOG).columns.tolist() == ["A", "B"]
    assert repeat_buying.brand_table(LOG).index.tolist() == ["A", "B"]
    assert loyalty.wallet_shares(LOG, of="purchases").columns.tolist() == ["A", "B"]
    more = pd.concat([LOG, LOG[LOG["firm"] == "B"].assign(time=20.0)])
    assert loyalty.wallet_shares(more).columns.tolist() == ["B", "A"]
    assert repeat_buying.market_share(more, of="amount").index.tolist() == ["B", "A"]
    assert switching.switching_matrix(LOG).index.tolist() == ["A", "B"]
    assert retention.churn(LOG, at=6.0, length=6.0)["buyers"].tolist() == [2, 2]


@pytest.mark.parametrize(("second", "later"), [(3.0, True), (3.9, True), (4.0, False), (9.0, False)])
def test_a_reward_is_a_later_one_from_the_day_of_the_second_purchase_on(second, later):
    purchases = pd.DataFrame([(1, 0.0, "A", 1.0), (1, second, "A", 1.0)], columns=LOG.columns)
    events = pd.DataFrame(
        [(1, 3.0, "reward", "A", "tiers", 7.0)],
        columns=["customer", "time", "event", "firm", "strategy", "amount"],
    )
    found = reward_costs(purchases, events)
    assert (found["later_rewards"], found["first_rewards"]) == ((7.0, 0.0) if later else (0.0, 7.0))


def test_a_period_ends_on_time_whatever_its_length():
    """In weeks of a tenth, 0.3 is three of them: the number over the length falls short of it by rounding."""
    log = pd.DataFrame([(1, 0.0, "A", 1.0), (1, 0.3, "A", 1.0)], columns=LOG.columns)
    assert (0.3 / 0.1) < 3
    staying = retention.cohort_retention(log, period=0.1, end=0.5)
    assert staying.loc[0.0, [0, 1, 2, 3]].tolist() == [1.0, 0.0, 0.0, 1.0]
    worth = customer_value.lifetime_value(log, period=0.1, discount=1.0, timing="start", margin=1.0)
    assert worth[1] == 1.0 + 1.0 / 2**3
    parts = decomposition.profit_parts(log, firm="A", margin=1.0, period=0.1, end=0.5)
    assert parts == decomposition.profit_parts(
        log.assign(time=[0.0, 3.0]), firm="A", margin=1.0, period=1.0, end=5.0
    )
    seen = value.observed_clv(log, margin=1.0, period=0.1, discount=0.0, timing="start", end=0.4)
    assert seen.observed == 2.0
