"""Comparing arms: pairing, attribution, placebo, and what must be refused."""

import numpy as np
import pytest

from regulars.ground.errors import RegularsError
from regulars.lab.compare import compare
from regulars.lab.comparison import UNITS
from regulars.lab.over_replicates import break_even
from regulars.scenario import CONTROL, Scenario

SHOPS = {
    "about": {"title": "three shops"},
    "market": {"customers": 300, "days": 84, "window": 28, "focal": "ann", "currency": "yuan"},
    "need": {"process": "calendar", "attendance": 0.7},
    "taste": {"concentration": 1.5},
    "choice": {"outside": True, "outside_utility": -3.0, "price_sensitivity": 3.0},
    "spending": {"basket": {"distribution": "lognormal", "mean": 30, "sd": 10}, "variation": 0.4},
    "switching": {"relation": 0.4},
    "firms": [{"name": name, "price": 1.0, "cost": 0.75} for name in ("ann", "bob", "cy")],
    "arms": {
        "rebate": {"strategies": {"threshold_rebate": {"rate": 0.2, "days": 4}}},
        "cheaper": {"strategies": {"everyday_low_price": {"discount": 0.05}}},
        "placebo": {"strategies": {"threshold_rebate": {"rate": 0.0}}},
    },
}


@pytest.fixture(scope="module")
def result():
    return compare(Scenario(SHOPS), replicates=3, jobs=1)


def test_attribution_reconciles_with_profit(result):
    table = result.attribution
    by_cells = (table["margin"] - table["reward"]).groupby([table["arm"], table["replicate"]]).sum()
    profit = result.wide("incremental_profit")
    for (arm, replicate), total in by_cells.items():
        assert total == pytest.approx(profit.loc[replicate, arm], abs=0.005)


def test_reward_cells_sum_to_reward_cost(result):
    cells = result.attribution[result.attribution["cell"].isin(["kept", "won", "created", "unearned"])]
    spent = cells.groupby(["arm", "replicate"])["reward"].sum()
    cost = result.wide("reward_cost")
    for (arm, replicate), total in spent.items():
        assert total == pytest.approx(cost.loc[replicate, arm], abs=0.005)


def test_cells_count_every_opportunity_of_the_firm(result):
    for arm in result.arms:
        rows = result.attribution[(result.attribution["arm"] == arm) & (result.attribution["replicate"] == 0)]
        count = rows.groupby("cell")["opportunities"].sum()
        purchases = result.wide("purchases").loc[0]
        assert count["kept"] + count["won"] + count["created"] == purchases[arm]
        assert count["kept"] + count["lost"] + count["foregone"] == purchases[CONTROL]


def test_a_placebo_changes_nothing_at_all(result):
    metrics = result.metrics.pivot_table(
        index=["replicate", "metric"], columns="arm", values="value", dropna=False
    )
    same = metrics.drop(
        index=["incremental_profit", "incremental_revenue", "incremental_purchases", "members"],
        level="metric",
    )
    np.testing.assert_array_equal(same["placebo"].fillna(-1)[same[CONTROL].notna()], same[CONTROL].dropna())
    assert (result.wide("incremental_profit")["placebo"] == 0).all()


def test_programmes_do_change_something(result):
    assert (result.wide("incremental_purchases")[["rebate", "cheaper"]] > 0).all().all()
    assert (result.wide("reward_cost")[["rebate", "cheaper"]] > 0).all().all()


def test_a_price_cut_only_moves_choices_to_the_cheaper_firm(result):
    rows = result.attribution[(result.attribution["arm"] == "cheaper")].groupby("cell")["opportunities"].sum()
    assert rows["won"] > 0 and rows["created"] > 0
    # without programmes in the way nobody leaves a firm because it got cheaper; switching costs let some follow later
    assert rows["lost"] + rows["foregone"] < 0.1 * (rows["won"] + rows["created"])


def test_pairing_pays(result):
    gains = result.pairing_gain()
    assert gains["cheaper"] > 3 and gains["placebo"] == float("inf")


def test_the_same_on_any_number_of_processes(result):
    other = compare(Scenario(SHOPS), replicates=3, jobs=2)
    for table in ("metrics", "attribution", "daily", "customers"):
        assert getattr(result, table).equals(getattr(other, table))


def test_ranking_is_ordered_and_probabilities_are_shares(result):
    ranking = result.ranking()
    assert ranking["incremental_profit"].is_monotonic_decreasing
    assert ranking["p_best"].sum() + result.p_control_best() <= 1 + 1e-12
    assert set(result.metrics["metric"]) == set(UNITS)


def test_an_arm_can_lose_to_doing_nothing():
    generous = {**SHOPS, "arms": {"giveaway": {"strategies": {"everyday_low_price": {"discount": 0.5}}}}}
    loser = compare(Scenario(generous), replicates=2, jobs=1)
    assert loser.p_control_best() == 1.0
    assert loser.ranking().loc[0, "p_best"] == 0.0


def test_randomised_members_show_no_self_selection():
    arms = {
        "random": {"strategies": {"threshold_rebate": {"rate": 0.2, "days": 4, "enrolment": "randomised"}}}
    }
    big = Scenario({**SHOPS, "arms": arms}).set({"market.customers": 3000})
    gap = compare(big, replicates=4, jobs=1).wide("selection_gap")["random"]
    assert abs(gap.mean()) < 4 * gap.std() / np.sqrt(len(gap)) + 1e-9


def test_offered_membership_shows_self_selection():
    arms = {
        "offered": {
            "strategies": {
                "threshold_rebate": {"rate": 0.2, "days": 4, "enrolment": "offered", "effort": 200.0}
            }
        }
    }
    gap = compare(Scenario({**SHOPS, "arms": arms}), replicates=2, jobs=1).wide("selection_gap")["offered"]
    assert (gap > 0).all()


def test_an_arm_may_not_change_the_people():
    wrong = {**SHOPS, "arms": {"bad": {"set": {"need.attendance": 0.9}}}}
    with pytest.raises(RegularsError, match=r'arms\.bad\.set\."need\.attendance": this changes \[need\]'):
        compare(Scenario(wrong), replicates=1)


def test_nothing_to_compare_is_said():
    with pytest.raises(RegularsError, match="nothing to compare"):
        compare(Scenario({**SHOPS, "arms": {}}), replicates=1)
    with pytest.raises(RegularsError, match="replicates = 0"):
        compare(Scenario(SHOPS), replicates=0)


def test_uncertain_values_are_drawn_anew_in_each_replicate_and_widen_the_answer():
    certain = Scenario({**SHOPS, "arms": {"cheaper": SHOPS["arms"]["cheaper"]}})
    doubtful = certain.set({"uncertainty": {"choice.price_sensitivity": 1.5}})
    narrow = compare(certain, replicates=8, jobs=1).wide("incremental_profit")["cheaper"]
    wide = compare(doubtful, replicates=8, jobs=1).wide("incremental_profit")["cheaper"]
    assert narrow[0] != wide[0]  # the first replicate is drawn like all others
    assert wide.std() > 1.5 * narrow.std()


@pytest.mark.slow
def test_more_replicates_narrow_chance_but_not_doubt():
    certain = Scenario({**SHOPS, "arms": {"cheaper": SHOPS["arms"]["cheaper"]}})
    doubtful = certain.set({"uncertainty": {"choice.price_sensitivity": 1.0}})

    def width(scenario, replicates):
        row = compare(scenario, replicates=replicates, jobs=1).ranking().iloc[0]
        return row["high"] - row["low"]

    assert width(certain, 48) < 0.6 * width(certain, 12)
    assert width(doubtful, 48) > 0.6 * width(doubtful, 12)


@pytest.mark.parametrize(
    ("uncertainty", "message"),
    [
        ({"need.atendance": 0.1}, r"uncertainty\.need\.atendance: .* did you mean 'need.attendance'"),
        ({"need.attendance": -0.1}, "0 or above"),
        ({"need.process": 0.1}, "not one number of the scenario"),
        ({"firms.0.price": 0.1, "firms.ann.price": 0.2}, "another name means the same number"),
    ],
)
def test_a_wrong_uncertainty_is_told(uncertainty, message):
    with pytest.raises(RegularsError, match=message):
        compare(Scenario(SHOPS).set({"uncertainty": uncertainty}), replicates=2, jobs=1)


def test_doubt_about_a_zero_stays_within_bounds():
    scenario = Scenario(SHOPS).set({"switching.relation": 0.0, "uncertainty": {"switching.relation": 0.5}})
    assert compare(scenario, replicates=4, jobs=1).replicates == 4


def test_doubt_about_a_distribution_is_about_its_mean():
    scenario = Scenario(SHOPS).set({"uncertainty": {"spending.basket": 10.0}})
    revenue = compare(scenario, replicates=6, jobs=1).wide("revenue")[CONTROL]
    assert revenue.std() > 2 * compare(Scenario(SHOPS), replicates=6, jobs=1).wide("revenue")[CONTROL].std()


@pytest.mark.parametrize(
    ("gained", "day"),
    [
        ([1, 2, 3], 0.0),
        ([-1, -2, 1, 2], 3.0),
        ([-1, 1, -1, 1], 4.0),
        ([1, 1, -1], None),
        ([-3, -2, -1], None),
    ],
)
def test_break_even_is_the_day_from_which_it_stays_paid_back(gained, day):
    found = break_even(gained)
    assert np.isnan(found) if day is None else found == day
