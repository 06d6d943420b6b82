"""The page of a fit: the card first, in words; everything escaped; nothing from elsewhere."""

import dataclasses
import re

import pytest
from lab.logs_of_known_truth import one_firm
from show.test_report import Page

from regulars.ground.errors import RegularsError
from regulars.lab.fit import fit
from regulars.lab.fitting.health import FAIL, PASS, REVIEW, UNTRIED, Check
from regulars.show.fit_page import figure, fit_html, verdict


@pytest.fixture(scope="module")
def fitted():
    return fit(one_firm(customers=80, rate=0.5), holdout=91.0, recover=1)


@pytest.fixture(scope="module")
def page(fitted):
    return fit_html(fitted)


def test_the_card_comes_first_with_every_check_in_its_words(fitted, page):
    read = Page(page)
    said = " ".join(" ".join(read.said).split())
    assert not read.problems and not read.open and len(read.ids) == len(set(read.ids))
    places = [said.index(check.sentence.split(";")[0][:60]) for check in fitted.health]
    assert places == sorted(places) and places[-1] < said.index("moment, worst first")
    order = ["May the fitted market be trusted?", "moment, worst first", "The end of the log, predicted", "Do known parameters come back?",
             "What was found", "What the log can tell", "Purchases over time"]  # fmt: skip
    assert [said.index(words) for words in order] == sorted(said.index(words) for words in order)
    for table in (
        fitted.moments["moment"],
        fitted.estimates["parameter"],
        fitted.holdout["quantity"],
        fitted.recovery["parameter"],
    ):
        assert all(name.replace("_", " ") in said for name in table)
    assert "end of the fit" in page and "http" not in page.replace("http-equiv", "")


def test_what_was_not_tried_has_no_section(fitted):
    bare = fit_html(dataclasses.replace(fitted, holdout=None, weeks=None, recovery=None))
    assert "predicted" not in bare.split("What was found")[0].split("moment, worst first")[1]
    assert "Do known parameters come back?" not in bare


def test_nothing_in_a_log_becomes_markup(fitted):
    evil = "<script>alert(1)</script>"
    estimates = fitted.estimates.assign(note=evil, unit=evil)
    checks = (Check("moments", FAIL, 0.5, evil), *fitted.health[1:])
    page = fit_html(dataclasses.replace(fitted, estimates=estimates, health=checks, identified=(evil,)))
    assert "<script" not in page and page.count("&lt;script&gt;") >= 2 * len(estimates) + 2


def test_it_is_written_like_every_page(fitted, tmp_path):
    place = fitted.report(tmp_path / "a" / "m.fit.html")
    before = place.read_bytes()
    assert fitted.report(place).read_bytes() == before
    place.write_text("mine")
    with pytest.raises(RegularsError, match="did not write"):
        fitted.report(place)
    assert fitted.report(place, overwrite=True).read_bytes() == before


@pytest.mark.parametrize(
    ("grades", "says"),
    [
        ((PASS, PASS, UNTRIED), "passes all 2 checks"),
        ((PASS, REVIEW, UNTRIED), "1 of 2 checks pass; read what is said of b"),
        ((PASS, REVIEW, FAIL), "Do not rely on this market yet: c fails"),
        ((FAIL, REVIEW, FAIL), "a and c fail"),
    ],
)
def test_the_verdict(grades, says):
    assert says in verdict(tuple(Check(n, g, 0.0, "") for n, g in zip("abc", grades, strict=True)))


def test_the_number_of_a_check_is_a_share_or_a_count():
    assert figure(Check("a", PASS, 0.061, "")) == "6.1%" and figure(Check("a", PASS, 3.0, "", "count")) == "3"
    assert figure(Check("a", UNTRIED, float("nan"), "")) == ""


def test_the_weeks_of_a_holdout_add_up(fitted):
    weeks, table = fitted.weeks, fitted.holdout.set_index("quantity")
    held = weeks[weeks["forecast"]]
    assert len(held) == 13 and held["observed"].sum() == table.loc["purchases", "observed"]
    assert held["expected"].sum() == pytest.approx(table.loc["purchases", "market"])
    assert weeks["observed"].sum() == weeks["observed_total"].iloc[-1]
    assert weeks.loc[~weeks["forecast"], "expected"].isna().all()
    assert (held["low"] <= held["expected"]).all() and (held["expected"] <= held["high"]).all()
    wide = held["high_total"] - held["low_total"]
    assert (wide.diff().dropna() > 0).all()
    assert re.search(r"purchases a week", fit_html(fitted))
