"""Every figure that shows what an arm earns shows the number of the comparison: read off what is drawn, not off what was meant."""

import re

import numpy as np
import pytest
from matplotlib.colors import to_hex
from show.letters import texts
from worlds.comparisons import comparison

from regulars.ground.numbers import brief, interval, number
from regulars.show.plots import cumulative, pareto, ranking, share_of_wallet, waterfall
from regulars.show.report import report_html
from regulars.show.style import arm_colours

DATA = comparison({"points": 12300.0, "rebate": -3200.0, "open": 500.0}, replicates=6, noise=3000.0)
TABLE = DATA.ranking().set_index("arm")
ARMS = tuple(TABLE.index)
PROFIT = TABLE["incremental_profit"].to_dict()


def told(figure):
    """All texts, as a list."""
    return [text.get_text() for text in texts(figure)]


def dots(axes):
    """Places of single round marks, by their colour."""
    return [
        (line.get_xdata()[0], line.get_ydata()[0], to_hex(line.get_color()))
        for line in axes.lines
        if line.get_marker() == "o" and len(line.get_xdata()) == 1
    ]


def test_ranking():
    figure = ranking.draw(DATA)
    axes = figure.axes[0]
    assert {round(y): x for x, y, _ in dots(axes)} == {
        k: pytest.approx(PROFIT[arm]) for k, arm in enumerate(ARMS)
    }
    bars = {round(bar.get_y() + bar.get_height() / 2): bar.get_width() for bar in axes.patches}
    assert bars == {k: pytest.approx(PROFIT[arm]) for k, arm in enumerate(ARMS)}
    lines = {
        round(line.get_ydata()[0]): tuple(line.get_xdata())
        for line in axes.lines
        if len(set(line.get_ydata())) == 1 and len(line.get_xdata()) == 2
    }
    for k, arm in enumerate(ARMS):
        assert lines[k] == pytest.approx((TABLE["low"][arm], TABLE["high"][arm]))
        assert brief(PROFIT[arm], sign=True) in told(figure) and interval(
            TABLE["low"][arm], TABLE["high"][arm]
        ) in told(figure)


@pytest.mark.parametrize("arms", [None, ["points"], ["open"]])
def test_waterfalls(arms):
    """The last bar is the change of profit, its line the interval, and the bars before it lead there."""
    figure = waterfall.draw(DATA, arms)
    for axes, arm in zip(figure.axes, arms or ARMS, strict=True):
        *steps, total = axes.patches
        assert total.get_width() == pytest.approx(PROFIT[arm])
        assert sum(step.get_width() for step in steps) == pytest.approx(PROFIT[arm])
        ends = [step.get_x() + step.get_width() for step in steps]
        assert [step.get_x() for step in steps] == pytest.approx([0, *ends[:-1]])
        spans = [tuple(line.get_xdata()) for line in axes.lines if line.get_linewidth() == 2.0]
        assert spans == [pytest.approx((TABLE["low"][arm], TABLE["high"][arm]))]
        write = number if arms else brief
        assert write(PROFIT[arm], sign=True) in told(figure)
        if arms:
            assert number(TABLE["profit"][arm]) in told(figure)


def test_cumulative():
    figure = cumulative.draw(DATA)
    colours = {colour: arm for arm, colour in arm_colours(DATA.arms).items()}
    ends = {
        colours[to_hex(line.get_color())]: line.get_ydata()[-1]
        for line in figure.axes[0].lines
        if len(line.get_xdata()) > 2
    }
    assert ends == {arm: pytest.approx(PROFIT[arm]) for arm in ARMS}
    labels = {
        text.rpartition(" ")[0]: text.rpartition(" ")[2]
        for text in told(figure)
        if text.rpartition(" ")[0] in ARMS
    }
    assert labels == {arm: brief(PROFIT[arm], sign=True) for arm in ARMS}
    for band in figure.axes[0].collections:
        arm = colours[to_hex(band.get_facecolor()[0][:3])]
        last = band.get_paths()[0].vertices
        last = last[last[:, 0] == last[:, 0].max()][:, 1]
        assert (last.min(), last.max()) == pytest.approx((TABLE["low"][arm], TABLE["high"][arm]))


def test_pareto():
    figure = pareto.draw(DATA)
    colours = {colour: arm for arm, colour in arm_colours(DATA.arms).items()}
    axes = figure.axes[0]
    assert {colours[c]: y for _, y, c in dots(axes)} == {arm: pytest.approx(PROFIT[arm]) for arm in ARMS}
    upright = [
        line
        for line in axes.lines
        if len(line.get_xdata()) == 2 and len(set(line.get_xdata())) == 1 and line.get_alpha() == 0.6
    ]
    spans = {
        colours[to_hex(line.get_color())]: tuple(line.get_ydata())
        for line in upright
        if to_hex(line.get_color()) in colours
    }
    assert spans == {arm: pytest.approx((TABLE["low"][arm], TABLE["high"][arm])) for arm in ARMS}


def test_share_of_wallet():
    shares = DATA.summary().query("metric == 'share_of_requirements'").set_index("arm")["mean"]
    places = {round(y): x for x, y, _ in dots(share_of_wallet.draw(DATA).axes[0])}
    arms = sorted(ARMS, key=lambda arm: -shares[arm])
    assert places == {k: pytest.approx(100 * shares[arm]) for k, arm in enumerate(arms)}


def test_an_arm_has_one_colour_in_all_figures():
    colours = arm_colours(DATA.arms)
    for figure in (cumulative.draw(DATA), pareto.draw(DATA)):
        seen = {to_hex(line.get_color()) for line in figure.axes[0].lines}
        assert set(colours.values()) <= seen


def test_the_page_shows_what_its_figures_show():
    """Profit of every arm in the ranking table of the page, and at the ends of its lines."""
    page = re.sub(r"<[^>]+>", " ", report_html(DATA))
    for arm in ARMS:
        assert page.count(brief(PROFIT[arm], sign=True)) >= 3, arm  # table, ranking or waterfall, cumulative
    assert np.isfinite(list(PROFIT.values())).all()
