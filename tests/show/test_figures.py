import dataclasses
import datetime
import importlib
import re
from types import SimpleNamespace

import matplotlib
import matplotlib.figure
import numpy as np
import pytest
from show.letters import clipped, outside, overlaps, texts, written
from worlds.comparisons import comparison, hostile_cases, readings

from regulars import show
from regulars.show.plots import (
    attribution,
    cumulative,
    gain_loss,
    naive,
    pareto,
    ranking,
    share_of_wallet,
    waterfall,
)
from regulars.show.reading import read
from regulars.show.style import look, png, svg

CASES, READ = hostile_cases(), readings()


def draw(name, data, **options):
    return importlib.import_module(f"regulars.show.plots.{name}").draw(data, **options)


def every_pair():
    """Figures and hostile cases, half of them by turns; all in `make validate`."""
    for i, name in enumerate(show.FIGURES):
        for j, case in enumerate(CASES):
            yield pytest.param(name, case, marks=[pytest.mark.slow] if (i + j) % 2 else [])


@pytest.mark.parametrize(("name", "case"), list(every_pair()))
def test_every_figure_draws_every_hostile_case_with_its_message_and_without_overlap(name, case):
    figure = draw(name, READ[case])
    with look():
        assert overlaps(figure) == []
        assert outside(figure) == []
        assert name == "cumulative" or clipped(figure) == []
    titles = [text for text in texts(figure) if text.get_gid() == "message"]
    assert len(titles) == 1 and len(titles[0].get_text()) > 12
    assert "nan" not in written(figure).lower().replace("chance", "")


@pytest.mark.parametrize("name", show.FIGURES)
def test_the_title_can_stand_elsewhere_and_labels_carry_units(name):
    figure = draw(name, READ["usual"], title=False)
    assert not [text for text in texts(figure) if text.get_gid() == "message"]
    units = "yuan", "%", "purchases", "percentage points"
    labels = [
        axis.label.get_text()
        for axes in figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        if axis.get_visible()
    ]
    told = [label for label in labels if label] or [written(figure)]
    dated = [label for label in told if "run starts" in label]
    assert all(any(unit in label for unit in units) for label in told if label not in dated)


@pytest.mark.parametrize("name", ["ranking", "pareto"])
def test_the_same_comparison_gives_the_same_bytes(name):
    first, second = (draw(name, comparison(replicates=4)) for _ in range(2))
    assert png(first) == png(second)
    assert svg(first) == svg(second)
    assert png(draw(name, comparison(replicates=4, seed=8))) != png(first)


def test_settings_of_the_session_neither_leak_in_nor_out():
    plain = svg(draw("ranking", READ["usual"]))
    with matplotlib.rc_context(
        {"font.size": 30, "axes.facecolor": "red", "lines.linewidth": 9, "svg.fonttype": "path"}
    ):
        before = dict(matplotlib.rcParams)
        assert svg(draw("ranking", READ["usual"])) == plain
        assert dict(matplotlib.rcParams) == before


def test_dollar_signs_are_money_not_mathematics():
    data = comparison({"$5 off_{2} and $10": 900.0, "other": -50.0})
    assert "$5 off {2} and $10" in written(ranking.draw(data))


def test_the_ranking_says_who_earns_who_loses_and_what_may_be_chance():
    assert (
        ranking.message(READ["usual"])
        == "“points” earns 12,700 yuan more than doing nothing; “threshold rebate” loses 3,880 yuan"
    )
    assert ranking.message(READ["losing"]).startswith("Every arm loses money; the least bad, “a”, loses")
    assert "may be chance" in ranking.message(READ["undecided"])
    shown = written(ranking.draw(READ["usual"]))
    assert "+12,700" in shown and "12,200 to 13,200" in shown and ">95%" in shown
    assert "interval" not in written(ranking.draw(READ["single"])).replace("no intervals", "")


def test_the_waterfall_ends_at_the_incremental_profit():
    for name, reading in READ.items():
        for arm in reading.arms:
            bars = waterfall.steps(reading, arm)
            assert bars[-1].end == pytest.approx(reading.profit(arm).mean, abs=0.005), name
            assert sum(bar.change for bar in bars[:-1]) == pytest.approx(bars[-1].change, abs=0.005)


def test_one_waterfall_shows_the_sum_in_bold_and_where_zero_is():
    figure = waterfall.draw(READ["usual"], ["points"])
    bold = [
        text.get_text() for text in texts(figure) if text.get_weight() == "bold" and text.get_ha() == "right"
    ]
    assert [name for name in bold if name.islower()] == ["change of profit"]
    zero = [
        line
        for line in figure.axes[0].lines
        if list(line.get_xdata()) == [0, 0] and list(line.get_ydata()) == [0, 1]
    ]
    assert len(zero) == 1


def test_a_waterfall_says_what_is_won_and_what_is_paid_for_it():
    assert re.search(
        r"changes margin by \+[\d,]+ yuan and adds no rewards$", waterfall.message(READ["no reward"])
    )
    assert re.search(
        r"wins [\d,]+ yuan of margin and pays [\d,]+ yuan: [\d,]+ yuan remain$",
        waterfall.message(READ["usual"]),
    )
    assert re.search(r"pays [\d,]+ yuan: [\d,]+ yuan are lost$", waterfall.message(READ["losing"]))


def test_attribution_shares_are_of_rewards_and_sum_to_one():
    cells = READ["usual"].cells("points")
    parts = attribution.parts(cells)
    assert sum(parts.values()) == pytest.approx(9000 * 0.92)  # programme costs stand apart
    assert attribution.caused(cells) == pytest.approx(0.38 / 0.92)
    assert np.isnan(attribution.caused(READ["no reward"].cells("smile")))
    assert "no reward money" in written(attribution.draw(READ["no reward"]))


def test_attribution_bars_fill_the_scale_and_have_a_key():
    """Of each arm all rewards, part by part; each part's name stands beside its colour."""
    reading = READ["usual"]
    figure = attribution.draw(reading)
    axes = figure.axes[0]
    assert axes.get_xlim() == (0, 100)
    colours = [matplotlib.colors.to_rgba(colour) for _, _, colour in attribution.PARTS]
    for k, arm in enumerate(reading.arms):
        bars = [bar for bar in axes.patches if bar.get_y() < k < bar.get_y() + bar.get_height()]
        money = attribution.parts(reading.cells(arm))
        assert [bar.get_facecolor() for bar in bars] == colours
        assert [bar.get_width() for bar in bars] == pytest.approx(
            [100 * money[name] / sum(money.values()) for name, _, _ in attribution.PARTS]
        )
        assert [bar.get_x() for bar in bars] == pytest.approx(
            np.cumsum([0, *(bar.get_width() for bar in bars[:-1])])
        )
    swatches = [
        one for one in figure.artists + figure.patches if isinstance(one, matplotlib.patches.Rectangle)
    ]
    swatches = [one for one in swatches if one is not figure.patch]
    assert [swatch.get_facecolor() for swatch in swatches] == colours
    with look():
        renderer = figure.canvas.get_renderer()
        names = {text.get_text(): text.get_window_extent(renderer) for text in texts(figure)}
        for swatch, (name, _, _) in zip(swatches, attribution.PARTS, strict=True):
            box, own = swatch.get_window_extent(renderer), names[name]
            assert box.x1 <= own.x0 <= box.x1 + box.width and own.y0 <= (box.y0 + box.y1) / 2 <= own.y1


def test_naive_and_true_stand_side_by_side_with_the_gap():
    shown = written(naive.draw(READ["usual"]))
    reading = READ["usual"]
    gap = reading.estimate("points", "naive_lift").mean - reading.estimate("points", "true_lift").mean
    assert f"+{gap:.1f}" in shown and "self-selection" in shown
    assert "everybody is a member, or nobody" in written(naive.draw(READ["no members"]))
    some = comparison(members=("points",))
    assert naive.members(read(some)) == ["points"]
    assert "Without members" in written(naive.draw(some))


def test_gain_and_loss_count_every_rival_and_nobody():
    rows = gain_loss.balance(READ["eight rivals"], "points")
    assert len(rows) == 9 and list(rows)[-1] == gain_loss.NOBODY
    won = (
        CASES["eight rivals"].attribution.query("arm == 'points' and cell == 'won'")["opportunities"].sum()
        / 20
    )
    assert sum(w for w, _ in list(rows.values())[:-1]) == pytest.approx(won)
    assert list(gain_loss.balance(READ["monopoly"], "points")) == [gain_loss.NOBODY]


def test_rivals_stand_by_what_is_won_from_them_on_balance_then_by_name():
    data = comparison({"arm": 1000.0}, replicates=1, rivals=("Delta", "Beta", "Gamma", "Zeta"))
    moves = {
        ("Delta", "won"): 9.0,
        ("Delta", "lost"): 4.0,
        ("Beta", "won"): 5.0,
        ("Gamma", "won"): 7.0,
        ("Zeta", "lost"): 6.0,
    }
    table = data.attribution
    counts = [moves.get(key, 0.0) for key in zip(table["rival"], table["cell"], strict=True)]
    rows = gain_loss.balance(
        read(dataclasses.replace(data, attribution=table.assign(opportunities=counts))), "arm"
    )
    assert list(rows) == ["Gamma", "Beta", "Delta", "Zeta", gain_loss.NOBODY]
    assert rows["Delta"] == (9.0, 4.0) and rows["Zeta"] == (0.0, 6.0)


def test_the_message_names_who_matters_most_on_balance():
    """Where an arm gains: from whom most comes; where it loses: to whom most goes, or that it is lost to nobody."""
    data = comparison({"arm": 1000.0}, replicates=2, rivals=("Beta", "Gamma", "Delta"))

    def told(beta, gamma, nobody):
        """The message when so many purchases are won of these on balance, and lost where below 0."""
        table = data.attribution.assign(opportunities=0.0)
        cells = {"Beta": ("won", "lost"), "Gamma": ("won", "lost"), "": ("created", "foregone")}
        for rival, net in (("Beta", beta), ("Gamma", gamma), ("", nobody)):
            cell = cells[rival][net < 0]
            table.loc[(table["rival"] == rival) & (table["cell"] == cell), "opportunities"] = abs(net)
        return gain_loss.message(dataclasses.replace(data, attribution=table))

    assert told(100, 300, -50).endswith("gains 350 purchases on balance, chiefly from “Gamma”")
    assert told(100, -20, 300).endswith(
        "gains 380 purchases on balance, chiefly from customers who would not have bought"
    )
    assert told(100, -300, -50).endswith("loses 250 purchases on balance, chiefly to “Gamma”")
    assert told(100, -20, -300).endswith("loses 220 purchases on balance, chiefly to nobody")
    assert told(0, 0, 0).endswith("moves no purchases between firms")


def test_many_rivals_are_taken_together(monkeypatch):
    every = gain_loss.balance(READ["eight rivals"], "points")
    monkeypatch.setattr(gain_loss, "MOST", 4)
    few = gain_loss.balance(READ["eight rivals"], "points")
    assert len(few) == 5 and "5 others" in few and list(few)[-1] == gain_loss.NOBODY
    for k in (0, 1):
        assert sum(row[k] for row in few.values()) == pytest.approx(sum(row[k] for row in every.values()))


def test_break_even_is_told_with_its_date_or_as_out_of_reach():
    assert re.search(r"from day \d+ \(\d+ May 2024\)$", cumulative.message(READ["usual"]))
    assert cumulative.message(READ["losing"]) == "“a” does not pay for itself within the run"
    assert re.search(r"in \d+ of 20 replicates", cumulative.message(READ["undecided"]))
    assert "breaks even" in written(cumulative.draw(READ["usual"]))
    assert "breaks even" not in written(cumulative.draw(READ["losing"]))


@pytest.mark.parametrize(
    ("start", "last", "ticks"),
    [
        ("2024-01-01", 300, {0: "Jan 24", 60: "Mar", 121: "May", 182: "Jul", 244: "Sep"}),
        ("2024-11-15", 120, {16: "Dec 24", 47: "Jan 25", 78: "Feb", 106: "Mar"}),
        ("9999-01-01", 150, {0: "Jan 99", 31: "Feb", 59: "Mar", 90: "Apr", 120: "May"}),
        ("9999-09-01", 150, {0: "Sep 99", 30: "Oct", 61: "Nov", 91: "Dec"}),  # no calendar goes on
        ("2024-01-01", 99, None),
    ],
)
def test_long_runs_have_ticks_at_the_first_of_months(start, last, ticks):
    axes = matplotlib.figure.Figure().subplots()
    axes.set_xlim(0, last)
    cumulative.calendar(axes, SimpleNamespace(start=datetime.date.fromisoformat(start)), last)
    if ticks is None:
        assert axes.get_xlabel().startswith("day of the run")
        return
    places = axes.xaxis.get_major_locator()()
    assert dict(zip(places, axes.xaxis.get_major_formatter().format_ticks(places), strict=True)) == ticks
    assert axes.get_xlabel().startswith("first of the month")


@pytest.mark.parametrize(("case", "bands"), [("usual", 3), ("twelve arms", 1), ("single", 0)])
def test_the_best_arm_stands_out_and_many_bands_do_not_hide_one_another(case, bands):
    axes = cumulative.draw(READ[case]).axes[0]
    assert len(axes.collections) == bands
    named = [line for line in axes.lines if len(line.get_xdata()) > 2 and line.get_linewidth() > 1]
    best = max(named, key=lambda line: line.get_linewidth())
    assert best.get_ydata()[-1] == pytest.approx(READ[case].profit(READ[case].best).mean)
    assert sum(line.get_linewidth() == best.get_linewidth() for line in named) == 1
    assert len(named) == min(len(READ[case].arms), cumulative.MOST)


def test_one_catastrophic_arm_does_not_hide_the_others():
    data = comparison({"good": 6000.0, "fair": -1500.0, "poor": -9000.0, "ruin": -400000.0}, noise=300.0)
    axes = ranking.draw(data).axes[0]
    assert axes.get_xlim()[0] > -50000
    assert "beyond the scale" in written(ranking.draw(data)).replace("\n", " ")
    assert cumulative.draw(data).axes[0].get_ylim()[0] > -100000
    assert "ruin −401,000 ↓" in written(cumulative.draw(data)) or "↓" in written(cumulative.draw(data))
    assert "own scale" in written(waterfall.draw(data))
    assert "one scale" in written(waterfall.draw(READ["usual"]))
    shown = written(cumulative.draw(data))
    assert shown.count("↓") == 1 and "↑" not in shown and "1 of 4 arms leave the scale" in shown
    usual = written(cumulative.draw(READ["usual"]))
    assert "↓" not in usual and "leave the scale" not in usual


def test_the_frontier_keeps_what_nothing_beats_on_both():
    places = {"a": (0.0, 10.0), "b": (1.0, 5.0), "c": (0.5, 4.0), "d": (2.0, -1.0), "e": (2.0, -1.0)}
    assert pareto.frontier(places) == ["a", "b", "d", "e"]
    assert pareto.message(READ["losing"]).startswith("Doing nothing is best on both")


@pytest.mark.parametrize("case", ["usual", "losing", "undecided", "pennies"])
def test_names_of_the_frontier_do_not_lie_on_intervals(case):
    """Both intervals of every arm are drawn, as wide as they are, and no name hides one."""
    reading = READ[case]
    figure = pareto.draw(reading)
    axes = figure.axes[0]
    bars = [line.get_xydata() for line in axes.lines if line.get_alpha() == 0.6]
    for arm in reading.arms:
        kept, profit = reading.difference(arm, "retention"), reading.profit(arm)
        for bar in (
            [(100 * kept.low, profit.mean), (100 * kept.high, profit.mean)],
            [(100 * kept.mean, profit.low), (100 * kept.mean, profit.high)],
        ):
            assert any(np.allclose(bar, drawn) for drawn in bars)
    with look():
        renderer = figure.canvas.get_renderer()
        names = [text.get_window_extent(renderer) for text in axes.texts]
    for bar in bars:
        (left, bottom), (right, top) = axes.transData.transform(bar)
        assert not any(
            box.x0 < right and left < box.x1 and box.y0 < top + 0.01 and bottom < box.y1 for box in names
        )


def test_share_of_wallet_differences_are_paired():
    data = CASES["usual"]
    wide = data.metrics[data.metrics["metric"] == "share_of_requirements"].pivot(
        index="replicate", columns="arm", values="value"
    )
    gap = (wide["points"] - wide["control"]).mean() * 100
    assert f"+{gap:.1f}" in written(share_of_wallet.draw(data))
