import collections
import dataclasses
import re
from html.parser import HTMLParser

import pytest
from worlds.comparisons import HOSTILE, comparison, hostile_cases, readings

from regulars import show
from regulars.ground.errors import RegularsError
from regulars.ground.numbers import number
from regulars.show import report, report_rows
from regulars.show.assumptions import assumptions
from regulars.show.reading import read
from regulars.show.report import report_html
from regulars.show.words import break_even

CASES = hostile_cases()
VOID = {"meta", "br", "hr", "img", "input", "link"}


class Page(HTMLParser):
    """Tags, ids, and whether every tag is closed."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.ids, self.problems, self.said = [], [], [], [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(tag)

    def handle_data(self, data):
        self.said.append(data)


class Pages(dict):
    """Reports by case, each written when it is first asked for: their figures take all the time."""

    def __missing__(self, case):
        self[case] = report_html(readings()[case])
        return self[case]


@pytest.fixture(scope="module")
def pages():
    return Pages()


READ = (
    "usual",
    "hostile",
    "single",
    "losing",
    "no members",
    "no reward",
    "undecided",
    "twelve arms",
)  # below


@pytest.fixture
def bare(monkeypatch):
    """Reports without figures, which take all the time, where they are not the point."""
    none = collections.defaultdict(lambda: {"message": "", "figure": ""})
    monkeypatch.setattr(report, "_sections", lambda reading: none)


@pytest.mark.parametrize(
    "case", [pytest.param(case, marks=() if case in READ else pytest.mark.slow) for case in CASES]
)
def test_the_file_needs_nothing_else_and_is_well_formed(pages, case):
    html = pages[case]
    page = Page(html)
    assert page.problems == [] and page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert not re.search(
        r"https?:|//[a-z]|@import|<link|<script|<img|<iframe|<object|javascript:", html, re.IGNORECASE
    )
    targets = set(re.findall(r"url\(#([^)]+)\)", html)) | {
        a["xlink:href"][1:] for _, a in page.tags if "xlink:href" in a
    }
    assert targets <= set(page.ids)
    assert not [a for _, a in page.tags for name in a if name.startswith("on")]


def test_hostile_words_stay_words(pages):
    html = pages["hostile"]
    assert "<script" not in html and "&lt;script&gt;" in html
    assert "<b>Böse" not in html and "<i>¥" not in html
    said = "".join(Page(html).said)
    assert "<script>alert('x')</script>" in said and "会员积分" in said and "🎁" in said
    assert " ".join(HOSTILE.replace("_", " ").split())[:60] in said


def test_the_same_comparison_gives_the_same_bytes(tmp_path):
    first = show.write_report(comparison(replicates=3), tmp_path / "a" / "report.html")
    second = show.write_report(comparison(replicates=3), tmp_path / "report.html")
    assert first.read_bytes() == second.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "appendix.html", "report.html"]
    assert (tmp_path / "a" / "appendix.html").read_bytes() == (tmp_path / "appendix.html").read_bytes()


def test_a_date_stands_there_only_when_it_is_given(bare):
    reading = readings()["usual"]
    assert "3 May 2031" not in report_html(reading)
    assert "3 May 2031" in report_html(reading, made="3 May 2031")


def test_a_place_that_cannot_be_written_is_told(bare, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RegularsError, match="cannot be written here"):
        show.write_report(CASES["usual"], tmp_path / "file" / "report.html")


def test_the_card_comes_first_with_all_that_decides(pages):
    card = pages["usual"].split("</section>")[0]
    said = " ".join("".join(Page(card).said).split())
    for words in (
        "Corner shop", "Which programme should Alpha run for a year?", "makes 12,700 yuan more profit", "95% interval 12,200 to 13,200",
        "probability of being best", "break-even", break_even(readings()["usual"], "points"), "incremental contribution", "return per 1 yuan",
        "Without a programme the forecast is sales of", "Where the interval comes from", "What it hangs on", "What to do next", "Start “points”",
    ):  # fmt: skip
        assert words in said


def test_every_section_is_there(pages):
    said = " ".join("".join(Page(pages["usual"]).said).split())
    for words in (
        "All arms, best first", "rewards, owed included, yuan", "Where the change comes from", "Where the rewards went", "The books reconcile: the cells sum to",
        "1,000 simulated customers over 364 days", "Shop records, 2023", "What it cannot tell", "Rivals do not react",
        "What a report without a control would say", "self-selection", "chiefly from", "Payback", "Activity, not success",
        "The control and the arms", "“Alpha” runs no programme at all", "discount", "share of list price", "How to repeat this run",
        f"hash {CASES['usual'].scenario.hash}", "seed", "numpy 2",
    ):  # fmt: skip
        assert words in said, words


def test_books_that_do_not_reconcile_are_shouted(bare):
    data = CASES["usual"]
    broken = dataclasses.replace(
        data, attribution=data.attribution.assign(margin=data.attribution["margin"] + 0.01)
    )
    html = report_html(broken)
    assert "The books do not reconcile" in html and "The books reconcile" not in html


def test_one_replicate_says_that_there_is_no_interval(pages):
    said = " ".join("".join(Page(pages["single"]).said).split())
    assert "one replicate: no interval" in said and "run more replicates before deciding" in said
    assert "95% interval" not in said
    assert "95% interval" in pages["usual"]


def test_losses_membership_and_break_even_out_of_reach(pages):
    assert 'class="card no"' in pages["losing"] and "not in the run" in pages["losing"]
    assert "Do nothing: even the best arm" in pages["losing"]
    assert "No arm has members and non-members to compare" in pages["no members"]
    assert "no rewards are paid" in pages["no reward"]
    assert "It is no sure thing" in pages["undecided"]
    assert "The first 6 of 12 arms." in pages["twelve arms"]


def test_the_message_of_a_figure_stands_above_it_once():
    """As the heading of its section, and not in the figure as well."""
    for name, section in report._sections(readings()["usual"]).items():
        assert section["message"] and f'id="{name}-message"' not in section["figure"], name


def test_assumptions_list_every_parameter_with_unit_and_who_set_it():
    rows = {(row.section, row.name): row for row in assumptions(CASES["usual"].scenario)}
    price = rows["firm Alpha", "price"]
    assert (price.value, price.unit, price.written) == ("10", "yuan per unit", True)
    assert not rows["need", "process"].written
    assert rows["market", "customers"].written and not rows["market", "tick"].written
    discount = rows["arm points: everyday_low_price", "discount"]
    assert discount.value == "0.05" and discount.source and discount.written
    spec = CASES["usual"].scenario.spec
    assert {name for section, name in rows if section == "switching"} == set(
        type(spec.switching).model_fields
    )


def test_uncertain_parameters_are_said_to_be_covered(bare):
    data = comparison(replicates=3)
    assert "Intervals cover chance among customers" in report_html(data)
    wider = dataclasses.replace(
        data, scenario=data.scenario.set({"uncertainty": {"choice.price_sensitivity": 0.1}})
    )
    assert "chance and the 1 parameter that the scenario calls uncertain" in report_html(wider)


def test_values_are_told_in_words():
    """Tables of a list are kept apart, and nothing is minus zero."""
    from regulars.show.assumptions import told

    levels = [{"name": "silver", "threshold": 150.0, "discount": 0.02}, {"name": "gold", "threshold": 500.0}]
    assert told(levels) == "silver: threshold = 150, discount = 0.02; gold: threshold = 500"
    assert (told([1.0, 2.5]), told([]), told(-0.0), told(True), told(None)) == (
        "1, 2.5",
        "none",
        "0",
        "on",
        "none",
    )


def test_the_accounts_reconcile():
    """Profit before what is owed, less what is owed, is the change of profit that all other tables show."""
    reading = read(comparison())
    html = report_html(reading)
    for arm, row in zip(reading.arms, report_rows.money_rows(reading), strict=True):
        before, owed = (reading.difference(arm, m).mean for m in ("profit_before_liability", "liability"))
        assert before - owed == pytest.approx(reading.profit(arm).mean)
        assert all(cell in html for cell in row.values())
    assert "Set-up, system and staff costs are 0 unless a cost sheet tells them" in html


def test_what_pairing_is_worth_is_told():
    """Also where it is worth nothing: an arm whose profit goes against the control's."""
    found = comparison({"points": 500.0}, noise=100.0)
    assert f"interval of the best arm {number(found.pairing_gain()['points'])} times narrower" in report_html(
        found
    )
    metrics = found.metrics.copy()
    mine = (metrics["arm"] == "points") & (metrics["metric"] == "profit")
    metrics.loc[mine, "value"] = 5e5 - metrics.loc[mine, "value"]
    against = dataclasses.replace(found, metrics=metrics)
    assert against.pairing_gain()["points"] < 1 and "pairing does not narrow the interval" in report_html(
        against
    )
