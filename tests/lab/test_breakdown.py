"""Results by month and by segment: by hand from small tables, from the logs of two worlds, and against the totals."""

import math

import numpy as np
import pandas as pd
import pytest

from regulars.ground.errors import RegularsError
from regulars.lab import segments
from regulars.lab.compare import compare
from regulars.lab.comparison import Comparison
from regulars.measures.tally import Tally
from regulars.scenario import CONTROL, Scenario
from regulars.world.calendar import MONTH

T3 = 4.30265  # Student's t, 97.5%, for three replicates
SHOPS = {
    "market": {"customers": 240, "days": 112, "focal": "bob"},
    "need": {"mean": 1.5, "shape": 1.0},
    "choice": {"outside": True, "outside_utility": -1.0, "price_sensitivity": 2.0},
    "firms": [{"name": "ann", "cost": 0.6}, {"name": "bob", "cost": 0.5}],
    "arms": {
        "club": {"strategies": {"threshold_rebate": {"rate": 0.2, "days": 2, "window": 14}, "coupons": {}}},
        "points": {"strategies": {"points": {}}},
        "nothing": {"set": {"firms.bob.price": 1.0}},
    },
}  # fmt: skip


def by_hand(days, flows, rows=(), customers=10):
    """A comparison of one arm with so much profit, revenue and purchases by day: flows[arm][replicate][day] = (profit, revenue, purchases)."""
    daily = pd.DataFrame(
        [
            (arm, r, float(d + 1), *np.sum(path[: d + 1], axis=0))
            for arm, replicates in flows.items() for r, path in enumerate(replicates) for d in range(days)
        ],
        columns=["arm", "replicate", "day", "profit", "revenue", "purchases"],
    )  # fmt: skip
    scenario = Scenario({"market": {"customers": customers, "days": days}, "firms": [{"name": "a"}]})
    count, none = len(flows[CONTROL]), pd.DataFrame()
    told = pd.DataFrame(
        rows, columns=["arm", "replicate", "by", "segment", "customers", "buyers", "purchases", "revenue", "contribution"]
    )  # fmt: skip
    return Comparison(scenario, "a", ("x",), count, 1, none, none, daily, none, segments=told)


@pytest.fixture(scope="module")
def months():
    """61 days: two months of 31 and 30. The arm earns 1 more a day and sells twice as much; replicates differ in the level."""
    control = [[(level, 2.0 * level, 1)] * 61 for level in (1.0, 2.0, 6.0)]
    arm = [[(level + 1.0, 4.0 * level, 2)] * 61 for level in (1.0, 2.0, 6.0)]
    return by_hand(61, {CONTROL: control, "x": arm})


def of(table, arm, metric):
    return table[(table["arm"] == arm) & (table["metric"] == metric)]


def test_months_by_hand(months):
    table = months.by_month()
    assert list(table["arm"].unique()) == [CONTROL, "x"]
    assert list(of(table, CONTROL, "profit")["mean"]) == [3 * 31, 3 * 30]
    assert of(table, "x", "profit")[["month", "from_day", "to_day"]].to_numpy().tolist() == [
        [1, 1, 31],
        [2, 32, 61],
    ]
    gained = of(table, "x", "incremental_profit")
    assert gained["mean"].tolist() == pytest.approx([31, 30]) and gained["se"].tolist() == pytest.approx(
        [0, 0]
    )
    revenue = of(table, "x", "incremental_revenue").iloc[0]
    sd = np.std([62.0, 124.0, 372.0], ddof=1)
    assert revenue["mean"] == pytest.approx(186) and revenue["se"] == pytest.approx(sd / math.sqrt(3))
    assert revenue["high"] == pytest.approx(186 + T3 * sd / math.sqrt(3), rel=1e-5)
    assert of(table, "x", "incremental_purchases")["mean"].tolist() == [31, 30]
    assert of(table, CONTROL, "incremental_profit").empty
    assert set(table["unit"]) == {"currency", "purchases"} and set(table["per"]) == {"market"}


def test_months_are_those_of_the_cost_sheet():
    """A cost of 1 on the first day of each month falls once in every month of a year."""
    table = {
        "market": {"customers": 5, "days": 365},
        "firms": [{"name": "a"}],
        "arms": {"x": {"strategies": {"cost_sheet": {"monthly": 1.0}}}},
    }
    found = of(compare(table, replicates=1, jobs=1).by_month(), "x", "incremental_profit")
    assert found["mean"].tolist() == pytest.approx([-1.0] * 12) and MONTH == 365.25 / 12


def test_from_the_start_to_the_end_of_each_month(months):
    table = months.by_month(cumulative=True)
    assert of(table, "x", "incremental_profit")["mean"].tolist() == pytest.approx([31, 61])
    assert of(table, "x", "purchases")["mean"].tolist() == [62, 122]


def test_money_is_discounted_day_by_day_and_purchases_are_not(months):
    table = months.by_month(discount_rate=0.1)
    worth = [sum(1.1 ** (-d / 365.25) for d in days) for days in (range(1, 32), range(32, 62))]
    assert of(table, "x", "incremental_profit")["mean"].tolist() == pytest.approx(worth)
    assert of(table, "x", "purchases")["mean"].tolist() == [62, 60] and set(table["discount_rate"]) == {0.1}
    assert set(months.by_month()["discount_rate"]) == {0.0}


def test_a_chain_of_stores_and_one_customer(months):
    whole, chain = (
        of(months.by_month(), "x", "incremental_revenue"),
        of(months.by_month(scale=40), "x", "incremental_revenue"),
    )
    numbers = ["mean", "se", "low", "high", "p05", "p95"]
    assert np.allclose(chain[numbers], 40 * whole[numbers]) and set(chain["scale"]) == {40.0}
    one = of(months.by_month(per_customer=True), "x", "incremental_revenue")
    assert np.allclose(one[numbers], whole[numbers] / 10)
    assert set(one["unit"]) == {"currency per customer"} and set(one["per"]) == {"customer"}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"scale": 0}, "scale = 0 will not do"), ({"scale": math.nan}, "scale"), ({"discount_rate": -1.0}, "discount_rate = -1"),
        ({"discount_rate": "8%"}, "discount_rate"), ({"per_customer": 1}, "true or false"),
        ({"per_customer": True, "scale": 2.0}, "does not go with per_customer"),
    ],
)  # fmt: skip
def test_terms_that_make_no_sense_are_refused(months, wrong, told):
    with pytest.raises(RegularsError, match=told):
        months.by_month(**wrong)


def test_segments_by_hand():
    """Two customers of three are heavy in the first replicate, none is in the second."""
    rows = [
        (CONTROL, 0, "tenure", "old", 2, 2, 10, 20.0, 8.0), (CONTROL, 0, "tenure", "new", 1, 0, 0, 0.0, 0.0),
        (CONTROL, 1, "tenure", "old", 0, 0, 0, 0.0, 0.0), (CONTROL, 1, "tenure", "new", 3, 1, 2, 4.0, 2.0),
        ("x", 0, "tenure", "old", 2, 2, 16, 30.0, 11.0), ("x", 0, "tenure", "new", 1, 1, 1, 2.0, 1.0),
        ("x", 1, "tenure", "old", 0, 0, 0, 0.0, 0.0), ("x", 1, "tenure", "new", 3, 2, 3, 6.0, 5.0),
        *((arm, r, "tenure", segments.NOT_BY_CUSTOMER, 0, 0, 0, 0.0, c) for arm, r, c in ((CONTROL, 0, -1.0), (CONTROL, 1, -1.0), ("x", 0, -3.0), ("x", 1, -4.0))),
    ]  # fmt: skip
    found = by_hand(1, {CONTROL: [[(0, 0, 0)]] * 2, "x": [[(0, 0, 0)]] * 2}, rows)
    table = found.by_segment("tenure").set_index(["arm", "segment", "metric"])["mean"]
    assert (
        table["x", "old", "incremental_contribution"] == 1.5
        and table["x", "new", "incremental_contribution"] == 2.0
    )
    assert table["x", segments.NOT_BY_CUSTOMER, "incremental_contribution"] == -2.5
    assert table["x", "old", "incremental_purchases"] == 3.0 and table[CONTROL, "new", "revenue"] == 2.0
    sizes = found.by_segment().query("metric == 'revenue'").set_index(["arm", "segment"])
    assert sizes.loc[("x", "old"), ["customers", "buyers"]].tolist() == [1.0, 1.0]
    assert sizes.loc[(CONTROL, "new"), ["customers", "buyers"]].tolist() == [2.0, 0.5]
    one = found.by_segment(per_customer=True).set_index(["arm", "segment", "metric"])["mean"]
    assert one["x", "old", "incremental_revenue"] == 5.0  # of the replicate that has such customers
    assert one["x", "new", "incremental_revenue"] == pytest.approx((2.0 + 2 / 3) / 2)
    assert segments.NOT_BY_CUSTOMER not in one.index.get_level_values("segment")
    with pytest.raises(RegularsError, match="'tenur' will not do: did you mean 'tenure'"):
        found.by_segment("tenur")


def test_light_medium_and_heavy_buyers():
    """Of nine buyers with 1, 1, 1, 2, 2, 3, 5, 6, 7 purchases the lowest third has 1, and two thirds at most 3."""
    tally = Tally(0, 11, 100.0, 10.0)
    tally.early[:9] = [1, 1, 1, 2, 2, 3, 5, 6, 7]
    found = segments.by_early_purchases(tally)
    names = {name: np.flatnonzero(mask).tolist() for name, mask in found["purchases"].items()}
    assert names == {"heavy": [6, 7, 8], "medium": [3, 4, 5], "light": [0, 1, 2], "none": [9, 10]}
    assert found["tenure"]["old"].sum() == 9 and found["tenure"]["not seen yet"].sum() == 2
    tally.early[:] = 0
    assert [mask.sum() for mask in segments.by_early_purchases(tally)["purchases"].values()] == [0, 0, 0, 11]
    tally.early[:4] = 1
    assert [mask.sum() for mask in segments.by_early_purchases(tally)["purchases"].values()] == [0, 0, 4, 7]


@pytest.fixture(scope="module")
def found():
    return compare(Scenario(SHOPS), replicates=2, seed=3, jobs=1, segments=["basket", "attraction", "taste"])


def test_segments_hold_everybody_once_and_sum_to_the_profit(found):
    for by in ("purchases", "tenure", "basket", "attraction", "taste"):
        rows = found.segments[found.segments["by"] == by]
        assert (rows.groupby(["arm", "replicate"])["customers"].sum() == 240).all()
        for column, metric in (
            ("contribution", "profit"),
            ("revenue", "revenue"),
            ("purchases", "purchases"),
            ("buyers", "buyers"),
        ):
            sums = rows.groupby(["replicate", "arm"])[column].sum().unstack()
            assert np.allclose(sums, found.wide(metric)[sums.columns], atol=1e-6), (by, metric)
    assert set(found.by_segment("taste")["segment"]) == {"low", "middle", "high", segments.NOT_BY_CUSTOMER}


def test_months_sum_to_the_run(found):
    table = found.by_month()
    for metric in ("profit", "revenue", "purchases", "incremental_profit", "incremental_revenue"):
        means = table[table["metric"] == metric].groupby("arm")["mean"].sum()
        assert means.to_dict() == pytest.approx({arm: found.wide(metric)[arm].mean() for arm in means.index})


def test_segments_are_the_same_people_in_all_arms(found):
    sizes = found.segments.pivot(index=["replicate", "by", "segment"], columns="arm", values="customers")
    assert (sizes.T == sizes[CONTROL]).all(axis=None)
    still = found.by_segment().query("arm == 'nothing' and metric == 'incremental_contribution'")
    assert (still["mean"] == 0).all() and len(still) > 8


def test_contribution_by_segment_is_that_of_the_log(found):
    """Buyers of the control's first 28 days of 112: what they paid, less cost of goods and rewards."""
    control = Scenario(SHOPS).arm(CONTROL).market(seed=3, replicate=1, log="memory")
    arm = Scenario(SHOPS).arm("club").market(seed=3, replicate=1, against=control, log="memory")
    for _ in range(112):
        control.step()
        arm.step()
    base, log, events = control.log.purchases(), arm.log.purchases(), arm.log.events()
    old = set(base.loc[(base["firm"] == "bob") & (base["time"] < 28), "customer"])
    own = log[(log["firm"] == "bob") & log["customer"].isin(old)]
    rewards = events[
        (events["event"] == "reward") & (events["firm"] == "bob") & events["customer"].isin(old)
    ]["amount"].sum()
    rows = found.segments.query("arm == 'club' and replicate == 1 and by == 'tenure'").set_index("segment")
    assert rows.loc["old", "customers"] == len(old) > 20 and rewards > 0
    assert rows.loc["old", "revenue"] == pytest.approx(own["amount"].sum())
    assert rows.loc["old", "contribution"] == pytest.approx(
        own["amount"].sum() - 0.5 * own["quantity"].sum() - rewards
    )
    assert rows.loc[segments.NOT_BY_CUSTOMER, "contribution"] < 0  # coupons are sent


def test_columns_of_customers_are_checked_before_anything_runs():
    with pytest.raises(RegularsError, match="no 'bascet'; did you mean 'basket'"):
        compare(SHOPS, replicates=1, jobs=1, segments=["bascet"])
    with pytest.raises(RegularsError, match="a list of different names"):
        compare(SHOPS, replicates=1, segments="rate")


def test_few_values_are_segments_of_their_own():
    market = Scenario(SHOPS).market(seed=1)
    market.customers.basket[:] = np.arange(240) % 3
    found = segments.by_column(market.customers, 0, "basket")
    assert {name: int(mask.sum()) for name, mask in found.items()} == {"0": 80, "1": 80, "2": 80}
    market.customers.basket[:] = np.arange(240)
    assert [mask.sum() for mask in segments.by_column(market.customers, 0, "basket").values()] == [80, 80, 80]
    market.customers.basket[:] = np.arange(240) // 24  # ties at both thirds: everybody is in one of them
    found = segments.by_column(market.customers, 0, "basket")
    assert {name: int(mask.sum()) for name, mask in found.items()} == {"low": 96, "middle": 72, "high": 72}


def test_segments_travel_from_other_processes(found):
    other = compare(Scenario(SHOPS), replicates=2, seed=3, jobs=2, segments=["basket", "attraction", "taste"])
    assert other.segments.equals(found.segments) and other.by_month().equals(found.by_month())
