"""The health card: for each check a case that passes, one to review, and one that fails."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from regulars.lab.fitting import health
from regulars.lab.fitting.identify import Finding
from regulars.panels.oddity import Oddity
from regulars.panels.panel import Panel


@pytest.mark.parametrize(
    ("ratio", "error", "grade"),
    [(1.0, 0.005, "PASS"), (0.981, 0.001, "PASS"), (0.97, 0.005, "FAIL"), (2.8, 0.01, "FAIL"), (1.03, 0.03, "REVIEW")],
)  # fmt: skip
def test_money(ratio, error, grade):
    check = health.money(ratio, error, 364.0)
    assert check.grade == grade and check.number == pytest.approx(ratio - 1)
    assert f"{abs(ratio - 1):.1%} {'more' if ratio > 1 else 'less'}" in check.sentence


def test_money_with_other_customers_than_those_of_the_log():
    assert health.money(1.0, 0.005, 364.0, crowd=1.1).grade == "PASS"
    check = health.money(1.0, 0.005, 364.0, crowd=1.5)
    assert check.grade == "REVIEW" and "1.50 times the customers" in check.sentence


def moments(*rows):
    table = pd.DataFrame(rows, columns=["moment", "observed", "simulated", "se", "used"])
    return table.assign(z=(table["simulated"] - table["observed"]) / table["se"])


@pytest.mark.parametrize(
    ("row", "grade"),
    [
        (("repeat rate", 0.5, 0.53, 0.01, True), "PASS"),
        (("repeat rate", 0.5, 0.55, 0.01, True), "REVIEW"),  # far in standard errors, not in size
        (("penetration of a", 0.5, 0.9, 0.01, False), "REVIEW"),
        (("repeat rate", 0.5, 0.9, 0.01, True), "FAIL"),
        (("buyers of one firm only", 0.13, 0.05, 0.02, False), "REVIEW"),  # by half, and no chance
        (("buyers of one firm only", 0.13, 0.05, 0.05, False), "PASS"),  # by half, which may be chance
    ],
)
def test_moments(row, grade):
    check = health.of_moments(moments(("share of a", 0.3, 0.3, 0.01, True), row))
    assert check.grade == grade and (grade == "PASS" or row[0] in check.sentence)


def found(se=0.1, source="fitted", name="need.mean", estimate=1.0):
    return Finding(name, name, estimate, se, "", source)


@pytest.mark.parametrize(
    ("findings", "grade", "told"),
    [
        ([found(), found(None, "read from the log", "")], "PASS", "all 1"),
        ([found(), found(0.8, name="need.shape")], "REVIEW", "within a factor of two: need.shape"),
        ([found(), found(0.3, "assumed", "choice.price_sensitivity")], "REVIEW", "assumed"),
        ([found(), found(None, "assumed", "")], "REVIEW", "assumed"),  # as the margin, which has no error
        ([found(), found(), found(np.nan, name="taste.concentration")], "REVIEW", "not identified: taste"),
        ([found(np.nan), found(np.nan, name="need.shape")], "FAIL", "need.mean, need.shape"),
    ],
)
def test_identification(findings, grade, told):
    check = health.identification(findings)
    assert check.grade == grade and told in check.sentence


@pytest.mark.parametrize(("late", "grade"), [(10, "PASS"), (14, "REVIEW"), (30, "FAIL")])
def test_stability(late, grade):
    rows = [
        (c, t, "A", 1.0) for c in range(80) for t in [*np.linspace(0, 49, 10), *np.linspace(50, 99, late)]
    ]
    log = Panel(pd.DataFrame(rows, columns=["customer", "time", "firm", "amount"]), days=100.0)
    check = health.stability(log, SimpleNamespace(law=None))
    assert check.grade == grade and f"{late / (10 + late):.1%}" in check.sentence


def test_oddities_and_the_grade_of_the_card():
    note, odd, bad = (Oddity("x", f"{grade} of it", grade) for grade in ("note", "review", "fail"))
    checks = [health.of_oddities(o) for o in ([], [note], [odd, note], [odd, bad])]
    assert [c.grade for c in checks] == ["PASS", "PASS", "REVIEW", "FAIL"]
    assert "fail of it; review of it" in checks[-1].sentence
    untried = health.Check("holdout", health.UNTRIED, float("nan"), "")
    assert health.worst([checks[0], untried]) == "PASS" and health.worst([*checks, untried]) == "FAIL"
    assert health.worst([untried]) == "REVIEW"  # nothing was looked at


def test_the_card_says_of_which_days_it_speaks():
    """`The window` once meant the market's in one check and the log's in another."""
    assert "sold in all 366 days of the log" in health.money(1.0, 0.01, 366.0, length=366.0).sentence
    assert "sold in the log's last 364 days" in health.money(1.0, 0.01, 364.0, length=546.0).sentence
    assert "sold in the log (" in health.money(1.0, 0.01, 185.0, length=185.0, dated=False).sentence
