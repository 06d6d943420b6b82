"""X12, a premium brand that rewards its customers: what cheap looks cost, and whether rewards have to be money.

Claims: C12 (cheap rewards damage a premium brand) and C13 (rewards that are not money work as well). The document names no
numbers: elasticity, margin and the money that each arm spends are held against what the scenario says of them.
"""

from pathlib import Path

import numpy as np
import pytest

from regulars import compare, load

PROVES = ("X12",)
SCENARIO = load(Path(__file__).parents[2] / "scenarios" / "premium-brand.toml")
SMALL = {"market.customers": 1000, "market.days": 546}


@pytest.fixture(scope="module")
def result():
    return compare(SCENARIO, replicates=2, jobs=1)


def gains(result, arm):
    """Incremental profit of an arm by replicate."""
    return result.wide("incremental_profit")[arm].to_numpy()


def clear(values):
    """Mean of paired differences over its standard error."""
    return values.mean() / (values.std(ddof=1) / np.sqrt(values.size))


def test_the_house_is_what_the_scenario_says(result):
    """Gross margin 70%; an own-price elasticity of about -1.5, less than the mean over categories."""
    control = {m: result.wide(m)["control"].mean() for m in ("profit", "revenue")}
    assert control["profit"] / control["revenue"] == pytest.approx(0.7, abs=0.001)
    sold = [
        sum(SCENARIO.set({"firms.maison.price": p}).market(replicate=r).run().firm("maison").purchases for r in range(2))
        for p in (79.0, 81.0)
    ]  # fmt: skip
    elasticity = (sold[1] - sold[0]) / (0.5 * sum(sold)) / (2.0 / 80.0)
    assert -2.0 < elasticity < -1.0


def test_every_arm_spends_about_the_same_money(result):
    rewards, staff = result.wide("reward_cost").mean(), result.wide("staff").mean()
    spent = [rewards["privileges"], staff["better_service"], rewards["everyday_low_price"]]
    assert spent == pytest.approx([rewards["fitting_points"]] * 3, rel=0.05)
    assert 0.75 < rewards["cheap_points"] / rewards["fitting_points"] < 1  # fewer purchases earn fewer gifts
    assert 0.75 < rewards["cheap_coupons"] / rewards["fitting_points"] < 1


def test_cheap_rewards_damage_a_premium_brand(result):
    """C12: the same points and the same gifts; what looks cheap loses far more than it costs."""
    cheap, fitting, coupons = (
        gains(result, arm) for arm in ("cheap_points", "fitting_points", "cheap_coupons")
    )
    assert clear(fitting - cheap) > 4 and clear(cheap) < -4 and clear(coupons) < -4
    spent = result.wide("reward_cost")
    assert (-cheap > 2 * spent["cheap_points"]).all() and (-coupons > 1.2 * spent["cheap_coupons"]).all()
    assert (result.wide("retention")["cheap_points"] < result.wide("retention")["control"]).all()


def test_only_who_promises_something_can_break_a_promise(result):
    """Controls, to the cent: an ordinary brand, and customers who do not notice, make cheap gifts as good as fitting ones."""
    wide = result.wide("profit")
    assert (wide["ordinary_brand"] == wide["fitting_points"]).all()
    blind = SCENARIO.set({**SMALL, "image.on": False})
    cheap, fitting = (
        blind.arm(arm).market().run().firm("maison").profit for arm in ("cheap_points", "fitting_points")
    )
    assert cheap == fitting


def test_the_more_is_promised_the_more_is_lost():
    profits = [
        SCENARIO.arm("cheap_points").set({**SMALL, "firms.maison.brand": brand}).market().run().firm("maison").profit
        for brand in (0.1, 0.5, 0.9)
    ]  # fmt: skip
    assert profits[0] > profits[1] + 1000 and profits[1] > profits[2] + 1000


def test_what_is_not_money_works_as_well_where_prices_matter_little(result):
    """C13: privileges beat gifts and a lower price here; where prices matter three times as much the order turns round."""
    privileges, low_price = (gains(result, arm) for arm in ("privileges", "everyday_low_price"))
    assert clear(privileges) > 3 and (privileges > gains(result, "fitting_points")).all()
    assert (privileges > low_price).all()
    tight = {
        **SMALL,
        "choice.price_sensitivity": {"distribution": "lognormal", "mean": 0.12, "sd": 0.06},
        "choice.outside_utility": -8.9,
    }
    arms = ("privileges", "everyday_low_price")
    poor = compare(SCENARIO.set(tight), replicates=3, arms=arms, jobs=1)
    assert (gains(poor, "everyday_low_price") > gains(poor, "privileges")).all()


def test_a_privilege_nobody_feels_only_costs():
    """Control: without worth the privileged buy what they would have bought, and the firm pays for it."""
    empty = SCENARIO.set({**SMALL, "arms.privileges.strategies.privileges.worth": 0.0})
    table = compare(empty, replicates=2, arms=("privileges",), jobs=1)
    assert (table.wide("incremental_purchases")["privileges"] == 0).all()
    assert gains(table, "privileges") == pytest.approx(-table.wide("reward_cost")["privileges"].to_numpy())
