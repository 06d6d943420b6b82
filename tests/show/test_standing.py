"""The first page and what an answer stands on: all lines of the fit, money held against the log, words no surer than numbers."""

import collections
import dataclasses
import re

import pandas as pd
import pytest
from worlds.comparisons import comparison, readings
from worlds.fitted import fitted

from regulars import show
from regulars.ground.numbers import interval, money, percent
from regulars.lab.forecast import against_log
from regulars.show import report
from regulars.show.appendix import appendix_html
from regulars.show.assumptions import Items, items
from regulars.show.hanging import Hanging, called, shares
from regulars.show.held import FAR, forecast, off_the_log, warning
from regulars.show.next_steps import next_steps
from regulars.show.reading import CONTROL, read
from regulars.show.report import report_html
from regulars.show.standing import checks, evidence_rows, standing, unsourced, untold
from regulars.show.words import headline
from regulars.strategies.tiers import Level


@pytest.fixture
def bare(monkeypatch):
    none = collections.defaultdict(lambda: {"message": "", "figure": ""})
    monkeypatch.setattr(report, "_sections", lambda reading: none)


def text(html):
    return " ".join(re.sub(r"<(style|svg).*?</\1>|<[^>]+>", " ", html, flags=re.DOTALL).split())


def test_every_line_of_the_fit_is_told_before_the_details(bare):
    html = report_html(fitted())
    said = text(html)
    for words in (
        "1 of 2 checks of the fit pass; 1 number is assumed, 1 cannot be told from the log", "PASS money level: the market sells as much: within 1%",
        "REVIEW moments: 8 of 22 are missed", "NOT TRIED recovery", "ASSUMED cost of goods : 0.75 share of price", "NOT IN THE MARKET season",
        "NOT IDENTIFIED how rivals would react : they keep their prices",
    ):  # fmt: skip
        assert words in said, words
    assert html.index("NOT IDENTIFIED") < html.index("All arms, best first")
    assert "x" * 200 not in html and "x" * 300 in appendix_html(fitted())  # cut here, whole there
    without = text(report_html(comparison()))
    assert "No log stands behind this market" in without and "checks of the fit" not in without


def test_a_line_of_the_fit_is_split_where_its_name_ends():
    reading = read(fitted())
    assert [(one.kind, one.name) for one in checks(reading)] == [
        ("PASS", "money level"), ("REVIEW", "moments"), ("NOT TRIED", "recovery"),
    ]  # fmt: skip
    assert [(one.kind, one.name) for one in untold(reading)] == [
        ("ASSUMED", "cost of goods"), ("NOT IN THE MARKET", "season"), ("NOT IDENTIFIED", "how rivals would react"),
    ]  # fmt: skip


def test_the_evidence_on_what_is_uncertain_is_named_with_its_grade(bare):
    rows = evidence_rows(read(fitted()))
    assert {row["for"] for row in rows[:2]} == {
        "foresight.present_bias",
        "choice.price_sensitivity",
    }  # the best of each first
    assert all(row["grade"] in "ABCD" and row["source"] and row["estimate"] for row in rows)
    html = report_html(fitted())
    assert (
        rows[0]["source"] in html.replace("&amp;", "&").replace("&#39;", "'")
        and "Grade A: several field studies" in html
    )
    assert "A prior is made of them and can be another number: regulars evidence NAME" in " ".join(
        text(html).split()
    )
    assert evidence_rows(read(comparison())) == []
    assert unsourced(read(fitted({"uncertainty": {"firms.Alpha.hours": 0.1}}))) == ["firms.hours"]
    assert unsourced(read(fitted())) == []  # a fit says itself what it assumes


def test_sentences_of_the_page_end_at_a_word():
    long = "0.75 share of price: " + "judgement of the field " * 12
    reading = read(fitted({"about.assumed": [f"ASSUMED: cost of goods = {long}"]}))
    (line,) = untold(reading)
    assert line.sentence.endswith("…") and line.sentence.removesuffix("…").split()[-1] in (
        "judgement",
        "of",
        "the",
        "field",
    )
    assert len(line.sentence) > 120


def test_the_forecast_is_held_against_the_log():
    """600,000 in twice the days of the log, of as many customers; a market of half the customers is held against half of it."""
    data = fitted()
    spec = data.scenario.spec
    found = against_log(spec, "Alpha")
    assert found.sales == pytest.approx(600_000) and found.scaled
    half = data.scenario.set({"market.customers": 500}).spec
    assert against_log(half, "Alpha").sales == pytest.approx(300_000)
    assert (
        against_log(spec, "Beta") is None
        and against_log(comparison(replicates=2).scenario.spec, "Alpha") is None
    )
    reading = read(data)
    sold = reading.estimate(CONTROL, "revenue")
    told = forecast(reading)
    assert f"95% interval {interval(sold.low, sold.high)}" in told
    off = sold.mean / 600_000 - 1
    assert f"the forecast is {percent(abs(off), digits=1)} {'above' if off >= 0 else 'below'} it" in told
    assert "No log stands behind it" in forecast(read(comparison(replicates=3)))
    exact = data.scenario.set({"about.log_days": 364.0, "about.log_sales": sold.mean / 2})
    assert "the forecast is 100.0% above it" in forecast(read(dataclasses.replace(data, scenario=exact)))
    assert money(sold.mean, reading.currency) in told
    for line, said in (("--customers 500", False), ("firms.Alpha.price = 11", True)):
        noted = dataclasses.replace(data, scenario=data.scenario.set({"about.changed": [line]}))
        assert ("changed on the command line" in forecast(read(noted))) == said


def test_a_forecast_off_the_log_or_with_values_changed_is_told_in_the_terminal():
    """The market sells `sold`; a log that sold 4% less is near, one that sold 6% less is not, and values of one's own are always told."""
    data = fitted()
    sold = read(data).estimate(CONTROL, "revenue").mean

    def told(off, *changed):
        wanted = {"about.log_days": 364.0, "about.log_sales": sold / (1 + off), "about.changed": [*changed]}
        return read(dataclasses.replace(data, scenario=data.scenario.set(wanted)))

    for off in (0.04, -0.04):
        assert off_the_log(told(off)) == pytest.approx(off) and abs(off) < FAR and not warning(told(off))
        assert not warning(told(off, "--customers 500"))
    for one in (
        told(0.06),
        told(-0.236),
        told(0.0, "choice.outside_utility = -1"),
        told(0.0, "--sure margin = 0.31"),
    ):
        assert warning(one) == forecast(one) != ""
    assert "the forecast is 23.6% below it" in warning(told(-0.236))
    free = read(comparison(replicates=3))
    assert off_the_log(free) is None and warning(free) == ""


def test_what_to_do_next_follows_the_answer():
    cases = readings()
    assert next_steps(cases["single"]) == [
        "Run it again with 20 replicates or more: one history decides nothing (`--replicates 20`)."
    ]
    assert next_steps(cases["usual"])[0].startswith("Start “points” for all but a random tenth")
    assert next_steps(cases["losing"])[0] == "Start none of these arms as they are."
    wide = read(comparison({"a": 900.0}, noise=6000.0, seed=5))
    assert wide.profit("a").low < 0 < wide.profit("a").high and wide.comparison.p_control_best() <= 0.5
    assert next_steps(wide)[0].startswith("Decide nothing yet: try “a” on a random part")
    broken = fitted(
        {"about.health": ["FAIL oddities: a guest has a fifth of the money", "REVIEW moments: so"]}
    )
    assert next_steps(read(broken))[0] == "Settle first what the checks of the fit found: oddities."
    assert "Read what the checks of the fit say of moments." in next_steps(read(broken))


def test_firms_are_called_by_name_and_the_largest_share_comes_first():
    assert called("firms.1.cost", ["ann", "bob"]) == "firms.bob.cost"
    assert [called(name, ["ann"]) for name in ("firms.7.cost", "need.mean", "firms.ann.cost")] == [
        "firms.7.cost",
        "need.mean",
        "firms.ann.cost",
    ]
    sources = pd.DataFrame({"source": ["chance", "the log"], "share": [0.3, 0.7], "se": [0.1, 0.1]})
    assert shares(Hanging("a", "", sources=sources)) == [("the log", 0.7), ("chance", 0.3)]


def test_what_is_worth_knowing_is_named_and_what_is_worth_nothing_is_not():
    """Arms that take turns with one input: knowing it is worth about the mean of |N(0, 200)| / 2, some 80 a run; the other is worth nothing."""
    from show.test_hanging import doubtful

    told = " ".join(next_steps(read(doubtful(slope=2000.0, mean=0.0))))
    assert re.search(
        "Find out foresight.foresight: knowing it is worth up to ([67891][0-9.]+) yuan a year", told
    ), told
    found = read(doubtful(slope=0.0, mean=5000.0))
    for value, told in (
        (300.0, True),
        (3.0, False),
    ):  # far from chance both, but 3 a year is nothing beside 5,000
        worth = pd.DataFrame([{"what": "need.mean", "kind": "input", "value": value, "se": 0.1}])
        found.__dict__["hanging"] = Hanging("points", "so", worth=worth)
        assert ("Find out need.mean" in " ".join(next_steps(found))) == told


def test_values_of_the_command_line_are_told_beside_the_texts_that_do_not_know_them(bare):
    line = "arms.points.strategies.everyday_low_price.discount = 0.2"
    changed = fitted({"arms.points.strategies.everyday_low_price.discount": 0.2, "about.changed": [line]})
    html = report_html(changed)
    at = html.index("points at the usual terms")
    assert "Changed on the command line" in html[at : at + 200] and line in html[at : at + 300]
    other = (
        html.index("threshold rebate at the usual terms")
        if "threshold rebate at" in html
        else html.index("threshold_rebate at the usual terms")
    )
    assert "Changed on the command line" not in html[other : other + 200]
    assert "Changed on the command line" not in report_html(fitted())


def test_the_appendix_has_what_is_switched_on_and_is_linked(tmp_path):
    """A feature that is off is named and its parameters are left out; negative control: switched on they are there."""
    data = comparison(replicates=2)
    page = appendix_html(data, "report.html")
    said = text(page)
    assert (
        'href="report.html"' in page
        and "Switched off, and left out here:" in said
        and "word of mouth" in said
    )
    assert "whether customers talk about their purchases" not in said
    assert "loss of attraction per unit of price" in said
    on = appendix_html(
        dataclasses.replace(
            data,
            scenario=data.scenario.set({"word_of_mouth.on": True, "network.on": True, "experience.on": True}),
        )
    )
    assert (
        "whether customers talk about their purchases" in text(on)
        and "word of mouth" not in re.search("Switched off, and left out here: ([^.]*)", text(on))[1]
    )
    show.write_report(data, tmp_path / "mine.html")
    assert 'href="mine-appendix.html"' in (tmp_path / "mine.html").read_text("utf-8")
    assert 'href="mine.html"' in (tmp_path / "mine-appendix.html").read_text("utf-8")


def test_levels_are_a_table_without_what_is_at_its_default():
    levels = (Level(name="silver", threshold=150.0, discount=0.02), Level(name="gold", threshold=500.0))
    assert items(levels) == Items(
        ["name", "threshold, currency per period", "discount, share of list price"],
        [["silver", "150", "0.02"], ["gold", "500", "0"]],
    )
    assert items([1.0, 2.0]) is None and items(()) is None and items("text") is None


def test_levels_of_an_arm_are_a_small_table_in_the_report(bare):
    data = comparison({"card": 100.0}, replicates=3)
    levels = [{"name": "silver", "threshold": 150.0, "discount": 0.02}, {"name": "gold", "threshold": 500.0}]
    tiered = data.scenario.set({"arms.card.strategies": {"tiers": {"levels": levels}}})
    html = report_html(dataclasses.replace(data, scenario=tiered))
    assert "threshold, yuan per period" in html and "<th>silver</th><td>150</td>" in html
    assert "name = silver" not in html and "threshold = 150" not in html


def test_no_headline_is_surer_than_its_interval():
    """With one replicate, or an interval that covers zero, nothing earns, loses or pays."""
    for case, reading in readings().items():
        told = headline(reading)
        best = reading.profit(reading.best)
        if not best.known or best.low <= 0 <= best.high:
            assert not re.search(rf"“{re.escape(reading.best)}” (earns|loses)", told), (case, told)
        if reading.replicates < 2:
            assert not re.search(r"\b(earns?|loses?)\b", told), (case, told)


def test_standing_counts_what_passed():
    assert standing(read(fitted()))["message"].startswith("1 of 2 checks of the fit pass")
    assert standing(read(fitted()))["changed"] == ()
