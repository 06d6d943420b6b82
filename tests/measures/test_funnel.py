"""The funnel by hand, with empty tables, and on a simulated market, where the money agrees with the books."""

import numpy as np
import pandas as pd
import pytest

from regulars.ground.errors import RegularsError
from regulars.measures.funnel import COSTS, STEPS, customer_classes, funnel, reward_costs


def log(rows):
    return pd.DataFrame(rows, columns=["customer", "time", "firm", "amount"])


def told(rows):
    return pd.DataFrame(rows, columns=["customer", "time", "event", "firm", "strategy", "amount"])


LOG = log(
    [
        (1, 2.0, "A", 9.0), (1, 9.0, "A", 9.0), (1, 16.0, "A", 2.0),
        (2, 3.0, "A", 5.0), (2, 4.0, "B", 5.0), (2, 4.5, "B", 5.0), (2, 12.0, "A", 1.0),
        (3, 5.5, "A", 7.0),
        (4, 1.0, "B", 7.0),
        (8, 6.0, "A", 3.0), (8, 6.0, "A", 3.0),
    ]
)  # fmt: skip
EVENTS = told(
    [
        (1, 1.0, "contact", "A", "content", 1.0), (1, 3.0, "contact", "A", "content", 1.0),
        (2, 1.0, "aware", "A", "", 0.0), (4, 1.0, "contact", "A", "content", 1.0),
        (5, 1.0, "contact", "A", "content", 1.0), (6, 1.0, "contact", "B", "content", 1.0),
        (1, 2.5, "click", "A", "push", 0.0), (4, 2.0, "click", "A", "push", 0.0), (7, 2.0, "click", "A", "push", 0.0),
        (1, 10.0, "referred", "A", "referral", 0.0), (1, 11.0, "referred", "A", "referral", 0.0),
        (3, 11.0, "referred", "A", "referral", 0.0),
        (1, 2.0, "reward", "A", "coupons", 0.5), (1, 9.0, "reward", "A", "coupons", 0.7),
        (5, 4.0, "reward", "A", "coupons", 0.2), (1, 10.0, "reward", "A", "referral", 3.0),
        (2, 20.0, "lapse", "A", "card", 9.0),
    ]
)  # fmt: skip


def test_funnel_by_hand():
    spent = {"communication": 8.0, "acquisition": 3.0, **reward_costs(LOG, EVENTS, firm="A")}
    table = funnel(LOG, EVENTS, firm="A", customers=10, costs=spent)
    assert table.index.tolist() == list(STEPS)
    assert table["customers"].tolist() == [4, 6, 4, 3, 2]  # 1 2 4 5; 1 2 3 4 7 8; 1 2 3 8; 1 2 8; 1 3
    assert table["times"].tolist() == [5, 9, 4, 4, 3]  # 1 on days 2, 9, 16; 2 on 3, 12; 3, 4, 7, 8 once
    assert table["share"].tolist() == [0.4, 0.6, 0.4, 0.3, 0.2]
    assert table["rate"].tolist() == pytest.approx([0.4, 3 / 4, 4 / 6, 3 / 4, 1 / 3])
    assert table["entered"].tolist() == [
        0,
        3,
        0,
        0,
        1,
    ]  # 3 7 8 had no message; 3 recruits without a repurchase
    assert table["cost"].tolist() == pytest.approx([8.0, 3.0, 0.7, 0.7, 3.0])
    assert table["cost_per_customer"].tolist() == pytest.approx([2.0, 0.5, 0.7 / 4, 0.7 / 3, 1.5])
    assert table.loc["conversion", "cost_so_far"] == pytest.approx(11.7 / 4)
    assert funnel(LOG, EVENTS, firm="A")["share"].iloc[0] == 4 / 8  # 1 to 8 are in the tables


def test_a_window_remembers_what_was_before():
    table = funnel(LOG, EVENTS, firm="A", start=5.0, end=14.0)
    assert table["customers"].tolist() == [0, 4, 2, 3, 2]  # 3 and 8 are new; 1, 2 and 8 come again
    assert np.isnan(table.loc["traffic", "rate"]) and table.loc["traffic", "entered"] == 4
    assert table.loc["repurchase", "rate"] == 0.5 and table.loc["repurchase", "entered"] == 2
    later = reward_costs(LOG, EVENTS, firm="A", start=5.0)
    assert later == {"first_rewards": 0.0, "later_rewards": 0.7, "referral_bonuses": 3.0}


def test_rows_in_any_order_and_odd_labels():
    other = log(LOG.sample(frac=1, random_state=4)).set_index(np.zeros(len(LOG), int))
    shuffled = funnel(other, EVENTS.sample(frac=1, random_state=5), firm="A")
    pd.testing.assert_frame_equal(shuffled, funnel(LOG, EVENTS, firm="A"))
    names = funnel(LOG.assign(customer="c" + LOG["customer"].astype(str)), None, firm="A")
    assert names["customers"].tolist() == [0, 4, 4, 3, 0]


@pytest.mark.parametrize("nothing", [None, pd.DataFrame(), EVENTS.iloc[:0]])
def test_empty_tables(nothing):
    bought = funnel(LOG, nothing, firm="A")
    assert bought["customers"].tolist() == [0, 4, 4, 3, 0]
    assert bought.loc["conversion", "rate"] == 1 and np.isnan(bought.loc["publicity", "cost_per_customer"])
    nobody = LOG.iloc[:0] if nothing is not None and len(nothing.columns) else nothing
    talk = funnel(nobody, EVENTS, firm="A", costs={"communication": 1.0, "first_rewards": 2.0})
    assert (
        talk["customers"].tolist() == [4, 3, 0, 0, 2]
        and talk.loc["conversion", "cost_per_customer"] == np.inf
    )
    empty = funnel(nobody, nothing)
    assert empty["customers"].sum() == 0 and empty["rate"].isna().all()
    assert reward_costs(nobody, nothing) == dict.fromkeys(list(COSTS)[2:], 0.0)


def test_discounts_belong_to_their_purchases():
    table = LOG.assign(listed=LOG["amount"] + [1, 1, 1, 0, 5, 5, 2, 4, 5, 0, 0])
    spent = reward_costs(table, EVENTS, firm="A")
    assert spent["first_rewards"] == pytest.approx(1 + 0 + 4 + 0 + 0.7)
    assert spent["later_rewards"] == pytest.approx(1 + 1 + 2 + 0 + 0.7)
    assert reward_costs(table, firm="A", start=10.0)["later_rewards"] == 3.0


def test_other_kinds_of_events():
    kinds = {"publicity": ("aware",), "traffic": (), "fission": ("click",)}
    assert funnel(LOG, EVENTS, firm="A", kinds=kinds)["customers"].tolist() == [1, 4, 4, 3, 3]


def test_classes_of_customers():
    found = customer_classes(LOG, "A")
    assert found.to_dict() == {1: "loyal", 2: "returning", 3: "first-time", 8: "returning"}
    assert customer_classes(LOG, "A", often=2).to_dict()[8] == "loyal"  # 2 gives A only 6 of 16
    assert customer_classes(LOG, "A", often=2)[2] == "returning"
    assert customer_classes(LOG, "A", often=2, share=0.3)[2] == "loyal"
    assert customer_classes(LOG, "A", start=10.0).to_dict() == {1: "loyal", 2: "returning"}
    assert customer_classes(LOG, "A", end=4.0).to_dict() == {1: "first-time", 2: "first-time"}
    assert (found.value_counts()[["first-time", "returning", "loyal"]] == [1, 2, 1]).all()
    assert customer_classes(LOG, "C").empty and customer_classes(LOG.iloc[:0], "A").empty
    with pytest.raises(RegularsError, match="often=1"):
        customer_classes(LOG, "A", often=1)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (
            lambda: funnel(LOG.drop(columns="time")),
            "purchases lack the columns time; there are customer, firm",
        ),
        (
            lambda: funnel(LOG, EVENTS[["customer", "time"]]),
            "events lack the columns event, firm; there are customer",
        ),
        (lambda: reward_costs(LOG, EVENTS.drop(columns="strategy")), "lack the columns strategy"),
        (lambda: funnel(LOG.assign(customer=None)), "rows without a customer"),
        (lambda: funnel(LOG, EVENTS.assign(time=np.nan)), "events have rows without a time"),
        (lambda: funnel(LOG, costs={"rewards": 3.0}), "'rewards' is none of .*reward_costs tells first"),
        (lambda: funnel(LOG, costs={"rent": 3.0}), "'rent' is none of communication"),
        (lambda: funnel(LOG, costs={"acquisition": -1.0}), "acquisition = -1.0"),
        (lambda: funnel(LOG, start=5.0, end=5.0), "from 5 to 5 is empty"),
        (lambda: funnel(LOG, EVENTS, customers=3), "customers=3 is fewer than the 8"),
        (lambda: customer_classes(LOG[["customer"]], "A"), "lacks the columns time"),
    ],
)
def test_what_cannot_be_is_told(wrong, says):
    with pytest.raises(RegularsError, match=says):
        wrong()


def test_money_of_a_simulated_market_agrees_with_its_books():
    from regulars import Scenario

    programmes = {
        "everyday_low_price": {"discount": 0.05},
        "threshold_rebate": {"days": 2, "rate": 0.2, "paid_as": "cash"},
    }
    shops = {
        "market": {"customers": 150, "days": 28},
        "need": {"mean": 3.0},
        "firms": [{"name": "ours", "cost": 0.6, "strategies": programmes}, {"name": "theirs", "cost": 0.6}],
    }
    market = Scenario(shops).market(log="memory")
    for _ in range(market.ticks):
        market.step()
    purchases, events = market.log.purchases(), market.log.events()
    spent = reward_costs(purchases, events, firm="ours")
    books = market.ledger.value("discounts", 0) + market.ledger.value("rewards", 0)
    assert books > 0 and sum(spent.values()) == pytest.approx(books, abs=1e-3)
    assert spent["first_rewards"] > 0 and spent["later_rewards"] > spent["first_rewards"]
    table = funnel(purchases, events, firm="ours", customers=150, costs=spent)
    own = purchases[purchases["firm"] == "ours"]
    assert table.loc["conversion", "times"] + table.loc["repurchase", "times"] == len(own)
    assert (table["rate"].dropna() <= 1).all()
    market.close()
