"""A market in a small currency unit is the same market: sums beyond 64 bits are exact, and so is what is made of them."""

import numpy as np
import pytest

from regulars import Market, Scenario
from regulars.lab.lockstep import replicate
from regulars.measures.tally import Tally
from regulars.world.desk import Desk

SMALL_UNIT = 2.0**30  # so that sensitivities are divided exactly
ARM = "programmes"


def shops(unit):
    """Three thousand customers who pay about 8 a day, or 8.6e9 in a unit that is worth so much less: 2.6e13 a day."""
    mug = {"name": "mug", "kind": "good", "points": 8.0, "worth": unit, "cost": 0.5 * unit}
    programmes = {
        "everyday_low_price": {"discount": 0.25},
        "threshold_rebate": {"days": 2, "window": 3, "rate": 0.25},
        "membership": {"fee": 0.5 * unit, "benefit": 0.5 * unit, "cost": 0.125 * unit, "period": 4.0},
        "points": {"per_unit": 1.0 / unit, "rewards": [mug, {**mug, "name": "off", "kind": "coupon"}], "lot": 1.0,
                   "purchase_valid": 3.0, "review_valid": 1.0, "share_valid": 1.0},
    }  # fmt: skip
    return {
        "market": {"customers": 3000, "days": 7, "seed": 4, "focal": "ann", "window": 3.0},
        "need": {"process": "calendar"},
        "choice": {"price_sensitivity": 0.5 / unit, "outside": True, "outside_utility": -5.0},
        "cost_to_serve": {"on": True, "cost": 0.25 * unit},
        "turnover": {"exit_rate": 20.0},
        "firms": [
            {"name": "ann", "price": 8.0 * unit, "cost": 5.0 * unit, "rent": 100.0},
            {"name": "bob", "price": 7.5 * unit, "cost": 5.0 * unit},
        ],
        "arms": {ARM: {"strategies": programmes}},
    }


def lived(unit):
    """Control and arm after the week, and what the arm's customers did there."""
    scenario = Scenario(shops(unit))
    control = scenario.market()
    arm = scenario.arm(ARM).market(against=control)
    tally = Tally(0, 3000, 7.0, 3.0)
    for _ in range(7):
        control.step()
        arm.step()
        tally.add(arm.latest())
    return control, arm, tally


@pytest.fixture(scope="module")
def both():
    return lived(1.0), lived(SMALL_UNIT)


def test_the_sums_do_not_fit_into_a_word(both):
    """What the test is about: one day of one firm is more than 64 bits hold."""
    _, large, tally = both[1]
    assert max(large.totals.listed.max(), large.ledger.balance("cost_of_goods", 1)) > 2**63
    assert sum(tally.spent.tolist()) > 2**63 > tally.spent.max()


def test_books_and_totals_are_the_same_in_another_unit(both):
    for small, large in zip(both[0][:2], both[1][:2], strict=True):
        factor = int(SMALL_UNIT)
        large.ledger.check(large.totals.arrays())
        for name in ("listed", "paid", "cost"):
            one, other = (getattr(market.totals, name) for market in (small, large))
            assert (other == one * factor).all() and other.sum() == one.sum() * factor and one.sum() > 0
        for account, balances in small.ledger.money.items():
            if account in (
                "rewards",
                "liability",
            ):  # what points cost is booked to the millionth, coarser where the unit is large
                assert all(abs(large.ledger.money[account] - balances * factor) <= factor), account
            elif account not in (
                "cash",
                "rent",
            ):  # the rent is so little on purpose: a millionth beside 2.6e13
                assert (large.ledger.money[account] == balances * factor).all(), account
        assert large.ledger.balance("rent", 0) == small.ledger.balance("rent", 0) == 700_000_000
        # a reward is split to the millionth, which is a coarser one where the unit is large
        assert large.ledger.by_source.tolist() == [
            pytest.approx([amount * factor for amount in row], rel=1e-5)
            for row in small.ledger.by_source.tolist()
        ]
        for account, balances in small.ledger.points.items():
            assert (large.ledger.points[account] == balances).all(), account
        for strategy, rewards in small.ledger.by_strategy.items():
            off = abs(large.ledger.by_strategy[strategy] - rewards * factor)
            assert off <= factor * (strategy[1] == "points"), strategy
    used = {row["account"] for row in both[1][1].ledger.table() if row["amount"]}
    assert {"rewards", "discounts", "fees", "overhead", "redeemed", "expired", "forfeited"} <= used


def test_measures_are_the_same_in_another_unit(both):
    (_, small, one), (_, large, other) = both
    assert other.share_of_requirements() == pytest.approx(one.share_of_requirements(), rel=1e-14)
    assert 0 < one.share_of_requirements() < 1
    for firm in (0, 1):
        mine, its = (Desk(market.firms[firm]).till(3.0) for market in (small, large))
        money = tuple(np.array([till.listed, till.paid, till.goods]) for till in (mine, its))
        assert its.purchases == mine.purchases and (money[1] == money[0] * SMALL_UNIT).all()
        assert large.firms[firm].gross_sales == small.firms[firm].gross_sales * SMALL_UNIT


def test_a_comparison_is_the_same_in_another_unit():
    """Every cell of the attribution, its margin and its reward, and what they add up to."""
    one, other = (replicate(Scenario(shops(unit)), (ARM,), 4, 0) for unit in (1.0, SMALL_UNIT))
    for small, large in zip(one["attribution"], other["attribution"], strict=True):
        assert {**large, "margin": 0, "reward": 0} == {**small, "margin": 0, "reward": 0}
        assert large["margin"] == small["margin"] * SMALL_UNIT
        assert large["reward"] == pytest.approx(
            small["reward"] * SMALL_UNIT, rel=1e-5
        )  # split to the millionth
    assert max(abs(row["margin"]) for row in other["attribution"]) > 2**63 / 1e6
    metrics = [
        {(row["arm"], row["metric"]): row["value"] for row in table["metrics"]} for table in (one, other)
    ]
    for name in (
        "revenue",
        "incremental_revenue",
        "incremental_profit",
        "reward_cost",
        "liability",
    ):
        coarse = 0.0 if "revenue" in name else 1e-6 * SMALL_UNIT  # a millionth of what points cost
        assert metrics[1][ARM, name] == pytest.approx(
            metrics[0][ARM, name] * SMALL_UNIT, rel=1e-15, abs=coarse
        ), name
    cells = sum(row["margin"] - row["reward"] for row in other["attribution"])
    assert cells == pytest.approx(metrics[1][ARM, "incremental_profit"], rel=1e-12)


def test_a_market_beyond_a_word_is_saved_whole(both, tmp_path):
    market = Scenario(shops(SMALL_UNIT)).arm(ARM).market()
    for _ in range(4):
        market.step()
    again = Market.load(market.save(tmp_path / "market"))
    for _ in range(3):
        market.step()
        again.step()
    assert again.ledger.table() == market.ledger.table()
    assert all(np.array_equal(a, market.totals.arrays()[name]) for name, a in again.totals.arrays().items())
    assert again.totals.listed.sum() > 2**63
