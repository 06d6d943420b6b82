import dataclasses

import numpy as np
import pytest
from scipy import stats
from worlds.comparisons import comparison, hostile_cases

from regulars.ground.errors import RegularsError
from regulars.show.reading import CELLS, read
from regulars.show.words import answer, break_even, headline, outcome, reached

CASES = hostile_cases()


def test_a_reading_is_read_once():
    reading = read(CASES["usual"])
    assert read(reading) is reading
    assert reading.arms == ("points", "everyday_low_price", "threshold_rebate")


def test_paired_differences_have_t_intervals():
    reading = read(CASES["usual"])
    gap = reading.values("points", "retention") - reading.values("control", "retention")
    low, high = stats.t.interval(0.95, len(gap) - 1, gap.mean(), gap.std(ddof=1) / np.sqrt(len(gap)))
    found = reading.difference("points", "retention")
    assert (found.mean, found.low, found.high) == pytest.approx((gap.mean(), low, high))


def test_the_path_ends_at_the_incremental_profit_with_its_interval():
    reading = read(CASES["usual"])
    last, profit = reading.path("points").iloc[-1], reading.profit("points")
    assert (last["mean"], last["low"], last["high"]) == pytest.approx((profit.mean, profit.low, profit.high))


def test_cells_average_over_replicates_and_cover_every_name():
    cells = read(CASES["usual"]).cells("points")
    assert tuple(cells) == CELLS
    assert sum(c.reward for c in cells.values()) == pytest.approx(9000)


def test_break_even_is_that_of_the_mean_and_counts_the_replicates_that_get_there():
    data = comparison({"a": 1.0}, replicates=3, days=4)
    paths = {0: [-1, -1, 2, 2], 1: [-1, 0, 1, 1], 2: [-9, -9, -2, -1]}  # mean: -11/3, -10/3, 1/3, 2/3
    for replicate, path in paths.items():
        rows = (data.daily["arm"] == "a") & (data.daily["replicate"] == replicate)
        data.daily.loc[rows, "incremental_profit"] = np.array(path, float)
    mine = (data.metrics["metric"] == "break_even_day") & (data.metrics["arm"] == "a")
    data.metrics.loc[mine, "value"] = [3.0, 2.0, np.nan]
    even = read(data).break_even("a")
    assert (even.day, even.reached) == (3.0, 2)
    assert break_even(read(data), "a") == "3 Jan 2024"
    assert (
        reached(read(data), "a")
        == "on average; reached in 2 of 3 replicates; the interval of its profit includes zero"
    )
    worse = dataclasses.replace(data, daily=data.daily.assign(incremental_profit=-1.0))
    assert break_even(read(worse), "a") == "not in the run"
    better = dataclasses.replace(data, daily=data.daily.assign(incremental_profit=1.0))
    assert break_even(read(better), "a") == "not behind"


@pytest.mark.filterwarnings("error")
def test_what_no_replicate_knows_is_not_a_number():
    """Without a warning of NumPy's about the mean of nothing."""
    reading = read(CASES["no members"])
    for metric in ("naive_lift", "a metric that nobody computed"):
        for found in (reading.estimate("low price", metric), reading.difference("low price", metric)):
            assert np.isnan(found.mean) and not found.known


def test_one_replicate_has_no_interval_and_no_probability():
    reading = read(CASES["single"])
    assert not reading.profit("points").known and np.isnan(reading.p_best("points"))
    assert outcome(reading) == "single" and "no interval and no probability" in answer(reading)


def test_answers_fit_the_evidence():
    yes = answer(read(CASES["usual"]))
    assert yes.startswith("“points” makes 12,700 yuan more profit than doing nothing (95% interval ")
    assert yes.endswith("is best of 3 arms with probability above 95%.")
    assert answer(read(CASES["losing"])).startswith("Do nothing: even the best arm, “a”, makes")
    assert answer(read(CASES["undecided"])).startswith("Undecided") and "includes zero" in answer(
        read(CASES["undecided"])
    )
    assert "is better than doing nothing with probability above 95%" in answer(read(CASES["one arm"]))


def undecided(**profits):
    """Three replicates with these incremental profits by arm."""
    data = comparison(dict.fromkeys(profits, 10.0), replicates=3, noise=0.0)
    table = data.metrics
    for arm, values in profits.items():
        mine = (table["arm"] == arm) & (table["metric"] == "incremental_profit")
        table.loc[mine, "value"] = np.array(values, float)
    return read(data)


def test_arms_that_cannot_be_told_from_the_best_are_named():
    """Paired: b is always one below a, and c now above and now below it."""
    sure = undecided(a=[900, 500, -400], b=[899, 499, -401])
    assert sure.as_good() == () and "told from it" not in answer(sure)
    alike = undecided(a=[900, 500, -400], b=[899, 499, -401], c=[-400, 800, 500])
    assert alike.as_good() == ("c",)
    assert answer(alike).endswith("“c” cannot be told from it: the interval of the difference includes zero.")
    three = undecided(a=[900, 500, -400], b=[700, 600, -400], c=[-400, 800, 500])
    assert "2 other arms, “c” first, cannot be told from it" in answer(
        three
    ) or "2 other arms, “b” first," in answer(three)


def test_an_answer_leads_with_what_to_do():
    """Where doing nothing is best in most replicates that comes first, though no arm surely loses."""
    nothing = undecided(a=[-900, -500, 400], b=[-2000, -900, -100])
    assert answer(nothing) == (
        "Do nothing for now: that is best with probability 67%. The best arm, “a”, makes 333 yuan less profit than doing nothing, "
        "though the 95% interval −1,990 to 1,320 includes zero."
    )
    assert (
        headline(nothing)
        == "No arm surely earns: the best, “a”, makes 333 yuan less than doing nothing, which may be chance"
    )
    assert answer(undecided(a=[900, 500, -400])).startswith("Undecided: “a” makes")
    assert answer(undecided(a=[-900, 500, -400])).startswith(
        "Do nothing for now: that is best with probability 67%. “a” makes"
    )


def test_no_title_is_surer_than_its_interval():
    """ "Every arm loses" only where every interval lies below zero."""
    surely = [-1000.0, -1010.0, -990.0]
    assert headline(undecided(a=surely, b=[-2000, -2010, -1990])).startswith(
        "Every arm loses money; the least bad, “a”"
    )
    assert headline(undecided(a=surely, b=[-9000, 5000, -9000])).startswith(
        "No arm surely earns money; the least bad, “a”, loses"
    )
    assert "surely" in headline(undecided(a=[-900, 500, -400]))
    assert headline(undecided(a=[900, -500, 400])).startswith("“a” leads by 267 yuan, but that may be chance")


def test_a_rival_that_is_best_more_often_is_named():
    data = comparison({"wild": 100.0, "steady": 90.0}, replicates=6, noise=0.0)
    table = data.metrics
    for arm, values in {"wild": [1000, 1000, 0, 0, 0, 0], "steady": [90] * 6}.items():
        table.loc[(table["arm"] == arm) & (table["metric"] == "incremental_profit"), "value"] = np.array(
            values, float
        )
    told = answer(read(data))
    assert "“wild” makes 333" in told and "“steady” is best with probability 67%" in told


def test_headlines_stay_short_with_endless_names():
    assert len(headline(read(CASES["hostile"]))) < 140


def test_a_comparison_without_arms_is_refused():
    with pytest.raises(RegularsError, match=r"no arm besides the control"):
        read(comparison_without_arms())


def comparison_without_arms():
    class Empty:
        scenario = CASES["usual"].scenario

        def summary(self):
            return CASES["usual"].summary()

        def ranking(self):
            return CASES["usual"].ranking().iloc[:0]

    return Empty()


@pytest.mark.parametrize("arm", ["unknown arm", "", None, 5, "x" * 5000])
def test_an_arm_that_is_none_is_told_with_those_there_are(arm):
    from regulars import show
    from regulars.show import tables

    case = CASES["usual"]
    reading = read(case)
    ways = [lambda: show.waterfall(case, [arm]), lambda: tables.attribution_rows(case, arm)]
    ways += [
        lambda m=m: getattr(reading, m)(arm)
        for m in ("cells", "rivals", "profit", "p_best", "path", "customers", "break_even", "ahead")
    ]
    ways += [lambda m=m: getattr(reading, m)(arm, "profit") for m in ("values", "estimate", "difference")]
    if arm:  # none is the best one
        ways += [lambda: show.gain_loss(case, arm)]
    for way in ways:
        with pytest.raises(RegularsError, match="there are points, everyday_low_price, threshold_rebate"):
            way()
    with pytest.raises(RegularsError, match="the control is what arms are compared with"):
        show.waterfall(case, "control")
    assert reading.estimate("control", "profit").mean == reading.values("control", "profit").mean()
