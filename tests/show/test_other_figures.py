import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from show import tables_made_up as made
from show.letters import outside, overlaps, written

from regulars.ground.errors import RegularsError
from regulars.ground.numbers import brief
from regulars.show.plots import (
    advantage,
    double_jeopardy,
    moments,
    renewals,
    repeat_buying,
    repeat_rates,
    rows,
    timeline,
    tracking,
)
from regulars.show.style import GRID, look

FIRMS = tuple(f"Rival number {k} on the High Street" for k in range(9))
NOTHING = made.tracked(3, 1).assign(observed=0.0, expected=0.0, observed_total=0.0, expected_total=0.0)
DRAWN = {
    "moments": lambda: moments.draw(made.moments()),
    "few moments": lambda: moments.draw(made.moments(1)),
    "moments without used": lambda: moments.draw(made.moments().drop(columns=["used", "unit"])),
    "jeopardy": lambda: double_jeopardy.draw(made.jeopardy(), window="52 weeks"),
    "jeopardy of nine": lambda: double_jeopardy.draw(made.jeopardy(FIRMS)),
    "jeopardy of one": lambda: double_jeopardy.draw(made.jeopardy(("only",))),
    "lines": lambda: advantage.draw(made.sweep(), currency="yuan"),
    "map": lambda: advantage.draw(made.sweep(second=True), currency="yuan"),
    "map without intervals": lambda: advantage.draw(
        made.sweep(second=True, replicates=1), arms=["threshold_rebate"]
    ),
    "lines of another metric": lambda: advantage.draw(made.sweep(), metric="retention"),
    "map of another metric": lambda: advantage.draw(made.sweep(second=True), metric="retention"),
    "repeat buying": lambda: repeat_buying.draw(made.repeat_buying()),
    "repeat buying, no law": lambda: repeat_buying.draw(
        made.repeat_buying().drop(columns="predicted"), firm="Alpha"
    ),
    "tracking": lambda: tracking.draw(made.tracked(), law="BG/NBD"),
    "tracking without a forecast": lambda: tracking.draw(made.tracked(30, 30)),
    "tracking of a forecast alone": lambda: tracking.draw(made.tracked(30, 0), step="month", days=30.0),
    "tracking of a holdout": lambda: tracking.draw(made.held_out(), law="the market", counted="purchases"),
    "tracking of nothing": lambda: tracking.draw(NOTHING),
    "repeat rates": lambda: repeat_rates.draw(made.repeat_rates(), law="the lagged logit"),
    "repeat rates of nine": lambda: repeat_rates.draw(made.repeat_rates(FIRMS)),
    "renewals": lambda: renewals.draw(made.renewed(), law="sBG"),
    "one renewal": lambda: renewals.draw(made.renewed(1)),
    "timeline": lambda: timeline.draw(made.shares()),
    "timeline of nine": lambda: timeline.draw(made.shares(FIRMS)),
    "timeline without bands": lambda: timeline.draw(made.shares()[["day", "firm", "share"]]),
}


@pytest.mark.parametrize("name", DRAWN)
def test_draws_without_overlap_and_inside_the_sheet(name):
    figure = DRAWN[name]()
    with look():
        assert overlaps(figure) == []
        assert outside(figure) == []


def test_moments_count_those_that_fit_and_name_the_worst():
    table = made.moments()
    fits = int((table["z"].abs() <= 2).sum())
    assert (
        moments.message(table)
        == f"{fits} of 13 moments fit within 2 standard errors; worst: repeat rate (z = +9.4)"
    )
    good = table.assign(z=0.5)
    assert moments.message(good) == "14 of 14 moments fit within 2 standard errors"
    assert moments.message(table.assign(z=np.nan)) == "No moment could be compared"
    at_the_end = (
        "14 of 14 moments fit within 2 standard errors"  # what fits is not the worst of what does not
    )
    assert moments.message(table.assign(z=2.0)) == moments.message(table.assign(z=-2.0)) == at_the_end


def test_double_jeopardy_is_denied_where_it_is_absent():
    table = made.jeopardy()
    assert double_jeopardy.message(table).startswith("Small firms suffer twice")
    assert double_jeopardy.message(table.assign(rate=table["rate"].to_numpy()[::-1])).startswith(
        "No double jeopardy here"
    )


@pytest.mark.parametrize("most", [0.1, 0.5, 0.98])
def test_penetrations_fill_the_axis_and_none_is_above_all_customers(most):
    table = made.jeopardy()
    factor = most / table["penetration"].max()
    for name in ("penetration", "penetration_predicted"):
        table[name] = (table[name] * factor).clip(upper=1.0)
    left, right = double_jeopardy.draw(table).axes[0].get_xlim()
    assert left == 0 and 100 * most < right <= min(105, 130 * most)


def test_a_sweep_names_its_break_even():
    table = made.sweep()
    x = table.query("arm == 'points' and metric == 'incremental_profit'")
    zero = np.interp(0.0, -x["mean"], x[x.columns[0]])
    low, high = (np.interp(0.0, -x[end], x[x.columns[0]]) for end in ("low", "high"))
    assert low < zero < high
    assert advantage.message(advantage.swept(table)) == (
        f"“points” pays below a points rate of {low:.2f} and loses above one of {high:.2f}; on average it breaks even at {zero:.2f}"
    )
    some = x.assign(high=np.maximum(x["high"], 1.0))  # nowhere does it surely lose
    assert advantage.message(advantage.swept(some)).endswith(
        f"pays below a points rate of {low:.2f}; on average it breaks even at {zero:.2f}"
    )
    alone = x.assign(low=np.nan, high=np.nan)
    assert advantage.message(advantage.swept(alone)) == f"“points” pays below a points rate of {zero:.2f}"
    assert f"breaks even at {zero:.2f}" in written(advantage.draw(table))
    assert (
        advantage.message(
            advantage.swept(table[table["arm"] == "points"].assign(mean=5.0, low=1.0, high=9.0))
        )
        == "“points” pays at every points rate tried"
    )


def test_a_sweep_is_as_sure_as_its_intervals():
    """Where every interval includes zero nothing is said of paying; where all exclude it, no "on average"."""
    rows = made.sweep().query("arm == 'points' and metric == 'incremental_profit'")
    wide = rows.assign(low=-1e6, high=1e6)
    assert advantage.message(advantage.swept(wide)).endswith(
        "no sure difference anywhere: every interval includes zero"
    )
    sure = rows.assign(low=rows["mean"] - 1e-9, high=rows["mean"] + 1e-9)
    assert "average" not in advantage.message(advantage.swept(sure))
    assert "average" not in advantage.message(advantage.swept(rows.assign(low=np.nan, high=np.nan)))


def test_a_map_counts_the_combinations_that_pay_and_hatches_the_unsure():
    table = made.sweep(second=True)
    own = table.query("arm == 'points' and metric == 'incremental_profit'")
    pays, loses = (own["low"] > 0).sum(), (own["high"] < 0).sum()
    told = advantage.message(advantage.swept(table))
    assert (
        f"pays in {pays} of 28 combinations and loses in {loses}; {28 - pays - loses} may be chance" in told
    )
    figure = advantage.draw(table)
    hatched = [patch for patch in figure.axes[0].patches if patch.get_hatch()]
    assert len(hatched) == ((own["low"] <= 0) & (own["high"] >= 0)).sum() > 0
    under = {patch.get_xy() for patch in hatched}
    grey = {patch.get_xy() for patch in figure.axes[0].patches if to_hex(patch.get_facecolor()) == GRID}
    assert grey == under  # blue and red only where the interval excludes zero


def test_a_map_has_a_cell_for_each_combination_with_its_value_where_there_is_room():
    table = made.sweep(second=True)
    own = table.query("arm == 'points' and metric == 'incremental_profit'")
    axes = advantage.draw(table).axes[0]
    places = {(k, j) for k in range(7) for j in range(4)}
    cells = [patch.get_bbox().bounds for patch in axes.patches]
    assert {(x + 0.5, y + 0.5) for x, y, _, _ in cells} == places  # hatched ones lie on others
    assert all((width, height) == (1, 1) for _, _, width, height in cells)
    assert (axes.get_xlim(), axes.get_ylim()) == ((-0.5, 6.5), (-0.5, 3.5))
    assert (list(axes.get_xticks()), list(axes.get_yticks())) == ([*range(7)], [*range(4)])  # all named
    rate, days = own.columns[:2]
    levels = sorted(set(own[rate])), sorted(set(own[days]))
    told = {tuple(text.get_position()): text.get_text() for text in axes.texts}
    assert told == {
        (levels[0].index(row[rate]), levels[1].index(row[days])): brief(row["mean"])
        for _, row in own.iterrows()
    }
    many = pd.concat([own.assign(**{rate: own[rate] + k}) for k in range(9)])  # 63 columns: no room
    assert len(advantage.draw(many).axes[0].patches) >= 63 * 4 and not advantage.draw(many).axes[0].texts


def test_a_sweep_in_categories_and_an_impossible_one():
    table = pd.DataFrame(
        {"kind": ["a", "b", "c"], "mean": [1.0, -1.0, 2.0], "low": [0.5, -2.0, 1.0], "high": [2.0, -0.5, 3.0]}
    )
    assert "pays at 2 of 3 values of kind" in written(advantage.draw(table))
    with pytest.raises(RegularsError, match="one or two parameters, not 3"):
        advantage.swept(pd.DataFrame({"a": [1, 2], "b": [1, 2], "c": [1, 2], "mean": [0.0, 1.0]}))
    with pytest.raises(RegularsError, match="no rows of 'churn'"):
        advantage.swept(made.sweep(), metric="churn")


def test_crossings_are_interpolated():
    assert advantage.crossings(np.array([0.0, 1.0, 2.0]), np.array([-1.0, 3.0, -1.0])) == pytest.approx(
        [0.25, 1.75]
    )
    assert advantage.crossings(np.array([0.0, 1.0]), np.array([1.0, 3.0])) == []


def test_the_law_of_repeat_buying_is_judged():
    table = made.repeat_buying()
    exact = table.assign(predicted=table["share"])
    assert repeat_buying.message(exact).endswith("0% of customers in the wrong place")
    assert "12+" in written(repeat_buying.draw(table))
    few = pd.DataFrame({"purchases": [0, 1, 2], "share": [0.5, 0.3, 0.2], "predicted": [0.4, 0.3, 0.3]})
    assert (
        repeat_buying.message(few)
        == "50% never buy and 30% buy once; the law puts 10% of customers in the wrong place"
    )
    axes = repeat_buying.draw(few).axes[0]
    assert [bar.get_height() for bar in axes.patches] == pytest.approx([50, 30, 20])
    assert list(axes.lines[0].get_ydata()) == pytest.approx([40, 30, 30])


@pytest.mark.parametrize(("which", "other"), [("x", "y"), ("y", "x")])
def test_a_money_axis_is_the_one_that_is_asked_for(which, other):
    axes = Figure().subplots()
    rows.money_axis(axes, "yuan", "profit", which)
    mine, left = (getattr(axes, f"{name}axis") for name in (which, other))
    assert mine.label.get_text() == "profit, yuan" and left.label.get_text() == ""
    assert mine.get_major_formatter()(12_000) == "12,000" != left.get_major_formatter()(12_000)


@pytest.mark.parametrize(("wide", "most"), [(1.5, 3), (8.0, 7)])
def test_there_are_as_many_ticks_as_there_is_room_for(wide, most):
    axes = Figure(figsize=(wide, 2.0)).add_axes((0, 0, 1, 1))
    axes.set_xlim(0, 70)
    rows.ticks(axes)
    places = [place for place in axes.get_xticks() if 0 <= place <= 70]
    assert most / 2 <= len(places) <= most and len(set(np.diff(places))) == 1


@pytest.mark.parametrize("axis", [True, False])
def test_rows_have_a_scale_where_there_is_something_to_read_off(axis):
    _, axes = rows.row_figure(["one", "two"], [], unit="yuan", axis=axis)
    assert axes.xaxis.get_visible() == axes.spines["bottom"].get_visible() == axis
    assert axes.get_xlabel() == ("yuan" if axis else "")


def test_the_timeline_names_the_largest_change():
    assert timeline.message(made.shares()).startswith("“Alpha” rises from 14% to 19%")
    flat = made.shares().assign(share=0.25)
    assert timeline.message(flat) == "Shares hold steady"


def test_the_error_of_a_forecast_is_that_after_the_fit():
    assert tracking.message(made.tracked(off=0.9), "BG/NBD").startswith(
        "BG/NBD expects 10% fewer repeats after the fit"
    )
    assert "25% more repeats after the fit" in tracking.message(made.tracked(off=1.25))
    assert "as many repeats in the window of the fit as came" in tracking.message(made.tracked(30, 30))
    assert tracking.message(NOTHING).startswith("Nobody bought again after the fit")
    assert "end of the fit" in written(tracking.draw(made.tracked()))
    assert "end of the fit" not in written(tracking.draw(made.tracked(30, 30)))
    assert "more purchases after the fit" in tracking.message(made.tracked(off=1.25), counted="purchases")
    assert "purchases a week" in written(tracking.draw(made.held_out(), counted="purchases"))
    assert "months since" in written(tracking.draw(made.tracked(), step="month"))
    with pytest.raises(RegularsError, match="shorter than a step"):
        tracking.draw(made.tracked(0))


def test_buyers_alone_are_not_said_to_never_buy():
    seen = pd.DataFrame({"purchases": [1, 2], "share": [0.6, 0.4], "predicted": [0.5, 0.5]})
    assert repeat_buying.message(seen) == "60% of buyers buy once; the law puts 10% of customers in the wrong place"  # fmt: skip
    assert repeat_buying.message(seen.drop(columns="predicted")) == "60% of buyers buy once"


def test_repeat_rates_say_how_far_a_law_is_off():
    table = made.repeat_rates()
    off = table.assign(repeat_predicted=table["repeat"] + 0.03)
    assert repeat_rates.message(off, "the law").endswith("the law is 3.0 percentage points off a firm's repeat rate")  # fmt: skip
    drawn = repeat_rates.draw(off).axes[0]
    filled = [line for line in drawn.lines if line.get_marker() == "o"][1]
    assert filled.get_xydata().tolist() == pytest.approx(100 * table[["share", "repeat"]].to_numpy())


def test_renewals_say_whether_retention_rises():
    table = made.renewed()
    assert renewals.message(table).startswith("Retention rises from 60% at the first renewal to")
    assert renewals.message(table.iloc[::-1].set_axis(table.index)).startswith("Retention falls from")
    assert renewals.message(made.renewed(1)) == "60% make the first renewal"
    left = renewals.draw(table).axes[1].lines
    assert [list(line.get_ydata()) for line in left] == [pytest.approx([100, *(100 * table[f"{name}_left"])]) for name in ("observed", "expected")]  # fmt: skip
