"""What an answer hangs on and what it would be worth to know, against cases with a closed answer."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from regulars import Scenario, compare
from regulars.ground.errors import RegularsError
from regulars.lab.decision.hanging import sources, tornado
from regulars.lab.decision.information import gain, value_of_information
from regulars.lab.decision.regression import enough, needed, regress
from regulars.lab.uncertainty import drawn

N = 1600
RNG = np.random.default_rng(20)
X = RNG.normal(size=(N, 3)) * [1.0, 2.0, 0.5] + [0.0, 10.0, -1.0]
NAMES = ["foresight", "margin", "idle"]
GROUPS = {"foresight": "behaviour", "margin": "money", "idle": "log"}
INPUTS = pd.DataFrame(X, columns=NAMES)
NOISE = RNG.normal(size=N)


def known(mean, sd):
    """Expected gain of knowing a normal effect before choosing between it and nothing (Raiffa & Schlaifer 1961)."""
    return sd * norm.pdf(mean / sd) + mean * norm.cdf(mean / sd) - max(mean, 0.0)


@pytest.mark.parametrize("mean", [-300.0, 0.0, 50.0, 400.0])
def test_information_is_worth_what_the_normal_case_says(mean):
    """Effect = mean + 200 z + 100 chance: knowing z is worth sd phi + mean Phi - max(mean, 0); chance cannot be known."""
    effect = mean + 200 * X[:, 0] + 100 * NOISE
    table = value_of_information(INPUTS, GROUPS, pd.DataFrame({"points": effect})).set_index("what")
    exact, se = known(mean, 200.0), table.loc["foresight", "se"]
    # the value is a mean over replicates: its own error is at most that of max(0, effect) and of the plain mean
    allowed = 4 * 2 * 200 / math.sqrt(N)
    for what in ("everything", "behaviour", "foresight"):
        assert table.loc[what, "value"] == pytest.approx(exact, abs=allowed)
    assert se < 2 * 200 / math.sqrt(N)
    for nothing in ("margin", "idle", "log"):  # negative control
        assert table.loc[nothing, "value"] < 0.1 * max(exact, 20.0)


def test_knowing_which_of_two_arms_is_better():
    """Two arms a, b with the same mean and effects +-z: knowing z is worth E|z| = sd sqrt(2 / pi)."""
    effects = np.column_stack([1000 + 200 * X[:, 0], 1000 - 200 * X[:, 0]])
    assert gain(X[:, [0]], effects) == pytest.approx(200 * math.sqrt(2 / math.pi), abs=4 * 200 / math.sqrt(N))
    assert gain(X[:, [2]], effects) == 0.0 or gain(X[:, [2]], effects) < 10


def test_nothing_is_learnt_from_noise_with_few_replicates():
    """Forty replicates of pure chance and three inputs: a plain regression would find knowledge worth money in them."""
    found = [gain(X[k : k + 40], NOISE[k : k + 40, None] * 100) for k in range(0, N, 40)]
    plain = []
    for k in range(0, N, 40):
        x = np.column_stack([np.ones(40), X[k : k + 40]])
        y = NOISE[k : k + 40] * 100
        fitted = x @ np.linalg.lstsq(x, y, rcond=None)[0]
        plain.append(np.maximum(fitted, 0).mean() - max(y.mean(), 0))
    assert np.mean(found) < 2 / 3 * np.mean(plain)


def test_the_tornado_has_slopes_and_turning_points():
    """Effect = 40 (margin - 9.5) + 30 foresight: margin swings 40 x 2 x 2 x 1.645, and the effect turns at 9.5."""
    effect = 40 * (X[:, 1] - 9.5) + 30 * X[:, 0] + 20 * NOISE
    table = tornado(INPUTS, effect).set_index("input")
    assert list(table.index) == ["margin", "foresight", "idle"]
    for name, slope, sd in (("margin", 40.0, 2.0), ("foresight", 30.0, 1.0)):
        width = table.loc[name, "high"] - table.loc[name, "low"]
        assert width == pytest.approx(2 * 1.645 * sd, rel=0.1)
        assert table.loc[name, "swing"] == pytest.approx(slope * width, abs=4 * table.loc[name, "se"])
        assert table.loc[name, "se"] == pytest.approx(20 / math.sqrt(N) / sd * width, rel=0.1)
    row = table.loc["margin"]
    turns = 9.5 - 30 * X[:, 0].mean() / 40  # the other inputs at their means
    assert row["turns_low"] < turns < row["turns_high"] and row["pays"] == "above"
    assert row["turns_high"] - row["turns_low"] < 0.2
    assert not table.loc["idle", "clear"] and math.isnan(table.loc["idle", "turns_at"])  # negative control


def test_an_effect_that_never_turns_has_no_turning_point():
    table = tornado(INPUTS, 1e6 + 40 * X[:, 1] + 20 * NOISE).set_index("input")
    assert table.loc["margin", "clear"] and math.isnan(table.loc["margin", "turns_at"])
    assert table.loc["margin", "pays"] == ""


def test_falling_effects_pay_below():
    table = tornado(INPUTS, 40 * (9.5 - X[:, 1]) + 20 * NOISE).set_index("input")
    assert table.loc["margin", "pays"] == "below" and table.loc["margin", "swing"] < 0


def test_sources_add_up_and_are_those_of_the_parts():
    """Independent parts with variances 900, 1600, 0 and chance 400: shares 9/29, 16/29, 0, 4/29."""
    effect = 30 * X[:, 0] + 20 * X[:, 1] + 20 * NOISE
    table = sources(INPUTS, GROUPS, effect).set_index("source")
    assert table["share"].sum() == pytest.approx(1.0, abs=1e-12)
    for source, share in {"behaviour": 9 / 29, "money": 16 / 29, "log": 0.0, "chance": 4 / 29}.items():
        assert table.loc[source, "share"] == pytest.approx(share, abs=max(4 * table.loc[source, "se"], 0.002))


def test_inputs_that_go_together_share_what_they_explain():
    """Two copies of one input in two groups: Shapley's rule gives half to each."""
    twin = INPUTS.assign(margin=INPUTS["foresight"] + 1e-6 * X[:, 1])
    table = sources(twin, GROUPS, 30 * X[:, 0] + 30 * NOISE).set_index("source")
    assert table.loc["behaviour", "share"] == pytest.approx(0.25, abs=0.04)
    assert table.loc["money", "share"] == pytest.approx(0.25, abs=0.04)


def test_curves_are_seen_where_replicates_are_enough():
    """Effect = 100 (z^2 - 1): a line explains nothing of it."""
    effect = 100 * (X[:, 0] ** 2 - 1) + 10 * NOISE
    assert regress(X, effect).explained == pytest.approx(20000, rel=0.15)
    assert (
        regress(X[:18], effect[:18]).explained < 20000
    )  # a line only: 18 replicates are not enough for squares


def test_what_does_not_vary_explains_nothing():
    still = np.column_stack([np.full(50, 0.3), X[:50, 0]])
    found = regress(still, 5.0 + 0 * X[:50, 0])
    assert found.explained == 0.0 and (found.mean == 5.0).all()
    assert regress(still, X[:50, 0]).slopes[0] == 0.0
    assert tornado(pd.DataFrame(still, columns=["same", "z"]), X[:50, 0])["input"].tolist() == ["z", "same"]


def test_how_many_replicates_are_enough():
    assert not enough(20, 4) and enough(25, 4) and needed(4) == 25


DOUBTFUL = {
    "market": {"customers": 60, "days": 28}, "firms": [{"name": "ann", "cost": 0.5}, {"name": "bob", "cost": 0.5}],
    "uncertainty": {"choice.price_sensitivity": 0.2, "firms.ann.cost": 0.1}, "choice": {"price_sensitivity": 2.0},
    "arms": {"dearer": {"set": {"firms.ann.price": 1.1}}},
}  # fmt: skip


def test_a_comparison_knows_what_was_drawn():
    """One row an input and replicate, the values that the replicates were run with; and where each doubt comes from."""
    found = compare(DOUBTFUL, replicates=15, jobs=1)
    table = found.inputs.pivot(index="replicate", columns="input", values="value")
    assert list(table.columns) == ["choice.price_sensitivity", "firms.ann.cost"] and len(table) == 15
    for number in (0, 14):
        spec = drawn(Scenario(DOUBTFUL), found.seed, number).spec
        assert table.loc[number].tolist() == [spec.choice.price_sensitivity.centre, spec.firms[0].cost]
    sources_of = found.inputs.drop_duplicates("input").set_index("input")["source"].to_dict()
    assert sources_of == {"choice.price_sensitivity": "assumed behaviour", "firms.ann.cost": "money inputs"}
    assert found.hangs_on("dearer")["input"].nunique() == 2
    assert found.interval_from("dearer")["share"].sum() == pytest.approx(1.0)
    assert found.value_of_information()["what"].iloc[0] == "everything"


def test_a_cost_moves_profit_by_the_units_sold():
    """Cost of goods counts once a unit: the slope of the control's profit in it is the mean number of units sold."""
    doubt = {**DOUBTFUL, "uncertainty": {"firms.ann.cost": 0.1}}
    found = compare(doubt, replicates=12, jobs=1)
    x = found.inputs.set_index("replicate")["value"].to_numpy()
    units = found.wide("purchases")
    effect = found.wide("incremental_profit")["dearer"].to_numpy()
    table = tornado(pd.DataFrame({"cost": x}), effect)
    fewer = (units["dearer"] - units["control"]).mean()
    slope = table.loc[0, "swing"] / (table.loc[0, "high"] - table.loc[0, "low"])
    error = table.loc[0, "se"] / (table.loc[0, "high"] - table.loc[0, "low"])
    assert fewer < 0 and abs(slope + fewer * 1.0) < 4 * error + 0.5 * abs(fewer)


def test_what_cannot_be_told_is_said():
    certain = compare({k: v for k, v in DOUBTFUL.items() if k != "uncertainty"}, replicates=2, jobs=1)
    with pytest.raises(RegularsError, match="nothing is uncertain here"):
        certain.hangs_on("dearer")
    few = compare(DOUBTFUL, replicates=4, jobs=1)
    with pytest.raises(
        RegularsError, match="2 uncertain inputs cannot be told apart by 4 replicates; ask for 15"
    ):
        few.value_of_information()
    with pytest.raises(RegularsError, match="did you mean 'dearer'"):
        few.hangs_on("deerer")
