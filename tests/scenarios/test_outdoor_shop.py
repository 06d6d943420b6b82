"""X3: the outdoor-gear shop with the car sweepstake. No claim of the source hangs on it, but that it makes customers stick."""

import numpy as np
import pytest

from regulars import compare, load

PROVES = ("X3",)
SHOP = load("scenarios/outdoor-shop.toml").set({"evidence.priors": "none"})  # at the means of what is assumed
CARS = "car_sweepstake"
CALCULATES = {"foresight.probability_weighting": 1.0, "foresight.value_curvature": 1.0}


@pytest.fixture(scope="module")
def result():
    return compare(SHOP, replicates=2, jobs=1)


@pytest.fixture(scope="module")
def year():
    return SHOP.arm(CARS).market(log="memory").run()


def test_four_customers_drive_for_half_a_year(year):
    """The numbers of the source: two cars, half a year each, four winners; the maker pays, the shop does not."""
    events = year.log.events()
    prizes = events[events["event"] == "prize"]
    assert prizes["time"].tolist() == [182.0, 182.0, 364.0, 364.0]
    assert prizes["customer"].nunique() == 4
    assert prizes["amount"].sum() == 80_000
    shop = year.names.index("trailhead")
    assert year.ledger.value("rewards", shop) == 0
    buyers = year.log.purchases().query("firm == 'trailhead'")["customer"]
    assert prizes["customer"].isin(buyers).all()


def test_the_other_arms_spend_what_the_cars_cost(result):
    paid = result.wide("reward_cost")
    for arm in ("cars_on_own_account", "same_money_off", "same_money_in_points"):
        assert paid[arm].mean() == pytest.approx(80_000, rel=0.08)


def test_who_pays_decides(result):
    """The same draw: a gain as long as the maker pays, a loss on the shop's own account, by 80,000 exactly."""
    gain, more = result.wide("incremental_profit"), result.wide("incremental_purchases")
    assert (gain[CARS] > 0).all() and (gain["cars_on_own_account"] < 0).all()
    assert np.allclose(gain[CARS] - gain["cars_on_own_account"], 80_000)
    assert (more[CARS] == more["cars_on_own_account"]).all()
    assert (gain[["same_money_off", "same_money_in_points", "better_service"]] < 0).all(axis=None)


def test_a_small_chance_of_a_car_moves_more_than_its_worth_in_money(result):
    more = result.wide("incremental_purchases")
    assert (more[CARS] > 1.3 * more["same_money_off"]).all()
    assert (more[CARS] > 1.3 * more["same_money_in_points"]).all()


def test_who_calculates_is_moved_by_the_money_only(result):
    """Negative control: chances felt at their worth, and the cars move no more than the discount (whose worth is higher)."""
    sober = compare(SHOP.set(CALCULATES), replicates=2, arms=(CARS, "same_money_off"), jobs=1)
    more = sober.wide("incremental_purchases").mean()
    assert 0 < more[CARS] < 1.2 * more["same_money_off"]
    assert more[CARS] < 0.75 * result.wide("incremental_purchases")[CARS].mean()


def test_nothing_stays_when_the_cars_are_gone():
    """Attention, not loyalty: half a year with the draw, then half a year without, against never having had it."""
    half = SHOP.set({"market.customers": 6000})
    control, arm = half.arm("control").market(), half.arm(CARS).market()
    shop = control.names.index("trailhead")
    for _ in range(182):
        control.step()
        arm.step()
    then = arm.branch({"firms.trailhead.strategies": {}})
    before = [market.firms[shop].purchases for market in (control, arm)]
    assert before[1] > 1.08 * before[0]
    for market in (control, then):
        market.run()
    after = [
        market.firms[shop].purchases - sold for market, sold in zip((control, then), before, strict=True)
    ]
    assert abs(after[1] / after[0] - 1) < 0.03


def test_a_small_shop_has_nothing_to_offer_the_maker(year):
    """What a ticket holder costs the maker falls with the number of customers: 'if my group is large enough'."""

    def cost(market):
        holders = market.log.purchases().query("firm == 'trailhead'")["customer"].nunique()
        return 80_000 / holders

    small = SHOP.arm(CARS).set({"market.customers": 500}).market(log="memory").run()
    assert cost(small) > 4 * cost(year)
