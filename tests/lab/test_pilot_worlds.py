"""Pilots in simulated worlds: what is seen is what happens there, deciding by a pilot earns more than without, and what is learned is carried on."""

import re

import numpy as np
import pandas as pd
import pytest

from regulars import Designs, Market, RegularsError, Scenario, compare, load, pilot, simulate_pilot, update
from regulars.ground.chance import Chance, purpose
from regulars.lab.asked import asked
from regulars.lab.pilot.outcome import Group, Outcome, outcome
from regulars.lab.pilot.planning import values_of
from regulars.lab.pilot.power import standard_errors
from regulars.lab.pilot.updating import weigh
from regulars.lab.pilot.weighing import weighted, weights
from regulars.lab.pilot.worlds import simulate
from regulars.lab.pilot.worth import worth

WORLDS, WEEKS, GROUP = 60, 4, 2000
SHOPS = {
    "market": {"customers": 100, "days": 84, "focal": "ours", "currency": "yuan"},
    "need": {"mean": 1.5},
    "choice": {"price_sensitivity": 6.0},
    "firms": [{"name": "ours", "price": 1.0, "cost": 0.5}, {"name": "theirs", "price": 1.0, "cost": 0.6}],
    "uncertainty": {"choice.price_sensitivity": 4.0},
    "arms": {
        "cheap": {"strategies": {"everyday_low_price": {"discount": 0.05}}},
        "rebate": {"strategies": {"threshold_rebate": {"days": 2, "rate": 0.1, "paid_as": "cash"}}},
    },
}
CERTAIN = {k: v for k, v in SHOPS.items() if k != "uncertainty"}


def scenario(**changes):
    return Scenario({**SHOPS, **changes})


@pytest.fixture(scope="module")
def worlds():
    there = scenario()
    return simulate(there, "cheap", (WEEKS,), asked(there, ["cheap"], WORLDS, None, 1))


# ---------------------------------------------------------------- what happens in a world


def test_what_customers_bring_adds_up_to_what_the_firm_earns(worlds):
    """A discount is in the customers' takings whole: the mean effect times the customers is the incremental profit at the end of the pilot."""
    seen = worlds.at(WEEKS, "contribution")
    earned = worlds.gain(WEEKS * 7)["cheap"].to_numpy()
    assert seen["effect"].to_numpy() * worlds.participants == pytest.approx(earned, abs=1e-6)
    assert worlds.participants == 100 and np.abs(earned).max() > 1
    whole = compare(scenario(), replicates=2, arms=["cheap"], jobs=1).wide("incremental_profit")["cheap"]
    assert worlds.gain(84)["cheap"][:2].tolist() == pytest.approx(
        whole.tolist()
    )  # the worlds of a comparison


def test_rewards_are_taken_off_what_customers_bring():
    there = scenario()
    found = simulate(there, "rebate", (WEEKS,), asked(there, ["rebate"], 2, None, 1))
    seen, earned = found.at(WEEKS, "contribution")["effect"], found.gain(WEEKS * 7)["rebate"]
    assert (seen * 100).tolist() == pytest.approx(earned.tolist(), abs=1e-6)
    paid = found.at(WEEKS, "spending")["effect"] * 100
    assert (paid - earned).min() > 1  # money alone would leave goods and rewards out


def test_what_drifts_is_what_the_control_does_later(worlds):
    there = scenario().set({"choice.price_sensitivity": 6.0, "uncertainty": {}})
    log = Market(there.arm("control"), replicate=0, log="memory").run().log.purchases()
    mine = log[log["firm"].astype(str) == "ours"]
    first, second = ((mine["time"] < 28).sum(), ((mine["time"] >= 28) & (mine["time"] < 56)).sum())
    certain = scenario(uncertainty={"choice.price_sensitivity": 0.0})
    found = simulate(certain, "cheap", (WEEKS,), asked(certain, ["cheap"], 1, None, 1)).at(WEEKS, "purchases")
    assert found["drift"][0] == pytest.approx((second - first) / 100)


def test_a_simulated_pilot_takes_some_from_each_world():
    there, how = Scenario(CERTAIN), {"weeks": WEEKS, "treated": 40, "held_out": 30, "measure": "spending"}
    table = simulate_pilot(there, "cheap", **how)
    assert table["group"].value_counts().to_dict() == {"treatment": 40, "holdout": 30}
    assert table["customer"].is_unique and table.equals(simulate_pilot(there, "cheap", **how))
    assert set(table["customer"]) != set(simulate_pilot(there, "cheap", **how, seed=9)["customer"])
    for group, arm in (("treatment", "cheap"), ("holdout", "control")):
        control = Market(there.arm("control"), log="memory")
        market = control if arm == "control" else Market(there.arm(arm), against=control, log="memory")
        for _ in range(28):
            control.step()
            if market is not control:
                market.step()
        log = market.log.purchases()
        mine = log[log["firm"].astype(str) == "ours"].groupby("customer")["amount"].sum()
        rows = table[table["group"] == group]
        assert rows["value"].tolist() == pytest.approx(mine.reindex(rows["customer"]).fillna(0.0).tolist())


# ---------------------------------------------------------------- deciding


def foretold(worlds, seen, error):
    """What each world in turn would earn after the pilot, were it the truth, and what the others say of it once its outcome is seen."""
    there = worlds.at(WEEKS, "contribution")
    effect, own = there["effect"].to_numpy(), there["sd_effect"].to_numpy() ** 2 / worlds.participants
    later = worlds.gain(84 - WEEKS * 7)["cheap"].to_numpy()
    for true in range(worlds.replicates):
        others = np.arange(worlds.replicates) != true
        weight = weights(effect[others], error[true] ** 2 + own[others], seen[true])
        yield later[true], weighted(later[others], weight)


def decided(worlds, seen, error):
    """What is earned after the pilot on average by choosing what the others say."""
    return float(
        np.mean([earned if told.mean > 0 else 0.0 for earned, told in foretold(worlds, seen, error)])
    )


def test_intervals_after_a_pilot_hold_what_is_earned(worlds):
    """Of sixty truths nine in ten or more lie in their 95% intervals, which are half as long as before the pilot on average."""
    there = worlds.at(WEEKS, "contribution")
    error = standard_errors(there["sd_treated"].to_numpy(), there["sd_held_out"].to_numpy(), GROUP, GROUP)
    noise = Chance(3).normal(purpose("test", "pilot"), np.arange(WORLDS))
    told = list(foretold(worlds, there["effect"].to_numpy() + error * noise, error))
    told = [
        (earned, one) for earned, one in told if np.isfinite(one.sd)
    ]  # others are left with fewer than two
    assert (
        len(told) > 0.9 * WORLDS and np.mean([one.low <= earned <= one.high for earned, one in told]) >= 0.9
    )
    before = weighted(worlds.gain(84 - WEEKS * 7)["cheap"].to_numpy(), np.full(WORLDS, 1 / WORLDS))
    assert np.median([one.high - one.low for _, one in told]) < 0.5 * (before.high - before.low)


def test_deciding_by_a_pilot_earns_more_than_deciding_without(worlds):
    """By two thousand customers a group at least half of what perfect knowledge would earn; by pure noise next to nothing."""
    there = worlds.at(WEEKS, "contribution")
    error = standard_errors(there["sd_treated"].to_numpy(), there["sd_held_out"].to_numpy(), GROUP, GROUP)
    later = worlds.gain(84 - WEEKS * 7)["cheap"].to_numpy()
    without, perfect = max(later.mean(), 0.0), np.maximum(later, 0.0).mean()
    assert perfect - without > 2  # yuan: there is something to decide
    noise = Chance(3).normal(purpose("test", "pilot"), np.arange(WORLDS))
    seen = there["effect"].to_numpy() + error * noise
    assert decided(worlds, seen, error) - without > 0.5 * (perfect - without)
    # what it was worth before it began is what it then brings: both are means over sixty worlds, each off by a sixth or so
    foreseen = worth(values_of(worlds), there["effect"].to_numpy(), error, later[:, None]).value
    assert foreseen == pytest.approx(decided(worlds, seen, error) - without, rel=0.35)
    # negative control: outcomes that have nothing to do with the world in which they are seen
    wide = np.full(WORLDS, 1e3)
    assert decided(worlds, wide * noise, wide) - without < 0.1 * (perfect - without)
    assert decided(worlds, np.roll(seen, 7), error) - without < 0.1 * (perfect - without)


def outcome_of(difference, error):
    """An outcome with this difference and this standard error."""
    sd = error * np.sqrt(1000 / 2)
    return Outcome(Group(1000, 5.0 + difference, sd), Group(1000, 5.0, sd))


def test_an_outcome_moves_the_answer_as_it_should(worlds):
    effect = worlds.at(WEEKS, "contribution")["effect"]
    high, low = (
        weigh(worlds, outcome_of(float(effect.quantile(q)), 0.05), WEEKS, "contribution", 1)
        for q in (0.9, 0.1)
    )
    money = [one.answer.set_index("arm").loc["cheap"] for one in (high, low)]
    assert (
        money[0]["before"] == money[1]["before"]
        and money[0]["after"] > money[0]["before"] > money[1]["after"]
    )
    assert (high.choice_before, high.choice_after, low.choice_after) == ("control", "cheap", "control")
    assert money[0]["p_best_after"] > 0.8 > 0.5 > money[0]["p_best_before"] > money[1]["p_best_after"]
    ends = money[0][["after_low", "after_high", "before_low", "before_high"]]
    assert ends["after_high"] - ends["after_low"] < ends["before_high"] - ends["before_low"]
    inputs = high.inputs.iloc[0]
    assert (
        inputs["input"] == "choice.price_sensitivity"
        and inputs["mean_after"] > inputs["mean_before"] + inputs["sd_before"] / 2
    )
    assert "Choose cheap (before: doing nothing)" in repr(high)
    for one in (high, low):
        assert one.answer["p_best_after"].sum() == pytest.approx(1.0) and one.surprise < 3


@pytest.mark.parametrize(("sensitivity", "choice"), [(2.0, "control"), (14.0, "cheap")])
def test_the_circle_closes(worlds, sensitivity, choice):
    """A pilot in a market whose customers mind prices little or much leads to what earns most there, which is not what was believed."""
    truth = Scenario(CERTAIN).set({"choice.price_sensitivity": sensitivity, "market.customers": 2000})
    table = simulate_pilot(truth, "cheap", WEEKS, treated=1000, held_out=1000)
    found = weigh(worlds, outcome(table, "contribution"), WEEKS, "contribution", 1)
    earned = compare(truth, replicates=1, arms=["cheap"], jobs=1).estimate("cheap").mean
    assert found.choice_before == "control" and found.choice_after == choice
    assert (earned > 0) == (choice == "cheap")


def test_a_pilot_that_tells_nothing_changes_nothing(worlds):
    """Negative control: an outcome with an error a thousand times what is possible."""
    found = weigh(worlds, outcome_of(0.0, 100.0), WEEKS, "contribution", 1)
    assert found.effective == pytest.approx(WORLDS, rel=1e-3) and found.notes == ()
    for what in ("", "_low", "_high"):
        assert found.answer[f"after{what}"].tolist() == pytest.approx(
            found.answer[f"before{what}"].tolist(), rel=1e-2
        )


def test_what_cannot_be_relied_on_is_said(worlds):
    found = weigh(worlds, outcome_of(2.0, 0.02), WEEKS, "contribution", 1)
    assert found.surprise > 3 and "what it takes for possible is too narrow" in found.notes[0]
    likely = float(worlds.at(WEEKS, "contribution")["effect"].quantile(0.9))
    sharp = weigh(worlds, outcome_of(likely, 0.005), WEEKS, "contribution", 1)
    assert 2 < sharp.effective < 25 and sharp.surprise < 3 and len(sharp.notes) == 1
    more = int(re.search(r"with about ([\d,]+) ", sharp.notes[0])[1].replace(",", ""))
    assert WORLDS * 30 / sharp.effective <= more < WORLDS * 30 / sharp.effective + 10


# ---------------------------------------------------------------- planning


def test_a_plan_counts_what_it_says(worlds):
    designs = Designs(
        weeks=[WEEKS],
        customers=[400, 4000],
        measure="contribution",
        set_up=5.0,
        per_customer=0.01,
        population=10_000,
    )
    plan = pilot(scenario(), "cheap", designs, replicates=WORLDS, jobs=1)
    table = plan.designs.set_index("treated")
    each = float(worlds.gain(WEEKS * 7)["cheap"].mean()) / 100
    for treated, row in table.iterrows():
        assert row["trial"] == pytest.approx(each * treated)
        assert row["costs"] == pytest.approx(5.0 + 0.01 * 2 * treated)
        assert row["net"] == pytest.approx(row["value"] - row["waiting"] + row["trial"] - row["costs"])
    assert table.loc[2000, "value"] > table.loc[200, "value"] > 0  # larger samples tell more
    assert table.loc[2000, "detectable"] == pytest.approx(
        table.loc[200, "detectable"] / np.sqrt(10), rel=1e-6
    )
    later = worlds.gain(84 - WEEKS * 7)["cheap"] * 100
    assert table["value"].max() < np.maximum(later, 0).mean()  # never more than to know all
    assert plan.now == "control" and plan.expected == 0.0 and plan.population == 10_000
    assert list(plan.trap["way"]) == ["truth", "randomised pilot", "before and after"]
    assert "Pilot of 'cheap'" in repr(plan)
    dear = pilot(
        scenario(), "cheap", Designs(weeks=[WEEKS], customers=[100], set_up=1e9), replicates=10, jobs=1
    )
    assert dear.best is None and "decide now" in repr(dear)


def test_a_fee_taken_in_the_pilot_is_no_reason_for_one():
    """A membership fee comes at once and what it is for comes later: with nothing to learn no design is worth anything."""
    arms = {"club": {"strategies": {"membership": {"fee": 0.5, "benefit": 0.2, "enrolment": "automatic"}}}}
    there = scenario(uncertainty={"choice.price_sensitivity": 0.01}, arms=arms)
    early = simulate(there, "club", (2,), asked(there, ["club"], 2, None, 1))
    assert early.gain(14)["club"].min() > 0 > early.gain(84)["club"].max()
    plan = pilot(there, "club", Designs(weeks=[2], measure="contribution"), replicates=10, jobs=1)
    assert plan.now == "control" and plan.best is None
    assert (plan.designs["net"] <= plan.designs["value"]).all()


def test_other_arms_may_be_chosen_after_it():
    """Where another arm earns more than the one that is tried, that is the choice to beat."""
    there = scenario(uncertainty={"choice.price_sensitivity": 0.05}, choice={"price_sensitivity": 1.0},
                     arms={**SHOPS["arms"], "dearer": {"set": {"firms.ours.price": 1.2}}})  # fmt: skip
    designs = Designs(weeks=[WEEKS], measure="contribution")
    alone, both = (
        pilot(there, "cheap", designs, choices=choices, replicates=10, jobs=1)
        for choices in (None, ["dearer"])
    )
    assert alone.now == "control" and both.now == "dearer" and both.expected > 0
    assert both.designs["trial"].tolist() == pytest.approx(
        alone.designs["trial"].tolist()
    )  # of the arm that is tried
    assert (both.designs["waiting"] > 0).all() and (alone.designs["waiting"] == 0).all()


def test_while_one_waits_a_programme_that_pays_earns_nothing():
    """A price rise that surely pays: what four weeks of it bring is put off, and no outcome changes the choice."""
    sure = scenario(uncertainty={"choice.price_sensitivity": 0.05}, choice={"price_sensitivity": 1.0},
                    arms={"dearer": {"set": {"firms.ours.price": 1.2}}})  # fmt: skip
    plan = pilot(sure, "dearer", Designs(weeks=[WEEKS]), replicates=10, jobs=1)
    first = plan.designs.iloc[0]
    assert plan.now == "dearer" and plan.expected > 0 and plan.best is None
    assert 0 < first["waiting"] < plan.expected and first["changes"] == 0
    assert 0 < first["trial"] < first["waiting"]


# ---------------------------------------------------------------- carried on


def test_what_was_learned_is_where_the_next_comparison_starts(tmp_path):
    doubts = {
        "choice.price_sensitivity": 4.0,
        "firms.*.cost": {"sd": 0.05, "family": "normal"},
        "switching.initial": {"values": ["taste", "even"]},
    }
    there = scenario(uncertainty=doubts)
    found = update(there, pd.DataFrame({"group": ["treatment", "holdout"], "customers": 900, "mean": [3.3, 3.0], "sd": 2.0}), "cheap", WEEKS, arms=["cheap"], replicates=40, jobs=1)  # fmt: skip
    file = found.write(tmp_path / "after.toml")
    after = load(file)
    assert after.spec.posterior == found.after().spec.posterior
    names = ["choice.price_sensitivity.mean", "firms.ours.cost", "firms.theirs.cost"]
    assert {
        re.sub(r"firms\.0", "firms.ours", re.sub(r"firms\.1", "firms.theirs", name))
        for name in after.spec.posterior
    } == set(names)
    again = compare(after, replicates=40, arms=["cheap"], jobs=1)
    told = found.inputs.set_index("input").loc["choice.price_sensitivity"]
    drawn = again.inputs[again.inputs["input"].str.startswith("choice.price_sensitivity")]["value"]
    assert told["mean_after"] - told["mean_before"] > 0
    # each replicate stands for its weight, rounded to 1 / 40
    assert drawn.mean() == pytest.approx(told["mean_after"], abs=told["sd_before"] / 4)
    share = after.spec.uncertainty["switching.initial"].weights
    assert sum(share) == pytest.approx(1.0) and share[0] != 0.5
    with pytest.raises(RegularsError, match=r"the name of a scenario ends in \.toml"):
        found.write(tmp_path / "after.txt")


# ---------------------------------------------------------------- refused before anything runs


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: pilot(scenario(), "chaep"), r"no arm of this name; did you mean 'cheap'\?"),
        (lambda: pilot(Scenario(CERTAIN), "cheap"), r'nothing is uncertain here.*"choice.price_sensitivity" = 0.5'),
        (lambda: pilot(scenario(), "cheap", replicates=9), r"too few to tell what 1 uncertain inputs do; ask for 10 or more .*--replicates 10"),
        (lambda: pilot(scenario(), "cheap", Designs(weeks=[12])), "weeks = 12: the market runs 84 days, so that a pilot takes at most 11 weeks"),
        (lambda: pilot(scenario(), "cheap", Designs(customers=[500]), replicates=10), r"customers = 500: only 100 customers .*--population 500"),
        (lambda: pilot(scenario(), "cheap", Designs(customers=[12]), replicates=10), "makes groups of 6 and 6; each needs 10 or more"),
        (lambda: pilot(scenario(market={"customers": 100, "days": 6}), "cheap"), "market.days = 6 is too short for a pilot"),
        (lambda: Designs(measure="contributon"), "did you mean 'contribution'"),
        (lambda: Designs(share=1.0), "share = 1 will not do: nobody would be treated"),
        (lambda: Designs(share=0), r"share = 0 will not do: the share of participants who are held out is needed, in \(0, 1\]"),
        (lambda: Designs(weeks=4), "weeks = 4 will not do: a list of whole numbers is needed"),
        (lambda: Designs(weeks=[0]), "weeks = 0 will not do"),
        (lambda: Designs(per_customer=-1), "per_customer = -1 will not do: a cost in currency units is needed"),
        (lambda: Designs(wekes=[4]), "did you mean 'weeks'"),
        (lambda: update(scenario(), "none.csv", "cheap", 4), "there is no such file"),
        (lambda: update(scenario(), "none.csv", "cheap", 4, measure="profit"), "no measure is called 'profit'"),
        (lambda: update(scenario(), "none.csv", "chaep", 4), "did you mean 'cheap'"),
        (lambda: update(scenario(), "none.csv", "cheap", 12), "takes at most 11 weeks"),
        (lambda: simulate_pilot(scenario(), "cheap", 4, 90, 20), r"treated \+ held_out = 110: only 100 customers"),
    ],
)  # fmt: skip
def test_what_makes_no_pilot_is_refused(call, told):
    with pytest.raises(RegularsError, match=told):
        call()


def test_uncertain_values_written_out_are_read_again():
    """A scenario with a value that is one of several can be written as TOML and read again."""
    there = scenario(uncertainty={"switching.initial": {"values": ["taste", "even"], "weights": [3, 1]}})
    import tomllib

    again = Scenario(tomllib.loads(there.toml()))
    assert again.spec.uncertainty == there.spec.uncertainty
