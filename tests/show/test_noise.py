"""What may be chance is said and drawn as such: titles, colours, and what is left out."""

import dataclasses
import re

import numpy as np
import pytest
from matplotlib.colors import to_hex
from show import tables_made_up as made
from show.letters import texts, written
from worlds.comparisons import comparison, readings

from regulars.show.plots import (
    attribution,
    cumulative,
    gain_loss,
    naive,
    pareto,
    ranking,
    share_of_wallet,
    timeline,
    tracking,
    waterfall,
)
from regulars.show.plots.naming import at_points
from regulars.show.plots.rows import cap_of
from regulars.show.reading import CELLS, Estimate, read
from regulars.show.style import ARMS, GAIN, LOSS, UNSURE, arm_colours, look, sheet, tint
from regulars.show.words import is_sure, perhaps

READ = readings()
SURE_VERBS = (
    "earns",
    "loses",
    "lost",
    "pays for itself",
    "has paid",
    "wins",
    "raises",
    "gains",
    "keeps most",
    "causes only",
    "itself causes",
)


@pytest.fixture(scope="module")
def noisy():
    """A positive and a negative mean, both far within their intervals."""
    return read(comparison({"up": 300.0, "down": -300.0}, noise=30000.0, replicates=6))


def test_the_rule_of_titles():
    assert [
        is_sure(e)
        for e in (Estimate(1, 0.5, 2), Estimate(-1, -2, -0.5), Estimate(1), Estimate(0.0, 0.0, 0.0))
    ] == [True] * 4
    assert not is_sure(Estimate(1, -1, 3)) and perhaps(Estimate(1, -1, 3)) == ", which may be chance"
    assert not is_sure(Estimate(1, 0, 2)) and perhaps(Estimate(1, 0.1, 2)) == ""


@pytest.mark.parametrize("figure", [ranking, waterfall, cumulative, pareto])
def test_no_title_is_surer_than_the_interval_of_the_profit(figure, noisy):
    assert all(noisy.profit(arm).open for arm in noisy.arms)
    for flip in (False, True):
        data = noisy.comparison
        if flip:  # the best arm has a negative mean
            data = comparison({"up": -3000.0, "down": -9000.0}, noise=30000.0, replicates=6)
            assert read(data).profit(read(data).best).open
        told = figure.message(read(data))
        assert "chance" in told or "surely" in told or re.search(r"in \d of 6 replicates", told), told
        if figure is not pareto:
            told = told.replace("surely earns", "").replace("pays for itself in", "")
            assert not [verb for verb in SURE_VERBS if verb in told], told


def test_every_change_of_a_comparison_is_told_as_it_is():
    """Purchases, members and share of wallet: with a narrow interval a verb, with a wide one chance."""
    data = comparison({"arm": 6000.0}, replicates=6, noise=100.0)
    for message in (gain_loss.message, share_of_wallet.message, naive.message):
        assert "chance" not in message(read(data))
    rng = np.random.default_rng(3)
    rows = data.attribution.copy()
    rows["opportunities"] = rng.normal(0, 500, len(rows))
    assert "may be chance" in gain_loss.message(dataclasses.replace(data, attribution=rows))
    told = data.metrics
    for metric, message, usual in (
        ("share_of_requirements", share_of_wallet.message, 0.35),
        ("true_lift", naive.message, 1.0),
    ):
        mine = (told["metric"] == metric) & (told["arm"] == "arm")
        own = told.assign(value=told["value"].where(~mine, usual + rng.normal(0, 5 * usual, len(told))))
        found = message(read(dataclasses.replace(data, metrics=own)))
        assert "may be chance" in found
        assert not any(
            verb in found for verb in (" raises the share of wallet by", "causes only", "itself causes")
        )


def test_overview_counts_only_what_is_sure(noisy):
    assert (
        waterfall.overview(noisy)
        == "In no arm can margin won be told from rewards and costs: every interval includes zero"
    )
    assert (
        waterfall.overview(READ["usual"])
        == "In 1 of 3 arms rewards and costs take more than the margin they win, in 2 of 3 less"
    )
    assert waterfall.overview(READ["losing"]) == "No arm wins as much margin as its rewards and costs take"
    some = read(comparison({"a": 90000.0, "b": 10.0}, noise=20000.0, replicates=6))
    assert (
        waterfall.overview(some)
        == "In 1 of 2 arms rewards and costs take less than the margin they win; 1 may be chance"
    )


def colours_of(figure):
    """Colours of all bars, numbers and dots, without the tints."""
    return {to_hex(patch.get_facecolor()) for axes in figure.axes for patch in axes.patches} | {
        to_hex(line.get_color()) for axes in figure.axes for line in axes.lines
    }


def test_blue_and_red_only_where_the_interval_excludes_zero(noisy):
    for figure in (ranking.draw(noisy), share_of_wallet.draw(noisy)):
        assert not colours_of(figure) & {GAIN, LOSS} and UNSURE in colours_of(figure)
    for arm in READ["usual"].arms:
        for bar in waterfall.steps(READ["usual"], arm):
            each = [waterfall.changes(cells).get(bar.name) for cells in READ["usual"].each(arm)]
            if bar.total:
                each = READ["usual"].values(arm, "incremental_profit")
            found = READ["usual"].interval(np.array(each))
            assert bar.colour == (GAIN if found.low > 0 else LOSS if found.high < 0 else UNSURE), bar
            assert found.mean == pytest.approx(bar.change)
    bars = waterfall.steps(noisy, "up")
    assert {
        bar.colour
        for bar in bars
        if bar.name in ("won from rivals", "margin of same sales", "change of profit")
    } == {UNSURE}
    drawn = colours_of(waterfall.draw(noisy, "up"))
    assert UNSURE in drawn  # what is the same in all replicates keeps its colour: rewards, new purchases
    assert "Grey: the 95% interval includes zero" in written(waterfall.draw(noisy)).replace("\n", " ")
    assert "Grey" not in written(waterfall.draw(comparison({"arm": 9000.0}, noise=1.0)))


def test_rivals_whose_balance_may_be_chance_are_grey():
    data = comparison({"arm": 6000.0}, replicates=6, rivals=("sure", "open"))
    rows = data.attribution
    sign = rows["replicate"].map(lambda r: 1 if r % 2 else 0.2)
    won = np.where((rows["rival"] == "sure") & (rows["cell"] == "won"), 100.5 + rows["replicate"], 0.0)
    won = np.where((rows["rival"] == "open") & (rows["cell"] == "won"), 100.0 * sign, won)
    both = np.where((rows["rival"] == "open") & (rows["cell"] == "lost"), 60.0, won)
    data = dataclasses.replace(data, attribution=rows.assign(opportunities=both))
    found = gain_loss.spreads(read(data), "arm")
    assert is_sure(found["sure"]) and not is_sure(found["open"])
    assert found["open"].mean == pytest.approx(0.0) and found["sure"].mean == pytest.approx(103.0)
    figure = gain_loss.draw(data)
    balance = {
        text.get_text(): to_hex(text.get_color()) for text in texts(figure) if text.get_weight() == "bold"
    }
    bars = [to_hex(bar.get_facecolor()) for bar in figure.axes[0].patches if bar.get_width()]
    assert bars[0] == to_hex(tint(GAIN, 0.55)) and set(bars[1:]) == {to_hex(tint(UNSURE, 0.55))}
    assert balance["+103"] != balance["0"] and "Grey: the balance may be chance" in written(figure)
    assert "bought nowhere" not in [text.get_text() for text in texts(figure)]  # nothing moved there
    assert "None moved from or to: bought nowhere" in written(figure)


def test_steps_that_change_nothing_are_left_out_in_all_panels_or_none():
    data = comparison({"a": 9000.0, "b": -4000.0}, replicates=4, noise=10.0)
    rows = data.attribution.copy()
    rows = rows[~rows["cell"].isin(["created", "foregone", "programme"])]
    rows.loc[(rows["cell"] == "kept") & (rows["arm"] == "b"), "margin"] = -50.0
    data = dataclasses.replace(data, attribution=rows)
    labels = [t.get_text() for t in waterfall.draw(data).axes[0].get_yticklabels()]
    assert labels == [
        "margin of same sales",
        "won from rivals",
        "lost to rivals",
        "rewards and discounts",
        "change of profit",
    ]
    assert "Without change: new purchases, purchases foregone, programme costs" in written(
        waterfall.draw(data)
    ).replace("\n", " ")
    alone = written(waterfall.draw(data, "a")).replace("\n", " ")
    assert "Without change: margin of same sales, new purchases" in alone
    assert "Without change" not in written(
        waterfall.draw(comparison({"a": 9000.0}, replicates=4), "a")
    ).replace("Without change: margin of same sales.", "")


def test_panels_align_where_one_arm_has_a_step_of_its_own():
    """A cell that only one arm has is a row of all panels: every number stands beside its own name."""
    data = comparison({"a": 9000.0, "b": -4000.0}, replicates=4, noise=10.0)
    own = data.attribution.iloc[:1].assign(
        arm="b", replicate=0, cell="fines", rival="", margin=-400.0, reward=0.0
    )
    import pandas as pd

    data = dataclasses.replace(data, attribution=pd.concat([data.attribution, own]))
    figure = waterfall.draw(data)
    labels = [t.get_text() for t in figure.axes[0].get_yticklabels()]
    for axes, arm in zip(figure.axes, read(data).arms, strict=True):
        told = {round(text.get_position()[1]): text.get_text() for text in axes.texts}
        for bar in waterfall.steps(read(data), arm):
            if bar.name in labels:
                from regulars.ground.numbers import brief

                assert told[labels.index(bar.name)] == brief(bar.change, sign=True)
    assert "other margin" in labels


def test_cost_increases_are_not_called_a_price_and_fees_no_costs():
    assert not [name for name, _ in waterfall.STEPS if "price" in name]
    data = comparison({"a": 9000.0}, replicates=4)
    assert "fees" not in written(waterfall.draw(data))
    rows = data.attribution.copy()
    rows.loc[rows["cell"] == "programme", "reward"] = -700.0
    shown = written(waterfall.draw(dataclasses.replace(data, attribution=rows)))
    assert "fees less costs" in shown and "programme costs" not in shown
    steps = waterfall.steps(read(dataclasses.replace(data, attribution=rows)), "a")
    assert next(bar.change for bar in steps if bar.name == "programme costs") == pytest.approx(700.0)


def test_arms_without_money_are_told_not_drawn():
    data = comparison({"paid": 9000.0, "free": 400.0}, replicates=4)
    rows = data.attribution.copy()
    rows.loc[rows["arm"] == "free", "reward"] = 0.0
    figure = attribution.draw(dataclasses.replace(data, attribution=rows))
    assert "Without rewards and costs: “free”" in written(figure).replace("\n", " ")
    assert "free" not in [text.get_text() for text in texts(figure)]


def test_every_line_has_its_name_and_its_colour():
    reading = READ["twelve arms"]
    colours = arm_colours(reading.comparison.arms)
    figure = cumulative.draw(reading)
    lines = [line for line in figure.axes[0].lines if len(line.get_xdata()) > 2]
    assert {to_hex(line.get_color()) for line in lines} == set(colours.values()) == set(ARMS)
    for arm in reading.arms:
        assert arm[:20] in written(figure)
    with look():
        many = comparison({f"arm {k}": 100.0 * k for k in range(15)}, replicates=2)
        few = cumulative.draw(many)
    assert len([line for line in few.axes[0].lines if len(line.get_xdata()) > 2]) == 12
    assert "The first 12 of 15 arms" in written(few)


def test_bands_of_arms_within_the_scale_are_not_cut():
    data = comparison(
        {"good": 500.0, "fair": -400.0, "poor": -900.0, "ruin": -400000.0}, noise=12000.0, replicates=5
    )
    axes = cumulative.draw(data).axes[0]
    low, high = axes.get_ylim()
    path = read(data).path(read(data).best)
    assert low <= path["low"].min() and path["high"].max() <= high < 100_000
    reading, axes = read(data), ranking.draw(data).axes[0]
    cap = cap_of([reading.profit(arm).mean for arm in reading.arms], reading.profit(reading.best).mean)
    ends = [end for arm in reading.arms[:3] for end in (reading.profit(arm).low, reading.profit(arm).high)]
    cut = [
        line.get_xdata()[0] for line in axes.lines if line.get_marker() in "<>" and line.get_markersize() == 5
    ]
    assert sorted(cut) == sorted(float(np.sign(end) * cap) for end in ends if abs(end) > cap) != []


def test_labels_that_had_to_move_are_led_to():
    figure = cumulative.draw(READ["twelve arms"])
    leaders = [line for line in figure.axes[0].lines if line.get_label() == "_leader"]
    low, high = figure.axes[0].get_ylim()
    ends = {
        arm: (READ["twelve arms"].profit(arm).mean - low) / (high - low) for arm in READ["twelve arms"].arms
    }
    assert sorted(line.get_ydata()[0] for line in leaders) == pytest.approx(sorted(ends.values()))
    names = sorted(text.xy[1] for text in figure.axes[0].texts if "with some words" in text.get_text())
    assert sorted(line.get_ydata()[1] for line in leaders) == pytest.approx(names)
    assert not [
        line
        for line in cumulative.draw(comparison({"a": 9000.0, "b": -9000.0})).axes[0].lines
        if line.get_label() == "_leader"
    ]


def test_ahead_in_every_replicate_may_still_be_chance():
    """One replicate carries the mean: all break even, and the interval includes zero."""
    data = comparison({"arm": 9000.0}, replicates=5, noise=100.0)
    mine = (data.metrics["metric"] == "incremental_profit") & (data.metrics["arm"] == "arm")
    data.metrics.loc[mine, "value"] = [10.0, 20.0, 10.0, 20.0, 30000.0]
    assert read(data).break_even("arm").reached == 5 and read(data).profit("arm").open
    assert re.search(r"is ahead from day \d+ .* on average, which may be chance$", cumulative.message(data))


def test_leader_lines_go_around_whiskers():
    """Names crowd the point in the middle of a cross: the line that leads to its name does not run along an arm of the cross."""
    with look():
        figure = sheet(3.0)
        axes = figure.axes_at(1, 0, 6, 3)
        axes.set_xlim(0, 6)
        axes.set_ylim(0, 3)
        lines = [(1.0, 1.5, 5.0, 1.5), (3.0, 0.2, 3.0, 2.8), (2.9, 1.62, 3.1, 1.62), (2.9, 1.38, 3.1, 1.38)]
        lines += [(2.82, 1.3, 2.82, 1.7), (3.18, 1.3, 3.18, 1.7)]
        names = {"a long name of an arm": (3.0, 1.5)}
        at_points(axes, names, {"a long name of an arm": "#000000"}, lines=lines)
    for leader in (line for line in axes.lines if line.get_label() == "_leader"):
        (x0, x1), (y0, y1) = 6 * leader.get_xdata(), 3 * leader.get_ydata()
        along = np.hypot(x1 - x0, y1 - y0)
        for a, b, c, d in lines[:2]:
            steps = np.linspace(0.1, along, 50) / along
            x, y = x0 + (x1 - x0) * steps, y0 + (y1 - y0) * steps
            over = (
                (np.minimum(a, c) - 0.02 < x)
                & (x < np.maximum(a, c) + 0.02)
                & (np.minimum(b, d) - 0.02 < y)
                & (y < np.maximum(b, d) + 0.02)
            )
            assert not over.any()


def test_bands_decide_whether_a_share_moves_and_a_forecast_is_off():
    table = made.shares()
    assert timeline.message(table.assign(low=0.0, high=1.0)).startswith("No share surely moves")
    assert " rises from " in timeline.message(table.assign(low=table["share"], high=table["share"]))
    held = made.held_out()
    wide, narrow = held.assign(low_total=0.0, high_total=1e9), held.assign(low_total=1e8, high_total=1e9)
    assert tracking.message(wide).endswith("within its 95% band") and "band" not in tracking.message(narrow)


def test_cells_by_replicate_average_to_the_cells():
    reading = READ["usual"]
    for arm in reading.arms:
        each = reading.each(arm)
        assert len(each) == reading.replicates
        for name in CELLS:
            for part in ("margin", "reward", "opportunities", "moved"):
                mean = np.mean([getattr(cells[name], part) for cells in each])
                assert mean == pytest.approx(getattr(reading.cells(arm)[name], part)), (name, part)
