"""A slow study of 90% intervals on logs of known truth; `python -m validate.page` shows what it keeps. Misses are printed there, not asserted away."""

import numpy as np
import pytest
from validate import coverage, page

GROSS = 0.7  # share of intervals that hold the truth, below which something is wrong with the code


@pytest.mark.slow
@pytest.mark.parametrize("name", coverage.KINDS)
def test_90_percent_intervals(name):
    found = coverage.study(name)
    coverage.keep(name, found)
    assert {row["parameter"] for row in found} == set(coverage.KINDS[name].truth)
    for row in found:
        assert row["fits"] >= row["logs"] / 2, row
        assert row["covered"] >= GROSS * row["fits"], row


def test_a_study_counts_who_holds_the_truth(monkeypatch):
    """By hand: of four intervals of a truth of 2 one lies below and one above; the other parameter is fitted once."""
    kind = coverage.Kind(None, {}, {"x": 2.0, "y": 0.0})
    told = iter([[("x", 1.0, 0.5, 0.5, 1.5)], [("x", 2.0, 0.5, 1.5, 2.5), ("y", 0.1, 1.0, -1.0, 1.0)], [("x", 3.0, 0.5, 2.5, 3.5)], [("x", 2.2, 0.1, 2.0, 2.4)]])  # fmt: skip
    seeds = []
    monkeypatch.setattr(coverage, "KINDS", {"other": kind, "made up": kind})
    monkeypatch.setattr(coverage, "tried", lambda kind, seed: (seeds.append(seed), next(told))[1])
    x, y = coverage.study("made up", 4)
    assert seeds == [20_000, 20_001, 20_002, 20_003]
    assert (x["fits"], x["covered"], x["below"], x["above"]) == (4, 2, 1, 1)
    assert (x["mean"], x["sd"]) == pytest.approx((2.05, np.std([1, 2, 3, 2.2])))
    assert (y["fits"], y["covered"], y["logs"]) == (1, 1, 4)


@pytest.mark.big
@pytest.mark.parametrize("name", coverage.KINDS)
def test_one_log_of_each_kind_tells_its_parameters(name):
    kind = coverage.KINDS[name]
    rows = coverage.tried(kind, coverage.FIRST)
    assert {row[0] for row in rows} >= set(kind.truth) - {"turnover.exit_shape"}
    for parameter, estimate, se, low, high in rows:
        assert low < estimate < high and 0 < se, parameter
        assert abs(estimate - kind.truth[parameter]) < 6 * se, parameter


def test_the_page_prints_what_is_missed():
    row = {"kind": "one firm", "parameter": "need.mean", "truth": 1.0, "logs": 200, "fits": 200, "covered": 180, "below": 12, "above": 8, "mean": 1.01, "sd": 0.1, "mean_se": 0.09}  # fmt: skip
    low = {**row, "kind": "several firms", "covered": 160, "below": 38, "above": 2}
    other = {**row, "parameter": "need.shape", "fits": 100, "covered": 95}
    text = coverage.page([row, low, other])
    assert "| need.mean | 180 of 200 (90% ± 2%) | 160 of 200 (80% ± 3%) |" in text
    assert "| need.shape | 95 of 100 (95% ± 2%) |  |" in text
    assert (
        text.count("\n* ") == 1
        and "* need.mean, several firms: 38 intervals lie below the truth (1), 2 above" in text
    )
    assert "None lies outside" in coverage.page([row]) and "Outside" not in coverage.page([row])
    assert coverage.page([row]).strip() in page.written([], [], [row])
    assert "intervals" not in page.written([], [])
