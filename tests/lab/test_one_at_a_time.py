"""A tornado by runs of its own: what is moved and what is not, by hand, and beside the one by regression."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from regulars.ground.errors import RegularsError
from regulars.lab.compare import compare
from regulars.lab.decision.one_at_a_time import beside, inputs_of, one_at_a_time
from regulars.lab.uncertainty import one_by_one
from regulars.scenario import Scenario

SHOPS = {
    "market": {"customers": 80, "days": 28, "seed": 4}, "choice": {"price_sensitivity": 2.0},
    "firms": [{"name": "ann", "cost": 0.5}, {"name": "bob", "cost": 0.5}],
    "arms": {"dearer": {"set": {"firms.ann.price": 1.1}}, "gift": {"strategies": {"surprise": {"cost": 0.2}}}},
}  # fmt: skip
DOUBT = {
    "choice.price_sensitivity": 0.3,
    "firms.ann.cost": {"sd": 0.1, "family": "normal"},
    "firms.bob.cost": 0.05,
}


def doubtful(**more):
    return Scenario({**SHOPS, "uncertainty": DOUBT, **more})


def test_one_input_is_moved_and_all_others_stay_at_their_means():
    scenario = doubtful()
    for name, source, ends in one_by_one(scenario, (0.05, 0.95)):
        assert source == ("assumed behaviour" if "choice" in name else "money inputs")
        for value, world in ends:
            assert not world.spec.uncertainty and world.value(name) == value
            for other in set(DOUBT) - {name}:
                assert world.value(other) == scenario.value(other)
    assert inputs_of(scenario) == tuple(DOUBT)
    low, high = next(ends for name, _, ends in one_by_one(scenario, (0.05, 0.95)) if name == "firms.ann.cost")
    assert (low[0], high[0]) == pytest.approx(
        (0.5 + 0.1 * norm.ppf(0.05), 0.5 + 0.1 * norm.ppf(0.95)), abs=1e-3
    )


def test_values_of_a_posterior_and_of_one_draw():
    """A value that both name is moved by the posterior; a `*` moves all that it stands for."""
    draws = [2.0, *np.linspace(1.0, 3.0, 101)]
    scenario = doubtful(
        posterior={"choice.price_sensitivity": draws},
        uncertainty={"firms.*.cost": 0.05, "choice.price_sensitivity": 9.0},
    )
    found = {name: (source, ends) for name, source, ends in one_by_one(scenario, (0.05, 0.95))}
    assert (
        sorted(inputs_of(scenario)) == ["choice.price_sensitivity.mean", "firms.*.cost"] and len(found) == 2
    )
    assert found["choice.price_sensitivity.mean"][0] == "the log"
    assert [value for value, _ in found["choice.price_sensitivity.mean"][1]] == pytest.approx([1.1, 2.9])
    for _, world in found["firms.*.cost"][1]:
        assert world.spec.firms[0].cost == world.spec.firms[1].cost != 0.5


def test_a_star_leaves_alone_what_the_posterior_names():
    scenario = doubtful(
        posterior={"firms.ann.cost": [0.5, 0.4, 0.5, 0.6]}, uncertainty={"firms.*.cost": 0.05}
    )
    found = {name: ends for name, _, ends in one_by_one(scenario, (0.05, 0.95))}
    assert sorted(found) == ["firms.*.cost", "firms.0.cost"]
    for _, world in found["firms.*.cost"]:
        assert world.value("firms.ann.cost") == 0.5 != world.value("firms.bob.cost")


def test_the_tornado_by_hand():
    """The gift costs what it costs whatever the rival's cost is, and the arm's swing is that of two comparisons without doubt."""
    table = one_at_a_time(doubtful(), "dearer", replicates=2, jobs=1).set_index("input")
    assert table.loc["firms.bob.cost", "swing"] == 0.0 and not table.loc["firms.bob.cost", "clear"]
    for name in ("firms.ann.cost", "choice.price_sensitivity"):
        row = table.loc[name]
        ends = [
            compare(Scenario(SHOPS).set({name: row[end]}), replicates=2, arms=["dearer"], jobs=1).wide("incremental_profit")["dearer"]
            for end in ("low", "high")
        ]  # fmt: skip
        assert row["at_low"] == pytest.approx(ends[0].mean()) and row["at_high"] == pytest.approx(
            ends[1].mean()
        )
        assert row["swing"] == pytest.approx((ends[1] - ends[0]).mean()) and row["swing"] != 0
        assert row["se"] == pytest.approx((ends[1] - ends[0]).std() / np.sqrt(2))
    assert table["swing"].abs().is_monotonic_decreasing


def test_progress_tells_the_number_of_runs_and_processes_do_not_matter():
    seen = []
    one = one_at_a_time(
        doubtful(), "gift", replicates=2, jobs=1, progress=lambda done, total: seen.append((done, total))
    )
    assert seen == [(k, 12) for k in range(1, 13)]  # three inputs, two ends, two replicates
    assert one.equals(one_at_a_time(doubtful(), "gift", replicates=2, jobs=2))


def test_beside_the_regression():
    runs = pd.DataFrame({"input": ["a", "b"], "swing": [3.0, 1.0]})
    both = beside(runs, pd.DataFrame({"input": ["b", "a"], "swing": [1.5, 2.5], "se": [0.1, 0.2]}))
    assert both["swing_by_regression"].tolist() == [2.5, 1.5] and both["se_by_regression"].tolist() == [
        0.2,
        0.1,
    ]
    assert beside(runs, None)["swing_by_regression"].isna().all()


def test_what_cannot_be_asked():
    with pytest.raises(RegularsError, match="nothing is uncertain here"):
        one_at_a_time(SHOPS, "dearer")
    with pytest.raises(RegularsError, match="did you mean 'dearer'"):
        one_at_a_time(doubtful(), "deerer")
