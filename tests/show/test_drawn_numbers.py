"""Figures, report, terminal and tables tell the same numbers: bars, dots and whiskers are where the report says, to the digit."""

import csv
import io
import re
from html import unescape

import numpy as np
import pytest
from show.test_hanging import doubtful
from worlds.comparisons import readings

from regulars.ground.numbers import brief, interval, number, percent, precise
from regulars.show import report_rows as rows
from regulars.show.files import csv_bytes
from regulars.show.hanging import input_rows, source_rows
from regulars.show.plots import attribution, cumulative, pareto, ranking, tornado, waterfall
from regulars.show.reading import read
from regulars.show.report import report_html
from regulars.show.tabs import tabs


@pytest.fixture(scope="module")
def reading():
    return readings()["usual"]


@pytest.fixture(scope="module")
def html(reading):
    return report_html(reading)


def lines(axes, row):
    """Numbers at which lines and dots stand in a row of a figure."""
    return [
        float(x)
        for line in axes.lines
        for x, at in zip(*(line.get_xdata(), line.get_ydata()), strict=True)
        if at == row
    ]


def written(svg):
    """Every text of an SVG."""
    return [
        re.sub(r"<[^>]+>", "", text).strip()
        for text in re.findall(r"<text[^>]*>(.*?)</text>", svg, re.DOTALL)
    ]


def section(html, kicker):
    return next(part for part in html.split("<section") if kicker in part)


def cells(part):
    """Rows of the first table of a part of a page: lists of what is in them."""
    body = re.search(r"<tbody>(.*?)</tbody>", part, re.DOTALL)[1]
    return [
        [
            re.sub(r"<[^>]+>", " ", cell).strip()
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    ]


def test_the_figure_of_the_first_page_is_the_ranking_of_the_report(reading, html):
    """Dot and whiskers lie at the numbers of the comparison; figure and table print the same text for each arm."""
    axes = ranking.draw(reading).axes[0]
    table = {row[0]: row for row in cells(section(html, "Ranking"))}
    told = written(section(html, "Decision:"))
    for k, arm in enumerate(reading.arms):
        found = reading.comparison.estimate(arm)
        wanted = {found.mean, found.low, found.high}
        assert wanted <= set(lines(axes, k)) <= wanted | {0.0}, arm  # and the line of doing nothing
        row = table[arm.replace("_", " ")]
        for text in (brief(found.mean, sign=True), interval(found.low, found.high)):
            assert text in row and text in told, (arm, text)
        assert percent(reading.p_best(arm)) in row or row[4] in told


def test_the_waterfall_ends_at_the_profit_of_the_report(reading, html):
    axes = waterfall.draw(reading, reading.best).axes[0]
    profit = reading.comparison.estimate(reading.best)
    assert axes.patches[-1].get_width() == pytest.approx(profit.mean)
    assert number(profit.mean, sign=True) in written(section(html, "Where the change comes from"))
    books = cells(section(html, "Where the rewards went").split("</table>")[1])
    assert books[0][3:5] == [rows.book_rows(reading)[0]["sum"], rows.book_rows(reading)[0]["profit"]]


def test_the_path_ends_where_the_ranking_stands(reading):
    axes = cumulative.draw(reading).axes[0]
    ends = [float(line.get_ydata()[-1]) for line in axes.lines if len(line.get_ydata()) > 300]
    wanted = [reading.comparison.estimate(arm).mean for arm in reading.arms]
    assert sorted(ends) == pytest.approx(sorted(wanted))


def test_profit_against_retention_stands_where_the_ranking_says(reading, html):
    axes = pareto.draw(reading).axes[0]
    dots = {
        (round(float(x), 6), round(float(y), 6))
        for line in axes.lines
        for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)
    }
    dots |= {
        (round(float(x), 6), round(float(y), 6)) for one in axes.collections for x, y in one.get_offsets()
    }
    table = {row[0]: row for row in cells(section(html, "Ranking"))}
    for arm in reading.arms:
        kept, profit = reading.difference(arm, "retention"), reading.profit(arm)
        assert (round(100 * kept.mean, 6), round(profit.mean, 6)) in dots, arm
        assert (
            rows.ranking_rows(reading)[list(reading.arms).index(arm)]["kept"] in table[arm.replace("_", " ")]
        )


def test_shares_of_the_rewards_are_those_of_the_cells(reading, html):
    share = attribution.caused(reading.cells(reading.best))
    assert percent(share) in written(section(html, "Where the rewards went"))
    bought = {row[0]: row for row in cells(section(html, "Where the rewards went"))}
    rewards = {
        name: float(row[3].replace(",", "").replace("\N{MINUS SIGN}", "-")) for name, row in bought.items()
    }
    paid = sum(
        rewards[name]
        for name in ("would have happened anyway", "won from rivals", "new purchases", "tied to no purchase")
    )
    assert (rewards["won from rivals"] + rewards["new purchases"]) / paid == pytest.approx(share, abs=1e-5)


def test_the_tornado_is_its_table():
    found = read(doubtful(slope=2000.0))
    axes = tornado.draw(found).axes[0]
    html = report_html(found)
    part = section(html, "What the answer hangs on:")
    table = found.hanging.tornado
    for k, (row, told) in enumerate(
        zip(table.to_dict("records"), input_rows(found, found.hanging), strict=True)
    ):
        wanted = {row["at_low"], row["at_high"]}
        assert wanted <= set(lines(axes, k)) <= wanted | {0.0}
        shown = cells(part)[k]
        assert (
            [told["low"], told["high"]]
            == shown[2:4]
            == [brief(row["at_low"], sign=True), brief(row["at_high"], sign=True)]
        )
        assert precise(row["low"]) in written(part) and shown[1].startswith(
            f"{precise(row['low'])} to {precise(row['high'])}"
        )
    first = section(html, "Decision:")
    for source, share in source_rows(found.hanging):
        assert f"{source} <b>{share.split(' ')[0]}</b>" in unescape(first), (
            source
        )  # the same share on the first page


def test_files_hold_the_numbers_of_the_report(reading, html):
    found = {tab.name: tab for tab in tabs(reading)}
    arms = list(csv.DictReader(io.StringIO(csv_bytes(found["arms"]).decode("utf-8-sig"))))
    for row, arm in zip(cells(section(html, "Ranking")), arms, strict=True):
        assert row[0] == arm["arm"].replace("_", " ")
        assert row[1] == brief(float(arm["change of profit, yuan"]), sign=True)
        assert row[2] == interval(float(arm["95% interval from, yuan"]), float(arm["to, yuan"]))
        assert row[6] == number(float(arm["return per 1 spent"]), sign=True)
    money = {(row[0], row[1]): row for row in found["money"].rows}
    for row in cells(section(html, ">Money<")):
        name = next(arm for arm in reading.arms if arm.replace("_", " ") == row[0])
        assert row[3] == brief(money[name, "contribution"][5], sign=True)
        assert row[1] == brief(money[name, "contribution before what is owed"][5], sign=True)
    assert np.isfinite(money["control", "sales"][2]) and money["control", "sales"][5] is None
