"""What public objects say of themselves, at a prompt and in a notebook."""

import functools
import html.parser
import re

import pytest
from face import things

from regulars import Market, Panel, Scenario, compare, fit
from regulars.ground.label import ROWS, Label, Labelled, listed

HOSTILE = "<script>alert('a')</script>"
VOID = ("br", "hr", "img")


@functools.cache
def fitted():
    return fit(
        Market(things.scenario(market={"customers": 300, "days": 84}), log="memory").run().log.purchases()
    )


def lockstep():
    return things.market().lockstep({"dearer": {"firms.anna.price": 1.2}})


SAYS = {
    "market": (things.market, ["Market 'scenario' on day 5 of 28", "60 customers", "2 firms", "seed 1", "anna", "profit so far, currency units"]),
    "plain market": (things.plain_market, ["PlainMarket 'scenario' on day 5 of 28", "60 customers", "2 firms", "seed 1", "replicate 0", "anna", "profit so far, currency units"]),
    "firm": (lambda: things.market().firm("anna"), ["Firm 'anna' on day 5 of 28", "price 1.00 currency units", "cost 0.70", "points", "purchases"]),
    "customers": (lambda: things.market().customers, ["Customers: 60 at 2 firms (anna, bob)", "columns"]),
    "ledger": (lambda: things.market().ledger, ["Books of 2 firms", "currency units", "anna", "contribution profit"]),
    "log": (lambda: things.market().log, ["Log of 2 firms over 28 days", "purchases at", "daily totals only"]),
    "totals": (lambda: things.market().totals, ["Totals of 28 days and 2 firms", "currency units paid"]),
    "scenario": (things.scenario, ["Scenario 'scenario': 60 customers, 28 days", "anna, bob (focal: anna)", "cheaper"]),
    "comparison": (things.comparison, ["Comparison of 1 arm of anna with doing nothing", "3 replicates", "95% interval", "of the mean over replicates"]),
    "sweep": (things.swept, ["Sweep of 'scenario' over firms.anna.price", "2 points", "95% interval", "0.9"]),
    "pilot": (things.planned, ["Pilot of 'cheaper'", "2 designs", "10 worlds", "assurance", "net value, currency units", "Without a pilot: "]),
    "updated": (things.updated, ["Answer after a pilot of 'cheaper'", "12 replicates", "after weighting", "95% interval", "Choose "]),
    "fit": (fitted, ["Market fitted to 'log'", "standard error", "PASS", "REVIEW identification", "assumed", "... and"]),
    "panel": (things.panel, ["Panel 'till'", "purchases", "28 days", "money in yuan", "share of purchases", "%"]),
    "lockstep": (lockstep, ["Lockstep on day 5 of 28", "a control and 1 arm of anna", "dearer", "without an interval"]),
}  # fmt: skip


class Page(html.parser.HTMLParser):
    """A piece of HTML: its words, its tags, and whether each is closed."""

    def __init__(self, text):
        super().__init__()
        self.words, self.tags, self.open, self.styles = [], [], [], []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.styles += [value for name, value in attributes if name == "style"]
        self.open += [] if tag in VOID else [tag]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


@pytest.mark.parametrize("name", SAYS)
def test_it_says_what_it_is(name):
    make, words = SAYS[name]
    thing = make()
    told, page = repr(thing), Page(thing._repr_html_())
    shown = "".join(page.words)
    for word in words:
        assert word in told and word in shown, word
    assert len(told.splitlines()) <= ROWS + 6 and max(map(len, told.splitlines()[:1])) < 160
    assert set(page.tags) <= {"div", "strong", "table", "tr", "th", "td"}


@pytest.mark.parametrize("name", SAYS)
def test_light_and_dark_pages_both_show_it(name):
    """No colour of its own, nothing from elsewhere."""
    text = SAYS[name][0]()._repr_html_()
    for style in Page(text).styles:
        for declaration in filter(None, style.split(";")):
            key, _, value = declaration.partition(":")
            assert key.strip() not in ("background", "color") or value.strip() in ("none", "inherit")
    assert "http" not in text and "class=" not in text


def test_names_cannot_inject():
    table = {
        **things.SHOPS,
        "firms": [{"name": HOSTILE, "cost": 0.7}, {"name": "b"}],
        "about": {"title": HOSTILE},
    }
    table["arms"] = {"<b>bold": table["arms"]["cheaper"]}
    scenario = Scenario(table)
    market = scenario.market()
    log = Panel(things.log().replace({"firm": {"anna": HOSTILE}}), name=HOSTILE)
    for thing in (
        scenario,
        market,
        market.firms[0],
        market.customers,
        market.ledger,
        compare(scenario, 2, jobs=1),
        log,
    ):
        page = thing._repr_html_()
        assert "<script" not in page and "<b>" not in page
        assert "script" in page


def test_what_a_terminal_would_obey_is_written_out():
    label = Label("a\x1b[31m", ("b\nc",), ("x",), (("\x07",),))
    assert label.text() == "a\\x1b[31m: b c\n  x\n  \\x07"
    assert "\x1b" not in label.html()


def test_columns_stand_under_one_another():
    label = Label("", (), ("firm", "n"), (("面包店", "1"), ("ab", "1,234")))
    assert label.text().splitlines() == ["", "  firm        n", "  面包店      1", "  ab      1,234"]


def test_long_tables_and_names_are_cut():
    label = Label("many", rows=[("x" * 99, "1")] * (ROWS + 1201))
    lines = label.text().splitlines()
    assert len(lines) == ROWS + 2 and lines[-1].strip() == "... and 1,201 more"
    assert all(len(line) < 80 for line in lines) and "…" in lines[1]
    assert label.html().count("<tr") == ROWS and "... and 1,201 more" in label.html()


def test_lists_of_names():
    assert listed([]) == "none" and listed("ab") == "a, b"
    assert listed(range(9), 2) == "0, 1 and 7 more"


def test_what_is_half_built_can_be_looked_at():
    class Half(Labelled):
        def _label(self):
            return self.nothing

    assert repr(Half()) == "Half that is not whole" and "Half" in Half()._repr_html_()
    assert "not whole" in repr(object.__new__(Market))


def test_one_replicate_has_no_interval():
    one = repr(compare(things.scenario(), replicates=1, jobs=1))
    assert re.search(r"cheaper +[+-]?[\d.]+ +n/a +n/a", one) and "may be chance" in one


def test_the_plain_market_counts_as_the_market_does():
    rows = [line.split() for line in repr(things.plain_market()).splitlines()[2:]]
    table = {**things.SHOPS, "firms": [{"name": "anna", "cost": 0.7}, {"name": "bob", "cost": 0.7}]}
    market = Market(table)
    for _ in range(5):
        market.step()
    assert rows == [line.split() for line in repr(market).splitlines()[2:]]


def test_numbers_are_those_of_the_books():
    market = things.market()
    for firm in market.firms:
        assert f"{firm.purchases} purchases" in repr(firm)
        assert re.search(rf"{firm.name} .* {firm.purchases} ", repr(market))
