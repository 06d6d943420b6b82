"""The arithmetic of the study of answers: numbers by hand, and controls that must fail."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from validate import answer_scores as scores
from validate import answers_page, page

REPLICATES = 16
ARMS = ("a", "b", "c")


def made(worlds=150, width=1.0, shift=0.0, sure=1.0, seed=5):
    """Records of an honest study: replicates and truths are draws of one law, in which programmes of a world are half alike.

    width: of the intervals, of what would be right. shift: of the truths, in standard deviations. sure: chances of being best are
    counted in replicates that lie this much nearer to their mean.
    """
    rng = np.random.default_rng(seed)
    records = []
    reach = stats.t.ppf(0.975, REPLICATES - 1) * np.sqrt(1 + 1 / REPLICATES)
    for number in range(worlds):
        noise = np.sqrt(0.5) * (rng.normal(size=(1 + REPLICATES, 1)) + rng.normal(size=(1 + REPLICATES, len(ARMS))))  # fmt: skip
        drawn = rng.normal(size=len(ARMS)) + noise
        truth, mean, half = drawn[0] + shift, drawn[1:].mean(axis=0), width * reach * drawn[1:].std(axis=0, ddof=1)  # fmt: skip
        best = np.argmax(np.column_stack([np.zeros(REPLICATES), mean + sure * (drawn[1:] - mean)]), axis=1)
        arms = {
            name: {"mean": mean[k], "low": mean[k] - half[k], "high": mean[k] + half[k], "truth": truth[k], "truth_se": 0.0, "year": truth[k], "p_best": float((best == k + 1).mean())}
            for k, name in enumerate(ARMS)
        }  # fmt: skip
        records.append({"number": number, "kind": "made", "form": "", "sales": 100.0, "replicates": REPLICATES, "arms": arms, "p_control": float((best == 0).mean()), "inputs": {"x": [1.0, 0.0, 1.0]}})  # fmt: skip
    return records


def test_wilson_by_hand():
    """Of 10 trials 9: middle (.9 + .19208) / 1.38416 = .78898, half sqrt(.009 + .0096040) 1.96 / 1.38416 = .19314 (z = 1.96)."""
    found = scores.wilson(9, 10)
    assert (found.value, found.n) == (0.9, 10)
    assert (found.low, found.high) == pytest.approx((0.5958, 0.9821), abs=1e-4)
    assert scores.wilson(10, 10).high == pytest.approx(1.0) and scores.wilson(10, 10).low == pytest.approx(1 / 1.38416, abs=1e-4)  # fmt: skip


def test_programmes_that_say_the_same_count_once():
    """Three equal rows a world are one; independent rows are three; nothing is made of fewer trials than worlds."""
    rng = np.random.default_rng(1)
    worlds = pd.Series(np.repeat(np.arange(400), 3))
    one = pd.Series(np.repeat(rng.random(400) < 0.9, 3))
    each = pd.Series(rng.random(1200) < 0.9)
    assert scores.clustered(one, worlds).n == pytest.approx(400, rel=0.01)
    assert scores.clustered(each, worlds).n > 1000
    assert scores.clustered(pd.Series([True] * 6), pd.Series([0, 0, 0, 1, 1, 1])).n == 2


def test_coverage_by_hand():
    """Intervals of 10 either way at 95%, of t with 15 degrees of freedom: half of them end at 10 (.6912 / 2.1314) = 3.243."""
    record = made(1)[0]
    for k, one in enumerate(record["arms"].values()):
        one.update(mean=0.0, low=-10.0, high=10.0, truth=(3.2, 3.3, 10.1)[k], year=0.0)
    table = scores.pairs([record])
    assert scores.held(table, 0.5).tolist() == [True, False, False]
    assert scores.held(table, 0.95).tolist() == [True, True, False]
    assert scores.held(table, 0.5, "year").all()
    assert scores.wanting(table) == pytest.approx(
        1.01 * 0.9 + 0.33 * 0.1
    )  # between the second and the third of three
    assert table["high"].tolist() == pytest.approx([0.1] * 3)  # of sales of 100


def test_honest_intervals_pass():
    """Honest studies of many worlds pass, but for one check in forty that chance lets fail."""
    grades = [scores.overall(scores.verdict(made(300, seed=seed))) for seed in range(4)]
    assert grades.count(scores.PASS) >= 3, grades


@pytest.mark.parametrize(("what", "check"), [({"width": 0.5}, 2), ({"shift": 1.5}, 2), ({"width": 0.7}, 0), ({"sure": 0.3}, 4), ({"shift": -3.0}, 5)])  # fmt: skip
def test_a_fault_fails(what, check):
    """Half the width, truths that lie elsewhere, chances as if more were known, programmes that lose where gains are promised."""
    checks = scores.verdict(made(150, **what))
    assert checks[check].grade == scores.FAIL, checks
    assert scores.overall(checks) == scores.FAIL


def test_a_year_that_comes_farther_off_fails_alone():
    """The mean of many years is held, and the year that came lies twice as far from what was said."""
    records = made(150)
    for record in records:
        for one in record["arms"].values():
            one["year"] = one["mean"] + 2 * (one["truth"] - one["mean"])
    checks = scores.verdict(records)
    assert [check.grade == scores.FAIL for check in checks] == [False, False, False, True, False, False]


def test_few_worlds_are_no_proof():
    """Ten worlds cannot show that 95% intervals hold in 90%, however well they do; nor is that a failure."""
    checks = scores.verdict(made(10, width=3.0))
    assert checks[2].grade == scores.overall(checks) == scores.OPEN
    assert checks[0].found.endswith("surely more often") and checks[0].grade == scores.PASS


def test_chances_by_hand():
    """Two worlds: .75 on what is best and .5 / .5. Brier (.0625 2 + .5) / 2. In the class of a half, one of two is best."""
    found = scores.Chances(np.array([[0.75, 0.25], [0.5, 0.5]]), np.array([0, 1]), 16)
    assert found.brier() == pytest.approx((0.125 + 0.5) / 2)
    assert found.brier_of_base_rates() == pytest.approx(0.5)
    table = scores.reliability(found).set_index("low")
    assert table.loc[0.5, ["n", "stated", "best"]].tolist() == pytest.approx([3, 1.75 / 3, 2 / 3])
    assert table.loc[0.2, ["n", "best"]].tolist() == [1, 0]
    assert scores.reliability(scores.Chances(np.array([[1.0, 0.0]]), np.array([0]), 16))["n"].tolist() == [
        1,
        1,
    ]


@pytest.mark.parametrize("replicates", [4, 10_000])
def test_honest_chances_are_no_fault_however_coarsely_they_are_counted(replicates):
    """Over many honest studies z has mean 0 and spread 1, about; a chance that was counted in 4 replicates is noisy, not overstated."""
    rng, z = np.random.default_rng(3), []
    for _ in range(200):
        p = rng.dirichlet([1.0] * 4, 60)
        best = (rng.random((60, 1)) > p.cumsum(axis=1)).sum(axis=1)
        counted = rng.multinomial(replicates, p) / replicates
        z.append(scores.Chances(counted, best, replicates).z())
    assert abs(np.mean(z)) < 0.25 and 0.85 < np.std(z) < 1.2


def test_decisions_by_hand():
    """The larger mean is chosen where it is above 0, and earns what is true; the oracle takes the best truth or nothing."""
    record = made(1)[0]
    for one, (mean, truth) in zip(
        record["arms"].values(), ((2.0, -1.0), (1.0, 3.0), (-5.0, 0.0)), strict=True
    ):
        one.update(mean=mean, truth=truth)
    row = scores.decisions([record]).iloc[0]
    assert (row["decided"], row["earned"], row["oracle"]) == ("a", -0.01, 0.03)
    for one in record["arms"].values():
        one["mean"] = -1.0
    assert scores.decisions([record]).iloc[0][["decided", "earned"]].tolist() == [scores.NOTHING, 0.0]
    for one in record["arms"].values():
        one["truth"] = -2.0
    assert scores.decisions([record]).iloc[0]["oracle"] == 0.0


def test_a_loss_within_its_error_is_no_failure_and_one_world_proves_nothing():
    """Decisions that earn -3 and 1: -1 with a standard error of 2; of one world there is none."""
    records = made(2)
    for record, truth in zip(records, (-3.0, 1.0), strict=True):
        for one in record["arms"].values():
            one.update(mean=1.0, truth=truth)
    told = scores.verdict(records)[5]
    assert told.grade == scores.PASS and told.found == "-1.00% of sales (standard error 2.00%)"
    assert scores.verdict(records[:1])[5].grade == scores.PASS


def test_the_page_prints_the_verdict_and_tells_other_forms_apart():
    """An honest FAIL is printed; worlds of other forms change no verdict, and have a table of their own."""
    records = made(40, width=0.5)
    text = answers_page.page(records)
    assert f"**{scores.FAIL}**" in text and "40 of 200 worlds ran" in text and "no fit assumes" not in text.replace("that no fit assumes; no", "")  # fmt: skip
    others = [{**one, "number": 100 + one["number"], "form": "odd"} for one in made(20, width=5.0)]
    both = answers_page.page(records + others)
    assert f"**{scores.FAIL}**" in both and "60 of 200 worlds ran" in both and "| odd | 20 |" in both
    verdict = text[text.index("| asked") : text.index("###")]
    assert verdict in both
    assert both.strip() in page.written([], [], None, records + others)
    assert "| x | 40 | +1.00 | 1.00 | 100% |" in text
