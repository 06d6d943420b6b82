"""After a pilot a choice is named only where its outcome is a ground for one; what replicates cannot tell is not told."""

import math

import numpy as np
import pandas as pd
import pytest

from regulars import Designs, RegularsError, Scenario, load, pilot, update
from regulars.lab.pilot.labels import CANNOT, CONTRADICTED, TOO_FEW
from regulars.lab.pilot.outcome import Group, Outcome
from regulars.lab.pilot.updating import weigh
from regulars.lab.pilot.weighing import weighted
from regulars.lab.pilot.worlds import Worlds
from regulars.show.pilots import answer_rows, conclusion, input_rows

SHOPS = {
    "market": {"customers": 40, "days": 42, "focal": "ours"},
    "choice": {"price_sensitivity": 3.0},
    "firms": [{"name": "ours", "price": 1.0, "cost": 0.5}, {"name": "theirs", "price": 1.0, "cost": 0.6}],
    "arms": {"cheap": {"strategies": {"everyday_low_price": {"discount": 0.05}}}},
}
PUBLISHED = {**SHOPS, "evidence": {"priors": "published"}}
OUTCOME = pd.DataFrame({"group": ["treatment", "holdout"], "customers": 900, "mean": [3.1, 3.0], "sd": 2.0})
WORLDS, ERROR = 40, 0.2


@pytest.fixture(scope="module")
def worlds():
    """Worlds made by hand: the effect is evenly spread over -1 to 1, and the arm earns a hundred times as much."""
    effect = np.linspace(-1, 1, WORLDS)
    seen = {
        "replicate": range(WORLDS),
        "weeks": 4,
        "measure": "contribution",
        "effect": effect,
        "sd_effect": 0.0,
    }
    inputs = {"replicate": range(WORLDS), "input": "x", "value": effect, "source": "assumed behaviour"}
    gains = {"cheap": np.tile(100 * effect[:, None], 42)}
    return Worlds(Scenario(SHOPS), "cheap", pd.DataFrame(seen), gains, pd.DataFrame(inputs), 40.0)


def after(worlds, difference, error):
    """The answer after this difference, with this standard error."""
    sd = error * math.sqrt(500)
    return weigh(worlds, Outcome(Group(1000, 5 + difference, sd), Group(1000, 5.0, sd)), 4, "contribution", 1)


def test_a_choice_is_named_where_the_outcome_is_a_ground_for_one(worlds):
    found = after(worlds, 0.5, ERROR)
    assert found.effective > 10 and found.surprise < 3 and found.verdict == found.choice_after == "cheap"
    assert conclusion(found)[0].startswith("Choose cheap") and "Choose cheap" in repr(found)
    assert any(line.startswith("Cheap is best with ") for line in conclusion(found))


@pytest.mark.parametrize(
    ("difference", "error", "first", "advice"),
    [(15.0, ERROR, CONTRADICTED, "More replicates alone do not help"), (0.5, 0.02, TOO_FEW, "--replicates ")],
)
def test_no_choice_is_named_where_it_is_none(worlds, difference, error, first, advice):
    """By an outcome 24 standard deviations off, and by one that leaves two or three of forty replicates."""
    found = after(worlds, difference, error)
    assert found.verdict is None and found.contradicted == (first == CONTRADICTED)
    assert found.choice_after == "cheap"  # which the arithmetic would name
    lines = conclusion(found)
    assert lines[0].startswith(first) and advice in lines[0]
    for text in (" ".join(lines), repr(found)):
        assert first in text and "Choose" not in text and "is best with" not in text and "100%" not in text
    assert "--replicates" not in "".join(lines) or first == TOO_FEW


def test_the_bounds_of_a_verdict_are_those_told(worlds):
    """Ten replicates of equal weight, and three standard deviations of what was foretold."""
    errors = np.geomspace(0.02, ERROR, 40)
    for found in (after(worlds, 0.5, error) for error in errors):
        assert (found.verdict is None) == (found.effective < 10)
    for found in (after(worlds, difference, 2.0) for difference in np.linspace(4, 9, 40)):
        assert found.effective > 10 and (found.verdict is None) == (found.surprise > 3)


def test_what_one_replicate_cannot_tell_is_missing(worlds):
    found = after(worlds, 15.0, ERROR)
    assert found.effective < 2
    assert found.answer[["after_low", "after_high"]].isna().all(axis=None)
    assert found.inputs["sd_after"].isna().all() and found.answer["before_low"].notna().all()
    for row in answer_rows(found):
        assert row["after_range"] == row["p_after"] == CANNOT != row["before_range"]
    assert CANNOT in input_rows(found)[0]["after"] and CANNOT in repr(found)


@pytest.mark.parametrize(("weight", "known"), [([0.5, 0.5], True), ([0.6, 0.4], False), ([1 - 1e-9, 1e-9], False)])  # fmt: skip
def test_an_interval_needs_replicates_worth_two(weight, known):
    """Of two alike it is that of a comparison with two; of fewer there is none, not one of 10^41."""
    found = weighted(np.array([0.0, 2.0]), np.array(weight))
    assert found.mean == pytest.approx(2 * weight[1])
    assert [math.isfinite(x) for x in (found.sd, found.low, found.high)] == [known] * 3
    if known:  # mean 1, sd sqrt 2, t of one degree of freedom 12.706, and the error of the mean
        assert found.high == pytest.approx(1 + 12.7062 * math.sqrt(2 * 1.5), rel=1e-4)


def test_chances_are_counted_in_replicates(worlds):
    """None of forty is less than one of forty, and none of those that are left less than one of them."""
    found = after(worlds, 0.5, ERROR)
    rows = {row["arm"]: row for row in answer_rows(found)}
    left = round(found.effective)
    assert 10 < left < 20 and found.answer.set_index("arm").loc["control", "p_best_after"] < 1 / (2 * left)
    assert rows["doing nothing"]["p_after"] == f"<{100 / left:.0f}%"
    assert rows["cheap"]["p_after"] == f">{100 - 100 / left:.0f}%"
    assert rows["cheap"]["p_before"] == "50%"
    assert f"Cheap is best with >{100 - 100 / left:.0f}% (before 50%)." in conclusion(found)
    assert f">{100 - 100 / left:.0f}%" in repr(found)


# ---------------------------------------------------------------- in doubt by published priors


def test_published_priors_are_doubt_enough(tmp_path):
    """With no [uncertainty] at all; and what was learned is where the next comparison starts."""
    there, how = Scenario(PUBLISHED), {"replicates": 20, "jobs": 1}
    assert not there.spec.uncertainty
    plan = pilot(there, "cheap", Designs(weeks=[2], customers=[40]), **how)
    assert len(plan.designs) == 3
    found = update(there, OUTCOME, "cheap", 2, **how)
    assert {"margin", "choice.price_sensitivity.mean"} <= set(found.inputs["input"])
    assert "firms.0.cost" in load(found.write(tmp_path / "after.toml")).spec.posterior


def test_without_any_doubt_both_ways_are_named():
    with pytest.raises(RegularsError, match=r'nothing is uncertain.*priors = "published" in \[evidence\].*\[uncertainty\]'):  # fmt: skip
        pilot(Scenario(SHOPS), "cheap")
    everything = [*Scenario(PUBLISHED).spec.evidence.statements(), "margin", "price sensitivity"]
    with pytest.raises(RegularsError, match="nothing is uncertain"):  # all that was in doubt is sure
        pilot(Scenario(PUBLISHED), "cheap", sure=everything)


def test_what_is_sure_is_not_drawn(tmp_path):
    found = update(Scenario(PUBLISHED), OUTCOME, "cheap", 2, replicates=10, jobs=1, sure=["margin = 0.4"])
    assert "margin" not in set(found.inputs["input"]) and len(found.inputs)
    assert found.scenario.value("firms.ours.cost") == pytest.approx(0.6)
    near = update(Scenario(PUBLISHED), OUTCOME, "cheap", 2, replicates=10, jobs=1, sure=["margin = 0.4 within 0.1"])  # fmt: skip
    carried = load(near.write(tmp_path / "after.toml")).spec
    assert "firms.0.cost" in carried.posterior and not carried.evidence.sure  # its draws stand for it
